"""What a benchmark asks: requests of one shape, and the words in them that steer the mock engine.

The caller's last message steers it, because a gateway passes messages on unchanged whatever else it rewrites:
`chunks=64` is the number of content chunks, or of words in a plain answer; `every_ms=2` the time between two
chunks; `wait_ms=0` the time before the first byte. `request=0000000001` makes each request unlike any other,
so that neither a cache nor single-flight can answer it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from tests.bench.answer import PLAIN_WORDS, answer_text

DIGITS = 10
"""Width of a request's number, so that all requests of one kind are equally long."""

_NUMBER = re.compile(rb"\(request=(\d+) chunks=")
_STEERING = re.compile(rb" chunks=(\d+) every_ms=(\d+) wait_ms=(\d+)")
_STREAMED = re.compile(rb'"stream"\s*:\s*true')


@dataclass(frozen=True)
class Ask:
    """One kind of request, about 1.2 KB in four messages."""

    chunks: int = PLAIN_WORDS
    every_ms: int = 0
    wait_ms: int = 0
    streamed: bool = False

    @property
    def around_number(self) -> tuple[bytes, bytes]:
        """The JSON body before and after the request's number, which has DIGITS digits."""
        return _body_around_number(self)

    @property
    def expects(self) -> str:
        """The text that a right answer carries."""
        return answer_text(self.chunks)


@dataclass(frozen=True)
class Steering:
    """What one request tells the mock engine to do."""

    chunks: int
    every_s: float
    wait_s: float


def read_steering(body: bytes) -> Steering:
    """What `body` asks of the mock engine. Raises ValueError when it does not say."""
    begins = body.rfind(b" chunks=")
    return _parse_steering(body[begins : body.find(b")", begins)])


def read_number(body: bytes) -> int:
    """The number of a request. Raises ValueError when it has none."""
    found = _NUMBER.search(body)
    if found is None:
        raise ValueError("the last message does not say `request=`")
    return int(found[1])


def asks_for_stream(body: bytes) -> bool:
    """Whether the body carries `"stream": true`."""
    return b'"stream"' in body and _STREAMED.search(body) is not None


@lru_cache
def _parse_steering(said: bytes) -> Steering:
    found = _STEERING.fullmatch(said)
    if found is None:
        raise ValueError("the last message does not say `chunks=... every_ms=... wait_ms=...`")
    chunks, every_ms, wait_ms = map(int, found.groups())
    return Steering(chunks, every_ms / 1000, wait_ms / 1000)


@lru_cache
def _body_around_number(ask: Ask) -> tuple[bytes, bytes]:
    *earlier, question = _TURNS
    steering = f"chunks={ask.chunks} every_ms={ask.every_ms} wait_ms={ask.wait_ms}"
    contents = [*earlier, f"{question} (request=NUMBER {steering})"]
    roles = ("system", "user", "assistant", "user")
    messages = [{"role": role, "content": content} for role, content in zip(roles, contents, strict=True)]
    body: dict[str, Any] = {"model": "auto", "messages": messages, "max_tokens": 1024}
    if ask.streamed:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    before, after = orjson.dumps(body).split(b"NUMBER")
    return before, after


_TURNS = (
    "You are the guide of a small walking club on the coast. Members ask about paths, tides, trains and "
    "weather. Answer in two or three friendly sentences, name the nearest village, and say how long the walk "
    "takes at an easy pace. When you do not know a path, say so and suggest the club's printed map instead.",
    "Hello! My sister visits at the end of the month and would like to see the old harbour. She walks slowly "
    "and enjoys birds, so a quiet path with a few benches would suit her best. Is there a loop that starts at "
    "the station and does not need a car on the way back?",
    "The loop by the salt meadows suits her well: it leaves the station by the north gate, follows the dyke "
    "for half an hour and reaches the harbour by the sea wall. Benches stand every few hundred steps, and the "
    "lagoon is full of waders in the morning. The way back through the village takes twenty minutes.",
    "That sounds lovely, thank you. Which part of the loop has the best view in the evening, and where could "
    "we sit down for a cup of tea before the train home?",
)
