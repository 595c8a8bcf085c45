"""A request whose tiers are full waits for a seat, and loses nothing by it."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.errors import DeadlineExceeded, EngineFailed, QueueFull, TenantQueueFull, Unavailable
from router.core.grants import Caller, Grants
from router.core.policy import Then
from router.core.recall import Conversation
from router.core.values import Hints, Signals, Tier, TierState
from router.core.waiting import Bounds
from router.dispatch import Dispatch
from tests import virtual_time
from tests.dispatch.scenes import COMMIT_AFTER_S, KEEP_ALIVE_S, Scene, asking, backend
from tests.doubles import Ends, Fails, RecordingAnswer, Says
from tests.examples import a_policy

ANSWER_S = 2.0
ANSWERS = (Says(b"data: {}\n\n", ANSWER_S), Ends())
FAST_ONLY = a_policy(otherwise=Then(("fast",), gate="off", commit_after_s=COMMIT_AFTER_S))
BOTH = a_policy(otherwise=Then(("fast", "strong"), gate="off", commit_after_s=COMMIT_AFTER_S))


class Foreseen:
    """Answers take a tier so many milliseconds, whatever else it has. The port `Latencies`."""

    def __init__(self, **p50_ms: int) -> None:
        self._p50_ms = p50_ms

    def foreseen(self, states: Mapping[str, TierState], signals: Signals) -> Mapping[str, TierState]:
        return {
            name: TierState(
                configured=True,
                in_flight=state.in_flight,
                limit=state.limit,
                predicted_p50_ms=self._p50_ms[name.partition("-")[0]],
            )
            for name, state in states.items()
        }

    def expected_ms(self, backend: str, in_flight: int, signals: Signals) -> float:
        return 0.0


def a_scene(**about: Any) -> Scene:
    """Both tiers with one seat each."""
    fast, strong = about.pop("fast", backend(*ANSWERS)), about.pop("strong", backend(*ANSWERS))
    scene = Scene(fast, strong, **{"policy": FAST_ONLY, "latencies": Foreseen(fast=2000, strong=2500), **about})
    limit(scene, fast=1, strong=1)
    return scene


def limit(scene: Scene, **limits: int) -> None:
    tiers: tuple[Tier, ...] = ("fast", "strong")
    for tier in tiers:
        scene.fleet.doing[tier] = TierState(configured=True, limit=limits[tier])


async def served(dispatch: Dispatch, **about: Any) -> RecordingAnswer:
    answer = RecordingAnswer()
    await dispatch.serve(asking(**about), answer)
    return answer


def crowd(scene: Scene, *about: dict[str, Any], every_s: float = 0.1) -> list[RecordingAnswer]:
    """Serves all of these, which come one after the other."""

    async def play() -> list[RecordingAnswer]:
        dispatch = scene.dispatch()
        tasks = []
        for each in about:
            tasks.append(asyncio.ensure_future(served(dispatch, **each)))
            await asyncio.sleep(every_s)
        return await asyncio.gather(*tasks)

    return virtual_time.run(play())


def by(tenant: str, **grants: Any) -> dict[str, Any]:
    return {"caller": Caller(tenant, tenant, Grants(**grants))}


# --- who waits ----------------------------------------------------------------------------------------------------


def test_one_that_finds_room_does_not_wait() -> None:
    scene = a_scene()

    crowd(scene, {})

    assert (scene.record.waited_s, scene.record.spilled_from) == (0.0, None)


def test_one_that_finds_none_is_served_when_there_is_some() -> None:
    scene = a_scene()

    _, second = crowd(scene, {}, {})

    assert [each.outcome for each in scene.log.records] == ["served", "served"]
    assert scene.log.records[1].waited_s == pytest.approx(ANSWER_S - 0.1)
    assert second.last.call == "end"
    assert second.told[0].at_s == pytest.approx(2 * ANSWER_S)


def test_no_more_are_open_at_a_tier_than_it_has_seats() -> None:
    scene = a_scene()
    limit(scene, fast=3, strong=1)

    crowd(scene, *[{}] * 12, every_s=0.0)

    opened, most = 0, 0
    for _, outcome in scene.fleet.told:
        opened += 1 if outcome is None else -1
        most = max(most, opened)
    assert most == 3
    assert len(scene.log.records) == 12


def test_waiting_is_not_counted_as_time_that_the_engine_took() -> None:
    scene = a_scene()

    crowd(scene, {}, {})

    (attempt,) = scene.log.records[1].attempts
    assert attempt.elapsed_s == pytest.approx(ANSWER_S)
    assert scene.log.records[1].first_block_s == pytest.approx(ANSWER_S)


def test_the_fleet_is_told_how_many_wait() -> None:
    scene = a_scene()

    async def play() -> tuple[int, int]:
        dispatch = scene.dispatch()
        tasks = [asyncio.ensure_future(served(dispatch)) for _ in range(3)]
        await asyncio.sleep(1.0)
        waiting = scene.fleet.waiting["fast"]
        await asyncio.gather(*tasks)
        return waiting, scene.fleet.waiting["fast"]

    assert virtual_time.run(play()) == (2, 0)


def test_where_no_limit_is_known_nobody_waits() -> None:
    scene = a_scene()
    limit(scene, fast=0, strong=0)

    crowd(scene, *[{}] * 5, every_s=0.0)

    assert {each.waited_s for each in scene.log.records} == {0.0}


def test_a_seat_that_others_leave_is_seen_as_well() -> None:
    scene = a_scene()
    scene.fleet.doing["fast"] = TierState(configured=True, limit=4, in_flight=4)

    async def play() -> None:
        serving = asyncio.ensure_future(served(scene.dispatch()))
        await asyncio.sleep(5.0)
        scene.fleet.doing["fast"] = TierState(configured=True, limit=4, in_flight=3)
        await serving

    virtual_time.run(play())
    assert scene.record.waited_s == pytest.approx(5.0, abs=0.11)


# --- which tier it gets ---------------------------------------------------------------------------------------------


def test_whichever_of_its_tiers_has_a_seat_first_serves() -> None:
    scene = a_scene(policy=BOTH, latencies=Foreseen(fast=2000, strong=2000))
    scene.fleet.doing["fast"] = TierState(configured=True, limit=1, in_flight=1)

    crowd(scene, {"model": "strong"}, {})

    record = scene.log.records[1]
    assert (record.tier, record.spilled_from) == ("strong", "fast")
    assert [(each.tier, each.outcome) for each in record.attempts] == [("fast", "spilled"), ("strong", "served")]


def test_a_tier_whose_seats_do_not_come_free_is_waited_for_no_longer_than_the_other_one_takes() -> None:
    scene = a_scene(policy=BOTH, latencies=Foreseen(fast=2000, strong=5000))
    scene.fleet.doing["fast"] = TierState(configured=True, limit=1, in_flight=1)

    crowd(scene, {})

    assert (scene.record.tier, scene.record.spilled_from) == ("strong", "fast")
    assert scene.record.waited_s == pytest.approx(3.0, abs=0.21)


def test_a_request_that_is_sooner_served_above_begins_there() -> None:
    scene = a_scene(policy=BOTH, latencies=Foreseen(fast=4000, strong=2500))
    scene.fleet.doing["fast"] = TierState(configured=True, limit=1, in_flight=1)

    (answer,) = crowd(scene, {})

    assert (scene.record.tier, scene.record.spilled_from, scene.record.reason) == ("strong", "fast", "spill")
    head = answer.told[0].head
    assert head is not None
    assert (head.reason, head.spilled_from) == ("spill", "fast")


def test_a_spill_is_not_remembered_as_the_tier_that_the_conversation_needs() -> None:
    scene = a_scene(policy=BOTH, latencies=Foreseen(fast=4000, strong=2500))
    scene.fleet.doing["fast"] = TierState(configured=True, limit=1, in_flight=1)

    crowd(scene, {})

    assert list(scene.memory.conversations.values()) == [Conversation("fast", 1)]
    assert scene.memory.escalations == set()


def test_a_spilled_request_whose_tier_cannot_be_reached_goes_back_to_wait_for_the_full_one() -> None:
    unreachable = backend(Fails(Unavailable("nobody there")))
    scene = a_scene(policy=BOTH, latencies=Foreseen(fast=4000, strong=2500), strong=unreachable)
    scene.fleet.doing["fast"] = TierState(configured=True, limit=1, in_flight=1)

    crowd(scene, {})

    assert (scene.record.tier, scene.record.outcome) == ("fast", "served")


def test_a_tier_that_is_left_alone_is_not_waited_for() -> None:
    scene = a_scene(policy=BOTH)
    scene.fleet.left_alone.add("fast")

    crowd(scene, {})

    assert (scene.record.tier, scene.record.waited_s) == ("strong", 0.0)


# --- what was promised does not wait ----------------------------------------------------------------------------------


def test_an_escalated_attempt_does_not_wait() -> None:
    failing = backend(Fails(EngineFailed("broken"), 1.0))
    scene = a_scene(policy=BOTH, fast=failing)
    scene.fleet.doing["strong"] = TierState(configured=True, limit=1, in_flight=5)

    crowd(scene, {})

    assert (scene.record.tier, scene.record.waited_s) == ("strong", 0.0)


# --- what goes on meanwhile -----------------------------------------------------------------------------------------


def test_a_caller_who_waits_is_told_that_we_are_here() -> None:
    scene = a_scene(fast=backend(Says(b"data: {}\n\n", 40.0), Ends()), bounds=Bounds(longest_s=100.0))

    _, second = crowd(scene, {}, {}, every_s=0.0)

    assert second.calls[:4] == ["begin", "commit", "keep_alive", "keep_alive"]
    assert [each.at_s for each in second.told[1:4]] == pytest.approx(
        [COMMIT_AFTER_S, COMMIT_AFTER_S + KEEP_ALIVE_S, COMMIT_AFTER_S + 2 * KEEP_ALIVE_S]
    )
    assert second.last.call == "end"


def test_the_deadline_ends_waiting_too() -> None:
    scene = a_scene(fast=backend(Says(b"data: {}\n\n", 60.0), Ends()), latencies=Foreseen(fast=10, strong=10))

    _, second = crowd(scene, {}, {"hints": Hints(latency_budget_ms=3000)})

    error = second.last.error
    assert isinstance(error, DeadlineExceeded)
    assert second.last.at_s == pytest.approx(3.1, abs=0.11)


def test_the_rules_timeout_moves_one_that_waits_on_to_wait_for_the_next_tier() -> None:
    impatient = a_policy(otherwise=Then(("fast", "strong"), gate="off", timeout_s=1.0, spill="off"))
    scene = a_scene(policy=impatient, strong=backend(Says(b"data: {}\n\n", 3.0), Ends()))
    scene.fleet.doing["fast"] = TierState(configured=True, limit=1, in_flight=1)

    crowd(scene, {"model": "strong"}, {}, every_s=0.0)

    record = scene.log.records[1]
    assert [(each.tier, each.outcome) for each in record.attempts] == [("fast", "timed_out"), ("strong", "served")]
    assert record.waited_s == pytest.approx(3.0)


def test_who_leaves_while_waiting_leaves_nothing_behind() -> None:
    scene = a_scene()

    async def play() -> None:
        dispatch = scene.dispatch()
        first = asyncio.ensure_future(served(dispatch))
        await asyncio.sleep(0.1)
        second = asyncio.ensure_future(served(dispatch))
        await asyncio.sleep(0.1)
        second.cancel()
        await asyncio.wait((second,))
        await first

    virtual_time.run(play())
    assert [(each.outcome, each.waited_s) for each in scene.log.records] == [
        ("caller_left", pytest.approx(0.1)),
        ("served", 0.0),
    ]
    assert scene.fleet.open["fast"] == scene.fleet.waiting["fast"] == 0


# --- who is turned away ---------------------------------------------------------------------------------------------


def test_beyond_the_bound_a_request_is_refused_at_once_and_told_when_to_come_again() -> None:
    scene = a_scene(bounds=Bounds(in_all=2, per_tenant=2))

    *_, last = crowd(scene, *[by(f"t{each}") for each in range(4)], every_s=0.0)

    assert last.calls == ["fail"]
    assert isinstance(last.last.error, QueueFull)
    assert last.last.at_s == 0.0
    assert last.last.error.retry_after_s == 2


def test_a_tenant_that_has_enough_waiting_is_refused_while_others_are_not() -> None:
    scene = a_scene(bounds=Bounds(in_all=8, per_tenant=1))

    answers = crowd(scene, by("a"), by("a"), by("a"), by("b"), every_s=0.0)

    errors = [type(each.last.error) for each in answers]
    assert errors == [type(None), type(None), TenantQueueFull, type(None)]


def test_a_request_that_cannot_be_in_time_is_refused_before_it_waits() -> None:
    scene = a_scene()

    _, second = crowd(scene, {}, {"hints": Hints(latency_budget_ms=1990)}, every_s=0.0)

    assert isinstance(second.last.error, DeadlineExceeded)
    assert second.last.at_s == 0.0


def test_one_that_has_waited_long_enough_is_turned_away_even_after_it_was_told_that_we_are_here() -> None:
    scene = a_scene(fast=backend(Says(b"data: {}\n\n", 100.0), Ends()), bounds=Bounds(longest_s=20.0))

    _, second = crowd(scene, {}, {}, every_s=0.0)

    assert second.last.call == "break_off"
    assert second.last.at_s == pytest.approx(20.0, abs=0.11)
    assert scene.log.records[0].outcome == "broken"


# --- no seat is ever lost -------------------------------------------------------------------------------------------


@given(seed=st.integers(0, 100_000))
@settings(max_examples=40, deadline=None)
def test_whatever_happens_no_seat_is_lost(seed: int) -> None:
    """Engines that fail, callers who leave at any moment, deadlines, timeouts: in the end all seats are free, nobody
    waits, and one more request is served at once."""
    chance = random.Random(seed)
    steps = [
        [Says(b"data: {}\n\n", chance.uniform(0.0, 3.0)), Ends()],
        [Fails(EngineFailed("broken"), chance.uniform(0.0, 2.0))],
        [Fails(Unavailable("gone"))],
    ]
    fast, strong = (backend(*ANSWERS) for _ in range(2))
    fast._scripts = strong._scripts = tuple(chance.choice(steps) for _ in range(60))
    then = Then(("fast", "strong"), gate="off", timeout_s=chance.choice([None, 1.0]), on_unavailable="degrade")
    scene = a_scene(fast=fast, strong=strong, policy=a_policy(otherwise=then), bounds=Bounds(12, 6, 8.0))
    limit(scene, fast=2, strong=chance.choice([1, 2]))

    async def one(dispatch: Dispatch) -> None:
        await asyncio.sleep(chance.uniform(0.0, 10.0))
        budget = Hints(latency_budget_ms=chance.choice([None, 2500, 6000]))
        streamed = chance.random() < 0.5
        serving = asyncio.ensure_future(served(dispatch, hints=budget, streamed=streamed, **by(chance.choice("abc"))))
        await asyncio.wait((serving,), timeout=chance.choice([None, 0.0, 0.05, chance.uniform(0.0, 6.0)]))
        serving.cancel()
        await asyncio.wait((serving,))
        if not serving.cancelled():
            serving.result()

    async def play() -> None:
        dispatch = scene.dispatch()
        await asyncio.gather(*[one(dispatch) for _ in range(50)])
        await asyncio.sleep(1.0)
        assert {tier: scene.fleet.open[tier] for tier in ("fast", "strong")} == {"fast": 0, "strong": 0}
        assert set(scene.fleet.waiting.values()) <= {0}
        fast._scripts = strong._scripts = (ANSWERS,)
        before = len(scene.log.records)
        await asyncio.gather(*[served(dispatch) for _ in range(2)])
        assert [each.waited_s for each in scene.log.records[before:]] == [0.0, 0.0]

    virtual_time.run(play())
