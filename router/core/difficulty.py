"""How what learned heads, hand-written cues and published benchmarks say of difficulty becomes one score. Pure.

The heads give a probability that graded prompts bear out, for the kinds of work that were graded. There the cues can
only raise it, to where their band begins: on sources that the heads had not seen, prompts of which the cues thought
worse did fail that often. Everywhere else the cues judge alone. The reasons say who spoke, and who did not.
"""

from collections.abc import Mapping, Sequence
from math import exp, log
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from router.core.priors import Priors
from router.core.values import UNJUDGED_SCRIPT, Band, Score

if TYPE_CHECKING:  # heads need numpy, which a router without a classifier never loads
    from router.core.heads import LearnedScores

MOST_REASONS: Final = 6

LEARNED: Final = "learned.difficulty"
"""The heads gave the probability."""

UNKNOWN: Final = "learned.unknown"
UNTAUGHT: Final = "learned.untaught"
"""The heads abstain: on text unlike what they learned from, and on a kind of work whose failures were not graded."""

PRIOR: Final = "prior."
"""What the reasons begin with that are shifts by published benchmarks; the task or circumstance follows."""

UNJUDGED: Final = 0.5
"""The least score, on the scale of the cues, of a text that nobody can judge: it fails expensive."""

_LEAST = 1e-9


class DifficultyBands(Struct, frozen=True, forbid_unknown_fields=True):
    """Where difficulty, the probability of failing, is medium and where it is high; both lie in 0..1 exclusive. `tasks`
    are the learned tasks whose failures were graded: about any other the difficulty of the heads says nothing."""

    medium_from: float
    high_from: float
    tasks: tuple[str, ...] = ()

    def band_of(self, score: float) -> Band:
        """The band that a score in 0..1 lies in."""
        if score < self.medium_from:
            return "low"
        return "medium" if score < self.high_from else "high"

    def start_of(self, band: Band) -> float:
        """The least score of a band."""
        return {"low": 0.0, "medium": self.medium_from, "high": self.high_from}[band]


class HeadsOpinion(Struct, frozen=True, gc=False):
    """What the heads say: the log-odds of failing, None where they abstain; the task that priors go by, "" when none is
    known; and the reason for which they abstain, "" where nobody asked them."""

    log_odds: float | None
    task: str
    silent_for: str


class CuesOpinion(Struct, frozen=True, gc=False):
    """What the cues say: log-odds of their own, to which `bands` belong; their names, the heaviest first; and whether
    they could read the text at all."""

    log_odds: float
    bands: DifficultyBands
    names: tuple[str, ...]
    legible: bool


def hear_heads(turns: Sequence["LearnedScores"], named_task: str, bands: DifficultyBands) -> HeadsOpinion:
    """What the scores of a user's last turns, the latest last, say of difficulty: that of the hardest, when the latest
    is of a kind that was graded. A named rule knows the task better than the heads do."""
    if not turns:
        return HeadsOpinion(None, named_task, "")
    latest = turns[-1]
    if latest.unknown:
        return HeadsOpinion(None, named_task, UNKNOWN)
    task = named_task or latest.task
    if task not in bands.tasks:
        return HeadsOpinion(None, task, UNTAUGHT)
    graded = [turn.difficulty for turn in turns if not turn.unknown and turn.task in bands.tasks]
    return HeadsOpinion(log_odds_of(max(graded, default=latest.difficulty)), task, "")


def find_shifts(priors: Priors, task: str, circumstances: Sequence[str]) -> dict[str, float]:
    """What the priors add to the log-odds of failing, by the reason that names it."""
    found = {f"{PRIOR}{task}": priors.tasks.get(task, 0.0)}
    found |= {f"{PRIOR}{each}": priors.circumstances.get(each, 0.0) for each in circumstances}
    return {reason: shift for reason, shift in found.items() if shift}


def combine_difficulty(
    heads: HeadsOpinion, cues: CuesOpinion, shifts: Mapping[str, float], bands: DifficultyBands
) -> Score:
    """The score that all of them lead to: a probability of failing, in one of `bands`."""
    if heads.log_odds is None:
        return _by_cues(heads.silent_for, cues, shifts, bands)
    score = logistic(heads.log_odds + sum(shifts.values()))
    floor = bands.start_of(cues.bands.band_of(logistic(cues.log_odds)))
    if score < floor:
        return _score(floor, (*cues.names, LEARNED, *shifts), bands)
    return _score(score, (LEARNED, *shifts), bands)


def _by_cues(silent_for: str, cues: CuesOpinion, shifts: Mapping[str, float], bands: DifficultyBands) -> Score:
    score = logistic(_place(cues.log_odds, cues.bands, bands) + sum(shifts.values()))
    reasons = (*([silent_for] if silent_for else ()), *cues.names, *shifts)
    if cues.legible:
        return _score(score, reasons, bands)
    least = logistic(_place(log_odds_of(UNJUDGED), cues.bands, bands))
    return _score(max(score, least), (UNJUDGED_SCRIPT, *reasons), bands)


def logistic(log_odds: float) -> float:
    """The probability of these log-odds."""
    return 1.0 / (1.0 + exp(-log_odds))


def log_odds_of(probability: float) -> float:
    """The log-odds of a probability in 0..1; of one just inside where it is at an end."""
    inside = min(max(probability, _LEAST), 1.0 - _LEAST)
    return log(inside / (1.0 - inside))


def _place(log_odds: float, own: DifficultyBands, bands: DifficultyBands) -> float:
    """Log-odds on the scale of their `own` bands on that of others: the line on which the ends of both bands meet."""
    if own is bands:
        return log_odds
    low, high = log_odds_of(own.medium_from), log_odds_of(own.high_from)
    onto_low, onto_high = log_odds_of(bands.medium_from), log_odds_of(bands.high_from)
    return onto_low + (log_odds - low) * (onto_high - onto_low) / (high - low)


def _score(score: float, reasons: tuple[str, ...], bands: DifficultyBands) -> Score:
    return Score(score, bands.band_of(score), reasons[:MOST_REASONS])
