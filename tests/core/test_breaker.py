"""When a backend is left alone, and when it is tried again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.breaker import (
    CONSECUTIVE,
    FEWEST,
    FIRST_REST_S,
    LONGEST_REST_S,
    TRANSITIONS,
    WINDOW_S,
    Breaker,
    OpenNever,
)


def failing(breaker: Breaker, times: int, at_s: float = 0.0) -> Breaker:
    for _ in range(times):
        through = breaker.admit(at_s)
        assert through is not None
        breaker.ended(through, at_s, failed=True)
    return breaker


def test_it_opens_at_the_fifth_failure_in_a_row_and_not_before() -> None:
    breaker = failing(Breaker(), CONSECUTIVE - 1)
    assert breaker.admit(0.0) == "usual"

    breaker.ended("usual", 0.0, failed=True)

    assert breaker.admit(0.0) is None
    assert breaker.retry_after_s(1.0) == FIRST_REST_S - 1.0


def test_what_has_shown_elsewhere_that_it_does_not_serve_is_left_alone_at_once() -> None:
    breaker = Breaker()
    breaker.trip(0.0)
    assert (breaker.admit(0.0), breaker.retry_after_s(0.0)) == (None, FIRST_REST_S)

    breaker.trip(4.0)
    assert breaker.admit(FIRST_REST_S) == "probe"


def test_one_that_never_opens_is_not_tripped_either() -> None:
    breaker = OpenNever()
    breaker.trip(0.0)

    assert breaker.admit(0.0) == "usual"


def test_a_success_between_failures_begins_the_row_anew() -> None:
    breaker = failing(Breaker(), CONSECUTIVE - 1)

    breaker.ended("usual", 0.0, failed=False)

    assert failing(breaker, CONSECUTIVE - 1).state == "closed"


def test_it_opens_when_over_half_of_twenty_fail_within_the_window() -> None:
    breaker = Breaker()
    for number in range(FEWEST - 1):
        breaker.ended("usual", 0.0, failed=number % 2 == 0)
    assert breaker.state == "closed"

    breaker.ended("usual", 0.0, failed=True)

    assert breaker.state == "open"


def test_failures_that_are_long_ago_do_not_count() -> None:
    breaker = Breaker()
    for number in range(FEWEST):
        breaker.ended("usual", number * WINDOW_S / 4, failed=number % 2 == 0)

    assert breaker.state == "closed"


def test_after_its_rest_exactly_one_of_a_hundred_is_let_through() -> None:
    breaker = failing(Breaker(), CONSECUTIVE)

    admitted = [breaker.admit(FIRST_REST_S) for _ in range(100)]

    assert admitted == ["probe"] + [None] * 99


def test_a_probe_that_passes_closes_it() -> None:
    breaker = failing(Breaker(), CONSECUTIVE)
    assert breaker.admit(FIRST_REST_S) == "probe"

    breaker.ended("probe", FIRST_REST_S, failed=False)

    assert breaker.admit(FIRST_REST_S) == "usual"
    assert breaker.failures == 0


def test_every_probe_that_fails_doubles_the_rest_up_to_a_minute() -> None:
    breaker, now_s, rests = failing(Breaker(), CONSECUTIVE), 0.0, []
    for _ in range(6):
        rests.append(breaker.retry_after_s(now_s))
        now_s += rests[-1]
        assert breaker.admit(now_s) == "probe"
        breaker.ended("probe", now_s, failed=True)

    assert rests == [5.0, 10.0, 20.0, 40.0, LONGEST_REST_S, LONGEST_REST_S]


def test_a_probe_whose_caller_left_hands_its_turn_to_the_next() -> None:
    breaker = failing(Breaker(), CONSECUTIVE)
    assert breaker.admit(FIRST_REST_S) == "probe"

    breaker.left("probe")

    assert [breaker.admit(FIRST_REST_S) for _ in range(2)] == ["probe", None]


def out_for_long(breaker: Breaker) -> float:
    """When the last of enough failed probes ended for its rests to be as long as they get."""
    failing(breaker, CONSECUTIVE)
    now_s = 0.0
    while breaker.retry_after_s(now_s) < LONGEST_REST_S:
        now_s += breaker.retry_after_s(now_s)
        failing(breaker, 1, now_s)
    return now_s


def test_a_backend_that_was_down_and_is_well_again_is_tried_out_at_once_by_exactly_one() -> None:
    breaker = Breaker()
    now_s = out_for_long(breaker)

    breaker.found(now_s + 1.0, well=False)
    assert breaker.admit(now_s + 1.0) is None
    assert breaker.retry_after_s(now_s + 1.0) == LONGEST_REST_S - 1.0
    breaker.found(now_s + 2.0, well=True)

    assert breaker.retry_after_s(now_s + 2.0) == 0.0
    assert [breaker.admit(now_s + 2.0) for _ in range(100)] == ["probe"] + [None] * 99
    breaker.ended("probe", now_s + 3.0, failed=False)
    assert breaker.admit(now_s + 3.0) == "usual"


def test_a_backend_that_is_back_and_still_fails_rests_as_after_a_first_probe() -> None:
    breaker = Breaker()
    now_s = out_for_long(breaker)
    breaker.found(now_s, well=False)
    breaker.found(now_s, well=True)

    failing(breaker, 1, now_s)

    assert breaker.retry_after_s(now_s) == 2 * FIRST_REST_S


def test_a_backend_that_fails_and_calls_itself_well_all_the_time_rests_to_the_end() -> None:
    breaker = failing(Breaker(), CONSECUTIVE)

    breaker.found(1.0, well=True)

    assert breaker.admit(1.0) is None
    assert breaker.retry_after_s(1.0) == FIRST_REST_S - 1.0


def test_a_backend_that_never_calls_itself_well_is_tried_out_after_its_rest_all_the_same() -> None:
    breaker = failing(Breaker(), CONSECUTIVE)
    breaker.found(1.0, well=False)

    assert breaker.admit(FIRST_REST_S) == "probe"
    breaker.ended("probe", FIRST_REST_S, failed=False)

    assert breaker.state == "closed"


@pytest.mark.parametrize("well", [True, False])
def test_how_a_backend_says_it_is_changes_nothing_while_it_is_asked_or_tried_out(well: bool) -> None:
    closed, probing = Breaker(), failing(Breaker(), CONSECUTIVE)
    probing.admit(FIRST_REST_S)

    closed.found(FIRST_REST_S, well=well)
    probing.found(FIRST_REST_S, well=well)

    assert (closed.state, probing.state) == ("closed", "probing")
    assert closed.admit(FIRST_REST_S) == "usual"
    assert probing.admit(FIRST_REST_S) is None


def test_attempts_from_before_it_opened_decide_nothing() -> None:
    breaker = failing(Breaker(), CONSECUTIVE)
    assert breaker.admit(FIRST_REST_S) == "probe"

    breaker.ended("usual", FIRST_REST_S, failed=False)
    breaker.left("usual")

    assert breaker.state == "probing"


STEPS = ["try", "pass", "fail", "leave", "down", "well"]


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.floats(0, 20))))
def test_there_is_never_more_than_one_probe_and_every_state_is_left_again(steps: list[tuple[str, float]]) -> None:
    breaker, now_s, under_way = Breaker(), 0.0, []
    for what, later_s in steps:
        now_s += later_s
        if what == "try" and (through := breaker.admit(now_s)):
            under_way.append(through)
        elif what in ("down", "well"):
            breaker.found(now_s, well=what == "well")
        elif what == "leave" and under_way:
            breaker.left(under_way.pop())
        elif under_way:
            breaker.ended(under_way.pop(), now_s, failed=what == "fail")
        assert under_way.count("probe") <= 1
        assert (breaker.state == "probing") == ("probe" in under_way)

    for through in under_way:
        breaker.left(through)
    assert breaker.admit(now_s + LONGEST_REST_S) is not None


def test_the_table_leads_out_of_every_state() -> None:
    assert {state for state, _ in TRANSITIONS} == {"closed", "open", "down", "probing"} == set(TRANSITIONS.values())


def test_hearsay_opens_nothing_but_makes_one_failure_enough() -> None:
    breaker = Breaker()

    breaker.heard(0.0, is_left_alone=True)
    assert breaker.admit(0.0) == "usual"
    breaker.ended("usual", 0.0, failed=True)

    assert (breaker.admit(0.0), breaker.state) == (None, "open")


@pytest.mark.parametrize("after", [False, None])
def test_what_nobody_says_any_more_is_not_held_against_it(after: bool | None) -> None:
    breaker = Breaker()
    breaker.heard(0.0, is_left_alone=True)

    breaker.heard(1.0, is_left_alone=after)

    assert failing(breaker, CONSECUTIVE - 1, at_s=1.0).state == "closed"


def test_what_is_well_again_for_another_replica_is_tried_out_at_once() -> None:
    breaker = failing(Breaker(), CONSECUTIVE)
    breaker.heard(0.5, is_left_alone=True)
    assert breaker.admit(1.0) is None

    breaker.heard(1.0, is_left_alone=False)

    assert breaker.admit(1.0) == "probe"


def test_that_nobody_can_be_heard_any_more_ends_no_rest() -> None:
    breaker = failing(Breaker(), CONSECUTIVE)
    breaker.heard(0.5, is_left_alone=True)

    breaker.heard(1.0, is_left_alone=None)

    assert breaker.retry_after_s(1.0) == FIRST_REST_S - 1.0
