"""What the policies that ship promise in every situation, and how they differ from one another."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.capabilities import TierFacts
from router.core.case import Case, Expectation, Setting, Usual, put
from router.core.facts import FACTS
from router.core.grants import OWNER
from router.core.policy import AUTO
from router.core.recall import Conversation
from router.core.values import Hints
from router.engines.dialects import DIALECTS, USUAL_TIERS
from tests.examples import chat_request
from tests.policies.shipped import SHIPPED, decided, tiers_of
from tests.policies.situations import BOTH, FAST_ALONE, NO_HINTS, REQUESTS, STRONG_ALONE, situations
from tests.usual import SCALE, USUAL, measure

SHARED = set.intersection(*({result.case.name for result in each.results} for each in SHIPPED.values()))
"""The names of the cases that every policy has."""

HOSTED = TierFacts("hosted", DIALECTS["vllm"], 200_000, frozenset(("image", "video")))
THREE_TIERS = Usual({**USUAL_TIERS, "hosted": HOSTED}, measure, SCALE)

AS_USUAL: dict[str, Any] = {"callers": (OWNER,), "hints": NO_HINTS}
"""Nothing but the policy and the tiers says where a request may go."""

IN_A_HURRY = st.builds(Hints, latency_budget_ms=st.sampled_from((1, 300, 1999)))

many = settings(max_examples=250, deadline=None)


def case_of(policy: str, name: str) -> Case:
    return next(result.case for result in SHIPPED[policy].results if result.case.name == name)


def goes_first_to(tier: str, policy: str, case: Case) -> bool:
    decision = decided(policy, case)
    return decision is not None and decision.tiers[0] == tier


# --- The situations that every policy is shown -----------------------------------------------------------------------


def test_every_policy_is_shown_ten_situations_and_more() -> None:
    assert len(SHARED) >= 10


@pytest.mark.parametrize("name", sorted(SHARED))
def test_a_case_that_every_policy_has_asks_all_of_them_the_same(name: str) -> None:
    asked = [replace(case_of(policy, name), expected=Expectation()) for policy in SHIPPED]

    assert all(case == asked[0] for case in asked)


@pytest.mark.parametrize(("one", "other"), list(combinations(SHIPPED, 2)))
def test_two_policies_send_some_of_them_to_different_tiers(one: str, other: str) -> None:
    cases = [case_of(one, name) for name in SHARED]

    assert any(tiers_of(one, case) != tiers_of(other, case) for case in cases)


# --- What all of them promise ----------------------------------------------------------------------------------------


@given(case=situations() | situations(stakes_score=st.floats(0.66, 1)))
@many
def test_high_stakes_are_never_left_to_the_fast_tier(case: Case) -> None:
    if put(case, USUAL).view.stakes.band == "high":
        for policy in SHIPPED:
            assert "fast" not in tiers_of(policy, case), policy


@given(case=situations(judged=st.just(False)))
@many
def test_what_cannot_be_judged_goes_to_the_strong_tier_first_where_it_may(case: Case) -> None:
    question = put(case, USUAL)
    if "strong" in question.reach.tiers and not FACTS["signals.judged"].read(question.view):
        for policy in SHIPPED:
            assert goes_first_to("strong", policy, case), policy


@given(case=situations())
@many
def test_no_condition_ever_fails(case: Case) -> None:
    for policy in SHIPPED:
        decision = decided(policy, case)
        assert decision is None or decision.match.failures == {}, policy


@given(case=situations(configured=(STRONG_ALONE,), **AS_USUAL))
@many
def test_with_a_strong_tier_alone_everything_is_served_by_it(case: Case) -> None:
    for policy in SHIPPED:
        assert tiers_of(policy, case) == ("strong",), policy


@given(case=situations(requests=REQUESTS, configured=(FAST_ALONE,), prompt_tokens=st.integers(1, 32_767), **AS_USUAL))
@many
def test_with_a_fast_tier_alone_all_but_high_stakes_is_served_by_it(case: Case) -> None:
    expected = () if put(case, USUAL).view.stakes.band == "high" else ("fast",)

    for policy in SHIPPED:
        assert tiers_of(policy, case) == (() if policy == "regulated" else expected), policy


@given(case=situations())
@many
def test_only_a_stream_that_has_another_tier_to_go_to_is_given_up(case: Case) -> None:
    may_be = case.request.streamed and len(put(case, USUAL).view.tiers) > 1

    for policy in SHIPPED:
        decision = decided(policy, case)
        assert may_be or decision is None or decision.then.timeout_s is None, policy


# --- What each of them promises --------------------------------------------------------------------------------------


@given(case=situations())
@many
def test_the_default_turns_no_dials_but_those_a_budget_turns_and_gives_nothing_up(case: Case) -> None:
    decision = decided("default", case)

    if decision is not None:
        then = decision.then
        assert then.denoise in (None, AUTO)
        assert (then.thinking, then.timeout_s, then.annotate) == (None, None, {})


@given(case=situations())
@many
def test_the_regulated_policy_never_uses_the_fast_tier(case: Case) -> None:
    assert "fast" not in tiers_of("regulated", case)
    assert "fast" not in tiers_of("regulated", case, THREE_TIERS)


@pytest.mark.parametrize(
    ("policy", "tiers"), [("regulated", ("strong",)), ("quality-first", ("hosted", "strong", "fast"))]
)
def test_a_conversation_stays_on_a_hosted_tier_but_not_a_regulated_one(policy: str, tiers: tuple[str, ...]) -> None:
    setting = Setting(conversation=Conversation("hosted", 3))
    case = Case("a later turn", chat_request(), Hints(), OWNER, setting, Expectation())

    assert tiers_of(policy, case, THREE_TIERS) == tiers


@given(case=situations() | situations(requests=REQUESTS, configured=(BOTH,), **AS_USUAL))
@settings(many, max_examples=600)
def test_the_cost_saver_goes_to_the_strong_tier_only_where_the_default_does(case: Case) -> None:
    if goes_first_to("strong", "cost-saver", case):
        assert goes_first_to("strong", "default", case)


@given(case=situations() | situations(requests=REQUESTS, hints=IN_A_HURRY, callers=(OWNER,), configured=(BOTH,)))
@many
def test_latency_first_uses_the_fast_tier_wherever_quality_first_does(case: Case) -> None:
    if goes_first_to("fast", "quality-first", case):
        assert goes_first_to("fast", "latency-first", case)


@pytest.mark.parametrize(("policy", "places"), [("latency-first", 4), ("batch", 2)])
@given(case=situations(configured=(BOTH,), **AS_USUAL))
@many
def test_where_the_strong_tier_batches_nobody_queues_for_the_fast_one(policy: str, places: int, case: Case) -> None:
    if put(case, USUAL).view.tiers["fast"].in_flight >= places:
        assert goes_first_to("strong", policy, case)
