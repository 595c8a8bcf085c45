"""Asking the decision log for a page: `tandem log` in a process of its own, because a log may be far larger than what
this process, which serves requests, has time for. One at a time for each session, and few in all."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from router.console.child import Child, Told
from router.console.decisions import LISTED, Decided, LogPage
from router.console.session_turns import SessionTurns
from router.core.errors import InvalidRequest
from router.log.wanted import Wanted

LOOKS_S: Final = 20.0
PATIENCE_S: Final = 30.0
"""A process needs longer than it looks: to begin, to end, and for its turn."""


class LogSearch:
    """What a log tells. Its methods raise InvalidRequest where that takes longer than anybody waits for, and where the
    log cannot be read."""

    def __init__(self, log: Path, patience_s: float = PATIENCE_S) -> None:
        self._log = log
        self._patience_s = patience_s
        self._turns = SessionTurns()

    async def search(self, session: str, wanted: Wanted) -> LogPage:
        """The latest that are wanted, as far back as there is time for."""
        told = await self._ask(session, "search", *_options(wanted), "--", wanted.text)
        if told.code != 0:
            raise InvalidRequest(told.error.decode(errors="replace").strip() or "the log cannot be read", "where")
        return msgspec.json.decode(told.out, type=LogPage)

    async def find(self, session: str, request_id: str) -> Decided | None:
        """Everything about one request; None: there is nothing, or it cannot be read."""
        told = await self._ask(session, "show", "--", request_id)
        try:
            return msgspec.json.decode(told.out, type=Decided)
        except msgspec.DecodeError:
            return None

    async def _ask(self, session: str, command: str, *arguments: str) -> Told:
        whole = (sys.executable, "-m", "router", "log", command, "--json", f"--log={self._log}", *arguments)
        try:
            async with asyncio.timeout(self._patience_s), self._turns.turn(session):
                return await _run(whole)
        except TimeoutError:
            said = f"reading the log took over {self._patience_s:g} s, or others were reading it: ask `tandem log`"
            raise InvalidRequest(said, "where") from None


async def _run(command: Sequence[str]) -> Told:
    child = Child(command)
    try:
        return await asyncio.to_thread(child.run)
    finally:
        child.end()


def _options(wanted: Wanted) -> Iterator[str]:
    yield from (f"--lines={LISTED}", f"--within={LOOKS_S}")
    values: dict[str, Any] = msgspec.structs.asdict(wanted.selection)
    for name in ("tier", "rule", "policy", "outcome", "tenant"):
        if values[name] is not None:
            yield f"--{name}={values[name]}"
    if wanted.selection.escalated:
        yield "--escalated"
