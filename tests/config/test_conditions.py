"""Conditions: every name is known and of one type, a mistake is refused at its line and column, and what cannot be
evaluated for a request neither matches nor passes unnoticed."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.config.policies.conditions import GROUP, MAX_CONDITION_CHARS
from router.core.decision import decide
from router.core.errors import FileError
from router.core.facts import FACTS, FactType, read_facts
from router.core.ladder import reach_up_to
from router.core.policy import ConditionFailed, Policy, match
from router.core.recall import Conversation
from router.core.values import Hints, Score, TierState
from tests.examples import FAST, STRONG, a_view, caller, chat_request, signals
from tests.policy_texts import a_policy_of, refused, with_condition, with_conditions


def rule_of(policy: Policy, **measured: Any) -> str:
    """The rule that decides about a request with these signals."""
    return match(policy, a_view(measured=signals(**measured))).rule


def rule_alone(condition: str) -> Policy:
    """A policy of one rule, `r0`."""
    return a_policy_of(with_conditions([condition]))


# --- names ------------------------------------------------------------------------------------------------------

HOLDS_FOR_ANY: dict[FactType, str] = {
    "bool": "{0} || !{0}",
    "int": "{0} >= 0 || {0} < 0",
    "double": "{0} >= 0.0 || {0} < 0.0",
    "string": '{0} == "{1}" || {0} != "{1}"',
    "list(string)": 'size({0}) >= 0 && !("{1}" in {0})',
}


@pytest.mark.parametrize("name", list(FACTS))
def test_every_fact_can_be_used_in_a_condition_with_its_type(name: str) -> None:
    some = FACTS[name].words[0] if FACTS[name].words else ""
    policy = rule_alone(HOLDS_FOR_ANY[FACTS[name].type].format(name, some))

    assert policy.names == (name,)
    assert match(policy, a_view()).rule == "r0"


KNOWN: dict[str, Any] = {
    "hints": Hints(stakes="high", latency_budget_ms=900, conversation="c-1"),
    "by": caller(),
    "tiers": {"fast": TierState(True, 4_000, 3, 1), "strong": TierState(True, 8_000, 0, 2)},
    "conversation": Conversation("strong", 4),
    "escalated": True,
}


@pytest.mark.parametrize(
    "condition",
    [
        'hints.stakes == "high" && hints.latency_budget_ms == 900 && hints.conversation == "c-1"',
        'tenant.name == "acme"',
        "tiers.fast.configured && tiers.fast.context_tokens == 4000",
        "tiers.fast.in_flight == 3 && tiers.fast.failures == 1",
        "tiers.strong.in_flight == 0 && tiers.strong.failures == 2 && tiers.strong.context_tokens == 8000",
        "!tiers.hosted.configured && tiers.hosted.context_tokens == 0 && tiers.hosted.in_flight == 0",
        'conversation.tier == "strong" && conversation.requests == 4',
        "memory.escalated",
        "tiers . fast\n. in_flight == 3",
    ],
)
def test_a_condition_sees_the_hints_the_tenant_the_tiers_and_what_is_remembered(condition: str) -> None:
    policy = rule_alone(condition)

    assert match(policy, a_view(**KNOWN)).rule == "r0"
    assert match(policy, a_view()).rule == "otherwise" or "!tiers.hosted" in condition
    assert match(policy, a_view(**KNOWN)).failures == match(policy, a_view()).failures == {}


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ('request.model == "signals.turns"', ("request.model",)),
        ("request.model == 'signals.turns'", ("request.model",)),
        ('request.model == "\\"signals.turns"', ("request.model",)),
        ('request.model == """signals.turns"""', ("request.model",)),
        ("signals.code || signals.code", ("signals.code",)),
        ("signals.code // signals.maths", ("signals.code",)),
        ('request.model == "//" || signals.code', ("request.model", "signals.code")),
        ('request.model == """ " """ || signals.code || request.model == """ " """', ("request.model", "signals.code")),
        ("request.model == ''' ' ''' || signals.code || request.model == ''' ' '''", ("request.model", "signals.code")),
        ('request.model == r"\\d" || signals.code', ("request.model", "signals.code")),
        ("signals.scripts[0] == 'han'", ("signals.scripts",)),
        ('request.model.startsWith("auto")', ("request.model",)),
        ("signals.scripts.size() > 1 && signals.code", ("signals.scripts", "signals.code")),
        ("tiers.fast.in_flight > tiers.strong.in_flight", ("tiers.fast.in_flight", "tiers.strong.in_flight")),
        ("tiers.fast.failures in [1] && conversation.tier.size() > 0", ("tiers.fast.failures", "conversation.tier")),
        ("true", ()),
    ],
)  # fmt: skip
def test_the_names_of_a_condition_are_the_facts_it_mentions_outside_of_texts(
    condition: str, names: tuple[str, ...]
) -> None:
    policy = rule_alone(condition)

    assert policy.rules[0].names == names
    assert match(policy, a_view()).failures.keys() <= ({"r0"} if "[0]" in condition else set())


# --- what a condition may say -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "condition",
    [
        "signals.turns>5",
        "  signals.turns   >  5  ",
        "(((signals.turns > 5)))",
        "signals.turns > 5 // why",
        "signals.turns\n>\n5",
        "// why\nsignals.turns > 5",
        "5 < signals.turns",
        "signals.turns in [6, 7]",
        "signals . turns > 5",
        "signals.\nturns > 5",
        "signals.turns > (signals.code ? 500 : 5)",
        "size(string(signals.turns)) == 1 && signals.turns > 5",
    ],
)
def test_however_a_condition_is_spaced_and_bracketed_it_means_the_same(condition: str) -> None:
    policy = rule_alone(condition)

    assert rule_of(policy, turns=6) == "r0"
    assert rule_of(policy, turns=5) == "otherwise"
    assert match(policy, a_view()).failures == {}


@pytest.mark.parametrize(
    "condition",
    [
        'request.model.startsWith("au")',
        'request.model.endsWith("to")',
        'request.model.contains("ut")',
        'request.model.matches("^a.*o$")',
        "request.model.size() == 4",
        'tenant.name.startsWith("lo") && !request.model.startsWith("gpt")',
        "signals.scripts.size() == 1",
        "size(signals.scripts) == 1",
        '"latin" in signals.scripts',
        "signals.stakes_score < 0.5 && request.n == 1",
    ],
)
def test_a_fact_can_be_asked_what_texts_numbers_and_lists_can_be_asked(condition: str) -> None:
    matched = match(rule_alone(condition), a_view(chat_request(model="auto")))

    assert matched.failures == {}
    assert matched.rule == "r0"


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ("signals.code\n&& signals.maths", "signals.code && signals.maths"),
        ("  signals.code   &&  signals.maths ", "signals.code && signals.maths"),
        ("signals.code // why\n&& signals.maths", "signals.code && signals.maths"),
        ('request.model == "a  b // c"', 'request.model == "a  b // c"'),
        ("request.model == 'a  b'", "request.model == 'a  b'"),
    ],
)
def test_a_condition_is_explained_on_one_line_without_comments_and_with_its_texts_as_they_are(
    condition: str, text: str
) -> None:
    assert rule_alone(condition).rules[0].text == text


def test_a_high_score_is_a_high_score_in_a_condition_too() -> None:
    policy = rule_alone("signals.stakes_score > 0.5 && request.stream")

    assert match(policy, a_view(chat_request(stream=True), signals(stakes=Score(0.9, "high")))).rule == "r0"


# --- what cannot be evaluated -----------------------------------------------------------------------------------

BREAKING = ["1 / (signals.turns - 1) > 5", 'signals.scripts[7] == "han"', "signals.code || dyn(1) == 1 / 0"]


@pytest.mark.parametrize("condition", BREAKING)
def test_a_condition_that_cannot_be_evaluated_for_a_request_does_not_match_and_says_so(condition: str) -> None:
    policy = a_policy_of(with_conditions(["signals.maths", condition, "true"]))
    facts = read_facts(policy.names, a_view())

    with pytest.raises(ConditionFailed):
        policy.rules[1].holds(facts)
    with pytest.raises(ConditionFailed):
        policy.first(facts)
    matched = match(policy, a_view())
    assert matched.rule == "r2"
    assert list(matched.failures) == ["r1"]
    assert matched.failures["r1"]


@pytest.mark.parametrize("condition", BREAKING)
def test_a_condition_that_cannot_be_evaluated_turns_the_decision_expensive(condition: str) -> None:
    policy = a_policy_of(with_conditions([condition, "true"]))

    decision = decide(policy, a_view(), reach_up_to("hosted", {"fast": FAST, "strong": STRONG}), None)

    assert policy.rules[1].then.ladder == ("fast",)
    assert (decision.tiers, decision.rule, decision.reason) == (("strong",), "r1", "condition_failed")
    assert decision.as_dict()["skipped_rules"]["r0"].startswith("could not be evaluated: ")


CONDITIONS = [
    "signals.code",
    "!signals.maths",
    "signals.turns > 3",
    "signals.turns > 3 && signals.code",
    "signals.turns == 2 || signals.maths",
    "signals.code ? signals.maths : signals.turns > 4",
    "signals.stakes == 'high'",
    "10 / signals.turns > 4",
    "signals.scripts[signals.turns] == 'han'",
    "'han' in signals.scripts // why",
    "tiers.fast.in_flight > signals.turns",
    "false",
]


def repeated(conditions: list[str]) -> list[str]:
    """Each condition made different from its like, for no two rules of a policy may have the same."""
    return [f"{condition}\n || signals.turns == {1000 + at}" for at, condition in enumerate(conditions)]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(CONDITIONS), max_size=GROUP + 8).map(repeated),
    st.lists(
        st.tuples(st.booleans(), st.booleans(), st.integers(0, 5), st.sampled_from([("latin",), ("latin", "han")])),
        min_size=1,
        max_size=3,
    ),
)
def test_asking_all_rules_at_once_finds_what_asking_one_after_the_other_finds(
    conditions: list[str], requests: list[tuple[bool, bool, int, tuple[str, ...]]]
) -> None:
    policy = a_policy_of(with_conditions(conditions))

    for code, maths, turns, scripts in requests:
        view = a_view(measured=signals(code=code, maths=maths, turns=turns, scripts=scripts))
        facts, found, failed = read_facts(policy.names, view), "otherwise", []
        for rule in policy.rules:
            try:
                if rule.holds(facts):
                    found = rule.name
                    break
            except ConditionFailed:
                failed.append(rule.name)
        matched = match(policy, view)
        assert (matched.rule, list(matched.failures)) == (found, failed)


# --- many and large conditions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, GROUP - 1, GROUP, GROUP + 1, 2 * GROUP, 2 * GROUP + 1, 300, 1000])
def test_as_many_rules_as_are_allowed_load_and_the_first_that_holds_is_found(count: int) -> None:
    policy = a_policy_of(with_conditions([f"signals.turns == {at}" for at in range(count)]))

    assert rule_of(policy, turns=count - 1) == f"r{count - 1}"
    assert rule_of(policy, turns=0) == "r0"
    assert rule_of(policy, turns=count) == "otherwise"


def test_rules_with_brackets_within_brackets_load_wherever_they_stand() -> None:
    nested = "(" * 20 + "signals.turns > 5" + ")" * 20

    policy = a_policy_of(with_conditions([*repeated(["signals.code"] * 30), nested]))

    assert rule_of(policy, turns=6) == "r30"


def test_long_conditions_load_however_many_there_are() -> None:
    long = " || ".join(f"signals.turns == {at}" for at in range(10, 180))
    conditions = [f"signals.turns == {1000 + at} || {long}" for at in range(40)]
    assert max(map(len, conditions)) <= MAX_CONDITION_CHARS

    policy = a_policy_of(with_conditions(conditions))

    assert rule_of(policy, turns=170) == "r0"
    assert rule_of(policy, turns=1039) == "r39"
    assert rule_of(policy, turns=5) == "otherwise"


def test_a_condition_may_be_4096_characters_long_and_no_longer() -> None:
    longest = "true" + " " * (MAX_CONDITION_CHARS - 4)

    assert rule_of(rule_alone(longest)) == "r0"
    assert refused(with_condition(json.dumps(longest + " "))).startswith(
        "4:11: rules.0.when: String should have at most 4096 characters"
    )


def test_a_condition_nested_beyond_reason_is_refused() -> None:
    assert refused(with_condition('"' + "(" * 1_000 + "true" + ")" * 1_000 + '"')).startswith("4:11: ")


# --- mistakes in conditions -------------------------------------------------------------------------------------

UNKNOWN = "'signals.steaks' is not a known name; did you mean 'signals.stakes'?"


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ('signals.steaks == "high"', f"4:11: {UNKNOWN}"),
        ('signals.code && signals.steaks == "high"', f"4:27: {UNKNOWN}"),
        ("\"signals.code && signals.steaks == 'high'\"", f"4:28: {UNKNOWN}"),
        ("'signals.code && signals.steaks == \"high\"'", f"4:28: {UNKNOWN}"),
        ('   signals.steaks == "high"', f"4:14: {UNKNOWN}"),
        ('true && "é" == signals.steaks', f"4:26: {UNKNOWN}"),
        ('signals.stakes == "signals.steaks" || signals.steaks == ""', f"4:49: {UNKNOWN}"),
        ("stakes == 'high'", "4:11: 'stakes' is not a known name; did you mean 'hints.stakes'?"),
        ("signals == 1", "4:11: 'signals' is not a known name; did you mean 'signals.task'?"),
        ("zzz == 1", "4:11: 'zzz' is not a known name"),
        (
            "signals.code && tiers.fats.in_flight > 2",
            "4:27: 'tiers.fats.in_flight' is not a known name; did you mean 'tiers.fast.in_flight'?",
        ),
        (
            "tiers.fast.inflight > 2",
            "4:11: 'tiers.fast.inflight' is not a known name; did you mean 'tiers.fast.in_flight'?",
        ),
        ("tiers.fast == 1", "4:11: 'tiers.fast' is not a known name"),
        (
            'conversation.teir == "fast"',
            "4:11: 'conversation.teir' is not a known name; did you mean 'conversation.tier'?",
        ),
        ('"!memory.escalate"', "4:13: 'memory.escalate' is not a known name; did you mean 'memory.escalated'?"),
        ("sizee(signals.scripts) > 1", "4:11: 'sizee' is not a known name; did you mean 'size'?"),
        ('request.model.startWith("a")', "4:25: 'startWith' is not a known name; did you mean 'startsWith'?"),
        ('signals.code && request.model.matchs("a")', "4:41: 'matchs' is not a known name; did you mean 'matches'?"),
        ("signals.turns", "4:11: a condition must be true or false (bool), this one is of type int"),
        ("request.model", "4:11: a condition must be true or false (bool), this one is of type string"),
        ("signals.scripts", "4:11: a condition must be true or false (bool), this one is of type list<string>"),
        ("signals.turns > 1.5", "4:25: found no matching overload for '_>_' applied to '(int, double)'"),
        ("signals.code == 1", "4:24: found no matching overload for '_==_' applied to '(bool, int)'"),
        ("signals.stakes > 3", "4:26: found no matching overload for '_>_' applied to '(string, int)'"),
        ("tiers.fast.in_flight > '2'", "4:32: found no matching overload for '_>_' applied to '(int, string)'"),
        ('signals.scripts.exists(s, s == "han")', "4:27: the macro 'exists' is not allowed in conditions"),
        ('signals.scripts.all (s, s == "han")', "4:27: the macro 'all' is not allowed in conditions"),
        ("size(signals.scripts.filter(s, true)) > 1", "4:32: the macro 'filter' is not allowed in conditions"),
        ("size(signals.scripts.map(s, s)) > 1", "4:32: the macro 'map' is not allowed in conditions"),
        ('signals.scripts.exists_one(s, s == "")', "4:27: the macro 'exists_one' is not allowed in conditions"),
        ("|\n      signals.code &&\n      signals.steaks == ''", f"6:7: {UNKNOWN}"),
        ("|-\n        signals.code &&\n        signals.steaks == ''", f"6:9: {UNKNOWN}"),
        ("| # why\n      signals.steaks == ''", f"5:7: {UNKNOWN}"),
        ("|\n      signals.code &&\n          signals.steaks == ''", f"6:11: {UNKNOWN}"),
        ("|2\n        signals.steaks == ''", f"5:9: {UNKNOWN}"),
        ("|\n\n      signals.code &&\n      signals.steaks == ''", f"7:7: {UNKNOWN}"),
        ("|\n      signals.code &&\n\n      signals.steaks == ''", f"7:7: {UNKNOWN}"),
        (">\n      signals.code &&\n      signals.steaks == ''", f"4:11: {UNKNOWN}"),
        (">-\n      signals.steaks == ''", f"4:11: {UNKNOWN}"),
        ("signals.code &&\n      signals.steaks == ''", f"4:11: {UNKNOWN}"),
        ("\"signals.code &&\n      signals.steaks == ''\"", f"4:11: {UNKNOWN}"),
        ('"signals.stakes == \\"high\\" && signals.steaks == \\"\\""', f"4:42: {UNKNOWN}"),
        ("'signals.stakes == ''high'' && signals.steaks == \"\"'", f"4:42: {UNKNOWN}"),
    ],
)
def test_a_mistake_in_a_condition_is_refused_at_its_line_and_column(when: str, said: str) -> None:
    assert refused(with_condition(when)).startswith(said)


@pytest.mark.parametrize(
    "condition",
    [
        'signals.scripts. exists(s, s == "han")',
        'signals.scripts.exists\n(s, s == "han")',
        'signals.scripts . exists (s, s == "han")',
        'signals.scripts. // why\nexists(s, s == "han")',
        "[1, 2].exists(x, [1, 2].exists(y, x == y))",
        "{1: 2}.all(k, k > 0)",
        'request.model == """ " """ || [1].exists(x, x == 1) || request.model == """ " """',
    ],
)
def test_a_loop_is_refused_however_it_is_written(condition: str) -> None:
    assert "is not allowed in conditions" in refused(with_conditions([condition]))


@pytest.mark.parametrize(
    "condition", ['request.model == "x.exists(y)"', "request.model == '.map('", 'request.model == """ ".all(" """']
)
def test_the_name_of_a_loop_in_a_text_is_just_text(condition: str) -> None:
    assert rule_alone(condition).names == ("request.model",)


@pytest.mark.parametrize("when", ["signals.code &&", "(signals.code", "signals.", "&& signals.code", "1 +", "'open"])
def test_what_is_no_expression_is_refused_in_its_line(when: str) -> None:
    assert refused(with_condition(json.dumps(when))).startswith("4:")


@pytest.mark.parametrize(
    ("when", "place"), [("true", "4:11"), ("12", "4:11"), ("null", "4:11"), ("2024-02-20", "4:11"), ("[a]", "4:5")]
)
def test_a_condition_that_is_no_text_is_refused(when: str, place: str) -> None:
    assert refused(with_condition(when)).startswith(f"{place}: rules.0.when: Input should be a valid string")


def test_a_mistake_in_a_file_of_another_encoding_is_still_placed() -> None:
    content = with_condition("signals.steaks == ''").encode("utf-16")

    assert refused(content) == f"4:11: {UNKNOWN}"


def test_a_mistake_in_a_file_with_carriage_returns_is_placed_alike() -> None:
    content = with_condition("|\n      signals.code &&\n      signals.steaks == ''").replace("\n", "\r\n")

    assert refused(content) == f"6:7: {UNKNOWN}"


# --- anything at all --------------------------------------------------------------------------------------------

WORDS = [
    *FACTS, "&&", "||", "!", "(", ")", "==", ">", "1", "1.5", "'x'", '"', "in", "[", "]", ".", "?", ":", "//", "size(",
    "dyn(", "{", "}", "null", "true", "-", "/", "r'", 'r"\\"', '"""', "exists(", "has(", "\n", " ",
]  # fmt: skip


def read_or_refuse(conditions: list[str]) -> None:
    """A policy that is read knows all the facts it needs; one that is not is refused at a place."""
    try:
        policy = a_policy_of(with_conditions(conditions))
    except FileError:
        return
    failures = match(policy, a_view()).failures
    assert not [said for said in failures.values() if "No value with name" in said]


@settings(deadline=None, max_examples=120)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_no_condition_raises_anything_but_an_error_with_a_place(condition: str) -> None:
    read_or_refuse([condition])


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_as_a_condition_raises_anything_but_an_error_with_a_place(condition: str) -> None:
    read_or_refuse([condition])


# --- words that a fact can be ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "column", "said"),
    [
        ('signals.stakes == "hihg"', 29, """signals.stakes is never "hihg"; expected one of "low","""),
        ("signals.difficulty != 'hard'", 33, "signals.difficulty is never 'hard'; expected one of"),
        ('"srtong" == conversation.tier', 11, """conversation.tier is never "srtong"; expected one of "", "fast","""),
        ('signals.code && hints.stakes == "hi"', 43, 'hints.stakes is never "hi"; expected one of "", "low"'),
    ],
)
def test_a_comparison_with_a_word_that_the_fact_can_never_be_is_refused_at_the_word(
    condition: str, column: int, said: str
) -> None:
    with pytest.raises(FileError) as error:
        a_policy_of(with_condition(condition if condition[0] != '"' else f"|\n      {condition}"))

    assert error.value.said.startswith(said)
    assert (error.value.line, error.value.column) == ((4, column) if condition[0] != '"' else (5, 7))


def test_a_comparison_with_any_text_is_allowed_where_the_fact_may_be_any() -> None:
    assert rule_alone('tenant.name == "hihg" || request.model != "hihg"').names == ("tenant.name", "request.model")


def test_a_condition_without_facts_that_can_never_be_evaluated_is_refused() -> None:
    with pytest.raises(FileError, match=r"can never be evaluated: .*divide by zero"):
        rule_alone("1 / 0 == 1")
