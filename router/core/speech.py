"""Speech in a request: found, decoded, and put into the words that it was transcribed to. Pure, though not quick: a
clip of ten megabytes takes some milliseconds to decode."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from router.core.errors import InvalidRequest
from router.core.values import ChatRequest, Message, Part

SPOKEN: Final = frozenset(("input_audio", "audio_url"))
"""The wire's types of parts that hold speech."""

FORMATS: Final = frozenset("wav mp3 flac ogg opus webm m4a mp4 mpeg mpga aac".split())
"""What servers of transcriptions tell a file's kind by: the end of its name."""

_PARAM: Final = "messages"
_MESSAGES = msgspec.json.Decoder(list[dict[str, Any]])


class Clip(Struct, frozen=True, gc=False):
    """One piece of speech: its bytes, and the kind of file that they are."""

    data: bytes
    format: str


class Heard(Struct, frozen=True, gc=False):
    """What became of the speech in a request: how many clips there were, how many of these had been transcribed before,
    and how long it took. `is_failed`: none was, and a tier that hears got them as they were."""

    clips: int
    known: int = 0
    elapsed_s: float = 0.0
    is_failed: bool = False


def holds_speech(request: ChatRequest) -> bool:
    """Whether some part of some message is spoken."""
    return any(part.kind in SPOKEN for message in request.messages for part in message.parts)


def clips_of(request: ChatRequest, most_bytes: int) -> list[Clip]:
    """The clips, in the order in which they stand there. Raises InvalidRequest for one that is none, is larger than
    this, or is only pointed at: nothing is fetched for callers."""
    messages = _MESSAGES.decode(request.fields["messages"])
    return [_clip(part, most_bytes) for message in messages for part in _spoken(message)]


def with_words(request: ChatRequest, words: Sequence[str]) -> ChatRequest:
    """The request with these words in the places of its clips, whose order they have."""
    messages, at = _MESSAGES.decode(request.fields["messages"]), iter(words)
    for message in messages:
        if any(_spoken(message)):
            message["content"] = [_as_text(part, at) if _is_spoken(part) else part for part in message["content"]]
    fields = {**request.fields, "messages": Raw(msgspec.json.encode(messages))}
    again = iter(words)
    said = tuple([Message(each.role, tuple([_said(part, again) for part in each.parts])) for each in request.messages])
    return replace(request, messages=said, fields=fields)


def _as_text(part: dict[str, Any], words: Any) -> dict[str, Any]:
    return {"type": "text", "text": next(words)}


def _said(part: Part, words: Any) -> Part:
    return Part("text", next(words)) if part.kind in SPOKEN else part


def _spoken(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    return [part for part in content if _is_spoken(part)] if isinstance(content, list) else []


def _is_spoken(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") in SPOKEN


def _clip(part: dict[str, Any], most_bytes: int) -> Clip:
    encoded, kind = _input_audio(part) if part["type"] == "input_audio" else _data_url(part)
    if kind not in FORMATS:
        raise InvalidRequest(f"speech of this format is not heard; there are: {', '.join(sorted(FORMATS))}", _PARAM)
    if len(encoded) > most_bytes // 3 * 4 + 4:
        raise InvalidRequest(f"a clip of speech is over {most_bytes // (1024 * 1024)} MB", _PARAM)
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidRequest("a clip of speech is not base64", _PARAM) from None
    if not data:
        raise InvalidRequest("a clip of speech is empty", _PARAM)
    return Clip(data, kind)


def _input_audio(part: dict[str, Any]) -> tuple[str, str]:
    said = part.get("input_audio")
    data, kind = (said.get("data"), said.get("format")) if isinstance(said, dict) else (None, None)
    if not isinstance(data, str) or not isinstance(kind, str):
        raise InvalidRequest("input_audio must hold data and format", _PARAM)
    return data, kind


def _data_url(part: dict[str, Any]) -> tuple[str, str]:
    """`data:audio/wav;base64,...`, from a string or an object with `url`."""
    said = part.get("audio_url")
    url = said.get("url") if isinstance(said, dict) else said
    head, comma, encoded = url.partition(",") if isinstance(url, str) else ("", "", "")
    if not comma or not head.startswith("data:audio/") or not head.endswith(";base64"):
        raise InvalidRequest("speech must be sent as input_audio or as a data:audio/...;base64 address", _PARAM)
    kind = head.removeprefix("data:audio/").removesuffix(";base64").partition(";")[0]
    return encoded, {"x-wav": "wav", "wave": "wav", "mpeg": "mp3", "x-m4a": "m4a"}.get(kind, kind)
