"""What the plug-in for vLLM tells of denoising, block by block, held against what the engine itself counts."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from router.core.passes import exact
from tests.live.counters import Counters, read_counters
from tests.live.engines import LiveEngine, live_engines, ports_given
from tests.live.pages import fetch
from tests.patience import until

CAP = 48
CANVAS = 256
SETTLED_S = 10.0
WITH_USAGE = {"include_usage": True, "continuous_usage_stats": True}

_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module", params=["fast", "slow", "async"])
def engine(request: pytest.FixtureRequest, fast_engine: LiveEngine, slow_engine: LiveEngine) -> Iterator[LiveEngine]:
    """One that settles, one that never does, and one that schedules ahead of what it has seen, as on a GPU."""
    shared = {"fast": fast_engine, "slow": slow_engine}
    if request.param in shared:
        yield shared[request.param]
        return
    with live_engines([request.param], ports_given(os.environ)) as started:
        yield started[request.param]


@pytest.fixture(scope="module")
def bare_engine(fast_engine: LiveEngine) -> Iterator[LiveEngine]:
    """A diffusion engine without the plug-in, started when those that tests share are up."""
    with live_engines(["bare"], ports_given(os.environ)) as started:
        yield started["bare"]


@dataclass(frozen=True)
class Block:
    """A chunk of a stream that holds a choice's text: `passes` are those of every canvas of the choice so far."""

    choice: int
    tokens: int
    passes: Sequence[float] | None


def test_the_passes_told_are_those_that_the_engine_counted(engine: LiveEngine) -> None:
    before = counters_of(engine)
    blocks = blocks_of(engine, max_tokens=2 * CANVAS)
    assert [block.tokens for block in blocks] == [CANVAS, 2 * CANVAS]
    assert [len(block.passes or ()) for block in blocks] == [1, 2]
    passes = blocks[-1].passes
    assert passes is not None
    assert counted_since(before, engine, canvases=2) == Counters(
        steps=sum(passes) + 2, positions=(sum(passes) + 2) * CANVAS, committed=2 * CANVAS
    )


def test_a_plain_answer_tells_what_the_engine_counted(engine: LiveEngine) -> None:
    before = counters_of(engine)
    passes = passes_told(answer_of(engine, max_tokens=CANVAS + 1))
    assert passes is not None
    assert counted_since(before, engine, canvases=2).steps == sum(passes) + 2


def test_an_engine_that_never_settles_takes_every_pass_it_may(slow_engine: LiveEngine) -> None:
    assert [block.passes for block in blocks_of(slow_engine, max_tokens=CANVAS + 1)] == [[CAP], [CAP, CAP]]


def test_an_engine_that_is_sure_takes_few(fast_engine: LiveEngine) -> None:
    (block,) = blocks_of(fast_engine, max_tokens=CANVAS)
    assert block.passes is not None
    assert block.passes[0] < 5


@pytest.mark.parametrize("cap", [1, 5])
def test_a_cap_shows_in_the_passes(slow_engine: LiveEngine, cap: int) -> None:
    blocks = blocks_of(slow_engine, max_tokens=CANVAS + 1, vllm_xargs={"diffusion_max_steps": cap})
    assert [block.passes for block in blocks] == [[cap], [cap, cap]]


def test_a_cap_above_the_engines_own_changes_nothing(slow_engine: LiveEngine) -> None:
    (block,) = blocks_of(slow_engine, max_tokens=1, vllm_xargs={"diffusion_max_steps": 20 * CAP})
    assert block.passes == [CAP]


def test_a_narrow_canvas_makes_more_blocks(slow_engine: LiveEngine) -> None:
    dials = {"diffusion_canvas_length": 32, "diffusion_max_steps": 2}
    blocks = blocks_of(slow_engine, max_tokens=70, vllm_xargs=dials)
    assert [block.tokens for block in blocks] == [32, 64, 70]
    assert [block.passes for block in blocks] == [[2], [2, 2], [2, 2, 2]]


def test_a_canvas_wider_than_the_engines_own_is_refused(slow_engine: LiveEngine) -> None:
    assert answer_of(slow_engine, vllm_xargs={"diffusion_canvas_length": CANVAS + 1})["error"]["code"] == 400


def test_each_of_several_choices_tells_its_own(slow_engine: LiveEngine) -> None:
    asked = {"n": 2, "max_tokens": CANVAS + 1, "vllm_xargs": {"diffusion_max_steps": 3}}
    blocks = blocks_of(slow_engine, **asked)
    for choice in (0, 1):
        assert [block.passes for block in blocks if block.choice == choice] == [[3], [3, 3]]
    assert passes_told(answer_of(slow_engine, **asked)) is None


def test_an_answer_that_a_stop_string_ends_tells_its_passes(fast_engine: LiveEngine) -> None:
    text = answer_of(fast_engine, max_tokens=CANVAS)["choices"][0]["message"]["content"]
    stopped = answer_of(fast_engine, max_tokens=CANVAS, stop=sorted(set(text))[:4])
    assert stopped["choices"][0]["finish_reason"] == "stop"
    assert len(passes_told(stopped) or ()) == 1


def test_whoever_leaves_a_stream_frees_the_engine(slow_engine: LiveEngine) -> None:
    with opened(slow_engine, stream=True, max_tokens=3000, vllm_xargs={"diffusion_max_steps": 2}) as stream:
        stream.readline()
        assert not slow_engine.is_idle()
    until(slow_engine.is_idle, SETTLED_S)


def test_without_the_plug_in_nothing_is_told(bare_engine: LiveEngine) -> None:
    assert [block.passes for block in blocks_of(bare_engine, max_tokens=CANVAS + 1)] == [None, None]
    assert passes_told(answer_of(bare_engine, max_tokens=1)) is None


# --- asking ---------------------------------------------------------------------------------------------------


def opened(engine: LiveEngine, **asked: Any) -> Any:
    """The engine's response, to be read while it writes."""
    messages = [{"role": "user", "content": "Tell me about the sea."}]
    body = {"model": engine.launch.spec.served_model, "messages": messages, "ignore_eos": True, **asked}
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{engine.address}/v1/chat/completions", json.dumps(body).encode(), headers)
    try:
        return _DIRECTLY.open(request, timeout=50)
    except urllib.error.HTTPError as refusal:
        return refusal


def answer_of(engine: LiveEngine, **asked: Any) -> Any:
    """A plain answer, or what it was refused with."""
    with opened(engine, **asked) as response:
        return json.load(response)


def blocks_of(engine: LiveEngine, **asked: Any) -> list[Block]:
    """The blocks of a stream, as they are cut on the wire."""
    with opened(engine, stream=True, stream_options=WITH_USAGE, **asked) as stream:
        chunks = [json.loads(line[6:]) for line in stream if line.startswith(b"data: {")]
    return [
        Block(choice["index"], chunk["usage"]["completion_tokens"], passes_told(chunk))
        for chunk in chunks
        for choice in chunk["choices"]
        if "role" not in choice["delta"]
    ]


def passes_told(said: Mapping[str, Any]) -> list[float] | None:
    """The passes of each canvas by a chunk or a body; None where it says nothing of them."""
    told = exact(said, CAP)
    return None if told is None else [each.passes for each in told]


def counters_of(engine: LiveEngine) -> Counters:
    """What the engine has counted, once it has nothing left to do."""
    until(engine.is_idle, SETTLED_S)
    return read_counters(fetch(f"{engine.address}/metrics").text) or Counters(0, 0, 0)


def counted_since(before: Counters, engine: LiveEngine, canvases: int) -> Counters:
    """What the engine has counted on top, once it has counted so many canvases, which is a moment after its answer."""

    def grown() -> Counters:
        now = counters_of(engine)
        return Counters(now.steps - before.steps, now.positions - before.positions, now.committed - before.committed)

    until(lambda: grown().committed >= canvases * CANVAS, SETTLED_S)
    return grown()
