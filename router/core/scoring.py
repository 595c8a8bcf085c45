"""The hand-written stakes and difficulty of a request: what a wrong answer costs, and how hard a right one is.

Pure functions over text. Both scorers are logistic: the weights of the cues found are log-odds, added to a bias and
squashed into 0..1. A learned scorer takes the same `Prompt` and returns the same `Score`.
"""

from collections.abc import Sequence
from math import inf

from msgspec import Struct
from msgspec.structs import replace

from router.core.cues import TOOLS_SUBJECT, Cue
from router.core.difficulty import (
    MOST_REASONS,
    UNTAUGHT,
    CuesOpinion,
    are_asked,
    find_shifts,
    judge_by_cues,
    judge_by_heads,
)
from router.core.learned import DifficultyBands, LearnedScores
from router.core.odds import logistic
from router.core.passage import Passage, shares_a_deed
from router.core.priors import CIRCUMSTANCES, NO_PRIORS, Priors
from router.core.stakes.domains import highest_shares, is_decisive, likeliest_case
from router.core.stakes.rule import Finding
from router.core.task_words import TaskRule
from router.core.values import Band, Score

MEDIUM_FROM = 0.33
HIGH_FROM = 0.66
"""A score below `MEDIUM_FROM` is in the low band; one of at least `HIGH_FROM` is in the high band."""

STAKES_BIAS = -2.2
DIFFICULTY_BIAS = -1.4
"""The log-odds of a text in which nothing was found."""

BY_HAND = DifficultyBands(MEDIUM_FROM, HIGH_FROM)
"""The bands of difficulty that the weights of cues were set for."""

MOST_BY_CUES = HIGH_FROM - 0.01
"""What cues in the ask may reach alone where the named rules looked and found nothing: they know no polarity."""

MOST_OFFERED_TO_A_QUESTION = 1.8
"""The most that tools that act on the world add to a question, which needs none of them; a greeting they leave be."""

_QUESTIONS = frozenset(b"what who whom whose when where why which how is are was were does did".split())

UNJUDGED_SCORE = 0.5
"""The least score of a text that nobody can judge: the middle of the medium band, so that it fails expensive."""

LEARNED = "learned."
"""What the reasons of a head begin with."""

LONG_CONTEXT_TOKENS = 2_000
"""From here on an answer may hang on a detail far back in the prompt, which is where the fast tier slips."""


class Prompt(Struct, frozen=True, gc=False):
    """All that a scorer may look at.

    `ask` is the last user turn, `earlier` what was said before it, `system` the system prompt, and `tools` the names
    and descriptions of the tools on offer; of all of them only excerpts. `ask_tokens` and `prompt_tokens` are
    estimates for the whole. `scripts` are the writing systems of the ask, the commonest first; `legible` says
    whether it is English enough for cues that are English words. `findings` are what the named rules find in every
    turn of the user, whole, and `offered` what they find in the tools. `turns` are the user's last turns as the
    learned heads are shown them, the latest last; `task_rule` is the rule that names the task, if one does.
    """

    ask: Passage
    earlier: Passage
    system: Passage
    tools: Passage
    ask_tokens: int
    prompt_tokens: int
    images: int
    scripts: tuple[str, ...]
    legible: bool
    findings: tuple[Finding, ...] = ()
    offered: tuple[Finding, ...] = ()
    turns: tuple[str, ...] = ("",)
    task_rule: TaskRule | None = None


class Place(Struct, frozen=True, gc=False):
    """How far evidence outside the ask counts: its share of the weight, and the most that it may add in all.

    `same` is for subjects that the ask touches too, `other` for the rest: a clinic's system prompt decides how a
    question about a dose is judged, and must not make a greeting dangerous.
    """

    same: float
    same_most: float
    other: float
    other_most: float


EARLIER = Place(same=0.7, same_most=2.0, other=0.2, other_most=0.8)
AGREED = Place(same=1.0, same_most=3.6, other=0.2, other_most=0.8)
"""What was said before an ask, and what an ask only says yes to, which is as good as asking for it."""

SYSTEM = Place(same=1.0, same_most=2.0, other=0.2, other_most=0.8)


class Stakes(Struct, frozen=True, gc=False):
    """The stakes of a request, and the domain of what raised them the most: "" where they are low or only cues did."""

    score: Score
    domain: str


def stakes(prompt: Prompt, turns: Sequence[LearnedScores] = ()) -> Score:
    """What a wrong answer would cost, as `weigh_stakes` says."""
    return weigh_stakes(prompt, turns).score


def weigh_stakes(prompt: Prompt, turns: Sequence[LearnedScores] = ()) -> Stakes:
    """What a wrong answer would cost: 0 nothing, 1 harm that cannot be undone. `turns` are what the heads say about
    the user's last turns; nothing where they abstain.

    A deed or a situation that a rule finds stands by itself, whatever the heads say, and names the domain where it
    reaches the band. The words of a topic and the head of its domain are weighed together; the one that says the most
    counts.
    """
    decisive = tuple([each for each in prompt.findings if is_decisive(each)])
    case = likeliest_case([each for each in prompt.findings if not is_decisive(each)], turns)
    named, topical = _named_stakes(prompt, decisive), _score(STAKES_BIAS, case.weights)
    higher, lower = (topical, named) if topical.score > named.score else (named, topical)
    found = decisive + prompt.offered
    is_of_topic = topical.band != "low" and not (found and named.band == topical.band)
    domain = case.domain if is_of_topic else found[0].domain if found else ""
    return Stakes(_with_reasons(higher, lower), domain if higher.band != "low" else "")


def _with_reasons(higher: Score, lower: Score) -> Score:
    """The higher of two scores, with the reasons of the other behind its own unless those came to nothing."""
    if lower.band == "low":
        return higher
    return Score(higher.score, higher.band, tuple(dict.fromkeys(higher.reasons + lower.reasons))[:MOST_REASONS])


def learned_stakes(turns: Sequence[LearnedScores]) -> dict[str, float]:
    """The highest stakes of each domain by the heads alone, on the scale of the bands; empty: the heads abstain."""
    return {domain: place_on_bands(share) for domain, share in highest_shares(turns).items()}


def place_on_bands(share: float) -> float:
    """A head's stakes, which are high from 0.5, on the scale of the rules, which are high from HIGH_FROM."""
    return share * HIGH_FROM / (share * HIGH_FROM + (1.0 - share) * (1.0 - HIGH_FROM))


def _named_stakes(prompt: Prompt, decisive: tuple[Finding, ...]) -> Score:
    """What the named rules find is in earnest already, so that no cue takes anything off it."""
    weights = _cue_stakes(prompt)
    if decisive:
        found = {each.name: each.weight for each in decisive} | _offered(prompt)
        return _score(STAKES_BIAS, {name: weight for name, weight in weights.items() if weight > 0.0} | found)
    score = _score(STAKES_BIAS, weights | _offered(prompt))
    if prompt.offered or prompt.earlier.cues or prompt.system.cues:
        return score
    return replace(score, score=min(score.score, MOST_BY_CUES), band=band_of(min(score.score, MOST_BY_CUES)))


def _cue_stakes(prompt: Prompt) -> dict[str, float]:
    """The stakes of the cues in an ask, and as far as they count of those around it."""
    weights = {cue.name: cue.stakes for cue in prompt.ask.cues if cue.stakes}
    if prompt.earlier.cues or prompt.system.cues or prompt.tools.cues:
        touched = _touched(prompt)
        earlier = AGREED if "agreeing" in touched else EARLIER
        for passage, place in ((prompt.earlier, earlier), (prompt.system, SYSTEM)):
            if passage.cues:
                _add_surroundings(weights, [(cue, cue.stakes) for cue in passage.cues], place, touched)
    return weights


def _offered(prompt: Prompt) -> dict[str, float]:
    """What the tools on offer add, as far as the ask may lead to their use."""
    if any(cue.subject == "greeting" for cue in prompt.ask.cues):
        return {}
    shared = prompt.tools.cues and shares_a_deed(prompt.ask, prompt.tools)
    asks_only = not shared and not _QUESTIONS.isdisjoint(prompt.ask.words[:1])
    most = MOST_OFFERED_TO_A_QUESTION if asks_only else inf
    return {each.name: min(each.weight, most) for each in prompt.offered}


def difficulty(
    prompt: Prompt,
    turns: Sequence[LearnedScores] = (),
    bands: DifficultyBands = BY_HAND,
    priors: Priors = NO_PRIORS,
) -> Score:
    """How likely the fast tier is to get this wrong: 0 hardly, 1 nearly surely. `turns` are as in `stakes`, the latest
    last, and `bands` and `priors` those of their classifier. Without turns the cues judge alone."""
    weights = _cue_difficulty(prompt)
    light = min(weights.values(), default=0.0) < 0.0
    cues = CuesOpinion(DIFFICULTY_BIAS + sum(weights.values()), BY_HAND, _heaviest(weights), light)
    latest = turns[-1].task if turns else ""
    task = prompt.task_rule.task if prompt.task_rule else latest
    shifts = find_shifts(priors, task, _circumstances(prompt))
    if not turns:
        return judge_by_cues(cues, shifts, bands)
    if not are_asked(task, cues, bands):
        return judge_by_cues(replace(cues, names=(UNTAUGHT, *cues.names)), shifts, bands)
    return judge_by_heads(turns, cues, shifts, bands)


def _cue_difficulty(prompt: Prompt) -> dict[str, float]:
    """The difficulty of the cues in an ask and before it, and of what comes with it.

    The system prompt has no say: it is the same for the hardest turn and the easiest.
    """
    weights = {cue.name: cue.difficulty for cue in prompt.ask.cues if cue.difficulty}
    if prompt.earlier.cues:
        earlier = [(cue, cue.difficulty) for cue in prompt.earlier.cues]
        touched = _touched(prompt)
        _add_surroundings(weights, earlier, AGREED if "agreeing" in touched else EARLIER, touched)
    if prompt.tools.words:
        weights["circumstances.tools"] = 0.9
    if prompt.images:
        weights["circumstances.images"] = 1.2
    if prompt.prompt_tokens >= LONG_CONTEXT_TOKENS:
        weights["circumstances.long_context"] = 0.8
    return weights


def _circumstances(prompt: Prompt) -> list[str]:
    """Those of `priors.CIRCUMSTANCES` that a prompt has."""
    found = (prompt.images > 0, prompt.prompt_tokens >= LONG_CONTEXT_TOKENS, not prompt.legible)
    return [name for name, has in zip(CIRCUMSTANCES, found, strict=True) if has]


def band_of(score: float) -> Band:
    """The band that a score in 0..1 lies in."""
    if score < MEDIUM_FROM:
        return "low"
    return "medium" if score < HIGH_FROM else "high"


def _touched(prompt: Prompt) -> set[str]:
    """The subjects of the ask; one that says yes or points back ("and for her?") takes on those around it."""
    subjects = {cue.subject for cue in prompt.ask.cues}
    if "agreeing" in subjects or "leaning" in subjects:
        for passage in (prompt.earlier, prompt.system, prompt.tools):
            subjects.update([cue.subject for cue in passage.cues])
    if prompt.tools.cues and shares_a_deed(prompt.ask, prompt.tools):
        subjects.add(TOOLS_SUBJECT)
    return subjects


def _add_surroundings(
    weights: dict[str, float], around: Sequence[tuple[Cue, float]], place: Place, touched: set[str]
) -> None:
    """Add the evidence of one place outside the ask, as far as the place lets it count."""
    same_room, other_room = place.same_most, place.other_most
    for cue, whole in around:
        if not whole or cue.name in weights:
            continue
        if cue.subject in touched:
            weight = min(whole * place.same, same_room)
            same_room -= abs(weight)
        else:
            weight = min(whole * place.other, other_room)
            other_room -= abs(weight)
        if weight:
            weights[cue.name] = weight


def _score(bias: float, weights: dict[str, float]) -> Score:
    score = logistic(bias + sum(weights.values()))
    return Score(score, band_of(score), _heaviest(weights))


def _heaviest(weights: dict[str, float]) -> tuple[str, ...]:
    return tuple(sorted(weights, key=lambda name: -abs(weights[name]))[:MOST_REASONS]) if weights else ()
