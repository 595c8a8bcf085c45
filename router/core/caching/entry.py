"""An answer that is kept to be given again, and where it is kept. Plain values."""

from msgspec import Struct

from router.core.values import TIERS, Tier, Usage


class Place(Struct, frozen=True):
    """Where an answer is kept: the `tenant` and the `key` of the request, both in hexadecimal digits (see
    `caching.key`), and the policy by its name. INVARIANT: what one tenant keeps no other finds."""

    tenant: str
    policy: str
    key: str


class Entry(Struct, frozen=True):
    """An answer as its caller got it: `body` is that of a plain answer, without what the router says of it. `verified`:
    more than its engine vouches for it (it was accepted by a gate, or its tier is above the fast one). `policy` and
    `rule` made it, for whoever asked for `model`. `made_s` is Unix time; it may be given until `until_s`."""

    body: bytes
    tier: Tier
    verified: bool
    policy: str
    rule: str
    model: str
    made_s: float
    until_s: float
    usage: Usage | None = None

    @property
    def rank(self) -> int:
        """How good it is: an entry never gives way to one of a lower rank."""
        return 2 * TIERS.index(self.tier) + self.verified


class Which(Struct, frozen=True):
    """Which entries are meant: all that fit every field that is given."""

    tenant: str | None = None
    policy: str | None = None
    made_before_s: float | None = None


class Holding(Struct, frozen=True):
    """What a store holds at present, as far as it can tell cheaply."""

    entries: int
    size_bytes: int
    is_degraded: bool = False
