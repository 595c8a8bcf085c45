"""What the learned heads see of a text, and what it cannot be changed by."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.features import (
    COLUMNS,
    MOST_BYTES,
    MOST_WINDOWS,
    SHAPE,
    WINDOW_CHARACTERS,
    Window,
    cut_windows,
    feature_settings,
    normalise,
    read_window,
)

PLAIN = "Which enzyme breaks down starch in the mouth?"


def told(window: Window) -> tuple[object, ...]:
    """Everything a window says, as plain values."""
    arrays = (window.columns, window.counts, window.seen_keys, window.shape)
    rest = (window.family_ends, window.words, window.english_words, window.foreign_words, window.foreign_letters)
    return (*(array.tolist() for array in arrays), *rest)


# --- windows ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, WINDOW_CHARACTERS, WINDOW_CHARACTERS * 3 // 2])
def test_a_short_text_is_one_window(size: int) -> None:
    assert cut_windows("x" * size) == ["x" * size]


@given(st.integers(WINDOW_CHARACTERS * 3 // 2 + 1, 300_000))
def test_a_long_text_is_read_in_a_few_windows_from_its_head_to_its_tail(size: int) -> None:
    text = "".join(chr(0x4E00 + i % 20_000) for i in range(size))

    windows = cut_windows(text)

    assert 2 <= len(windows) <= MOST_WINDOWS
    assert all(len(window) == WINDOW_CHARACTERS for window in windows)
    assert (text.startswith(windows[0]), text.endswith(windows[-1])) == (True, True)


def test_nothing_is_left_out_of_a_text_that_the_windows_can_hold() -> None:
    text = "".join(chr(0x4E00 + i) for i in range(WINDOW_CHARACTERS * MOST_WINDOWS))

    assert set("".join(cut_windows(text))) == set(text)


@given(st.integers(0, 30_000))
def test_where_windows_lie_depends_on_the_length_alone(size: int) -> None:
    one, other = cut_windows("a" * size), cut_windows("\u00e9" * size)

    assert [len(window) for window in one] == [len(window) for window in other]


# --- what changes nothing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "disguised",
    [
        PLAIN.upper(),
        f"\n\n  {PLAIN.replace(' ', '   ')}\t",
        PLAIN.replace("e", "e\u200b"),
        PLAIN.replace("e", "\u0435").replace("a", "\u0430").replace("o", "\u043e"),
        PLAIN.replace("e", "\u00e9"),
        "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in PLAIN),
        PLAIN.replace("m", "m\u00ad").replace("s", "s\ufe0f"),
    ],
    ids=["case", "white space", "zero width", "cyrillic", "accents", "full width", "soft hyphens"],
)
def test_a_disguise_does_not_change_what_is_seen(disguised: str) -> None:
    assert told(read_window(disguised)) == told(read_window(PLAIN))


@given(st.text(st.characters(codec="ascii"), max_size=300))
def test_case_and_white_space_never_change_what_is_seen(text: str) -> None:
    assert told(read_window(f"  {text.upper()}\n")) == told(read_window(" ".join(text.split())))


@given(st.text(st.characters(codec="ascii"), max_size=300))
def test_plain_text_is_normalised_to_lower_case_words_with_single_blanks(text: str) -> None:
    assert normalise(text) == f" {' '.join(text.lower().split())} ".encode()


def test_russian_stays_russian() -> None:
    assert normalise("Какая столица").decode() == " какая столица "
    assert read_window("Какая столица").foreign_letters == 1.0


# --- columns ----------------------------------------------------------------------------------------------------


@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    window = read_window(text)

    assert (np.diff(window.columns) > 0).all()
    assert (window.counts > 0).all()
    assert all(0 <= column < COLUMNS for column in window.columns)
    assert (len(window.columns), len(window.shape)) == (len(window.counts), len(SHAPE))
    assert np.isfinite(window.shape).all()
    assert window.counts[: window.family_ends[0]].sum() == window.words


def test_a_lone_surrogate_can_be_read() -> None:
    assert read_window("broken \ud800 text").words == 2


def test_an_n_gram_has_the_same_column_wherever_it_stands() -> None:
    one, other = read_window("alpha beta gamma"), read_window("gamma alpha beta")

    assert words_of(one) == words_of(other)
    assert len(words_of(one)) == 3


def test_the_order_of_words_shows_in_their_pairs() -> None:
    assert read_window("dog bites man").columns.tolist() != read_window("man bites dog").columns.tolist()


def test_repeats_are_counted() -> None:
    assert read_window("no no no").counts[0] == 3


def test_of_a_script_with_long_encodings_the_beginning_is_read() -> None:
    assert len(normalise("\U0001d11e" * 3000)) <= MOST_BYTES


def words_of(window: Window) -> set[int]:
    return set(window.columns[: window.family_ends[0]].tolist())


# --- languages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_english"),
    [
        ("What is the capital of France?", True),
        ("Please translate this letter for me.", True),
        ("Was ist die Hauptstadt von Frankreich und wie viele leben dort?", False),
        ("Quelle est la capitale de la France ?", False),
        ("¿Cuál es la capital de Francia?", False),
        ("Qual è la capitale della Francia?", False),
        ("Wat is de hoofdstad van het land?", False),
    ],
)
def test_function_words_tell_english_from_other_languages(text: str, is_english: bool) -> None:
    window = read_window(text)

    assert (window.english_words > window.foreign_words) is is_english


# --- settings ---------------------------------------------------------------------------------------------------


def test_the_settings_are_the_same_each_time() -> None:
    assert feature_settings() == feature_settings()
    assert feature_settings().shape == SHAPE
