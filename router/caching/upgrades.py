"""Has the strong tier write popular answers of the fast one again, behind the callers' backs, and keeps what it says
instead.

One at a time, only while the strong tier has nothing else to do, and within a budget (`core.caching.upgrade_budget`);
tenants take turns. What waits does so in a short queue, beyond which it is dropped and counted. It is no request of
anybody: it costs no escalation, nothing is remembered of it but the answer, and it ends with the server.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from router.auditing.errand import ask, fit_for
from router.caching.kept import Found, KeptAnswers, Whole
from router.core.caching.completeness import fault_of
from router.core.caching.popularity import Popularity
from router.core.caching.terms import Terms
from router.core.caching.turns import Turns
from router.core.caching.upgrade_budget import UpgradeBudget
from router.core.capabilities import Fit
from router.core.errors import BackendError
from router.core.record import hash_tenant
from router.core.upgrade import UPGRADED, UPGRADER, Upgrade
from router.inquiry import Considered
from router.ports import Asked, Clock, Envelope, Errand, Fleet, UpgradeLog

LOOK_S: Final = 1.0
"""How often it is looked whether what waits may be done."""

MOST_S: Final = 300.0
"""How long the strong tier may take over one."""

REST_S: Final = 600.0
"""How long what was tried is not tried again, whatever came of it."""

_log = logging.getLogger(__name__)


class Candidate(Struct, frozen=True):
    """A kept answer that is to be written again, by the request that was given it last, which asked exactly what it was
    kept for."""

    asked: Asked
    considered: Considered
    terms: Terms
    fit: Fit


class Upgrading(Protocol):
    """Told of each answer that was given from the cache, once its caller has it."""

    def given(self, found: Found, terms: Terms, considered: Considered, asked: Asked) -> None: ...


class NeverUpgraded:
    """Upgrades nothing, whatever policies say. The protocol `Upgrading`."""

    def given(self, _found: Found, _terms: Terms, _considered: Considered, _asked: Asked) -> None:
        """See `Upgrading`."""


NEVER: Final = NeverUpgraded()


class Upgrades:
    """Counts what is given, and has the strong tier write what is popular. The protocol `Upgrading`.

    `counts`: upgrades by what came of them: `done`, `gone`, `failed` (see `core.upgrade`), and `dropped` because too
    many were waiting. `tokens`: what the strong tier took for them, by `prompt` and `completion`."""

    def __init__(self, kept: KeptAnswers, fleet: Fleet, log: UpgradeLog, clock: Clock, budget: UpgradeBudget) -> None:
        self.counts = Counter[str]()
        self.tokens = Counter[str]()
        self._kept = kept
        self._fleet = fleet
        self._log = log
        self._clock = clock
        self._budget = budget
        self._popularity = Popularity()
        self._turns = Turns[Candidate]()
        self._some = asyncio.Event()

    def given(self, found: Found, terms: Terms, considered: Considered, asked: Asked) -> None:
        """See `Upgrading`. An answer given to another question counts, but only a request for exactly what it was kept
        for has it written again: what is kept under a question is the answer to it."""
        after, now_s = terms.caching.upgrade_after, self._clock.now_s()
        if after is None or not terms.writes:
            return
        self._budget.given(now_s)
        if found.entry.tier != UPGRADED:
            return
        self._popularity.count(found.place, found.entry.made_s)
        if found.outcome == "hit" and self._popularity.is_due(found.place, after, now_s):
            self._take(terms, considered, asked)

    async def run(self) -> None:
        """Upgrades until cancelled, which ends the one under way."""
        while True:
            await self._some.wait()
            candidate = self._next()
            if candidate is None:
                await asyncio.sleep(LOOK_S)
            else:
                await self._until_idle(candidate.considered)
                await self._upgrade(candidate)

    async def _until_idle(self, considered: Considered) -> None:
        conversation, signals = considered.conversation, considered.decision.signals
        while self._fleet.states(conversation, signals)[UPGRADER].in_flight > 0:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(LOOK_S)

    def _take(self, terms: Terms, considered: Considered, asked: Asked) -> None:
        able = _fit_of_upgrader(considered)
        if able is None:
            return
        self._popularity.rest(terms.place, self._clock.now_s() + REST_S)
        if self._turns.add(terms.place.tenant, Candidate(asked, considered, terms, able)):
            self._some.set()
        else:
            self.counts["dropped"] += 1

    def _next(self) -> Candidate | None:
        """What may be done now."""
        now_s = self._clock.now_s()
        candidate = self._turns.take(lambda tenant: self._budget.has_left(tenant, now_s))
        if not self._turns:
            self._some.clear()
        return candidate

    async def _upgrade(self, candidate: Candidate) -> None:
        began_s = self._clock.now_s()
        found = await self._tried(candidate)
        self.counts[found.outcome] += 1
        if found.strong is not None:
            self.tokens["prompt"] += found.strong.prompt_tokens
            self.tokens["completion"] += found.strong.completion_tokens
        elapsed_s = self._clock.now_s() - began_s
        self._log.write_upgrade(replace(found, time_s=self._clock.unix_s(), elapsed_s=elapsed_s))

    async def _tried(self, candidate: Candidate) -> Upgrade:
        asked, decision = candidate.asked, candidate.considered.decision
        failed = Upgrade(asked.request_id, hash_tenant(asked.caller.tenant), decision.policy, decision.rule, "failed")
        try:
            async with asyncio.timeout(MOST_S):
                return await self._written_again(candidate, failed)
        except BackendError as error:
            return replace(failed, error=error.outcome)
        except TimeoutError:
            return replace(failed, error="timed_out")
        except Exception:  # noqa: BLE001 - an upgrade ends here, and one bug must not end the others
            _log.exception("an upgrade failed")
            return replace(failed, error="bug")

    async def _written_again(self, candidate: Candidate, failed: Upgrade) -> Upgrade:
        """Raises BackendError. INVARIANT: only an answer of the fast tier that is still there gives way, so that what
        was forgotten meanwhile stays forgotten."""
        terms = candidate.terms
        if not await self._kept.is_kept(terms.place, UPGRADED):
            return replace(failed, outcome="gone")
        self._budget.take(terms.place.tenant, self._clock.now_s())
        considered = candidate.considered
        errand = Errand(UPGRADER, considered.conversation, considered.decision.signals)
        said = await ask(self._fleet, errand, _envelope(candidate))
        body, told = said.heard.body, replace(failed, strong=said.usage)
        fault = fault_of(body)
        if body is None or fault:
            return replace(told, error=fault)
        if not await self._kept.is_kept(terms.place, UPGRADED):
            return replace(told, outcome="gone")
        await self._kept.put(terms, considered, Whole(body, UPGRADER, verified=True, usage=said.usage))
        return replace(told, outcome="done")


@asynccontextmanager
async def open_upgrades(upgrades: Upgrades) -> AsyncGenerator[None, None]:
    """Upgrades while the block runs; what is then under way or waiting is given up."""
    running = asyncio.create_task(upgrades.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait((running,))


def _fit_of_upgrader(considered: Considered) -> Fit | None:
    """How the request fits the tier that would write its answer again. None: it cannot or may not go there, or it was
    asked for a tier by name."""
    return fit_for(considered, UPGRADER) if considered.question.pin is None else None


def _envelope(candidate: Candidate) -> Envelope:
    """The caller's own request, under an id that tells it from the caller's."""
    asked = candidate.asked
    return Envelope(
        asked.request,
        f"{asked.request_id}-upgrade",
        asked.caller.tenant,
        dropped=candidate.fit.dropped,
        thinking=candidate.considered.decision.then.thinking,
    )
