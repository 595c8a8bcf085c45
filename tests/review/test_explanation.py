"""An explanation of one decision: what it holds, and how people are shown it."""

import io
from typing import Any

import pytest
from rich.console import Console

from router.config.policies.verify_spec import AUDIT_SHARE
from router.core.errors import InvalidRequest
from router.core.policy import Then
from router.review.circumstances import assume
from router.review.explanation import Explanation, asked_policy, explain
from router.review.explanation_text import explanation_text
from router.review.requests_file import read_one, read_prompt
from tests.examples import chat_body
from tests.review.texts import CAREFUL, CODE, HARM, POEM, a_policy_of
from tests.usual import FIRST_REQUEST, USUAL

POLICY = a_policy_of(CAREFUL)


def explained(prompt: str = POEM, *tiers: str, **fields: Any) -> Explanation:
    """What the careful policy makes of a request with these fields, tiers doing as said."""
    assumed = assume(USUAL, "local", tiers, None, escalated=False).question
    return explain(POLICY, read_one("r.json", chat_body(prompt, **fields), assumed))


def shown(explanation: Explanation) -> list[str]:
    """The lines of the page, with the settings that are not the defaults."""
    screen = Console(file=io.StringIO(), width=120)
    screen.print(explanation_text(explanation, explanation.unusual_settings))
    return [" ".join(line.split()) for line in screen.file.getvalue().splitlines()]  # type: ignore[attr-defined]


# --- what it holds ----------------------------------------------------------------------------------------------


def test_it_holds_the_rules_tried_what_they_lacked_and_those_not_tried() -> None:
    found = explained(CODE)

    assert found.match.why_skipped() == {
        "high-stakes": "signals.stakes == \"high\" is false: signals.stakes = 'low'",
    }
    assert (found.match.rule, found.condition, found.untried) == ("coding", "signals.code", ("crowded",))


def test_after_otherwise_nothing_is_left_untried() -> None:
    found = explained(POEM)

    assert (found.match.rule, found.condition, found.untried) == ("otherwise", "", ())


def test_it_tells_the_settings_that_are_not_the_defaults() -> None:
    assert explained(CODE).unusual_settings == {"timeout": "5s"}
    assert explained(HARM).unusual_settings == {}
    assert explained(CODE).then.settings() == Then(("strong",), timeout_s=5.0, audit=AUDIT_SHARE).settings()


def test_a_request_that_would_be_refused_is_explained_up_to_the_rule_and_the_error() -> None:
    found = explained(HARM, "strong.configured=false")

    assert (found.decision, found.tiers, found.match.rule) == (None, (), "high-stakes")
    told = found.as_dict()
    assert told["error"]["type"] == "NoTierAvailable"
    assert told["ladder"] == []
    assert told["rule"] == "high-stakes"


def test_machines_are_told_the_decision_the_signals_and_what_was_assumed() -> None:
    told = explained(CODE, "fast.in_flight=3", temperature=0).as_dict()

    assert (told["rule"], told["ladder"], told["reason"], told["error"]) == ("coding", ["strong"], "rule", None)
    assert told["signals"]["code"] is True
    assert told["signals"]["stakes"]["band"] == "low"
    assert told["tiers"]["fast"]["in_flight"] == 3
    assert told["conversation"] == {"tier": None, "requests": 0}


@pytest.mark.parametrize(
    ("body", "policy"),
    [
        ({}, None),
        ({"model": "auto:quick"}, "quick"),
        ({"router": {"policy": "quick"}}, "quick"),
        ({"model": "fast", "router": {"policy": "quick"}}, "quick"),
        ({"model": "somebody-elses", "router": {"policy": "quick"}}, "quick"),
        ({"model": "somebody-elses"}, None),
    ],
)
def test_a_request_may_ask_for_a_policy_by_its_model_or_a_hint(body: dict[str, Any], policy: str | None) -> None:
    assert asked_policy(read_one("r.json", chat_body(POEM, **body), FIRST_REQUEST.question)) == policy


def test_a_request_that_asks_for_two_policies_at_once_is_refused_as_it_would_be_served() -> None:
    body = chat_body(POEM, model="auto:quick", router={"policy": "careful"})

    with pytest.raises(InvalidRequest, match="the model names the policy 'quick', the hint 'careful'"):
        asked_policy(read_one("r.json", body, FIRST_REQUEST.question))


# --- what is shown ----------------------------------------------------------------------------------------------


def test_people_are_shown_signals_with_their_reasons() -> None:
    lines = shown(explained(HARM))

    assert any(line.startswith("stakes high (") and "medical.medicine" in line for line in lines)
    assert "turns 1" in lines
    assert "code no" in lines


def test_people_are_shown_which_rule_held_and_why_those_before_it_did_not() -> None:
    lines = shown(explained(CODE))

    assert "no high-stakes signals.stakes == \"high\" is false: signals.stakes = 'low'" in lines
    assert "yes coding signals.code is true" in lines
    assert "- not tried crowded" in lines
    assert "timeout 5s" in lines


def test_people_are_shown_what_became_of_the_ladder() -> None:
    lines = shown(explained(POEM, "fast.in_flight=5", store=True))

    assert "ladder strong" in lines
    assert "dropped on strong: store" in lines
    assert "if unreachable fast" in lines


def test_people_are_shown_why_a_tier_is_left_out() -> None:
    lines = shown(explained(POEM, seed=1))

    assert "left out fast: seed asks for a repeatable answer; the diffusion path has no seed" in lines
    assert "reason capability" in lines


def test_people_are_shown_what_is_predicted_and_which_tier_would_take_too_long() -> None:
    slow = ("fast.predicted_p50_ms=900", "fast.predicted_p90_ms=2000", "fast.seen_answers=25")
    quick = ("strong.predicted_p50_ms=90", "strong.predicted_p90_ms=200")

    lines = " ".join(shown(explained(POEM, *slow, *quick, router={"latency_budget_ms": 300})))

    assert "reason budget ladder strong" in lines
    assert "latency_budget is 300 ms; 90 in 100 such answers take this tier up to 2000 ms" in lines
    assert "90 ms predicted, 90% within 200 ms" in lines


def test_people_are_shown_why_a_request_would_be_refused() -> None:
    lines = shown(explained(HARM, "strong.configured=false"))

    assert any(line.startswith("ladder refused with NoTierAvailable: this request needs") for line in lines)


def test_people_are_shown_what_was_assumed() -> None:
    states = ("fast.failures=2", "strong.configured=false")
    question = read_prompt(POEM, assume(USUAL, "acme", states, "fast", escalated=True).question)

    lines = shown(explain(POLICY, question))

    assert "tier fast window 32,768, 0 in flight, 2 failures in a row" in lines
    assert "tier strong not configured" in lines
    assert "conversation has reached fast" in lines
    assert "memory this request went up not long ago" in lines
    assert "tenant acme" in lines


@pytest.mark.parametrize(
    ("model", "said"),
    [("auto", "auto"), ("fast", "fast, which pins the tier"), ("llama", "llama, taken for auto")],
)
def test_people_are_shown_what_the_model_was_taken_for(model: str, said: str) -> None:
    assert f"model {said}" in shown(explained(POEM, model=model))


def test_people_are_shown_the_hints() -> None:
    assert "hint: stakes high" in shown(explained(POEM, router={"stakes": "high"}))


def test_people_are_shown_how_likely_each_tier_is_in_time_where_that_decides() -> None:
    policy = a_policy_of("name: p\nrules: []\notherwise: {ladder: [fast, strong], begin: in_time}\n")
    tiers = ("fast.predicted_p50_ms=500", "fast.predicted_p90_ms=900", "fast.in_flight=4", "fast.limit=4")
    known = (*tiers, "strong.predicted_p50_ms=2000", "strong.predicted_p90_ms=4000")
    assumed = assume(USUAL, "local", known, None, escalated=False).question

    lines = shown(explain(policy, read_one("r.json", chat_body(POEM, router={"latency_budget_ms": 4000}), assumed)))

    assert "in time fast 100%, which is full, strong 90%" in lines
    assert "ladder strong" in lines


def test_people_are_shown_from_where_a_request_spilled_and_why() -> None:
    full = ("fast.in_flight=3", "fast.limit=3", "fast.predicted_p50_ms=4000", "strong.predicted_p50_ms=3500")

    lines = shown(explained(POEM, *full))

    assert "reason spill" in lines
    assert any(line.startswith("spilled from fast, which has 3 in flight of at most 3") for line in lines)
    assert "if unreachable fast" in lines
