"""What differs between two policies over the same requests: values, and how they are counted. Pure.

Requests of the same fate are one group: by which rule of the one policy, by which of the other, and what differs.
"""

from collections import Counter
from typing import Any

from msgspec import Struct

from router.core.values import Tier
from router.review.intake import LeftOut

MOST_EXAMPLES = 5


class Side(Struct, frozen=True):
    """What one policy makes of a request. `ladder` is empty when it would refuse it; `error` says then with what."""

    rule: str
    ladder: tuple[Tier, ...]
    error: str = ""


class SettingChange(Struct, frozen=True):
    """A setting that differs, with its values in words; both are empty where only the name is known."""

    name: str
    before: str = ""
    after: str = ""


class Fate(Struct, frozen=True):
    """What two policies make of a request."""

    before: Side
    after: Side
    settings: tuple[SettingChange, ...] = ()

    @property
    def moves(self) -> bool:
        """Whether the request goes another way, or is refused for another reason."""
        return self.before.ladder != self.after.ladder or self.before.error != self.after.error

    @property
    def differs(self) -> bool:
        """Whether anything does that a caller or an operator would notice: a rule of another name is nothing."""
        return self.moves or bool(self.settings)


class Example(Struct, frozen=True):
    """One request of a group: its line in the file, and what tells it from others."""

    number: int
    label: str


class Group(Struct, frozen=True):
    """The requests of one fate: how many, and the first few."""

    fate: Fate
    count: int
    examples: tuple[Example, ...]


class Flow(Struct, frozen=True):
    """How many requests had the one ladder before and the other after, changed or not."""

    before: tuple[Tier, ...]
    after: tuple[Tier, ...]
    count: int


class DiffReport(Struct, frozen=True):
    """What changes from `before` to `after`, two versions. `asked`: requests compared; `groups`: those that differ,
    the largest first."""

    before: str
    after: str
    asked: int
    groups: tuple[Group, ...]
    flows: tuple[Flow, ...]

    @property
    def moved(self) -> int:
        """Requests that go another way."""
        return sum(group.count for group in self.groups if group.fate.moves)

    @property
    def adjusted(self) -> int:
        """Requests that keep their ladder and get other settings."""
        return sum(group.count for group in self.groups) - self.moved

    @property
    def unchanged(self) -> int:
        """Requests that nobody would notice a difference of."""
        return self.asked - self.moved - self.adjusted

    def share(self, count: int) -> float:
        """So many of the requests compared, in 0..1."""
        return count / self.asked if self.asked else 0.0


class Comparison(Struct, frozen=True):
    """What was compared over one file: a report for each pair of versions, and the requests that were left out."""

    source: str
    reports: tuple[DiffReport, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def changes(self) -> bool:
        """Whether anything differs."""
        return any(report.groups for report in self.reports)

    def as_dict(self) -> dict[str, Any]:
        """The comparison for machines."""
        reports = [_report_dict(each) for each in self.reports]
        return {"source": self.source, "reports": reports, "left_out": self.left_out}


class Tally:
    """Counts the fates of requests as they go by, and keeps no more of them than examples."""

    def __init__(self) -> None:
        self._counts: Counter[Fate] = Counter()
        self._examples: dict[Fate, list[Example]] = {}

    def add(self, fate: Fate, example: Example) -> None:
        """One request was compared."""
        self._counts[fate] += 1
        if fate.differs and len(kept := self._examples.setdefault(fate, [])) < MOST_EXAMPLES:
            kept.append(example)

    def report(self, before: str, after: str) -> DiffReport:
        """All that was counted."""
        groups = [Group(fate, self._counts[fate], tuple(kept)) for fate, kept in self._examples.items()]
        groups.sort(key=lambda group: -group.count)
        return DiffReport(before, after, self._counts.total(), tuple(groups), self._flows())

    def _flows(self) -> tuple[Flow, ...]:
        flows: Counter[tuple[tuple[Tier, ...], tuple[Tier, ...]]] = Counter()
        for fate, count in self._counts.items():
            flows[fate.before.ladder, fate.after.ladder] += count
        return tuple([Flow(before, after, count) for (before, after), count in flows.most_common()])


def _report_dict(report: DiffReport) -> dict[str, Any]:
    return {
        "before": report.before,
        "after": report.after,
        "asked": report.asked,
        "moved": report.moved,
        "adjusted": report.adjusted,
        "unchanged": report.unchanged,
        "groups": [_group_dict(report, group) for group in report.groups],
        "flows": report.flows,
    }


def _group_dict(report: DiffReport, group: Group) -> dict[str, Any]:
    return {
        "count": group.count,
        "share": round(report.share(group.count), 6),
        "before": group.fate.before,
        "after": group.fate.after,
        "settings": group.fate.settings,
        "examples": group.examples,
    }
