"""What the checks of text hold against garbled words, noise and other languages, and what only looks like them."""

import pytest

from router.core.checks.asked_language import wanted_language
from router.core.checks.small_words import WORDS
from router.core.checks.table import check_set, judge
from router.core.checks.tongues import tags_of
from router.core.checks.vocabulary import is_known, is_well_formed, never_meet
from router.core.checks.written import Brief, Written

RIVER = (
    "The river rises in the northern hills and flows through three counties before it reaches the coast. Farmers have "
    "used its water for centuries, and small towns grew wherever a bridge could be built without much trouble."
)
FLUSS = (
    "Der Fluss entspringt in den Bergen im Norden und fließt durch drei Bezirke, bevor er die Küste erreicht. Die "
    "Bauern nutzen sein Wasser seit vielen Jahren, und wo man eine Brücke bauen konnte, sind kleine Orte entstanden."
)
ASK = "Tell me about the river."


def reasons_of(text: str, prompt: str = ASK, **more: object) -> tuple[str, ...]:
    return judge(Written(Brief(prompt), text, **more), check_set("standard")).reasons  # type: ignore[arg-type]


def swapped(word: str) -> str:
    return word[0] + word[2] + word[1] + word[3:] if len(word) > 4 else word


@pytest.mark.parametrize("text", [RIVER, FLUSS])
def test_words_as_they_are_spelt_are_let_pass(text: str) -> None:
    assert reasons_of(text, "") == ()


def test_letters_that_changed_places_are_seen() -> None:
    assert "gibberish" in reasons_of(" ".join(map(swapped, RIVER.split())))


def test_words_run_together_are_seen() -> None:
    words = RIVER.split()
    assert "gibberish" in reasons_of(" ".join(map("".join, zip(words[::3], words[1::3], strict=False))) + " " + RIVER)


def test_names_of_substances_are_no_gibberish() -> None:
    said = (
        "Take ibuprofen or paracetamol with food; do not combine atorvastatin with clarithromycin, and tell the doctor."
    )
    assert reasons_of(f"{RIVER} {said}") == ()


def test_random_signs_in_a_sentence_are_noise() -> None:
    soup = "q3#;{z=|8^v<~k&[0*x)\\j%}w>!4+/(9@z]_$"
    assert "noise" in reasons_of(RIVER.replace("through", f"{soup}{soup[::-1]}{soup}"))


def test_bytes_in_a_sentence_are_noise_unless_they_are_asked_for() -> None:
    said = f"{RIVER} 3f 9a 00 c4 7e 1b d2 88 05 fe 6c 41 a7 90 2d e3 5b 77"
    assert "noise" in reasons_of(said)
    assert "noise" not in reasons_of(said, "Show the packet as hex bytes.")


@pytest.mark.parametrize("page", ["cp437", "mac-roman", "cp1250", "cp1252", "latin-1"])
def test_text_read_in_another_code_page_is_seen(page: str) -> None:
    assert "misread" in reasons_of(FLUSS.encode().decode(page, "replace"), "")


def test_letters_lost_to_question_marks_are_seen() -> None:
    said = FLUSS.replace("ß", "?").replace("ü", "?") + " Die M?he hat sich f?r alle gel?hnt."
    assert "lossy" in reasons_of(said, "")


def test_numbers_that_go_on_and_on_are_seen_unless_they_are_asked_for() -> None:
    said = f"{RIVER}\n" + "\n".join(f"{number}." for number in range(4, 60))
    assert "character_run" in reasons_of(said)
    assert "character_run" not in reasons_of(said, "Count on from 4.")


def test_a_line_that_differs_by_its_number_alone_is_a_loop() -> None:
    said = "\n".join(f"{number}. The river flows to the coast and on." for number in range(1, 14))
    assert "repetition" in reasons_of(said)


def test_the_halves_of_a_word_that_is_none_are_a_broken_word() -> None:
    assert "seam" in reasons_of("orfm of stone. " + RIVER, before="They wait at the plat", is_last=False)
    assert reasons_of("way station. " + RIVER, before="They met in the rail", is_last=False) == ()


def test_a_prompt_says_which_language_it_wants() -> None:
    assert wanted_language("Translate this into German: good morning") == "de"
    assert wanted_language("Write good morning in German, French and Dutch") == ""
    assert wanted_language("Explain the subjunctive in Spanish") == ""


def test_an_answer_that_was_not_translated_is_rejected() -> None:
    assert "language" in reasons_of(RIVER, "Translate into German: the river text.")
    assert "language" not in reasons_of(FLUSS, "Translate into German: the river text.")


def test_a_small_word_stands_with_every_language_that_uses_it() -> None:
    assert set("de nl".split()) <= set((tags_of(["die"])[0] or "").split())
    assert all(words == words.lower() for words in WORDS.values())


def test_the_vocabulary_knows_words_and_what_they_are_built_of() -> None:
    assert is_known("river")
    assert is_well_formed("rivering", "en")
    assert not is_well_formed("xqrivtz", "en")


def test_small_words_that_never_meet_are_told_from_those_that_do() -> None:
    assert never_meet("the", "of")
    assert not never_meet("of", "the")
