"""Ordered rules over facts: the first whose condition holds decides, and everything before it is accounted for."""

from collections.abc import Mapping
from typing import Any

import pytest

from router.core.facts import FACTS
from router.core.policy import OTHERWISE, ConditionFailed, Denoise, Policy, Reads, Rule, Then, match
from router.core.reading.criteria import STANDARD as STANDARD_CRITERIA
from tests.examples import a_policy, a_rule, a_view, chat_request, signals

FAST = Then(("fast",))
STRONG = Then(("strong",))
BOTH = Then(("fast", "strong"))

READ = {"read": "always", "criteria": STANDARD_CRITERIA.written(), "patience": "2s"}
"""How reading is written where nothing about it was said."""


def a_failing_rule(name: str, said: str) -> Rule:
    def fail(_facts: Any) -> bool:
        raise ConditionFailed(said)

    return Rule(name, "1 / 0 > 1", (), fail, STRONG)


def test_the_first_rule_that_holds_decides() -> None:
    policy = a_policy(
        a_rule("first", FAST, holds=False), a_rule("second", STRONG, holds=True), a_rule("third", FAST, holds=True)
    )

    matched = match(policy, a_view())

    assert (matched.rule, matched.then) == ("second", STRONG)
    assert [rule.name for rule in matched.skipped] == ["first"]


def test_otherwise_decides_when_no_rule_holds() -> None:
    policy = a_policy(a_rule("first", FAST, holds=False), otherwise=BOTH)

    matched = match(policy, a_view())

    assert (matched.rule, matched.then) == (OTHERWISE, BOTH)
    assert [rule.name for rule in matched.skipped] == ["first"]


def test_a_policy_without_rules_is_its_otherwise() -> None:
    matched = match(a_policy(otherwise=STRONG), a_view())

    assert (matched.rule, matched.then, matched.skipped) == (OTHERWISE, STRONG, ())


def test_rules_after_the_match_are_not_asked() -> None:
    matched = match(a_policy(a_rule("first", FAST, holds=True), a_failing_rule("second", "never asked")), a_view())

    assert matched.failures == {}


def test_a_condition_that_cannot_be_evaluated_does_not_match_and_is_recorded() -> None:
    policy = a_policy(a_failing_rule("broken", "division by zero"), a_rule("sound", FAST, holds=True))

    matched = match(policy, a_view())

    assert matched.rule == "sound"
    assert matched.failures == {"broken": "division by zero"}


def test_the_rules_before_a_failure_are_still_asked_in_their_order() -> None:
    policy = a_policy(
        a_rule("first", FAST, holds=False),
        a_failing_rule("broken", "division by zero"),
        a_rule("third", FAST, holds=False),
        a_failing_rule("broken-too", "no such key"),
    )

    matched = match(policy, a_view())

    assert matched.rule == OTHERWISE
    assert matched.failures == {"broken": "division by zero", "broken-too": "no such key"}
    assert [rule.name for rule in matched.skipped] == ["first", "broken", "third", "broken-too"]


def test_any_other_error_of_a_condition_is_a_bug_and_is_not_hidden() -> None:
    def bug(_facts: Any) -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        match(a_policy(Rule("buggy", "?", (), bug, FAST)), a_view())


def test_facts_are_read_once_however_many_rules_there_are() -> None:
    seen: list[Mapping[str, Any]] = []

    def look(facts: Mapping[str, Any]) -> bool:
        seen.append(facts)
        return False

    rules = tuple(Rule(f"rule-{n}", "?", ("signals.turns",), look, FAST) for n in range(50))

    match(a_policy(*rules), a_view(measured=signals(turns=3)))

    assert seen[0] == {"signals.turns": 3}
    assert all(facts is seen[0] for facts in seen)


def test_the_position_that_a_policy_finds_by_itself_is_believed() -> None:
    rules = (a_rule("first", FAST, holds=False), a_rule("second", STRONG, holds=False))

    matched = match(Policy("test", "test@1", rules, BOTH, (), lambda _facts: 1), a_view())

    assert (matched.rule, matched.skipped) == ("second", rules[:1])


def test_only_the_facts_that_a_policy_mentions_are_read() -> None:
    policy = a_policy(Rule("short", "?", ("signals.turns", "request.model"), lambda facts: len(facts) == 2, FAST))

    assert match(policy, a_view()).rule == "short"


def test_conditions_see_the_facts_of_the_request() -> None:
    policy = a_policy(Rule("deep", "?", ("signals.turns",), lambda facts: facts["signals.turns"] > 5, STRONG))

    assert match(policy, a_view(measured=signals(turns=6))).rule == "deep"
    assert match(policy, a_view(measured=signals(turns=5))).rule == OTHERWISE


def test_a_skipped_rule_is_explained_with_its_text_and_the_values_it_saw() -> None:
    names = ("signals.turns", "request.model")
    rule = Rule("deep", 'signals.turns > 5 && request.model == "x"', names, lambda _: False, STRONG)

    explained = match(a_policy(rule), a_view(chat_request(), signals(turns=2))).why_skipped()

    said = "signals.turns > 5 && request.model == \"x\" is false: signals.turns = 2, request.model = 'auto'"
    assert explained == {"deep": said}


def test_a_rule_about_nothing_is_explained_by_its_text_alone() -> None:
    assert match(a_policy(a_rule("never", FAST, holds=False)), a_view()).why_skipped() == {"never": "false is false"}


def test_a_rule_that_failed_is_explained_by_its_failure() -> None:
    explained = match(a_policy(a_failing_rule("broken", "division by zero")), a_view()).why_skipped()

    assert explained == {"broken": "could not be evaluated: division by zero"}


def test_the_rule_that_decided_is_not_among_the_skipped() -> None:
    policy = a_policy(a_rule("first", FAST, holds=False), a_rule("second", FAST, holds=True))

    assert list(match(policy, a_view()).why_skipped()) == ["first"]


def test_no_fact_may_take_the_name_of_the_rule_that_is_always_there() -> None:
    assert OTHERWISE not in FACTS


@pytest.mark.parametrize(
    ("then", "written"),
    [
        (Then(("fast",)), {"timeout": None, "commit_after": "10s", "denoise": None, "thinking": None, "annotate": {}}),
        (Then(("fast",), timeout_s=0.25, commit_after_s=1.5), {"timeout": "250ms", "commit_after": "1.5s"}),
        (Then(("fast",), timeout_s=3600.0, commit_after_s=0.01), {"timeout": "3600s", "commit_after": "10ms"}),
        (Then(("fast",), timeout_s=59.999, commit_after_s=600.0), {"timeout": "59.999s", "commit_after": "600s"}),
        (Then(("fast",), timeout_s=1234.567), {"timeout": "1234.567s"}),
        (Then(("fast",), denoise=Denoise(steps=8)), {"denoise": {"steps": 8}}),
        (Then(("fast",), denoise=Denoise(8, 64)), {"denoise": {"steps": 8, "canvas": 64}}),
        (Then(("fast",), thinking=True), {"thinking": "on"}),
        (Then(("fast",), thinking=False, sticky="off"), {"thinking": "off", "sticky": "off"}),
        (Then(("fast",), "degrade", max_escalations=0), {"on_unavailable": "degrade", "max_escalations": 0}),
        (Then(("fast",), annotate={"team": "a"}), {"annotate": {"team": "a"}}),
        (Then(("fast",), on_reject="repair", max_repairs=0), {"on_reject": "repair", "max_repairs": 0}),
        (Then(("fast",), audit=0.25), {"audit": 0.25, "verify": "checks"}),
        (Then(("fast",), verify="read", reads=Reads()), {"verify": READ}),
        (
            Then(("fast",), verify="read", reads=Reads("doubt", above=0.4)),
            {"verify": {**READ, "read": "doubt", "above": 0.4}},
        ),
        (
            Then(("fast",), verify="read", reads=Reads("stakes", least="high", patience_s=0.5)),
            {"verify": {**READ, "read": "stakes", "least": "high", "patience": "500ms"}},
        ),
    ],
)
def test_settings_are_told_as_they_are_written_in_files(then: Then, written: dict[str, Any]) -> None:
    assert {name: then.settings()[name] for name in written} == written
