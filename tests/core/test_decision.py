"""Policy, signals, tiers and grants in; one decision out, with everything that explains it."""

import json
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.capabilities import CONTEXT, TierFacts, fit
from router.core.decision import Decision, Reason, decide
from router.core.errors import CallerError, Forbidden, InvalidRequest, NoTierAvailable, UnsupportedParameter
from router.core.ladder import Reach, reach_up_to
from router.core.policy import ConditionFailed, Denoise, OnUnavailable, Policy, Rule, Sticky, Then
from router.core.recall import NEW_CONVERSATION, Conversation
from router.core.values import TIERS, ChatRequest, Score, Tier
from tests.examples import (
    FAST,
    HIGH,
    HOSTED,
    LOW,
    STRONG,
    a_policy,
    a_rule,
    a_view,
    caller,
    chat_request,
    signals,
)

CHEAP_FIRST = Then(("fast", "strong"))
CAREFUL = Then(("strong",))

TWO = reach_up_to("hosted", {"fast": FAST, "strong": STRONG})
THREE = reach_up_to("hosted", {"fast": FAST, "strong": STRONG, "hosted": HOSTED})
PINS = caller(pins=True)


def cannot_tell(_facts: Any) -> bool:
    raise ConditionFailed("division by zero")


def is_high(facts: Any) -> bool:
    return bool(facts["signals.stakes"] == "high")


def a_broken_rule(then: Then) -> Rule:
    return Rule("broken", "1 / 0 > 1", (), cannot_tell, then)


BY_STAKES = a_policy(
    Rule("high-stakes", 'signals.stakes == "high"', ("signals.stakes",), is_high, CAREFUL), otherwise=CHEAP_FIRST
)


# --- who decided, and why ---------------------------------------------------------------------------------------


def test_a_rule_that_holds_gives_its_ladder() -> None:
    decision = decide(a_policy(a_rule("careful", CAREFUL, holds=True)), a_view(), TWO, None)

    assert (decision.tiers, decision.rule, decision.reason) == (("strong",), "careful", "rule")
    assert decision.policy == "test@1"


def test_otherwise_is_a_reason_of_its_own() -> None:
    decision = decide(a_policy(otherwise=CHEAP_FIRST), a_view(), TWO, None)

    assert (decision.tiers, decision.rule, decision.reason) == (("fast", "strong"), "otherwise", "otherwise")


def test_a_capability_that_changes_the_tier_is_the_reason_and_the_rule_stays() -> None:
    rule = a_rule("cheap", Then(("fast",)), holds=True)

    decision = decide(a_policy(rule), a_view(chat_request(seed=1)), TWO, None)

    assert (decision.tiers, decision.rule, decision.reason) == (("strong",), "cheap", "capability")
    assert decision.excluded == ("fast:seed",)


def test_a_capability_that_takes_only_a_later_tier_changes_no_reason() -> None:
    blind = replace(STRONG, accepts=frozenset())
    sighted = reach_up_to("hosted", {"fast": replace(FAST, accepts=frozenset(("image",))), "strong": blind})
    rule = a_rule("cheap", CHEAP_FIRST, holds=True)

    assert decide(a_policy(rule), a_view(chat_request()), sighted, None).reason == "rule"


def test_a_first_tier_above_the_cap_is_no_matter_of_capability() -> None:
    rule = a_rule("best", Then(("hosted", "strong")), holds=True)
    capped = reach_up_to("strong", {"strong": STRONG, "hosted": HOSTED})

    decision = decide(a_policy(rule), a_view(), capped, None)

    assert (decision.tiers, decision.reason) == (("strong",), "rule")


def test_a_tier_below_what_the_rule_asked_for_is_called_degraded() -> None:
    rule = a_rule("careful", Then(("strong",), on_unavailable="degrade"), holds=True)

    decision = decide(a_policy(rule), a_view(), reach_up_to("hosted", {"fast": FAST}), None)

    assert (decision.tiers, decision.reason) == (("fast",), "degraded")


# --- a condition that failed ------------------------------------------------------------------------------------


def test_a_condition_that_failed_turns_a_cheap_decision_expensive() -> None:
    decision = decide(a_policy(a_broken_rule(CAREFUL), otherwise=CHEAP_FIRST), a_view(), TWO, None)

    assert (decision.tiers, decision.rule, decision.reason) == (("strong",), "otherwise", "condition_failed")


def test_a_condition_that_failed_turns_a_ladder_of_the_fast_tier_alone_into_the_strong_one() -> None:
    decision = decide(a_policy(a_broken_rule(CAREFUL), otherwise=Then(("fast",))), a_view(), TWO, None)

    assert decision.tiers == ("strong",)


def test_a_condition_that_failed_keeps_the_rest_of_what_the_rule_set() -> None:
    then = Then(("fast", "hosted"), on_unavailable="degrade", commit_after_s=3.0)

    decision = decide(a_policy(a_broken_rule(CAREFUL), otherwise=then), a_view(), THREE, None)

    assert decision.then == Then(("hosted",), on_unavailable="degrade", commit_after_s=3.0)


def test_a_condition_that_failed_after_the_match_was_never_asked_and_changes_nothing() -> None:
    policy = a_policy(a_rule("cheap", CHEAP_FIRST, holds=True), a_broken_rule(CAREFUL))

    assert decide(policy, a_view(), TWO, None).tiers == ("fast", "strong")


def test_a_condition_that_failed_with_no_strong_tier_is_no_excuse_for_the_fast_one() -> None:
    with pytest.raises(NoTierAvailable):
        decide(
            a_policy(a_broken_rule(CAREFUL), otherwise=CHEAP_FIRST),
            a_view(),
            reach_up_to("hosted", {"fast": FAST}),
            None,
        )


# --- pins -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pin", ["fast", "strong"])
def test_a_pin_fixes_the_tier_whatever_the_rule_says(pin: Tier) -> None:
    decision = decide(BY_STAKES, a_view(by=PINS, stakes=LOW), TWO, pin)

    assert (decision.tiers, decision.reason) == ((pin,), "pin")
    assert decision.ladder.fallback == ()


def test_a_pin_still_names_the_rule_that_would_have_decided() -> None:
    assert decide(BY_STAKES, a_view(by=PINS, stakes=HIGH), TWO, "fast").rule == "high-stakes"


def test_a_pin_does_not_switch_off_capabilities() -> None:
    with pytest.raises(UnsupportedParameter) as refused:
        decide(BY_STAKES, a_view(chat_request(seed=1), by=PINS), TWO, "fast")

    assert refused.value.param == "seed"


def test_a_pin_still_drops_what_its_tier_cannot_honour() -> None:
    decision = decide(BY_STAKES, a_view(chat_request(temperature=0.2), by=PINS), TWO, "fast")

    assert decision.dropped_by("fast") == ("temperature",)


def test_a_pin_does_not_reach_above_the_cap() -> None:
    with pytest.raises(Forbidden) as forbidden:
        decide(BY_STAKES, a_view(by=PINS), reach_up_to("fast", {"fast": FAST, "strong": STRONG}), "strong")

    assert forbidden.value.grant == "max_tier"


def test_a_pin_above_a_cap_that_the_caller_set_itself_is_a_contradiction_of_its_own() -> None:
    with pytest.raises(InvalidRequest) as refused:
        decide(BY_STAKES, a_view(by=PINS), reach_up_to("fast", {"fast": FAST, "strong": STRONG}, "hint"), "strong")

    assert refused.value.param == "x-router-max-tier"


def test_a_pin_is_never_degraded() -> None:
    rule = a_rule("careful", Then(("strong",), on_unavailable="degrade"), holds=True)

    with pytest.raises(NoTierAvailable):
        decide(a_policy(rule), a_view(by=PINS), reach_up_to("hosted", {"fast": FAST}), "strong")


def test_a_key_with_a_floor_does_not_pin_below_what_the_policy_wants() -> None:
    floored = caller(pins=True, min_stakes="high")

    with pytest.raises(Forbidden) as forbidden:
        decide(BY_STAKES, a_view(by=floored, stakes=HIGH), TWO, "fast")

    assert forbidden.value.grant == "min_stakes"


@pytest.mark.parametrize("pin", ["fast", "strong"])
def test_a_key_with_a_floor_may_pin_what_the_policy_would_have_tried_itself(pin: Tier) -> None:
    floored = caller(pins=True, min_stakes="medium")

    assert decide(BY_STAKES, a_view(by=floored, stakes=LOW), TWO, pin).tiers == (pin,)


def test_a_key_without_a_floor_may_pin_any_tier() -> None:
    assert decide(BY_STAKES, a_view(by=PINS, stakes=HIGH), TWO, "fast").tiers == ("fast",)


def test_a_floor_holds_against_a_pin_when_no_condition_could_tell_what_the_policy_wants() -> None:
    floored = caller(pins=True, min_stakes="high")
    policy = a_policy(a_broken_rule(CAREFUL), otherwise=CHEAP_FIRST)

    with pytest.raises(Forbidden) as forbidden:
        decide(policy, a_view(by=floored, stakes=HIGH), TWO, "fast")

    assert forbidden.value.grant == "min_stakes"


# --- how far it may climb ---------------------------------------------------------------------------------------

WHOLE = Then(("fast", "strong", "hosted"))


@pytest.mark.parametrize(
    ("most", "climbed"),
    [(None, TIERS), (2, TIERS), (1, ("fast", "strong")), (0, ("fast",))],
)
def test_a_request_moves_up_as_often_as_its_rule_lets_it(most: int | None, climbed: tuple[Tier, ...]) -> None:
    decision = decide(a_policy(otherwise=replace(WHOLE, max_escalations=most)), a_view(), THREE, None)

    assert (decision.tiers, decision.reason) == (climbed, "otherwise")


def test_a_tier_that_cannot_serve_is_no_step_of_the_climb() -> None:
    policy = a_policy(otherwise=replace(WHOLE, max_escalations=0))

    assert decide(policy, a_view(chat_request(seed=1)), THREE, None).tiers == ("strong",)


def test_the_way_down_is_no_climb() -> None:
    then = Then(("hosted",), on_unavailable="degrade", max_escalations=0)

    assert decide(a_policy(otherwise=then), a_view(), THREE, None).ladder.fallback != ()
    assert decide(a_policy(otherwise=then), a_view(), TWO, None).tiers == ("strong", "fast")


# --- explaining -------------------------------------------------------------------------------------------------


def test_a_decision_tells_machines_everything_that_led_to_it() -> None:
    rule = Rule("never", "signals.turns > 5", ("signals.turns",), lambda _: False, CAREFUL)
    then = Then(("fast", "strong"), "degrade", commit_after_s=4.0, denoise=Denoise(steps=8), annotate={"team": "a"})

    told = decide(a_policy(rule, otherwise=then), a_view(chat_request(seed=1, temperature=0)), TWO, None).as_dict()

    assert told == {
        "policy": "test@1",
        "rule": "otherwise",
        "reason": "capability",
        "ladder": ["strong"],
        "spilled_from": None,
        "starts": ["strong"],
        "fallback": [],
        "may_leave_house": [],
        "settings": {
            "on_unavailable": "degrade",
            "max_escalations": None,
            "timeout": None,
            "deadline": None,
            "over_budget": "refuse",
            "commit_after": "4s",
            "on_break": "continue",
            "denoise": {"steps": 8},
            "gate": "block",
            "checks": "standard",
            "reject_when": None,
            "verify": "checks",
            "on_reject": "continue",
            "max_repairs": 2,
            "audit": 0.0,
            "cache": "off",
            "on_stuck": "error",
            "thinking": None,
            "sticky": "up",
            "begin": "in_order",
            "spill": "on",
            "priority": None,
            "annotate": {"team": "a"},
        },
        "denoise": {},
        "dropped": {"strong": []},
        "excluded": [
            {"tier": "fast", "parameter": "seed", "action": "escalate", "why": "asks for a repeatable answer"}
        ],
        "skipped_rules": {"never": "signals.turns > 5 is false: signals.turns = 1"},
        "facts": {"signals.turns": 1},
    }


def test_a_decision_says_where_the_request_may_leave_the_house() -> None:
    may = decide(a_policy(otherwise=Then(("strong", "hosted"))), a_view(), THREE, None)
    may_not = decide(a_policy(otherwise=Then(("fast", "strong"))), a_view(), THREE, None)

    assert (may.leaving, may_not.leaving) == (("hosted",), ())


def test_a_decision_knows_what_a_fallback_drops() -> None:
    rule = a_rule("careful", Then(("strong",), on_unavailable="degrade"), holds=True)

    decision = decide(a_policy(rule), a_view(chat_request(temperature=0)), TWO, None)

    assert decision.dropped_by("fast") == ("temperature",)
    assert decision.dropped_by("strong") == ()
    assert decision.dropped_by("hosted") == ()


# --- invariants -------------------------------------------------------------------------------------------------

tiers = st.sampled_from(TIERS)
ladders = st.lists(tiers, min_size=1, max_size=3, unique=True).map(tuple)
modes: st.SearchStrategy[OnUnavailable] = st.sampled_from(["degrade", "fail"])
stickies: st.SearchStrategy[Sticky] = st.sampled_from(["up", "off"])
escalations = st.none() | st.integers(0, 2)
thens = st.builds(Then, ladder=ladders, on_unavailable=modes, max_escalations=escalations, sticky=stickies)
conversations = st.just(NEW_CONVERSATION) | st.builds(Conversation, tiers, st.integers(1, 9))
configured = st.lists(st.sampled_from([FAST, STRONG, HOSTED]), min_size=1, unique_by=lambda facts: facts.tier).map(
    lambda facts: {each.tier: each for each in facts}
)
asked_for = st.lists(st.sampled_from(["seed", "audio", "temperature", "priority", "max_tokens"]), unique=True).map(
    lambda names: chat_request(**dict.fromkeys(names, 5))
)
policies = st.builds(
    lambda high, rest, broken: a_policy(
        *([a_broken_rule(rest)] if broken else []),
        Rule("high-stakes", "?", ("signals.stakes",), is_high, high),
        otherwise=rest,
    ),
    thens,
    thens,
    st.booleans(),
)


def decided(
    policy: Policy,
    request: ChatRequest,
    tokens: int,
    reach: Reach,
    pin: Tier | None,
    conversation: Conversation = NEW_CONVERSATION,
) -> Decision | None:
    view = a_view(request, signals(prompt_tokens=tokens), by=PINS, conversation=conversation)
    try:
        return decide(policy, view, reach, pin)
    except (CallerError, NoTierAvailable):
        return None


@settings(deadline=None)
@given(policies, asked_for, st.sampled_from([20, 5_000, 90_000]), configured, tiers, st.none() | tiers, conversations)
def test_what_is_decided_can_be_climbed(
    policy: Policy,
    request: ChatRequest,
    tokens: int,
    facts: dict[Tier, TierFacts],
    cap: Tier,
    pin: Tier | None,
    conversation: Conversation,
) -> None:
    decision = decided(policy, request, tokens, reach_up_to(cap, facts), pin, conversation)
    if decision is None:
        return

    climbed = (*decision.tiers, *(each.tier for each in decision.ladder.fallback))
    assert decision.tiers != ()
    assert len(set(climbed)) == len(climbed)
    for tier in climbed:
        assert tier in facts
        assert TIERS.index(tier) <= TIERS.index(cap)
        excluded = fit(facts[tier], request, decision.signals).exclusion
        assert excluded is None or excluded.parameter == CONTEXT
    if pin is not None:
        assert climbed == (pin,)
    assert decision.reason in get_args(Reason)
    json.dumps(decision.as_dict())


@settings(deadline=None)
@given(thens, asked_for, configured, tiers)
def test_a_request_that_a_reachable_tier_of_its_ladder_can_serve_is_served(
    then: Then, request: ChatRequest, facts: dict[Tier, TierFacts], cap: Tier
) -> None:
    reach = reach_up_to(cap, facts)
    able = {tier for tier in reach.tiers if fit(facts[tier], request, signals()).exclusion is None}

    decision = decided(a_policy(otherwise=then), request, 20, reach, None)

    if able & set(then.ladder):
        serving = tuple(tier for tier in then.ladder if tier in able)
        assert decision is not None
        assert decision.tiers == serving[: None if then.max_escalations is None else then.max_escalations + 1]


@settings(deadline=None)
@given(
    st.sampled_from([CAREFUL, Then(("strong", "hosted"))]),
    thens,
    asked_for,
    configured,
    tiers,
    st.none() | tiers,
    conversations,
)
def test_what_the_policy_wants_for_high_stakes_holds_for_a_key_with_that_floor(
    careful: Then,
    rest: Then,
    request: ChatRequest,
    facts: dict[Tier, TierFacts],
    cap: Tier,
    pin: Tier | None,
    conversation: Conversation,
) -> None:
    policy = a_policy(Rule("high-stakes", "?", ("signals.stakes",), is_high, careful), otherwise=rest)
    floored, high = caller(pins=True, min_stakes="high"), Score(0.1, "high", ("key_floor",))
    view = a_view(request, by=floored, stakes=high, conversation=conversation)

    try:
        decision = decide(policy, view, reach_up_to(cap, facts), pin)
    except (CallerError, NoTierAvailable):
        return

    assert "fast" not in decision.tiers
    assert "fast" not in [each.tier for each in decision.ladder.fallback]
