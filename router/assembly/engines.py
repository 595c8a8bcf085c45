"""The backends that settings name, put together: of each its connections, its dialect, and what it has open."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager

from msgspec import Struct

from router.config.backend_settings import BackendSpec, TierSpec
from router.core.capabilities import Dialect
from router.core.saturation import Occupancy
from router.core.values import Tier
from router.engines.http import HttpBackend
from router.engines.http_reader import HttpReader
from router.engines.line import Line, Timeouts, open_connections, open_resolver
from router.engines.member import Station
from router.engines.names import Names
from router.engines.warm_up import EngineWarmer
from router.engines.wire_body import BodyWriter
from router.ports import Clock
from router.silence import Silence


class Engines(Struct, frozen=True):
    """The backends of each tier. `lines`: by name, ways to look at them, on connections that no request uses: a look
    that is given up closes its connection."""

    stations: Mapping[Tier, Sequence[Station]]
    lines: Mapping[str, Line]


@asynccontextmanager
async def open_engines(
    tiers: Mapping[Tier, TierSpec],
    dialects: Mapping[Tier, Dialect],
    salt_secret: bytes,
    occupancies: Mapping[str, Occupancy],
    silence: Silence,
    clock: Clock,
) -> AsyncGenerator[Engines, None]:
    """The backends of each tier, in its dialect, on connections that are held open. The prompts of a tenant are cached
    under a salt that all of them get, made from `salt_secret`. `occupancies` are theirs, by name. Names that move are
    followed."""
    stations: dict[Tier, list[Station]] = {}
    lines: dict[str, Line] = {}
    urls = [spec.url for _, _, spec in _named(tiers)]
    async with (
        open_resolver() as resolver,
        open_connections(silence, resolver) as connections,
        open_connections(silence, resolver) as looking,
        Names(resolver, [connections.connector, looking.connector], urls).followed(),
    ):
        for tier, name, spec in _named(tiers):
            writer = BodyWriter(spec.model, dialects[tier], salt_secret)
            timeouts = Timeouts(spec.connect_s, spec.idle_s)
            key = None if spec.api_key is None else spec.api_key.get_secret_value()
            line = Line(name, connections, spec.url, timeouts, key)
            reader = HttpReader(line, writer, clock) if writer.reads and spec.reads == "auto" else None
            weight = spec.latency.pace(spec.dialect).slots
            lines[name] = Line(name, looking, spec.url, timeouts)
            backend = HttpBackend(line, writer)
            warms = EngineWarmer(tier, backend, lines[name], dialects[tier].canvas_tokens)
            warmer = warms if spec.warm_up == "auto" else None
            stations.setdefault(tier, []).append(Station(backend, reader, occupancies[name], weight, warmer))
        yield Engines(stations, lines)


def _named(tiers: Mapping[Tier, TierSpec]) -> list[tuple[Tier, str, BackendSpec]]:
    return [(tier, name, spec) for tier, each in tiers.items() for name, spec in each.named(tier).items()]
