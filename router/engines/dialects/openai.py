"""Any hosted API that speaks OpenAI's chat completions, OpenAI's own first of all (its specification 2.3.0), or a
process that translates to others.

Such an API refuses what it does not know, so that nothing of vLLM's is sent there. It tells neither its load nor its
health, no answer is asked for only to warm it up, and what it does not say of itself is not asked. Answers that another
engine has begun cannot be gone on with: a last message of an assistant is answered, not continued.

Not yet run against a hosted API.
"""

from router.core.capabilities import Dialect, Row
from router.core.idiom import Idiom, Pages
from router.engines.dialects.beyond_openai import MEANT, STEERING
from router.engines.dialects.vllm import LABELS, NOBODY, OWNED, WHOLE

HONOURED = frozenset(
    "temperature top_p seed n stop max_tokens max_completion_tokens presence_penalty frequency_penalty logit_bias "
    "logprobs top_logprobs stream stream_options response_format tools tool_choice parallel_tool_calls "
    "reasoning_effort verbosity prediction moderation store prompt_cache_retention".split()
)

DROPS = {**STEERING, "metadata": Row("is for answers that the provider stores, which is not asked for by itself")}

ANY_ANSWER = frozenset((200, 404, 405))
"""What the list of models may be answered with by one who is there: some providers have no such list."""

OPENAI = Dialect(
    name="openai",
    passes=HONOURED | (LABELS - DROPS.keys()),
    drops=DROPS,
    escalates=MEANT,
    refuses=NOBODY,
    router_owned=OWNED,
    whole=WHOLE,
    idiom=Idiom(
        # OpenAI's reasoning models refuse the older name; all of its models take the newer one.
        renames={"max_tokens": "max_completion_tokens"},
        leaves_out=frozenset({*DROPS, *MEANT, *NOBODY}),
    ),
    pages=Pages(health="/v1/models", well=ANY_ANSWER),
    warms=False,
)
