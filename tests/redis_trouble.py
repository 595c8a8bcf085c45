"""What befalls a Redis, step by step, whoever uses it: what `redis_server` cannot do to one server alone. And the list
of what goes wrong, by number."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.bench.process import free_port
from tests.patience import until
from tests.redis_server import RedisServer, find_program

MODES = (
    "1-down-at-start",
    "2-dies-under-load",
    "3-frozen",
    "4-slow",
    "5-back",
    "6-out-of-memory",
    "7-evicting",
    "8-another-type",
    "9-damaged",
    "10-wants-a-password",
    "11-scripts-forgotten",
    "12-read-only",
    "13-cluster",
    "14-loading",
    "15-flushed",
    "16-clocks-differ",
    "17-too-much-at-once",
    "18-left-in-the-middle",
)
"""The eighteen things that go wrong with a Redis: the ids of every test that plays them."""

JOINED_WITHIN_S = 30.0


class Detour:
    """A way to a Redis on which each answer comes `late_s` late, from when it is set on."""

    def __init__(self, server: RedisServer, late_s: float) -> None:
        self.late_s = late_s
        self.url = ""
        self._port = server.port
        self._over = threading.Event()

    def run(self, is_open: threading.Event) -> None:
        """Passes everything on until told to end."""
        asyncio.run(self._serve_until_over(is_open))

    def end(self) -> None:
        """Ends it."""
        self._over.set()

    async def _serve_until_over(self, is_open: threading.Event) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
        is_open.set()
        await asyncio.to_thread(self._over.wait)
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            up, down = await asyncio.open_connection("127.0.0.1", self._port)
            await asyncio.gather(self._pass_on(reader, down, is_late=False), self._pass_on(up, writer, is_late=True))
        writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_late: bool) -> None:
        with suppress(OSError, asyncio.CancelledError):
            while data := await reader.read(65536):
                await asyncio.sleep(self.late_s if is_late else 0)
                writer.write(data)
        writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()


@contextmanager
def detour(server: RedisServer, late_s: float = 0.0) -> Iterator[Detour]:
    """A detour to this Redis while the block runs, on a thread of its own."""
    way, is_open = Detour(server, late_s), threading.Event()
    thread = threading.Thread(target=way.run, args=(is_open,))
    thread.start()
    is_open.wait()
    try:
        yield way
    finally:
        way.end()
        thread.join()


@contextmanager
def cluster(server: RedisServer) -> Iterator[RedisServer]:
    """Restarts a Redis as one of a cluster of two while the block runs: it has all keys, the other one none."""
    bus, own_bus = free_port(), free_port()
    other = RedisServer(find_program("redis-server"), server.folder / f"other-{bus}")
    other.folder.mkdir()
    server.stop()
    server.start(*_in_cluster(own_bus))
    try:
        other.start(*_in_cluster(bus))
        _join(server, other, bus)
        yield other
    finally:
        other.stop()


def _in_cluster(bus: int) -> tuple[str, ...]:
    return "--cluster-enabled", "yes", "--cluster-port", str(bus), "--cluster-config-file", f"nodes-{bus}.conf"


def _join(server: RedisServer, other: RedisServer, bus: int) -> None:
    server.do("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    server.do("CLUSTER", "MEET", "127.0.0.1", other.port, bus)
    name = other.do("CLUSTER", "MYID")
    until(lambda: name.decode() in str(server.do("CLUSTER", "NODES")), JOINED_WITHIN_S)
    until(lambda: "cluster_state:ok" in str(server.do("CLUSTER", "INFO")), JOINED_WITHIN_S)


def give_away(server: RedisServer, key: str, to: RedisServer, how: str) -> None:
    """Gives the slot of this key to a server: `MIGRATING` is answered with ASK, `NODE` with MOVED."""
    server.do("CLUSTER", "SETSLOT", server.do("CLUSTER", "KEYSLOT", key), how, to.do("CLUSTER", "MYID"))
