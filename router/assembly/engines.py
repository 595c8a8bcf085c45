"""The backends that settings name, put together: of each its connections, its dialect, and what it has open."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from msgspec import Struct

from router.config.backend_settings import BackendSpec, TierSpec
from router.core.capabilities import Dialect
from router.core.saturation import Occupancy
from router.core.values import Tier
from router.engines.http import HttpBackend
from router.engines.http_reader import HttpReader
from router.engines.line import (
    Connections,
    Line,
    SocketConnections,
    Timeouts,
    open_connections,
    open_resolver,
    open_socket_connections,
)
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
    async with _open_ways([spec.url for _, _, spec in _named(tiers)], silence) as ways:
        for tier, name, spec in _named(tiers):
            dialect = dialects[tier]
            way = ways[spec.url]
            writer = BodyWriter(spec.model, dialect, salt_secret)
            timeouts = Timeouts(spec.connect_s, spec.idle_s)
            key = None if spec.api_key is None else spec.api_key.get_secret_value()
            line = Line(name, way.asking, way.address, timeouts, key, dialect.pages)
            reader = HttpReader(line, writer, clock) if writer.reads and spec.reads == "auto" else None
            weight = spec.latency.pace(spec.dialect).slots
            lines[name] = Line(name, way.looking, way.address, timeouts, key, dialect.pages)
            backend = HttpBackend(line, writer)
            warms = EngineWarmer(tier, backend, lines[name], dialect)
            warmer = warms if spec.warm_up == "auto" and dialect.warms else None
            stations.setdefault(tier, []).append(Station(backend, reader, occupancies[name], weight, warmer))
        yield Engines(stations, lines)


class _Way(Struct, frozen=True):
    """How an address is reached: by which connections it is asked, by which looked at, and as what."""

    asking: Connections | SocketConnections
    looking: Connections | SocketConnections
    address: str


@asynccontextmanager
async def _open_ways(urls: Sequence[str], silence: Silence) -> AsyncGenerator[Mapping[str, _Way], None]:
    """The way to each of these addresses. Names that move are followed; a socket has connections of its own."""
    sockets = {url for url in urls if url.startswith(UNIX)}
    named = [url for url in urls if url not in sockets]
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        resolver = await enter(open_resolver())
        asking, looking = [await enter(open_connections(silence, resolver)) for _ in range(2)]
        await enter(Names(resolver, [asking.connector, looking.connector], named).followed())
        ways = {url: _Way(asking, looking, url) for url in named}
        for url in sockets:
            path = url.removeprefix(UNIX)
            pair = [await enter(open_socket_connections(silence, path)) for _ in range(2)]
            ways[url] = _Way(pair[0], pair[1], ON_THIS_MACHINE)
        yield ways


UNIX: Final = "unix://"

ON_THIS_MACHINE: Final = "http://localhost"
"""What stands in requests to a socket, where an address has to stand."""


def _named(tiers: Mapping[Tier, TierSpec]) -> list[tuple[Tier, str, BackendSpec]]:
    return [(tier, name, spec) for tier, each in tiers.items() for name, spec in each.named(tier).items()]
