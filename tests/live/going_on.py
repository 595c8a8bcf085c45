"""Asking an engine to go on from a draft, which is how it reads one."""

import json
import urllib.request
from typing import Any

from tests.live.engines import LiveEngine

_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def go_on(engine: LiveEngine, prompt: str, draft: str, **asked: Any) -> bytes:
    """The engine's answer when it writes one more token behind a draft."""
    body = {
        "model": engine.launch.spec.served_model,
        "messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": draft}],
        "continue_final_message": True,
        "add_generation_prompt": False,
        "max_tokens": 1,
        **asked,
    }
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{engine.address}/v1/chat/completions", json.dumps(body).encode(), headers)
    with _DIRECTLY.open(request, timeout=50) as response:
        answer: bytes = response.read()
        return answer
