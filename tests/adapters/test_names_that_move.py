"""An engine's name that moves to another address is followed, with a name service that the test controls and two real
engines on one port of two addresses."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from router.core.moves import Attempt, Block
from router.engines.dialects.vllm import VLLM
from router.engines.http import HttpBackend
from router.engines.line import Connections, Line, Timeouts, open_connections
from router.engines.names import GONE_AFTER, LOOK_S, Name, Names
from router.engines.wire_body import BodyWriter
from router.ports import Envelope
from router.silence import open_silence
from tests.conftest import FAST_TEXT
from tests.examples import chat_request
from tests.faults import answers, finishes_without_done, opens_and_then
from tests.scripted_engine import EngineRoom, Exchange, ScriptedEngine
from tests.vllm_wire import text_events

OLD, NEW = "127.0.0.1", "127.0.0.2"
MOVED_TEXT = "said at the new address"
FOLLOWED_WITHIN_S = 10.0
CALLERS = 4


class Registry(AbstractResolver):
    """A name service in which every name has these addresses; None: it is dead."""

    def __init__(self, *addresses: str) -> None:
        self.addresses: tuple[str, ...] | None = addresses
        self.looks = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """What it says. Raises socket.gaierror while it is dead."""
        self.looks += 1
        if self.addresses is None:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [
            ResolveResult(hostname=host, host=each, port=port, family=socket.AF_INET, proto=0, flags=0)
            for each in self.addresses
        ]

    async def close(self) -> None:
        """Holds nothing."""


@pytest.fixture
def moved(engine_room: EngineRoom, fast: ScriptedEngine) -> Iterator[ScriptedEngine]:
    """An engine on the same port of another address."""
    engine = ScriptedEngine(engine_room, fast.port)
    engine.host = NEW
    engine_room.do(engine.open())
    engine.does(answers(MOVED_TEXT))
    yield engine
    engine_room.do(engine.close())


class Office:
    """Backends behind names, all over one set of connections."""

    def __init__(self, connections: Connections, port: int) -> None:
        self._connections = connections
        self._port = port

    def backend(self, host: str) -> HttpBackend:
        line = Line("fast-1", self._connections, f"http://{host}:{self._port}", Timeouts(connect_s=0.4, idle_s=20.0))
        return HttpBackend(line, BodyWriter("tier1", VLLM, b"pepper"))


@asynccontextmanager
async def following(registry: Registry, port: int, *hosts: str) -> AsyncIterator[Office]:
    """Backends behind these names, which are followed."""
    async with (
        open_silence() as silence,
        open_connections(silence, registry) as connections,
        Names(registry, [connections.connector], [f"http://{host}:{port}" for host in hosts]).followed(),
    ):
        yield Office(connections, port)


async def text_of(backend: HttpBackend) -> bytes:
    """One whole answer, streamed."""
    envelope = Envelope(chat_request(stream=True), "request-1", "acme")
    said = b""
    async for event in backend.stream(Attempt(1, "fast"), envelope):
        said += event.data if isinstance(event, Block) else event.finish_event
    return said


def test_a_name_that_moves_is_followed_though_its_connections_are_busy_and_the_old_address_still_answers(
    fast: ScriptedEngine, moved: ScriptedEngine
) -> None:
    registry = Registry(OLD)
    fast.does(answers(FAST_TEXT, after_s=0.05))
    moved.does(answers(MOVED_TEXT, after_s=0.05))

    async def ask_until(backend: HttpBackend, until_s: float) -> int:
        asked = 0
        while time.monotonic() < until_s:
            assert await text_of(backend)
            asked += 1
        return asked

    async def scene() -> tuple[float, int]:
        async with following(registry, fast.port, "engine.test") as office:
            backend, now_s = office.backend("engine.test"), time.monotonic()
            callers = [asyncio.create_task(ask_until(backend, now_s + 9.0)) for _ in range(CALLERS)]
            await asyncio.sleep(1.0)
            assert not moved.exchanges
            registry.addresses = (NEW,)
            return time.monotonic(), sum(await asyncio.gather(*callers))

    moved_s, asked = asyncio.run(scene())

    last_s = max(each.at_s for each in fast.received)
    assert last_s - moved_s < (GONE_AFTER + 1) * LOOK_S < FOLLOWED_WITHIN_S
    assert len(fast.received) + len(moved.received) == asked
    assert moved.connections >= CALLERS
    assert not fast.left


def test_an_answer_that_comes_from_the_old_address_is_not_cut_off(fast: ScriptedEngine, moved: ScriptedEngine) -> None:
    registry = Registry(OLD)

    async def goes_on(exchange: Exchange) -> None:
        await asyncio.sleep((GONE_AFTER + 2) * LOOK_S)
        await exchange.send_chunk(b"".join(text_events("tier1", "and so to the end.", 1)))
        await finishes_without_done(exchange)

    fast.does(opens_and_then("It goes on ", then=goes_on), answers(FAST_TEXT))

    async def scene() -> bytes:
        async with following(registry, fast.port, "engine.test") as office:
            backend = office.backend("engine.test")
            long = asyncio.create_task(text_of(backend))
            await asyncio.sleep(0.5)
            registry.addresses = (NEW,)
            said = await long
            assert MOVED_TEXT.encode() in await text_of(backend)
            return said

    assert b"and so to the end." in asyncio.run(scene())


def test_a_dead_name_service_takes_no_connection_away(fast: ScriptedEngine) -> None:
    registry = Registry(OLD)

    async def scene() -> None:
        async with following(registry, fast.port, "engine.test") as office:
            backend = office.backend("engine.test")
            await text_of(backend)
            registry.addresses = None
            looks = registry.looks
            while registry.looks < looks + GONE_AFTER + 1:
                await text_of(backend)
                await asyncio.sleep(0.2)

    asyncio.run(scene())
    assert fast.connections == 1


def test_what_another_name_or_setting_still_means_stays_connected(fast: ScriptedEngine, moved: ScriptedEngine) -> None:
    registry = Registry(OLD)

    async def scene() -> None:
        async with following(registry, fast.port, "engine.test", OLD) as office:
            by_name, by_address = office.backend("engine.test"), office.backend(OLD)
            registry.addresses = (NEW,)
            looks = registry.looks
            while registry.looks < looks + GONE_AFTER + 2:
                await text_of(by_address)
                await asyncio.sleep(0.2)
            await text_of(by_name)

    asyncio.run(scene())
    assert (fast.connections, len(moved.exchanges)) == (1, 1)


def test_addresses_that_take_turns_are_not_given_up() -> None:
    name = Name("engine.test", 80)

    for addresses in ({"a", "b"}, {"b", "c"}, {"a", "b"}, {"b", "c"}):
        name.found(frozenset(addresses))
        assert not name.gone()


def test_an_address_is_given_up_when_it_has_been_missing_and_comes_back_when_it_is_found_again() -> None:
    name = Name("engine.test", 80)
    name.found(frozenset({"a"}))

    for _ in range(GONE_AFTER):
        assert not name.gone()
        name.found(frozenset({"b"}))
    assert name.gone() == {"a"}

    name.found(frozenset({"a", "b"}))
    assert not name.gone()
