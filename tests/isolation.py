"""Tenants who keep answers and ask for what others have kept, in the same words or in other ones: who got what."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from router.caching.kept import Found, KeptAnswers
from router.clock import SystemClock
from router.core.caching.asking import Question
from router.core.caching.embedding import HashedEmbedder, Vector
from router.core.caching.entry import Entry
from router.core.caching.terms import THRESHOLD, CacheScope, Caching, Terms
from router.core.chat_request import Limits, read_request
from router.core.grants import Caller, Grants
from router.core.policy import Then
from router.core.recall import NOTHING_RECALLED
from router.core.values import ChatRequest
from router.inquiry import Considered
from router.ports import Asked
from router.stores.losses import Losses
from router.stores.memory_cache import MemoryCache
from router.stores.questions import LocalQuestions
from router.stores.shelf import Bounds
from tests.cached import entry
from tests.dispatch.scenes import Scene, asking, backend
from tests.examples import a_policy, chat_body

SAME: Final = Path(__file__).with_name("cache_pairs") / "same.jsonl"
"""Pairs of questions that ask the same in other words."""

ALIKE: Final = (
    *"acme|ACME|acme | acme|acme\x00|acme\n|acme.|acme:|acme:default|acme@1|acme/kept|{acme}|acme*|\u0430cme".split(
        "|"
    ),
    *"acm|e|ac|me|a|b||default|local|*|%|2:ac|4:acme|policy|tenant|hit".split("|"),
)
"""Names that are easily taken for one another."""

KEEPERS: Final = (*ALIKE, *(f"tenant-{number}" for number in range(40)))
STRANGERS: Final = (*KEEPERS, *(f"tenant-{number}" for number in range(40, 400)))
CONTROLS: Final = 20
SCOPES: Final[tuple[CacheScope, ...]] = ("policy", "tenant")
ROOM: Final = Bounds(max_bytes=1 << 40, max_entries=1 << 30, tenant_max_bytes=1 << 40)


class RecalledEmbedder(HashedEmbedder):
    """The port `Embedder`, by hashing; each text once."""

    def __init__(self) -> None:
        self._vectors: dict[str, Vector] = {}

    async def embed(self, question: Question) -> Vector:
        """See `ports.Embedder`."""
        if question.text not in self._vectors:
            self._vectors[question.text] = await super().embed(question)
        return self._vectors[question.text]


@dataclass
class Got:
    """How often someone got an answer: one that was kept for another tenant, for exactly the question asked or for one
    like it; and one of their own."""

    foreign_exact: int = 0
    foreign_semantic: int = 0
    own_exact: int = 0
    own_semantic: int = 0

    def count(self, found: Found | None, tenant: str) -> None:
        """Counts what a tenant has got."""
        if found is None:
            return
        whose = "own" if found.entry.body == tenant.encode() else "foreign"
        name = f"{whose}_{'exact' if found.outcome == 'hit' else 'semantic'}"
        setattr(self, name, getattr(self, name) + 1)


class Crowd:
    """Tenants and one cache in memory. What a tenant keeps says whose it is."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._cache = MemoryCache(SystemClock(), ROOM, Losses())
        self._questions = LocalQuestions(RecalledEmbedder())
        self._kept = KeptAnswers(self._cache, self._questions, SystemClock(), lambda: 0.0)
        self._considered = {scope: _considered(scope) for scope in SCOPES}
        self._pairs = _pairs()

    async def cross(self, count: int) -> Got:
        """What is got in so many pairs of tenants: one keeps an answer, the other one asks for it in the same words
        and in other words; and in one of `CONTROLS` pairs the first does, who is to get it."""
        got = Got()
        for number in range(count):
            keeper = self._dice.choice(KEEPERS)
            stranger = next(each for each in self._dice.sample(STRANGERS, 2) if each != keeper)
            said, otherwise = self._dice.choice(self._pairs)
            scope = self._dice.choice(SCOPES)
            await self._keep(self._terms(keeper, said, scope), keeper)
            for tenant in (stranger, keeper) if number % CONTROLS == 0 else (stranger,):
                for request in (said, otherwise):
                    got.count(await self._kept.find(self._terms(tenant, request, scope), None), tenant)
        return got

    def _terms(self, tenant: str, request: ChatRequest, scope: CacheScope) -> Terms:
        asked = Asked(request, asking().hints, Caller(tenant, "key-1", Grants()), "r1")
        terms = self._kept.terms(self._considered[scope], asked, None)
        assert terms is not None
        return terms

    async def _keep(self, terms: Terms, tenant: str) -> None:
        assert terms.question is not None
        await self._cache.put(terms.place, _answer_for(tenant))
        await self._questions.remember(terms.question, terms.place.key)


def _answer_for(tenant: str) -> Entry:
    now_s = SystemClock().unix_s()
    return entry(tenant, made_s=now_s, until_s=now_s + 3_600.0)


def _considered(scope: CacheScope) -> Considered:
    caching = Caching(scope=scope, semantic=THRESHOLD)
    policy = a_policy(otherwise=Then(("fast", "strong"), gate="off", caching=caching))
    inquiry = Scene(backend(), backend(), policy).inquiry()
    return inquiry.consider(inquiry.open(asking()), NOTHING_RECALLED)


def _pairs() -> Sequence[tuple[ChatRequest, ChatRequest]]:
    rows = [json.loads(line) for line in SAME.read_text().splitlines()]
    return [(_request(row["a"]), _request(row["b"])) for row in rows]


def _request(text: str) -> ChatRequest:
    return read_request(chat_body(text), {}, Limits())[0]
