"""A tier of several backends: who gets what, who is spared, and what a decision sees of it."""

from collections import Counter
from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from router.core.breaker import CONSECUTIVE, FIRST_REST_S
from router.core.concurrency_limit import fixed
from router.core.errors import CannotRead, InvalidRequest, NotAdmitted
from router.core.latency import Pace
from router.core.outliers import FEWEST, FIRST_EJECTION_S
from router.core.pool_choice import SLOW_START_S
from router.core.saturation import Occupancy
from router.core.values import TierState
from router.engines.fleet import Pools
from router.engines.member import Station
from router.ports import Errand, Seat
from router.stores.latencies import LocalLatencies
from tests.doubles import DoubleReader, Ends, HandClock, ScriptedBackend
from tests.examples import FAST, signals

NAMES = ("fast-1", "fast-2", "fast-3")
PACE = Pace(prefill_tokens_per_s=10_000, step_ms=1, crowding=0.0, slots=8)
MEASURED = signals(answer_tokens=1_000, answer_tokens_p90=1_000)
LIMIT = 10


class Pooled:
    """A fast tier of three backends, of which only the last reads."""

    def __init__(self, paces: Mapping[str, Pace] = dict.fromkeys(NAMES, PACE)) -> None:
        self.clock = HandClock()
        self.occupancies = {name: Occupancy(fixed(LIMIT)) for name in NAMES}
        stations = [self._station(name) for name in NAMES]
        self.pools = Pools({"fast": stations}, {"fast": FAST}, LocalLatencies(paces, self.clock), self.clock)

    def _station(self, name: str) -> Station:
        reader = DoubleReader() if name == NAMES[-1] else None
        return Station(ScriptedBackend([Ends()], name=name), reader, self.occupancies[name])

    @property
    def state(self) -> TierState:
        """How the tier is doing, for conversation c0."""
        return self.pools.states("c0", MEASURED)["fast"]

    def admit(self, conversation: str = "c0", **about) -> Seat:
        return self.pools.admit(Errand("fast", conversation, MEASURED, **about))

    def ask(self, conversation: str = "c0", outcome: str = "served", took_s: float = 1.0, **about) -> str:
        """One attempt, from its beginning to its end; the name of the backend that had it."""
        seat = self.admit(conversation, **about)
        self.clock.pass_s(took_s)
        self.pools.closed(seat, outcome)
        return seat.backend.name

    def asked(self, conversations: int = 300, **about) -> Counter[str]:
        """How many of so many conversations each backend would get now."""
        found = Counter[str]()
        for at in range(conversations):
            seat = self.admit(f"c{at}", **about)
            self.pools.closed(seat, "abandoned")
            found[seat.backend.name] += 1
        return found

    def trip(self, name: str) -> None:
        """This backend fails until it is left alone."""
        others = tuple(each for each in NAMES if each != name)
        for _ in range(CONSECUTIVE):
            assert self.ask(failed=others, outcome="failed", took_s=0.0) == name

    def standing(self, name: str) -> str:
        (status,) = [each for each in self.pools.statuses() if each.name == name]
        return status.standing


@pytest.fixture
def pooled() -> Pooled:
    return Pooled()


# --- who gets what ------------------------------------------------------------------------------------------------


def test_a_conversation_stays_on_one_backend_and_conversations_are_spread_over_all(pooled: Pooled) -> None:
    first, second = ([pooled.ask(f"c{at}") for at in range(300)] for _ in range(2))

    assert first == second
    assert all(count > 70 for count in Counter(first).values())
    assert set(first) == set(NAMES)


def test_who_has_failed_a_request_is_not_asked_again_while_there_are_others(pooled: Pooled) -> None:
    home = pooled.ask()
    second = pooled.ask(failed=(home,))
    third = pooled.ask(failed=(home, second))

    assert {home, second, third} == set(NAMES)
    assert pooled.ask(failed=NAMES) == home


def test_past_the_limit_of_its_home_a_conversation_goes_to_who_is_predicted_to_be_first() -> None:
    home = Pooled().ask()
    quick, slow = [name for name in NAMES if name != home]
    pooled = Pooled({home: PACE, quick: PACE, slow: replace(PACE, step_ms=5)})

    asked = Counter(pooled.admit().backend.name for _ in range(LIMIT + 2))

    assert asked.keys() == {home, quick}
    assert asked[home] >= LIMIT - 1


def test_reads_go_to_who_has_the_conversation_among_those_that_read(pooled: Pooled) -> None:
    seat = pooled.admit(reads=True)

    assert (seat.backend.name, seat.reader is not None) == (NAMES[-1], True)
    assert pooled.pools.reads("fast")


def test_where_who_reads_is_left_alone_nobody_else_is_asked_to(pooled: Pooled) -> None:
    pooled.trip(NAMES[-1])

    with pytest.raises(NotAdmitted):
        pooled.admit(reads=True)


def test_where_nobody_reads_nobody_is_asked_to() -> None:
    station = Station(ScriptedBackend([Ends()], name="fast-1"))
    pools = Pools({"fast": [station]}, {"fast": FAST}, LocalLatencies({"fast-1": PACE}, HandClock()), HandClock())

    assert not pools.reads("fast")
    with pytest.raises(CannotRead):
        pools.admit(Errand("fast", "c0", reads=True))


# --- what a decision sees -----------------------------------------------------------------------------------------


def test_a_decision_sees_the_sum_of_what_is_open_and_the_prediction_of_who_would_be_asked(pooled: Pooled) -> None:
    before = pooled.state
    seats = [pooled.admit(f"c{at}") for at in range(12)]
    home = pooled.admit()

    state = pooled.state
    assert (before.in_flight, before.limit, before.spare) == (0, 3 * LIMIT, 2)
    assert state.in_flight == 13
    assert state.predicted_p50_ms == pytest.approx(1_000, rel=0.1)
    assert home.others == sum(seat.backend is home.backend for seat in seats)


def test_a_tier_is_as_well_as_the_best_of_its_backends(pooled: Pooled) -> None:
    home = pooled.ask(outcome="failed")
    assert pooled.state.failures == 0

    for name in NAMES:
        if name != home:
            pooled.ask(outcome="failed", failed=tuple(each for each in NAMES if each != name))
    assert pooled.state.failures == 1


def test_what_a_seat_says_of_failures_is_of_its_own_backend(pooled: Pooled) -> None:
    pooled.ask(outcome="failed")
    seat = pooled.admit()
    other = pooled.admit(failed=(seat.backend.name,))

    assert (pooled.pools.failures(seat), pooled.pools.failures(other)) == (1, 0)


# --- who is spared ------------------------------------------------------------------------------------------------


def test_a_backend_that_is_left_alone_is_passed_over_and_the_tier_serves(pooled: Pooled) -> None:
    home = pooled.ask()
    pooled.trip(home)

    assert home not in pooled.asked()
    assert pooled.state.spare == 1
    assert pooled.standing(home) == "left_alone"


def test_only_a_tier_none_of_whose_backends_may_be_asked_admits_nobody_and_says_when_one_may_be(
    pooled: Pooled,
) -> None:
    for name in NAMES:
        pooled.trip(name)
        pooled.clock.pass_s(1.0)

    with pytest.raises(NotAdmitted, match="the backends of the tier fast keep failing") as refused:
        pooled.admit()

    assert refused.value.retry_after_s == FIRST_REST_S - 3.0
    assert refused.value.backend in NAMES


def test_one_that_has_come_back_is_tried_out_and_then_let_in_slowly(pooled: Pooled) -> None:
    before, back = pooled.asked(), pooled.ask()
    pooled.trip(back)
    pooled.clock.pass_s(FIRST_REST_S)

    assert pooled.ask(took_s=0.0) == back
    assert pooled.standing(back) == "joining"
    at_first = pooled.asked()[back]
    pooled.clock.pass_s(SLOW_START_S / 2)
    halfway = pooled.asked()[back]
    pooled.clock.pass_s(SLOW_START_S / 2)

    assert at_first < halfway < before[back]
    assert at_first < 0.25 * before[back]
    assert pooled.asked() == before


def play(pooled: Pooled, worse: str, **about) -> None:
    """Every backend has attempts, and this one does worse."""
    for _ in range(FEWEST + 2):
        for name in NAMES:
            said = about if name == worse else {}
            pooled.ask(failed=tuple(each for each in NAMES if each != name), **{"took_s": 0.2, **said})


def test_one_that_takes_far_longer_than_its_peers_is_ejected_and_let_in_slowly_afterwards(pooled: Pooled) -> None:
    home = pooled.ask()

    play(pooled, home, took_s=0.9)

    assert pooled.standing(home) == "ejected"
    assert home not in pooled.asked()
    pooled.clock.pass_s(FIRST_EJECTION_S)
    assert pooled.standing(home) in ("joining", "in_use")


def test_one_whose_answers_are_waited_for_no_longer_is_known_to_be_slow(pooled: Pooled) -> None:
    home = pooled.ask()

    play(pooled, home, took_s=4.0, outcome="abandoned")

    assert pooled.standing(home) == "ejected"


def test_one_whose_breaker_opens_is_tried_out_as_soon_as_that_allows_though_it_was_ejected(pooled: Pooled) -> None:
    home = pooled.ask()
    play(pooled, home, took_s=0.9)
    pooled.trip(home)
    assert pooled.standing(home) == "left_alone"

    pooled.clock.pass_s(FIRST_REST_S)

    assert pooled.ask(took_s=0.0) == home


def test_where_all_are_slow_nobody_is_ejected(pooled: Pooled) -> None:
    for name in NAMES * 2 * FEWEST:
        pooled.ask(failed=tuple(each for each in NAMES if each != name), took_s=30.0)

    assert {each.standing for each in pooled.pools.statuses()} == {"in_use"}


def test_the_last_that_may_be_asked_is_asked_though_it_is_ejected(pooled: Pooled) -> None:
    home = pooled.ask()
    play(pooled, home, took_s=0.9)
    for name in NAMES:
        if name != home:
            pooled.trip(name)

    assert pooled.ask() == home


def test_a_drained_backend_gets_nothing_new_and_comes_back_slowly(pooled: Pooled) -> None:
    before, home = pooled.asked(), pooled.admit()
    name = home.backend.name

    pooled.pools.drain(name)
    assert name not in pooled.asked()
    assert pooled.ask(failed=tuple(each for each in NAMES if each != name)) != name
    assert [each.in_flight for each in pooled.pools.statuses() if each.name == name] == [1]
    pooled.pools.closed(home, "served")

    pooled.pools.resume(name)
    assert 0 < pooled.asked()[name] < before[name]
    pooled.clock.pass_s(SLOW_START_S)
    assert pooled.asked() == before


def test_a_drained_backend_gets_nothing_even_where_all_others_are_left_alone(pooled: Pooled) -> None:
    for name in NAMES[1:]:
        pooled.trip(name)
    pooled.pools.drain(NAMES[0])

    with pytest.raises(NotAdmitted, match="keep failing") as refused:
        pooled.ask()
    assert refused.value.retry_after_s == FIRST_REST_S


def test_a_tier_whose_backends_are_all_drained_admits_nobody_and_says_why(pooled: Pooled) -> None:
    for name in NAMES:
        pooled.pools.drain(name)

    with pytest.raises(NotAdmitted, match="the backends of the tier fast are drained"):
        pooled.ask()


def test_the_last_backend_that_is_not_drained_is_known(pooled: Pooled) -> None:
    for name in NAMES[:-1]:
        assert pooled.pools.last_of(name) is None
        pooled.pools.drain(name)

    assert [pooled.pools.last_of(name) for name in NAMES] == [None, None, "fast"]


def test_nobody_can_drain_a_backend_that_is_not_there(pooled: Pooled) -> None:
    with pytest.raises(InvalidRequest, match="no backend 'fast-9'"):
        pooled.pools.drain("fast-9")


def test_resuming_one_that_is_not_drained_changes_nothing(pooled: Pooled) -> None:
    pooled.pools.resume(NAMES[0])

    assert pooled.standing(NAMES[0]) == "in_use"
