"""Finds kept answers and keeps new ones, on the terms of each request.

Which questions ask the same is known in this process alone: of what another replica has kept, the answer to exactly the
same question is found.
"""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from router.climb import Climb
from router.core.caching.asking import question_of
from router.core.caching.entry import Entry, Place
from router.core.caching.key import exact_key, tenant_key, why_varied
from router.core.caching.terms import JITTER, LEFT_ALONE, Caching, Directives, Outcome, Terms
from router.core.gating import judged_tiers
from router.core.values import TIERS, Tier, Usage
from router.inquiry import Considered, Opening
from router.overhearing import Heard
from router.ports import Asked, Cache, Clock, Questions, Seeker, Sought

FAST = TIERS[0]


class Found(Struct, frozen=True):
    """A kept answer, whether it was kept for this question or for another that asks the same, where, and how
    alike that one is, from 0 to 1 (None: it is the same)."""

    outcome: Outcome
    entry: Entry
    place: Place
    similarity: float | None = None


class Whole(Struct, frozen=True):
    """An answer from its beginning to its end, as `Entry` describes it."""

    body: bytes
    tier: Tier
    verified: bool
    usage: Usage | None


class KeptAnswers:
    """`chance` is a source of random numbers from 0 to 1 (not included). `seeker`: the same cache, where it is some way
    off."""

    def __init__(
        self,
        cache: Cache,
        questions: Questions,
        clock: Clock,
        chance: Callable[[], float],
        seeker: Seeker | None = None,
    ) -> None:
        self._seeker = seeker
        self._questions = questions
        self._cache = cache
        self._clock = clock
        self._chance = chance

    def seek(self, opening: Opening) -> Sought | None:
        """Begins to look for the answer of a request before it is known on which terms it meets the cache. None: that
        goes no faster, or where to look hangs on that, or no rule of its policy would have it looked for."""
        if self._seeker is None:
            return None
        asked, policy = opening.asked, opening.assignment.policy
        kinds = [then.caching for then in policy.thens if then.caching is not None]
        if len({each.scope for each in kinds}) != 1 or not any(_reads(each, asked) for each in kinds):
            return None
        return self._seeker.seek(_place(policy.version, kinds[0], asked))

    def terms(self, considered: Considered, asked: Asked, sought: Sought | None) -> Terms | None:
        """On which terms a request meets the cache; None: not at all."""
        decision, request = considered.decision, asked.request
        caching = decision.then.caching
        if caching is None:
            return None
        place = _place(decision.policy, caching, asked) if sought is None else sought.place
        much_at_stake = decision.stakes.band == "high"
        is_open = caching.semantic is not None and not much_at_stake
        question = question_of(request, place, caching.deepest) if is_open else None
        needs_verified = much_at_stake or bool(judged_tiers(decision))
        return Terms(
            place, caching, _directives(caching, asked), decision.tiers, decision.rule, needs_verified, question
        )

    async def find(self, terms: Terms, sought: Sought | None) -> Found | None:
        """The answer that may be given; None: there is none."""
        entry = await (self._cache.get(terms.place) if sought is None else sought.entry())
        if entry is not None and self._admits(terms, entry):
            return Found("hit", entry, terms.place)
        question, above = terms.question, terms.caching.semantic
        if question is None or above is None:
            return None
        same = await self._questions.same_as(question, above)
        if same is None:
            return None
        key = same.asked.key
        place = replace(terms.place, key=key)
        entry = await self._cache.get(place)
        if entry is None or not self._admits(terms, entry):
            self._questions.forget(question, key)
            return None
        return Found("semantic", entry, place, same.similarity)

    async def latest(self, terms: Terms) -> Entry | None:
        """The answer that is kept by now for exactly this question, by whichever replica, and may be given; None: there
        is none."""
        entry = await self._cache.latest(terms.place)
        return entry if entry is not None and self._admits(terms, entry) else None

    def _admits(self, terms: Terms, entry: Entry) -> bool:
        return terms.admits(entry, self._clock.unix_s())

    def age_s(self, entry: Entry) -> float:
        """How old a kept answer is."""
        return max(self._clock.unix_s() - entry.made_s, 0.0)

    async def keep(self, terms: Terms, considered: Considered, climb: Climb, heard: Heard) -> None:
        """Keeps the answer that a climb has given, where it is whole and may be kept."""
        body = heard.body if terms.writes else None
        if body is None or not climb.attempts:
            return
        served = climb.attempts[-1]
        is_verified = served.tier != FAST or served.gate is not None
        await self.put(terms, considered, Whole(body, served.tier, is_verified, climb.usage))

    async def is_kept(self, place: Place, tier: Tier) -> bool:
        """Whether an answer of this tier is there that may yet be given."""
        entry = await self._cache.get(place)
        return entry is not None and entry.tier == tier and entry.until_s > self._clock.unix_s()

    async def put(self, terms: Terms, considered: Considered, whole: Whole) -> None:
        """Keeps an answer, where no better one is there."""
        decision, now_s = considered.decision, self._clock.unix_s()
        until_s = now_s + terms.caching.ttl_s * (1.0 - JITTER * self._chance())
        model = considered.question.view.request.model
        entry = Entry(
            whole.body,
            whole.tier,
            whole.verified,
            decision.policy,
            decision.rule,
            model,
            now_s,
            until_s,
            whole.usage,
        )
        await self._cache.put(terms.place, entry)
        if terms.question is not None:
            await self._questions.remember(terms.question, terms.place.key)


def _directives(caching: Caching, asked: Asked) -> Directives:
    return asked.directives if caching.varied or not why_varied(asked.request) else LEFT_ALONE


def _reads(caching: Caching, asked: Asked) -> bool:
    return caching.mode != "write" and not _directives(caching, asked).no_cache


def _place(policy: str, caching: Caching, asked: Asked) -> Place:
    """Where the answer to a request is kept, on the terms of a policy by its version."""
    name = policy.partition("@")[0] if caching.scope == "policy" else ""
    return Place(tenant_key(asked.caller.tenant), name, exact_key(asked.request))
