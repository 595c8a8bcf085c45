"""What named rules and learned heads say about a request together, and where neither can tell. Pure.

A rule that was found stands by itself. A head may raise the stakes, and abstains on text that is unlike what it learned
from: what nobody could judge is a guess that fails expensive, and says that it is one.
"""

import re
from typing import Any, Final

from msgspec import Struct

from router.core.answer_length import capped, expected
from router.core.heads import Heads, score_text
from router.core.learned import DifficultyBands, LearnedScores
from router.core.priors import Priors
from router.core.scoring import BY_HAND, LEARNED, UNJUDGED_SCORE, Prompt, difficulty, weigh_stakes
from router.core.stakes.rule import Finding
from router.core.values import UNJUDGED, Quantiles, Score, without_opinion

_IDENTIFIER = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|\b[0-9a-fA-F]{24,128}\b")
"""A UUID, or a long run of hexadecimal digits."""

GREETING: Final = "greeting.only"
"""The cue of an ask that is a greeting and nothing else."""


class Evidence(Struct, frozen=True):
    """Everything that a judgement rests on. `turns` are what the heads say about each of the turns that they were
    shown, the latest last; `bands` and `priors` of difficulty are those of their classifier; `max_tokens` is the
    caller's cap on the answer (0: none)."""

    prompt: Prompt
    turns: tuple[LearnedScores, ...]
    bands: DifficultyBands
    priors: Priors
    max_tokens: int

    @property
    def known(self) -> tuple[LearnedScores, ...]:
        """The scores that may be used: none when the latest turn is unlike what the heads learned from."""
        return () if self.turns[-1].unknown else tuple([turn for turn in self.turns if not turn.unknown])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The rules about stakes that were found in what the user said and in the tools on offer."""
        return self.prompt.findings + self.prompt.offered


class Judgement(Struct, frozen=True):
    """What is thought of a request. `stakes_domain` is "" where nothing raised the stakes; `task` is "" when none is
    recognised, and `task_reason` names the rule or the head that did. `answer_base` is how long the answer would be
    without the caller's cap."""

    difficulty: Score
    stakes: Score
    stakes_domain: str
    task: str
    task_reason: str
    answer_tokens: Quantiles
    answer_base: Quantiles

    @property
    def abstained(self) -> tuple[str, ...]:
        """The signals without an opinion."""
        scores = (("difficulty", self.difficulty), ("stakes", self.stakes))
        unknown = [name for name, score in scores if not score.is_judged]
        return (*unknown, *without_opinion(self.task, self.answer_base))

    @property
    def reasons(self) -> tuple[str, ...]:
        """What led to it, each once."""
        task = [self.task_reason] if self.task else []
        named = [*self.stakes.reasons, *self.difficulty.reasons, *task, f"length.{self.answer_tokens.why}"]
        return tuple(dict.fromkeys(named))

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "difficulty": self.difficulty.score,
            "difficulty_band": self.difficulty.band,
            "stakes": self.stakes.score,
            "stakes_band": self.stakes.band,
            "stakes_domain": self.stakes_domain,
            "task": self.task,
            "answer_tokens": {"p50": self.answer_tokens.p50, "p90": self.answer_tokens.p90},
            "abstained": list(self.abstained),
            "reasons": list(self.reasons),
        }


def gather_evidence(heads: Heads, prompt: Prompt, max_tokens: int) -> Evidence:
    """What the heads say about a prompt, beside what was read in it. An identifier or a digest is like nothing that was
    learned from and says nothing: a text that is unknown with it is judged without it."""
    turns = tuple([score_text(heads, text) for text in prompt.turns])
    if turns[-1].unknown and any(map(_IDENTIFIER.search, prompt.turns)):
        turns = tuple([score_text(heads, _IDENTIFIER.sub(" ", text)) for text in prompt.turns])
    return Evidence(prompt, turns, heads.thresholds.difficulty_bands, heads.priors, max_tokens)


def judge(evidence: Evidence) -> Judgement:
    """The judgement that evidence leads to. It never raises."""
    prompt, known = evidence.prompt, evidence.known
    task, why = _task_of(evidence)
    weighed, hard = weigh_stakes(prompt, known), difficulty(prompt, known, evidence.bands, evidence.priors)
    costly = weighed.score
    if not (prompt.legible and known) and not _is_greeting(prompt):
        costly, hard = _guessed(costly, UNJUDGED_SCORE, BY_HAND), _guessed(hard, evidence.bands.middle, evidence.bands)
    base = expected(prompt.ask, prompt.ask_tokens, task)
    return Judgement(
        difficulty=hard,
        stakes=costly,
        stakes_domain=weighed.domain,
        task=task,
        task_reason=why,
        answer_tokens=capped(base, evidence.max_tokens),
        answer_base=base,
    )


def _is_greeting(prompt: Prompt) -> bool:
    """Whether an ask is too short for the heads and yet known for what it is."""
    return any(cue.name == GREETING for cue in prompt.ask.cues)


def _guessed(score: Score, least: float, bands: DifficultyBands) -> Score:
    """The score of what could not be judged: at least medium. A rule that makes it high has an opinion."""
    if score.band == "high":
        return score
    guess = max(score.score, least)
    return Score(guess, bands.band_of(guess), (UNJUDGED, *score.reasons))


def _task_of(evidence: Evidence) -> tuple[str, str]:
    """The task and what named it: a rule before a head."""
    rule = evidence.prompt.task_rule
    if rule is not None:
        return rule.task, rule.name
    task = evidence.turns[-1].task if evidence.known else ""
    return task, f"{LEARNED}task.{task}"
