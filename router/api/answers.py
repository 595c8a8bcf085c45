"""The two ways an answer goes out: one body, or a stream. Each keeps the promise of `ports.Answer` on an ASGI
`send`, and says in headers, and at the end in a `router` object, where the request went and why."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Protocol

from msgspec.structs import asdict

from router.api.errors import code_of, error_body, error_headers, status_of, type_of
from router.core.chat_chunk import (
    Identity,
    Object,
    continued,
    error_event,
    finish_event_with,
    role_event,
    splice,
    usage_event,
    with_identity,
    with_usage,
)
from router.core.chat_stream import folded
from router.core.errors import BackendError, TandemError
from router.core.event_stream import DONE, comment
from router.core.moves import Ended
from router.core.reading.reading import ReadingNote
from router.core.record import repairs, wasted_tokens
from router.core.trace import Trace
from router.core.values import Usage
from router.ports import Asked, Head

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
HeaderList = list[tuple[bytes, bytes]]

JSON = (b"content-type", b"application/json")
EVENT_STREAM = (b"content-type", b"text/event-stream; charset=utf-8")


class PlainAnswer:
    """An answer in one body, with a real status."""

    def __init__(self, send: Send, asked: Asked) -> None:
        self._send = send
        self._asked = asked
        self._body = b""

    async def begin(self, head: Head) -> None:
        """Nothing goes out before the whole body is there."""

    async def commit(self) -> None:
        """A plain answer has nothing to show before its end; its status stays real."""

    async def keep_alive(self) -> None:
        """See `commit`."""

    async def release(self, data: bytes) -> None:
        self._body += data

    async def end(self, head: Head, ended: Ended) -> None:
        whole = self._body
        if ended.finish_event:
            # The engine was asked for a stream, so that its blocks could be judged.
            whole = folded(self._body + ended.finish_event, _counted(ended))
        body = splice(whole, router_object(head))
        await send_whole(self._send, 200, [JSON, *head_headers(self._asked, head)], body)

    async def break_off(self, head: Head, error: BackendError) -> None:
        await self.fail(error, head)

    async def fail(self, error: TandemError, head: Head | None) -> None:
        await send_error(self._send, self._asked, error, head)


class StreamedAnswer:
    """An answer as server-sent events. Until the first block, or the commit, errors are real statuses."""

    def __init__(self, send: Send, asked: Asked, created_s: int) -> None:
        self._send = send
        self._asked = asked
        self._created_s = created_s
        self._model = asked.request.model
        self._identity: Identity | None = None

    async def begin(self, head: Head) -> None:
        headers = [EVENT_STREAM, (b"cache-control", b"no-cache"), *head_headers(self._asked, head)]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})

    async def commit(self) -> None:
        self._identity = Identity(f"chatcmpl-{self._asked.request_id}", self._created_s, self._model)
        await self._write(role_event(self._identity, choices=self._asked.request.choices))

    async def keep_alive(self) -> None:
        await self._write(comment("keep-alive"))

    async def release(self, data: bytes) -> None:
        if self._identity is not None:
            data = continued(data, self._identity)
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, head: Head, ended: Ended) -> None:
        router = router_object(head)
        finish = ended.finish_event if self._identity is None else continued(ended.finish_event, self._identity)
        chunk = ended.usage_chunk
        if self._asked.request.wants_usage and chunk is not None:
            if self._identity is not None:
                chunk = with_identity(chunk, self._identity)
            finish += usage_event(chunk, ended.usage or Usage(), router)
        else:
            finish = finish_event_with(finish, router)
        await self._close(finish + DONE)

    async def break_off(self, head: Head, error: BackendError) -> None:
        """An explicit error event and no [DONE]: what was released is final and not the whole answer."""
        await self._close(error_event(error.message, type_of(status_of(error)), code_of(error)))

    async def fail(self, error: TandemError, head: Head | None) -> None:
        await send_error(self._send, self._asked, error, head)

    async def _write(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def _close(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": False})


def _counted(ended: Ended) -> Object | None:
    """The engine's usage chunk with the tokens of the whole answer, be it that another engine had begun it."""
    chunk = ended.usage_chunk
    return chunk if chunk is None or ended.usage is None else with_usage(chunk, ended.usage)


class Tagged(Protocol):
    """A request, by its id and its trace."""

    @property
    def request_id(self) -> str: ...
    @property
    def trace(self) -> Trace | None: ...


def tag_headers(tagged: Tagged) -> HeaderList:
    """By what a request is found again in logs and traces, as response headers."""
    headers = [(b"x-request-id", tagged.request_id.encode())]
    if tagged.trace is not None:
        headers.append((b"x-trace-id", tagged.trace.trace_id.encode()))
    return headers


def head_headers(tagged: Tagged, head: Head) -> HeaderList:
    """Where the request went and why, as response headers."""
    headers = [
        *tag_headers(tagged),
        (b"x-router-rule", head.rule.encode()),
        (b"x-router-policy", head.policy.encode()),
        (b"x-router-decision", "; ".join((head.reason, *head.excluded, *_full(head))).encode()),
        (b"x-router-attempts", _attempts_text(head).encode()),
    ]
    if head.tier is not None:
        headers.append((b"x-router-tier", head.tier.encode()))
    if head.left_house:
        headers.append((b"x-router-left-house", b"true"))
    if head.waited_s > 0.0:
        headers.append((b"x-router-waited", b"%.3f" % head.waited_s))
    if head.cache is not None:
        headers.append((b"x-router-cache", head.cache.encode()))
    if head.age_s is not None:
        headers.append((b"age", b"%d" % head.age_s))
    if head.heard is not None:
        headers.append((b"x-router-transcribed", b"failed" if head.heard.is_failed else b"%d" % head.heard.clips))
    if head.dropped:
        headers.append((b"x-router-dropped", ", ".join(head.dropped).encode()))
    return headers


def _full(head: Head) -> tuple[str, ...]:
    return () if head.spilled_from is None else (f"{head.spilled_from}:full",)


def router_object(head: Head) -> Mapping[str, Any]:
    """The final facts, as the `router` object of a body or of a stream's last chunk."""
    return {
        "tier": head.tier,
        "rule": head.rule,
        "policy": head.policy,
        "decision": head.reason,
        "dropped": head.dropped,
        "excluded": head.excluded,
        **({} if head.spilled_from is None else {"spilled_from": head.spilled_from}),
        **({"left_house": True} if head.left_house else {}),
        **({"waited_s": round(head.waited_s, 4)} if head.waited_s > 0.0 else {}),
        **({"annotations": head.annotations} if head.annotations else {}),
        **({} if head.heard is None else {"transcribed": asdict(head.heard)}),
        "attempts": [
            {
                "tier": each.tier,
                "outcome": each.outcome,
                "elapsed_s": round(each.elapsed_s, 4),
                "completion_tokens": None if each.usage is None else each.usage.completion_tokens,
                **({} if each.denoise is None else {"denoise": asdict(each.denoise)}),
                **({} if each.reading is None else {"reading": _reading_object(each.reading)}),
            }
            for each in head.attempts
        ],
        "wasted_tokens": wasted_tokens(head.attempts),
        **({} if all(each.reading is None for each in head.attempts) else {"repairs": repairs(head.attempts)}),
    }


def _reading_object(reading: ReadingNote) -> Mapping[str, Any]:
    """What came of reading a draft: how much of it was accepted, by which criteria it was cut, and why part of it was
    not read. No profile: that is for the log."""
    return {
        "reads": reading.reads,
        "tokens_read": reading.tokens_read,
        "accepted_chars": reading.accepted_chars,
        "read_chars": reading.read_chars,
        **({"cut": reading.reasons} if reading.reasons else {}),
        **({"unread": reading.unread} if reading.unread else {}),
    }


def _attempts_text(head: Head) -> str:
    """`fast:refused, strong:served`; the attempt that is still streaming says so."""
    words = [f"{each.tier}:{each.outcome}" for each in head.attempts]
    if head.tier is not None and not (head.attempts and head.attempts[-1].outcome == "served"):
        words.append(f"{head.tier}:streaming")
    return ", ".join(words)


async def send_whole(send: Send, status: int, headers: HeaderList, body: bytes) -> None:
    """Sends one complete response."""
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def send_error(send: Send, tagged: Tagged, error: TandemError, head: Head | None = None) -> None:
    """Sends an error in OpenAI's shape."""
    about = tag_headers(tagged) if head is None else head_headers(tagged, head)
    await send_whole(send, status_of(error), [JSON, *about, *error_headers(error)], error_body(error))
