"""A conversation stays on the tier it reached, unless a rule moves it up or is not sticky."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.capabilities import TierFacts
from router.core.decision import Decision, decide
from router.core.errors import CallerError, NoTierAvailable
from router.core.ladder import Reach, reach_up_to
from router.core.policy import ConditionFailed, OnUnavailable, Rule, Sticky, Then
from router.core.recall import NEW_CONVERSATION, Conversation
from router.core.values import TIERS, ChatRequest, Hints, Tier
from tests.examples import FAST, HOSTED, STRONG, a_policy, a_view, caller, chat_request, signals

ALL: dict[Tier, TierFacts] = {"fast": FAST, "strong": STRONG, "hosted": HOSTED}
THREE = reach_up_to("hosted", ALL)
TWO = reach_up_to("hosted", {"fast": FAST, "strong": STRONG})

CHEAP_FIRST = Then(("fast", "strong"))
ON_FAST, ON_STRONG, ON_HOSTED = (Conversation(tier, 2) for tier in TIERS)


def decided(
    then: Then, reached: Conversation, reach: Reach = THREE, request: ChatRequest | None = None, tokens: int = 20
) -> Decision:
    view = a_view(request, signals(prompt_tokens=tokens), conversation=reached)
    return decide(a_policy(otherwise=then), view, reach, None)


def way_down(decision: Decision) -> tuple[Tier, ...]:
    """The tiers that are tried when none of the ladder is available."""
    return tuple(fit.tier for fit in decision.ladder.fallback)


# --- it stays, or goes up ---------------------------------------------------------------------------------------


def test_a_conversation_stays_on_the_tier_it_reached() -> None:
    decision = decided(CHEAP_FIRST, ON_STRONG)

    assert (decision.tiers, decision.rule, decision.reason) == (("strong",), "otherwise", "conversation")


def test_a_conversation_keeps_the_rest_of_what_its_rule_set() -> None:
    then = replace(CHEAP_FIRST, commit_after_s=3.0, timeout_s=2.0, thinking=True, annotate={"team": "a"})

    settings_ = decided(then, ON_STRONG).then.settings()

    assert settings_ == {**then.settings(), "on_unavailable": "degrade"}


@pytest.mark.parametrize(
    ("ladder", "reached", "climbed"),
    [
        (("fast", "strong"), NEW_CONVERSATION, ("fast", "strong")),
        (("fast", "strong"), Conversation(None, 3), ("fast", "strong")),
        (("fast", "strong"), ON_FAST, ("fast", "strong")),
        (("strong",), ON_STRONG, ("strong",)),
        (("fast", "strong", "hosted"), ON_STRONG, ("strong", "hosted")),
        (("fast", "strong", "hosted"), ON_HOSTED, ("hosted",)),
        (("fast",), ON_STRONG, ("strong",)),
        (("fast", "strong"), ON_HOSTED, ("hosted",)),
        (("hosted", "strong"), ON_STRONG, ("hosted", "strong")),
    ],
)
def test_the_tiers_below_the_one_it_reached_are_not_tried_first(
    ladder: tuple[Tier, ...], reached: Conversation, climbed: tuple[Tier, ...]
) -> None:
    assert decided(Then(ladder), reached).tiers == climbed


@pytest.mark.parametrize(("ladder", "reached"), [(("strong",), ON_FAST), (("hosted",), ON_STRONG)])
def test_a_rule_moves_a_conversation_up(ladder: tuple[Tier, ...], reached: Conversation) -> None:
    decision = decided(Then(ladder), reached)

    assert (decision.tiers, decision.reason) == (ladder, "otherwise")


@pytest.mark.parametrize("reached", [ON_FAST, ON_STRONG, ON_HOSTED])
def test_a_rule_that_is_not_sticky_decides_alone(reached: Conversation) -> None:
    then = replace(CHEAP_FIRST, sticky="off")

    assert decided(then, reached).as_dict() == decided(then, NEW_CONVERSATION).as_dict()


def test_a_climb_begins_where_the_conversation_is() -> None:
    then = Then(TIERS, max_escalations=1)

    assert decided(then, ON_STRONG).tiers == ("strong", "hosted")


def test_a_pin_does_not_ask_what_the_conversation_reached() -> None:
    view = a_view(by=caller(pins=True), conversation=ON_STRONG)

    decision = decide(a_policy(otherwise=CHEAP_FIRST), view, TWO, "fast")

    assert (decision.tiers, decision.reason, way_down(decision)) == (("fast",), "pin", ())


def test_a_condition_that_failed_goes_up_and_the_conversation_stays_up() -> None:
    def cannot_tell(_facts: object) -> bool:
        raise ConditionFailed("division by zero")

    policy = a_policy(Rule("broken", "1 / 0 > 1", (), cannot_tell, CHEAP_FIRST), otherwise=CHEAP_FIRST)

    assert decide(policy, a_view(conversation=ON_FAST), THREE, None).tiers == ("strong",)
    assert decide(policy, a_view(conversation=ON_HOSTED), THREE, None).tiers == ("hosted",)


# --- a tier it cannot have any more -----------------------------------------------------------------------------


@pytest.mark.parametrize("limited_by", ["key", "hint"])
def test_a_cap_below_the_tier_it_reached_holds(limited_by: str) -> None:
    capped = reach_up_to("fast", ALL, "hint" if limited_by == "hint" else "key")

    decision = decided(CHEAP_FIRST, ON_STRONG, capped)

    assert (decision.tiers, decision.reason) == (("fast",), "otherwise")


def test_a_tier_that_is_no_longer_configured_holds_nothing() -> None:
    decision = decided(CHEAP_FIRST, ON_STRONG, reach_up_to("hosted", {"fast": FAST}))

    assert (decision.tiers, decision.reason) == (("fast",), "otherwise")


DEAF = replace(STRONG, dialect=replace(STRONG.dialect, escalates={"seed": FAST.dialect.escalates["seed"]}))
KEEN = replace(FAST, dialect=replace(FAST.dialect, escalates={}), context_tokens=64_000)
KEEN_AND_DEAF = reach_up_to(
    "hosted", {"fast": KEEN, "strong": replace(DEAF, dialect=replace(DEAF.dialect, passes=frozenset()))}
)


def test_a_tier_that_cannot_serve_the_request_holds_nothing() -> None:
    """The rule's own ladder can serve it, so nobody is turned away for having been in conversation."""
    assert decided(CHEAP_FIRST, NEW_CONVERSATION, KEEN_AND_DEAF, chat_request(seed=1)).tiers == ("fast",)
    assert decided(CHEAP_FIRST, ON_STRONG, KEEN_AND_DEAF, chat_request(seed=1)).tiers == ("fast",)


def test_a_tier_whose_window_the_conversation_outgrew_holds_nothing() -> None:
    assert decided(CHEAP_FIRST, NEW_CONVERSATION, KEEN_AND_DEAF, tokens=20_000).tiers == ("fast",)
    assert decided(CHEAP_FIRST, ON_STRONG, KEEN_AND_DEAF, tokens=20_000).tiers == ("fast",)


# --- when the tier it reached cannot be reached -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "reached", "down"),
    [
        (Then(("fast", "strong"), "fail"), ON_STRONG, ("fast",)),
        (Then(("fast",), "fail"), ON_STRONG, ("fast",)),
        (Then(("fast", "strong"), "fail"), ON_HOSTED, ("strong", "fast")),
        (Then(("strong", "hosted"), "fail"), ON_HOSTED, ("strong",)),
        (Then(("strong",), "fail"), ON_HOSTED, ("strong",)),
        (Then(("fast", "hosted"), "fail"), ON_HOSTED, ("fast",)),
        (Then(("strong", "hosted"), "degrade"), ON_HOSTED, ("strong", "fast")),
        (Then(("strong",), "fail"), ON_STRONG, ()),
        (Then(("strong",), "fail"), ON_FAST, ()),
    ],
)
def test_the_tiers_that_the_rule_named_serve_again_and_no_others(
    then: Then, reached: Conversation, down: tuple[Tier, ...]
) -> None:
    assert way_down(decided(then, reached)) == down


# --- invariants -------------------------------------------------------------------------------------------------

tiers = st.sampled_from(TIERS)
ladders = st.lists(tiers, min_size=1, max_size=3, unique=True).map(tuple)
modes: st.SearchStrategy[OnUnavailable] = st.sampled_from(["degrade", "fail"])
stickies: st.SearchStrategy[Sticky] = st.sampled_from(["up", "off"])
thens = st.builds(
    Then, ladder=ladders, on_unavailable=modes, sticky=stickies, max_escalations=st.sampled_from([None, 0])
)
reaches = st.builds(
    lambda cap, found: reach_up_to(cap, {tier: ALL[tier] for tier in TIERS if tier in found}),
    tiers,
    st.sets(tiers, min_size=1),
)
requests = st.sampled_from([chat_request(), chat_request(seed=1), chat_request(audio={})])
lengths = st.sampled_from([20, 5_000, 90_000])


def served(then: Then, reached: Conversation, reach: Reach, request: ChatRequest, tokens: int) -> Decision | None:
    try:
        return decided(then, reached, reach, request, tokens)
    except (CallerError, NoTierAvailable):
        return None


@settings(deadline=None, max_examples=300)
@given(thens, tiers, reaches, requests, lengths)
def test_nobody_is_turned_away_for_having_been_in_conversation(
    then: Then, reached: Tier, reach: Reach, request: ChatRequest, tokens: int
) -> None:
    alone = served(then, NEW_CONVERSATION, reach, request, tokens)

    assert alone is None or served(then, Conversation(reached, 1), reach, request, tokens) is not None


@settings(deadline=None, max_examples=300)
@given(thens, tiers, reaches, requests, lengths)
def test_a_conversation_reaches_only_what_its_rule_named_or_what_is_not_below_where_it_was(
    then: Then, reached: Tier, reach: Reach, request: ChatRequest, tokens: int
) -> None:
    decision = served(replace(then, on_unavailable="fail"), Conversation(reached, 1), reach, request, tokens)
    if decision is None:
        return

    named = [TIERS.index(tier) for tier in then.ladder]
    above = TIERS[min(max(named), TIERS.index(reached)) if TIERS.index(reached) > min(named) else max(named) :]
    for tier in decision.tiers + way_down(decision):
        assert tier in reach.tiers
        assert tier in then.ladder or tier in above


@settings(deadline=None, max_examples=300)
@given(thens, tiers, reaches)
def test_a_conversation_does_not_begin_below_a_tier_it_reached_and_still_has(
    then: Then, reached: Tier, reach: Reach
) -> None:
    decision = served(replace(then, sticky="up"), Conversation(reached, 1), reach, chat_request(), 20)

    if decision is not None and reached in reach.tiers:
        assert TIERS.index(decision.tiers[0]) >= TIERS.index(reached)


def test_a_hint_about_the_conversation_changes_no_decision_by_itself() -> None:
    named = a_view(hints=Hints(conversation="c-1"))

    assert decide(a_policy(otherwise=CHEAP_FIRST), named, TWO, None).tiers == ("fast", "strong")
