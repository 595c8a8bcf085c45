"""Looks whether engines are still those that were probed: another version may do what the one before it did not."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import msgspec
from msgspec import Struct

from router.engines.line import FOREIGN, Line

EVERY_S: Final = 60.0
WITHIN_S: Final = 2.0
MOST_BYTES: Final = 4096

_log = logging.getLogger(__name__)


class Expected(Struct, frozen=True):
    """The version that an engine had on the day on which it was probed."""

    version: str
    probed: str


class _Told(Struct):
    version: str = ""


class VersionWatch:
    """Asks one engine for its version, and warns once of each that was not probed."""

    def __init__(self, line: Line, expected: Expected) -> None:
        self._line = line
        self._expected = expected
        self._warned: set[str] = set()

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Asks once. An engine that tells no version is taken for the one that was probed."""
        try:
            async with asyncio.timeout(WITHIN_S):
                page = await self._line.read_page("/version", MOST_BYTES)
            version = msgspec.json.decode(page, type=_Told).version if page else ""
        except FOREIGN:
            return
        if version in ("", self._expected.version) or version in self._warned:
            return
        self._warned.add(version)
        _log.warning(
            "The backend %s is of version %s, and %s was probed on %s: `tandem engine probe` it again.",
            self._line.name,
            version,
            self._expected.version or "one of no version",
            self._expected.probed,
        )


@asynccontextmanager
async def open_version_watches(
    lines: Mapping[str, Line], expected: Mapping[str, Expected]
) -> AsyncGenerator[None, None]:
    """Looks after the versions of these backends, by name, while the block runs."""
    looking = [asyncio.create_task(VersionWatch(lines[name], each).run()) for name, each in expected.items()]
    try:
        yield
    finally:
        for each in looking:
            each.cancel()
        if looking:
            await asyncio.wait(looking)
