"""Puts the cache together: its stores, what finds questions in other words, and who serves from it."""

import random
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from msgspec import Struct

from router.api.cache_admin import CacheDesk
from router.assembly.embedders import open_embedder
from router.caching.kept import KeptAnswers
from router.caching.sharing import Sharing
from router.caching.turns import Turns
from router.caching.upgrades import Upgrades
from router.config.settings import Settings
from router.ports import Clock, Fleet, Memory, UpgradeLog
from router.silence import Silence
from router.stores.cache import Keeping, choose_seal, open_stores
from router.stores.losses import Losses
from router.stores.questions import open_questions
from router.stores.shelf import MIB, Bounds
from router.telemetry import names
from router.telemetry.metrics import Metrics
from router.telemetry.upgrades import open_counted_upgrades


class Around(Struct, frozen=True):
    """What the cache stands amid."""

    fleet: Fleet
    log: UpgradeLog
    clock: Clock
    metrics: Metrics
    silence: Silence


class Caching(Struct, frozen=True):
    """Who serves from the cache, what is remembered beside it, and what operators ask."""

    sharing: Sharing
    memory: Memory
    desk: CacheDesk


@asynccontextmanager
async def open_caching(settings: Settings, around: Around) -> AsyncGenerator[Caching, None]:
    """The cache that is configured, while the block runs. Raises SettingsError."""
    spec, clock, metrics, losses = settings.cache, around.clock, around.metrics, Losses()
    metrics.count_each(names.CACHE_LOST, "Look-ups and entries that the cache lost.", "why", lambda: vars(losses))
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_stores(_keeping(settings), clock, losses))
        if stores.is_shared_up is not None:
            metrics.watch(names.REDIS_UP, "Whether Redis answered the last time.", stores.is_shared_up)
        finding = open_embedder(spec.embeddings, around.silence, clock, losses.count_unembedded)
        questions = await stack.enter_async_context(open_questions(await stack.enter_async_context(finding)))
        kept = KeptAnswers(stores.cache, questions, clock, random.random, stores.seeker)
        upgrades = Upgrades(kept, around.fleet, around.log, clock, spec.upgrades.budget())
        await stack.enter_async_context(open_counted_upgrades(upgrades, metrics))
        sharing = Sharing(kept, Turns(kept, stores.leases, clock), upgrades)
        desk = CacheDesk(stores.cache, spec.store, losses, settings.limits.caps, settings.default_policy)
        yield Caching(sharing, stores.memory, desk)


def _keeping(settings: Settings) -> Keeping:
    spec, redis = settings.cache, settings.redis
    bounds = Bounds(spec.max_mb * MIB, spec.max_entries, spec.tenant_max_mb * MIB)
    url, prefix = ("", "") if redis is None else (redis.url.get_secret_value(), redis.prefix)
    return Keeping(spec.store, bounds, spec.path or Path(), url, prefix, choose_seal(spec.keys))
