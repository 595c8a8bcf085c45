"""Requests at a steady rate, whatever becomes of them: who waits for an answer before asking again measures kindly.
Only where very many wait does nobody come: a machine that has stood still must not be buried under what it missed."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from typing import NamedTuple

import aiohttp

from tests.wire_client import CHAT, Address, Fields, request_fields

TIMEOUT_S = 30.0
MOST_AT_ONCE = 100
IDLE_S = 1.0
"""How long a connection is kept for the next request: less than servers keep it, so that none is used that they are
just closing."""


class Answered(NamedTuple):
    """One request: when it was due, what came of it, by which policy and rule, how it met the cache, how long it took
    from when it was due, and what was asked and answered."""

    due_s: float
    status: int
    policy: str
    rule: str
    cache: str
    elapsed_s: float
    asked: Fields
    body: bytes

    @property
    def text(self) -> str:
        """What a plain answer says."""
        content: str = json.loads(self.body)["choices"][0]["message"]["content"]
        return content


@dataclass
class Load:
    """What a steady load has met so far. `failures` says in words what became of requests without an answer."""

    answered: list[Answered] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def quantiles_ms(self, *shares: float, since: int = 0, until: int | None = None) -> list[float]:
        """How long the answers of this stretch took, at these shares of them."""
        took_s = sorted(each.elapsed_s for each in self.answered[since:until])
        return [round(took_s[int(share * (len(took_s) - 1))] * 1000, 2) for share in shares]


@contextmanager
def steady_load(
    to: Address, per_second: float, asked: Iterator[Fields] | None = None, at_once: int = MOST_AT_ONCE
) -> Iterator[Load]:
    """Asks this often while the block runs, on a thread of its own, but for times when so many wait; all answers are in
    when it ends. `asked`: without end; where it is left out, the same small request each time."""
    load, over, fields = Load(), threading.Event(), asked or repeat(request_fields())
    pace = _Pace(1 / per_second, at_once)
    thread = threading.Thread(target=lambda: asyncio.run(_ask_steadily(load, to, pace, fields, over)))
    thread.start()
    try:
        yield load
    finally:
        over.set()
        thread.join()


class _Pace(NamedTuple):
    """The time between two requests, and how many wait at most."""

    every_s: float
    at_once: int


async def _ask_steadily(load: Load, to: Address, pace: _Pace, fields: Iterator[Fields], over: threading.Event) -> None:
    loop = asyncio.get_running_loop()
    url, timeout = f"http://{to.host}:{to.port}{CHAT}", aiohttp.ClientTimeout(TIMEOUT_S)
    connections = aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_S)
    waiting: set[asyncio.Task[None]] = set()
    async with aiohttp.ClientSession(connector=connections, timeout=timeout) as session, asyncio.TaskGroup() as tasks:
        due_s = loop.time()
        while not over.is_set():
            task = tasks.create_task(_ask(load, session, url, next(fields), due_s))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
            due_s += pace.every_s
            await asyncio.sleep(max(0.0, due_s - loop.time()))
            if len(waiting) >= pace.at_once:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                due_s = loop.time()


async def _ask(load: Load, session: aiohttp.ClientSession, url: str, fields: Fields, due_s: float) -> None:
    try:
        async with session.post(url, json=fields) as response:
            body = await response.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        load.failures.append(repr(error))
        return
    elapsed_s = asyncio.get_running_loop().time() - due_s
    said = response.headers
    policy, rule, cache = (said.get(f"x-router-{name}", "") for name in ("policy", "rule", "cache"))
    load.answered.append(Answered(due_s, response.status, policy, rule, cache, elapsed_s, fields, body))
