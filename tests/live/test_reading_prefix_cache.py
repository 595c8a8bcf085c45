"""What the prefix cache serves to a read of a draft: nothing by vLLM's rule, all before the draft by the plug-in, and
so to the router's own reader."""

import asyncio
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import pytest
from msgspec import structs

from router.clock import SystemClock
from router.core.capabilities import Dialect
from router.core.chat_request import Limits, read_request
from router.core.reading.reading import Excerpt, Reading
from router.engines.dialects.vllm import VLLM
from router.engines.http_reader import HttpReader
from router.engines.line import Line, Timeouts, open_connections
from router.engines.wire_body import BodyWriter
from router.ports import Envelope
from router.silence import open_silence
from tests.examples import chat_body
from tests.live.engines import LiveEngine, live_engines, ports_given
from tests.live.going_on import go_on
from tests.live.pages import fetch

BLOCK = 256
"""The engine's cache serves prefixes in whole multiples of so many tokens: those that all its layers share."""

ALL_OF_IT = structs.replace(VLLM, reads_last=None)
"""A dialect in which all of a prompt is asked for."""

_HITS = re.compile(r"^vllm:prefix_cache_hits_total\{[^}]*\} (\S+)$", re.MULTILINE)
_WORDS = "the router sends each prompt to small engine first and large one when is not sure of its answer".split()


@pytest.fixture(scope="module", params=["reads", "reads-v2"])
def engine(request: pytest.FixtureRequest) -> Iterator[LiveEngine]:
    """One with each of vLLM's two model runners."""
    with live_engines([request.param], ports_given(os.environ)) as started:
        yield started[request.param]


def test_a_read_of_the_end_is_served_the_rest_from_the_cache(engine: LiveEngine) -> None:
    prompt, draft = text(1, words=400), text(2, words=60)
    read(engine, prompt, draft)
    before = hits(engine)
    read(engine, prompt, draft, last=100)
    assert hits(engine) - before >= BLOCK


def test_what_is_read_of_a_draft_is_what_a_plain_read_says(engine: LiveEngine) -> None:
    prompt, draft = text(3, words=400), text(4, words=60)
    whole = read(engine, prompt, draft)
    for last in (1, 100, 150, len(whole) - 1, 4000):
        end = read(engine, prompt, draft, last=last)
        told = min(last, len(whole) - 1)
        assert end[: len(whole) - told] == [None] * (len(whole) - told)
        assert_same(end[-told:], whole[-told:])


def test_the_read_of_the_next_block_is_served_what_the_last_one_read(engine: LiveEngine) -> None:
    prompt, draft = text(5, words=450), text(6, words=120)
    longer = f"{draft} {text(7, words=120)}"
    read(engine, prompt, draft)
    before = hits(engine)
    read(engine, prompt, longer, last=150)
    assert hits(engine) - before >= 2 * BLOCK


def test_whoever_goes_on_from_what_was_accepted_is_served_what_was_read(engine: LiveEngine) -> None:
    prompt, draft = text(8, words=400), text(9, words=120)
    read(engine, prompt, draft, last=300)
    before = hits(engine)
    go_on(engine, prompt, draft[: len(draft) // 2])
    assert hits(engine) - before >= BLOCK


def test_a_plain_read_passes_the_cache_by_as_ever(engine: LiveEngine) -> None:
    prompt, draft = text(10, words=400), text(11, words=60)
    whole = read(engine, prompt, draft)
    before = hits(engine)
    assert_same(read(engine, prompt, draft)[1:], whole[1:])
    assert hits(engine) == before


def test_an_engine_without_the_plug_in_reads_all_whatever_is_asked(strong_engine: LiveEngine) -> None:
    prompt, draft = text(12, words=400), text(13, words=60)
    whole = read(strong_engine, prompt, draft)
    before = hits(strong_engine)
    assert_same(read(strong_engine, prompt, draft, last=100)[1:], whole[1:])
    assert hits(strong_engine) == before


# --- the reader of the router ---------------------------------------------------------------------------------


def test_the_reader_is_served_what_stands_before_the_text_and_counts_what_was_read(engine: LiveEngine) -> None:
    prompt, excerpt = text(14, words=400), Excerpt(text(15, words=60), " " + text(16, words=60))
    whole = readings(engine, prompt, [excerpt], ALL_OF_IT)[0]
    before = hits(engine)
    (reading,) = readings(engine, prompt, [excerpt])
    served = hits(engine) - before
    assert served >= BLOCK
    assert reading.tokens_read == whole.tokens_read - served
    assert_reads_same(reading, whole)


def test_the_next_block_is_read_for_little_more_than_itself(engine: LiveEngine) -> None:
    prompt, block, following = text(17, words=400), text(18, words=60), " " + text(19, words=60)
    _, end = readings(engine, prompt, [Excerpt("", block), Excerpt(block, following)])
    (whole,) = readings(engine, prompt, [Excerpt(block, following)], ALL_OF_IT)
    assert end.tokens_read <= whole.tokens_read - BLOCK
    assert_reads_same(end, whole)


@pytest.mark.timeout(120, func_only=True)
def test_a_text_of_more_tokens_than_was_thought_is_read_all_the_same(engine: LiveEngine) -> None:
    prompt, excerpt = text(22, words=400), Excerpt("", "".join(Random(23).choices("\U00010480\U00010481", k=60)))
    (whole,) = readings(engine, prompt, [excerpt], ALL_OF_IT)
    (reading,) = readings(engine, prompt, [excerpt])
    assert len(reading.tokens) > len(excerpt.text.encode()) // 2 + 36
    assert whole.tokens_read < reading.tokens_read < 2 * whole.tokens_read
    assert_reads_same(reading, whole)


def test_the_reader_reads_the_same_from_an_engine_without_the_plug_in(strong_engine: LiveEngine) -> None:
    prompt, excerpt = text(24, words=400), Excerpt("", text(25, words=60))
    whole = readings(strong_engine, prompt, [excerpt], ALL_OF_IT)[0]
    before = hits(strong_engine)
    (reading,) = readings(strong_engine, prompt, [excerpt])
    assert hits(strong_engine) == before
    assert reading.tokens_read == whole.tokens_read
    assert_reads_same(reading, whole)


# --- asking ---------------------------------------------------------------------------------------------------


def text(seed: int, words: int) -> str:
    """A text that no other seed gives, so that nothing of it is in a cache before."""
    draw = Random(seed)
    return " ".join(draw.choice(_WORDS) for _ in range(words))


def read(engine: LiveEngine, prompt: str, draft: str, last: int = 0) -> Sequence[Mapping[str, Any] | None]:
    """What the engine makes of each token of prompt and draft, or of the last ones alone; null: it does not say."""
    answer = json.loads(go_on(engine, prompt, draft, prompt_logprobs=1, vllm_xargs={"tandem_read_last": last}))
    told: Sequence[Mapping[str, Any] | None] = answer["prompt_logprobs"]
    return told


def readings(
    engine: LiveEngine, prompt: str, excerpts: Sequence[Excerpt], dialect: Dialect = VLLM
) -> Sequence[Reading]:
    """What the router's reader makes of these, one after the other."""
    request, _ = read_request(chat_body(prompt), {}, Limits())
    envelope = Envelope(request, "reading", "acme")
    writer = BodyWriter(engine.launch.spec.served_model, dialect, b"pepper")

    async def work() -> Sequence[Reading]:
        async with open_silence() as silence, open_connections(silence) as connections:
            line = Line("strong", connections, engine.address, Timeouts(connect_s=5, idle_s=50))
            reader = HttpReader(line, writer, SystemClock())
            return [await reader.read(envelope, excerpt) for excerpt in excerpts]

    return asyncio.run(work())


def assert_reads_same(one: Reading, other: Reading) -> None:
    """The same characters with the same probabilities, see `assert_same`."""
    assert [(token.start, token.end) for token in one.tokens] == [(token.start, token.end) for token in other.tokens]
    assert [token.logprob for token in one.tokens] == pytest.approx([token.logprob for token in other.tokens], abs=0.05)


def assert_same(one: Sequence[Any], other: Sequence[Any]) -> None:
    """The same tokens with the same probabilities, but for the last bits of sums over other batches."""
    assert [list(each) for each in one] == [list(each) for each in other]
    for mine, its in zip(one, other, strict=True):
        for token in mine:
            assert mine[token]["logprob"] == pytest.approx(its[token]["logprob"], abs=0.05)


def hits(engine: LiveEngine) -> float:
    """How many tokens its prefix cache has served."""
    return sum(map(float, _HITS.findall(fetch(f"{engine.address}/metrics").text)))
