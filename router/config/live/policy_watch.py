"""When policies are read again: when their folder changes, and when somebody asks.

The folder is looked at once a second. Looking works on every file system, network mounts and the volumes of containers
included, needs no watches that can run out, and costs a few stats a file; being told by the kernel has none of that.
"""

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from router.config.live.policies_status import LoadReport
from router.config.policies.policy_reader import yaml_files
from router.config.policies.policy_set import CASES_FOLDER

SETTLE_S = 0.2
"""A folder that has changed is looked at again after so long, until it looks the same twice: nobody reads what is
still being written."""

MAX_SETTLING_LOOKS = 25
"""A folder that never rests is read all the same."""

Look = frozenset[tuple[str, str, int, int, int]]
"""Each file with what it resolves to, when it changed, its size and its inode. Editors replace files, a Kubernetes
ConfigMap replaces a link above them all: something of this differs."""

_log = logging.getLogger(__name__)


def look_at(folder: Path) -> Look:
    """How the folder looks now. A file that cannot be looked at is one that is not there."""
    paths = (*yaml_files(folder), *yaml_files(folder / CASES_FOLDER))
    return frozenset(each for each in map(_look_at_file, paths) if each is not None)


def _look_at_file(path: Path) -> tuple[str, str, int, int, int] | None:
    try:
        found = path.stat()
        return str(path), os.path.realpath(path), found.st_mtime_ns, found.st_size, found.st_ino
    except OSError:
        return None


class Reloads:
    """Has policies read again in a thread, one reload at a time: whoever asks meanwhile waits for a reload that began
    after they asked."""

    def __init__(self, reload: Callable[[], LoadReport]) -> None:
        self._reload = reload
        self._turn = asyncio.Lock()

    async def run(self) -> LoadReport:
        """Reads them and reports."""
        async with self._turn:
            return await asyncio.to_thread(self._reload)


class Watch:
    """Looks at a folder. What it looked like when the watch was made counts as known: make it before reading."""

    def __init__(self, folder: Path, every_s: float) -> None:
        self._folder = folder
        self._every_s = every_s
        self._known = look_at(folder)

    async def run(self, act: Callable[[], Awaitable[object]]) -> None:
        """Acts whenever the folder has changed and is at rest, until cancelled."""
        while True:
            await self._change()
            try:
                await act()
            except Exception:  # noqa: BLE001 - a bug in here must not end the watch for good
                _log.exception("policies could not be read again")

    async def _change(self) -> None:
        """Returns when there is something new. What changes while that is being read differs from what is known."""
        found = self._known
        while found == self._known:
            await asyncio.sleep(self._every_s)
            found = look_at(self._folder)
        for _ in range(MAX_SETTLING_LOOKS):
            await asyncio.sleep(min(SETTLE_S, self._every_s))
            before, found = found, look_at(self._folder)
            if found == before:
                break
        self._known = found


@asynccontextmanager
async def open_watch(watch: Watch, act: Callable[[], Awaitable[object]]) -> AsyncGenerator[None, None]:
    """Watches while the block runs."""
    watching = asyncio.create_task(watch.run(act))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait((watching,))
