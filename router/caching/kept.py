"""Finds kept answers and keeps new ones, on the terms of each request."""

from collections.abc import Callable

from router.climb import Climb
from router.core.caching.entry import Entry, Place
from router.core.caching.key import exact_key, why_varied
from router.core.caching.terms import JITTER, Terms
from router.core.record import hash_tenant
from router.core.values import TIERS
from router.inquiry import Considered
from router.overhearing import Heard
from router.ports import Asked, Cache, Clock

FAST = TIERS[0]


class KeptAnswers:
    """`chance` is a source of random numbers from 0 to 1 (not included)."""

    def __init__(self, cache: Cache, clock: Clock, chance: Callable[[], float]) -> None:
        self._cache = cache
        self._clock = clock
        self._chance = chance

    def terms(self, considered: Considered, asked: Asked) -> Terms | None:
        """On which terms a request meets the cache; None: not at all."""
        decision, request = considered.decision, asked.request
        caching = decision.then.caching
        if caching is None or (not caching.varied and why_varied(request)):
            return None
        policy = decision.policy.partition("@")[0] if caching.scope == "policy" else ""
        place = Place(hash_tenant(asked.caller.tenant), policy, exact_key(request))
        return Terms(place, caching, asked.directives, decision.tiers[0], decision.stakes.band)

    async def find(self, terms: Terms) -> Entry | None:
        """The answer that may be given; None: there is none."""
        if not terms.reads:
            return None
        entry = await self._cache.get(terms.place)
        return entry if entry is not None and terms.admits(entry, self._clock.unix_s()) else None

    def age_s(self, entry: Entry) -> float:
        """How old a kept answer is."""
        return max(self._clock.unix_s() - entry.made_s, 0.0)

    async def keep(self, terms: Terms, considered: Considered, climb: Climb, heard: Heard) -> None:
        """Keeps the answer that a climb has given, where it is whole and may be kept."""
        body = heard.body if terms.writes else None
        if body is None or not climb.attempts:
            return
        served, decision, now_s = climb.attempts[-1], considered.decision, self._clock.unix_s()
        is_verified = served.tier != FAST or served.gate is not None
        until_s = now_s + terms.caching.ttl_s * (1.0 - JITTER * self._chance())
        model = considered.question.view.request.model
        entry = Entry(
            body, served.tier, is_verified, decision.policy, decision.rule, model, now_s, until_s, climb.usage
        )
        await self._cache.put(terms.place, entry)
