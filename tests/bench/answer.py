"""What the mock engine answers, byte for byte, and how to read such an answer back."""

import random
from functools import lru_cache

import orjson

PLAIN_WORDS = 48
PLAIN_BYTES = 616

_ID = "chatcmpl-8a35e1c40bd2a967"
_CREATED = 1_780_000_000
_PROMPT_TOKENS = 290


@lru_cache
def answer_words(count: int) -> tuple[str, ...]:
    """The first `count` words of an endless text in sentences of 16; a space before all but the first."""
    words: list[str] = []
    chance = random.Random(1)
    while len(words) < count:
        words += (chance.choice(kind.split()) for kind in _SENTENCE)
    return tuple(word if i == 0 else f" {word}" for i, word in enumerate(words[:count]))


@lru_cache
def answer_text(count: int) -> str:
    """The whole answer of `count` words: plain ASCII without quotes, so that it reads the same inside JSON."""
    return "".join(answer_words(count))


@lru_cache
def plain_answer(count: int) -> bytes:
    """A `chat.completion` of `count` words, padded with blanks to PLAIN_BYTES where it is shorter."""
    message: dict[str, object] = {"role": "assistant", "content": answer_text(count), "refusal": None, "tool_calls": []}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    answer = _envelope("chat.completion", choices=[choice], usage=_usage(count))
    return orjson.dumps(answer).ljust(PLAIN_BYTES)


@lru_cache
def stream_events(count: int) -> tuple[bytes, ...]:
    """A streamed answer: role, `count` chunks of which the last finishes, then usage and `[DONE]` as one."""
    events = [_event(_delta({"role": "assistant", "content": ""}))]
    *words, last = answer_words(count)
    events += [_event(_delta({"content": word})) for word in words]
    events.append(_event(_delta({"content": last}, finish_reason="stop", stop_reason=None)))
    usage = _envelope("chat.completion.chunk", choices=[], usage=_usage(count))
    return (*events, _event(usage) + b"data: [DONE]\n\n")


def read_plain(body: bytes) -> str:
    """The text of a plain answer. Raises ValueError, KeyError, IndexError or TypeError when it is not one."""
    return str(orjson.loads(body)["choices"][0]["message"]["content"])


def read_stream(body: bytes) -> str:
    """The text of a streamed answer. Raises those errors too, and ValueError when it was cut short."""
    *events, done = (line[6:] for line in body.split(b"\n") if line.startswith(b"data: "))
    choices = [choice for event in events for choice in orjson.loads(event)["choices"]]
    if done != b"[DONE]" or choices[-1]["finish_reason"] != "stop":
        raise ValueError("the stream was cut short")
    return "".join(choice["delta"].get("content") or "" for choice in choices)


def dechunk(body: bytes) -> bytes:
    """A chunked body without its framing. Raises ValueError when the framing is wrong."""
    parts: list[bytes] = []
    position = 0
    while True:
        line_ends = body.index(b"\r\n", position)
        size = int(body[position:line_ends], 16)
        if size == 0:
            return b"".join(parts)
        position = line_ends + 2
        parts.append(body[position : position + size])
        position += size + 2


def _delta(delta: dict[str, str], finish_reason: str | None = None, **rest: object) -> dict[str, object]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason, **rest}
    return _envelope("chat.completion.chunk", choices=[choice | {"token_ids": None}])


def _envelope(kind: str, **rest: object) -> dict[str, object]:
    return {"id": _ID, "object": kind, "created": _CREATED, "model": "tier", **rest}


def _usage(words: int) -> dict[str, int]:
    total = _PROMPT_TOKENS + words
    return {"prompt_tokens": _PROMPT_TOKENS, "total_tokens": total, "completion_tokens": words}


def _event(chunk: dict[str, object]) -> bytes:
    return b"data: %b\n\n" % orjson.dumps(chunk)


_KIND = "quiet narrow sunny western grassy old wooden busy pale stony broad hidden windy lower eastern gentle steep"
_PLACE = "harbour meadow lagoon dyke station orchard mill beach ridge bridge village chapel garden marsh quay lane"
_DEED = "follows overlooks shelters crosses borders reaches faces warms passes circles guards joins hides cools"
_TIME = "before after while because until although whenever since once where"
_WAY = "slowly gladly often rarely always gently quietly nearly simply clearly softly warmly"
_END = "harbour. meadow. lagoon. dyke. station. orchard. mill. beach. ridge. bridge. village. chapel. garden."
_SENTENCE = (
    *("The", _KIND, _PLACE, _DEED, "the", _KIND, _PLACE),
    *(_TIME, "the", _KIND, _PLACE, _WAY, _DEED, "its", _KIND, _END),
)
"""One entry per word: the words to choose from."""
