"""What it adds to a request to predict how long it takes, to keep its deadline, to guard backends and to count climbs.

`python -m tests.bench.deadline` serves requests from a backend in this process, on the event loop that serves in
production: with all of it (a latency budget, learned predictions, breakers, budgets of retries and of escalations, a
draft to go on from), and with none. It prints the difference in CPU, plain and streamed, how much of it a deadline is
alone, and what each part takes when it is called by itself, again and again. That is less than within a request, where
nothing is at hand. Measuring and deciding cost the same both ways. Lines of JSON.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from functools import partial
from time import process_time

import uvloop
from msgspec.structs import replace

from router.clock import SystemClock
from router.core.budget import within_budget
from router.core.cascade import cascade
from router.core.ladder import effective_ladder, reach_up_to
from router.core.moves import Attempt, Block, Ended
from router.core.plan import Plan
from router.core.policy import Then
from router.core.values import Hints, Tier, TierState, Usage
from router.dispatch import Dispatch
from router.engines.fleet import Pools
from router.engines.member import Station
from router.inquiry import Inquiry, Landscape
from router.ports import Asked, Envelope, Errand, Escalations, Fleet, Seat
from router.stores.escalations import LocalEscalations, UnlimitedEscalations
from router.stores.latencies import LocalLatencies
from router.stores.memory import LocalMemory
from tandem_serving.simulator.profile_file import SimulatedTier, find_profile
from tests.bench.figure import Goal, Series, make_figure, print_figure, say
from tests.dispatch.scenes import TIERS, asking, status_of
from tests.doubles import NothingForeseen, NothingLearned, PoliciesInForce, RecordingAnswer, RecordList
from tests.examples import a_policy, a_view, signals
from tests.latency_trial import thought_pace
from tests.vllm_wire import text_events

BLOCKS = 8
ROUNDS, REQUESTS, CALLS = 60, 200, 1_000
LEARNED_FROM = 200
MOST_US = 15.0

CLOCK = SystemClock()
SIGNALS = signals()
ERRAND = Errand("fast", "c1", SIGNALS)
EVENT = b"".join(text_events("tier1", "and so on ", 1))
HURRIED = Hints(latency_budget_ms=60_000)

Serving = Callable[[], Awaitable[None]]

WITH = Then(("fast", "strong"))
WITHOUT = Then(("fast", "strong"), on_break="error")


class Ready:
    """Says everything at once. The port `Backend`."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def stream(self, attempt: Attempt, envelope: Envelope) -> AsyncGenerator[Block | Ended, None]:
        """See `ports.Backend`."""
        for _ in range(BLOCKS if envelope.request.streamed else 1):
            yield Block(attempt.number, EVENT)
        yield Ended(attempt.number, b"", None, Usage(18, BLOCKS))

    async def is_reachable(self) -> bool:
        """See `ports.Backend`."""
        return True


BACKENDS: Mapping[Tier, Ready] = {"fast": Ready("fast-1"), "strong": Ready("strong-1")}
STATIONS = {tier: [Station(each)] for tier, each in BACKENDS.items()}


class Unguarded(Pools):
    """Backends that are asked whatever they did before, and of which nothing is counted."""

    def admit(self, errand: Errand) -> Seat:
        """See `ports.Fleet`."""
        return Seat(errand.tier, BACKENDS[errand.tier], "usual")

    def closed(self, seat: Seat, outcome: str) -> None:
        """See `ports.Fleet`."""


class Served:
    """A dispatch among the parts that are given, and the records of what it has served."""

    def __init__(self, fleet: Fleet, escalations: Escalations, then: Then) -> None:
        self.log = RecordList()
        policies, memory = PoliciesInForce({"default": a_policy(otherwise=then)}), LocalMemory(CLOCK)
        landscape = Landscape(TIERS, {})
        inquiry = Inquiry(landscape, fleet, policies, memory, escalations, NothingLearned(), lambda _request: SIGNALS)
        self._dispatch = Dispatch(inquiry, fleet, memory, escalations, self.log, CLOCK, status_of)

    async def serve(self, asked: Asked, times: int) -> None:
        """Serves it so often, one after the other."""
        self.log.records.clear()
        for _ in range(times):
            await self._dispatch.serve(asked, RecordingAnswer())


def main() -> None:
    """Measures and prints."""
    tiers: tuple[SimulatedTier, ...] = ("fast", "strong")
    paces = {BACKENDS[tier].name: thought_pace(find_profile(tier, "h200-fp8"), 1.0) for tier in tiers}
    latencies = LocalLatencies(paces, CLOCK)
    guarded, unguarded = Pools(STATIONS, TIERS, latencies, CLOCK), Unguarded(STATIONS, TIERS, NothingForeseen(), CLOCK)
    escalations = LocalEscalations(CLOCK)
    whole = Served(guarded, escalations, WITH)
    bare = Served(unguarded, UnlimitedEscalations(), WITHOUT)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(whole.serve(asking(), LEARNED_FROM))
        latencies.take(whole.log.records)
        for name, streamed in (("plain", False), ("streamed", True)):
            say(f"serving {ROUNDS} x {REQUESTS} {name} requests with all of it and with none")
            patient, hurried = asking(streamed=streamed), asking(streamed=streamed, hints=HURRIED)
            less = partial(bare.serve, patient, REQUESTS)
            added = runner.run(difference(partial(whole.serve, hurried, REQUESTS), less))
            timed = runner.run(difference(partial(bare.serve, hurried, REQUESTS), less))
            print_figure(make_figure(f"added_to_a_request.{name}", "us", added, None, Goal("value", MOST_US)))
            print_figure(make_figure(f"of_which.a_deadline.{name}", "us", timed, None, None))
    for name, part in parts(guarded, latencies, escalations).items():
        print_figure(make_figure(f"of_which.{name}", "us", each_us(part), None, None))


async def difference(more: Serving, less: Serving) -> Series:
    """Microseconds of CPU that a request takes more in the one way of serving than in the other, in turns."""
    found = []
    for _ in range(ROUNDS):
        less_us = await cpu_us(less)
        found.append((await cpu_us(more) - less_us) / REQUESTS)
    return Series(found)


def parts(fleet: Pools, latencies: LocalLatencies, escalations: Escalations) -> Mapping[str, Callable[[], object]]:
    """What each part does for one streamed request."""
    then, states = WITH, {"fast-1": TierState(configured=True), "strong-1": TierState(configured=True)}
    reach = reach_up_to("strong", TIERS)
    view = a_view(asking().request, SIGNALS, HURRIED, tiers=fleet.states("c1", SIGNALS))
    ladder = effective_ladder(then, reach, view.request, SIGNALS)
    tiers = tuple(each.tier for each in ladder.fits)
    plan = Plan(tiers, (), commit_at_s=10.0, keep_alive_s=15.0)
    hurried = replace(plan, deadline_s=60.0)
    return {
        "predicting": lambda: latencies.foreseen(states, SIGNALS),
        "comparing_with_the_budget": lambda: within_budget(ladder, then, view),
        "breakers_and_retry_budgets": lambda: fleet.closed(fleet.admit(ERRAND), "served"),
        "escalation_budget": lambda: escalations.asked("acme"),
        "the_climb_itself": lambda: climb(plan, frozenset()),
        "the_climb_with_deadline_and_draft": lambda: climb(hurried, frozenset(tiers)),
    }


def climb(plan: Plan, continuing: frozenset[Tier]) -> None:
    """One climb whose first attempt is whole."""
    machine = cascade(replace(plan, continuing=continuing), 0.0)
    next(machine)
    for _ in range(BLOCKS):
        machine.send(Block(1, EVENT))
    machine.send(Ended(1, b"", None, None))


async def cpu_us(serve: Serving) -> float:
    """Microseconds of CPU that it takes."""
    began_s = process_time()
    await serve()
    return (process_time() - began_s) * 1e6


def each_us(part: Callable[[], object]) -> Series:
    """Microseconds of CPU that one call takes, in each round."""
    took_us = []
    for _ in range(ROUNDS):
        began_s = process_time()
        for _ in range(CALLS):
            part()
        took_us.append((process_time() - began_s) / (CALLS) * 1e6)
    return Series(took_us)


if __name__ == "__main__":
    main()
