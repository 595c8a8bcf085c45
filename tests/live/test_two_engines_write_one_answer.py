"""Two engines write one answer: a diffusion engine of random weights, whose gibberish is cut somewhere, and a model
that reads it and goes on from there. Only the one that can is ever asked to read."""

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import pytest
from openai import OpenAI

from router.core.checks.table import NAMES, NON_CONVERGENCE
from router.core.reading.criteria import NAMES as CRITERIA
from router.core.reading.criteria import Criteria
from router.core.reading.grade import grade
from tests.live.asking import Reply, ask_streamed, chunks_of, openai_client, plain_and_streamed
from tests.live.drafts import ACCEPTS, EXACTLY, check_seamless, continued, outcomes, reading_router, reads_on
from tests.live.engines import LiveEngine
from tests.live.pages import post
from tests.live.routers import Router
from tests.live.tap import Tap, behind, legible, tapped
from tests.live.test_reading_of_fitted_model import Draft, read

Ask = Callable[..., Reply]

QUESTION = "Tell me about the mill."
THREE_CANVASES: Any = {**EXACTLY, "max_tokens": 600, "extra_body": {"ignore_eos": True}}
FIRST_CHARS = 350
"""Of gibberish: what the gate cuts with the first sentence, of which there is seldom an end, and some more."""

SAMPLES = 5
MOST_TRIES = 30
SETTLED = {"set": "light", "without": sorted(NAMES - {NON_CONVERGENCE})}
"""Convergence alone: models of random weights write gibberish."""


@pytest.fixture(scope="module")
def fast_tap(fast_engine: LiveEngine) -> Iterator[Tap]:
    """A tap on the line to the diffusion engine, which passes on what can be read."""
    with tapped(fast_engine.launch.port, legible) as tap:
        yield tap


@pytest.fixture(scope="module")
def strong_tap(fitted_engine: LiveEngine) -> Iterator[Tap]:
    """A tap on the line to the other."""
    with tapped(fitted_engine.launch.port) as tap:
        yield tap


@pytest.fixture(scope="module")
def router(
    fast_engine: LiveEngine,
    fitted_engine: LiveEngine,
    fast_tap: Tap,
    strong_tap: Tap,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Router]:
    """A router of both, which finds fault with the worst of what it reads."""
    limits = {"out_of_top": limit_amid(fast_engine, fitted_engine), "top_k": 0}
    cuts = {**ACCEPTS, "criteria": {**dict.fromkeys(CRITERIA, "off"), **limits}}
    policies = {
        "default": {"checks": SETTLED, "verify": cuts},
        "repair": {"checks": SETTLED, "verify": cuts, "on_reject": "repair"},
        "lenient": {"checks": SETTLED, "verify": ACCEPTS},
    }
    engines = behind(fast_tap, fast_engine), behind(strong_tap, fitted_engine)
    with reading_router(tmp_path_factory.mktemp("live"), *engines, policies) as router:
        yield router


@pytest.fixture(scope="module")
def client(router: Router) -> Iterator[OpenAI]:
    with openai_client(router.address) as client:
        yield client


def limit_amid(fast_engine: LiveEngine, fitted_engine: LiveEngine) -> float:
    """How surprising one token may be so that about every second piece of gibberish is cut behind its first chars."""
    fields = {"model": fast_engine.launch.spec.served_model, "messages": [{"role": "user", "content": QUESTION}]}
    unlimited = Criteria({"out_of_top": 1e9, "top_k": 0.0})

    def surprise() -> float:
        answer = post(f"{fast_engine.address}/v1/chat/completions", {**fields, "max_tokens": 256, "ignore_eos": True})
        text = answer["choices"][0]["message"]["content"].replace("\ufffd", "?")[:FIRST_CHARS].strip()
        reading = read(fitted_engine, Draft(QUESTION, text, ""))
        return grade(reading, text, unlimited, is_last=False).profile.scores["out_of_top"]

    return median(surprise() for _ in range(SAMPLES))


@plain_and_streamed
@pytest.mark.timeout(240, func_only=True)
def test_gibberish_is_cut_where_it_is_worst_and_gone_on_with(
    client: OpenAI, router: Router, fitted_engine: LiveEngine, ask: Ask
) -> None:
    for _ in range(MOST_TRIES):
        reply = ask(client, QUESTION, **THREE_CANVASES)
        record = router.record_of(reply.request_id)
        assert reply.usage.completion_tokens == THREE_CANVASES["max_tokens"]
        kept = record["attempts"][0]["reading"].get("accepted_chars", 0)
        if outcomes(record) == ["fast:rejected", "strong:served"] and kept:
            break
    else:
        pytest.fail("no draft was cut amid its text")

    begun = reply.text[:kept]
    print(f"{kept} characters kept, then: {reply.text[kept : kept + 60]!r}")
    assert reply.text == begun + continued(fitted_engine, QUESTION, begun, record["attempts"][1], ignore_eos=True)
    assert reply.finish_reasons == ("length",)


@pytest.mark.timeout(240, func_only=True)
def test_two_engines_take_turns_in_one_stream(client: OpenAI, router: Router) -> None:
    for _ in range(MOST_TRIES):
        asked = {"stream_options": {"include_usage": True}, **THREE_CANVASES}
        chunks = chunks_of(client, QUESTION, model="auto:repair", **asked)
        check_seamless(chunks)
        assert chunks[-1].usage is not None
        assert chunks[-1].usage.completion_tokens == THREE_CANVASES["max_tokens"]
        record = router.record_of(chunks[0].id.removeprefix("chatcmpl-"))
        assert record["repairs"] <= 2
        if "strong:repaired" in outcomes(record):
            break
    else:
        pytest.fail("no draft was mended")
    print(", ".join(outcomes(record)))


@plain_and_streamed
@pytest.mark.timeout(120, func_only=True)
def test_reads_never_reach_the_fast_engine(
    client: OpenAI, router: Router, fast_tap: Tap, strong_tap: Tap, fast_engine: LiveEngine, ask: Ask
) -> None:
    before = reads_on(strong_tap)
    for policy in ("auto:lenient", "auto", "auto:repair"):
        reply = ask(client, QUESTION, model=policy, **THREE_CANVASES)
        assert router.record_of(reply.request_id)["attempts"][0]["reading"]["reads"] >= 1

    assert reads_on(strong_tap) > before
    assert reads_on(fast_tap) == 0
    assert fast_engine.is_healthy()


def test_every_canvas_is_read_and_each_of_them_once(client: OpenAI, router: Router) -> None:
    reply = ask_streamed(client, QUESTION, model="auto:lenient", **THREE_CANVASES)

    (attempt,) = router.record_of(reply.request_id)["attempts"]
    assert attempt["gate"]["blocks"] == 3
    assert 1 <= attempt["reading"]["reads"] <= 3
    # Spaces at the end are not read; of what else Python calls a space gibberish may well have some there.
    assert len(reply.text.rstrip()) <= attempt["reading"]["read_chars"] <= len(reply.text)
    assert attempt["reading"]["accepted_chars"] == attempt["reading"]["read_chars"]
