"""Drafts that nobody reads in time, or at all, reach the caller by the checks alone, and the record says why."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openai import InternalServerError, OpenAI

from tests.live.asking import Reply, ask, ask_streamed, openai_client, plain_and_streamed
from tests.live.crowd import crowd
from tests.live.drafting import Drafter, drafter
from tests.live.drafts import ACCEPTS, EXACTLY, outcomes, reading_router, reads_on
from tests.live.engines import LiveEngine, live_engines, ports_given
from tests.live.routers import Router
from tests.live.tap import behind, tapped
from tests.live.test_reading_of_fitted_model import NOT_LEARNT_SEED, spliced, untouched
from tests.patience import until

Ask = Callable[..., Reply]

CALLERS = 8
WORDS = 1100
"""So many words before a question take the engine long to read, and still fit its window."""

BUDGET_MS = 120
TRIES = 8
POLICIES = {
    "default": {"verify": "read"},
    "patient": {"verify": ACCEPTS},
    "hasty": {"verify": {"read": "always", "patience": "10ms"}},
}


@pytest.fixture(scope="module")
def fast() -> Iterator[Drafter]:
    """A fast tier that drafts what it is told to."""
    with drafter() as started:
        yield started


@pytest.fixture(scope="module")
def router(fast: Drafter, fitted_engine: LiveEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    """A router of the two."""
    with reading_router(tmp_path_factory.mktemp("unread"), fast.engine, fitted_engine, POLICIES) as router:
        yield router


@pytest.fixture(scope="module")
def client(router: Router) -> Iterator[OpenAI]:
    with openai_client(router.address) as client:
        yield client


def test_a_read_that_takes_too_long_is_not_waited_for(fast: Drafter, client: OpenAI, router: Router) -> None:
    draft = spliced(NOT_LEARNT_SEED)
    fast.drafts(draft.head, draft.tail)

    reply = ask(client, [*talk(), {"role": "user", "content": draft.question}], model="auto:hasty", **EXACTLY)

    (attempt,) = router.record_of(reply.request_id)["attempts"]
    assert attempt["reading"]["unread"] == "timed_out"
    assert reply.text == draft.text


@plain_and_streamed
def test_a_tight_deadline_is_kept_whatever_is_read(fast: Drafter, client: OpenAI, router: Router, ask: Ask) -> None:
    draft = untouched(NOT_LEARNT_SEED)
    fast.drafts(draft.head, draft.tail)

    asked = [*talk(), {"role": "user", "content": draft.question}]
    hints = {"extra_body": {"router": {"latency_budget_ms": BUDGET_MS}}}
    reply = in_time(lambda: ask(client, asked, model="auto:patient", **EXACTLY, **hints))

    record = router.record_of(reply.request_id)
    assert record["latency_budget_ms"] == BUDGET_MS
    assert record["attempts"][0]["reading"]["unread"] == "timed_out"
    assert reply.text == draft.text
    print(f"served in {record['elapsed_s'] * 1000:.0f} ms: {record['attempts'][0]['reading']}")


def test_an_engine_that_does_not_say_how_likely_a_text_is_leaves_it_to_the_checks(
    fast: Drafter, tmp_path: Path
) -> None:
    draft = spliced(NOT_LEARNT_SEED)
    fast.drafts(draft.head, draft.tail)
    with (
        live_engines(["mute"], ports_given(os.environ)) as started,
        tapped(started["mute"].launch.port) as tap,
        reading_router(tmp_path, fast.engine, behind(tap, started["mute"]), POLICIES) as router,
        openai_client(router.address) as client,
    ):
        replies = [each(client, draft.question, **EXACTLY) for each in (ask, ask_streamed)]
        records = [router.record_of(reply.request_id) for reply in replies]

    assert {reply.text for reply in replies} == {draft.text}
    assert [outcomes(record) for record in records] == [["fast:served"]] * 2
    assert [record["attempts"][0]["reading"]["unread"] for record in records] == ["cannot_read"] * 2
    assert reads_on(tap) == 1, "an engine that refused is not asked again"


@pytest.fixture(scope="module")
def killed_reader(fast: Drafter, client: OpenAI, fitted_engine: LiveEngine) -> list[Reply]:
    """What callers were answered while and after the engine was killed that read for them: it stays dead."""
    if fitted_engine.leader is None:
        pytest.skip("the engine was started by somebody else and is not ours to kill")
    draft = untouched(NOT_LEARNT_SEED)
    fast.drafts(draft.head, draft.tail)
    asked = [*talk(), {"role": "user", "content": draft.question}]
    with crowd(CALLERS, lambda: ask(client, asked, model="auto:patient", **EXACTLY)) as callers:
        until(lambda: fitted_engine.requests_running() >= CALLERS / 2, 10.0)
        fitted_engine.kill()
        callers.await_more()
    return callers.replies


def test_what_a_killed_engine_did_not_read_passes_by_the_checks(killed_reader: list[Reply], router: Router) -> None:
    draft = untouched(NOT_LEARNT_SEED)
    assert {reply.text for reply in killed_reader} == {draft.text}
    assert {reply.tier for reply in killed_reader} == {"fast"}
    attempts = [router.record_of(reply.request_id)["attempts"] for reply in killed_reader]
    unread = [attempt["reading"].get("unread", "") for (attempt,) in attempts]
    print(unread)
    assert set(unread) <= {"", "unavailable", "not_admitted"}
    assert unread.count("unavailable") >= CALLERS / 2


def in_time(ask: Callable[[], Reply]) -> Reply:
    """What comes within the budget: a busy machine may need it all before the draft is there, which is a 504."""
    for _ in range(TRIES - 1):
        try:
            return ask()
        except InternalServerError as late:
            if late.status_code != 504:
                raise
    return ask()


def talk() -> list[dict[str, str]]:
    """A long conversation before the question, which takes long to be read."""
    return [{"role": "user", "content": "tide " * WORDS}, {"role": "assistant", "content": "Yes."}]
