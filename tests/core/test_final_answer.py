"""The final answer that an answer ends in, and which of them mean the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.doubt.ending import FinalAnswer
from router.core.doubt.final_answer import agree, find_final, read_stated
from router.core.doubt.form import normal_code, normalise, same
from router.core.doubt.question import read_question

HOW_MANY = "Tom has 20 apples and sells 2 of them. How many are left?"
WHICH = "Which town is the capital of Italy?\nA. Paris\nB. London\nC. Rome\nD. None of these"
OUTPUT = "def f(text):\n    return text.upper()\nassert f('ab c') == ??"


def final_of(prompt: str, answer: str) -> FinalAnswer | None:
    return find_final(answer, read_question(prompt))


def shown(prompt: str, answer: str) -> str | None:
    found = final_of(prompt, answer)
    return None if found is None else found.shown


# --- where it is found ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        "18",
        "The answer is 18.",
        "20 - 2 = 18\n#### 18",
        r"So we get $\boxed{18}$.",
        '{"reasoning": "20 - 2 = 18", "answer": "18"}',
        '```json\n{"answer": 18}\n```',
        "**Answer:** 18 apples",
        "We subtract.\n\n**18**",
        "He sells 2 of them. Therefore 20 - 2 leaves $18$.",
        "The answer is 17. No, I made a mistake: the answer is 18.",
        "Final Answer: The answer is 18.0",
    ],
)
def test_a_number_is_found_however_it_is_stated(answer: str) -> None:
    assert shown(HOW_MANY, answer) == "18"


@pytest.mark.parametrize(
    "answer",
    [
        "C", "(C)", "C. Rome", "option c", "The answer is (C).", "The correct answer is **C**", "Answer: C) Rome",
        "It is neither of the others. The correct option is: C", r"\boxed{\text{C}}", '{"answer": "C"}', "Rome.",
        "I think it is Rome.", "Italy is a country in Europe, whose capital is, as we know, (C).",
        "All roads lead there. (C) is the correct answer",
    ],
)  # fmt: skip
def test_a_choice_is_found_by_its_letter_or_its_text(answer: str) -> None:
    assert shown(WHICH, answer) == "C"


@pytest.mark.parametrize("answer", ["A town in Italy that many people visit every year", "N/A", "I do not know that."])
def test_a_letter_that_is_a_word_is_no_choice(answer: str) -> None:
    assert shown(WHICH, answer) is None


def test_the_options_of_the_last_question_count() -> None:
    assert read_question(f"A. one\nB. two\n\n{WHICH}").options["C"] == "Rome"


@pytest.mark.parametrize(
    ("stated", "text"),
    [("'AB C'", "AB C"), ("AB C", "AB C"), ("", ""), ("[1, 2,3]", "[1, 2, 3]"), ('{\\"a\\": 1}', "{'a': 1}")],
)
def test_what_code_returns_is_kept_as_it_is(stated: str, text: str) -> None:
    assert shown(OUTPUT, f'{{"reasoning": "It is so.", "answer": "{stated}"}}') == text


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Write a poem about the sea.", "The sea is wide,\nthe sea is deep,\nand there are 3 fish."),
        ("What do you think of otters?", "They swim well. I like them very much, for they play and sleep a lot."),
        (HOW_MANY, "It is hard to say, for nobody told when he began to count them"),
    ],
)
def test_an_answer_without_a_form_has_no_final_answer(prompt: str, answer: str) -> None:
    assert final_of(prompt, answer) is None


# --- what means the same ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1,000", "1000"), ("1000", "1e3"), ("1000", "1.0e3"), ("0.5", "1/2"),
        (r"\frac{1}{2}", "0.5"), (r"$\dfrac12$", "0.5"), ("0.3333", "1/3"), ("50%", "0.5"), ("50%", "50 percent"),
        ("5 km", "5"), ("$20", "20 dollars"), ("x = 7", "7"), (r"-\frac{3}{4}", r"$-0.75$"), ("\u22123", "-3"),
        (r"3 \times 10^{4}", "30000"), ("The Beatles", "the beatles."), ("true", "True"),
        ("{'b': 1.0}", '{"b": 1}'), ("{3, 1}", "{1, 3}"), (r"10\sqrt{3}", r"$10 \sqrt{3}$"),
    ],
)  # fmt: skip
def test_two_ways_to_write_the_same_agree(first: str, second: str) -> None:
    one, other = normalise(first), normalise(second)

    assert one is not None
    assert other is not None
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1000", "1001"), ("50%", "0.05"), ("5%", "500"), ("$20", "20%"), ("5 km", "5 kg"), ("1/3", "0.3"),
        ("7", "-7"), ("[1, 2]", "[2, 1]"), ("Paris", "Rome"), (r"10\sqrt{3}", "10"), ("yes", "no"),
    ],
)  # fmt: skip
def test_what_differs_does_not_agree(first: str, second: str) -> None:
    one, other = normalise(first), normalise(second)

    assert one is not None
    assert other is not None
    assert not same(one, other)


def test_code_is_compared_by_its_syntax_tree() -> None:
    assert normal_code("x = 1  # one\nprint( x )") == normal_code("x=1\nprint(x)")
    assert normal_code("x = 1") != normal_code("x = 2")
    assert normal_code("let  x = 1;") == normal_code("let x = 1;\n")


def test_no_final_answer_agrees_with_nothing() -> None:
    found = final_of(HOW_MANY, "18")

    assert not agree(found, None)
    assert not agree(None, None)
    assert agree(found, read_stated("18.0", read_question(HOW_MANY)))


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_read_and_agrees_with_itself(prompt: str, answer: str) -> None:
    found = final_of(prompt, answer)

    assert found is None or agree(found, found)


@given(st.lists(st.sampled_from(["the answer is", "\\boxed{", "(A)", "{", "[", '"answer":', '"', "1", "-", "\n"])))
def test_marks_without_an_end_are_read_too(pieces: list[str]) -> None:
    for prompt in (HOW_MANY, WHICH, OUTPUT):
        final_of(prompt, " ".join(pieces))
