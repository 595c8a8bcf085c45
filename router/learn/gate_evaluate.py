"""What the gate makes of recorded, graded answers: how doubt orders them and how well it is calibrated, on how many it
has an opinion, what checks reject among right and wrong ones, and how long it takes."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import Any, Final

import numpy as np
from msgspec import Struct, to_builtins

from router.core.checks.table import CheckSet, judge
from router.core.checks.written import Brief, Written
from router.core.doubt.estimate import Scorers, doubt_of
from router.core.features import F64
from router.core.heads import Heads, score_text
from router.learn.answer_rows import Recorded
from router.learn.doubt_measure import MEASURES, Group, Opinion, columns_for, group_columns, macro, order_answers
from router.learn.metrics import (
    Bin,
    Curve,
    Estimate,
    calibration_bins,
    calibration_error,
    chance_error,
    estimate,
    estimate_macro,
    recovered_gap,
)

MACRO: Final = "macro"
PROMPT_ALONE: Final = "prompt alone"
TIMED_UP_TO: Final = (1_000, 8_192)
"""Upper ends, in characters and inclusive, of the lengths of answers for which times are given."""

TRIES: Final = 3

_SHARES = np.linspace(0, 1, 101)


class OrderingOf(Struct, frozen=True):
    """How one ordering does, as the mean over sources and models or over those of one source. `auroc` of being wrong;
    `apgr` where the worst go up; `caught` and `most_caught`: the share of wrong answers among the fifth that goes up,
    and what no ordering can exceed."""

    ordering: str
    source: str
    rows: int
    auroc: Estimate
    apgr: Estimate
    caught: Estimate
    most_caught: float


class CalibrationOf(Struct, frozen=True):
    """How well doubt is calibrated on the answers to one kind of question, or on all: the error, what as many rows show
    by chance, and the bins."""

    kind: str
    rows: int
    error: Estimate
    by_chance: float
    bins: tuple[Bin, ...]


class CoverageOf(Struct, frozen=True):
    """On which share of the answers of a source doubt has an opinion, and which share ends in a final answer."""

    source: str
    rows: int
    opinion: float
    final: float


class RejectedBy(Struct, frozen=True):
    """Which shares of the right and of the wrong answers a check rejects."""

    check: str
    right: float
    wrong: float


class TimeOf(Struct, frozen=True):
    """How long doubt takes, in milliseconds, for answers of up to so many characters."""

    up_to: int
    rows: int
    p50_ms: float
    p95_ms: float
    most_ms: float


class GateEvaluation(Struct, frozen=True):
    """Everything that was measured. `curves` are deferral curves by ordering, the mean over sources and models."""

    orderings: tuple[OrderingOf, ...]
    calibration: tuple[CalibrationOf, ...]
    coverage: tuple[CoverageOf, ...]
    rejections: tuple[RejectedBy, ...]
    times: tuple[TimeOf, ...]
    curves: dict[str, Curve]

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it, without curves and bins."""
        found: dict[str, Any] = to_builtins([self.orderings, self.coverage, self.rejections, self.times])
        names = ("orderings", "coverage", "rejections", "times")
        errors = [
            {"kind": each.kind, "rows": each.rows, "error": to_builtins(each.error), "by_chance": each.by_chance}
            for each in self.calibration
        ]
        return {**dict(zip(names, found, strict=True)), "calibration": errors}


class Thought(Struct, frozen=True):
    """An answer with what is thought of it and how long that took, in seconds."""

    opinion: Opinion
    took_s: float


def think(scorers: Scorers, rows: Iterable[Recorded]) -> list[Thought]:
    """What is thought of each answer, and how long it took: the least of TRIES, which other processes disturb least."""
    return [_think(scorers, row) for row in rows]


def _think(scorers: Scorers, row: Recorded) -> Thought:
    took = []
    for _ in range(TRIES):
        start = perf_counter()
        doubted = doubt_of(scorers, row.prompt, row.answer, row.signs)
        took.append(perf_counter() - start)
    return Thought((row, doubted), min(took))


def evaluate_gate(
    scorers: Scorers, heads: Heads, checks: CheckSet, thoughts: Sequence[Thought], progress: Callable[[str], None]
) -> GateEvaluation:
    """Measures. Doubt is compared with the length alone and with the difficulty that heads see in the prompt alone."""
    opinions = [each.opinion for each in thoughts]
    orderings = order_answers(scorers, opinions)
    difficulty = {prompt: score_text(heads, prompt).difficulty for prompt in {row.prompt for row, _ in opinions}}
    orderings[PROMPT_ALONE] = np.array([difficulty[row.prompt] for row, _ in opinions])
    groups = group_columns([row for row, _ in opinions], orderings)
    progress("judged; now intervals")
    return GateEvaluation(
        orderings=tuple(_orderings(sorted(orderings), groups)),
        calibration=tuple(_calibrations(opinions)),
        coverage=tuple(_coverages(opinions)),
        rejections=tuple(_rejections(checks, opinions)),
        times=tuple(_times(thoughts)),
        curves={name: _mean_curve(name, groups) for name in orderings},
    )


def _orderings(names: Iterable[str], groups: Sequence[Group]) -> Iterable[OrderingOf]:
    for source in (MACRO, *dict.fromkeys(group.source for group in groups)):
        its = [group for group in groups if source in (MACRO, group.source)]
        for name in names:
            found = {each: estimate_macro(MEASURES[each], columns_for(each, name, its)) for each in _BY_SCORE}
            most = macro("most_caught", name, its)
            yield OrderingOf(name, source, sum(len(group.wrong) for group in its), **found, most_caught=most)


_BY_SCORE: Final = ("auroc", "apgr", "caught")


def _calibrations(opinions: Sequence[Opinion]) -> Iterable[CalibrationOf]:
    held = [(each.question.kind, each.doubt, row.wrong) for row, each in opinions if each.doubt is not None]
    for kind in ("all", *sorted({kind for kind, _, _ in held})):
        its = [(doubt, wrong) for other, doubt, wrong in held if kind in ("all", other)]
        doubts, wrong = (np.array(column) for column in zip(*its, strict=True))
        error = estimate(calibration_error, doubts, wrong)
        yield CalibrationOf(kind, len(its), error, chance_error(doubts), calibration_bins(doubts, wrong))


def _coverages(opinions: Sequence[Opinion]) -> Iterable[CoverageOf]:
    for source in sorted({row.source for row, _ in opinions}):
        its = [each for row, each in opinions if row.source == source]
        opinion, final = ([each.doubt is not None for each in its], [each.final is not None for each in its])
        yield CoverageOf(source, len(its), float(np.mean(opinion)), float(np.mean(final)))


def _rejections(checks: CheckSet, opinions: Sequence[Opinion]) -> Iterable[RejectedBy]:
    counts: dict[float, Counter[str]] = {0.0: Counter(), 1.0: Counter()}
    sizes = Counter(row.wrong for row, _ in opinions)
    for row, _ in opinions:
        verdict = judge(Written(Brief(row.prompt), row.answer, finish=row.signs.finish or "stop"), checks)
        counts[row.wrong].update({*verdict.reasons} | ({"any"} if verdict.reasons else set()))
    for check in ("any", *[check.name for check, _ in checks.rows]):
        shares = [counts[wrong][check] / max(sizes[wrong], 1) for wrong in (0.0, 1.0)]
        yield RejectedBy(check, *shares)


def _times(thoughts: Sequence[Thought]) -> Iterable[TimeOf]:
    for most in TIMED_UP_TO:
        took = np.array([each.took_s * 1000 for each in thoughts if len(each.opinion[0].answer) <= most])
        if len(took):
            p50, p95, longest = np.quantile(took, (0.5, 0.95, 1.0)).tolist()
            yield TimeOf(most, len(took), p50, p95, longest)


def _mean_curve(ordering: str, groups: Sequence[Group]) -> Curve:
    """The mean of the deferral curves of groups with a gap."""
    curves = [recovered_gap(*columns) for columns in columns_for("apgr", ordering, groups)]
    drawn: list[F64] = [
        np.interp(_SHARES, curve.strong_calls, curve.recovered)
        for curve in curves
        if np.isfinite(curve.recovered).all()
    ]
    return Curve(_SHARES, np.mean(drawn, axis=0) if drawn else np.full(len(_SHARES), np.nan))
