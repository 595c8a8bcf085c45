"""How a request's answers are judged, by its decision and by what is known of the tiers."""

import pytest
from msgspec.structs import replace

from router.core.capabilities import Denoising
from router.core.decision import decide
from router.core.doubt.estimate import NOBODY_DOUBTS
from router.core.gating import judged_tiers, orders_for
from router.core.ladder import reach_up_to
from router.core.pending import Orders
from router.core.policy import Mode, Then
from router.core.values import ChatRequest, TierState
from tests.examples import FAST, STRONG, a_policy, a_view, chat_request

TIERS = {"fast": FAST, "strong": STRONG}


def orders(request: ChatRequest, **state: float) -> Orders:
    """By what orders the answers to a request are judged under a policy of one rule."""
    then = Then(("fast", "strong"))
    view = a_view(request=request, tiers={"fast": TierState(True, 4_000, **state)})
    decision = decide(a_policy(otherwise=then), view, reach_up_to("strong", TIERS, "key"), None)
    return orders_for(decision, view, NOBODY_DOUBTS)


@pytest.mark.parametrize(("mode", "tiers"), [("off", set()), ("first", {"fast"}), ("whole", {"fast"})])
def test_the_fast_tier_alone_is_judged_unless_the_gate_is_off(mode: Mode, tiers: set[str]) -> None:
    then = Then(("fast", "strong"), gate=mode)
    view = a_view(request=chat_request())
    decision = decide(a_policy(otherwise=then), view, reach_up_to("strong", TIERS, "key"), None)

    assert judged_tiers(decision) == tiers


def test_the_brief_says_what_parameters_ask_for() -> None:
    schema = {"type": "object"}
    tool = {"type": "function", "function": {"name": "get_tide", "parameters": schema}}
    wanted = {"type": "json_schema", "json_schema": {"name": "tide", "schema": schema}}

    brief = orders(chat_request(tools=[tool, "odd", {}], response_format=wanted, max_tokens=9)).brief

    assert (brief.prompt, brief.max_tokens) == ("Say hello.", 9)
    assert brief.wants_json
    assert brief.json_schema == schema
    assert brief.tools == {"get_tide": schema}


@pytest.mark.parametrize(
    ("parameters", "holds"), [({"stream": True}, False), ({}, True), ({"stream": True, "n": 2}, True)]
)
def test_a_stream_of_one_choice_goes_out_block_by_block(parameters: dict[str, object], holds: bool) -> None:
    assert orders(chat_request(**parameters)).holds == holds


def test_canvases_are_as_wide_as_their_engine_writes_them() -> None:
    assert orders(chat_request()).canvas == 256


def test_passes_are_told_by_time_only_where_the_time_of_one_was_learned() -> None:
    assert orders(chat_request(), pass_ms=50.0, seen_answers=3).pass_time is None
    learned = orders(chat_request(), pass_ms=50.0, seen_answers=40).pass_time
    assert learned is not None
    assert learned.pass_s == pytest.approx(0.05)


def test_a_canvas_may_take_as_many_passes_as_its_engine_was_started_with() -> None:
    tiers = {**TIERS, "fast": replace(FAST, denoising=Denoising(16, 0.1))}
    view = a_view(request=chat_request())
    decision = decide(a_policy(otherwise=Then(("fast", "strong"))), view, reach_up_to("strong", tiers, "key"), None)

    found = orders_for(decision, view, NOBODY_DOUBTS)

    assert (found.cap, found.entropy_bound) == (16, 0.1)
