"""How values are put into words."""

from typing import Any

import pytest

from router.review.words import count_words, ladder_words, setting_words, share_words


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0.0 %"),
        (0.00001, "< 0.1 %"),
        (0.001, "0.1 %"),
        (0.3333, "33.3 %"),
        (0.9999, "> 99.9 %"),
        (1.0, "100.0 %"),
    ],
)
def test_something_never_looks_like_nothing_nor_like_all(share: float, said: str) -> None:
    assert share_words(share) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "not set"),
        ({}, "not set"),
        (2, "2"),
        ("degrade", "degrade"),
        ("500ms", "500ms"),
        ({"steps": 16}, "steps 16"),
        ({"team": "a", "why": "b"}, "team a, why b"),
    ],
)
def test_settings_are_said_as_people_say_them(value: Any, said: str) -> None:
    assert setting_words(value) == said


def test_ladders_are_said_in_the_order_they_are_tried() -> None:
    assert ladder_words(("fast", "strong")) == "fast, strong"
    assert ladder_words((), "Forbidden") == "refused (Forbidden)"
    assert ladder_words(()) == "refused"


def test_one_is_not_many() -> None:
    assert [count_words(count, "request") for count in (0, 1, 12_345)] == ["0 requests", "1 request", "12,345 requests"]
