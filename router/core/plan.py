"""What one climb may do, by its decision: the values the cascade starts from. Plain."""

import math
from collections.abc import Mapping

from msgspec import Struct

from router.core.continuation import Begun
from router.core.denoise import Spending
from router.core.pending import Orders
from router.core.policy import OnBreak, OnStuck
from router.core.proof import ReadOrders
from router.core.twins import SAMPLES
from router.core.values import Tier


class Plan(Struct, frozen=True):
    """`ladder`: the tiers to try, in order; `fallback`: others, tried only when every one of them was unavailable.
    `commit_at_s`: the instant after which a streamed answer is committed without a block (None: never).
    `keep_alive_s`: seconds between comments once committed and still waiting. `timeout_s`: how long one attempt may
    take to its first block before it is given up for the next (None: as long as its backend may). The last one is
    waited for: a slow answer is better than none. `deadline_s`: the instant at which the whole answer must be
    complete (None: none), counted from `began_s` (None: from when the climb begins). `retries`: how often in all a
    backend is asked again; `spares`: how many other backends of a tier may be asked besides, where one fails.
    `continuing`: the tiers that can go on with an answer of which the caller has a part;
    `on_break`: whether they do where an engine breaks off. `gated`: the tiers whose blocks are judged, by `orders`;
    `on_stuck`: what happens to a rejected block where nobody else can write it. `spending`: how engines are told to
    denoise, with what is left of the budget when an attempt is opened. `reads`: how judged attempts are read; None: not
    at all."""

    ladder: tuple[Tier, ...]
    fallback: tuple[Tier, ...]
    commit_at_s: float | None
    keep_alive_s: float
    timeout_s: float | None = None
    deadline_s: float | None = None
    began_s: float | None = None
    retries: int = 1
    continuing: frozenset[Tier] = frozenset()
    on_break: OnBreak = "continue"
    gated: frozenset[Tier] = frozenset()
    orders: Orders | None = None
    on_stuck: OnStuck = "error"
    spending: Spending | None = None
    reads: ReadOrders | None = None
    spares: Mapping[Tier, int] = {}

    def samples(self, tier: Tier, begun: Begun | None) -> int:
        """How many samples of an answer a tier is asked for; one where it goes on with what was begun."""
        makes_two = self.orders is not None and self.orders.makes_two and tier in self.gated
        return SAMPLES if makes_two and begun is None else 1


NO_PLAN = Plan((), (), commit_at_s=None, keep_alive_s=math.inf)
"""That of a climb which has not begun."""
