"""The backends of every tier, and the count of what each tier is doing and how it has done."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.breaker import CONSECUTIVE, FIRST_REST_S
from router.core.errors import (
    BackendError,
    CannotRead,
    DeadlineExceeded,
    Mended,
    NotAdmitted,
    NoTierAvailable,
    Refused,
    Rejected,
)
from router.core.retry_budget import LEAST_A_S, WINDOW_S
from router.core.values import Tier, TierState
from router.engines.fleet import Pools
from router.engines.member import FAULTS, Station
from router.ports import Errand, Seat
from tests.doubles import Ends, HandClock, NothingForeseen, ScriptedBackend
from tests.examples import FAST, STRONG, signals

FAST_BACKEND, STRONG_BACKEND = (ScriptedBackend([Ends()], name=name) for name in ("fast-1", "strong-1"))

BOTH = {"fast": FAST, "strong": STRONG}


@pytest.fixture
def pools() -> Pools:
    stations = {"fast": [Station(FAST_BACKEND)], "strong": [Station(STRONG_BACKEND)]}
    return Pools(stations, BOTH, NothingForeseen(), HandClock())


def states(pools: Pools) -> Mapping[Tier, TierState]:
    return pools.states("c1", signals())


def admit(pools: Pools, tier: Tier, *, is_retry: bool = False) -> Seat:
    return pools.admit(Errand(tier, "c1", is_retry=is_retry))


def test_each_tier_has_its_backend(pools: Pools) -> None:
    assert admit(pools, "fast").backend is FAST_BACKEND
    assert admit(pools, "strong").backend is STRONG_BACKEND


def test_a_tier_that_was_never_asked_is_configured_and_idle(pools: Pools) -> None:
    assert states(pools) == {"fast": TierState(True, 4_000), "strong": TierState(True, 8_000)}


def test_only_tiers_with_a_backend_are_there() -> None:
    pools = Pools({"strong": [Station(STRONG_BACKEND)]}, BOTH, NothingForeseen(), HandClock())

    assert set(states(pools)) == {"strong"}


def test_what_is_opened_is_in_flight_until_it_is_closed(pools: Pools) -> None:
    seats = [admit(pools, tier) for tier in ("fast", "fast", "strong")]
    pools.closed(seats[0], "served")

    assert [state.in_flight for state in states(pools).values()] == [1, 1]


def test_states_are_those_of_their_moment(pools: Pools) -> None:
    before = states(pools)
    admit(pools, "fast")

    assert before["fast"].in_flight == 0


def failures_after(pools: Pools, tier: Tier, *outcomes: str) -> int:
    for outcome in outcomes:
        pools.closed(admit(pools, tier), outcome)
    return states(pools)[tier].failures


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_failures_in_a_row_are_counted(pools: Pools, fault: str) -> None:
    assert failures_after(pools, "fast", fault, "failed", fault) == 3
    assert states(pools)["strong"].failures == 0


@pytest.mark.parametrize("answer", ["served", "refused"])
def test_a_tier_that_answers_has_failed_no_more_even_when_it_says_no(pools: Pools, answer: str) -> None:
    assert failures_after(pools, "fast", "failed", "timed_out", answer) == 0


def test_an_attempt_that_its_caller_abandoned_says_nothing_about_the_tier(pools: Pools) -> None:
    assert failures_after(pools, "fast", "failed", "abandoned", "failed", "abandoned") == 2
    assert states(pools)["fast"].in_flight == 0


def test_every_way_in_which_a_backend_can_fail_is_a_fault_or_the_requests_own() -> None:
    outcomes = {error.outcome for error in BackendError.__subclasses__() if error is not NoTierAvailable}

    assert outcomes - FAULTS == {
        Refused.outcome,
        NotAdmitted.outcome,
        DeadlineExceeded.outcome,
        Rejected.outcome,
        CannotRead.outcome,
        Mended.outcome,
    }
    assert outcomes >= FAULTS


@given(st.lists(st.sampled_from(["served", "refused", "abandoned", *FAULTS]), max_size=4))
def test_whatever_comes_of_attempts_nothing_stays_in_flight_and_failures_are_those_since_the_last_answer(
    outcomes: list[str],
) -> None:
    pools = Pools({"fast": [Station(FAST_BACKEND)]}, BOTH, NothingForeseen(), HandClock())
    seats = [admit(pools, "fast") for _ in outcomes]
    for seat, outcome in zip(seats, outcomes, strict=True):
        pools.closed(seat, outcome)

    answered = [at for at, outcome in enumerate(outcomes) if outcome in ("served", "refused")]
    since = outcomes[answered[-1] + 1 :] if answered else outcomes
    assert states(pools)["fast"] == TierState(True, 4_000, 0, sum(outcome in FAULTS for outcome in since))


def test_a_backend_that_keeps_failing_is_left_alone_and_says_when_it_may_be_asked_again() -> None:
    clock = HandClock()
    pools = Pools({"fast": [Station(FAST_BACKEND)]}, BOTH, NothingForeseen(), clock)
    failures_after(pools, "fast", *["failed"] * CONSECUTIVE)
    clock.pass_s(2.0)

    with pytest.raises(NotAdmitted) as refused:
        admit(pools, "fast")

    assert refused.value.retry_after_s == FIRST_REST_S - 2.0
    assert states(pools)["fast"].in_flight == 0


def test_only_a_backend_that_is_left_alone_is_resting_and_one_that_has_come_back_is_asked_again(pools: Pools) -> None:
    assert pools.resting() == []
    failures_after(pools, "fast", *["unavailable"] * CONSECUTIVE)
    assert pools.resting() == [FAST_BACKEND]

    pools.found("fast-1", well=False)
    assert pools.resting() == [FAST_BACKEND]
    pools.found("fast-1", well=True)

    assert admit(pools, "fast").through == "probe"
    assert pools.resting() == []


def test_an_answer_cut_off_by_its_deadline_does_not_open_the_breaker(pools: Pools) -> None:
    assert failures_after(pools, "fast", *["deadline_exceeded"] * 2 * CONSECUTIVE) == 0


def test_retries_are_refused_when_the_budget_is_spent(pools: Pools) -> None:
    allowed = int(LEAST_A_S * WINDOW_S)
    for _ in range(allowed):
        pools.closed(admit(pools, "fast", is_retry=True), "served")

    with pytest.raises(NotAdmitted, match="retried often enough"):
        admit(pools, "fast", is_retry=True)
    assert admit(pools, "fast").through == "usual"
