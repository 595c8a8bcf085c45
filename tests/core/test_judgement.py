"""What rules and heads say together, and when neither has an opinion."""

import pytest
from msgspec.structs import replace

from router.core.heads import Heads
from router.core.judgement import Judgement, gather_evidence
from router.core.judgement import judge as judge_evidence
from router.core.learned import DifficultyBands
from router.core.priors import Priors
from router.core.prompt_reader import read_prompt
from router.core.scoring import HIGH_FROM, UNJUDGED_SCORE, place_on_bands
from router.core.values import ChatRequest, Message, Part
from tests.classifiers import THRESHOLDS, heads_that_know

HEADS = heads_that_know(
    {
        "integral": {"difficulty": 4.0, "competition_maths": 4.0},
        "garden": {"difficulty": -4.0, "medical": -6.0, "legal": -6.0, "financial": -6.0, "competition_maths": -4.0},
        "lien": {"legal": 6.0, "medical": -6.0, "financial": -6.0},
    }
)
DELETING_TOOL = {"type": "function", "function": {"name": "delete_account", "description": "Deletes an account."}}


def said(*turns: tuple[str, str], **parameters: object) -> ChatRequest:
    return ChatRequest("auto", tuple(Message(role, (Part("text", text),)) for role, text in turns), parameters, {}, 0)


def judge(heads: Heads, request: ChatRequest) -> Judgement:
    return judge_evidence(gather_evidence(heads, read_prompt(request), request.max_tokens))


def judged(text: str, heads: Heads = HEADS) -> Judgement:
    return judge(heads, said(("user", text)))


def test_a_head_alone_raises_the_stakes_and_names_their_domain() -> None:
    found = judged("Explain what a lien means")

    assert (found.stakes.band, found.stakes_domain) == ("high", "legal")
    assert "learned.stakes.legal" in found.reasons


def test_a_named_rule_alone_raises_the_stakes_and_names_itself() -> None:
    found = judged("Delete all garden customer tables in production")

    assert (found.stakes.band, found.stakes_domain) == ("high", "destructive")
    assert "destructive.delete_data" in found.reasons


def test_nothing_raises_the_stakes_of_a_harmless_question() -> None:
    found = judged("What grows in a garden?")

    assert (found.stakes.band, found.stakes_domain) == ("low", "")


def test_what_nobody_can_judge_is_a_guess_that_is_not_low() -> None:
    found = judged("integral")

    assert found.abstained == ("difficulty", "stakes", "task", "answer_tokens")
    assert found.difficulty.band == "medium"
    assert found.stakes.score >= UNJUDGED_SCORE


def test_a_greeting_is_short_and_yet_known() -> None:
    found = judged("Hello!")

    assert (found.task, found.abstained) == ("chat", ())
    assert found.difficulty.band == "low"


def test_a_rule_about_stakes_has_an_opinion_where_the_heads_abstain() -> None:
    found = judge(HEADS, said(("user", "Delete the customers table: usuń wszystkie dane klientów że być może który")))

    assert found.stakes.band == "high"
    assert "difficulty" in found.abstained
    assert "stakes" not in found.abstained


def test_a_named_task_goes_before_a_learned_one() -> None:
    assert judged("Translate this text about an integral into French.").task == "translation"
    assert judged("Solve this integral").task == "competition_maths"


def test_the_hardest_of_the_last_turns_counts() -> None:
    hard_before = said(("user", "Solve this integral"), ("assistant", "42"), ("user", "Tell me of a garden"))

    assert judge(HEADS, hard_before).difficulty.score == pytest.approx(judged("Solve this integral").difficulty.score)


def test_a_turn_of_one_word_leaves_the_opinion_of_those_before_it() -> None:
    agreed = said(("user", "Solve this integral"), ("assistant", "Shall I?"), ("user", "yes"))

    assert judge(HEADS, agreed).difficulty.score == pytest.approx(judged("Solve this integral").difficulty.score)


def test_a_tool_that_acts_on_the_world_raises_the_stakes_of_what_may_use_it() -> None:
    asked = ("user", "Please tidy up the accounts in the garden list")

    assert judge(HEADS, said(asked)).stakes.score < judge(HEADS, said(asked, tools=[DELETING_TOOL])).stakes.score


def test_the_answer_is_not_expected_to_pass_the_cap_of_the_caller() -> None:
    assert judge(HEADS, said(("user", "Write an essay on a garden"), max_tokens=20)).answer_tokens.p90 == 20


def test_a_request_without_a_user_is_judged_too() -> None:
    assert not judge(HEADS, said(("system", "Be brief."))).difficulty.is_judged


def test_what_is_high_to_a_head_begins_where_the_high_band_does() -> None:
    assert place_on_bands(0.5) == HIGH_FROM
    assert place_on_bands(0.49) < HIGH_FROM < place_on_bands(0.51)
    assert (place_on_bands(0.0), place_on_bands(1.0)) == (0.0, 1.0)


def test_published_scores_shift_the_difficulty_of_their_task() -> None:
    behind = replace(HEADS, priors=Priors({"competition_maths": 1.0}, {}))

    found, bare = judged("Solve this integral", behind), judged("Solve this integral")

    assert found.difficulty.score > bare.difficulty.score
    assert "prior.competition_maths" in found.reasons


def test_a_guess_at_difficulty_is_medium_by_the_bands_of_the_classifier() -> None:
    bands = DifficultyBands(medium_from=0.7, high_from=0.8)

    found = judged("integral", replace(HEADS, thresholds=replace(THRESHOLDS, difficulty_bands=bands)))

    assert (found.difficulty.score, found.difficulty.band) == (pytest.approx(0.75), "medium")
