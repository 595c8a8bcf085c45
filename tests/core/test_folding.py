"""Texts that look the same are folded into one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.folding import LOOKALIKES, fold_text


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("plain", "plain"),
        ("caf\u00e9", "cafe"),
        ("p\u0430ssw\u043erd", "password"),
        ("pa\u200bss\u2060word", "password"),
        ("\uff50\uff41\uff53\uff53word", "password"),
        ("\u201cquoted\u201d \u2013 it\u2019s", '"quoted" - it\'s'),
        ("\u043c\u0438\u0440", "\u043c\u0438\u0440"),
        ("", ""),
    ],
)
def test_what_looks_the_same_is_spelt_the_same(text: str, folded: str) -> None:
    assert fold_text(text) == folded


def test_no_spelling_holds_a_character_that_is_itself_replaced() -> None:
    assert all(plain.isascii() for plain in LOOKALIKES.values())


@given(st.text(st.characters(max_codepoint=0x2FFF), max_size=80))
def test_many_odd_characters_fold_as_few_do(text: str) -> None:
    latin = "latin " * 200  # so that every piece counts as mostly Latin

    together = fold_text(latin + text)

    assert together == latin + "".join(fold_text(latin + character).removeprefix(latin) for character in text)
