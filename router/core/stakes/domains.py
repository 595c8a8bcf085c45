"""What the words of a topic, situations that are only told of and the learned heads say of a domain, together. Pure.

Heads say much about rows like those they were taught and little about others, and a word says little where nobody
means it: so neither decides alone, unless it is sure, and their log-odds add up.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from router.core.learned import LearnedScores
from router.core.odds import log_odds_of
from router.core.stakes.rule import DECISIVE_FROM, Finding
from router.core.stakes.topics import TOPIC_NAMES

LEARNED_STAKES: Final = "learned.stakes."
"""What the reason of a head begins with; its domain follows."""

HEAD_RAISES, MOST_RAISED = 0.8, 4.8
HEAD_LOWERS, MOST_LOWERED = 0.3, 1.5
"""What a head's log-odds above and below its threshold count beside named evidence of its domain, and the most that it
adds and takes away. Chosen on sources of `train/` and `dev/` that the heads had not been taught by."""

LEAST_SHARE: Final = 1e-6
"""How near to 0 and to 1 a head's stakes are taken."""


class Case(Struct, frozen=True, gc=False):
    """A domain, and what speaks for high stakes in it: log-odds by the name of the evidence."""

    domain: str
    weights: dict[str, float]


def is_decisive(finding: Finding) -> bool:
    """Whether a finding is a deed or a situation that makes stakes high by itself, whatever the heads say."""
    return finding.weight >= DECISIVE_FROM and finding.name not in TOPIC_NAMES


def likeliest_case(told: Sequence[Finding], turns: Sequence[LearnedScores]) -> Case:
    """The domain of which findings that are not decisive and the heads say the most together; none where they say
    nothing for it."""
    heads = {domain: weigh_head(share) for domain, share in highest_shares(turns).items()}
    totals = dict(heads)
    for finding in told:
        totals[finding.domain] = totals.get(finding.domain, 0.0) + finding.weight
    domain = max(totals, key=totals.__getitem__, default="")
    if not domain or totals[domain] <= 0.0:
        return Case("", {})
    return Case(domain, _evidence_of(domain, told, heads))


def highest_shares(turns: Sequence[LearnedScores]) -> dict[str, float]:
    """The highest stakes of each domain over the turns, which are high from 0.5; empty: the heads abstain."""
    highest: dict[str, float] = {}
    for turn in turns:
        for domain, share in turn.stakes.items():
            highest[domain] = max(highest.get(domain, 0.0), share)
    return highest


def weigh_head(share: float) -> float:
    """What a head's stakes count beside other evidence, in log-odds."""
    odds = log_odds_of(share, LEAST_SHARE)
    return min(HEAD_RAISES * odds, MOST_RAISED) if odds > 0.0 else max(HEAD_LOWERS * odds, -MOST_LOWERED)


def _evidence_of(domain: str, told: Sequence[Finding], heads: Mapping[str, float]) -> dict[str, float]:
    weights = {finding.name: finding.weight for finding in told if finding.domain == domain}
    if domain in heads:
        weights[f"{LEARNED_STAKES}{domain}"] = heads[domain]
    return weights
