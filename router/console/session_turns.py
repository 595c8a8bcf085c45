"""Whose turn it is to have something done that costs much: one thing at a time for each session, and few in all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

AT_ONCE: Final = 2


class SessionTurns:
    """Turns of sessions. Who waits has none until another's ends."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._busy: set[str] = set()
        self._ended = asyncio.Event()

    @asynccontextmanager
    async def turn(self, session: str) -> AsyncIterator[None]:
        """The session's turn, once it has come."""
        while session in self._busy or len(self._busy) >= self._at_once:
            await self._ended.wait()
        self._busy.add(session)
        try:
            yield
        finally:
            self._busy.remove(session)
            self._ended.set()
            self._ended = asyncio.Event()
