"""What differs between two decisions: what a caller or an operator would notice, and nothing else."""

from typing import Any

import pytest
from msgspec.structs import replace

from router.core.comparison import changed
from router.core.decision import Decision, decide
from router.core.ladder import reach_up_to
from router.core.policy import Denoise, Then
from tests.examples import FAST, STRONG, a_policy, a_rule, a_view

THEN = Then(("fast", "strong"))
REACH = reach_up_to("hosted", {"fast": FAST, "strong": STRONG})


def decided(then: Then, rule: str = "one") -> Decision:
    return decide(a_policy(a_rule(rule, then, holds=True)), a_view(), REACH, None)


def test_a_rule_of_another_name_that_does_the_same_is_no_difference() -> None:
    assert changed(decided(THEN, "one"), decided(THEN, "other")) == ()


def test_a_ladder_written_otherwise_that_comes_to_the_same_tiers_is_no_difference() -> None:
    assert changed(decided(THEN), decided(Then(("fast", "strong", "hosted")))) == ()


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("on_unavailable", "degrade", "on_unavailable"),
        ("commit_after_s", 3.0, "commit_after"),
        ("timeout_s", 2.0, "timeout"),
        ("max_escalations", 1, "max_escalations"),
        ("denoise", Denoise(steps=8), "denoise"),
        ("thinking", False, "thinking"),
        ("sticky", "off", "sticky"),
        ("annotate", {"team": "a"}, "annotate"),
    ],
)
def test_a_setting_of_another_value_is_a_difference_under_the_name_it_has_in_files(
    setting: str, value: Any, told: str
) -> None:
    other = replace(THEN, **{setting: value})

    assert changed(decided(THEN), decided(other)) == changed(decided(other), decided(THEN)) == (told,)


@pytest.mark.parametrize("ladder", [("strong",), ("strong", "fast"), ("fast",)])
def test_other_tiers_and_another_order_are_a_difference(ladder: Any) -> None:
    assert changed(decided(THEN), decided(Then(ladder))) == ("ladder",)


def test_the_ladder_is_named_first_and_then_the_settings_in_their_order() -> None:
    other = Then(("strong",), "degrade", timeout_s=2.0, sticky="off")

    assert changed(decided(THEN), decided(other)) == ("ladder", "on_unavailable", "timeout", "sticky")
