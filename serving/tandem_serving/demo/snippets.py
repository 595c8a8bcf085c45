"""What to paste to try a running router: a `curl` line, and the OpenAI SDK pointed at it."""

_CURL = """\
curl -si {address}/chat/completions \\
  -H 'authorization: Bearer {key}' -H 'content-type: application/json' \\
  -d '{{"model": "auto", "messages": [{{"role": "user", "content": "What is a good name for a lighthouse?"}}]}}'"""

_SDK = """\
from openai import OpenAI

client = OpenAI(base_url="{address}", api_key="{key}")
answer = client.chat.completions.with_raw_response.create(
    model="auto",
    messages=[{{"role": "user", "content": "How much ibuprofen may a child of 20 kg take in a day?"}}],
)
print(answer.headers["x-router-tier"], answer.headers["x-router-rule"])
print(answer.parse().choices[0].message.content)"""


def snippets(address: str, key: str) -> str:
    """Both, for the router at this base address (with `/v1`) and this virtual key."""
    curl, sdk = (text.format(address=address, key=key) for text in (_CURL, _SDK))
    return f"From a shell:\n\n{curl}\n\nFrom Python:\n\n{sdk}"
