"""The strong engine reads: what it says of a text is what it says of it by another route, every token finds its
characters, and the fast engine, which would die of it, is never asked."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from ruamel.yaml import YAML

from router.assembly.engines import open_engines
from router.assembly.loads import occupancies_of
from router.clock import SystemClock
from router.config.settings import Settings
from router.core.reading.reading import Excerpt, Reading
from router.core.values import Tier
from router.engines.dialects import DIALECTS
from router.ports import Envelope, Reader
from router.silence import open_silence
from tandem_serving.tiny.specs import router_configuration
from tests.examples import chat_request
from tests.live.engines import LiveEngine
from tests.live.pages import post
from tests.live.tap import tapped
from tests.spelling import characters_of

Result = TypeVar("Result")
Readers = Mapping[Tier, Reader]

DRAFT = (
    "The tide comes in twice a day. 海水每天涨落两次。 Boats wait 🚣🏽\u200d♀️ for it, e\u0301 même la nuit.\n\n"
    "```python\ndef tide(hour: int) -> float:\n    return 0.5 * (1 - hour % 12)\n```\n"
)
PIECES = (
    "the sea",
    " and its tides, ",
    "\n\n",
    "\t",
    "0.125",
    "def f(x):\n    return x",
    '{"a": [1, null]}',
    "海水每天",
    "。",
    "밀물과 썰물",
    "น้ำขึ้น",
    "مدّ",
    "e\u0301",
    "a\u0323\u0302",
    "naïve",
    "😀",
    "👩\u200d👩\u200d👧",
    "🏴\U000e0067\U000e0062\U000e007f",
    "🇫🇷",
    "👍🏽",
    "\u00a0",
    "\u200b",
    "∑≠√",
    "\U0001d518",
)
TEXTS = 500
AT_ONCE = 8
LONG = 1500
ENVELOPE = Envelope(chat_request(), "reading", "acme")
SAME = 1e-3
"""Nats by which two passes over one text may differ: their numbers have eight bits."""


def with_readers(fast: LiveEngine, strong: LiveEngine, use: Callable[[Readers], Awaitable[Result]]) -> Result:
    """What `use` makes of the tiers that read, as a router opens them."""
    settings = Settings.model_validate(YAML(typ="safe").load(router_configuration(fast.launch, strong.launch)))

    async def work() -> Result:
        occupancies = occupancies_of(settings.tiers)
        dialects = {tier: DIALECTS[spec.backends[0].dialect] for tier, spec in settings.tiers.items()}
        async with (
            open_silence() as silence,
            open_engines(settings.tiers, dialects, b"pepper", occupancies, silence, SystemClock()) as engines,
        ):
            stations = {tier: station for tier, (station,) in engines.stations.items()}
            return await use({tier: each.reader for tier, each in stations.items() if each.reader is not None})

    return asyncio.run(work())


def read_all(strong: LiveEngine, excerpts: Sequence[Excerpt]) -> list[Reading]:
    """The readings of these, a few at a time."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def read(reader: Reader, excerpt: Excerpt) -> Reading:
        async with turn:
            return await reader.read(ENVELOPE, excerpt)

    async def read_them(readers: Readers) -> list[Reading]:
        return await asyncio.gather(*(read(readers["strong"], each) for each in excerpts))

    return with_readers(strong, strong, read_them)


def prompt_of(strong: LiveEngine, excerpt: Excerpt) -> Mapping[str, Any]:
    """The tokens that the engine itself makes of the conversation with the text in it."""
    messages = [
        {"role": "user", "content": "Say hello."},
        {"role": "assistant", "content": (excerpt.before + excerpt.text).rstrip()},
    ]
    going_on = {"continue_final_message": True, "add_generation_prompt": False}
    fields = {"model": strong.launch.spec.served_model, "messages": messages, **going_on, "return_token_strs": True}
    tokens: Mapping[str, Any] = post(f"{strong.address}/tokenize", fields)
    return tokens


def spelled(strong: LiveEngine, excerpt: Excerpt) -> list[tuple[int, int]]:
    """Which characters of the text the engine's own tokens are, by what bytes its vocabulary says they stand for; the
    blanks before an answer left out."""
    tokens = [bytes(BYTE_OF[letter] for letter in token) for token in prompt_of(strong, excerpt)["token_strs"]]
    sent, joint = (excerpt.before + excerpt.text).rstrip(), len(excerpt.before)
    least = max(joint, len(sent) - len(sent.lstrip()))
    rest = len(b"".join(tokens).decode()) - len(sent)
    owned = [(start - rest, end - rest) for start, end in characters_of(tokens)]
    return [(max(start, least) - joint, end - joint) for start, end in owned if end > least]


def byte_alphabet() -> Mapping[str, int]:
    """By the letter that stands for it, each byte of a byte-level vocabulary: printable ones stand for themselves, the
    others are counted from 256 on."""
    itself = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in itself]
    return {chr(byte): byte for byte in itself} | {chr(256 + at): byte for at, byte in enumerate(others)}


BYTE_OF = byte_alphabet()


def random_excerpts(count: int) -> list[Excerpt]:
    """Texts in many scripts, every second one the rest of what was said before."""
    source = random.Random(8)
    excerpts = []
    for number in range(count):
        text = "".join(source.choices(PIECES, k=source.randint(1, 12)))
        joint = source.randint(0, len(text)) if number % 2 else 0
        excerpts.append(Excerpt(text[:joint], text[joint:]))
    return excerpts


def test_a_text_has_the_probabilities_that_the_engine_gives_it_by_another_route(strong_engine: LiveEngine) -> None:
    excerpt = Excerpt("", DRAFT)
    (reading,) = read_all(strong_engine, [excerpt])

    prompt = prompt_of(strong_engine, excerpt)["tokens"]
    fields = {"model": strong_engine.launch.spec.served_model, "prompt": prompt, "max_tokens": 1, "temperature": 0}
    answer = post(f"{strong_engine.address}/v1/completions", {**fields, "echo": True, "logprobs": 1})
    scores = answer["choices"][0]["logprobs"]

    here = slice(len(prompt) - len(reading.tokens), len(prompt))
    assert [token.logprob for token in reading.tokens] == pytest.approx(scores["token_logprobs"][here], abs=SAME)
    likeliest = [max(each.values()) for each in scores["top_logprobs"][here]]
    assert [token.best_logprob for token in reading.tokens] == pytest.approx(likeliest, abs=SAME)
    assert all((token.rank == 1) == (token.logprob == token.best_logprob) for token in reading.tokens)
    assert reading.tokens_read == len(prompt)


@pytest.mark.timeout(180, func_only=True)
def test_every_token_of_any_text_finds_its_characters(strong_engine: LiveEngine) -> None:
    excerpts = random_excerpts(TEXTS)

    readings = read_all(strong_engine, excerpts)

    for excerpt, reading in zip(excerpts, readings, strict=True):
        found = [(token.start, token.end) for token in reading.tokens]
        assert found == (spelled(strong_engine, excerpt) if excerpt.text.strip() else [])


def test_a_token_ends_where_the_text_does_that_all_up_to_it_decode_to(strong_engine: LiveEngine) -> None:
    excerpt = Excerpt("", DRAFT)
    (reading,) = read_all(strong_engine, [excerpt])

    prompt = prompt_of(strong_engine, excerpt)["tokens"]
    first = len(prompt) - len(reading.tokens)
    for number, token in enumerate(reading.tokens, first + 1):
        fields = {"model": strong_engine.launch.spec.served_model, "tokens": prompt[first:number]}
        decoded = post(f"{strong_engine.address}/detokenize", fields)["prompt"]
        assert DRAFT[: token.end].startswith(decoded.rstrip("\ufffd"))
        assert decoded.endswith("\ufffd") or decoded == DRAFT[: token.end]


def test_a_long_text_is_read_at_once(strong_engine: LiveEngine) -> None:
    excerpt = Excerpt("", DRAFT * 10)
    began_s = time.monotonic()
    (reading,) = read_all(strong_engine, [excerpt])

    print(f"{len(reading.tokens)} tokens read in {time.monotonic() - began_s:.2f} s")
    assert len(reading.tokens) >= LONG
    assert [(token.start, token.end) for token in reading.tokens] == spelled(strong_engine, excerpt)


def test_what_is_read_is_never_read_by_the_fast_engine(fast_engine: LiveEngine, strong_engine: LiveEngine) -> None:
    async def read_by_all(readers: Readers) -> list[Reading]:
        return [await reader.read(ENVELOPE, Excerpt("", DRAFT)) for reader in readers.values()]

    with tapped(fast_engine.launch.port) as fast_tap, tapped(strong_engine.launch.port) as strong_tap:
        fast, strong = (
            replace(engine, launch=replace(engine.launch, port=tap.port))
            for engine, tap in ((fast_engine, fast_tap), (strong_engine, strong_tap))
        )
        readings = with_readers(fast, strong, read_by_all)

    assert len(readings) == len(strong_tap.sent) == 1
    assert fast_tap.sent == []
    assert fast_engine.is_healthy()
