"""Engines that say no, now and then or always: faults 8 to 12 and 24."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

from tests.conftest import FAST_TEXT, STRONG_TEXT, Way
from tests.faults import answers, fails, is_overloaded, waits_for
from tests.patience import until
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.upstream.fault import ALONE, ask, upstream_fault

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


@upstream_fault(12)
def test_retries_against_an_engine_that_fails_half_the_time_add_a_fifth_to_what_it_is_asked_and_no_more(
    fresh: RouterProcess, fast: ScriptedEngine, way: Way
) -> None:
    fast.does(*[answers(FAST_TEXT), fails(503)] * REQUESTS)

    told = [ask(fresh, way, ALONE) for _ in range(REQUESTS)]

    calls = len(fast.received)
    print(f"{REQUESTS} requests made {calls} calls; {sum(each.whole for each in told)} were served")
    assert REQUESTS < calls <= MOST_CALLS
    assert {each.status for each in told} == {200, 503}
    assert sum(each.whole for each in told) >= REQUESTS / 2


@upstream_fault(24)
def test_of_a_hundred_callers_exactly_one_tries_out_an_engine_that_has_rested(
    fresh: RouterProcess, fast: ScriptedEngine, way: Way
) -> None:
    fast.does(fails(500))
    until(lambda: ask(fresh, way, ALONE).status == 503)
    gate = threading.Event()
    fast.does(waits_for(gate, answers(FAST_TEXT)))
    time.sleep(REST_S)

    with ThreadPoolExecutor(CALLERS) as callers:
        asked = [callers.submit(ask, fresh, way, ALONE) for _ in range(CALLERS)]
        told = as_completed(asked)
        refused = [next(told).result() for _ in range(CALLERS - 1)]
        probes = len(fast.received)
        gate.set()
        served = next(told).result()

    assert probes == 1
    assert {(each.status, each.code) for each in refused} == {(503, "overloaded")}
    assert served.text == FAST_TEXT
    assert ask(fresh, way, ALONE).text == FAST_TEXT
