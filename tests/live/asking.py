"""Asking through the OpenAI SDK, plain or streamed, and what came back in one shape for both."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from openai import DefaultHttpxClient, OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessage
from openai.types.chat.chat_completion_chunk import ChoiceDelta

PROMPT = "Tell me about the sea and its tides."
"""Harmless and easy: the default policy lets the fast tier have it."""

RISKY_PROMPT = "What is the maximum daily dose of ibuprofen in mg for a child?"
"""A wrong answer would do harm: the default policy sends it to the strong tier."""

UNDERESTIMATED_PROMPT = "Shorten this: " + "Gulls flew by a rock. " * 275
"""About 1,500 tokens by the router's estimate, and over 4,096 by the engines' tiny vocabulary."""

ENDLESS_PROMPT = "Shorten this: " + "Gulls flew by a rock. " * 1250
"""Beyond every window, by anybody's count."""

TOOL = {
    "type": "function",
    "function": {
        "name": "get_tide",
        "parameters": {"type": "object", "properties": {"port": {"type": "string"}}, "required": ["port"]},
    },
}
EBB_OR_FLOW = {"type": "json_schema", "json_schema": {"name": "tide", "schema": {"enum": ["ebb", "flow"]}}}

CLIENT_TIMEOUT_S = 40.0

Conversation = str | Sequence[Mapping[str, Any]]


@contextmanager
def openai_client(address: str, key: str = "none") -> Iterator[OpenAI]:
    """An OpenAI client that asks once, whatever comes back, and goes through no proxy."""
    with (
        DefaultHttpxClient(trust_env=False, timeout=CLIENT_TIMEOUT_S) as http_client,
        OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0, http_client=http_client) as client,
    ):
        yield client


@dataclass(frozen=True)
class Reply:
    """An answer: its text and how it finished, choice by choice, and what the router said of it."""

    headers: Mapping[str, str]
    texts: tuple[str, ...]
    finish_reasons: tuple[str, ...]
    usage: Any
    router: Mapping[str, Any] | None
    id: str
    model: str

    @property
    def text(self) -> str:
        """The text of the first choice."""
        return self.texts[0]

    @property
    def request_id(self) -> str:
        """The router's own id of the request."""
        return self.headers["x-request-id"]

    @property
    def tier(self) -> str:
        """The tier that served."""
        return self.headers["x-router-tier"]


def user(*parts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A conversation of one message with these parts."""
    return [{"role": "user", "content": list(parts)}]


def ask(client: OpenAI, asked: Conversation = PROMPT, **parameters: Any) -> Reply:
    """Asks for a plain answer."""
    response = client.chat.completions.with_raw_response.create(**_request(asked, parameters))
    return _plain_reply(response.headers, response.parse())


def ask_streamed(client: OpenAI, asked: Conversation = PROMPT, **parameters: Any) -> Reply:
    """Asks for a stream and reads it to its end."""
    wanted = {"stream_options": {"include_usage": True}, **parameters}
    response = client.chat.completions.with_raw_response.create(**_request(asked, wanted), stream=True)
    with response.parse() as stream:
        return _streamed_reply(response.headers, list(stream))


def chunks_of(client: OpenAI, asked: Conversation = PROMPT, **parameters: Any) -> list[ChatCompletionChunk]:
    """The chunks of a stream, asked for exactly as the parameters say."""
    with client.chat.completions.create(**_request(asked, parameters), stream=True) as stream:
        return list(stream)


def lines_of(client: OpenAI, asked: Conversation = PROMPT, **parameters: Any) -> list[str]:
    """The lines of a stream as they were on the wire, without the empty ones."""
    request = _request(asked, parameters)
    with client.chat.completions.with_streaming_response.create(**request, stream=True) as response:
        return [line for line in response.iter_lines() if line]


plain_and_streamed = pytest.mark.parametrize("ask", [ask, ask_streamed], ids=["plain", "streamed"])
"""For what must hold whichever way one asks."""


def _request(asked: Conversation, parameters: Mapping[str, Any]) -> dict[str, Any]:
    messages = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
    return {"model": "auto", "messages": messages, "max_tokens": 24, **parameters}


def _plain_reply(headers: Mapping[str, str], body: ChatCompletion) -> Reply:
    return Reply(
        headers,
        tuple(_said([choice.message]) for choice in body.choices),
        tuple(choice.finish_reason for choice in body.choices),
        body.usage,
        (body.model_extra or {}).get("router"),
        body.id,
        body.model,
    )


def _streamed_reply(headers: Mapping[str, str], chunks: Sequence[ChatCompletionChunk]) -> Reply:
    pieces = [choice for chunk in chunks for choice in chunk.choices]
    indices = sorted({piece.index for piece in pieces})
    return Reply(
        headers,
        tuple(_said([p.delta for p in pieces if p.index == index]) for index in indices),
        tuple(next(p.finish_reason for p in pieces if p.index == index and p.finish_reason) for index in indices),
        chunks[-1].usage,
        (chunks[-1].model_extra or {}).get("router"),
        chunks[0].id,
        chunks[0].model,
    )


def _said(words: Sequence[ChatCompletionMessage | ChoiceDelta]) -> str:
    """All that was said, and then all that was thought. Random weights may open a channel for reasoning at any moment,
    and what they say in it does not count as content."""
    thoughts = [(each.model_extra or {}).get("reasoning") for each in words]
    return "".join([each.content or "" for each in words] + [each or "" for each in thoughts])
