"""How a candidate is tried: whose conversations a canary decides, and what an assignment looks at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.policy import Policy, Rule, Then
from router.core.rollout import Assignment, Rollout, is_in_canary
from tests.examples import a_policy

shares = st.floats(0, 1)
keys = st.text("0123456789abcdef", min_size=32, max_size=32)


def a_canary(share: float, candidate: str = "next") -> Rollout:
    return Rollout("default", candidate, "canary", share)


KEYS = [f"{at:032x}" for at in range(10_000)]


def drawn(share: float, candidate: str = "next") -> set[str]:
    """The conversations that the canary decides, of 10,000."""
    canary = a_canary(share, candidate)
    return {key for key in KEYS if is_in_canary(canary, key)}


@given(share=shares, larger=shares, key=keys)
def test_who_is_in_at_one_share_is_in_at_every_larger_one(share: float, larger: float, key: str) -> None:
    share, larger = sorted((share, larger))

    assert is_in_canary(a_canary(larger), key) or not is_in_canary(a_canary(share), key)


@given(key=keys | st.text())
def test_a_share_of_nothing_is_nobody_and_a_share_of_all_is_everybody(key: str) -> None:
    assert not is_in_canary(a_canary(0.0), key)
    assert is_in_canary(a_canary(1.0), key)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.05, 0.25, 0.5, 0.9, 0.99])
def test_about_the_share_of_conversations_is_drawn(share: float) -> None:
    expected = share * len(KEYS)
    spread = (expected * (1 - share)) ** 0.5

    assert abs(len(drawn(share)) - expected) < 5 * spread


def test_two_candidates_draw_independently() -> None:
    both = drawn(0.5, "next") & drawn(0.5, "other")

    assert abs(len(both) - len(KEYS) / 4) < 5 * (len(KEYS) * 3 / 16) ** 0.5


def test_a_conversation_is_drawn_alike_whichever_policy_is_in_force_and_in_every_process() -> None:
    assert is_in_canary(Rollout("cheap", "next", "canary", 0.5), KEYS[7]) == is_in_canary(a_canary(0.5), KEYS[7])
    assert [at for at, key in enumerate(KEYS[:8]) if is_in_canary(a_canary(0.5), key)] == [4, 5]


# --- an assignment ----------------------------------------------------------------------------------------------


def mentioning(fact: str) -> Policy:
    return a_policy(Rule("one", fact, (fact,), lambda _: False, Then(("fast",))))


def test_an_assignment_mentions_what_either_of_its_policies_looks_at() -> None:
    alone = Assignment(mentioning("memory.escalated"))
    beside = Assignment(mentioning("signals.code"), shadow=mentioning("memory.escalated"))

    assert alone.mentions("memory.escalated")
    assert beside.mentions("memory.escalated")
    assert beside.mentions("signals.code")
    assert not alone.mentions("signals.code")
    assert not Assignment(a_policy()).mentions("signals.code")


LOOKS_NOWHERE = Then(("fast",), sticky="off")


@pytest.mark.parametrize(
    ("policy", "looks_back"),
    [
        (a_policy(otherwise=LOOKS_NOWHERE), False),
        (a_policy(otherwise=Then(("fast",))), True),
        (a_policy(Rule("one", "", (), lambda _: False, Then(("fast",))), otherwise=LOOKS_NOWHERE), True),
        (
            a_policy(Rule("one", "", ("conversation.tier",), lambda _: False, LOOKS_NOWHERE), otherwise=LOOKS_NOWHERE),
            True,
        ),
        (a_policy(Rule("one", "", ("signals.code",), lambda _: False, LOOKS_NOWHERE), otherwise=LOOKS_NOWHERE), False),
    ],
)
def test_what_went_before_matters_to_rules_that_are_sticky_or_look_at_it_in_either_policy(
    policy: Policy, looks_back: bool
) -> None:
    assert Assignment(policy).looks_back is looks_back
    assert Assignment(a_policy(otherwise=LOOKS_NOWHERE), shadow=policy).looks_back is looks_back


def test_an_assignment_is_of_no_canary_and_has_no_shadow_unless_said_otherwise() -> None:
    assert (Assignment(a_policy()).arm, Assignment(a_policy()).shadow) == ("", None)
