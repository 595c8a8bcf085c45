"""What a simulated engine need not read again, and what it does not read again of a draft."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tandem_serving.simulator.prefix_cache import CACHED_BLOCK_TOKENS, PrefixCache
from tests.patience import until
from tests.serving.simulated_engine import SimulatedEngine, simulated
from tests.wire.page import Samples
from tests.wire_client import ask, post

TEXT = [f" word{number}" for number in range(3 * CACHED_BLOCK_TOKENS + 10)]
DRAFT = "The canal was dug by hand, and it took years. " * 60
HITS = "vllm:prefix_cache_hits_total"
DONE = "vllm:request_prefill_time_seconds_count"


@pytest.fixture
def caching(tmp_path: Path) -> Iterator[SimulatedEngine]:
    """A strong engine that caches prefixes."""
    with simulated(tmp_path, "strong", "--speed", "20", "--caches") as running:
        yield running


def test_a_prefix_is_served_in_whole_blocks_and_never_to_its_end() -> None:
    cache = PrefixCache(100_000)
    cache.keep(TEXT)

    assert cache.served(TEXT, len(TEXT)) == 3 * CACHED_BLOCK_TOKENS
    assert cache.served(TEXT[: 2 * CACHED_BLOCK_TOKENS], len(TEXT)) == CACHED_BLOCK_TOKENS
    assert cache.served(TEXT, 300) == CACHED_BLOCK_TOKENS
    assert cache.served([*TEXT[:400], "else", *TEXT[400:]], len(TEXT)) == CACHED_BLOCK_TOKENS
    assert cache.served(["else", *TEXT], len(TEXT)) == 0


def test_the_oldest_beginnings_make_way() -> None:
    cache = PrefixCache(2 * CACHED_BLOCK_TOKENS)
    cache.keep(["old", *TEXT[:CACHED_BLOCK_TOKENS]])
    cache.keep(TEXT[: 2 * CACHED_BLOCK_TOKENS])

    assert cache.served(["old", *TEXT], len(TEXT)) == 0
    assert cache.served(TEXT, len(TEXT)) == 2 * CACHED_BLOCK_TOKENS


def test_without_room_nothing_is_served() -> None:
    cache = PrefixCache(0)
    cache.keep(TEXT)

    assert cache.served(TEXT, len(TEXT)) == 0


def test_a_read_of_the_end_is_told_the_end_and_served_the_rest(caching: SimulatedEngine) -> None:
    whole = read(caching)["prompt_logprobs"]
    before = hits(caching, 1)

    end = read(caching, vllm_xargs={"tandem_read_last": 100})["prompt_logprobs"]

    assert end == [*[None] * (len(whole) - 100), *whole[-100:]]
    assert before == 0
    assert hits(caching, 2) == (len(whole) - 100) // CACHED_BLOCK_TOKENS * CACHED_BLOCK_TOKENS


def test_who_goes_on_from_a_draft_is_served_what_was_read_and_a_plain_read_is_not(caching: SimulatedEngine) -> None:
    read(caching)
    read(caching)
    plain = hits(caching, 2)
    post(caching.address, {**of(DRAFT), "max_tokens": 1})

    assert plain == 0
    assert hits(caching, 3) > 0


def test_an_engine_without_the_plug_in_reads_all_whatever_is_asked(tmp_path: Path) -> None:
    with simulated(tmp_path, "strong", "--speed", "20") as plain:
        whole = read(plain)["prompt_logprobs"]
        assert read(plain, vllm_xargs={"tandem_read_last": 100})["prompt_logprobs"] == whole
        assert hits(plain, 2) == 0


def of(draft: str) -> dict[str, Any]:
    """An answer that was begun."""
    messages = [{"role": "user", "content": "Who dug it?"}, {"role": "assistant", "content": draft}]
    return {"messages": messages, "continue_final_message": True, "add_generation_prompt": False}


def read(engine: SimulatedEngine, **beside: Any) -> Any:
    """The body of a reading."""
    return post(engine.address, {**of(DRAFT), "prompt_logprobs": 1, "max_tokens": 1, **beside}).json


def hits(engine: SimulatedEngine, after: int) -> float:
    """How many tokens the cache has served, once so many answers are counted."""

    def counted() -> Samples | None:
        samples = Samples(ask(engine.address, "GET", "/metrics").body.decode())
        return samples if samples.of(DONE) == after else None

    return until(counted).of(HITS)
