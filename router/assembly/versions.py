"""Which engines are to be of the version that was probed, by the settings."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from router.config.backend_settings import TierSpec
from router.config.capability_file import read_capabilities
from router.core.values import Tier
from router.engines.line import Line
from router.engines.version_watch import Expected, open_version_watches


@asynccontextmanager
async def open_version_watch(tiers: Mapping[Tier, TierSpec], lines: Mapping[str, Line]) -> AsyncGenerator[None, None]:
    """Warns of backends that are of another version than the one that was probed, while the block runs."""
    expected: dict[str, Expected] = {}
    for tier, spec in tiers.items():
        for name, backend in spec.named(tier).items():
            if backend.capabilities is not None:
                found = read_capabilities(backend.capabilities, backend.dialect)
                expected[name] = Expected(found.version, found.probed)
    async with open_version_watches(lines, expected):
        yield
