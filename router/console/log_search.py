"""Searching the decision log for a page: `tandem log tail` in a process of its own, because a log may be far larger
than what this process, which serves requests, has time for."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from router.core.errors import InvalidRequest
from router.core.record import Record
from router.log.selection import Selection

READ: Final = 1_000
"""So many of the latest that are selected are read."""

PATIENCE_S: Final = 20.0

_RECORDS: Final = msgspec.json.Decoder(Record)


async def search_log(log: Path, selection: Selection) -> Sequence[Record]:
    """The latest `READ` that are selected, the newest first; those of routers whose records were others are left out.
    Raises InvalidRequest where that takes longer than anybody waits for."""
    command = ("-m", "router", "log", "tail", "--no-follow", "--json", f"--lines={READ}", f"--log={log}")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        *_options(selection),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            told, _ = await process.communicate()
    except TimeoutError:
        raise InvalidRequest(f"reading the log took over {PATIENCE_S:g} s; ask `tandem log tail`", "where") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return tuple(await asyncio.to_thread(lambda: list(_records(told))))


def _options(selection: Selection) -> Iterator[str]:
    for name in ("tier", "rule", "policy", "outcome", "tenant"):
        if (value := getattr(selection, name)) is not None:
            yield f"--{name}={value}"
    if selection.escalated:
        yield "--escalated"


def _records(lines: bytes) -> Iterator[Record]:
    for line in reversed(lines.splitlines()):
        try:
            yield _RECORDS.decode(line)
        except msgspec.DecodeError:
            continue
