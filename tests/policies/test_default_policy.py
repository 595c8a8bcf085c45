"""The policy that ships, as a table: which requests go where, and by which rule."""

from typing import Any

import pytest

from router.bootstrap import CHECKOUT_POLICIES
from router.config.policy_file import PolicyFolder
from router.core.capabilities import TierFacts
from router.core.chat_request import Limits, read_request
from router.core.decision import Decision, decide
from router.core.errors import NoTierAvailable
from router.core.facts import View
from router.core.grants import OWNER, effective_max_tier, effective_stakes
from router.core.ladder import reach_up_to
from router.core.signals import measure
from router.core.values import Tier
from router.engines.dialects import DIALECTS
from tests.examples import chat_body

POLICY = PolicyFolder(CHECKOUT_POLICIES, "default").get(None)

FAST = TierFacts("fast", DIALECTS["vllm_diffusion"], 32_768)
STRONG = TierFacts("strong", DIALECTS["vllm"], 131_072)
BOTH: dict[Tier, TierFacts] = {"fast": FAST, "strong": STRONG}

POEM = "Write a poem about autumn leaves."
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}


def decided(content: str, tiers: dict[Tier, TierFacts] = BOTH, **fields: Any) -> Decision:
    request, hints = read_request(chat_body(content, **fields), {}, Limits())
    measured = measure(request)
    view = View(request, measured, hints, OWNER, effective_stakes(OWNER.grants, measured.stakes, hints.stakes))
    return decide(POLICY, view, reach_up_to(effective_max_tier(OWNER.grants, hints.max_tier), tiers), None)


@pytest.mark.parametrize(
    ("content", "rule", "tiers"),
    [
        ("How much ibuprofen can I give my 2 year old who weighs 12 kg?", "high-stakes", ("strong",)),
        ("I smell gas in the kitchen, what do I do?", "high-stakes", ("strong",)),
        ("Delete all records from the production database.", "high-stakes", ("strong",)),
        ("Review this indemnity clause: what am I liable for?", "high-stakes", ("strong",)),
        ("Prove that there are infinitely many primes.", "hard", ("strong",)),
        ("Find all integers n such that n^2 + 1 is divisible by n + 1. Solve step by step.", "hard", ("strong",)),
        ("What is the capital of France? Answer in one word.", "very-short-answer", ("strong",)),
        ("Answer yes or no: is water wet?", "very-short-answer", ("strong",)),
        (
            "Rewrite this to be friendlier: I need the report by Friday and I have asked for it three times now.",
            "otherwise",
            ("fast", "strong"),
        ),
        (
            "Shorten this: The meeting has been moved to Tuesday at ten because the room is taken until then.",
            "otherwise",
            ("fast", "strong"),
        ),
        ("Summarise this article: " + "The council met on Monday. " * 40, "otherwise", ("fast", "strong")),
        (POEM, "otherwise", ("fast", "strong")),
        ("Explain how photosynthesis works to a ten-year-old.", "otherwise", ("fast", "strong")),
        ("Write a Python function that merges two sorted lists.", "otherwise", ("fast", "strong")),
        ("hello", "otherwise", ("fast", "strong")),
        ("Rewrite this politely: " + "word " * 25_000, "long-context", ("strong",)),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "-".join(value),
)
def test_what_is_asked_decides_the_tier(content: str, rule: str, tiers: tuple[Tier, ...]) -> None:
    decision = decided(content)

    assert (decision.rule, decision.tiers) == (rule, tiers)


@pytest.mark.parametrize(
    ("fields", "rule", "tiers"),
    [
        ({}, "otherwise", ("fast", "strong")),
        ({"router": {"stakes": "high"}}, "high-stakes", ("strong",)),
        ({"router": {"stakes": "medium"}}, "otherwise", ("fast", "strong")),
        ({"tools": [WEATHER]}, "tool-use", ("strong",)),
        ({"tools": []}, "otherwise", ("fast", "strong")),
        ({"reasoning_effort": "high"}, "hard", ("strong",)),
        ({"reasoning_effort": "low"}, "otherwise", ("fast", "strong")),
        ({"max_tokens": 8}, "very-short-answer", ("strong",)),
        ({"max_completion_tokens": 16}, "very-short-answer", ("strong",)),
        ({"max_tokens": 17}, "otherwise", ("fast", "strong")),
        ({"max_tokens": 8, "router": {"stakes": "medium"}}, "otherwise", ("fast", "strong")),
        ({"temperature": 0}, "otherwise", ("fast", "strong")),
    ],
)
def test_what_comes_with_it_decides_the_tier(fields: dict[str, Any], rule: str, tiers: tuple[Tier, ...]) -> None:
    decision = decided(POEM, **fields)

    assert (decision.rule, decision.tiers) == (rule, tiers)


@pytest.mark.parametrize("fields", [{"seed": 1}, {"response_format": {"type": "json_object"}}, {"echo": True}])
def test_what_the_fast_tier_cannot_do_goes_to_the_strong_one_by_the_same_rule(fields: dict[str, Any]) -> None:
    decision = decided(POEM, **fields)

    assert (decision.rule, decision.reason, decision.tiers) == ("otherwise", "capability", ("strong",))


def test_high_stakes_come_before_everything_else() -> None:
    asked = "How much ibuprofen can I give my 2 year old who weighs 12 kg? Answer in one word."

    assert decided(asked, tools=[WEATHER], reasoning_effort="high", max_tokens=4).rule == "high-stakes"


@pytest.mark.parametrize("asked", ["Wie viel Ibuprofen darf ich meinem Kind geben?", "我可以给孩子吃多少布洛芬?"])
def test_a_question_whose_stakes_nobody_could_judge_is_not_left_to_the_fast_tier(asked: str) -> None:
    assert "fast" not in decided(asked).tiers


def test_high_stakes_without_a_strong_tier_are_not_answered_by_the_fast_one() -> None:
    with pytest.raises(NoTierAvailable):
        decided(POEM, {"fast": FAST}, router={"stakes": "high"})


@pytest.mark.parametrize("fields", [{"tools": [WEATHER]}, {"reasoning_effort": "high"}, {"max_tokens": 8}])
def test_everything_else_is_answered_by_the_fast_tier_when_there_is_no_strong_one(fields: dict[str, Any]) -> None:
    decision = decided(POEM, {"fast": FAST}, **fields)

    assert (decision.tiers, decision.reason) == (("fast",), "degraded")


@pytest.mark.parametrize("fields", [{"tools": [WEATHER]}, {"reasoning_effort": "high"}, {"max_tokens": 8}])
def test_everything_else_falls_back_to_the_fast_tier_when_the_strong_one_is_down(fields: dict[str, Any]) -> None:
    assert [fit.tier for fit in decided(POEM, **fields).ladder.fallback] == ["fast"]


def test_high_stakes_never_fall_back() -> None:
    assert decided(POEM, router={"stakes": "high"}).ladder.fallback == ()


def test_with_a_strong_tier_alone_everything_is_served_by_it() -> None:
    assert decided(POEM, {"strong": STRONG}).tiers == ("strong",)


def test_every_rule_of_the_policy_is_reached_by_some_request_here() -> None:
    reached = {
        decided("I smell gas in the kitchen, what do I do?").rule,
        decided("Wie viel Ibuprofen darf ich meinem Kind geben?").rule,
        decided(POEM, tools=[WEATHER]).rule,
        decided("Prove that there are infinitely many primes.").rule,
        decided("Answer yes or no: is water wet?").rule,
        decided("Rewrite this politely: " + "word " * 25_000).rule,
        decided(POEM).rule,
    }

    assert reached == {*(rule.name for rule in POLICY.rules), "otherwise"}


@pytest.mark.parametrize("content", [POEM, "hello", "", "\n", "\N{MATHEMATICAL FRAKTUR CAPITAL U}" * 3, "x" * 100_000])
def test_no_condition_of_the_policy_ever_fails(content: str) -> None:
    assert decided(content).match.failures == {}
