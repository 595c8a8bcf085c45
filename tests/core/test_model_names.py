"""The names a caller may put in `model`, and what each asks for."""

import pytest

from router.core.errors import InvalidRequest, ModelNotFound
from router.core.model_names import Target, resolve_model
from router.core.values import Tier

PINS: dict[str, Tier] = {"fast": "fast", "strong": "strong", "google/gemma-4": "strong"}
POLICIES = ("default", "cheap")


@pytest.mark.parametrize(
    ("model", "hinted", "target"),
    [
        ("auto", None, Target()),
        ("auto", "cheap", Target(policy="cheap")),
        ("auto:cheap", None, Target(policy="cheap")),
        ("auto:cheap", "cheap", Target(policy="cheap")),
        ("auto:default", None, Target(policy="default")),
        ("fast", None, Target(pin="fast")),
        ("strong", "cheap", Target(policy="cheap", pin="strong")),
        ("google/gemma-4", None, Target(pin="strong")),
    ],
)
def test_a_name_asks_for_a_policy_or_pins_a_tier(model: str, hinted: str | None, target: Target) -> None:
    assert resolve_model(model, PINS, POLICIES, hinted) == target


@pytest.mark.parametrize(
    "model",
    [
        "",
        "gpt-4o",
        "Auto",
        "auto ",
        "auto:",
        "auto:other",
        "auto:cheap:more",
        "hosted",
        "FAST",
        "google/gemma-4:latest",
    ],
)
def test_a_name_that_means_nothing_is_not_found_and_where_to_look_is_said(model: str) -> None:
    with pytest.raises(ModelNotFound) as missing:
        resolve_model(model, PINS, POLICIES, None)

    assert missing.value.param == "model"
    assert "/v1/models" in missing.value.message


def test_a_name_and_a_hint_that_contradict_are_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"'cheap'.*'default'") as refused:
        resolve_model("auto:cheap", PINS, POLICIES, "default")

    assert refused.value.param == "x-router-policy"


def test_a_very_long_name_is_not_repeated_in_full() -> None:
    with pytest.raises(ModelNotFound) as missing:
        resolve_model("x" * 100_000, PINS, POLICIES, None)

    assert len(missing.value.message) < 500


def test_a_name_with_line_breaks_is_repeated_on_one_line() -> None:
    with pytest.raises(ModelNotFound) as missing:
        resolve_model("gpt\r\nx-evil: 1\x1b[31m", PINS, POLICIES, None)

    assert missing.value.message.isprintable()
