"""What stops a canary: which requests count, for how long, and how exact the counting is."""

import math
import re
import tracemalloc
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.guard import BOUNDS_S, SLICES, GuardWindow
from router.core.record import AttemptRecord, Outcome, Record
from router.core.rollout import Guards
from router.core.values import Tier

SERVED = Record(request_id="a1", time_s=1.0, elapsed_s=0.5, status=200, outcome="served", arm="canary")
STEP = 2 ** (1 / 16)
"""By how much one of BOUNDS_S is above the one before."""

WINDOW_S = 600.0
COUNT_ALL = Guards(error_rate=-1.0, at_least=1, window_s=WINDOW_S)
"""A guard that is always crossed, so that what was counted is said."""


def ended(outcome: Outcome = "served", elapsed_s: float = 0.5, climbed: Sequence[Tier] = ("fast",)) -> Record:
    attempts = tuple(AttemptRecord(n, tier, f"{tier}-1", "refused", 0.1) for n, tier in enumerate(climbed, 1))
    return replace(SERVED, outcome=outcome, elapsed_s=elapsed_s, attempts=attempts)


def window_of(records: Iterable[Record]) -> GuardWindow:
    """These records, all of one moment."""
    window = GuardWindow()
    for record in records:
        window.add(record, WINDOW_S, 0.0)
    return window


def counted(window: GuardWindow, now_s: float, window_s: float = WINDOW_S) -> int:
    """How many requests the window still knows."""
    said = window.crossed(replace(COUNT_ALL, window_s=window_s), now_s)
    found = re.search(r"of (\d+) requests", said or "of 0 requests")
    assert found is not None
    return int(found[1])


# --- what is said -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("records", "guards", "said"),
    [
        (
            [ended("failed")] * 9 + [ended()] * 117,
            Guards(error_rate=0.05),
            "error rate 7.14% (9 of 126 requests) is over 5%",
        ),
        (
            [ended(climbed=("fast", "strong"))] * 30 + [ended()] * 30,
            Guards(escalation_rate=0.4),
            "escalation rate 50% (30 of 60 requests) is over 40%",
        ),
        (
            [ended(elapsed_s=3.1)] * 10 + [ended()] * 90,
            Guards(p95_s=2.0),
            "p95 of 100 requests is over 2 s: it is more than 3.02 s",
        ),
        (
            [ended("broken", 9.0, ("fast", "strong"))] * 50,
            Guards(error_rate=0.1, escalation_rate=0.2, p95_s=5.0),
            "error rate 100% (50 of 50 requests) is over 10%; escalation rate 100% (50 of 50 requests) is over 20%; "
            "p95 of 50 requests is over 5 s: it is more than 8.93 s",
        ),
    ],
)
def test_a_crossed_guard_is_said_with_what_was_counted(records: list[Record], guards: Guards, said: str) -> None:
    assert window_of(records).crossed(guards, 0.0) == said


def test_without_guards_nothing_is_ever_crossed() -> None:
    assert window_of([ended("failed", 1000.0, ("fast", "strong"))] * 500).crossed(Guards(), 0.0) is None


def test_a_rate_that_is_just_at_its_limit_is_not_over_it() -> None:
    records = [ended("failed")] * 29 + [ended()] * 71

    assert window_of(records).crossed(Guards(error_rate=0.29), 0.0) is None
    assert window_of([*records, ended("failed")]).crossed(Guards(error_rate=0.29), 0.0) is not None


def test_a_window_in_which_nothing_happened_is_silent() -> None:
    assert GuardWindow().crossed(replace(COUNT_ALL, at_least=0, p95_s=0.0), 0.0) is None


# --- what counts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [("served", "0 of 1"), ("failed", "1 of 1"), ("broken", "1 of 1"), ("refused", "0 of 1"), ("caller_left", None)],
)
def test_what_is_the_callers_own_is_no_error_and_who_left_never_came(outcome: Outcome, counts: str | None) -> None:
    said = window_of([ended(outcome)]).crossed(COUNT_ALL, 0.0)

    assert said == (counts and f"error rate {100 * int(counts[0])}% ({counts} requests) is over -100%")


@pytest.mark.parametrize(
    ("climbed", "escalated"),
    [
        ((), False),
        (("fast",), False),
        (("fast", "fast"), False),
        (("strong", "fast"), False),
        (("fast", "strong"), True),
        (("fast", "hosted"), True),
        (("strong", "fast", "strong"), True),
    ],
)
def test_an_escalation_is_an_attempt_on_a_higher_tier_after_one_on_a_lower(
    climbed: tuple[Tier, ...], *, escalated: bool
) -> None:
    said = window_of([ended(climbed=climbed)]).crossed(Guards(escalation_rate=0.5, at_least=1), 0.0)

    assert (said is not None) == escalated


def test_a_sentence_that_was_mended_above_is_no_escalation_and_an_answer_that_was_ended_there_is() -> None:
    mended = (
        AttemptRecord(1, "fast", "fast-1", "rejected", 0.1),
        AttemptRecord(2, "strong", "strong-1", "repaired", 0.1),
        AttemptRecord(3, "fast", "fast-1", "rejected", 0.1),
    )
    ended_above = (*mended, AttemptRecord(4, "strong", "strong-1", "served", 0.1))
    guards = Guards(escalation_rate=0.5, at_least=1)

    assert window_of([replace(SERVED, attempts=mended)]).crossed(guards, 0.0) is None
    assert window_of([replace(SERVED, attempts=ended_above)]).crossed(guards, 0.0) is not None


@pytest.mark.parametrize(
    ("outcome", "timed"),
    [("served", True), ("failed", True), ("broken", True), ("refused", False), ("caller_left", False)],
)
def test_durations_are_those_of_answers_and_of_errors(outcome: Outcome, *, timed: bool) -> None:
    said = window_of([ended(outcome, elapsed_s=9.0)]).crossed(Guards(p95_s=1.0, at_least=1), 0.0)

    assert (said is not None) == timed


@pytest.mark.parametrize(("count", "said"), [(49, False), (50, True)])
def test_too_few_requests_say_nothing(count: int, *, said: bool) -> None:
    window = window_of([ended("failed", 9.0, ("fast", "strong"))] * count)

    for guards in (Guards(error_rate=0.0), Guards(escalation_rate=0.0), Guards(p95_s=1.0)):
        assert (window.crossed(guards, 0.0) is not None) == said


def test_requests_that_were_refused_do_not_make_up_for_too_few_durations() -> None:
    window = window_of([ended("refused", 9.0)] * 100 + [ended(elapsed_s=9.0)] * 49)

    assert window.crossed(Guards(p95_s=1.0), 0.0) is None


# --- against a naive model --------------------------------------------------------------------------------------

OUTCOMES: tuple[Outcome, ...] = ("served", "served", "served", "failed", "broken", "refused", "caller_left")
RECORDS = st.lists(
    st.builds(
        ended,
        st.sampled_from(OUTCOMES),
        st.one_of(st.sampled_from(BOUNDS_S), st.floats(0.001, 1000.0)),
        st.lists(st.sampled_from(("fast", "strong")), max_size=3),
    ),
    max_size=80,
)
LIMITS = st.one_of(st.sampled_from((0.0, 0.05, 0.1, 0.25, 0.5, 1.0)), st.floats(0.0, 1.0))


def p95(durations: Sequence[float]) -> float:
    """The smallest of them that is not less than 95% of them."""
    return sorted(durations)[math.ceil(95 * len(durations) / 100) - 1]


@given(RECORDS, LIMITS, LIMITS)
def test_rates_are_exact(records: list[Record], errors_at: float, escalations_at: float) -> None:
    stayed = [each for each in records if each.outcome != "caller_left"]
    failed = [each for each in stayed if each.outcome in ("failed", "broken")]
    rose = [each for each in stayed if "fast, strong" in ", ".join(attempt.tier for attempt in each.attempts)]

    guards = Guards(error_rate=errors_at, escalation_rate=escalations_at, at_least=1)
    said = window_of(records).crossed(guards, 0.0) or ""

    assert ("error rate" in said) == (bool(stayed) and len(failed) / len(stayed) > errors_at)
    assert ("escalation rate" in said) == (bool(stayed) and len(rose) / len(stayed) > escalations_at)


@given(RECORDS, st.one_of(st.sampled_from(BOUNDS_S), st.floats(0.001, 1000.0)))
def test_the_95th_percentile_is_never_said_to_be_over_when_it_is_not_and_always_when_it_is_by_a_step(
    records: list[Record], limit_s: float
) -> None:
    durations = [each.elapsed_s for each in records if each.outcome in ("served", "failed", "broken")]
    exact_s = p95(durations) if durations else 0.0

    said = window_of(records).crossed(Guards(p95_s=limit_s, at_least=1), 0.0)

    if said is not None:
        assert exact_s > limit_s
    if exact_s >= limit_s * STEP * (1 + 1e-9):
        assert said is not None


PAUSES = st.lists(
    st.one_of(st.just(0.0), st.floats(0.0, 3 * WINDOW_S), st.sampled_from((WINDOW_S / SLICES, WINDOW_S))), max_size=60
)


@given(PAUSES, st.floats(0.0, 2 * WINDOW_S), st.sampled_from((0.0, 2.0**20)))
def test_a_request_counts_for_the_window_and_for_a_slice_of_it_more_at_most(
    pauses: list[float], later_s: float, began_s: float
) -> None:
    window, now_s, ends_s = GuardWindow(), began_s, list[float]()
    for pause_s in pauses:
        now_s += pause_s
        ends_s.append(now_s)
        window.add(SERVED, WINDOW_S, now_s)
    now_s += later_s

    known = counted(window, now_s)

    assert known >= len([end_s for end_s in ends_s if now_s - end_s < WINDOW_S])
    assert known <= len([end_s for end_s in ends_s if now_s - end_s < WINDOW_S * (1 + 1 / SLICES) + 1e-6])


@given(PAUSES)
def test_what_has_left_the_window_leaves_no_trace(pauses: list[float]) -> None:
    window, now_s = GuardWindow(), 0.0
    for pause_s in pauses:
        now_s += pause_s
        window.add(ended("failed", 100.0, ("fast", "strong")), WINDOW_S, now_s)
    now_s += 2 * WINDOW_S
    window.add(SERVED, WINDOW_S, now_s)

    guards = Guards(error_rate=0.0, escalation_rate=0.0, p95_s=1.0, at_least=1, window_s=WINDOW_S)

    assert counted(window, now_s) == 1
    assert window.crossed(guards, now_s) is None


# --- guards that change, and rates that do not matter -----------------------------------------------------------


def test_a_longer_window_remembers_what_a_shorter_one_still_knew() -> None:
    window = GuardWindow()
    for second in range(60):
        window.add(SERVED, 60.0, float(second))
    for minute in range(1, 60):
        window.add(SERVED, 3600.0, 60.0 * minute)

    assert counted(window, 3599.0, 3600.0) == 119
    assert counted(window, 3599.0, 60.0) <= 2


def test_a_shorter_window_forgets_at_once() -> None:
    window = GuardWindow()
    for second in range(600):
        window.add(SERVED, 600.0, float(second))

    assert 60 <= counted(window, 599.0, 60.0) <= 60 + 600 / SLICES


def test_however_many_requests_there_are_and_however_guards_change_the_memory_is_bounded() -> None:
    records = [ended(elapsed_s=bound_s) for bound_s in BOUNDS_S]
    tracemalloc.start()
    try:
        window = GuardWindow()
        for second in range(2 * SLICES):
            for record in records:
                window.add(record, 60.0, float(second))
        for change in range(1, 300):
            window.add(SERVED, 60.0 * change, 2.0 * SLICES + change)
        held_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held_bytes < 4_000_000
