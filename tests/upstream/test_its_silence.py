"""Engines that are slow, fall silent, break off or never end: faults 3, 4, 5, 7 and 17."""

from tests.conftest import FAST_TEXT, STRONG_TEXT, Way
from tests.faults import answers, drips_forever, never_answers, opens_and_then, resets_now, stalls
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.upstream.fault import ALONE, BREAKS_OFF, HASTY, ask, upstream_fault

BUDGET_MS = 500
IN_TIME_S = 0.95
"""By when an answer with that budget has ended, on a busy machine, and before the silence alone would have ended it."""

USUAL_S = 0.2
"""Until the first token, on an ordinary day."""


@upstream_fault(3)
def test_an_engine_that_never_answers_is_a_504_at_the_deadline_and_is_hung_up_on(
    tandem: RouterProcess, lone: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    fast.does(never_answers())
    strong.does(never_answers())

    for router, engine in [(tandem, fast), (lone, strong)]:
        told = ask(router, way, budget_ms=BUDGET_MS)
        assert (told.status, told.code) == (504, "deadline_exceeded")
        assert BUDGET_MS / 1000 - 0.05 < told.took_s < IN_TIME_S
        engine.await_left()
        record = router.await_record(told.headers["x-request-id"])
        assert (record["outcome"], record["status"], record["latency_budget_ms"]) == ("failed", 504, BUDGET_MS)

    left_ms = int(strong.received[-1].headers["x-request-timeout-ms"])
    assert 0 < left_ms <= BUDGET_MS


@upstream_fault(4)
def test_a_first_token_that_is_ten_times_late_is_waited_for_with_comments_until_the_deadline(
    tandem: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    for engine in (fast, strong):
        engine.does(answers("late", after_s=10 * USUAL_S))

    told = ask(tandem, way, HASTY, budget_ms=BUDGET_MS)

    assert told.code == "deadline_exceeded"
    assert (told.text, told.whole) == ("", False)
    assert told.took_s < IN_TIME_S
    assert (told.status, told.comments > 1) == ((200, True) if way else (504, False))
    fast.await_left()


@upstream_fault(5)
def test_a_stall_in_the_middle_ends_with_the_idle_timeout_in_an_error_and_no_done(
    tandem: RouterProcess, lone: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    fast.does(opens_and_then("so ", "far", then=stalls))

    told = ask(tandem, way, BREAKS_OFF)

    assert 0.9 < told.took_s < 2.5
    fast.await_left()
    if way:
        assert (told.status, told.text, told.whole, told.code) == (200, "so far", False, "deadline_exceeded")
        assert not strong.received
        record = tandem.await_record(told.headers["x-request-id"])
        assert (record["outcome"], record["attempts"][0]["outcome"]) == ("broken", "timed_out")
    else:
        assert (told.text, told.attempts) == (STRONG_TEXT, "fast:timed_out, strong:served")
        strong.does(opens_and_then("so ", "far", then=stalls))
        alone = ask(lone, way)
        assert (alone.status, alone.code) == (504, "deadline_exceeded")


@upstream_fault(7)
def test_a_reset_after_the_first_byte_is_not_retried_where_it_happened_and_is_an_error_once_text_is_out(
    tandem: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    fast.does(opens_and_then("so ", "far", then=resets_now))

    told = ask(tandem, way, BREAKS_OFF)

    assert len(fast.received) == 1
    if way:
        assert (told.status, told.text, told.whole, told.code) == (200, "so far", False, "upstream_error")
        assert not strong.received
        assert tandem.await_record(told.headers["x-request-id"])["outcome"] == "broken"
    else:
        assert (told.text, told.attempts) == (STRONG_TEXT, "fast:failed, strong:served")
        alone = ask(tandem, way, ALONE)
        assert (alone.status, alone.code, len(fast.received)) == (502, "upstream_error", 2)


@upstream_fault(17)
def test_an_answer_without_end_is_cut_at_the_deadline(
    tandem: RouterProcess, lone: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    for router, engine, model in [(tandem, fast, ALONE), (lone, strong, "auto")]:
        engine.does(opens_and_then("so ", then=drips_forever))

        told = ask(router, way, model, budget_ms=BUDGET_MS)

        assert told.code == "deadline_exceeded"
        assert (told.status, told.text[:7], told.whole) == ((200, "so and ", False) if way else (504, "", False))
        assert told.took_s < IN_TIME_S
        engine.await_left()

    fast.does(answers(FAST_TEXT))
    assert ask(tandem, way, ALONE, budget_ms=BUDGET_MS).text == FAST_TEXT
