"""Which rules of which policies are ever hit: by their cases, and by the requests of a file. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from msgspec import Struct

from router.config.policies.policy_set import LoadedPolicy
from router.core.case import Usual, put
from router.core.errors import CallerError, FileError
from router.core.policy import OTHERWISE, match
from router.review.intake import LeftOut, askable, left_out, unloggable
from router.review.requests_file import Row


class RuleCoverage(Struct, frozen=True):
    """How often one rule of one policy, or its `otherwise`, decided. `place`: where it stands, and what is wrong when
    nothing hits it."""

    policy: str
    rule: str
    cases: int
    requests: int
    place: FileError

    @property
    def is_hit(self) -> bool:
        """Whether anything did."""
        return self.cases + self.requests > 0


class Coverage(Struct, frozen=True):
    """The coverage of all rules, in the order they are tried, and the requests that could not be asked."""

    rules: tuple[RuleCoverage, ...]
    asked: int
    left_out: tuple[LeftOut, ...]

    @property
    def never_hit(self) -> tuple[RuleCoverage, ...]:
        """The rules that nothing hits."""
        return tuple([each for each in self.rules if not each.is_hit])

    def as_dict(self) -> dict[str, Any]:
        """The coverage for machines."""
        rules = [
            {
                "policy": each.policy,
                "rule": each.rule,
                "cases": each.cases,
                "requests": each.requests,
                "file": each.place.file,
                "line": each.place.line,
            }
            for each in self.rules
        ]
        return {"rules": rules, "asked": self.asked, "left_out": self.left_out}


Hits = Counter[tuple[str, str]]
"""How often, by the version of the policy and the name of the rule."""


def measure_coverage(policies: Sequence[LoadedPolicy], rows: Iterable[Row | FileError], usual: Usual) -> Coverage:
    """Asks every policy its cases and every row; rows that are errors are counted."""
    cases, requests, left, asked = _case_hits(policies, usual), Hits(), Counter[str](), 0
    beyond_logs = {loaded.policy.version: unloggable(loaded.policy) for loaded in policies}
    for row, question in askable(rows, "", left):
        asked += 1
        for loaded in policies:
            version = loaded.policy.version
            if row.is_logged and beyond_logs[version]:
                left[beyond_logs[version]] += 1
            else:
                requests[version, match(loaded.policy, question.view).rule] += 1
    rules = [each for loaded in policies for each in _rules_of(loaded, cases, requests)]
    return Coverage(tuple(rules), asked, left_out(left))


def _case_hits(policies: Sequence[LoadedPolicy], usual: Usual) -> Hits:
    hits = Hits()
    for loaded in policies:
        for result in loaded.results:
            # A case whose key may not even ask is refused before any rule is tried.
            with suppress(CallerError):
                hits[loaded.policy.version, match(loaded.policy, put(result.case, usual).view).rule] += 1
    return hits


def _rules_of(loaded: LoadedPolicy, cases: Hits, requests: Hits) -> list[RuleCoverage]:
    version = loaded.policy.version
    places = {rule.name: ("rules", position, "name") for position, rule in enumerate(loaded.policy.rules)}
    return [
        RuleCoverage(
            version,
            name,
            cases[version, name],
            requests[version, name],
            loaded.file.error(place, f"{name!r} of {version} is never hit: write a case for it, or drop it"),
        )
        for name, place in (places | {OTHERWISE: (OTHERWISE,)}).items()
    ]
