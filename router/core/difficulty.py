"""How what learned heads, hand-written cues and published benchmarks say of difficulty becomes one score. Pure.

The heads give a probability that graded prompts bear out, for the kinds of work that were graded and for what nobody
recognises. There the cues can only raise it: on sources that the heads had not seen, prompts of which the cues thought
worse did fail more often. Everywhere else the cues judge alone, and a reason says so.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from router.core.learned import DifficultyBands, LearnedScores
from router.core.odds import log_odds_of, logistic
from router.core.priors import Priors
from router.core.values import Score

MOST_REASONS: Final = 6

BY_HEADS: Final = "learned.difficulty"
"""The heads gave the probability."""

UNTAUGHT: Final = "learned.untaught"
"""The heads are not asked, for the task is of a kind whose failures were not graded."""

PRIOR: Final = "prior."
"""What the reasons begin with that are shifts by published benchmarks; the task or circumstance follows."""


class CuesOpinion(Struct, frozen=True, gc=False):
    """What the cues say: log-odds of their own, to which `bands` belong; their names, the heaviest first; and whether
    one of them tells a light kind of work, such as a summary."""

    log_odds: float
    bands: DifficultyBands
    names: tuple[str, ...]
    light: bool


def is_taught(task: str, bands: DifficultyBands) -> bool:
    """Whether heads have a say on a task: one whose failures were graded, or "", which nobody recognises."""
    return not task or task in bands.tasks


def are_asked(task: str, cues: CuesOpinion, bands: DifficultyBands) -> bool:
    """Whether heads have a say on a request. A task that only cues recognise, as light work, was not graded."""
    return is_taught(task, bands) and (bool(task) or not cues.light)


def find_shifts(priors: Priors, task: str, circumstances: Sequence[str]) -> dict[str, float]:
    """What the priors add to the log-odds of failing, by the reason that names it."""
    found = {}
    if shift := priors.tasks.get(task, 0.0):
        found[f"{PRIOR}{task}"] = shift
    for each in circumstances:
        if shift := priors.circumstances.get(each, 0.0):
            found[f"{PRIOR}{each}"] = shift
    return found


def judge_by_heads(
    turns: Sequence[LearnedScores], cues: CuesOpinion, shifts: Mapping[str, float], bands: DifficultyBands
) -> Score:
    """The probability of failing by the hardest of the turns whose kind was graded; the last of them is such a one.

    Cues raise it to the medium band at most to where that begins, and what they think high to what they say themselves:
    both is how often such prompts failed on sources held out.
    """
    likely = max([turn.difficulty for turn in turns if is_taught(turn.task, bands)])
    score = logistic(log_odds_of(likely) + sum(shifts.values()))
    band = cues.bands.band_of(logistic(cues.log_odds))
    least = logistic(_place(cues.log_odds, cues.bands, bands)) if band == "high" else bands.start_of(band)
    if score < least:
        return _score(least, (*cues.names, BY_HEADS, *shifts), bands)
    return _score(score, (BY_HEADS, *shifts), bands)


def judge_by_cues(cues: CuesOpinion, shifts: Mapping[str, float], bands: DifficultyBands) -> Score:
    """What the cues say, on the scale of `bands`."""
    score = logistic(_place(cues.log_odds, cues.bands, bands) + sum(shifts.values()))
    return _score(score, (*cues.names, *shifts), bands)


def _place(log_odds: float, own: DifficultyBands, bands: DifficultyBands) -> float:
    """Log-odds on the scale of their `own` bands on that of others: the line on which the ends of both bands meet."""
    if own is bands:
        return log_odds
    low, high = log_odds_of(own.medium_from), log_odds_of(own.high_from)
    onto_low, onto_high = log_odds_of(bands.medium_from), log_odds_of(bands.high_from)
    return onto_low + (log_odds - low) * (onto_high - onto_low) / (high - low)


def _score(score: float, reasons: tuple[str, ...], bands: DifficultyBands) -> Score:
    return Score(score, bands.band_of(score), reasons[:MOST_REASONS])
