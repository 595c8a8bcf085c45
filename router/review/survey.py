"""Many requests decided by one policy, and counted by the tier tried first and the rule. Pure, but for what its caller
does with each explanation."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from router.core.errors import FileError
from router.core.policy import Policy
from router.core.values import Tier
from router.review.explanation import Explanation, explain
from router.review.intake import LeftOut, askable, left_out, unloggable
from router.review.requests_file import Row

Keep = Callable[[Row, Explanation], None]
"""What is to be done with each explanation."""


class Part(Struct, frozen=True):
    """The requests of one tier and rule. `tier`: the first of the ladder; None: they would be refused."""

    tier: Tier | None
    rule: str
    count: int


class Survey(Struct, frozen=True):
    """What a policy makes of the requests of a file, the largest part first."""

    policy: str
    source: str
    asked: int
    parts: tuple[Part, ...]
    left_out: tuple[LeftOut, ...]

    def as_dict(self) -> dict[str, Any]:
        """The survey for machines."""
        parts = [
            {"tier": each.tier, "rule": each.rule, "count": each.count, "share": round(each.count / self.asked, 6)}
            for each in self.parts
        ]
        return {
            "policy": self.policy,
            "source": self.source,
            "asked": self.asked,
            "parts": parts,
            "left_out": self.left_out,
        }


def take_survey(policy: Policy, rows: Iterable[Row | FileError], source: str, keep: Keep) -> Survey:
    """Asks the policy about every row; rows that are errors are counted."""
    counts, left = Counter[tuple[Tier | None, str]](), Counter[str]()
    for row, question in askable(rows, unloggable(policy), left):
        explanation = explain(policy, question)
        counts[next(iter(explanation.tiers), None), explanation.match.rule] += 1
        keep(row, explanation)
    parts = tuple([Part(*key, count) for key, count in counts.most_common()])
    return Survey(policy.version, source, counts.total(), parts, left_out(left))
