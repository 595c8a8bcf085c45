"""Two routers with one Redis: what one of them is told or finds out, the other goes by; without Redis each goes on
alone, at full speed."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import Routers
from tests.faults import fails
from tests.patience import until
from tests.redis_server import RedisServer, redis_server
from tests.scripted_engine import ScriptedEngine
from tests.trial import CONVERSATIONS, GUARDS, STOPPED, Trial, running, write_trial

FOLLOWED_WITHIN_S = 3.0
JOINED_WITHIN_S = 6.0
"""A look at the board takes place once a second; a restarted server is busy at first."""

AT_FULL_SPEED_S = 0.25
"""Far more than a request takes, on a busy machine too; far less than the patience of a client of Redis."""

ALL, ALONE = "all replicas", "this replica only"


class Pair(NamedTuple):
    """Two replicas, each with a folder of its own that holds the same."""

    one: Trial
    other: Trial
    redis: RedisServer

    def change(self, rule: str) -> None:
        """Has the default go live with another rule, on both."""
        for each in (self.one, self.other):
            each.folder.write_policy(rule=rule)
            each.reload()

    def await_joined(self) -> None:
        """Returns once both can read what is shared."""
        both = (self.one.router, self.other.router)
        until(lambda: all(each.policies()["scope"] == ALL for each in both), JOINED_WITHIN_S)


@pytest.fixture
def pair(running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path) -> Iterator[Pair]:
    """Two routers that share a Redis of their own."""

    def replica(name: str) -> AbstractContextManager[Trial]:
        path = tmp_path / name
        path.mkdir()
        settings = running_routers.settings(path, settings={"redis": {"url": redis.url}})
        return running(settings, path, write_trial(path / "policies", "canary", share="50%", guards=GUARDS))

    with redis_server(tmp_path) as redis, replica("one") as one, replica("other") as other:
        yield Pair(one, other, redis)


def rule_of(trial: Trial) -> str | None:
    """The rule that decides a conversation which the canary does not."""
    return trial.ask("order 0").header("x-router-rule")


def await_rule(trial: Trial, rule: str) -> float:
    """The seconds until requests are decided by this rule."""
    began_s = time.monotonic()
    until(lambda: rule_of(trial) == rule, FOLLOWED_WITHIN_S)
    return time.monotonic() - began_s


def slowest_s(trial: Trial) -> float:
    """The longest that one of some requests takes. All are answered."""
    took_s = []
    for name in CONVERSATIONS[:30]:
        began_s = time.monotonic()
        assert trial.ask(name).status == 200
        took_s.append(time.monotonic() - began_s)
    return max(took_s)


# --- going back ---------------------------------------------------------------------------------------------------


def test_a_rollback_on_one_replica_is_followed_by_the_other_and_so_is_its_release(pair: Pair) -> None:
    pair.change("two")
    before = [rule_of(pair.one), rule_of(pair.other)]

    rollback = pair.one.router.order("default/rollback")
    followed_s = await_rule(pair.other, "one")
    told = pair.other.router.policies()
    release = pair.other.router.order("default/release")
    released_s = await_rule(pair.one, "two")

    print(f"a rollback is followed after {followed_s:.2f} s, a release after {released_s:.2f} s")
    assert before == ["two", "two"]
    assert (rollback.status, rollback.json["scope"], release.json["scope"]) == (200, ALL, ALL)
    assert (told["policies"][0]["version"], told["policies"][0]["held"]) == (rollback.json["version"], True)
    assert pair.other.version("default") == rollback.json["away_from"]


def test_a_replica_that_never_had_a_version_follows_back_to_it(pair: Pair) -> None:
    """The other one comes up late, as pods do: it only ever saw the version that is rolled away from."""
    pair.other.folder.write_policy(rule="two")
    pair.other.reload()
    pair.one.folder.write_policy(rule="zero")
    pair.one.reload()
    pair.one.folder.write_policy(rule="two")
    pair.one.reload()

    rollback = pair.one.router.order("default/rollback")
    await_rule(pair.other, "zero")

    assert rollback.json["scope"] == ALL
    assert pair.other.version("default") == rollback.json["version"]


@pytest.mark.parametrize("how", ["down", "frozen"])
def test_without_redis_a_rollback_holds_here_and_says_so_and_requests_are_served_as_fast(pair: Pair, how: str) -> None:
    pair.change("two")
    pair.redis.stop() if how == "down" else pair.redis.freeze()

    began_s = time.monotonic()
    rollback = pair.one.router.order("default/rollback")
    ordered_s = time.monotonic() - began_s
    slowest = max(map(slowest_s, (pair.one, pair.other)))
    rules = [rule_of(pair.one), rule_of(pair.other)]
    scopes = [each.router.policies()["scope"] for each in (pair.one, pair.other)]

    print(f"with Redis {how} a rollback takes {ordered_s * 1000:.0f} ms, a request {slowest * 1000:.0f} ms at most")
    assert (rollback.status, rollback.json["scope"]) == (200, ALONE)
    assert ordered_s < 1
    assert slowest < AT_FULL_SPEED_S
    assert rules == ["one", "two"]
    assert scopes == [ALONE, ALONE]


def test_a_rollback_while_redis_was_down_is_followed_once_it_is_back(pair: Pair) -> None:
    pair.change("two")
    pair.redis.stop()

    rollback = pair.one.router.order("default/rollback")
    meanwhile = rule_of(pair.other)
    pair.redis.start()
    until(lambda: rule_of(pair.other) == "one", JOINED_WITHIN_S)

    assert (rollback.json["scope"], meanwhile) == (ALONE, "two")


def test_a_rollback_that_somebody_else_ends_at_once_is_ended_everywhere(pair: Pair) -> None:
    """Before the replica that was told to go back has looked at what is shared."""
    pair.change("two")

    pair.one.router.order("default/rollback")
    pair.redis.do("HDEL", "tandem:policies:notes", "hold:default")

    await_rule(pair.one, "two")


# --- guards -------------------------------------------------------------------------------------------------------


def test_a_canary_that_the_guard_of_one_replica_stops_is_stopped_on_the_other(
    pair: Pair, strong: ScriptedEngine
) -> None:
    strong.does(fails())
    candidate = pair.one.version("next")

    pair.one.deciders()
    stopped = pair.one.await_stop()
    began_s = time.monotonic()
    followed = pair.other.await_stop(FOLLOWED_WITHIN_S)
    followed_s = time.monotonic() - began_s
    served = [pair.other.ask(name) for name in CONVERSATIONS]
    metrics = pair.other.router.metrics()

    print(f"a guard's stop is followed after {followed_s:.2f} s")
    assert followed == stopped
    assert {(each.status, each.header("x-router-policy")) for each in served} == {(200, pair.other.version("default"))}
    assert metrics[STOPPED] == 1
    assert "is over 20%" in followed["why"]
    assert pair.other.rollout()["candidate"] == candidate


def test_a_canary_is_resumed_on_both(pair: Pair) -> None:
    stopped = pair.one.router.order("default/canary/stop")
    pair.other.await_stop(FOLLOWED_WITHIN_S)

    resumed = pair.other.router.order("default/canary/resume")
    until(lambda: pair.one.rollout()["stopped"] is None, FOLLOWED_WITHIN_S)

    assert (stopped.json["scope"], resumed.json["scope"]) == (ALL, ALL)


def test_what_a_guard_stopped_while_redis_was_down_is_told_once_it_is_back(pair: Pair, strong: ScriptedEngine) -> None:
    pair.redis.stop()
    strong.does(fails())

    pair.one.deciders()
    stopped = pair.one.await_stop()
    meanwhile = pair.other.rollout()["stopped"]
    pair.redis.start()
    began_s = time.monotonic()
    followed = pair.other.await_stop(JOINED_WITHIN_S)

    print(f"told {time.monotonic() - began_s:.2f} s after Redis was back")
    assert meanwhile is None
    assert followed == stopped


def test_orders_reach_all_again_once_redis_is_back(pair: Pair) -> None:
    pair.change("two")
    pair.redis.stop()
    alone = pair.one.router.policies()["scope"]

    pair.redis.start()
    pair.await_joined()
    rollback = pair.one.router.order("default/rollback")
    await_rule(pair.other, "one")

    assert (alone, rollback.json["scope"]) == (ALONE, ALL)
