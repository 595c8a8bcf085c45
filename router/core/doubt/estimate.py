"""How likely a finished closed-form answer is wrong: a linear score over named traits, calibrated by kind of question.

Nobody has an opinion on open requests, on an answer without text, and on an ending that is not known: one that is
neither cut short nor states, names or declines an answer. There a score that was taught by questions misleads.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from router.core.doubt.ending import FinalAnswer
from router.core.doubt.final_answer import agree
from router.core.doubt.question import Kind, Question, read_question
from router.core.doubt.traits import Look, Traits, look_at, read_traits
from router.core.odds import log_odds_of, logistic

MOST_DEVIATIONS: Final = 3.0
"""A trait counts up to so many standard deviations from its mean."""

CUT: Final = "length"
"""The finish of an answer that a cap cut short."""

LOGPROB_SLOPE: Final = 1.0
USUAL_LOGPROB: Final = -0.2
PASSES_SLOPE: Final = 1.0
MOST_SHIFT: Final = 1.0
"""What engines say of an answer is not in the recorded ones, so its weight is set by hand until records of a deployment
say better: one in log-odds for every nat by which the mean log-probability of a token lies below the usual, and one for
a canvas that took all its passes beside one that took half of them; neither shifts by more than one."""

LOOPS: Final = 0.5
"""Where more of all runs of four words are repetitions, an answer never came to its end."""

DECLINES: Final = ("says_cannot", "says_none_listed", "says_later")


class Weighed(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What a trait is worth, for each standard deviation from its mean."""

    weight: float
    mean: float
    deviation: float


class Platt(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What turns margins into log-odds: slope x margin + offset."""

    slope: float
    offset: float


class Second(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What a second answer does to the log-odds of doubt: slope x log-odds + a shift for what it ends in."""

    slope: float
    agrees: float
    differs: float


class Scorer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What was learned about answers to one kind of question."""

    bias: float
    traits: dict[str, Weighed]
    calibration: Platt
    second: Second


Scorers = Mapping[Kind, Scorer]
"""By kind of question; a kind without one is never doubted."""


NOBODY_DOUBTS: Final[Scorers] = MappingProxyType({})


class Signs(Struct, frozen=True, gc=False):
    """What an engine says of an answer beside its text, where it does: why it ended, the mean log-probability of its
    tokens, and the share of the passes allowed that its canvases took."""

    finish: str = ""
    mean_logprob: float | None = None
    passes_share: float | None = None


NO_SIGNS: Final = Signs()


class Doubted(Struct, frozen=True, gc=False):
    """What is thought of an answer: what was asked, what it ends in, and the probability that it is wrong. None: no
    opinion; on open requests it is not looked what answers end in, either."""

    question: Question
    final: FinalAnswer | None
    doubt: float | None


def doubt_of(scorers: Scorers, prompt: str, answer: str, signs: Signs = NO_SIGNS) -> Doubted:
    """What is thought of an answer to a prompt. Takes time in proportion to both, up to a bound."""
    question = read_question(prompt)
    scorer = scorers.get(question.kind)
    if scorer is None or not answer.strip():
        return Doubted(question, None, None)
    look = look_at(prompt, answer, question)
    traits = read_traits(look)
    if not _is_known(look, traits, signs):
        return Doubted(question, look.final, None)
    log_odds = scorer.calibration.slope * margin_of(scorer, traits) + scorer.calibration.offset
    return Doubted(question, look.final, logistic(log_odds + _shift_of(signs)))


def doubt_with_second(scorers: Scorers, first: Doubted, second: FinalAnswer | None) -> float | None:
    """The probability that an answer is wrong, after a second one to the same prompt. To differ raises it above what
    it was by itself, to agree lowers it; among answers alike in this, doubt decides. None: there was no opinion."""
    if first.doubt is None:
        return None
    learned = scorers[first.question.kind].second
    shift = learned.agrees if agree(first.final, second) else learned.differs
    return logistic(learned.slope * log_odds_of(first.doubt) + shift)


def margin_of(scorer: Scorer, traits: Traits) -> float:
    """The score of traits, before calibration."""
    return scorer.bias + sum(contributions(scorer, traits).values())


def contributions(scorer: Scorer, traits: Traits) -> dict[str, float]:
    """What each trait adds to the margin."""
    return {
        name: each.weight
        * max(min((traits.get(name, 0.0) - each.mean) / each.deviation, MOST_DEVIATIONS), -MOST_DEVIATIONS)
        for name, each in scorer.traits.items()
    }


def _is_known(look: Look, traits: Traits, signs: Signs) -> bool:
    """Whether an answer ends in a way that the scores were taught by."""
    if look.final is not None or signs.finish == CUT or traits["repeated_words"] > LOOPS:
        return True
    if traits["ends_open"] or (traits["unclosed"] and not traits["ends_as_sentence"]):
        return True
    return any([traits[name] for name in DECLINES])  # noqa: C419 - faster


def _shift_of(signs: Signs) -> float:
    shift = 0.0
    if signs.mean_logprob is not None:
        shift += _bounded(LOGPROB_SLOPE * (USUAL_LOGPROB - signs.mean_logprob))
    if signs.passes_share is not None:
        shift += _bounded(PASSES_SLOPE * (2 * signs.passes_share - 1))
    return shift


def _bounded(shift: float) -> float:
    return max(min(shift, MOST_SHIFT), -MOST_SHIFT)
