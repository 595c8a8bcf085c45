"""Stopping canaries: read off the records of their requests, once for each version."""

import asyncio
import logging
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from router.core.guard import Canary
from router.core.record import Record
from router.core.rollout import Arm, Guards
from router.telemetry.decision_log import open_batched_log
from router.telemetry.guards import GuardWatch
from tests.doubles import HandClock
from tests.patience import until

GUARDS = Guards(error_rate=0.1, at_least=20, window_s=60.0)
CANARY = Canary("default", "candidate@1", GUARDS)
SECOND = replace(CANARY, version="candidate@2")


class Rollouts:
    """The canaries under way, of which one that is stopped is no longer, as `LivePolicies` has them."""

    def __init__(self, *canaries: Canary) -> None:
        self.under_way = list(canaries)
        self.asked: list[tuple[str, str]] = []
        self.stopped: list[str] = []

    def canaries(self) -> Sequence[Canary]:
        return tuple(self.under_way)

    def stop(self, policy: str, why: str) -> str | None:
        self.asked.append((policy, why))
        found = next((each for each in self.under_way if each.policy == policy), None)
        if found is None:
            return None
        self.under_way.remove(found)
        self.stopped.append(found.version)
        return found.version


class Watched:
    """A watch of these rollouts."""

    def __init__(self, rollouts: Rollouts) -> None:
        self.clock = HandClock()
        self.rollouts = rollouts
        self.watch = GuardWatch(rollouts.canaries, rollouts.stop, self.clock)

    def take(self, *records: Record) -> None:
        self.watch.take(records)


def failed(count: int, version: str = "candidate@1", arm: Arm = "canary") -> list[Record]:
    return [Record("a1", 1.0, 0.5, 503, "failed", policy=version, arm=arm)] * count


def served(count: int, version: str = "candidate@1", arm: Arm = "canary") -> list[Record]:
    return [Record("a1", 1.0, 0.5, 200, "served", policy=version, arm=arm)] * count


# --- what stops a canary ----------------------------------------------------------------------------------------


def test_a_canary_that_crosses_a_guard_is_stopped_and_the_log_says_why(caplog: pytest.LogCaptureFixture) -> None:
    watched = Watched(Rollouts(CANARY))

    with caplog.at_level(logging.WARNING):
        watched.take(*served(97), *failed(30))

    why = "error rate 23.6% (30 of 127 requests) is over 10%"
    assert watched.rollouts.asked == [("default", why)]
    assert watched.rollouts.stopped == ["candidate@1"]
    assert caplog.messages == [f"the canary candidate@1 of policy default is stopped: {why}"]


def test_a_canary_within_its_guards_goes_on() -> None:
    watched = Watched(Rollouts(CANARY))

    watched.take(*served(90), *failed(10))

    assert watched.rollouts.asked == []


def test_batches_add_up() -> None:
    watched = Watched(Rollouts(CANARY))

    for _ in range(19):
        watched.take(*failed(1))
    before = list(watched.rollouts.stopped)
    watched.take(*failed(1))

    assert (before, watched.rollouts.stopped) == ([], ["candidate@1"])


def test_what_is_long_past_is_forgotten() -> None:
    watched = Watched(Rollouts(CANARY))

    watched.take(*failed(19))
    watched.clock.pass_s(62.0)
    watched.take(*failed(1))

    assert watched.rollouts.stopped == []


@pytest.mark.parametrize(
    "records",
    [
        failed(100, arm="stable", version="default@1"),
        failed(100, arm=""),
        failed(100, version="candidate@0"),
        failed(100, version="other@1"),
    ],
)
def test_only_what_the_candidate_decided_in_its_present_version_counts(records: list[Record]) -> None:
    watched = Watched(Rollouts(CANARY))

    watched.take(*records)

    assert watched.rollouts.asked == []


# --- once for each version --------------------------------------------------------------------------------------


def test_what_still_comes_in_of_a_stopped_canary_stops_nothing_again() -> None:
    watched = Watched(Rollouts(CANARY))

    for _ in range(5):
        watched.take(*failed(50))

    assert len(watched.rollouts.asked) == 1
    assert watched.rollouts.stopped == ["candidate@1"]


def test_a_canary_that_somebody_else_has_stopped_meanwhile_is_not_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    watched = Watched(Rollouts(CANARY))
    stale = watched.rollouts.canaries()
    watched.rollouts.under_way.clear()
    watch = GuardWatch(lambda: stale, watched.rollouts.stop, watched.clock)

    for _ in range(3):
        watch.take(failed(50))

    assert watched.rollouts.stopped == []
    assert caplog.messages == []


def test_the_next_version_of_a_candidate_begins_anew() -> None:
    watched = Watched(Rollouts(CANARY))
    watched.take(*failed(19))

    watched.rollouts.under_way = [SECOND]
    watched.take(*failed(50, "candidate@1"), *failed(19, "candidate@2"))
    before = list(watched.rollouts.stopped)
    watched.take(*failed(1, "candidate@2"))

    assert (before, watched.rollouts.stopped) == ([], ["candidate@2"])


def test_a_canary_that_is_resumed_begins_anew_and_can_be_stopped_again() -> None:
    watched = Watched(Rollouts(CANARY))
    watched.take(*failed(50))
    watched.take(*failed(50))

    watched.rollouts.under_way = [CANARY]
    watched.take(*failed(19))
    before = list(watched.rollouts.stopped)
    watched.take(*failed(1))

    assert (before, watched.rollouts.stopped) == (["candidate@1"], ["candidate@1"] * 2)


def test_a_canary_that_is_resumed_before_anybody_asks_again_begins_anew_too() -> None:
    watched = Watched(Rollouts(CANARY))
    watched.take(*failed(50))

    watched.rollouts.under_way = [CANARY]
    watched.take(*failed(19))
    before = list(watched.rollouts.stopped)
    watched.take(*failed(1))

    assert (before, watched.rollouts.stopped) == (["candidate@1"], ["candidate@1"] * 2)


def test_two_canaries_are_told_apart() -> None:
    other = Canary("batch", "frugal@7", GUARDS)
    watched = Watched(Rollouts(CANARY, other))

    watched.take(*served(50), *failed(50, "frugal@7"))

    assert watched.rollouts.stopped == ["frugal@7"]
    assert watched.rollouts.under_way == [CANARY]


# --- guards that change -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "guards",
    [
        replace(GUARDS, error_rate=0.05),
        replace(GUARDS, error_rate=None, p95_s=0.1),
        replace(GUARDS, error_rate=0.05, window_s=3600.0),
        replace(GUARDS, error_rate=0.05, at_least=10),
    ],
)
def test_changed_guards_judge_what_has_happened_already(guards: Guards) -> None:
    watched = Watched(Rollouts(CANARY))
    watched.take(*served(93), *failed(6))

    watched.rollouts.under_way = [replace(CANARY, guards=guards)]
    watched.take(*served(1))

    assert watched.rollouts.stopped == ["candidate@1"]


def test_a_rollout_that_is_taken_away_and_comes_back_begins_anew() -> None:
    watched = Watched(Rollouts(CANARY))
    watched.take(*failed(19))

    watched.rollouts.under_way = []
    watched.take(*failed(1))
    watched.rollouts.under_way = [CANARY]
    watched.take(*failed(1))

    assert watched.rollouts.asked == []


# --- in the running log -----------------------------------------------------------------------------------------


def test_it_works_as_a_sink_off_the_event_loop() -> None:
    rollouts = Rollouts(CANARY)

    async def write_and_await() -> None:
        async with open_batched_log([GuardWatch(rollouts.canaries, rollouts.stop, HandClock())]) as log:
            for record in failed(50):
                log.write(record)
            await asyncio.to_thread(until, lambda: rollouts.stopped)

    asyncio.run(write_and_await())

    assert rollouts.stopped == ["candidate@1"]
