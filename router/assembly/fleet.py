"""Puts the fleet together: every backend that settings name, how full each is, and who looks after them."""

import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from msgspec import Struct

from router.assembly.engines import open_engines
from router.assembly.facts import facts_of
from router.assembly.loads import occupancies_of, open_loads, paces_of
from router.assembly.versions import open_version_watch
from router.config.settings import Settings
from router.core.breaker import Breaker, OpenNever
from router.core.errors import SettingsError
from router.core.model_names import AUTO
from router.core.saturation import Occupancy
from router.core.values import TIERS, Tier
from router.engines.fleet import Pools
from router.engines.recovery import Recovery, open_recovery
from router.inquiry import Landscape
from router.ports import Clock
from router.silence import Silence
from router.stores.latencies import LocalLatencies
from router.stores.limits import LearnedLimits
from router.telemetry import names
from router.telemetry.metrics import Metrics


class Learnt(Struct, frozen=True):
    """What is learnt of backends from the records of requests: how long they take, and how much they bear. The
    occupancies, by name, are what the limits are learnt for."""

    latencies: LocalLatencies
    limits: LearnedLimits
    occupancies: Mapping[str, Occupancy]


class Staffed(Struct, frozen=True):
    """The backends, and who looks after them."""

    pools: Pools
    recovery: Recovery


def learning(settings: Settings, clock: Clock) -> Learnt:
    """What settings say of the backends, before anything is learnt."""
    paces, occupancies = paces_of(settings.tiers), occupancies_of(settings.tiers)
    return Learnt(LocalLatencies(paces, clock), LearnedLimits(occupancies, paces), occupancies)


def landscape_of(settings: Settings) -> Landscape:
    """The tiers that are configured, and the model names that pin them. Raises SettingsError, and FileError for a file
    of what was found of an engine."""
    tiers = {tier: facts_of(tier, settings.tiers[tier]) for tier in TIERS if tier in settings.tiers}
    pins: dict[str, Tier] = {tier: tier for tier in tiers}
    for tier, spec in [(tier, each) for tier, given in settings.tiers.items() for each in given.backends]:
        if pins.setdefault(spec.model, tier) != tier or spec.model.partition(":")[0] == AUTO:
            raise SettingsError(f"tiers.{tier}: the model name {spec.model!r} is taken; each name must mean one thing")
    return Landscape(tiers, pins, settings.policy_of_tenant)


@asynccontextmanager
async def open_fleet(
    settings: Settings, landscape: Landscape, learnt: Learnt, silence: Silence, metrics: Metrics, clock: Clock
) -> AsyncGenerator[Staffed, None]:
    """Every backend, on connections that are held open, shown and looked after while the block runs."""
    make_breaker = Breaker if settings.breakers else OpenNever
    occupancies, salt = learnt.occupancies, _salt_secret(settings)
    async with AsyncExitStack() as stack:
        dialects = {tier: facts.dialect for tier, facts in landscape.tiers.items()}
        engines = await stack.enter_async_context(
            open_engines(settings.tiers, dialects, salt, occupancies, silence, clock)
        )
        await stack.enter_async_context(open_version_watch(settings.tiers, engines.lines))
        pools = Pools(engines.stations, landscape.tiers, learnt.latencies, clock, make_breaker)
        await stack.enter_async_context(open_loads(settings, engines.lines, occupancies, metrics, clock))
        recovery = await stack.enter_async_context(open_recovery(pools))
        metrics.count_each(names.WARM_UPS, "Warm-ups by what came of them.", "outcome", recovery.counts)
        yield Staffed(pools, recovery)


def _salt_secret(settings: Settings) -> bytes:
    given = settings.cache_salt_secret
    return secrets.token_bytes(32) if given is None else given.get_secret_value().encode()
