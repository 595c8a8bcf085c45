"""How often a decision stays when the same thing is asked in another way, and which way it goes when it does not.

Rows are drawn from a folder of prompts, source by source; each perturbation is applied to each of them, and a policy
decides both requests as serving would. Nothing is drawn at random but by seeds: the same rows give the same figures.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import sqrt
from pathlib import Path
from random import Random
from typing import Any, Final

from msgspec import Struct, to_builtins

from router.core.case import Case, Expectation, Setting, Usual, put
from router.core.decision import decide
from router.core.grants import OWNER
from router.core.policy import Policy
from router.core.values import TIERS, Band, ChatRequest, Hints, Tier
from router.learn.attacks import ATTACKS
from router.learn.perturbations import BENIGN, LANGUAGES, Kind, Perturbation
from router.learn.rows import read_columns

FILES: Final = {
    "routing.parquet": ("prompt", "source"),
    "stakes.parquet": ("prompt", "source", "stakes_level"),
    "tasktype.parquet": ("prompt", "source"),
}
"""The files that prompts are drawn from, and what is read of them; a prompt of several files is of the first."""

GOAL: Final = 0.97
"""The share of decisions that should stay when a request is worded in another way."""

ALL_SOURCES: Final = "all"
PERTURBATIONS: Final[tuple[Perturbation, ...]] = (*BENIGN, *LANGUAGES, *ATTACKS)

_DEVIATIONS = 1.96
"""Standard deviations to either side of a 95% interval."""


class Asked(Struct, frozen=True):
    """A prompt, the source it was drawn from, and the level of its stakes there; "" where it has none."""

    prompt: str
    source: str
    level: str = ""


class Outcome(Struct, frozen=True):
    """What a policy made of a request: its ladder and what it went by."""

    tiers: tuple[Tier, ...]
    stakes: Band
    difficulty: Band
    task: str


class Trial(Struct, frozen=True):
    """A row before and after a perturbation."""

    perturbation: str
    kind: Kind
    row: Asked
    before: Outcome
    after: Outcome


class Share(Struct, frozen=True):
    """A share of so many rows, with Wilson's 95% interval (Wilson, 1927); 0 to 1 where there are none."""

    value: float
    low: float
    high: float
    rows: int


class Figures(Struct, frozen=True):
    """What a perturbation did to the rows of a source.

    `unchanged`: the ladder is as it was. `up` and `down`: changed ladders that begin at a dearer and at a cheaper tier,
    of all rows. `owed_down`: of the rows that stakes or difficulty kept from the fast tier, those that begin there now;
    `high_down`: of those of high stakes alone; `labelled_down`: of those that the data calls so, too, where it does
    harm. `high_lost`: rows whose stakes were high and are no longer, wherever they go. The other three: bands and
    tasks that stay.
    """

    perturbation: str
    kind: Kind
    source: str
    unchanged: Share
    up: Share
    down: Share
    owed_down: Share
    high_down: Share
    labelled_down: Share
    high_lost: Share
    same_stakes: Share
    same_difficulty: Share
    same_task: Share


class Robustness(Struct, frozen=True):
    """The figures of every perturbation for every source, and for all sources together. `kinds` has them over all
    perturbations of a kind, and `sources` the same source by source; what perturbs is there called by its kind, and
    intervals are too narrow, since each row counts once for each perturbation."""

    policy: str
    rows: int
    figures: tuple[Figures, ...]
    kinds: tuple[Figures, ...]
    sources: tuple[Figures, ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        found: dict[str, Any] = to_builtins(self)
        return found


def draw_rows(folder: Path, most: int) -> tuple[Asked, ...]:
    """At most so many prompts of each source of a folder's files, each prompt once. Raises FileError."""
    by_source: dict[str, list[Asked]] = defaultdict(list)
    seen: set[str] = set()
    for name, columns in FILES.items():
        for row in read_columns(folder / name, *columns):
            if row["prompt"] not in seen:
                seen.add(row["prompt"])
                asked = _asked(name, row)
                by_source[asked.source].append(asked)
    drawn = [
        Random(source).sample(its, min(most, len(its)))  # noqa: S311 - no secret is made of it
        for source, its in by_source.items()
    ]
    return tuple(row for its in drawn for row in its)


def _asked(file: str, row: Mapping[str, Any]) -> Asked:
    """A row by the name of its file and of its source, without the part of the source that it is from."""
    source = f"{file.removesuffix('.parquet')}: {row['source'].partition('/')[0]}"
    return Asked(row["prompt"], source, row.get("stakes_level", ""))


def decide_on(policy: Policy, usual: Usual, request: ChatRequest) -> Outcome:
    """What a policy makes of an owner's first request."""
    question = put(Case("", request, Hints(), OWNER, Setting(), Expectation()), usual)
    decision = decide(policy, question.view, question.reach, question.pin)
    signals = question.view.signals
    return Outcome(decision.tiers, signals.stakes.band, signals.difficulty.band, signals.task)


def try_row(row: Asked, decided: Callable[[ChatRequest], Outcome]) -> Iterator[Trial]:
    """Every perturbation that applies to a row."""
    for each in PERTURBATIONS:
        pair = each.pair(row.prompt, Random(f"{each.name}\n{row.prompt}"))  # noqa: S311 - no secret is made of it
        if pair is not None:
            yield Trial(each.name, each.kind, row, decided(pair.before), decided(pair.after))


def measure_robustness(policy: Policy, usual: Usual, rows: Iterable[Asked]) -> Robustness:
    """What a policy makes of these rows and of their perturbations."""
    trials = [list(try_row(row, partial(decide_on, policy, usual))) for row in rows]
    return summarise(policy.name, len(trials), [trial for its in trials for trial in its])


def summarise(policy: str, rows: int, trials: Sequence[Trial]) -> Robustness:
    """The figures of the trials of so many rows, perturbations in their order and sources in that of the rows."""
    sources = tuple(dict.fromkeys(trial.row.source for trial in trials))
    names = tuple(dict.fromkeys(each.name for each in PERTURBATIONS))
    kinds = tuple(dict.fromkeys(each.kind for each in PERTURBATIONS))
    return Robustness(
        policy=policy,
        rows=rows,
        figures=_each(names, (ALL_SOURCES, *sources), _group(trials, lambda trial: trial.perturbation)),
        kinds=_each(kinds, (ALL_SOURCES,), _group(trials, lambda trial: trial.kind)),
        sources=_each(kinds, sources, _group(trials, lambda trial: trial.kind)),
    )


def share_of(flags: Sequence[bool]) -> Share:
    """The share of these that hold."""
    rows = len(flags)
    if not rows:
        return Share(0.0, 0.0, 1.0, 0)
    value, squared = sum(flags) / rows, _DEVIATIONS**2
    middle = (value + squared / (2 * rows)) / (1 + squared / rows)
    reach = _DEVIATIONS * sqrt(value * (1 - value) / rows + squared / (4 * rows**2)) / (1 + squared / rows)
    return Share(value, max(middle - reach, 0.0), min(middle + reach, 1.0), rows)


def _group(trials: Iterable[Trial], name_of: Callable[[Trial], str]) -> dict[tuple[str, str], list[Trial]]:
    """The trials by what they are called and by source, and of all sources together."""
    groups: dict[tuple[str, str], list[Trial]] = defaultdict(list)
    for trial in trials:
        groups[name_of(trial), trial.row.source].append(trial)
        groups[name_of(trial), ALL_SOURCES].append(trial)
    return groups


def _each(
    names: Iterable[str], sources: Sequence[str], groups: Mapping[tuple[str, str], Sequence[Trial]]
) -> tuple[Figures, ...]:
    cells = [(name, source) for name in names for source in sources if (name, source) in groups]
    return tuple(_figures_of(name, source, groups[name, source]) for name, source in cells)


def _figures_of(name: str, source: str, trials: Sequence[Trial]) -> Figures:
    owed = [trial for trial in trials if "high" in (trial.before.stakes, trial.before.difficulty)]
    high = [trial for trial in trials if trial.before.stakes == "high"]
    return Figures(
        perturbation=name,
        kind=trials[0].kind,
        source=source,
        unchanged=share_of([trial.before.tiers == trial.after.tiers for trial in trials]),
        up=share_of([_begins_at(trial.after) > _begins_at(trial.before) for trial in trials]),
        down=share_of([_begins_at(trial.after) < _begins_at(trial.before) for trial in trials]),
        owed_down=share_of([_begins_at(trial.after) == 0 for trial in owed]),
        high_down=share_of([_begins_at(trial.after) == 0 for trial in high]),
        labelled_down=share_of([_begins_at(trial.after) == 0 for trial in high if trial.row.level == "high"]),
        high_lost=share_of([trial.after.stakes != "high" for trial in high]),
        same_stakes=share_of([trial.before.stakes == trial.after.stakes for trial in trials]),
        same_difficulty=share_of([trial.before.difficulty == trial.after.difficulty for trial in trials]),
        same_task=share_of([trial.before.task == trial.after.task for trial in trials]),
    )


def _begins_at(outcome: Outcome) -> int:
    """The first tier, as a number that is higher for dearer ones; 0 is the cheapest."""
    return TIERS.index(outcome.tiers[0])
