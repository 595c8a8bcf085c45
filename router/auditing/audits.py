"""Audits: a random share of the fast tier's answers is answered by the strong tier as well, and read by it, once the
caller has all of its answer. What comes of it is logged, for limits to be fitted to, and changes nothing else.

Audits are the server's and not a request's: a few at once, the rest waiting in a short queue, beyond which they are
dropped and counted. They cost a tenant nothing of its budget of escalations, and end with the server.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from router.auditing.course import Course, Draft
from router.climb import Climb
from router.core.audit import AUDITED, AUDITOR, Audit
from router.core.capabilities import Fit, fit
from router.core.errors import BackendError
from router.inquiry import Considered
from router.overhearing import Heard, Overheard
from router.ports import Answer, Asked, AuditLog, Clock, Fleet

AT_ONCE: Final = 2
"""Audits under way at the same time."""

MOST_WAITING: Final = 64
"""Audits that may wait for their turn; of a share of 1%, those of thousands of requests."""

IDLE: Final = 4
"""An audit waits while the strong tier has so many attempts in flight or more: callers come first."""

LOOK_S: Final = 1.0
"""How often a waiting audit looks whether they are fewer."""

MOST_S: Final = 300.0
"""How long an audit may take, its wait for a quiet strong tier included."""

BUG: Final = "bug"

_NOT_PLAIN: Final = ("tools", "functions", "response_format")
"""Parameters that ask for more than text, or for text of a form that one compares otherwise."""

_log = logging.getLogger(__name__)


class Lot(Struct, frozen=True):
    """What was drawn for a request before it was served. `answer`: where it is answered; `heard`: what was heard of
    that, where it is to be audited."""

    answer: Answer
    heard: Heard | None = None


class Drawn(Struct, frozen=True, gc=False):
    """What was drawn for an answer that might have been audited: how likely that was, and whether it is."""

    propensity: float
    is_audited: bool


class Auditing(Protocol):
    """Draws lots. `draw`: for a request that is about to be served; `settle`: once it was, which answers None where its
    answer is none that could have been audited."""

    def draw(self, considered: Considered, answer: Answer) -> Lot: ...
    def settle(self, lot: Lot, asked: Asked, considered: Considered, climb: Climb) -> Drawn | None: ...


class NeverAudited:
    """Audits nothing, whatever policies say. The protocol `Auditing`."""

    def draw(self, _considered: Considered, answer: Answer) -> Lot:
        """See `Auditing`."""
        return Lot(answer)

    def settle(self, _lot: Lot, _asked: Asked, _considered: Considered, _climb: Climb) -> None:
        """See `Auditing`."""


NEVER: Final = NeverAudited()


class Audits:
    """Draws which answers are audited and audits them. The protocol `Auditing`.

    `chance` is a source of random numbers from 0 to 1 (not included). `counts`: audits by what came of them: `done`,
    `dropped` because too many were waiting, `failed`, of which the log says why."""

    def __init__(self, fleet: Fleet, log: AuditLog, clock: Clock, chance: Callable[[], float]) -> None:
        self.counts = Counter[str]()
        self._fleet = fleet
        self._log = log
        self._clock = clock
        self._chance = chance
        self._waiting = asyncio.Queue[Draft](MOST_WAITING)

    def draw(self, considered: Considered, answer: Answer) -> Lot:
        """See `Auditing`."""
        share = considered.decision.then.audit
        if share <= 0.0 or self._chance() >= share:
            return Lot(answer)
        overheard = Overheard(answer)
        return Lot(overheard, overheard.heard)

    def settle(self, lot: Lot, asked: Asked, considered: Considered, climb: Climb) -> Drawn | None:
        """See `Auditing`."""
        share = considered.decision.then.audit
        able = _fit_of_auditor(considered) if share > 0.0 and _is_fast_alone(climb) else None
        if able is None:
            return None
        if lot.heard is None:
            return Drawn(share, is_audited=False)
        return Drawn(share, self._take(Draft(asked, considered, able, climb.attempts[-1], lot.heard)))

    async def run(self) -> None:
        """Audits until cancelled, which ends those under way."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._work())

    def _take(self, draft: Draft) -> bool:
        try:
            self._waiting.put_nowait(draft)
        except asyncio.QueueFull:
            self.counts["dropped"] += 1
            return False
        return True

    async def _work(self) -> None:
        while True:
            found = await self._audited(await self._waiting.get())
            self.counts["failed" if found.error else "done"] += 1
            self._log.write_audit(replace(found, time_s=self._clock.unix_s()))

    async def _audited(self, draft: Draft) -> Audit:
        course = Course(draft, self._fleet, self._clock)
        try:
            async with asyncio.timeout(MOST_S):
                await self._until_idle(draft.considered)
                await course.run()
        except BackendError as error:
            return replace(course.found, error=error.outcome)
        except TimeoutError:
            return replace(course.found, error="timed_out")
        except Exception:  # noqa: BLE001 - an audit ends here, and one bug must not end the others
            _log.exception("an audit failed")
            return replace(course.found, error=BUG)
        return course.found

    async def _until_idle(self, considered: Considered) -> None:
        conversation, signals = considered.conversation, considered.decision.signals
        while self._fleet.states(conversation, signals)[AUDITOR].in_flight >= IDLE:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(LOOK_S)


@asynccontextmanager
async def open_audits(audits: Audits) -> AsyncGenerator[None, None]:
    """Audits while the block runs; what is then under way or waiting is given up."""
    running = asyncio.create_task(audits.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait((running,))


def _fit_of_auditor(considered: Considered) -> Fit | None:
    """How the request fits the tier that would audit its answer. None: its answer is not plain text of one choice, or
    it may not go to that tier."""
    view, reach = considered.question.view, considered.question.reach
    facts, request = reach.tiers.get(AUDITOR), view.request
    if facts is None or request.choices > 1 or any(request.parameters.get(name) for name in _NOT_PLAIN):
        return None
    found = next((each for each in considered.decision.ladder.fits if each.tier == AUDITOR), None)
    found = found or fit(facts, request, view.signals)
    return found if found.exclusion is None else None


def _is_fast_alone(climb: Climb) -> bool:
    """Whether nobody else had a part in the answer."""
    attempts = climb.attempts
    return bool(attempts) and attempts[-1].outcome == "served" and all(each.tier == AUDITED for each in attempts)
