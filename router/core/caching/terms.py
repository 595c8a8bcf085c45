"""On which terms a request meets the cache: what its policy and its caller allow. Pure."""

from typing import Any, Final, Literal

from msgspec import Struct

from router.core.caching.asking import Question
from router.core.caching.entry import Entry, Place
from router.core.values import TIERS, Tier

CacheMode = Literal["on", "read", "write"]
CacheScope = Literal["policy", "tenant"]
Outcome = Literal["hit", "semantic", "miss", "bypass", "shared"]
"""What a caller is told: it got the answer that was kept for its question, or for another one that asks the same; there
was none; none was looked for; it shares one on its way."""

THRESHOLD: Final = 0.5
"""The least similarity of hashed vectors, where a policy names none."""

POPULAR: Final = 3
"""How often an answer was given before it is written again, where a policy does not say."""

JITTER: Final = 0.1
"""The share of its time by which an entry may end earlier, so that those made together do not end together."""


class Caching(Struct, frozen=True):
    """What a rule says of the cache. `mode`: whether answers are given from it, kept in it, or both; `ttl_s`: for how
    long; `scope`: whether a tenant's policies share them; `varied`: also answers that the caller wants to vary (a
    temperature above 0, several choices). `semantic`: how alike another question must be, from 0 to 1, whose answer
    may be given (None: none is), in conversations of at most `deepest` questions. `upgrade_after`: an answer of the
    fast tier that was given so often is written again by the strong one when that is idle; None: none is."""

    mode: CacheMode = "on"
    ttl_s: float = 3600.0
    scope: CacheScope = "policy"
    varied: bool = False
    semantic: float | None = None
    deepest: int = 1
    upgrade_after: int | None = None

    def written(self) -> Any:
        """As a policy file spells it."""
        semantic = "off" if self.semantic is None else {"above": self.semantic, "turns": self.deepest}
        kept = {"mode": self.mode, "ttl": f"{self.ttl_s:.12g}s", "scope": self.scope, "varied": self.varied}
        upgrade = "off" if self.upgrade_after is None else {"after": self.upgrade_after}
        return {**kept, "semantic": semantic, "upgrade": upgrade}


class Directives(Struct, frozen=True):
    """What a caller says in `Cache-Control`: not to keep the answer, not to give a kept one, or none that is older."""

    no_store: bool = False
    no_cache: bool = False
    max_age_s: float | None = None


AS_USUAL: Final = Directives()
LEFT_ALONE: Final = Directives(no_store=True, no_cache=True)


class Terms(Struct, frozen=True):
    """How one request meets the cache. `ladder`: the tiers it may climb, of which the first is the lowest whose
    answer it takes; `rule`: of its policy, which says how an answer is judged; `needs_verified`: much is at stake, or
    its own answer would be judged; `question`: what another question's answer may be given to (None: nothing)."""

    place: Place
    caching: Caching
    directives: Directives
    ladder: tuple[Tier, ...]
    rule: str
    needs_verified: bool
    question: Question | None = None

    @property
    def reads(self) -> bool:
        """Whether a kept answer may be given."""
        return self.caching.mode != "write" and not self.directives.no_cache

    @property
    def writes(self) -> bool:
        """Whether the answer may be kept."""
        return self.caching.mode != "read" and not self.directives.no_store

    def admits(self, entry: Entry, now_s: float) -> bool:
        """Whether an entry may be given now. INVARIANT: where much is at stake, or what is written
        would be judged, only what is verified is."""
        age_s, most_s = now_s - entry.made_s, self.directives.max_age_s
        if now_s >= entry.until_s or (most_s is not None and age_s > most_s):
            return False
        if TIERS.index(entry.tier) < TIERS.index(self.ladder[0]):
            return False
        return entry.verified or not self.needs_verified


def read_directives(header: str) -> Directives:
    """The directives of a `Cache-Control` header that concern an answer of ours (RFC 9111); others are passed over."""
    pairs = [each.partition("=") for each in header.split(",")]
    found = {name.strip().lower(): value.strip(' "') for name, _, value in pairs}
    age = found.get("max-age", "")
    return Directives("no-store" in found, "no-cache" in found, float(age) if age.isdecimal() else None)
