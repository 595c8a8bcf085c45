"""Twelve requests at once are more than a diffusion engine works on. By itself it has some of them wait in its queue;
behind the router none waits there while the strong engine has room, which serves what the other has no seat for."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from openai import OpenAI

from tests.live.asking import PROMPT, Reply, ask, openai_client
from tests.live.engines import LiveEngine
from tests.live.looks import Look, looking, queue_of
from tests.live.pages import Counts
from tests.live.routers import Router
from tests.patience import until

AT_ONCE = 12
SEATS = 8
"""So many requests vLLM has a diffusion engine work on at once, unless told otherwise, and the router takes it to."""

OUTSIDERS = 5
TOKENS = 24
SLOWLY: dict[str, Any] = {"ignore_eos": True, "vllm_xargs": {"diffusion_max_steps": 12}}
"""For an engine that never settles: twelve at once take it some seconds, so that the first is far from done when the
last one comes."""

SPILLED = "spill; fast:full"
IDLE_WITHIN_S = 30.0
COUNTED_WITHIN_S = 10.0


@dataclass(frozen=True)
class Burst:
    """What twelve at once were answered, what was seen of the engines meanwhile, and how many of them the fast one
    says that it had kept waiting."""

    replies: Sequence[Reply]
    looks: Sequence[Look]
    kept_waiting: int

    @property
    def spilled(self) -> Sequence[Reply]:
        """Those that began at the strong tier because the fast one was full."""
        return [reply for reply in self.replies if reply.headers.get("x-router-decision") == SPILLED]

    @property
    def stayed(self) -> Sequence[Reply]:
        """The others."""
        return [reply for reply in self.replies if reply not in self.spilled]


@pytest.fixture(scope="module")
def unrouted(slow_engine: LiveEngine, strong_engine: LiveEngine) -> Burst:
    """No router stands before the engine."""
    until(slow_engine.is_idle, IDLE_WITHIN_S)
    with openai_client(slow_engine.address) as client:
        return _burst(client, slow_engine.launch.spec.served_model, slow_engine, strong_engine)


@pytest.fixture(scope="module")
def routed(slow_owner: OpenAI, slow_engine: LiveEngine, strong_engine: LiveEngine) -> Burst:
    """A router does, by a policy that has everything begin at the fast tier."""
    until(slow_engine.is_idle, IDLE_WITHIN_S)
    return _burst(slow_owner, "auto:ladder", slow_engine, strong_engine)


@pytest.fixture(scope="module")
def crowded(slow_owner: OpenAI, slow_router: Router, slow_engine: LiveEngine, strong_engine: LiveEngine) -> Burst:
    """The same, while others ask the engine past the router."""
    until(slow_engine.is_idle, IDLE_WITHIN_S)
    with _outsiders(slow_engine):
        until(lambda: _in_flight(slow_router) == OUTSIDERS, COUNTED_WITHIN_S)
        return _burst(slow_owner, "auto:ladder", slow_engine, strong_engine)


def test_an_engine_by_itself_has_some_of_them_wait(unrouted: Burst) -> None:
    """What the others rest on: that it shows."""
    _tell(unrouted)
    assert max(look.fast.running for look in unrouted.looks) == SEATS
    assert max(look.fast.waiting for look in unrouted.looks) > 0
    assert unrouted.kept_waiting == AT_ONCE - SEATS


def test_behind_the_router_none_waits_in_its_queue_while_the_strong_engine_has_room(routed: Burst) -> None:
    _tell(routed)
    assert 1 < max(look.fast.running for look in routed.looks) <= SEATS
    assert not [look for look in routed.looks if look.strong.waiting]
    assert not [look for look in routed.looks if look.fast.waiting]
    assert routed.kept_waiting == 0


def test_what_it_has_no_seat_for_is_served_by_the_strong_tier(routed: Burst, slow_router: Router) -> None:
    assert len(routed.spilled) >= AT_ONCE - SEATS
    assert {reply.headers["x-router-attempts"] for reply in routed.spilled} == {"strong:served"}
    assert {reply.headers["x-router-attempts"] for reply in routed.stayed} == {"fast:served"}
    records = slow_router.records_of({reply.request_id for reply in routed.spilled})
    assert {(record["reason"], record["spilled_from"]) for record in records} == {("spill", "fast")}


def test_all_are_answered_in_full_and_none_waited_in_the_router_either(routed: Burst) -> None:
    assert [reply.usage.completion_tokens for reply in routed.replies] == AT_ONCE * [TOKENS]
    assert not [reply for reply in routed.replies if "x-router-waited" in reply.headers]


def test_seats_that_others_have_at_the_engine_are_not_given_away(crowded: Burst) -> None:
    _tell(crowded)
    assert len(crowded.spilled) >= AT_ONCE - (SEATS - OUTSIDERS)
    assert max(look.fast.running for look in crowded.looks) <= SEATS
    assert not [look for look in crowded.looks if look.fast.waiting]
    assert crowded.kept_waiting == 0


def _burst(client: OpenAI, model: str, fast: LiveEngine, strong: LiveEngine) -> Burst:
    before = queue_of(fast)
    with looking(fast, strong) as looks, ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(ask, client, model=model, max_tokens=TOKENS, extra_body=SLOWLY) for _ in range(AT_ONCE)]
        replies = [each.result() for each in asked]
    here = [reply for reply in replies if reply.headers.get("x-router-tier") != "strong"]
    until(lambda: queue_of(fast).ended - before.ended >= len(here))
    return Burst(replies, looks, queue_of(fast).kept_waiting - before.kept_waiting)


@contextmanager
def _outsiders(engine: LiveEngine) -> Iterator[None]:
    """Some who go past the router have a seat each while the block runs."""
    messages: Any = [{"role": "user", "content": PROMPT}]
    asked: dict[str, Any] = {"model": engine.launch.spec.served_model, "max_tokens": 3000, "extra_body": SLOWLY}
    with openai_client(engine.address) as client, ExitStack() as streams:
        for _ in range(OUTSIDERS):
            streams.enter_context(client.chat.completions.create(messages=messages, stream=True, **asked))
        yield


def _in_flight(router: Router) -> float:
    return Counts(f"{router.admin}/metrics").of("router_backend_in_flight", {"backend": "fast-1"})


def _tell(burst: Burst) -> None:
    most = {state: max(getattr(look.fast, state) for look in burst.looks) for state in ("running", "waiting")}
    print(f"{len(burst.looks)} looks; at most {most}; {len(burst.spilled)} spilled, {burst.kept_waiting} kept waiting")
