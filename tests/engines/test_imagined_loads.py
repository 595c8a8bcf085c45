"""What a decision would see of tiers, were they loaded otherwise."""

import pytest

from router.core.concurrency_limit import fixed
from router.core.latency import Pace
from router.core.saturation import Occupancy
from router.core.values import TierState
from router.engines.fleet import Pools
from router.engines.member import Station
from router.engines.pool import Load
from router.ports import Errand
from router.stores.latencies import LocalLatencies
from tests.doubles import Ends, HandClock, ScriptedBackend
from tests.examples import FAST, STRONG, signals

PACE = Pace(prefill_tokens_per_s=10_000, step_ms=1, crowding=0.5, slots=8)
MEASURED = signals(answer_tokens=1_000, answer_tokens_p90=1_000)
LIMIT = 4
TWO = ("fast-1", "fast-2")


@pytest.fixture
def pools() -> Pools:
    """A fast tier of two backends and a strong one of one, each of which bears four."""
    clock = HandClock()
    names = (*TWO, "strong")
    stations = {name: Station(ScriptedBackend([Ends()], name=name), None, Occupancy(fixed(LIMIT))) for name in names}
    given = {"fast": [stations[name] for name in TWO], "strong": [stations["strong"]]}
    latencies = LocalLatencies(dict.fromkeys(names, PACE), clock)
    return Pools(given, {"fast": FAST, "strong": STRONG}, latencies, clock)


def fast_under(pools: Pools, load: Load) -> TierState:
    return pools.states_under(load, "c0", MEASURED)["fast"]


def test_what_nobody_imagines_is_as_it_is(pools: Pools) -> None:
    pools.admit(Errand("fast", "c0", MEASURED))
    pools.waits("strong", 3)

    assert pools.states_under(Load(), "c0", MEASURED) == pools.states("c0", MEASURED)


def test_the_imagined_load_of_a_backend_counts_beside_what_others_have(pools: Pools) -> None:
    pools.admit(Errand("fast", "c0", MEASURED))
    (home,) = [each.name for each in pools.statuses() if each.in_flight]
    (other,) = set(TWO) - {home}

    assert fast_under(pools, Load({other: LIMIT})).in_flight == LIMIT + 1
    assert fast_under(pools, Load({other: LIMIT, home: LIMIT})).saturated
    assert fast_under(pools, Load({home: 0})).in_flight == 0


def test_the_backend_that_would_be_asked_then_is_the_one_that_is_predicted(pools: Pools) -> None:
    idle = fast_under(pools, Load())

    one_is_full = [fast_under(pools, Load({name: 2 * LIMIT})) for name in TWO]
    both_are_full = fast_under(pools, Load(dict.fromkeys(TWO, 2 * LIMIT)))

    assert {each.predicted_p50_ms for each in one_is_full} == {idle.predicted_p50_ms}
    assert both_are_full.predicted_p50_ms > idle.predicted_p50_ms


def test_an_imagined_queue_takes_its_time(pools: Pools) -> None:
    queued = fast_under(pools, Load(waiting={"fast": 40}))

    assert queued.waiting == 40
    assert queued.predicted_p50_ms > fast_under(pools, Load()).predicted_p50_ms


def test_nothing_is_changed_by_looking(pools: Pools) -> None:
    before = pools.states("c0", MEASURED)

    fast_under(pools, Load(dict.fromkeys(TWO, 100), {"fast": 9, "strong": 9}))

    assert pools.states("c0", MEASURED) == before
    assert pools.seats("fast").has_free
