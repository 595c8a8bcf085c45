"""What the learned heads say, and when they abstain."""

import time
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from router.config.classifier_file import read_classifier
from router.core.features import COLUMNS
from router.core.heads import DOMAINS, HEADS, Calibration, Heads, lay_out, length_band, score_text
from tests.classifiers import BANDS, SHIPPED, THRESHOLDS, heads_that_know

KNOWING = heads_that_know(
    {
        "proof": {"difficulty": 3.0, "competition_maths": 2.0},
        "dosage": {"medical": 4.0},
        "lawsuit": {"legal": 2.0},
        "summarise": {"summarise": 1.0},
    }
)


@pytest.fixture(scope="module")
def shipped() -> Heads:
    """The heads that ship with the product."""
    return read_classifier(SHIPPED).heads


def logistic(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


# --- scores -----------------------------------------------------------------------------------------------------


def test_a_text_without_known_words_scores_its_biases() -> None:
    scores = score_text(KNOWING, "tell me about cats")

    assert (scores.difficulty, scores.task) == (0.5, "")
    assert scores.stakes == dict.fromkeys(DOMAINS, 0.5)


def test_known_words_move_their_heads_only() -> None:
    scores = score_text(KNOWING, "what dosage is right for him")

    assert scores.stakes == {"medical": pytest.approx(logistic(4.0)), "legal": 0.5, "financial": 0.5}
    assert scores.difficulty == 0.5


def test_the_task_with_the_highest_margin_is_named() -> None:
    assert score_text(KNOWING, "give a proof of it").task == "competition_maths"


def test_a_task_below_its_floor_is_none() -> None:
    wary = replace(KNOWING, thresholds=replace(THRESHOLDS, task_floor=1.5))

    assert (score_text(KNOWING, "summarise the letter").task, score_text(wary, "summarise the letter").task) == (
        "summarise",
        "",
    )


def test_difficulty_is_calibrated_and_stakes_are_centred_for_the_length_band() -> None:
    calibration = (Calibration(0.5, -1.0), *THRESHOLDS.difficulty[1:])
    heads = replace(KNOWING, thresholds=replace(THRESHOLDS, difficulty=calibration, stakes=(3.0, 0.0, 0.0, 0.0)))

    short, longer = score_text(heads, "a proof on dosage"), score_text(heads, "a proof on dosage" + " cat" * 40)

    assert short.difficulty == pytest.approx(logistic(0.5 * 3.0 / 2**0.5 - 1.0))
    assert longer.difficulty == pytest.approx(logistic(3.0 / 2**0.5))
    assert longer.stakes["medical"] > short.stakes["medical"]


@pytest.mark.parametrize(("characters", "band"), [(0, 0), (99, 0), (100, 1), (399, 1), (400, 2), (1499, 2), (1500, 3)])
def test_length_bands_end_before_their_upper_end(characters: int, band: int) -> None:
    assert length_band(characters) == band < BANDS


def test_a_table_gives_back_the_weights_and_the_rarity_that_were_laid_out() -> None:
    draw = np.random.default_rng(0)
    weights = draw.integers(-32767, 32768, (COLUMNS, len(HEADS))).astype(np.int16)
    rarity = draw.integers(0, 256, COLUMNS).astype(np.uint8)

    heads = replace(KNOWING, table=lay_out(weights, rarity))

    assert (heads.weights == weights).all()
    assert (heads.rarity == rarity).all()


# --- hard to fool -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["before", "after"])
def test_padding_does_not_hide_what_stands_at_an_end(place: str) -> None:
    padding = "the cat sat on the mat. " * 2200
    text = f"{padding} dosage" if place == "after" else f"dosage {padding}"

    assert score_text(KNOWING, text).stakes["medical"] == pytest.approx(logistic(4.0))


@given(st.integers(0, 4000))
def test_length_alone_never_makes_stakes_high(words: int) -> None:
    assert max(score_text(KNOWING, "the cat " * words).stakes.values()) <= 0.5


def test_repeating_a_word_cannot_outweigh_its_head() -> None:
    once, often = score_text(KNOWING, "a lawsuit"), score_text(KNOWING, "a lawsuit " * 300)

    assert once.stakes["legal"] == pytest.approx(often.stakes["legal"])


# --- abstaining -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "  \n", "?", "hi"])
def test_a_text_of_fewer_than_two_words_is_unknown(text: str) -> None:
    assert score_text(KNOWING, text).unknown


def test_a_text_of_unseen_n_grams_is_unknown() -> None:
    blind = heads_that_know({}, replace(THRESHOLDS, seen_floor=0.5), seen=False)

    assert score_text(blind, "xkcd qwrtz plmk").unknown


def test_a_text_in_another_script_is_unknown() -> None:
    assert score_text(KNOWING, "Какая столица Франции?").unknown


def test_one_foreign_window_makes_a_long_text_unknown() -> None:
    text = "the cat sat on the mat. " * 200 + "der Hund und die Katze sind nicht im Haus. " * 50

    assert score_text(KNOWING, text).unknown


@given(st.text(max_size=200))
def test_every_text_has_scores_between_0_and_1(text: str) -> None:
    scores = score_text(KNOWING, text)

    assert all(0 <= value <= 1 for value in (scores.difficulty, *scores.stakes.values()))


# --- the heads that ship ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Was ist der Sinn des Lebens?",
        "Wie viel Ibuprofen darf mein Kind nehmen?",
        "Bitte fasse den folgenden Text zusammen und nenne die wichtigsten Punkte.",
        "Kann ich meinen Vermieter verklagen?",
        "Quelle est la capitale de la France ?",
        "Puis-je donner de l'ibuprofène à mon bébé ?",
        "Écris un poème sur la mer",
        "¿Cuál es la capital de Francia?",
        "¿Qué dosis de paracetamol puedo tomar?",
        "Escribe un correo a mi jefe para pedir vacaciones",
        "Какая столица Франции?",
        "法国的首都是哪里",
        "aGVsbG8gd29ybGQgdGhpcyBpcyBiYXNlNjQ= c29tZXRoaW5nIGVsc2U=",
    ],
)
def test_the_shipped_heads_abstain_on_what_they_did_not_learn(shipped: Heads, text: str) -> None:
    assert score_text(shipped, text).unknown


@pytest.mark.parametrize(
    "text",
    [
        "What is the capital of France?",
        "can I sue my landlord for the deposit",
        "translate hello into French",
        "los angeles weather tomorrow",
        "Solve x^2 - 5x + 6 = 0 for x.",
        "Write a Python function that returns the sum of the primes below n.",
    ],
)
def test_the_shipped_heads_judge_everyday_english(shipped: Heads, text: str) -> None:
    assert not score_text(shipped, text).unknown


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("What are the symptoms and the treatment of bacterial meningitis?", "medical"),
        ("I was charged twice for my card payment, please return the money to my account.", "financial"),
    ],
)
def test_the_shipped_heads_know_the_domains_they_learned(shipped: Heads, text: str, domain: str) -> None:
    stakes = score_text(shipped, text).stakes

    assert max(stakes, key=stakes.__getitem__) == domain
    assert stakes[domain] > 0.5


def test_the_shipped_heads_find_a_hard_question_after_a_long_easy_document_harder_than_the_document(
    shipped: Heads,
) -> None:
    document = "The cat sat on the mat and looked at the rain. " * 400
    question = (
        "A particle of mass m moves in the potential V(x) = k x^4. Using the WKB approximation, derive the scaling of "
        "the energy levels E_n with n. A. n^{1/2} B. n^{2/3} C. n E_0 D. n^{4/3}"
    )

    assert score_text(shipped, document + question).difficulty > score_text(shipped, document).difficulty


@pytest.mark.parametrize("times", [1, 3, 8, 40, 200, 3000])
def test_the_shipped_heads_never_call_stakes_high_for_length_alone(shipped: Heads, times: int) -> None:
    text = "The cat sat on the mat and looked at the rain. " * times

    assert max(score_text(shipped, text).stakes.values()) < 0.5


@pytest.mark.parametrize("padding", [0, 150, 900, 2500])
def test_the_shipped_heads_tell_easy_from_hard_among_texts_of_one_length(shipped: Heads, padding: int) -> None:
    easy, hard = (
        "Name the large animal with a trunk that lives in Africa and eats grass.",
        "Compute the Galois group of the splitting field of x^5 - 4x + 2 over Q.",
    )
    rest = " Take your time." * (padding // 16)

    assert len(easy) == len(hard)
    assert score_text(shipped, hard + rest).difficulty > score_text(shipped, easy + rest).difficulty + 0.02


def test_no_text_takes_the_shipped_heads_long(shipped: Heads) -> None:
    text = "The quick brown fox jumps over the lazy dog, number 12. " * 2000

    began_s = time.perf_counter()
    score_text(shipped, text)

    assert time.perf_counter() - began_s < 0.5
