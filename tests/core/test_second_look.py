"""What keeps the answer to one question from being given to another. The pairs in tests/cache_pairs are our own."""

import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.caching.embedding import HashedEmbedder, cosine
from router.core.caching.question import MOST_CHARS, read_question
from router.core.caching.sameness import SAME, Sameness, compare
from router.core.caching.second_look import LOOKS, difference

PAIRS = Path(__file__).parent.parent / "cache_pairs"
LEAST_HITS = {"typing": 0.75, "polite": 0.85, "order": 0.65, "synonym": 0.85, "rewording": 0.4}
"""The share of paraphrases of each kind that must hit; below that something broke."""


def pairs(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (PAIRS / f"{name}.jsonl").read_text("utf-8").splitlines()]


def judged(one: str, other: str) -> Sameness:
    embedder = HashedEmbedder()
    return compare(one, other, cosine(embedder.vector(one), embedder.vector(other)))


def looked(one: str, other: str) -> str | None:
    return difference(read_question(one), read_question(other))


DIFFER, ALIKE = pairs("differ"), pairs("same")
QUESTIONS = sorted({pair[side] for pair in (*DIFFER, *ALIKE) for side in "ab"})
questions = st.sampled_from(QUESTIONS)


# --- the pairs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", DIFFER, ids=lambda pair: f"{pair['kind']}-{pair['language']}-{pair['b'][:40]}")
def test_no_pair_that_differs_in_what_matters_passes_a_second_look(pair: dict[str, str]) -> None:
    assert looked(pair["a"], pair["b"]) is not None


@pytest.mark.parametrize("kind", LEAST_HITS)
def test_paraphrases_of_each_kind_are_found(kind: str) -> None:
    rows = [pair for pair in ALIKE if pair["kind"] == kind]

    hits = sum(judged(pair["a"], pair["b"]).hit for pair in rows)

    assert hits >= LEAST_HITS[kind] * len(rows), f"{hits} of {len(rows)}"


def test_there_are_enough_pairs_in_four_languages() -> None:
    for rows in (DIFFER, ALIKE):
        assert len(rows) >= 200
        assert {pair["language"] for pair in rows} == {"en", "de", "fr", "es"}


# --- what always holds ------------------------------------------------------------------------------------------


@given(st.text(max_size=200) | questions)
def test_a_question_is_the_same_as_itself(text: str) -> None:
    assert looked(text, text) is None
    assert compare(text, text, 0.0).hit


@given(questions, questions)
def test_it_does_not_matter_which_question_is_first(one: str, other: str) -> None:
    assert looked(one, other) == looked(other, one)


@given(st.text(max_size=80), st.text(max_size=80))
def test_it_does_not_matter_which_of_any_two_texts_is_first(one: str, other: str) -> None:
    assert looked(one, other) == looked(other, one)


@given(questions, st.integers(0, 10**6), st.data())
def test_no_changed_digit_ever_passes(question: str, number: int, data: st.DataObject) -> None:
    digits = str(number)
    place = data.draw(st.integers(0, len(digits) - 1))
    digit = data.draw(st.sampled_from([each for each in string.digits if each != digits[place]]))
    changed = digits[:place] + digit + digits[place + 1 :]

    assert looked(f"{question} ({digits})", f"{question} ({changed})") is not None


@given(questions, st.sampled_from(["zebra", "Quito", "nicht", "not", "jamais", "nunca", "17", "weekly"]))
def test_no_added_word_passes_that_is_not_known_to_say_nothing(question: str, word: str) -> None:
    assert looked(question, f"{question} {word}") is not None


# --- single looks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("Convert 5 km", "Convert 6 km", "other numbers: 5 / 6"),
        ("Set a timer for two minutes", "Set a timer for three minutes", "other numbers: 2 / 3"),
        ("How hot is 30 celsius?", "How hot is 30 fahrenheit?", "other units: celsius / fahrenheit"),
        ("Is it open on Monday?", "Is it open on Friday?", "other days: friday / monday"),
        ("Where can I buy gold?", "Where can I sell gold?", "the opposite: buy / sell"),
        ("Which birds can fly?", "Which birds can not fly?", "one denies something, the other does not"),
        ("Who founded Rome?", "Who ruled Rome?", "other words: founded / ruled"),
        ("When did he die?", "Where did he die?", "another kind of question: when / where"),
        ("Who is the king of Spain?", "Who was the king of Spain?", "another time: PAST / none"),
        ("Is the river in Iran?", "Is the river in Iraq?", "other names: iran / iraq"),
        ("What is his job?", "What is her job?", "about other persons: @he / @she"),
        ("Why do cats chase dogs?", "Why do dogs chase cats?", "the same words in another order"),
        ("Wo ist der Bahnhof?", "Where is the station?", "another language: de / en"),
        ("What does `len` do?", "What does `Len` do?", "other code: `Len` / `len`"),
        ("Thanks a lot!", "Hello there", "one of them says too little"),
    ],
)
def test_a_look_says_what_differs(one: str, other: str, said: str) -> None:
    assert looked(one, other) == said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I say please in Greek?", "How do I say thank you in Greek?"),
        ("What is Spanish for hello?", "What is Spanish for good morning?"),
        ("Can you swim?", "Can I swim?"),
        ("What can you help me with?", "What do you know?"),
        ("Is smoke bad for dogs?", "Is smoking bad for dogs?"),
        ("Is Apple going to pay a dividend?", "Is Google going to pay a dividend?"),
        ("Can I check in at 3 am?", "Can I check in at 3?"),
        ("What is a venue?", "What is a venule?"),
        ("What is later?", "What is latter?"),
        ("How do I prepare a desert?", "How do I prepare a dessert?"),
    ],
)
def test_what_looks_like_courtesy_or_a_slip_and_is_none_keeps_questions_apart(one: str, other: str) -> None:
    assert looked(one, other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I recieve my refund?", "How do I get my refund?"),
        ("What's France's capital?", "What is the capital of France?"),
        ("In Excel, how do I sort a column?", "How do I sort a column in Excel?"),
        ("Können Sie mir sagen, wie ich mein Kennwort ändern kann?", "Wie kann ich mein Passwort ändern?"),
        ("What are the steps for resetting my phone?", "How do I reset my phone?"),
        ("Is 1,000 enough?", "Is 1000 enough?"),
    ],
)
def test_what_says_the_same_passes(one: str, other: str) -> None:
    assert looked(one, other) is None


def test_a_long_text_is_the_same_only_as_itself() -> None:
    text = "How do I sort a list? " * MOST_CHARS

    assert looked(text, text) is None
    assert looked(text, text + "?") is not None


def test_every_look_is_symmetric_and_lets_equal_questions_pass() -> None:
    one, other = read_question("Is it open on Monday?"), read_question("Is it open on Friday at 5?")

    for look in LOOKS:
        assert look(one, one) is None
        assert look(one, other) == look(other, one)


def test_what_is_too_unlike_gets_no_second_look() -> None:
    assert compare("How do I bake bread?", "how do I bake bread", 0.2).hit is False
    assert compare("How do I bake bread?", "how do I bake bread", 0.9) == Sameness(True, 0.9, SAME)
