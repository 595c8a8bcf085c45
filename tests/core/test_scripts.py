"""Which writing systems a text uses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.scripts import SCRIPTS, writing_of


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("Hello", ("latin",)),
        ("Ça va très bien, élève", ("latin",)),
        ("Việt Nam", ("latin",)),
        ("Привет", ("cyrillic",)),
        ("Καλημέρα", ("greek",)),
        ("مرحبا", ("arabic",)),
        ("שלום", ("hebrew",)),
        ("नमस्ते", ("devanagari",)),
        ("สวัสดี", ("thai",)),
        ("今天天气", ("han",)),
        ("ひらがなカタカナ", ("kana",)),
        ("안녕하세요", ("hangul",)),
        ("გამარჯობა", ("georgian",)),
        ("ᚠᚢᚦ", ("other",)),
        ("Translate Привет into English", ("latin", "cyrillic")),
        ("1 + 1 = 2", ()),
        ("😀 … — “”", ()),
        ("", ()),
    ],
)
def test_writing_systems_are_named_the_commonest_first(text: str, scripts: tuple[str, ...]) -> None:
    assert writing_of(text).scripts == scripts


@given(st.text(max_size=200))
def test_only_known_writing_systems_are_named(text: str) -> None:
    writing = writing_of(text)
    assert set(writing.scripts) <= set(SCRIPTS)
    assert 0.0 <= writing.latin_share <= 1.0


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("Hello", 1.0, 1.0), ("Hello world, Привет", 0.6, 0.7), ("你好 hi", 0.2, 0.3), ("", 0.0, 0.0)],
)
def test_the_latin_share_weighs_letters_by_what_they_say(text: str, least: float, most: float) -> None:
    assert least <= writing_of(text).latin_share <= most


def test_a_long_text_is_sampled_evenly() -> None:
    assert writing_of("Привет " * 5_000 + "你好 " * 5_000).scripts == ("cyrillic", "han")
