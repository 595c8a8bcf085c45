"""What is counted of upgrades of kept answers."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from router.caching.upgrades import Upgrades, open_upgrades
from router.telemetry import names
from router.telemetry.metrics import Metrics


@asynccontextmanager
async def open_counted_upgrades(upgrades: Upgrades, metrics: Metrics) -> AsyncGenerator[None, None]:
    """Upgrades while the block runs, and shows how many and at what cost."""
    metrics.count_each(
        names.CACHE_UPGRADES, "Upgrades of kept answers by what came of them.", "outcome", lambda: upgrades.counts
    )
    metrics.count_each(
        names.CACHE_UPGRADE_TOKENS, "Tokens of the strong tier's answers to them.", "type", lambda: upgrades.tokens
    )
    async with open_upgrades(upgrades):
        yield
