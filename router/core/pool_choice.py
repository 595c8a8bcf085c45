"""Which backend of a tier gets an attempt. Pure, and it never reads a clock.

Engines keep the prompts they have seen, so that the turns of a conversation belong on one backend. Every conversation
has an order of preference among the backends of a tier, by weighted rendezvous hashing (Thaler and Ravishankar 1998;
weights as in Schindelhauer and Schomaker 2005): it depends on their names alone, so that all replicas agree, and
when a backend joins or leaves, only the conversations move that move to it or away from it.

The first of that order is kept while it has room. Where it has not, the bound of consistent hashing with bounded loads
(Mirrokni, Thorup and Zadimoghaddam 2016) decides: no backend gets more than `BOUND` times its part of all that is open.
Of those below the bound, the one that is predicted to answer first is taken.
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from msgspec import Struct

BOUND: Final = 1.25
"""So many times its part of what is open a backend may have. What the paper's authors and HAProxy recommend."""

ROOMY: Final = 0.9
"""Up to this part of its limit a backend is kept by its conversations though others have less to do. Of 8 backends that
are busy to 0.8 of their limits, each of 32, 98% of a conversation's turns are then on one of them (at 0.75 it is 97%);
where limits are 16 it is 94%, at 8 86%: there chance fills a home more often, and waiting for it would cost more than
the prompt that is read anew."""

SLOW_START_S: Final = 30.0
"""For so long the share of a backend that has come back grows."""

FIRST_SHARE: Final = 0.1
"""The share it begins with. Envoy's slow start begins with 10% as well."""

ORDERS_KEPT: Final = 4096

_HASHES = float(1 << 64)


class Candidate(Struct, frozen=True, gc=False):
    """One backend that may get the attempt. `weight`: how large its share is, beside those of the others; `in_flight`
    and `limit`: see `TierState`."""

    name: str
    in_flight: int = 0
    limit: int = 0
    weight: float = 1.0


def share_of(since_s: float) -> float:
    """The share, in 0..1, of a backend that came back so long ago."""
    return min(max(since_s / SLOW_START_S, FIRST_SHARE), 1.0)


def choose(conversation: str, candidates: Sequence[Candidate], predicted_ms: Callable[[Candidate], float]) -> Candidate:
    """The backend for an attempt of this conversation. `predicted_ms` is asked only where the conversation cannot stay
    where it belongs. Raises ValueError where there is no candidate."""
    if not candidates:
        raise ValueError("there is no backend to choose from")
    ranked = preferred(conversation, candidates)
    home = ranked[0]
    if _has_room(home):
        return home
    fitting = _below_their_bounds(ranked)
    return home if home in fitting else min(fitting, key=predicted_ms)


def preferred(conversation: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, the one where this conversation belongs first."""
    points = _points(conversation, tuple([each.name for each in candidates]))
    ranks = [(point / each.weight, each) for point, each in zip(points, candidates, strict=True)]
    return [each for _, each in sorted(ranks, key=_by_rank)]


def _by_rank(ranked: tuple[float, Candidate]) -> float:
    return ranked[0]


@lru_cache(ORDERS_KEPT)
def _points(conversation: str, names: tuple[str, ...]) -> tuple[float, ...]:
    """An exponentially distributed number for each name; divided by a weight, the least of them is that of each name
    with a probability that is proportional to its weight."""
    key = conversation.encode()
    return tuple([-math.log((_hash(name, key) + 1) / (_HASHES + 1)) for name in names])


def _hash(name: str, key: bytes) -> int:
    return int.from_bytes(blake2b(b"%d:%s%s" % (len(name), name.encode(), key), digest_size=8).digest())


def _has_room(home: Candidate) -> bool:
    """Whether it is so far from its limit that nobody asks what the others do."""
    return home.in_flight + 1 <= ROOMY * home.limit


def _below_their_bounds(candidates: Sequence[Candidate]) -> list[Candidate]:
    """INVARIANT: never empty, for the bounds together are more than all that is open. Who is past its limit is left
    out unless all are."""
    open_now = sum([each.in_flight for each in candidates]) + 1
    most = BOUND * open_now / sum([each.weight for each in candidates])
    bounded = [each for each in candidates if each.in_flight + 1 <= math.ceil(most * each.weight)]
    return [each for each in bounded if each.limit == 0 or each.in_flight < each.limit] or bounded
