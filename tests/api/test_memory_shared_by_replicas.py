"""Two routers with one Redis: what one of them remembers of a request or a conversation, the other goes by; without
Redis each goes by what it knows itself."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import BOTH_WAYS, FAST_TEXT, STRONG_TEXT, Routers, Way
from tests.faults import refuses_with
from tests.patience import until
from tests.redis_server import RedisServer, redis_server
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import EXPLAIN, Response, post, request_fields

_numbers = count()


class Pair(NamedTuple):
    """Two replicas, and the Redis they share."""

    one: RouterProcess
    other: RouterProcess
    redis: RedisServer

    def await_told(self, kind: str) -> None:
        """Returns once something of this kind is remembered in Redis: no caller waits for that."""
        until(lambda: any(b":memory:{" in key and kind.encode() in key for key in self.redis.do("KEYS", "*")))


@pytest.fixture
def pair(running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path) -> Iterator[Pair]:
    """Two routers with a Redis of their own, which keep answers each for itself."""

    def replica(name: str) -> AbstractContextManager[RouterProcess]:
        path = tmp_path / name
        path.mkdir()
        settings = {"redis": {"url": redis.url}, "breakers": False, "escalations": {"limited": False}}
        return serving(running_routers.settings(path, settings=settings), path)

    with redis_server(tmp_path) as redis, replica("one") as one, replica("other") as other:
        yield Pair(one, other, redis)


@pytest.fixture
def name() -> dict[str, str]:
    """The name of a conversation that has not begun yet, as callers send it."""
    return {"x-router-conversation": f"c-{next(_numbers)}"}


def asked(router: RouterProcess, model: str, way: Way, headers: dict[str, str] | None = None) -> Response:
    return post(router.public, request_fields(model=model, **way), headers=headers or {})


@BOTH_WAYS
def test_what_was_escalated_at_one_replica_goes_straight_up_at_the_other(
    pair: Pair, fast: ScriptedEngine, way: Way
) -> None:
    fast.does(refuses_with("top_p must be below 1", "top_p"))

    climbed = asked(pair.one, "auto:remembers", way)
    pair.await_told("escalated")
    again = asked(pair.other, "auto:remembers", way)

    assert (climbed.text, again.text) == (STRONG_TEXT, STRONG_TEXT)
    assert (climbed.header("x-router-rule"), again.header("x-router-rule")) == ("otherwise", "went-up-before")
    assert len(fast.received) == 1


@BOTH_WAYS
def test_a_conversation_keeps_the_tier_it_reached_at_the_other_replica(
    pair: Pair, fast: ScriptedEngine, name: dict[str, str], way: Way
) -> None:
    first = asked(pair.one, "auto:strong-only", way, name)
    pair.await_told("conversation")
    then = asked(pair.other, "auto:remembers", way, name)
    explained = post(pair.other.public, request_fields(model="auto:remembers"), headers=name, path=EXPLAIN).json

    assert (first.text, then.text) == (STRONG_TEXT, STRONG_TEXT)
    assert then.header("x-router-decision") == "conversation"
    assert (explained["tier"], explained["reason"]) == ("strong", "conversation")
    assert not fast.received


def test_while_redis_is_dead_each_replica_goes_by_what_it_knows_itself(pair: Pair, name: dict[str, str]) -> None:
    asked(pair.one, "auto:strong-only", {}, name)
    pair.await_told("conversation")
    pair.redis.stop()

    texts = [asked(router, "auto:remembers", {}, name).text for router in (pair.one, pair.one, pair.other)]

    assert texts == [STRONG_TEXT, STRONG_TEXT, FAST_TEXT]


def test_while_redis_is_frozen_nobody_fails(pair: Pair, name: dict[str, str]) -> None:
    asked(pair.one, "auto:strong-only", {}, name)
    pair.await_told("conversation")
    pair.redis.freeze()

    texts = [asked(router, "auto:remembers", {}, name).text for router in (pair.one, pair.other, pair.other)]

    assert texts == [STRONG_TEXT, FAST_TEXT, FAST_TEXT]
