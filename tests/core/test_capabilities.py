"""What an engine can honour: how a value finds its column, and how a request fits a tier."""

from typing import Any

import pytest
from msgspec.structs import replace

from router.core.capabilities import MODALITY_OF_PART, Action, Exclusion, fit, owned_parameters
from router.core.values import ChatRequest, Message, Part
from tests.examples import FAST, HOSTED, NARROW, SIGNALS, STRONG, chat_request, signals
from tests.usual import measure


@pytest.mark.parametrize(
    ("parameter", "value", "action"),
    [
        ("max_tokens", 5, "pass"),
        ("temperature", 1, "pass"),
        ("temperature", 0, "drop"),
        ("seed", 0, "escalate"),
        ("audio", {}, "refuse"),
        ("priority", 1, "router_owned"),
        ("not_yet_invented", {"x": 1}, "pass"),
    ],
)
def test_a_value_falls_into_the_column_whose_row_takes_it_and_is_passed_on_otherwise(
    parameter: str, value: Any, action: Action
) -> None:
    found, row = NARROW.column(parameter, value)

    assert found == action
    assert (row is None) == (action == "pass")


def test_a_request_that_asks_for_nothing_special_fits_as_it_is() -> None:
    fitted = fit(FAST, chat_request(max_tokens=5, not_yet_invented=1), SIGNALS)

    assert fitted.exclusion is None
    assert fitted.dropped == ()


def test_a_parameter_without_effect_is_dropped_and_named() -> None:
    fitted = fit(FAST, chat_request(temperature=0.2), SIGNALS)

    assert fitted.exclusion is None
    assert fitted.dropped == ("temperature",)


@pytest.mark.parametrize("parameter", ["temperature", "seed", "audio", "priority"])
def test_null_is_as_good_as_absent(parameter: str) -> None:
    fitted = fit(FAST, chat_request(**{parameter: None}), SIGNALS)

    assert fitted.exclusion is None
    assert fitted.dropped == ()


@pytest.mark.parametrize(
    ("parameter", "action", "why"),
    [("seed", "escalate", "asks for a repeatable answer"), ("audio", "refuse", "asks for spoken answers")],
)
def test_a_parameter_that_cannot_be_honoured_excludes_the_tier_and_says_why(
    parameter: str, action: Action, why: str
) -> None:
    fitted = fit(FAST, chat_request(**{parameter: 1}), SIGNALS)

    assert fitted.exclusion == Exclusion("fast", parameter, action, why)


def test_a_parameter_of_the_router_excludes_no_tier_because_grants_have_judged_it() -> None:
    assert fit(FAST, chat_request(priority=3), SIGNALS).exclusion is None


@pytest.mark.parametrize("kind", sorted(MODALITY_OF_PART))
def test_a_part_of_a_modality_that_a_tier_does_not_accept_excludes_it(kind: str) -> None:
    modality = MODALITY_OF_PART[kind]
    shown = chat_request(Message("user", (Part("text", "What is this?"), Part(kind, url="data:,"))))
    deaf, able = replace(FAST, accepts=frozenset()), replace(FAST, accepts=frozenset((modality,)))

    excluded = fit(deaf, shown, SIGNALS).exclusion
    assert excluded is not None
    assert (excluded.parameter, excluded.action) == ("messages", "escalate")
    assert modality in excluded.why
    assert fit(able, shown, SIGNALS).exclusion is None


def test_media_in_an_earlier_message_count_too() -> None:
    earlier = Message("user", (Part("image_url", url="data:,"),))

    assert fit(FAST, chat_request(earlier, Message("user", (Part("text", "And?"),))), SIGNALS).exclusion is not None


@pytest.mark.parametrize("kind", ["text", "refusal", "thinking", "never_heard_of"])
def test_a_part_of_no_known_modality_is_text(kind: str) -> None:
    assert fit(FAST, chat_request(Message("user", (Part(kind, "words"),))), SIGNALS).exclusion is None


@pytest.mark.parametrize("kind", sorted(MODALITY_OF_PART))
def test_what_is_measured_as_an_image_or_as_audio_is_also_what_a_tier_must_accept(kind: str) -> None:
    measured = measure(chat_request(Message("user", (Part(kind, url="data:,"),))))
    counted = {"image": measured.images, "audio": measured.audio, "video": 1}

    assert counted[MODALITY_OF_PART[kind]] == 1


@pytest.mark.parametrize("tokens", [0, 3_999])
def test_a_prompt_shorter_than_the_window_fits(tokens: int) -> None:
    assert fit(FAST, chat_request(), signals(prompt_tokens=tokens)).exclusion is None


@pytest.mark.parametrize("tokens", [4_000, 90_000])
def test_a_prompt_as_long_as_the_window_leaves_no_room_for_an_answer(tokens: int) -> None:
    excluded = fit(FAST, chat_request(), signals(prompt_tokens=tokens)).exclusion

    assert excluded is not None
    assert (excluded.parameter, excluded.action) == ("context", "escalate")
    assert excluded.why == f"is about {tokens} tokens long; this tier's window is 4000"


@pytest.mark.parametrize(
    "request_",
    [
        chat_request(seed=1),
        chat_request(audio={}),
        chat_request(Message("user", (Part("image_url", url="data:,"),))),
    ],
)
def test_what_is_certain_is_named_before_what_is_estimated(request_: ChatRequest) -> None:
    excluded = fit(FAST, request_, signals(prompt_tokens=90_000)).exclusion

    assert excluded is not None
    assert excluded.parameter != "context"


def test_the_parameters_of_the_router_are_those_of_every_configured_dialect() -> None:
    other = replace(STRONG, dialect=replace(NARROW, router_owned={"request_id": NARROW.router_owned["priority"]}))

    assert owned_parameters({"fast": FAST, "strong": other}) == {"priority", "request_id"}
    assert owned_parameters({"fast": FAST, "hosted": HOSTED}) == {"priority"}
    assert owned_parameters({}) == frozenset()
