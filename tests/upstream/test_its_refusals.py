"""Engines that say no, now and then or always: faults 8 to 12 and 24."""

import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, NamedTuple

import pytest

from tests.conftest import FAST_TEXT, STRONG_TEXT, Routers, Way
from tests.faults import answers, fails, is_overloaded, waits_for
from tests.patience import until
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.upstream.conftest import kept_idle
from tests.upstream.fault import ALONE, QUICK, ask, upstream_fault

TRIPS = 5
"""Failures in a row after which an engine is left alone."""

REST_S = 5.0
CALLERS = 100

REQUESTS = 200
MOST_CALLS = 1.2 * REQUESTS


@upstream_fault(8)
def test_a_500_is_tried_again_once_where_there_is_nobody_else_and_the_caller_does_not_notice(
    tandem: RouterProcess, lone: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    strong.does(fails(500), answers(STRONG_TEXT))
    told = ask(lone, way)
    assert (told.status, told.text, len(strong.received)) == (200, STRONG_TEXT, 2)
    attempts = lone.await_record(told.headers["x-request-id"])["attempts"]
    assert [each["outcome"] for each in attempts] == ["failed", "served"]

    fast.does(fails(500), answers(FAST_TEXT))
    assert ask(tandem, way).text == STRONG_TEXT
    assert len(fast.received) == 1


@upstream_fault(9)
def test_after_five_500s_in_a_row_an_engine_is_left_alone_and_its_callers_are_told_within_5_ms(
    fresh: RouterProcess, fast: ScriptedEngine, way: Way
) -> None:
    fast.does(fails(500))
    until(lambda: ask(fresh, way, ALONE).status == 503)
    assert len(fast.received) == TRIPS

    told = [ask(fresh, way, ALONE) for _ in range(20)]

    assert {(each.status, each.code) for each in told} == {(503, "overloaded")}
    assert all(1 <= int(each.headers["retry-after"]) <= REST_S for each in told)
    assert min(each.took_s for each in told) < 0.005
    assert min(fresh.await_record(each.headers["x-request-id"])["elapsed_s"] for each in told) < 0.005
    assert ask(fresh, way).text == STRONG_TEXT
    assert len(fast.received) == TRIPS


@upstream_fault(10)
def test_a_429_that_asks_for_a_second_is_given_it_if_there_is_time_and_passed_on_if_not(
    tandem: RouterProcess, lone: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    strong.does(is_overloaded("1"), answers(STRONG_TEXT))
    waited = ask(lone, way, budget_ms=5000)
    assert waited.text == STRONG_TEXT
    first, second = strong.received
    assert 0.95 < second.at_s - first.at_s < 2

    strong.does(is_overloaded("1"), answers(STRONG_TEXT))
    passed_on = ask(lone, way, budget_ms=500)
    assert (passed_on.status, passed_on.code) == (429, "rate_limit_exceeded")
    assert (passed_on.headers["retry-after"], len(strong.received)) == ("1", 1)
    assert passed_on.took_s < 0.5

    fast.does(is_overloaded("1"))
    assert ask(tandem, way).text == STRONG_TEXT
    assert len(fast.received) == 1


@upstream_fault(11)
def test_a_429_that_asks_for_an_hour_is_passed_on_at_once_with_no_more_than_two_minutes(
    tandem: RouterProcess, lone: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    strong.does(is_overloaded("3600"))
    told = ask(lone, way)
    assert (told.status, told.code, told.headers["retry-after"]) == (429, "rate_limit_exceeded", "120")
    assert told.took_s < 0.5
    assert len(strong.received) == 1

    fast.does(is_overloaded("3600"))
    strong.does(answers(STRONG_TEXT))
    assert ask(tandem, way).text == STRONG_TEXT


# --- what a router remembers of its engines -------------------------------------------------------------------


class Engine(NamedTuple):
    """One of two engines that are alike in all but their tier, and the model that only it may answer."""

    scripted: ScriptedEngine
    model: str


@pytest.fixture(scope="module")
def own(running_routers: Routers, tmp_path_factory: Any) -> Iterator[RouterProcess]:
    """A router for both ways of one fault: each way has an engine of its own."""
    folder = tmp_path_factory.mktemp("own")
    with kept_idle(running_routers.settings(folder, QUICK), folder) as router:
        yield router


@pytest.fixture
def engine(fast: ScriptedEngine, strong: ScriptedEngine, way: Way) -> Engine:
    """The engine of this way."""
    return Engine(strong, "auto:strong-only") if way else Engine(fast, ALONE)


@pytest.fixture(scope="module")
def rested(own: RouterProcess, engines: Mapping[str, ScriptedEngine]) -> RouterProcess:
    """The router, once it has left both engines alone for long enough to try them out."""
    for tier, scripted in engines.items():
        scripted.does(fails(500))
        until(lambda model=f"auto:{tier}-only": ask(own, {}, model).status == 503)
    time.sleep(REST_S)
    return own


@upstream_fault(12)
def test_retries_against_an_engine_that_fails_half_the_time_add_a_fifth_to_what_it_is_asked_and_no_more(
    own: RouterProcess, engine: Engine, way: Way
) -> None:
    engine.scripted.does(*[answers(FAST_TEXT), fails(503)] * REQUESTS)

    told = [ask(own, way, engine.model) for _ in range(REQUESTS)]

    calls = len(engine.scripted.received)
    print(f"{REQUESTS} requests made {calls} calls; {sum(each.whole for each in told)} were served")
    assert REQUESTS < calls <= MOST_CALLS
    assert {each.status for each in told} == {200, 503}
    assert sum(each.whole for each in told) >= REQUESTS / 2


@upstream_fault(24)
def test_of_a_hundred_callers_exactly_one_tries_out_an_engine_that_has_rested(
    rested: RouterProcess, engine: Engine, way: Way
) -> None:
    gate = threading.Event()
    engine.scripted.does(waits_for(gate, answers(FAST_TEXT)))

    with ThreadPoolExecutor(CALLERS) as callers:
        asked = [callers.submit(ask, rested, way, engine.model) for _ in range(CALLERS)]
        told = as_completed(asked)
        refused = [next(told).result() for _ in range(CALLERS - 1)]
        probes = len(engine.scripted.received)
        gate.set()
        served = next(told).result()

    assert probes == 1
    assert {(each.status, each.code) for each in refused} == {(503, "overloaded")}
    assert served.text == FAST_TEXT
    assert ask(rested, way, engine.model).text == FAST_TEXT
