"""Words that nobody else uses, one for each place where a secret may stand, and where they have turned up."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

PREFIX: Final = "c4n4ry"
_FOUND: Final = re.compile(rb"c4n4ry-([a-z0-9]+)", re.IGNORECASE)


def canary(place: str) -> str:
    """The word of a place, which is in letters and digits."""
    return f"{PREFIX}-{place}-"


def canaries_in(*said: bytes | str) -> set[str]:
    """The places whose words stand here."""
    texts = [each.encode() if isinstance(each, str) else each for each in said]
    return {found.decode().lower() for text in texts for found in _FOUND.findall(text)}


PICTURE: Final = f"https://img.example/{canary('picture')}.png?sig={canary('signature')}"
HEADERS: Final[Mapping[str, str]] = {
    "x-router-conversation": canary("conversationheader"),
    "x-unknown": canary("header"),
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "baggage": f"who={canary('baggage')}",
    "cookie": f"session={canary('cookie')}",
    "user-agent": canary("agent"),
    "referer": f"https://elsewhere.example/{canary('referer')}",
    "x-forwarded-for": canary("forwarded"),
    "openai-organization": canary("organization"),
}
ASKED: Final[Mapping[str, Any]] = {
    "messages": [
        {"role": "system", "content": f"You are {canary('system')}."},
        {"role": "user", "content": f"Hello {canary('user')}", "name": canary("name")},
        {
            "role": "assistant",
            "content": f"Said {canary('assistant')}",
            "tool_calls": [
                {
                    "id": canary("callid"),
                    "type": "function",
                    "function": {"name": canary("calledtool"), "arguments": f'{{"a":"{canary("arguments")}"}}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": canary("callid"), "content": canary("toolresult")},
        {"role": "user", "content": [{"type": "text", "text": f"part {canary('part')}"}]},
    ],
    "tools": [
        {
            "type": "function",
            "function": {
                "name": canary("tool"),
                "description": canary("description"),
                "parameters": {"type": "object", "properties": {canary("property"): {"type": "string"}}},
            },
        }
    ],
    "stop": [canary("stop")],
    "user": canary("enduser"),
    "metadata": {canary("metakey"): canary("metavalue")},
    "router": {"conversation": canary("conversation")},
    "prompt_cache_key": canary("promptcachekey"),
    "safety_identifier": canary("safety"),
    "unknown": canary("unknown"),
}
"""Everything that a request may say, and some of what it may not. No tool need be called."""


def wrong_bodies() -> Iterator[Mapping[str, Any]]:
    """Requests that are refused, each for something else, with a word where it is wrong."""
    wrong = canary("wrong")
    yield from (
        ASKED | {"model": "auto", name: wrong} for name in ("n", "messages", "tools", "response_format", "stream")
    )
    yield from (
        ASKED | {"model": "auto", name: wrong} for name in ("temperature", "max_tokens", "logit_bias", "router")
    )
    yield ASKED | {"model": "auto", "functions": [wrong]}
    yield ASKED | {"model": "auto", "router": {"stakes": wrong}}
    yield ASKED | {"model": "auto", "router": {wrong: 1}}
    yield ASKED | {"model": "auto", "cache_salt": wrong}
    yield ASKED | {"model": "auto", "messages": [{"role": wrong, "content": wrong}]}
    yield ASKED | {"model": "auto", "messages": [{"role": "user", "content": [{"type": wrong, wrong: wrong}]}]}
