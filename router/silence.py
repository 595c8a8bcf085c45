"""Notices who has been silent for too long. One task looks at everyone a few times a second, because a timer set
and cancelled for each read of each stream costs more than the reading."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

TICK_S = 0.1
"""How often everyone is looked at, and so by how much a silence may be overrun."""


class Listener:
    """One who is listened for. Set `heard` on every sign of life, and clear `waiting` while it is not their turn;
    without a sign for `limit_s`, `expire` is called, once, and `expired` is true from then on."""

    __slots__ = ("_expire", "_limit_s", "_silent_s", "expired", "heard", "waiting")

    def __init__(self, limit_s: float, expire: Callable[[], object]) -> None:
        self.heard = True
        self.waiting = True
        self.expired = False
        self._limit_s = limit_s
        self._silent_s = 0.0
        self._expire = expire

    def pass_time(self, elapsed_s: float) -> None:
        """Counts time towards the limit, unless something was heard."""
        if self.heard or not self.waiting:
            self.heard, self._silent_s = False, 0.0
            return
        self._silent_s += elapsed_s
        if self._silent_s >= self._limit_s and not self.expired:
            self.expired = True
            self._expire()


class Silence:
    """Everyone who is listened for at present."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    def add(self, listener: Listener) -> None:
        """Starts listening."""
        self._listeners.add(listener)

    def remove(self, listener: Listener) -> None:
        """Stops listening."""
        self._listeners.discard(listener)

    async def run(self) -> None:
        """Looks at everyone until cancelled."""
        loop = asyncio.get_running_loop()
        looked_s = loop.time()
        while True:
            await asyncio.sleep(TICK_S)
            now_s = loop.time()
            for listener in tuple(self._listeners):
                listener.pass_time(now_s - looked_s)
            looked_s = now_s


@asynccontextmanager
async def open_silence() -> AsyncGenerator[Silence, None]:
    """A Silence that is looked after while the block runs."""
    silence = Silence()
    watching = asyncio.create_task(silence.run())
    try:
        yield silence
    finally:
        watching.cancel()
        await asyncio.wait((watching,))
