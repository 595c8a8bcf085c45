"""By what a text that was read is judged: criteria by their names, each with its limit. Plain values.

The surprise of a token, in nats, is how much less likely it was than what the reader would have written itself (see
`surprise`), more of it for tokens that bear content and less for filler. That a token is measured against the reader's
own best, or its entropy, and not by its bare probability, is what relaxed rules of speculative decoding have in common:
the token-specific rules of speculative cascades (Narasimhan et al., "Faster cascades via speculative decoding",
arXiv 2405.19261: a drafted token stands where it has at least 1 - alpha of the best one's probability), lenience
(Leviathan et al., arXiv 2211.17192) and typical acceptance (Cai et al., Medusa, arXiv 2401.10774: a probability above
the lesser of epsilon and delta * exp(-entropy), with epsilon 0.09 and delta 0.3: 2.4 nats, or 1.2 above the entropy).

Those keep what is *drawn* as the reader would draw it, and cut at another wording. A draft need only be no worse, so
the limits here are wider, and a single token must be far out. They are an estimate, made without a large model at hand:
`tandem gate calibrate` fits them to what two tiers answered.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

LIKELIHOOD_RATIO: Final = "likelihood_ratio"
OFF: Final[Literal["off"]] = "off"


class Criterion(Struct, frozen=True):
    """One row: its `meaning`, its usual `limit`, which must be exceeded to be a fault, and the `unit` of that."""

    name: str
    meaning: str
    limit: float | Literal["off"]
    unit: str


ROWS: Final = (
    Criterion("mean", "surprise on average, over all that was read", 1.5, "nats a token"),
    Criterion("worst_window", "surprise on average, over the worst 32 tokens in a row", 2.5, "nats a token"),
    Criterion("out_of_top", "surprise of one token that is out of the reader's `top_k`", 9.0, "nats"),
    Criterion(
        "top_k", "how many tokens, by the reader's ranking, `out_of_top` lets pass whatever they are", 3.0, "rank"
    ),
    Criterion("improbable_run", "surprise gathered by tokens in a row, less 2 nats for each of them", 14.0, "nats"),
    Criterion(
        LIKELIHOOD_RATIO,
        "how much likelier whoever wrote the text found it than the reader; where this is on, it is asked",
        OFF,
        "nats a token",
    ),
)
"""A good draft in other words: some 0.3 nats for most tokens, 3 to 6 for a few, so below 1 on average. Text that
does not belong there: 5 to 10 for every word that does not follow from the one before. A wrong number: half of
`out_of_top`, as numbers count double."""

NAMES: Final = frozenset(row.name for row in ROWS)

Limit: TypeAlias = float | Literal["off"] | None
"""As it is given: `off` says that a criterion is not to be looked at, None that its usual limit holds."""


class Criteria(Struct, frozen=True):
    """The limits in force, by the name of the criterion; one that is absent is not looked at."""

    limits: Mapping[str, float]

    def written(self) -> Any:
        """As a policy file spells it."""
        return {row.name: self.limits.get(row.name, OFF) for row in ROWS}


def criteria_of(limits: Mapping[str, Limit]) -> Criteria:
    """The usual limits, with the given ones in their place. Raises KeyError for a name that is no criterion's."""
    unknown = sorted(limits.keys() - NAMES)
    if unknown:
        raise KeyError(unknown[0])
    given = {name: limit for name, limit in limits.items() if limit is not None}
    laid = {row.name: given.get(row.name, row.limit) for row in ROWS}
    return Criteria({name: float(limit) for name, limit in laid.items() if limit != OFF})


STANDARD = criteria_of({})
