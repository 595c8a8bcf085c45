"""Steps 3 to 7 of a request's path behind one call: look up, consider, climb, remember, and write the record."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from router.attempts import Admission
from router.auditing.audits import NEVER, Auditing
from router.caching.kept import Found
from router.caching.sharing import NOTHING_SHARED, Shared, Sharing
from router.climb import Climb
from router.core.budget import budget_ms_of
from router.core.caching.terms import Terms
from router.core.doubt.estimate import NOBODY_DOUBTS, Scorers
from router.core.errors import CallerError, Refused, TandemError
from router.core.gating import continuing_tiers, judged_tiers, orders_for, read_orders_for
from router.core.plan import Plan
from router.core.policy import Then
from router.core.price import UNKNOWN, Prices
from router.core.recall import Thread, question_key
from router.core.record import AttemptRecord, LookUp, Outcome
from router.core.values import TIERS, Tier
from router.inquiry import Considered, Inquiry, Opening
from router.overhearing import Overheard
from router.ports import Answer, Asked, Clock, DecisionLog, Memory, Sought
from router.story import Story
from router.transcribing import DEAF, Hearing

CALLER_LEFT_STATUS = 499
"""What the record says of a caller who left: no status was sent. The number is nginx's."""

BUG_STATUS = 500

_NONE: frozenset[Tier] = frozenset()

REJECTED = frozenset(("refused", "malformed", "rejected"))
"""Outcomes that say the tier cannot serve this request, whenever it is asked."""

BY_RULE = frozenset(("rule", "otherwise"))
"""Reasons of decisions that conditions of the policy made, such as those on what is remembered."""


class Services(Struct, frozen=True):
    """What may be done for a request besides deciding it and having it answered; unless given, nothing is."""

    scorers: Scorers = NOBODY_DOUBTS
    audits: Auditing = NEVER
    sharing: Sharing = NOTHING_SHARED
    hearing: Hearing = DEAF
    prices: Prices = UNKNOWN


class Dispatch:
    """Serves requests. Holds nothing about any one of them."""

    def __init__(  # noqa: PLR0913 - each port by its name, passed once, in bootstrap
        self,
        inquiry: Inquiry,
        memory: Memory,
        admission: Admission,
        log: DecisionLog,
        clock: Clock,
        status_of: Callable[[TandemError], int],
        keep_alive_s: float = 15.0,
        services: Services = Services(),  # noqa: B008 - a frozen value
    ) -> None:
        self._inquiry = inquiry
        self._memory = memory
        self._admission = admission
        self._escalations = admission.escalations
        self._log = log
        self._clock = clock
        self._status_of = status_of
        self._keep_alive_s = keep_alive_s
        self._scorers = services.scorers
        self._audits = services.audits
        self._sharing = services.sharing
        self._hearing = services.hearing
        self._prices = services.prices

    async def consider(self, asked: Asked) -> Considered:
        """What would happen to this request, and why. No engine is called. Raises what `Inquiry.open` and
        `Inquiry.consider` raise."""
        return await self._consider(self._inquiry.open(self._hearing.foreseen(asked)))

    async def serve(self, asked: Asked, answer: Answer) -> None:
        """Serves the request into `answer`, errors included, and writes its record. Raises only what is a bug."""
        story = Story(asked, self._clock.now_s(), self._clock.unix_s(), self._prices)
        await self._on_record(story, answer, self._serve(story, answer))

    async def _on_record(self, story: Story, answer: Answer, work: Awaitable[None]) -> None:
        """Has the work done; what ends it before its time is told and written."""
        try:
            await work
        except TandemError as error:
            self._write_failed(story, error)
            await answer.fail(error, None if story.climb is None else story.climb.head(None))
        except asyncio.CancelledError:
            self._write(story, "caller_left", CALLER_LEFT_STATUS)
            raise
        except Exception:
            self._write(story, "failed", BUG_STATUS)
            raise

    async def _serve(self, story: Story, answer: Answer) -> None:
        story.asked = await self._hearing.heard(story.asked, story.started_s)
        opening = self._inquiry.open(story.asked)
        # What is sought goes out together with what is recalled; where nothing is, there is nothing to go with.
        sought = self._sharing.seek(opening) if opening.looks_back else None
        story.considered = considered = await self._consider(opening)
        story.decided_s = self._clock.now_s() - story.started_s
        self._count(considered)
        terms = self._sharing.terms(considered, story.asked, sought)
        if terms is None:
            await self._climb(story, considered, answer)
        elif not await self._give(story, terms, await self._look_up(story, terms, sought), answer):
            await self._share(story, considered, answer, terms)

    async def _consider(self, opening: Opening) -> Considered:
        keys = opening.keys
        recalled = await self._memory.recall(keys) if opening.looks_back else self._memory.known(keys)
        return self._inquiry.consider(opening, recalled)

    async def _look_up(self, story: Story, terms: Terms, sought: Sought | None) -> Found | None:
        """What is kept, where that may be given."""
        if not terms.reads:
            return None
        began_s = self._clock.now_s()
        found = await self._sharing.find(terms, sought)
        similarity = None if found is None else found.similarity
        story.look_up = LookUp(began_s - story.started_s, self._clock.now_s() - began_s, similarity)
        return found

    async def _give(self, story: Story, terms: Terms, found: Found | None, answer: Answer) -> bool:
        """Whether the request was served from what was found."""
        assert story.considered is not None
        given = await self._sharing.give(found, terms, story.considered, story.asked, answer)
        if given is None:
            return False
        story.cache = given.outcome
        self._remember(story.considered, given.entry.tier)
        self._write(story, "served", 200)
        return True

    async def _share(self, story: Story, considered: Considered, answer: Answer, terms: Terms) -> None:
        """Serves together with those who ask the same at the same time. The climb is nobody's of them, and its record
        is that of whoever began it, even if that one leaves."""

        async def climbs(chorus: Answer) -> None:
            theirs = story.handed_over()
            theirs.cache = "miss" if terms.reads else "bypass"
            await self._on_record(theirs, chorus, self._answer_in_turn(theirs, considered, chorus, terms))

        shared = await self._sharing.share(terms, story.asked, answer, climbs)
        if shared.outcome == "shared":
            story.cache = "shared"
            if shared.tier is not None:
                self._remember(considered, shared.tier)
            self._write_shared(story, shared)

    def _write_shared(self, story: Story, shared: Shared) -> None:
        if shared.failed is not None:
            self._write_failed(story, shared.failed)
        else:
            self._write(story, "served" if shared.broken is None else "broken", 200, shared.broken)

    async def _answer_in_turn(self, story: Story, considered: Considered, answer: Answer, terms: Terms) -> None:
        """Climbs, unless another replica that was asked the same has kept its answer meanwhile: then gives that."""
        async with self._sharing.turn(terms, considered, story.asked, story.started_s) as found:
            if not await self._give(story, terms, found, answer):
                await self._climb_to_keep(story, considered, answer, terms)

    async def _climb_to_keep(self, story: Story, considered: Considered, answer: Answer, terms: Terms) -> None:
        overheard = Overheard(answer)
        climb = await self._climb(story, considered, overheard)
        await self._sharing.keep(terms, considered, climb, overheard.heard)

    async def _climb(self, story: Story, considered: Considered, answer: Answer) -> Climb:
        asked, lot = story.asked, self._audits.draw(considered, answer)
        story.climb = climb = Climb(asked, considered, self._admission, lot.answer, self._clock)
        finish = await climb.run(self._plan(considered, asked, story.started_s))
        if finish.error is None:
            self._remember(considered, _reached(climb))
            self._remember_climb(considered, climb)
            story.drawn = self._audits.settle(lot, asked, considered, climb)
            self._write(story, "served", 200)
        elif climb.begun:
            self._write(story, "broken", 200, finish.error)
        else:
            raise finish.error
        return climb

    def _count(self, considered: Considered) -> None:
        """The tenant has sent a request; one that goes straight up, because it had to climb before, counts as a climb
        as well."""
        view, decision = considered.question.view, considered.decision
        self._escalations.asked(view.caller.tenant)
        if view.escalated and decision.reason in BY_RULE and decision.tiers[0] != TIERS[0]:
            self._escalations.take(view.caller.tenant)

    def _plan(self, considered: Considered, asked: Asked, started_s: float) -> Plan:
        decision, view = considered.decision, considered.question.view
        then, deadline_s = decision.then, _deadline_s(decision.then, asked, started_s)
        fallback, gated = tuple(fit.tier for fit in decision.ladder.fallback), judged_tiers(decision)
        reads = read_orders_for(decision, view, deadline_s)
        continuing = continuing_tiers(decision, view.request, is_read=reads is not None)
        return Plan(
            decision.tiers,
            fallback,
            commit_at_s=self._clock.now_s() + then.commit_after_s if asked.request.streamed else None,
            keep_alive_s=self._keep_alive_s,
            timeout_s=then.timeout_s,
            deadline_s=deadline_s,
            began_s=started_s,
            continuing=continuing if gated or then.on_break == "continue" else _NONE,
            on_break=then.on_break,
            gated=gated,
            orders=orders_for(decision, view, self._scorers, reads) if gated else None,
            on_stuck=then.on_stuck,
            spending=decision.spending,
            reads=reads,
            spares={tier: state.spare for tier, state in view.tiers.items() if state.spare},
        )

    def _remember(self, considered: Considered, tier: Tier) -> None:
        """An answer of this tier was given in the conversation. Others are told where its policy has a use for that."""
        key, thread = considered.conversation, considered.thread or Thread(int(self._clock.unix_s() * 1000))
        if considered.assignment.looks_back:
            self._memory.remember_conversation(considered.question.view.caller.tenant, key, thread.after(tier))
        else:
            self._memory.note_conversation(key, thread.after(tier))

    def _remember_climb(self, considered: Considered, climb: Climb) -> None:
        """This request had to go up, when a tier said no to it."""
        view, attempts = considered.question.view, climb.attempts
        if len(attempts) > 1 and _went_up_for_good(attempts):
            tenant = view.caller.tenant
            self._memory.remember_escalation(tenant, question_key(tenant, view.request))

    def _write_failed(self, story: Story, error: TandemError) -> None:
        """What was told instead of an answer."""
        outcome: Outcome = "refused" if isinstance(error, CallerError | Refused) else "failed"
        self._write(story, outcome, self._status_of(error), error)

    def _write(self, story: Story, outcome: Outcome, status: int, error: TandemError | None = None) -> None:
        if story.is_elsewhere:
            return
        elapsed_s = self._clock.now_s() - story.started_s
        self._log.write(story.record(outcome, status, elapsed_s, error))


def _deadline_s(then: Then, asked: Asked, started_s: float) -> float | None:
    """When the whole answer must be complete; None: a late one is better than none, or nobody set a budget."""
    budget_ms = budget_ms_of(then, asked.caller.grants, asked.hints)
    return None if budget_ms is None or then.over_budget == "best_effort" else started_s + budget_ms / 1000


def _reached(climb: Climb) -> Tier:
    """The tier that the request called for: what spilled and climbed no further says nothing of a higher one."""
    tier, begun_at = climb.attempts[-1].tier, climb.seating.began_at
    return climb.seating.spilled_from or tier if tier == begun_at else tier


def _went_up_for_good(attempts: Sequence[AttemptRecord]) -> bool:
    served = TIERS.index(attempts[-1].tier)
    return any(_is_no(each) and TIERS.index(each.tier) < served for each in attempts)


def _is_no(attempt: AttemptRecord) -> bool:
    """Whether the tier cannot serve such a request. That its reader would have written it otherwise says less."""
    is_cut = attempt.reading is not None and bool(attempt.reading.reasons)
    return attempt.outcome in REJECTED and not is_cut
