"""One score out of what heads, cues and published benchmarks say of difficulty, with reasons that tell who spoke."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.difficulty import (
    BY_HEADS,
    UNTAUGHT,
    CuesOpinion,
    find_shifts,
    judge_by_cues,
    judge_by_heads,
    log_odds_of,
    logistic,
)
from router.core.learned import DifficultyBands, LearnedScores
from router.core.priors import NO_PRIORS, Priors
from router.core.scoring import BY_HAND, difficulty
from router.core.task_words import TaskRule
from router.core.values import BANDS
from tests.core.test_scoring import prompt_of

TAUGHT = DifficultyBands(0.3, 0.4, ("competition_maths", "knowledge_quiz"))
PRIORS = Priors({"competition_maths": 0.7, "code_generation": -0.1}, {"images": 0.4})
QUESTION = "What is the boiling point of mercury?"
PROOF = "Prove that there are infinitely many primes."


def turn(likely: float, task: str = "knowledge_quiz") -> LearnedScores:
    return LearnedScores(likely, {}, task, False)


def rule(task: str) -> TaskRule:
    return TaskRule(f"{task}.named", task, frozenset())


def cues(score: float) -> CuesOpinion:
    return CuesOpinion(log_odds_of(score), BY_HAND, (), light=False)


# --- who speaks -------------------------------------------------------------------------------------------------


def test_without_heads_the_cues_judge_alone_and_on_their_own_scale() -> None:
    found = difficulty(prompt_of(PROOF))

    assert (found.band, BY_HAND.band_of(found.score)) == ("high", "high")
    assert not any(reason.startswith("learned.") for reason in found.reasons)


@pytest.mark.parametrize("task", ["knowledge_quiz", ""])
def test_heads_give_the_probability_of_a_task_that_was_graded_and_of_what_nobody_recognises(task: str) -> None:
    found = difficulty(prompt_of(QUESTION), (turn(0.35, task),), TAUGHT)

    assert (found.score, found.band, found.reasons) == (pytest.approx(0.35), "medium", (BY_HEADS,))


@pytest.mark.parametrize(("learned", "named"), [("summarise", None), ("knowledge_quiz", rule("rewrite"))])
def test_heads_are_not_asked_about_a_task_that_was_not_graded_and_a_reason_says_so(
    learned: str, named: TaskRule | None
) -> None:
    found = difficulty(prompt_of(QUESTION, task_rule=named), (turn(0.9, learned),), TAUGHT)

    assert (found.band, found.reasons[0]) == ("low", UNTAUGHT)


def test_heads_are_not_asked_about_what_only_cues_recognise_as_light_work() -> None:
    found = difficulty(prompt_of("Summarize this report for me."), (turn(0.9, ""),), TAUGHT)

    assert (found.band, found.reasons) == ("low", (UNTAUGHT, "text.summary"))


def test_the_hardest_turn_counts_while_the_latest_is_of_a_kind_that_was_graded() -> None:
    turns = (turn(0.8), turn(0.99, task="summarise"), turn(0.2))

    assert difficulty(prompt_of(QUESTION), turns, TAUGHT).score == pytest.approx(0.8)


def test_a_hard_turn_is_over_when_the_latest_is_of_another_kind() -> None:
    found = difficulty(prompt_of("Thanks, that helped!", task_rule=rule("chat")), (turn(0.9), turn(0.9, "")), TAUGHT)

    assert found.band == "low"


# --- heads beside cues ------------------------------------------------------------------------------------------


def test_what_cues_think_high_is_as_hard_as_they_say_and_they_stand_first() -> None:
    found = difficulty(prompt_of(PROOF), (turn(0.1),), TAUGHT)

    assert (found.score, found.band) == (pytest.approx(difficulty(prompt_of(PROOF), (), TAUGHT).score), "high")
    assert found.reasons[0] == "maths.proof"
    assert BY_HEADS in found.reasons


def test_what_cues_think_medium_is_raised_to_where_medium_begins() -> None:
    found = judge_by_heads((turn(0.1),), cues(0.6), {}, TAUGHT)

    assert (found.score, found.band) == (TAUGHT.medium_from, "medium")


def test_cues_do_not_lower_what_heads_think_hard() -> None:
    assert difficulty(prompt_of(QUESTION), (turn(0.8),), TAUGHT).score == pytest.approx(0.8)


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_the_band_is_the_higher_of_both(likely: float, by_cues: float) -> None:
    found = judge_by_heads((turn(likely),), cues(by_cues), {}, TAUGHT)

    higher = max(BANDS.index(TAUGHT.band_of(logistic(log_odds_of(likely)))), BANDS.index(_cue_band(by_cues)))
    assert found.band == BANDS[higher]
    assert found.score >= logistic(log_odds_of(likely))


@given(st.floats(0.001, 0.999).filter(lambda score: min(abs(score - end) for end in (0.33, 0.66)) > 1e-9))
def test_a_judgement_by_cues_keeps_its_band_on_the_scale_of_a_classifier(by_cues: float) -> None:
    assert judge_by_cues(cues(by_cues), {}, TAUGHT).band == _cue_band(by_cues)


# --- priors -----------------------------------------------------------------------------------------------------


def test_a_prior_shifts_the_log_odds_of_its_task_and_names_itself() -> None:
    found = difficulty(prompt_of(QUESTION), (turn(0.35, "competition_maths"),), TAUGHT, PRIORS)

    assert found.score == pytest.approx(logistic(log_odds_of(0.35) + 0.7))
    assert found.reasons == (BY_HEADS, "prior.competition_maths")


def test_a_task_without_a_prior_is_not_shifted() -> None:
    found = difficulty(prompt_of(QUESTION), (turn(0.35),), TAUGHT, PRIORS)

    assert (found.score, found.reasons) == (pytest.approx(0.35), (BY_HEADS,))


def test_a_prior_shifts_cues_too_by_the_task_that_a_rule_names() -> None:
    prompt = prompt_of("Write a function.", task_rule=rule("code_generation"))

    found = difficulty(prompt, (turn(0.9),), TAUGHT, PRIORS)

    assert found.score < difficulty(prompt, (turn(0.9),), TAUGHT).score
    assert "prior.code_generation" in found.reasons


def test_circumstances_shift_on_top_of_the_task() -> None:
    assert find_shifts(PRIORS, "competition_maths", ["images", "long_context"]) == {
        "prior.competition_maths": 0.7,
        "prior.images": 0.4,
    }


def test_an_image_is_a_circumstance() -> None:
    found = difficulty(prompt_of(QUESTION, images=1), (turn(0.6),), TAUGHT, PRIORS)

    assert found.reasons == (BY_HEADS, "prior.images")


def test_no_priors_shift_nothing() -> None:
    assert find_shifts(NO_PRIORS, "competition_maths", ["images"]) == {}


def _cue_band(score: float) -> str:
    return BY_HAND.band_of(logistic(log_odds_of(score)))
