"""The nouns: how bands and tiers compare, and what a request says of itself."""

from typing import Any

import pytest

from router.core.values import BANDS, TIERS, Band, Tier, TierState, higher_band, lower_tier
from tests.examples import chat_request


@pytest.mark.parametrize("a", BANDS)
@pytest.mark.parametrize("b", BANDS)
def test_the_higher_of_two_bands_is_one_of_them_and_below_neither(a: Band, b: Band) -> None:
    higher = higher_band(a, b)

    assert higher in (a, b)
    assert BANDS.index(higher) == max(BANDS.index(a), BANDS.index(b))


@pytest.mark.parametrize("a", TIERS)
@pytest.mark.parametrize("b", TIERS)
def test_the_lower_of_two_tiers_is_one_of_them_and_above_neither(a: Tier, b: Tier) -> None:
    lower = lower_tier(a, b)

    assert lower in (a, b)
    assert TIERS.index(lower) == min(TIERS.index(a), TIERS.index(b))


@pytest.mark.parametrize("parameters", [{}, {"stream": None}, {"stream": False}])
def test_a_request_is_plain_unless_it_says_otherwise(parameters: dict[str, Any]) -> None:
    assert not chat_request(**parameters).streamed


def test_a_request_is_streamed_when_it_says_so() -> None:
    assert chat_request(stream=True).streamed


@pytest.mark.parametrize(("parameters", "choices"), [({}, 1), ({"n": None}, 1), ({"n": 1}, 1), ({"n": 5}, 5)])
def test_a_request_asks_for_one_choice_unless_it_says_otherwise(parameters: dict[str, Any], choices: int) -> None:
    assert chat_request(**parameters).choices == choices


@pytest.mark.parametrize("options", [None, {}, {"include_usage": False}, {"include_usage": None}])
def test_usage_is_not_wanted_unless_the_stream_options_say_so(options: Any) -> None:
    assert not chat_request(stream=True, stream_options=options).wants_usage


@pytest.mark.parametrize("options", [{"include_usage": True}, {"include_usage": True, "include_obfuscation": False}])
def test_usage_is_wanted_when_the_stream_options_say_so(options: Any) -> None:
    assert chat_request(stream=True, stream_options=options).wants_usage


@pytest.mark.parametrize(
    ("parameters", "most"),
    [
        ({}, 0),
        ({"max_tokens": None}, 0),
        ({"max_tokens": 9}, 9),
        ({"max_completion_tokens": 7}, 7),
        ({"max_tokens": 9, "max_completion_tokens": 7}, 7),
        ({"max_tokens": 9, "max_completion_tokens": None}, 9),
        ({"max_tokens": "9"}, 0),
    ],
)
def test_the_newer_name_of_the_cap_on_an_answer_counts_first(parameters: dict[str, Any], most: int) -> None:
    assert chat_request(**parameters).max_tokens == most


def test_a_tier_of_which_nothing_is_known_is_not_there() -> None:
    assert TierState() == TierState(configured=False, context_tokens=0, in_flight=0, failures=0)


@pytest.mark.parametrize(
    ("in_flight", "limit", "saturated"), [(0, 0, False), (9, 0, False), (3, 4, False), (4, 4, True), (5, 4, True)]
)
def test_a_tier_is_saturated_from_its_limit_on_where_it_has_one(in_flight: int, limit: int, saturated: bool) -> None:
    assert TierState(configured=True, in_flight=in_flight, limit=limit).saturated is saturated
