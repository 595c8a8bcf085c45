"""Where a request begins whose first tier is past its knee."""

from typing import Any

import pytest
from msgspec.structs import replace

from router.core.decision import Decision, decide
from router.core.grants import Grants
from router.core.ladder import reach_up_to
from router.core.policy import Then
from router.core.priority import priority_of
from router.core.recall import Conversation
from router.core.situation import Question, note, reopen
from router.core.values import Priority, Tier, TierState
from tests.examples import FAST, HOSTED, STRONG, a_policy, a_view, caller

THREE = reach_up_to("hosted", {"fast": FAST, "strong": STRONG, "hosted": HOSTED})
UPWARDS = Then(("fast", "strong"))
FULL = TierState(configured=True, in_flight=4, limit=4, predicted_p50_ms=3000, predicted_p90_ms=5000)
SOONER = TierState(configured=True, in_flight=9, limit=64, predicted_p50_ms=2000, predicted_p90_ms=4000)
LATER = TierState(configured=True, predicted_p50_ms=3001, predicted_p90_ms=9000)


def decided(then: Then = UPWARDS, fast: TierState = FULL, strong: TierState = SOONER, **about: Any) -> Decision:
    pin: Tier | None = about.pop("pin", None)
    tiers = {"fast": fast, "strong": strong, "hosted": about.pop("hosted", LATER)}
    view = a_view(tiers=tiers, by=caller(pins=True), **about)
    return decide(a_policy(otherwise=then), view, THREE, pin)


def test_a_request_begins_where_it_is_sooner_when_its_first_tier_is_full() -> None:
    decision = decided()

    assert (decision.tiers, decision.spilled_from, decision.reason) == (("strong",), "fast", "spill")


def test_the_full_tier_is_the_last_resort_of_what_it_spilled() -> None:
    assert [fit.tier for fit in decided().ladder.fallback] == ["fast"]


@pytest.mark.parametrize(
    ("fast", "strong"),
    [
        pytest.param(TierState(configured=True, in_flight=3, limit=4, predicted_p50_ms=9000), SOONER, id="room"),
        pytest.param(TierState(configured=True, in_flight=99, predicted_p50_ms=9000), SOONER, id="no-limit-known"),
        pytest.param(FULL, LATER, id="later-there"),
        pytest.param(FULL, TierState(configured=True), id="nothing-predicted"),
        pytest.param(FULL, TierState(configured=True, in_flight=2, limit=2, predicted_p50_ms=9), id="full-as-well"),
    ],
)
def test_it_stays_where_that_tier_has_room_or_the_other_one_is_no_better(fast: TierState, strong: TierState) -> None:
    decision = decided(fast=fast, strong=strong)

    assert (decision.tiers, decision.spilled_from, decision.reason) == (("fast", "strong"), None, "otherwise")
    assert decision.starts == ("fast", "strong")


def test_a_rule_can_keep_its_requests_from_spilling() -> None:
    decision = decided(Then(("fast", "strong"), spill="off"))

    assert (decision.tiers, decision.starts) == (("fast", "strong"), ("fast",))


def test_a_pin_never_spills() -> None:
    decision = decided(pin="fast")

    assert (decision.tiers, decision.starts, decision.spilled_from) == (("fast",), ("fast",), None)


def test_what_may_not_climb_does_not_spill() -> None:
    assert decided(Then(("fast", "strong"), max_escalations=0)).tiers == ("fast",)


def test_a_tier_above_the_keys_reach_gets_nothing() -> None:
    view = a_view(tiers={"fast": FULL, "strong": SOONER})
    reach = reach_up_to("fast", {"fast": FAST, "strong": STRONG})

    assert decide(a_policy(otherwise=UPWARDS), view, reach, None).tiers == ("fast",)


def test_a_full_tier_on_the_way_is_passed_over_as_well() -> None:
    both = Then(("fast", "strong", "hosted"))
    hosted = TierState(configured=True, predicted_p50_ms=1000)

    decision = decided(both, strong=FULL, hosted=hosted)

    assert decision.tiers == ("hosted",)
    assert [fit.tier for fit in decision.ladder.fallback] == ["strong", "fast"]


def test_a_conversation_that_has_reached_the_strong_tier_does_not_spill_to_it() -> None:
    decision = decided(conversation=Conversation("strong", 1))

    assert (decision.tiers, decision.reason, decision.spilled_from) == (("strong",), "conversation", None)


def test_a_recorded_situation_spills_again_when_it_is_replayed() -> None:
    wide = {"fast": replace(FULL, context_tokens=8192), "strong": replace(SOONER, context_tokens=8192)}
    view = a_view(tiers=wide)
    question = reopen(note(Question(view, THREE, None)))

    again = decide(a_policy(otherwise=UPWARDS), question.view, question.reach, question.pin)

    assert (again.tiers, again.spilled_from) == (("strong",), "fast")


@pytest.mark.parametrize(
    ("asked", "allowed", "ruled", "priority"),
    [
        ("", "default", None, "default"),
        ("auto", "priority", None, "default"),
        ("priority", "priority", None, "priority"),
        ("priority", "default", None, "default"),
        ("flex", "priority", None, "flex"),
        ("default", "flex", None, "flex"),
        ("flex", "default", "priority", "priority"),
    ],
)
def test_the_rule_says_how_urgent_a_request_is_or_its_caller_as_far_as_its_key_allows(
    asked: str, allowed: Priority, ruled: Priority | None, priority: Priority
) -> None:
    assert priority_of(Then(("fast",), priority=ruled), Grants(max_priority=allowed), asked) == priority
