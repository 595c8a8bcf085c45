"""The words of a request in which a reason was found."""

import pytest

from router.core.prompt_reader import read_prompt
from router.core.quoted import MOST_WORDS, quote
from router.core.values import ChatRequest, Message, Part
from tests.examples import chat_request

FILLING = "The parcel is with the neighbours, who are away until Tuesday. "


def request_of(*turns: str) -> ChatRequest:
    """A conversation in which the user says this, and the assistant always the same."""
    said = [each for turn in turns for each in (message("user", turn), message("assistant", "I see."))]
    return chat_request(*said[:-1])


def message(role: str, text: str) -> Message:
    """One that is text alone."""
    return Message(role, (Part("text", text),))


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        ("What dose of warfarin may I give my mother?", "medical.dosage", ("dose", "warfarin")),
        ("Please prove that sqrt(2) is irrational.", "maths.proof", ("prove",)),
        ("All is well; now wire my savings abroad.", "money.movement", ("wire", "savings")),
    ],
)
def test_as_few_words_as_are_enough_are_quoted(text: str, reason: str, words: tuple[str, ...]) -> None:
    assert quote(request_of(text), [reason]) == {reason: words}


def test_they_are_found_in_a_long_text() -> None:
    text = FILLING * 30 + "What dose of warfarin may I give her?"

    assert quote(request_of(text), ["medical.dosage"]) == {"medical.dosage": ("dose", "warfarin")}


def test_they_are_found_in_earlier_turns() -> None:
    found = quote(request_of("What dose of warfarin may I give my mother?", "And my father?"), ["medical.taking"])

    assert {"warfarin", "give"} & set(found["medical.taking"])


def test_what_is_quoted_is_enough_by_itself() -> None:
    text = FILLING + "Drop the production database, then wire all my savings to Panama. " + FILLING
    names = [each.name for each in read_prompt(request_of(text)).findings]

    quoted = quote(request_of(text), names)

    assert quoted
    for words in quoted.values():
        assert all(word in text for word in words)


@pytest.mark.parametrize("reason", ["medical.dosage", "learned.difficulty", "nothing.at_all"])
def test_what_was_not_found_has_no_words(reason: str) -> None:
    assert quote(request_of("Say hi."), [reason]) == {}


def test_what_others_said_is_not_quoted() -> None:
    assert quote(chat_request(message("system", "Prove that sqrt(2) is irrational.")), ["maths.proof"]) == {}


def test_of_a_request_that_is_too_long_nothing_is_quoted() -> None:
    text = "word " * MOST_WORDS + "What dose of warfarin may I give my mother?"

    assert quote(request_of(text), ["medical.dosage"]) == {}
