"""What is assumed about a request that no router has met, as people say it."""

import re

import pytest

from router.core.recall import Conversation
from router.core.values import TierState
from router.review.circumstances import Circumstances, assume
from router.review.requests_file import read_prompt
from tests.usual import FIRST_REQUEST, USUAL


def assumed(*tiers: str) -> Circumstances:
    return assume(USUAL, "local", tiers, None, escalated=False)


def test_usually_two_idle_tiers_are_asked_by_an_owner_for_the_first_time() -> None:
    view = read_prompt("Hi", FIRST_REQUEST.question).view

    assert view.tiers == {
        "fast": TierState(configured=True, context_tokens=32_768),
        "strong": TierState(configured=True, context_tokens=131_072),
    }
    assert (view.caller.tenant, view.conversation, view.escalated) == ("local", Conversation(), False)


def test_tiers_may_be_said_to_do_otherwise() -> None:
    view = read_prompt("Hi", assumed("fast.in_flight=9", "fast.failures=2", "strong.configured=false").question).view

    assert view.tiers == {"fast": TierState(configured=True, context_tokens=32_768, in_flight=9, failures=2)}


def test_a_tier_with_a_smaller_window_is_judged_by_it() -> None:
    question = read_prompt("Hi", assumed("fast.context_tokens=1000").question)

    assert question.reach.configured["fast"].context_tokens == 1_000


def test_a_tenant_a_conversation_and_an_escalation_may_be_assumed() -> None:
    view = read_prompt("Hi", assume(USUAL, "acme", (), "strong", escalated=True).question).view

    assert (view.caller.tenant, view.conversation, view.escalated) == ("acme", Conversation("strong", 1), True)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("fast", "expected TIER.FIELD=VALUE such as fast.in_flight=9, found 'fast'"),
        ("in_flight=9", "expected TIER.FIELD=VALUE such as fast.in_flight=9, found 'in_flight=9'"),
        ("fst.in_flight=9", "there is no tier 'fst'; there are: fast, strong"),
        ("fast.in_fligt=9", "tiers have no 'in_fligt'; did you mean 'in_flight'?"),
        ("fast.in_flight=many", "in_flight: expected a number, true or false, found 'many'"),
        ("fast.in_flight=-1", "in_flight: Input should be greater than or equal to 0, found '-1'"),
        ("fast.in_flight=true", "in_flight: Input should be a valid integer, found 'true'"),
        ("fast.in_flight=null", "in_flight: expected a number, true or false, found 'null'"),
        ("fast.configured=", "configured: expected a number, true or false, found ''"),
    ],
)
def test_what_cannot_be_assumed_is_refused_with_what_was_expected(said: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=re.escape(wrong)):
        assumed(said)
