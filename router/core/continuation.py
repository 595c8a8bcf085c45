"""An answer that broke off after its first bytes: what of it is out, and another engine's words as the rest of it.

Pure. Released bytes are kept as they are and read only when a break happens, so that whole streams pay next to
nothing for it.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import orjson
from msgspec import Struct

from router.core.chat_chunk import Object, choices_of, decoded, fields, says_something
from router.core.event_stream import MalformedStream, each_event, event, payload, payloads
from router.core.values import Usage

SLAB_BYTES = 32 * 1024
"""How much of a stream is compressed at a time."""

MAX_KEPT_BYTES = 128 * 1024
"""What is kept of one stream, compressed: some 19,000 tokens that came one by one, or 60,000 that came in canvases."""

BYTES_PER_TOKEN = 4
"""Of ordinary text, where nobody has counted."""

_HEAD = ("id", "created", "model", "system_fingerprint", "service_tier")
_REASONING = ("reasoning", "reasoning_content")
_TEXTS = ("content", *_REASONING)


class Begun(Struct, frozen=True):
    """What the caller has of an answer; no text where it was still being reasoned about. `head`: what names its stream
    on every chunk. `tokens`: how many it took, reasoning included; where the engine has not said it, one for each
    chunk, or by its length where that cannot be. `prompt_tokens`: None where the engine has not said it."""

    text: str
    tokens: int
    head: Mapping[str, Any]
    prompt_tokens: int | None = None

    @property
    def prefix(self) -> str:
        """The text without the blanks at its end. Chat templates cut them off or keep them, and models go on badly
        from them: whoever goes on says them again."""
        return self.text.rstrip()

    def counted_with(self, rest: Usage) -> Usage:
        """The usage of the whole answer, where `rest` is that of the engine which went on: the prompt once, and what
        the caller was given. That engine counted what was begun as a part of its prompt."""
        counted_twice = self.tokens if self.prefix else 0
        prompt_tokens = self.prompt_tokens
        if prompt_tokens is None:
            prompt_tokens = max(rest.prompt_tokens - counted_twice, 0)
        return Usage(prompt_tokens, self.tokens + rest.completion_tokens)


class Draft:
    """The released bytes of one stream, as long as they are few enough to be kept: the latest as they are, earlier ones
    compressed. Chunks repeat each other, so that this takes a microsecond each and a tenth of the room."""

    __slots__ = ("_blocks", "_loose_bytes", "_room_bytes", "_slabs")

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._slabs: list[bytes] = []
        self._loose_bytes = 0
        self._room_bytes = MAX_KEPT_BYTES

    def keep(self, data: bytes) -> None:
        """These bytes, whole events, were released."""
        self._blocks.append(data)
        self._loose_bytes += len(data)
        if self._loose_bytes >= SLAB_BYTES:
            self._pack()

    def begun(self, usage: Usage | None = None) -> Begun | None:
        """What can be gone on with, for which so much was used up (None: see the events themselves); None: nothing
        can."""
        if self._room_bytes < 0:
            return None
        return read_begun(b"".join([*map(zlib.decompress, self._slabs), *self._blocks]), usage)

    def _pack(self) -> None:
        if self._room_bytes >= 0 and self._loose_bytes <= MAX_KEPT_BYTES:
            slab = zlib.compress(b"".join(self._blocks), zlib.Z_BEST_SPEED)
            self._slabs.append(slab)
            self._room_bytes -= len(slab)
        else:
            self._room_bytes = -1
        self._blocks.clear()
        self._loose_bytes = 0


def read_begun(released: bytes, usage: Usage | None = None) -> Begun | None:
    """What these events hold that another engine can go on with: one choice, unfinished, with nothing beside text and
    reasoning. None where it cannot."""
    try:
        chunks = [decoded(data) for data in payloads(released)]
        choices = [choice for chunk in chunks for choice in choices_of(chunk)]
        said = [fields(choice.get("delta"), "delta") for choice in choices]
        usage = usage or _last_usage(chunks)
    except (MalformedStream, msgspec.ValidationError):
        return None
    if not all(map(_is_text_alone, choices, said)):
        return None
    text = "".join([delta.get("content") or "" for delta in said])
    if not chunks:
        return None
    head = {key: chunks[0][key] for key in _HEAD if key in chunks[0]}
    if usage is not None:
        return Begun(text, usage.completion_tokens, head, usage.prompt_tokens)
    return Begun(text, _estimated_tokens(said), head)


class Rest:
    """What another engine adds to what was begun: under the names of the stream that was begun, without a second role,
    without reasoning once a text has begun, and without the blanks that are already out."""

    __slots__ = ("_drops", "_head", "_reasoned", "_said", "_seam")

    def __init__(self, begun: Begun) -> None:
        self._head = begun.head
        self._drops = _REASONING if begun.prefix else ()
        self._seam = begun.text[len(begun.prefix) :]
        self._reasoned = False
        self._said = False

    @property
    def is_lost(self) -> bool:
        """Whether the engine has said something, and nothing of it was the rest: it took the text for its reasoning."""
        return self._reasoned and not self._said

    def named(self, chunk: Object) -> dict[str, Any]:
        """The chunk under the names of the stream that was begun."""
        return {**chunk, **self._head}

    def events(self, run: bytes) -> bytes:
        """Events as the caller is to have them, less those that then say nothing. To be asked in the order of the
        stream. Raises MalformedStream."""
        return b"".join([self._event(one) for one in each_event(run)])

    def _event(self, one: bytes) -> bytes:
        data = payload(one)
        if data is None:
            return one
        chunk = self.named(decoded(data))
        choices = choices_of(chunk)
        kept = [choice for choice in map(self._choice, choices) if says_something(choice)]
        self._said = self._said or any(any(choice["delta"].values()) for choice in kept)
        if choices and not kept:
            return b""
        return event(orjson.dumps({**chunk, "choices": kept}))

    def _choice(self, choice: Object) -> Object:
        delta = dict(fields(choice.get("delta"), "delta"))
        delta.pop("role", None)
        for key in self._drops:
            self._reasoned = bool(delta.pop(key, None)) or self._reasoned
        if self._seam and isinstance(delta.get("content"), str):
            delta["content"] = self._sewn(delta["content"])
        return {**choice, "delta": delta}

    def _sewn(self, text: str) -> str:
        """The text without what it has in common with the blanks that are out."""
        common = 0
        while common < min(len(text), len(self._seam)) and text[common] == self._seam[common]:
            common += 1
        self._seam = self._seam[common:] if common == len(text) else ""
        return text[common:]


def _is_text_alone(choice: Object, delta: Object) -> bool:
    beside = [value for key, value in choice.items() if key not in ("index", "delta")]
    other = [value for key, value in delta.items() if key != "role" and key not in _TEXTS]
    texts = [delta[key] for key in _TEXTS if delta.get(key) is not None]
    return choice.get("index", 0) == 0 and not any(beside) and not any(other) and all(map(_is_str, texts))


def _is_str(value: Any) -> bool:
    return isinstance(value, str)


def _last_usage(chunks: Sequence[Object]) -> Usage | None:
    counted = [chunk["usage"] for chunk in chunks if chunk.get("usage") is not None]
    return msgspec.convert(counted[-1], Usage) if counted else None


def _estimated_tokens(said: Sequence[Object]) -> int:
    """Autoregressive engines give a token a chunk, or a few; diffusion engines a canvas."""
    texts = [text for delta in said for key in _TEXTS if (text := delta.get(key))]
    by_length = sum(len(text.encode()) for text in texts) // BYTES_PER_TOKEN
    return len(texts) if 2 * len(texts) >= by_length else by_length
