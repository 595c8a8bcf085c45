"""What the cases of the list of upstream faults share: their numbers, a way to ask, and what a caller was told."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from tests.conftest import Way
from tests.router_process import RouterProcess
from tests.wire_client import Response, open_stream, payload, post, request_fields

Test = TypeVar("Test", bound=Callable[..., None])

QUICK: Mapping[str, Any] = {"connect_s": 0.4, "idle_s": 1.0}
"""How long the routers of this suite wait: for a connection, and in silence."""

ALONE = "auto:fast-only"
"""A model that only the fast tier may answer."""

HASTY = "auto:hasty"
"""A model whose streams are committed after 0.15 s; comments follow every 0.1 s."""

BREAKS_OFF = "auto:breaks-off"
"""A model whose streams end in an error where their engine broke them off."""


def upstream_fault(number: int) -> Callable[[Test], Test]:
    """One fault of the list, met by a plain request and by a streamed one: `way` is added to the request."""
    ids = [f"{number}-plain", f"{number}-streamed"]
    ways = pytest.mark.parametrize("way", [{}, {"stream": True}], ids=ids)
    return lambda test: pytest.mark.upstream_fault(ways(test))


@dataclass(frozen=True)
class Told:
    """What a caller was told from beginning to end, in the same words for both ways of asking. `whole`: the answer
    came to its proper end; `usages` are the counts it was given, `comments` how often it was told to wait."""

    status: int
    headers: Mapping[str, str]
    text: str
    whole: bool
    error: Mapping[str, Any] | None
    usages: Sequence[Mapping[str, Any]]
    comments: int
    took_s: float

    @property
    def code(self) -> Any:
        """OpenAI's code of the error, None when there is none."""
        return None if self.error is None else self.error["code"]

    @property
    def attempts(self) -> str:
        """Who was asked and what came of it, as the header says it."""
        return self.headers["x-router-attempts"]


def ask(router: RouterProcess, way: Way, model: str = "auto", budget_ms: int | None = None, **beside: Any) -> Told:
    """Asks and waits for the end. `budget_ms`: how long the whole answer may take."""
    headers = {} if budget_ms is None else {"x-router-latency-budget-ms": str(budget_ms)}
    fields = request_fields(**{"model": model, **beside})
    began_s = time.monotonic()
    if not way:
        return _plainly(post(router.public, fields, headers=headers), began_s)
    with open_stream(router.public, {**fields, "stream_options": {"include_usage": True}}, headers=headers) as stream:
        if not stream.headers["content-type"].startswith("text/event-stream"):
            return _plainly(stream.whole(), began_s)
        return _as_streamed(stream.status, stream.headers, list(stream.events()), began_s)


def _plainly(response: Response, began_s: float) -> Told:
    took_s = time.monotonic() - began_s
    headers = {name.lower(): value for name, value in response.headers}
    if response.status != 200:
        return Told(response.status, headers, "", False, response.error, (), 0, took_s)
    usage = response.json.get("usage")
    return Told(200, headers, response.text, True, None, [usage] if usage else (), 0, took_s)


def _as_streamed(status: int, headers: Mapping[str, str], events: Sequence[str], began_s: float) -> Told:
    took_s = time.monotonic() - began_s
    said = [data for data in map(payload, events) if data]
    chunks = [json.loads(each) for each in said if each != "[DONE]"]
    error = chunks.pop()["error"] if "error" in chunks[-1] else None
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    return Told(
        status,
        headers,
        "".join(delta.get("content") or "" for delta in deltas),
        said[-1] == "[DONE]",
        error,
        [chunk["usage"] for chunk in chunks if chunk.get("usage")],
        sum(each.startswith(":") for each in events),
        took_s,
    )
