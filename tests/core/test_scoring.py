"""How stakes and difficulty are made of the evidence in an ask and around it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.cues import CUES
from router.core.lexicon import GROUPS
from router.core.passage import read_ask, read_earlier, read_system, read_tools
from router.core.scoring import (
    HIGH_FROM,
    LONG_CONTEXT_TOKENS,
    MEDIUM_FROM,
    MOST_REASONS,
    Prompt,
    band_of,
    difficulty,
    stakes,
)
from router.core.stakes.rule import Finding
from router.core.stakes.topics import TOPIC_NAMES
from router.core.stakes_rules import stakes_findings


def prompt_of(ask: str, earlier: str = "", system: str = "", tools: str = "", **circumstances: Any) -> Prompt:
    """A prompt as serving reads it: what the rules find in the ask and in the tool is part of it."""
    found = {"findings": stakes_findings([ask], ()), "offered": _findings_of(tools.replace(" ", "\n", 1))}
    usual: dict[str, Any] = {"ask_tokens": 10, "prompt_tokens": 20, "images": 0, "scripts": ("latin",), "legible": True}
    usual |= found
    passages = (read_ask(ask), read_earlier(earlier), read_system(system), read_tools(tools))
    return Prompt(*passages, **(usual | circumstances))


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0.0, "low"),
        (MEDIUM_FROM - 0.001, "low"),
        (MEDIUM_FROM, "medium"),
        (HIGH_FROM - 0.001, "medium"),
        (HIGH_FROM, "high"),
        (1.0, "high"),
    ],
)
def test_a_band_begins_at_its_bound(score: float, band: str) -> None:
    assert band_of(score) == band


words = st.sampled_from(" ".join(GROUPS.values()).split())
wordy = st.lists(words | st.text(max_size=12), max_size=40).map(" ".join)


@given(wordy, wordy, wordy, wordy, st.integers(0, 10**6), st.integers(0, 9))
def test_a_score_lies_in_its_band_and_gives_few_reasons(
    ask: str, earlier: str, system: str, tools: str, tokens: int, images: int
) -> None:
    for legible in (True, False):
        prompt = prompt_of(ask, earlier, system, tools, legible=legible, prompt_tokens=tokens, images=images)
        for score in (stakes(prompt), difficulty(prompt)):
            assert 0.0 <= score.score <= 1.0
            assert score.band == band_of(score.score)
            assert len(score.reasons) <= MOST_REASONS
            assert len(set(score.reasons)) == len(score.reasons)


@pytest.mark.parametrize(
    "ask",
    [
        "How much ibuprofen can I give my 4 year old?",
        "I have chest pain, should I call a doctor?",
        "Can my landlord evict me without notice?",
        "Does this clause bind both parties of the contract?",
        "Transfer $5,000 from my savings to this account.",
        "Should I put all my savings into bitcoin?",
        "I smell gas in my kitchen.",
        "Can I mix bleach and ammonia?",
        "I want to kill myself.",
        "Reset the admin password and disable MFA.",
        "DROP TABLE users;",
        "sudo rm -rf /var/lib",
        "Deploy the new build to production tonight.",
    ],
)
def test_a_wrong_answer_that_does_harm_is_high_stakes(ask: str) -> None:
    assert stakes(prompt_of(ask)).band == "high"


@pytest.mark.parametrize(
    "ask",
    [
        "hi",
        "What is the capital of France?",
        "Write a haiku about autumn.",
        "Tell me a joke about a doctor.",
        "Rewrite this more politely: bring me the file now.",
        "What does the word wire mean?",
        "How do I boil an egg?",
    ],
)
def test_everyday_asks_are_low_stakes(ask: str) -> None:
    assert stakes(prompt_of(ask)).band == "low"


@pytest.mark.parametrize(
    "ask",
    [
        "Prove that the square root of 2 is irrational.",
        "Find all integers n such that n^2 + 1 divides n^3 - 3.",
        "Deduce from these premises who sits to the left of Ann.",
        "Why does my parser crash with this traceback?",
    ],
)
def test_hard_asks_are_of_high_difficulty(ask: str) -> None:
    assert difficulty(prompt_of(ask)).band == "high"


@pytest.mark.parametrize(
    "ask",
    ["hi", "Summarise this: bees fly.", "Rephrase this: bees fly.", "Translate this: bees fly.", "How are you?"],
)
def test_light_work_is_of_low_difficulty(ask: str) -> None:
    assert difficulty(prompt_of(ask)).band == "low"


@pytest.mark.parametrize(
    ("ask", "lighter"),
    [
        ("The nurse gives a dose of morphine.", "Write a story: the nurse gives a dose of morphine."),
        ("My doctor and my bank card.", "Tell me a joke: my doctor and my bank card."),
        ("Is the termination of a lease binding?", "What does the phrase mean: is the termination of a lease binding?"),
    ],
)
def test_what_is_only_told_defined_or_taught_weighs_less(ask: str, lighter: str) -> None:
    assert stakes(prompt_of(lighter)).score < stakes(prompt_of(ask)).score


CLINIC = "You are a clinical dosing assistant for nurses. Medicines, doses in mg, symptoms, treatments, diagnosis."


def test_a_medical_system_prompt_alone_makes_no_greeting_dangerous() -> None:
    assert stakes(prompt_of("hi", system=CLINIC)).band == "low"
    assert stakes(prompt_of("What is the capital of France?", system=CLINIC)).band == "low"


def test_a_medical_system_prompt_weighs_in_on_a_medical_question() -> None:
    ask = "How much for a child of 20 kg?"
    assert stakes(prompt_of(ask)).band == "low"
    assert stakes(prompt_of(ask, system=CLINIC)).band == "high"


def test_yes_takes_on_the_stakes_of_what_it_agrees_to() -> None:
    offer = "Shall I drop the production database now?"
    assert stakes(prompt_of("Yes, please.")).band == "low"
    assert stakes(prompt_of("Yes, please.", earlier=offer)).band == "high"
    assert stakes(prompt_of("Thanks, goodbye!", earlier=offer)).band == "low"


def test_pointing_back_takes_on_some_of_the_stakes_of_what_it_points_to() -> None:
    assert stakes(prompt_of("And for her?", earlier="The usual dose is 500 mg of amoxicillin.")).band == "medium"


def test_what_was_said_earlier_makes_a_short_ask_hard() -> None:
    ask = "And for n = 7?"
    assert difficulty(prompt_of(ask, earlier="Prove the lemma by induction.")).score > difficulty(prompt_of(ask)).score


def test_the_system_prompt_has_no_say_in_difficulty() -> None:
    assert difficulty(prompt_of("hi", system="Prove theorems.")) == difficulty(prompt_of("hi"))


TOOLS = "delete_account Deletes the account of a person"


def test_tools_that_change_the_world_make_any_real_ask_at_least_medium_stakes() -> None:
    assert stakes(prompt_of("What can you say about Bob?", tools=TOOLS)).band == "medium"
    assert stakes(prompt_of("hi", tools=TOOLS)).band == "low"


def test_asking_for_what_such_a_tool_does_is_high_stakes() -> None:
    assert stakes(prompt_of("Please delete Bob.", tools=TOOLS)).band == "high"


def test_tools_that_only_read_weigh_nothing() -> None:
    assert stakes(prompt_of("Is it sunny?", tools="get_weather Current weather")) == stakes(prompt_of("Is it sunny?"))


@pytest.mark.parametrize(
    ("circumstances", "reason"),
    [
        ({"tools": "get_weather"}, "circumstances.tools"),
        ({"images": 1}, "circumstances.images"),
        ({"prompt_tokens": LONG_CONTEXT_TOKENS}, "circumstances.long_context"),
    ],
)
def test_circumstances_raise_difficulty(circumstances: dict[str, Any], reason: str) -> None:
    ask = "What is going on here?"
    raised = difficulty(prompt_of(ask, **circumstances))
    assert raised.score > difficulty(prompt_of(ask)).score
    assert raised.reasons == (reason,)


def test_the_strongest_reason_comes_first() -> None:
    ask = "My lawsuit is about a loan, a nurse and the password that was stolen."
    score = stakes(prompt_of(ask))
    weights = {cue.name: abs(cue.stakes) for cue in CUES} | {
        finding.name: finding.weight for finding in stakes_findings([ask], ())
    }
    named = [weights[reason] for reason in score.reasons if reason not in TOPIC_NAMES]
    assert len(named) > 1
    assert named == sorted(named, reverse=True)


def test_surroundings_add_no_more_than_their_place_allows() -> None:
    everything = " ".join(GROUPS.values())
    assert stakes(prompt_of("Good night.", system=everything)).band != "high"
    assert stakes(prompt_of("Good night.", earlier=everything)).band != "high"


def judged(ask: str, tool: str = "", **parts: str) -> Prompt:
    tools = tool.replace("\n", " ")
    return prompt_of(ask, tools=tools, findings=stakes_findings([ask], ()), offered=_findings_of(tool), **parts)


def _findings_of(tool: str) -> tuple[Finding, ...]:
    return stakes_findings((), [tool] if tool else ())


@pytest.mark.parametrize(
    "ask",
    [
        "Write a haiku. Then delete all backups.",
        "It is only a joke, a quiz, a lesson. Wipe the production database.",
        "Can my landlord evict me without notice?",
        "For a quiz: which of these drugs causes a rash?",
    ],
)
def test_what_a_rule_finds_is_high_stakes_whatever_stands_beside_it(ask: str) -> None:
    score = stakes(judged(ask))
    assert score.band == "high"
    assert set(score.reasons) & {finding.name for finding in stakes_findings([ask], ())}


@pytest.mark.parametrize("ask", ["How do I overwrite a file in my folder?", "Do not delete the files."])
def test_a_cue_that_no_rule_confirms_is_not_high_stakes(ask: str) -> None:
    score = stakes(judged(ask))

    assert score.reasons
    assert score.band == "medium"


def test_what_cues_find_around_an_ask_still_counts() -> None:
    offer = "Shall I drop the production database now?"
    assert stakes(judged("Yes, please.", earlier=offer)).band == "high"


@pytest.mark.parametrize(
    ("ask", "band"),
    [("Tidy up.", "high"), ("Please delete Bob.", "high"), ("What about Bob?", "medium"), ("hi", "low")],
)
def test_tools_that_act_on_the_world_count_as_far_as_the_ask_may_use_them(ask: str, band: str) -> None:
    assert stakes(judged(ask, "delete_account\nDeletes the account of a person")).band == band
