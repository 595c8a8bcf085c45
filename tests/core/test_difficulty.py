"""One score out of what heads, cues and published benchmarks say of difficulty, with reasons that tell who spoke."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.difficulty import (
    LEARNED,
    UNKNOWN,
    UNTAUGHT,
    CuesOpinion,
    DifficultyBands,
    HeadsOpinion,
    combine_difficulty,
    find_shifts,
    hear_heads,
    log_odds_of,
    logistic,
)
from router.core.heads import LearnedScores
from router.core.priors import NO_PRIORS, Priors
from router.core.scoring import BY_HAND, difficulty
from router.core.values import BANDS, UNJUDGED_SCRIPT
from tests.core.test_scoring import prompt_of

TAUGHT = DifficultyBands(0.3, 0.4, ("competition_maths", "knowledge_quiz"))
PRIORS = Priors({"competition_maths": 0.7, "code_generation": -0.1}, {"images": 0.4})
QUESTION = "What is the boiling point of mercury?"
PROOF = "Prove that there are infinitely many primes."


def turn(likely: float, task: str = "knowledge_quiz", unknown: bool = False) -> LearnedScores:
    return LearnedScores(likely, {}, task, 1.0, unknown)


def cues(score: float = 0.2, *names: str, legible: bool = True) -> CuesOpinion:
    return CuesOpinion(log_odds_of(score), BY_HAND, names, legible)


# --- who speaks -------------------------------------------------------------------------------------------------


def test_without_heads_the_cues_judge_alone_and_on_their_own_scale() -> None:
    found = difficulty(prompt_of(PROOF))

    assert (found.band, BY_HAND.band_of(found.score)) == ("high", "high")
    assert not any(reason.startswith("learned.") for reason in found.reasons)


def test_heads_that_were_taught_the_task_give_the_probability() -> None:
    found = difficulty(prompt_of(QUESTION), (turn(0.35),), "", TAUGHT)

    assert (found.score, found.band, found.reasons) == (pytest.approx(0.35), "medium", (LEARNED,))


@pytest.mark.parametrize(
    ("scored", "named_task", "reason"),
    [
        (turn(0.9, unknown=True), "", UNKNOWN),
        (turn(0.9, task=""), "", UNTAUGHT),
        (turn(0.9, task="summarise"), "", UNTAUGHT),
        (turn(0.9), "rewrite", UNTAUGHT),
    ],
)
def test_heads_that_know_nothing_of_it_are_not_asked_and_a_reason_says_so(
    scored: LearnedScores, named_task: str, reason: str
) -> None:
    found = difficulty(prompt_of(QUESTION), (scored,), named_task, TAUGHT)

    assert (found.band, found.reasons[0]) == ("low", reason)


def test_the_hardest_turn_counts_while_the_latest_is_of_a_kind_that_was_graded() -> None:
    turns = (turn(0.8), turn(0.99, task="summarise"), turn(0.97, unknown=True), turn(0.2))

    assert difficulty(prompt_of(QUESTION), turns, "", TAUGHT).score == pytest.approx(0.8)


def test_a_hard_turn_is_over_when_the_latest_is_of_another_kind() -> None:
    found = difficulty(prompt_of("Thanks, that helped!"), (turn(0.9), turn(0.9, task="")), "chat", TAUGHT)

    assert found.band == "low"


# --- heads beside cues ------------------------------------------------------------------------------------------


def test_cues_raise_what_heads_think_easy_to_where_their_band_begins_and_stand_first() -> None:
    found = difficulty(prompt_of(PROOF), (turn(0.1),), "", TAUGHT)

    assert (found.score, found.band) == (TAUGHT.high_from, "high")
    assert found.reasons[0] == "maths.proof"
    assert LEARNED in found.reasons


def test_cues_do_not_lower_what_heads_think_hard() -> None:
    assert difficulty(prompt_of(QUESTION), (turn(0.8),), "", TAUGHT).score == pytest.approx(0.8)


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_the_band_is_the_higher_of_both(likely: float, by_cues: float) -> None:
    heads = HeadsOpinion(log_odds_of(likely), "knowledge_quiz", "")

    found = combine_difficulty(heads, cues(by_cues), {}, TAUGHT)

    higher = max(BANDS.index(TAUGHT.band_of(logistic(log_odds_of(likely)))), BANDS.index(_cue_band(by_cues)))
    assert found.band == BANDS[higher]


@given(st.floats(0.001, 0.999))
def test_a_judgement_by_cues_keeps_its_band_on_the_scale_of_a_classifier(by_cues: float) -> None:
    found = combine_difficulty(HeadsOpinion(None, "", UNTAUGHT), cues(by_cues), {}, TAUGHT)

    assert found.band == _cue_band(by_cues) or min(abs(by_cues - end) for end in (0.33, 0.66)) < 1e-9


def test_a_text_that_neither_can_read_is_medium_at_least() -> None:
    found = combine_difficulty(HeadsOpinion(None, "", UNKNOWN), cues(0.1, legible=False), {}, TAUGHT)

    assert (found.band, found.reasons[:2]) == ("medium", (UNJUDGED_SCRIPT, UNKNOWN))


# --- priors -----------------------------------------------------------------------------------------------------


def test_a_prior_shifts_the_log_odds_of_its_task_and_names_itself() -> None:
    found = difficulty(prompt_of(QUESTION), (turn(0.35, "competition_maths"),), "", TAUGHT, PRIORS)

    assert found.score == pytest.approx(logistic(log_odds_of(0.35) + 0.7))
    assert found.reasons == (LEARNED, "prior.competition_maths")


def test_a_task_without_a_prior_is_not_shifted() -> None:
    found = difficulty(prompt_of(QUESTION), (turn(0.35),), "", TAUGHT, PRIORS)

    assert (found.score, found.reasons) == (pytest.approx(0.35), (LEARNED,))


def test_a_prior_shifts_cues_too_by_the_task_that_a_rule_names() -> None:
    bare = difficulty(prompt_of("Write a function."), (turn(0.9),), "code_generation", TAUGHT)

    found = difficulty(prompt_of("Write a function."), (turn(0.9),), "code_generation", TAUGHT, PRIORS)

    assert found.score < bare.score
    assert "prior.code_generation" in found.reasons


def test_circumstances_shift_on_top_of_the_task() -> None:
    assert find_shifts(PRIORS, "competition_maths", ["images", "long_context"]) == {
        "prior.competition_maths": 0.7,
        "prior.images": 0.4,
    }


def test_no_priors_shift_nothing() -> None:
    assert find_shifts(NO_PRIORS, "competition_maths", ["images"]) == {}


def test_heads_that_were_not_asked_leave_the_task_to_the_rule() -> None:
    assert hear_heads((), "tool_use", TAUGHT) == HeadsOpinion(None, "tool_use", "")


def _cue_band(score: float) -> str:
    return BY_HAND.band_of(logistic(log_odds_of(score)))
