"""A hot request as it comes off the wire: its headers, its body within limits, and who sent it."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from msgspec import Struct

from router.core.caching.terms import AS_USUAL, read_directives
from router.core.chat_request import HINT_HEADERS, Headers, Limits, read_request
from router.core.errors import BodyTimeout, BodyTooLarge, InvalidRequest, UnsupportedMedia
from router.core.trace import Trace
from router.ports import Asked, Keyring
from router.silence import Listener, Silence

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Scope = MutableMapping[str, Any]


class Tag(Struct, frozen=True):
    """What a request goes by, known before anything of it is read: its own id and the trace that it is part of."""

    request_id: str
    trace: Trace | None = None


class CallerLeft(Exception):
    """The connection closed before the request was complete."""


class Gate(Struct, frozen=True):
    """What every hot request passes first: who may come in, how much they may bring, and how slowly."""

    keyring: Keyring
    limits: Limits
    silence: Silence


async def read_asked(scope: Scope, receive: Receive, tag: Tag, gate: Gate) -> Asked:
    """Reads one request whole. The key is checked before the body is, so that nobody unknown fills our memory.
    Raises CallerError, or CallerLeft."""
    headers = read_headers(scope)
    caller = gate.keyring.caller(read_secret(headers))
    check_media_type(headers)
    body = await read_body(headers, receive, gate.limits, gate.silence)
    request, hints = read_request(body, headers, gate.limits)
    said = headers.get(b"cache-control")
    return Asked(
        request,
        hints,
        caller,
        tag.request_id,
        tag.trace,
        AS_USUAL if said is None else read_directives(said.decode("latin-1")),
    )


ONCE = frozenset((b"authorization", b"x-api-key", b"content-length", b"content-type", b"content-encoding"))
"""Headers that decide something here and therefore may not come twice with two meanings."""


def read_headers(scope: Scope) -> Headers:
    """The headers by name. Raises InvalidRequest when one that decides something is there twice."""
    pairs = scope["headers"]
    headers = dict(pairs)
    if len(headers) != len(pairs):
        names = [name for name, _ in pairs]
        for name in ONCE | set(HINT_HEADERS.values()):
            if names.count(name) > 1:
                raise InvalidRequest(f"the header {name.decode()} was sent twice", param=name.decode())
    return headers


def read_secret(headers: Headers) -> str | None:
    """The virtual key, from `Authorization: Bearer` or `x-api-key`: one reading for both, so that no rule can hold
    for one and not for the other. Raises InvalidRequest when both are there and differ."""
    bearer, plain = headers.get(b"authorization"), headers.get(b"x-api-key")
    secret = None
    if bearer is not None:
        scheme, _, rest = bearer.partition(b" ")
        secret = rest.strip() if scheme.lower() == b"bearer" else b""
    if plain is not None:
        if secret is not None and secret != plain:
            raise InvalidRequest("Authorization and x-api-key carry different keys", param="x-api-key")
        secret = plain
    return None if secret is None else secret.decode("latin-1")


def check_media_type(headers: Headers) -> None:
    """JSON, said so and not compressed. A page in a browser cannot send this type to us without asking first."""
    media_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if media_type != b"application/json":
        raise UnsupportedMedia("send the body as content-type: application/json")
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise UnsupportedMedia("compressed bodies are not accepted", param="content-encoding")


async def read_body(headers: Headers, receive: Receive, limits: Limits, silence: Silence) -> bytes:
    """The whole body. Raises BodyTooLarge or BodyTimeout."""
    length = headers.get(b"content-length", b"0")
    if len(length) > 12 or int(length) > limits.body_bytes:
        raise _too_large(limits)
    task = asyncio.current_task()
    assert task is not None
    listener = Listener(limits.body_s, task.cancel)
    silence.add(listener)
    try:
        return await _receive_all(receive, limits)
    except asyncio.CancelledError:
        if not listener.expired or task.uncancel() > 0:
            raise
        raise BodyTimeout(f"the body did not arrive within {limits.body_s:g} s") from None
    finally:
        silence.remove(listener)


async def _receive_all(receive: Receive, limits: Limits) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        parts, size = [body], len(body)
        while message.get("more_body"):
            message = await receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limits.body_bytes:
                raise _too_large(limits)
        body = b"".join(parts)
    if message["type"] == "http.disconnect":
        raise CallerLeft
    if len(body) > limits.body_bytes:
        raise _too_large(limits)
    return body


def _too_large(limits: Limits) -> BodyTooLarge:
    return BodyTooLarge(f"the body is over the limit of {limits.body_bytes // (1024 * 1024)} MB")
