"""One caller of the router: sends a chat completion, plain or streamed, and says what came back."""

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

HOST = "127.0.0.1"
CHAT = "/v1/chat/completions"
EXPLAIN = "/router/v1/explain"
TIMEOUT_S = 120.0
"""Longer than any answer of a simulated engine takes."""

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """What the caller saw: the `text` that came, in so many `blocks` of a stream; a plain answer has none.

    `error_code` and `error` (its message) are empty where no error came, as a status or in the stream.
    """

    request_id: str
    status: int
    elapsed_s: float
    text: str = ""
    blocks: int = 0
    error_code: str = ""
    error: str = ""


def ignore_block() -> None:
    """For callers to whom the first block means nothing."""


@dataclass(frozen=True)
class Client:
    """Talks to the router on this port of loopback with this key."""

    port: int
    key: str

    def ask(self, body: Body, on_first_block: Callable[[], None] = ignore_block) -> Reply:
        """Sends one request and waits for the end of its answer. `on_first_block` is called at the first text of a
        stream. Raises OSError or HTTPException when the router cannot be talked to."""
        began_s = perf_counter()
        with self._posted(CHAT, body) as response:
            texts, last = _read(response, on_first_block)
            is_stream = _is_stream(response)
        error = last.get("error", {})
        return Reply(
            request_id=response.getheader("x-request-id", ""),
            status=response.status,
            elapsed_s=perf_counter() - began_s,
            text="".join(texts),
            blocks=len(texts) if is_stream else 0,
            error_code=error.get("code") or error.get("type") or "",
            error=error.get("message", ""),
        )

    def explain(self, body: Body) -> Body:
        """What would happen to this request and why, from the router itself. Raises as `ask` does."""
        with self._posted(EXPLAIN, body) as response:
            explanation: Body = json.loads(response.read())
        return explanation

    @contextmanager
    def _posted(self, path: str, body: Body) -> Iterator[http.client.HTTPResponse]:
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        connection = http.client.HTTPConnection(HOST, self.port, timeout=TIMEOUT_S)
        try:
            connection.request("POST", path, json.dumps(body), headers)
            yield connection.getresponse()
        finally:
            connection.close()


def _is_stream(response: http.client.HTTPResponse) -> bool:
    return response.getheader("content-type", "").startswith("text/event-stream")


def _read(response: http.client.HTTPResponse, on_first_block: Callable[[], None]) -> tuple[list[str], Body]:
    """The text in the pieces in which it came, and the last object that was sent."""
    if not _is_stream(response):
        body: Body = json.loads(response.read())
        return [_text_of(body, "message")], body
    texts: list[str] = []
    event: Body = {}
    for event in _events(response):
        if said := _text_of(event, "delta"):
            texts.append(said)
            if len(texts) == 1:
                on_first_block()
    return texts, event


def _events(response: http.client.HTTPResponse) -> Iterator[Body]:
    for line in response:
        name, _, data = line.partition(b":")
        if name == b"data" and data.strip() != b"[DONE]":
            yield json.loads(data)


def _text_of(event: Body, where: str) -> str:
    return "".join([choice.get(where, {}).get("content") or "" for choice in event.get("choices", ())])
