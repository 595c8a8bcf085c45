"""What the gate did and what it cost, as a decision log tells it: for all requests, by rule and by task. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from router.core.errors import FileError
from router.core.values import TIERS, Tier
from router.review.costs import CostTally, Part, ReadCosts, part_of
from router.review.intake import BAD_ROW, LeftOut, left_out
from router.review.judgements import FATES, REJECTED_FATES, Fate, Judgement, LoggedRequest, judgements
from router.review.named import Names
from router.review.readings import Readings, ReadingTally
from router.review.requests_file import harmless
from router.review.timeline import Span, Timeline

UNJUDGED: Final = "requests of which no answer was judged"

By = Literal["all", "rule", "task"]
BY: Final[tuple[By, ...]] = ("all", "rule", "task")

UNNAMED: Final = "none"
"""The name of a group of requests that no rule decided, or whose task nobody recognised."""


class Wait(Struct, frozen=True):
    """How long callers waited: how often, and the times that half and 9 in 10 of the waits did not exceed."""

    count: int
    p50_s: float
    p90_s: float


class Row(Struct, frozen=True):
    """One group of requests. `requests`: those with a judged answer, of which `went_up` were served by a tier above the
    one that was judged, whyever. `fates`: what became of the answers. `discarded`: tokens of rejected answers that went
    to nobody, as a share of `written_tokens`: all that the judged tier wrote for the group, judged or not. `wasted_s`:
    the engine's time on them. `afresh_wait`: from the opening of a rejected attempt to the first block of another
    tier's new answer; `continued_wait`: from its end to the first block of the rest, or of what mends it. `judging_ms`:
    on average, of an answer. These three are None where the log does not say or it never happened, and so is `reading`.
    `tokens_by_tier` and `engine_s`: what each tier wrote, and how long its engines were kept at it (reading is the
    strong tier's time), for all requests of the group; `microusd`: what that cost, where the log says so, and
    `wasted_microusd`: the part of it that wrote what nobody got."""

    by: By
    name: str
    requests: int
    went_up: Part
    answers: int
    blocks: int
    fates: Mapping[Fate, Part]
    written_tokens: int
    discarded: Part
    wasted_s: float
    afresh_wait: Wait | None
    continued_wait: Wait | None
    judging_ms: float | None
    tokens_by_tier: Mapping[Tier, int]
    engine_s: Mapping[Tier, float]
    reading: ReadCosts | None
    microusd: Mapping[Tier, int]
    wasted_microusd: int

    @property
    def rejected(self) -> Part:
        """The answers of which a block was rejected, whatever came of that."""
        count = sum(self.fates[fate].count for fate in REJECTED_FATES)
        return part_of(count, self.answers)


class Rejection(Struct, frozen=True):
    """The answers that one check rejected, alone or with others, as a share of all that were judged. `example`: the id
    of the first such request of the log."""

    check: str
    answers: Part
    example: str


class GateReport(Struct, frozen=True):
    """What the gate did. `rows`: all, then the rules and the tasks of which an answer was judged, each the most
    frequent first. `spans`: by time, each `span_s` long, how many `answers` were judged and `rejected`, and `discarded`
    of how many `written` tokens. `readings`: what the strong tier made of drafts; None: it was to read none."""

    source: str
    rows: tuple[Row, ...]
    rejections: tuple[Rejection, ...]
    span_s: int
    spans: tuple[Span, ...]
    left_out: tuple[LeftOut, ...]
    readings: Readings | None

    def as_dict(self) -> dict[str, Any]:
        """The report for machines."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


def sum_up(lines: Iterable[LoggedRequest | FileError], source: str) -> GateReport:
    """The report on these lines; those that are errors are counted. What is kept of a line does not grow with it."""
    tallies: dict[tuple[By, str], _Tally] = {}
    checks, reading, timeline, left = Names(), ReadingTally(), Timeline(), Counter[str]()
    for line in lines:
        if isinstance(line, FileError):
            left[BAD_ROW] += 1
            continue
        judged = judgements(line)
        if not judged:
            left[UNJUDGED] += 1
        for key in _keys(line):
            tallies.setdefault(key, _Tally()).count(line, judged)
        checks.count([check for each in judged for check in each.checks], line.request_id)
        reading.count(line)
        _mark(timeline, line, judged)
    rows = [tally.row(*key) for key, tally in tallies.items() if tally.answers]
    rows.sort(key=lambda row: (BY.index(row.by), -row.answers, row.name))
    found = _rejections(checks, rows[0].answers if rows else 0)
    spans = timeline.spans()
    return GateReport(source, tuple(rows), found, timeline.length_s, spans, left_out(left), reading.readings())


def _rejections(checks: Names, answers: int) -> tuple[Rejection, ...]:
    return tuple([Rejection(each.name, part_of(each.count, answers), each.example) for each in checks.ranked()])


def _keys(line: LoggedRequest) -> Iterator[tuple[By, str]]:
    """The groups a request belongs to. Versions of a policy are not told apart."""
    policy = line.policy.partition("@")[0]
    yield "all", ""
    yield "rule", harmless(f"{policy}: {line.rule}" if line.rule else UNNAMED)
    yield "task", harmless(line.task or UNNAMED)


def _mark(timeline: Timeline, line: LoggedRequest, judged: Sequence[Judgement]) -> None:
    if not judged and not line.judged_tokens:
        return
    timeline.count(
        line.time_s,
        answers=len(judged),
        rejected=sum(each.is_rejected for each in judged),
        discarded=sum(each.discarded_tokens for each in judged),
        written=line.judged_tokens,
    )


class _Tally:
    """What is counted of one group."""

    def __init__(self) -> None:
        self.answers = 0
        self._requests = 0
        self._went_up = 0
        self._blocks = 0
        self._fates = Counter[Fate]()
        self._written = 0
        self._discarded = 0
        self._wasted_s = 0.0
        self._waits_s: dict[Fate, list[float]] = {"afresh": [], "continued": []}
        self._judging_s = 0.0
        self._timed = 0
        self._costs = CostTally()

    def count(self, line: LoggedRequest, judged: Sequence[Judgement]) -> None:
        """One more request, with what became of its judged answers."""
        self._written += line.judged_tokens
        self._costs.count(line)
        if judged:
            self._requests += 1
            self._went_up += _went_up(line, judged)
        for each in judged:
            self._count_answer(each)

    def row(self, by: By, name: str) -> Row:
        """What was counted."""
        return Row(
            by,
            name,
            self._requests,
            part_of(self._went_up, self._requests),
            self.answers,
            self._blocks,
            {fate: part_of(self._fates[fate], self.answers) for fate in FATES},
            self._written,
            part_of(self._discarded, self._written),
            self._wasted_s,
            _wait_of(self._waits_s["afresh"]),
            _wait_of(self._waits_s["continued"]),
            1000.0 * self._judging_s / self._timed if self._timed else None,
            dict(self._costs.tokens),
            self._costs.engine_s,
            self._costs.reading(),
            dict(self._costs.microusd),
            self._costs.wasted_microusd,
        )

    def _count_answer(self, judged: Judgement) -> None:
        self.answers += 1
        self._blocks += judged.blocks
        self._fates[judged.fate] += 1
        self._discarded += judged.discarded_tokens
        self._wasted_s += judged.wasted_s
        if judged.wait_s is not None:
            self._waits_s["afresh" if judged.fate == "afresh" else "continued"].append(judged.wait_s)
        if judged.judging_s is not None:
            self._judging_s += judged.judging_s
            self._timed += 1


def _went_up(line: LoggedRequest, judged: Sequence[Judgement]) -> bool:
    lowest = min(TIERS.index(each.tier) for each in judged)
    return line.outcome == "served" and line.tier is not None and TIERS.index(line.tier) > lowest


def _wait_of(waits_s: list[float]) -> Wait | None:
    if not waits_s:
        return None
    ranked = sorted(waits_s)
    return Wait(len(ranked), _quantile(ranked, 0.5), _quantile(ranked, 0.9))


def _quantile(ranked: Sequence[float], share: float) -> float:
    """The least of these that so large a share does not exceed."""
    return ranked[max(ceil(share * len(ranked)) - 1, 0)]
