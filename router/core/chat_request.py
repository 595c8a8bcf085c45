"""OpenAI's chat completion request: bytes and headers in, `ChatRequest` and `Hints` out, or a 400 that names what
is wrong. Nothing is rewritten here; fields we do not know stay as they came."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from router.core.errors import InvalidJson, InvalidRequest
from router.core.values import ChatRequest, Hints, Message, Part

Headers = Mapping[bytes, bytes]


class Limits(Struct, frozen=True):
    """Caps on one request. `media_hosts` are the hosts whose media addresses may be passed to an engine, which
    will fetch them; all other media must come as `data:`."""

    body_bytes: int = 20 * 1024 * 1024
    body_s: float = 30.0
    messages: int = 2048
    parts: int = 256
    tools: int = 256
    choices: int = 16
    media_hosts: frozenset[str] = frozenset()


class _Url(Struct):
    url: str = ""


class _Part(Struct):
    type: str
    text: str = ""
    image_url: _Url | str | None = None
    video_url: _Url | str | None = None
    audio_url: _Url | str | None = None


class _Message(Struct):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[_Part] | None = None


class _Known(Struct):
    """The types and ranges that every engine agrees on; the rest is the engine's to judge."""

    model: str
    messages: list[_Message]
    stream: bool | None = None
    stream_options: dict[str, Any] | None = None
    n: Annotated[int, Meta(ge=1)] | None = None
    max_tokens: Annotated[int, Meta(ge=1, le=2**31)] | None = None
    max_completion_tokens: Annotated[int, Meta(ge=1, le=2**31)] | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    response_format: dict[str, Any] | None = None
    tools: list[Raw] | None = None
    tool_choice: str | dict[str, Any] | None = None
    reasoning_effort: str | None = None
    service_tier: str | None = None
    router: Raw = Raw(b"null")


class _HintFields(Struct, forbid_unknown_fields=True):
    """The `router` object of a body; the headers are called the same after `x-router-`."""

    stakes: Literal["low", "medium", "high"] | None = None
    latency_budget_ms: Annotated[int, Meta(ge=1, le=86_400_000)] | None = None
    policy: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")] | None = None
    max_tier: Literal["fast", "strong", "hosted"] | None = None
    conversation: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


_FIELDS = msgspec.json.Decoder(dict[str, Raw])
_KNOWN = msgspec.json.Decoder(_Known)
_HINTS = msgspec.json.Decoder(_HintFields | None)
_ANY = msgspec.json.Decoder()

_NOT_PARAMETERS = frozenset(("model", "messages", "router"))

HINT_HEADERS: Mapping[str, bytes] = {
    name: f"x-router-{name.replace('_', '-')}".encode() for name in _HintFields.__struct_fields__
}

_ADDRESS = re.compile(r"https://([A-Za-z0-9.-]+)(?::[0-9]{1,5})?(?:[/?#][!-\[\]-~]*)?\Z")
"""Only addresses that every parser reads alike: no user, no backslash, no blank."""

MAX_SAID_CHARS = 200
"""How much of what a caller sent comes back in an error about it."""

_HINT_PREFIX = b"x-router-"
_HINT_NAMES = {header: name for name, header in HINT_HEADERS.items()}


def read_request(body: bytes, headers: Headers, limits: Limits) -> tuple[ChatRequest, Hints]:
    """Reads one request. Raises InvalidJson or InvalidRequest, naming the field."""
    try:
        fields = _FIELDS.decode(body)
        known = _KNOWN.decode(body)
        parameters = {name: _decode(name, raw) for name, raw in fields.items() if name not in _NOT_PARAMETERS}
        hints = _read_hint_object(known.router)
    except msgspec.ValidationError as error:
        raise _invalid(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidJson(f"the body is not valid JSON: {error}") from None
    except RecursionError:
        raise InvalidJson("the body is nested too deeply") from None
    request = ChatRequest(known.model, _read_messages(known.messages, limits), parameters, fields, len(body))
    _check_caps(request, known, limits)
    return request, Hints(**hints | _read_hint_headers(headers))


def _decode(name: str, raw: Raw) -> Any:
    try:
        return _ANY.decode(raw)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f"{name}: {error}", param=name) from None


def _invalid(error: msgspec.ValidationError) -> InvalidRequest:
    """msgspec says "Expected `int`, got `str` - at `$.n`"; the path is OpenAI's `param`."""
    said, _, path = str(error).partition(" - at `$")
    said = said[:MAX_SAID_CHARS]
    param = path.rstrip("`").lstrip(".") or None
    if param is None and "missing required field" in said:
        param = said.rpartition("field ")[2].strip("`")
    return InvalidRequest(f"{param}: {said}" if param else said, param=param)


def _check_caps(request: ChatRequest, known: _Known, limits: Limits) -> None:
    for param, count, cap in (
        ("messages", len(request.messages), limits.messages),
        ("tools", len(known.tools or ()), limits.tools),
        ("n", known.n or 1, limits.choices),
    ):
        if count > cap:
            raise InvalidRequest(f"{param} is {count}; at most {cap} are served", param=param)
    if not request.messages:
        raise InvalidRequest("messages must hold at least one message", param="messages")


def _read_messages(messages: list[_Message], limits: Limits) -> tuple[Message, ...]:
    return tuple(Message(each.role, _read_parts(each.content, limits)) for each in messages)


def _read_parts(content: str | list[_Part] | None, limits: Limits) -> tuple[Part, ...]:
    if isinstance(content, str):
        return (Part("text", content),)
    if content is None:
        return ()
    if len(content) > limits.parts:
        raise InvalidRequest(f"a message holds {len(content)} parts; at most {limits.parts} are served", "messages")
    return tuple(_read_part(each, limits) for each in content)


def _read_part(part: _Part, limits: Limits) -> Part:
    """Every address in a part is checked, whatever its type says: engines do not all look at the same one."""
    sources = [each for each in (part.image_url, part.video_url, part.audio_url) if each is not None]
    urls = [each if isinstance(each, str) else each.url for each in sources]
    for url in urls:
        _check_media(url, limits)
    return Part(part.type, part.text, urls[0][:64] if urls else "")


def _check_media(url: str, limits: Limits) -> None:
    """Remote media would be fetched by the engine, from inside: only `data:` and hosts on the list may be."""
    if url.startswith("data:"):
        return
    address = _ADDRESS.match(url)
    if address is None or address[1].lower() not in limits.media_hosts:
        raise InvalidRequest("media must be sent as data: URLs; this address is not on the allow-list", "messages")


def _read_hint_headers(headers: Headers) -> dict[str, Any]:
    """Headers and the body's `router` object say the same things; where both do, the header counts. A header that
    only looks like a hint is refused: a misspelt one would otherwise be a hint that silently does nothing."""
    values = {}
    for header in headers:
        if header.startswith(_HINT_PREFIX):
            name = _HINT_NAMES.get(header)
            if name is None:
                known = ", ".join(each.decode() for each in _HINT_NAMES)
                said = header.decode("latin-1")[:MAX_SAID_CHARS]
                raise InvalidRequest(f"{said!r} is not a known hint; there are: {known}", param=said)
            values[name] = _read_hint_header(name, headers[header])
    return values


def _read_hint_object(router: Raw) -> dict[str, Any]:
    try:
        said = _HINTS.decode(router)
    except msgspec.ValidationError as error:
        invalid = _invalid(error)
        raise InvalidRequest(invalid.message, f"router.{invalid.param}" if invalid.param else "router") from None
    return {} if said is None else msgspec.structs.asdict(said)


def _read_hint_header(name: str, raw: bytes) -> Any:
    header = HINT_HEADERS[name].decode()
    try:
        text = raw.decode("ascii")
        value = int(text) if name == "latency_budget_ms" and text.isdigit() and len(text) < 19 else text
        return getattr(msgspec.convert({name: value}, _HintFields), name)
    except (UnicodeDecodeError, msgspec.ValidationError) as error:
        said = str(error).partition(" - at ")[0][:MAX_SAID_CHARS]
        raise InvalidRequest(f"the header {header} is malformed: {said}", param=header) from None
