"""Doubt: when there is an opinion, what moves it, and that no text takes long."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.config.doubt_file import read_doubt
from router.core.doubt.estimate import NO_SIGNS, Signs, doubt_of, doubt_with_second
from router.core.doubt.final_answer import read_stated
from router.core.doubt.question import read_question
from router.core.doubt.traits import look_at, read_traits
from tests.doubts import SHIPPED_DOUBT, scorers_of

HOW_MANY = "Tom has 20 apples and sells 2 of them. How many are left?"
WHICH = "Which town is the capital of Italy?\nA. Paris\nB. London\nC. Rome\nD. None of these"
OUTPUT = "def f(text):\n    return text.upper()\nassert f('ab c') == ??"
RIGHT = "Tom has 20 apples. He sells 2 of them, so 20 - 2 = 18 are left. The answer is 18."

BLANK = scorers_of()
SHIPPED = read_doubt(SHIPPED_DOUBT).scorers


def doubt(prompt: str, answer: str, signs: Signs = NO_SIGNS) -> float | None:
    return doubt_of(SHIPPED, prompt, answer, signs).doubt


def traits_of(prompt: str, answer: str) -> dict[str, float]:
    return read_traits(look_at(prompt, answer, read_question(prompt)))


# --- when there is an opinion -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        (WHICH, "choice"),
        (OUTPUT, "output"),
        ("What is the output of this code?\n```python\nprint(1 + 1)\n```", "output"),
        (HOW_MANY, "number"),
        ("Find $x$ if $2x = 7$.", "number"),
        ("What is the probability that two dice show 7?", "number"),
        ("Write a poem about 5 otters and how many fish they find.", "open"),
        ("How are you?", "open"),
        ("Fix this code:\ndef f(x): retrun x", "open"),
    ],
)
def test_a_question_is_of_the_kind_that_its_answer_takes(prompt: str, kind: str) -> None:
    assert read_question(prompt).kind == kind


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Tell me about otters.", "They swim well, and there are 13 species of them."),
        (HOW_MANY, "   "),
        (HOW_MANY, "He likes apples very much. They are red, and he has a basket full of them at home."),
        (WHICH, "Italy is a fine country, and its towns are old. Many people live in them."),
    ],
)
def test_there_is_no_opinion_on_open_requests_and_on_unknown_endings(prompt: str, answer: str) -> None:
    assert doubt(prompt, answer) is None


@pytest.mark.parametrize("answer", ["The capital is a town that", "It cannot be determined from what is given here."])
def test_an_answer_that_never_comes_to_its_end_or_declines_is_doubted(answer: str) -> None:
    found = doubt(WHICH, answer)

    assert found is not None
    assert found > 0.8


def test_an_answer_that_a_cap_cut_short_has_a_known_ending() -> None:
    answer = "Italy is a fine country, and its towns are old. Many people live in them."

    assert doubt(WHICH, answer, Signs(finish="length")) is not None


# --- what moves it ----------------------------------------------------------------------------------------------


def test_a_hesitating_answer_is_doubted_more_than_a_plain_one() -> None:
    wavering = (
        "Perhaps Tom might have 20 apples. However, it seems that assuming he sells 2, something like 7 or 11.37 may "
        "be possible. However, I made an error. The answer is 12.5."
    )

    plain, unsure = doubt(HOW_MANY, RIGHT), doubt(HOW_MANY, wavering)

    assert plain is not None
    assert unsure is not None
    assert unsure > plain


@pytest.mark.parametrize(
    ("prompt", "answer", "trait"),
    [
        (HOW_MANY, "We take away 2. The answer is 19.", "number_absent"),
        (HOW_MANY, "The answer is 17. The answer is 18.", "announced_differ"),
        (HOW_MANY, "20 less 2 is 18", "ends_open"),
        (WHICH, "Answer: H", "choice_unknown"),
        (WHICH, "It might be here. The answer is (C).", "says_maybe"),
        (OUTPUT, '{"answer": "AB"}', "output_absent"),
        (WHICH, "the town of the town of the town of the town of the town of Rome (C).", "repeated_words"),
    ],
)
def test_a_trait_is_seen_where_it_is(prompt: str, answer: str, trait: str) -> None:
    assert traits_of(prompt, answer)[trait] > 0
    assert not traits_of(HOW_MANY, RIGHT).get(trait, 0.0)


def test_what_an_engine_says_shifts_doubt_by_a_bounded_amount() -> None:
    usual = doubt_of(BLANK, HOW_MANY, RIGHT).doubt
    sure = doubt_of(BLANK, HOW_MANY, RIGHT, Signs(mean_logprob=-0.05, passes_share=0.25)).doubt
    unsure = doubt_of(BLANK, HOW_MANY, RIGHT, Signs(mean_logprob=-50.0, passes_share=1.0)).doubt

    assert usual == 0.5
    assert sure is not None
    assert unsure is not None
    assert 0.3 < sure < usual < unsure < 0.9


def test_a_second_answer_that_differs_raises_doubt_and_one_that_agrees_lowers_it() -> None:
    first = doubt_of(SHIPPED, HOW_MANY, RIGHT)
    question = read_question(HOW_MANY)
    agreeing = doubt_with_second(SHIPPED, first, read_stated("18 apples", question))
    differing = doubt_with_second(SHIPPED, first, read_stated("19", question))

    assert first.doubt is not None
    assert agreeing is not None
    assert differing is not None
    assert agreeing < first.doubt < differing


def test_among_answers_alike_in_agreement_doubt_decides() -> None:
    scorers = scorers_of(number_absent=1.0)
    plain = doubt_of(scorers, HOW_MANY, RIGHT)
    worse = doubt_of(scorers, HOW_MANY, "We take away 2. The answer is 18.")
    second = read_stated("18", read_question(HOW_MANY))
    after = [doubt_with_second(scorers, each, second) for each in (plain, worse)]

    assert None not in after
    assert after[0] < after[1]  # type: ignore[operator]


def test_without_an_opinion_a_second_answer_makes_none() -> None:
    first = doubt_of(SHIPPED, "Tell me about otters.", "They swim.")

    assert doubt_with_second(SHIPPED, first, None) is None


# --- for any text -----------------------------------------------------------------------------------------------


@given(st.sampled_from([HOW_MANY, WHICH, OUTPUT]), st.text(max_size=400))
def test_doubt_is_a_probability_whatever_was_answered(prompt: str, answer: str) -> None:
    found = doubt(prompt, answer)

    assert found is None or 0.0 < found < 1.0


HOSTILE = (
    "the answer is ", '"answer": "[', '"answer": "[[[[', "\\boxed{", "((((", "1234567890", "1,", "```\n", "-", '"',
    "#### 1\n",
    "(A) ", " ", "\n", "$", ". ", "\\", "\\frac{", "A. x\nB. y\n", "= ", "answer ", "is the correct answer ",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_takes_more_than_its_length_explains(piece: str) -> None:
    took = []
    for prompt, size in ((WHICH, 20_000), (OUTPUT, 20_000), (HOW_MANY, 20_000), (HOW_MANY, 400_000)):
        start = perf_counter()
        doubt_of(SHIPPED, prompt + piece * (size // len(piece)), piece * (size // len(piece)))
        took.append(perf_counter() - start)

    assert max(took) < 0.5
