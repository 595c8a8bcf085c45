"""How full the backends are, put together: the limits that settings give them, what their engines say of themselves,
and, where replicas share one, how much of it is this replica's."""

import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from router.attempts import Admission
from router.config.backend_settings import BackendSpec, TierSpec
from router.config.settings import Settings
from router.core.concurrency_limit import Limiter, fixed, learning
from router.core.latency import Pace
from router.core.saturation import Occupancy
from router.core.values import Tier
from router.engines.fleet import Pools
from router.engines.line import Line
from router.engines.load_probe import open_load_probes
from router.ports import Clock, Escalations
from router.telemetry import names
from router.telemetry.metrics import Metrics
from router.turns import Turns


def paces_of(tiers: Mapping[Tier, TierSpec]) -> dict[str, Pace]:
    """How fast each backend is thought to be, by its name."""
    return {name: _pace(spec) for name, spec in _named(tiers).items()}


def occupancies_of(tiers: Mapping[Tier, TierSpec]) -> dict[str, Occupancy]:
    """Of each backend, by its name: empty, and with the limit that its settings give it."""
    return {name: Occupancy(_limiter(spec)) for name, spec in _named(tiers).items()}


def shared_names(tiers: Mapping[Tier, TierSpec]) -> dict[str, str]:
    """The backends that replicas have in common, by name, with the name by which all replicas know each."""
    names_of = {name: spec.shared_as for name, spec in _named(tiers).items()}
    return {name: shared_as for name, shared_as in names_of.items() if shared_as is not None}


@asynccontextmanager
async def open_loads(
    settings: Settings, lines: Mapping[str, Line], occupancies: Mapping[str, Occupancy], metrics: Metrics, clock: Clock
) -> AsyncGenerator[None, None]:
    """Keeps the occupancies right while the block runs, and shows them."""
    now_s = clock.now_s
    metrics.watch_each(
        names.BACKEND_IN_FLIGHT,
        "Attempts open at a backend, others' included where its engine tells.",
        "backend",
        lambda: {name: each.in_flight(now_s()) for name, each in occupancies.items()},
    )
    metrics.watch_each(
        names.BACKEND_LIMIT,
        "How many attempts may be open at a backend before this replica opens no more.",
        "backend",
        lambda: {name: each.limit(now_s()) for name, each in occupancies.items()},
    )
    async with AsyncExitStack() as stack:
        asked = {name for name, spec in _named(settings.tiers).items() if spec.load == "auto"}
        looks = {name: line for name, line in lines.items() if name in asked}
        await stack.enter_async_context(open_load_probes(looks, occupancies, clock))
        shared = {shared_as: occupancies[name] for name, shared_as in shared_names(settings.tiers).items()}
        if shared and settings.redis is not None:
            from router.stores.redis_slots import open_redis_slots

            url, prefix = settings.redis.url.get_secret_value(), settings.redis.prefix
            await stack.enter_async_context(open_redis_slots(url, prefix, secrets.token_hex(8), shared, clock))
        yield


def admission_of(
    settings: Settings, fleet: Pools, escalations: Escalations, metrics: Metrics, clock: Clock
) -> Admission:
    """What lets attempts begin, shown: what part of its due each backend gets, and who waits."""
    turns = Turns(fleet, clock, settings.queue.bounds())
    _watch_backends(metrics, fleet)
    metrics.watch_each(names.QUEUE_WAITING, "Requests that wait for a seat.", "priority", lambda: turns.waiting)
    metrics.count_each(names.QUEUE_REFUSED, "Requests that got no seat.", "reason", lambda: turns.refused)
    return Admission(fleet, turns, escalations)


def _watch_backends(metrics: Metrics, fleet: Pools) -> None:
    metrics.watch_each(
        names.BACKEND_SHARE,
        "Part of its due that a backend gets: 0 while it is left alone, ejected or drained; it grows after that.",
        "backend",
        lambda: {each.name: each.share for each in fleet.statuses()},
    )
    metrics.watch_each(
        names.BACKEND_BREAKER_OPEN,
        "Whether the breaker of a backend keeps requests from it.",
        "backend",
        lambda: {each.name: each.breaker != "closed" for each in fleet.statuses()},
    )


def _named(tiers: Mapping[Tier, TierSpec]) -> dict[str, BackendSpec]:
    return {name: spec for tier, each in tiers.items() for name, spec in each.named(tier).items()}


def _limiter(spec: BackendSpec) -> Limiter:
    pace = _pace(spec)
    if spec.concurrency == "auto":
        return learning(pace)
    return fixed(pace.slots if spec.concurrency == "measured" else spec.concurrency)


def _pace(spec: BackendSpec) -> Pace:
    return spec.latency.pace(spec.dialect)
