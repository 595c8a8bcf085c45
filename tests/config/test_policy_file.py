"""Policy files: right when they are loaded, or refused at the very place that is wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.bootstrap import CHECKOUT_POLICIES
from router.config.policy_file import MAX_CONDITION_CHARS, PolicyFolder, read_policy
from router.core.errors import FileError, InvalidRequest
from router.core.facts import FACTS, FactType, read_facts
from router.core.policy import ConditionFailed, Policy, Then, match
from router.core.values import Score
from tests.examples import a_view, chat_request, signals

Write = Callable[[str | bytes], Path]


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Writes a policy file and says where it is."""
    path = tmp_path_factory.mktemp("policy") / "p.yaml"

    def write_file(content: str | bytes) -> Path:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def with_condition(when: str) -> str:
    """A policy whose one condition stands in line 4, from column 11 on."""
    return f"name: p\nrules:\n  - name: one\n    when: {when}\n    then: {{tier: fast}}\notherwise: {{tier: strong}}\n"


def with_conditions(conditions: list[str]) -> str:
    """A policy of many rules, `r0`, `r1`, ..., each of its own line."""
    rules = [{"name": f"r{at}", "when": when, "then": {"tier": "fast"}} for at, when in enumerate(conditions)]
    return json.dumps({"name": "p", "rules": rules, "otherwise": {"tier": "strong"}})


def refused(path: Path) -> str:
    """What is wrong with a file, from its line on."""
    with pytest.raises(FileError) as error:
        read_policy(path)
    return error.value.message.removeprefix(f"{path}:")


def rule_of(policy: Policy, **measured: Any) -> str:
    """The rule that decides about a request with these signals."""
    return match(policy, a_view(measured=signals(**measured))).rule


# --- what is read -----------------------------------------------------------------------------------------------

GOOD = """\
name: team-a
description: what it is for
rules:
  - name: deep
    when: signals.turns > 5
    then: {ladder: [strong, hosted], on_unavailable: degrade, commit_after_s: 3}
  - name: code
    when: signals.code && !signals.maths
    then: {tier: fast}
otherwise: {ladder: [fast, strong]}
"""


def test_a_policy_is_read_into_its_rules(write: Write) -> None:
    policy = read_policy(write(GOOD))

    assert policy.name == "team-a"
    assert [(rule.name, rule.text, rule.names) for rule in policy.rules] == [
        ("deep", "signals.turns > 5", ("signals.turns",)),
        ("code", "signals.code && !signals.maths", ("signals.code", "signals.maths")),
    ]
    assert policy.rules[0].then == Then(("strong", "hosted"), "degrade", 3.0)
    assert policy.rules[1].then == Then(("fast",), "fail", 10.0)
    assert policy.otherwise == Then(("fast", "strong"))
    assert policy.names == ("signals.turns", "signals.code", "signals.maths")


@pytest.mark.parametrize(
    ("measured", "rule"),
    [
        ({"turns": 6}, "deep"),
        ({"turns": 6, "code": True}, "deep"),
        ({"turns": 5, "code": True}, "code"),
        ({"code": True, "maths": True}, "otherwise"),
        ({}, "otherwise"),
    ],
)
def test_a_policy_decides_by_its_first_rule_that_holds(write: Write, measured: dict[str, Any], rule: str) -> None:
    assert rule_of(read_policy(write(GOOD)), **measured) == rule


def test_the_version_of_a_policy_changes_with_every_byte_of_its_file(write: Write) -> None:
    first, again = read_policy(write(GOOD)).version, read_policy(write(GOOD)).version
    other = read_policy(write(GOOD + "# a word\n")).version

    assert first == again != other
    assert first.startswith("team-a@")
    assert len(first) == len("team-a@") + 12


@pytest.mark.parametrize("name", [path.name for path in CHECKOUT_POLICIES.glob("*.yaml")])
def test_every_policy_that_ships_loads(name: str) -> None:
    assert read_policy(CHECKOUT_POLICIES / name).rules


def test_the_default_policy_ships() -> None:
    assert PolicyFolder(CHECKOUT_POLICIES, "default").get(None).name == "default"


# --- conditions -------------------------------------------------------------------------------------------------

HOLDS_FOR_ANY: dict[FactType, str] = {
    "bool": "{0} || !{0}",
    "int": "{0} >= 0 || {0} < 0",
    "double": "{0} >= 0.0 || {0} < 0.0",
    "string": '{0} == "" || {0} != ""',
    "list(string)": 'size({0}) >= 0 && !("none" in {0})',
}


@pytest.mark.parametrize("name", list(FACTS))
def test_every_fact_can_be_used_in_a_condition_with_its_type(write: Write, name: str) -> None:
    condition = HOLDS_FOR_ANY[FACTS[name].type].format(name)

    policy = read_policy(write(with_condition(json.dumps(condition))))

    assert policy.names == (name,)
    assert match(policy, a_view()).rule == "one"


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
def test_however_a_condition_is_spaced_and_bracketed_it_means_the_same(write: Write, condition: str) -> None:
    policy = read_policy(write(with_conditions([condition])))

    assert rule_of(policy, turns=6) == "r0"
    assert rule_of(policy, turns=5) == "otherwise"
    assert match(policy, a_view()).failures == {}


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ('request.model == "signals.turns"', ("request.model",)),
        ("request.model == 'signals.turns'", ("request.model",)),
        ('request.model == "\\"signals.turns"', ("request.model",)),
        ("signals.code || signals.code", ("signals.code",)),
        ("signals.scripts[0] == 'han'", ("signals.scripts",)),
        ('request.model.startsWith("auto")', ("request.model",)),
        ("signals.scripts.size() > 1 && signals.code", ("signals.scripts", "signals.code")),
        ("true", ()),
    ],
)
def test_the_names_of_a_condition_are_the_facts_it_mentions_outside_of_texts(
    write: Write, condition: str, names: tuple[str, ...]
) -> None:
    assert read_policy(write(with_conditions([condition]))).rules[0].names == names


def test_a_condition_is_explained_on_one_line(write: Write) -> None:
    assert read_policy(write(with_condition("|\n      signals.code\n      && signals.maths"))).rules[0].text == (
        "signals.code && signals.maths"
    )


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
    ],
)
def test_a_fact_can_be_asked_what_texts_and_lists_can_be_asked(write: Write, condition: str) -> None:
    matched = match(read_policy(write(with_conditions([condition]))), a_view(chat_request(model="auto")))

    assert matched.failures == {}
    assert matched.rule == "r0"


@pytest.mark.parametrize(
    "condition", ["1 / (signals.turns - 1) > 5", 'signals.scripts[7] == "han"', "signals.code || dyn(1) == 1 / 0"]
)
def test_a_condition_that_cannot_be_evaluated_for_a_request_says_so(write: Write, condition: str) -> None:
    policy = read_policy(write(with_conditions(["signals.maths", condition, "true"])))
    facts = read_facts(policy.names, a_view())

    with pytest.raises(ConditionFailed):
        policy.rules[1].holds(facts)
    with pytest.raises(ConditionFailed):
        policy.first(facts)
    matched = match(policy, a_view())
    assert matched.rule == "r2"
    assert list(matched.failures) == ["r1"]
    assert matched.failures["r1"]


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
    "true",
    "false",
]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(CONDITIONS), max_size=40),
    st.lists(
        st.tuples(st.booleans(), st.booleans(), st.integers(0, 5), st.sampled_from([("latin",), ("latin", "han")])),
        min_size=1,
        max_size=3,
    ),
)
def test_asking_all_rules_at_once_finds_what_asking_one_after_the_other_finds(
    write: Write, conditions: list[str], requests: list[tuple[bool, bool, int, tuple[str, ...]]]
) -> None:
    policy = read_policy(write(with_conditions(conditions)))

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


@pytest.mark.parametrize("count", [1, 31, 32, 33, 64, 65, 300])
def test_as_many_rules_as_are_allowed_load_and_the_first_that_holds_is_found(write: Write, count: int) -> None:
    policy = read_policy(write(with_conditions([f"signals.turns == {at}" for at in range(count)])))

    assert rule_of(policy, turns=count - 1) == f"r{count - 1}"
    assert rule_of(policy, turns=0) == "r0"
    assert rule_of(policy, turns=count) == "otherwise"


def test_rules_with_brackets_within_brackets_load_wherever_they_stand(write: Write) -> None:
    nested = "(" * 20 + "signals.turns > 5" + ")" * 20

    policy = read_policy(write(with_conditions(["signals.code"] * 30 + [nested])))

    assert rule_of(policy, turns=6) == "r30"


def test_long_conditions_load_however_many_there_are(write: Write) -> None:
    long = " || ".join(f"signals.turns == {at}" for at in range(10, 180))
    assert len(long) < MAX_CONDITION_CHARS

    policy = read_policy(write(with_conditions([long] * 40)))

    assert rule_of(policy, turns=170) == "r0"
    assert rule_of(policy, turns=5) == "otherwise"


def test_a_condition_of_a_million_characters_is_refused(write: Write) -> None:
    condition = json.dumps(" " * (MAX_CONDITION_CHARS + 1 - 4) + "true")

    assert refused(write(with_condition(condition))).startswith(
        "4:11: rules.0.when: String should have at most 4096 characters"
    )


def test_a_condition_nested_beyond_reason_is_refused(write: Write) -> None:
    assert refused(write(with_condition('"' + "(" * 1_000 + "true" + ")" * 1_000 + '"'))).startswith("4:11: ")


def test_more_rules_than_are_allowed_are_refused(write: Write) -> None:
    assert "at most 1000" in refused(write(with_conditions(["true"] * 1_001)))


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
        ("signals == 1", "4:11: 'signals' is not a known name; did you mean 'signals.code'?"),
        ("zzz == 1", "4:11: 'zzz' is not a known name"),
        ("sizee(signals.scripts) > 1", "4:11: 'sizee' is not a known name"),
        ("signals.turns", "4:11: a condition must be true or false (bool), this one is of type int"),
        ("request.model", "4:11: a condition must be true or false (bool), this one is of type string"),
        ("signals.scripts", "4:11: a condition must be true or false (bool), this one is of type list<string>"),
        ("signals.turns > 1.5", "4:25: found no matching overload for '_>_' applied to '(int, double)'"),
        ("signals.code == 1", "4:24: found no matching overload for '_==_' applied to '(bool, int)'"),
        ("signals.stakes > 3", "4:26: found no matching overload for '_>_' applied to '(string, int)'"),
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
def test_a_mistake_in_a_condition_is_refused_at_its_line_and_column(write: Write, when: str, said: str) -> None:
    assert refused(write(with_condition(when))) == said


@pytest.mark.parametrize(
    "condition",
    [
        'signals.scripts. exists(s, s == "han")',
        'signals.scripts.exists\n(s, s == "han")',
        'signals.scripts . exists (s, s == "han")',
        'signals.scripts. // why\nexists(s, s == "han")',
        "[1, 2].exists(x, [1, 2].exists(y, x == y))",
        "{1: 2}.all(k, k > 0)",
    ],
)
def test_a_loop_is_refused_however_it_is_written(write: Write, condition: str) -> None:
    assert "is not allowed in conditions" in refused(write(with_conditions([condition])))


@pytest.mark.parametrize("condition", ['request.model == "x.exists(y)"', "request.model == '.map('"])
def test_the_name_of_a_loop_in_a_text_is_just_text(write: Write, condition: str) -> None:
    assert read_policy(write(with_conditions([condition]))).names == ("request.model",)


@pytest.mark.parametrize("when", ["signals.code &&", "(signals.code", "signals.", "&& signals.code", "1 +", "'open"])
def test_what_is_no_expression_is_refused_in_its_line(write: Write, when: str) -> None:
    assert refused(write(with_condition(json.dumps(when)))).startswith("4:")


@pytest.mark.parametrize(
    ("when", "place"), [("true", "4:11"), ("12", "4:11"), ("null", "4:11"), ("2024-02-20", "4:11"), ("[a]", "4:5")]
)
def test_a_condition_that_is_no_text_is_refused(write: Write, when: str, place: str) -> None:
    assert refused(write(with_condition(when))).startswith(f"{place}: rules.0.when: Input should be a valid string")


def test_a_mistake_in_a_file_of_another_encoding_is_still_placed(write: Write) -> None:
    content = with_condition("signals.steaks == ''").encode("utf-16")

    assert refused(write(content)) == f"4:11: {UNKNOWN}"


def test_a_mistake_in_a_file_with_carriage_returns_is_placed_alike(write: Write) -> None:
    content = with_condition("|\n      signals.code &&\n      signals.steaks == ''").replace("\n", "\r\n")

    assert refused(write(content)) == f"6:7: {UNKNOWN}"


# --- mistakes around them ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("nme: team-a", "name: team-a", "1:1: nme: is not a known setting; did you mean 'name'?"),
        ("name: Team A", "name: team-a", "1:7: name: String should match pattern"),
        ("name: ''", "name: team-a", "1:7: name: String should match pattern"),
        ("name: 5", "name: team-a", "1:7: name: Input should be a valid string, found 5"),
        ("title: x", "description: what it is for", "2:1: title: is not a known setting"),
        ("rulez:", "rules:", "3:1: rulez: is not a known setting; did you mean 'rules'?"),
        ("  - nam: deep", "  - name: deep", "4:5: rules.0.nam: is not a known setting; did you mean 'name'?"),
        ("    wenn: signals.turns > 5", "    when: signals.turns > 5", "5:5: rules.0.wenn: is not a known setting"),
        (
            "then: {teir: fast}",
            "then: {tier: fast}",
            "9:12: rules.1.then.teir: is not a known setting; did you mean 'tier'?",
        ),
        (
            "then: {tier: quick}",
            "then: {tier: fast}",
            "9:18: rules.1.then.tier: Input should be 'fast', 'strong' or 'hosted'",
        ),
        ("then: {tier: [fast]}", "then: {tier: fast}", "9:12: rules.1.then.tier: Input should be 'fast'"),
        ("then: fast", "then: {tier: fast}", "9:11: rules.1.then: Input should be"),
        ("then: {}", "then: {tier: fast}", "9:5: rules.1.then: expected exactly one of `tier` and `ladder`"),
        (
            "then: {tier: fast, ladder: [fast]}",
            "then: {tier: fast}",
            "9:5: rules.1.then: expected exactly one of `tier` and `ladder`",
        ),
        ("then: {ladder: []}", "then: {tier: fast}", "9:12: rules.1.then.ladder: List should have at least 1 item"),
        ("then: {ladder: [fast, best]}", "then: {tier: fast}", "9:27: rules.1.then.ladder.1: Input should be 'fast'"),
        ("then: {ladder: [fast, fast]}", "then: {tier: fast}", "9:5: rules.1.then: a ladder names each tier once"),
        ("commit_after_s: 0", "commit_after_s: 3", "6:79: rules.0.then.commit_after_s: Input should be greater than 0"),
        ("commit_after_s: 601", "commit_after_s: 3", "6:79: rules.0.then.commit_after_s: Input should be less than"),
        ("commit_after_s: .nan", "commit_after_s: 3", "6:79: rules.0.then.commit_after_s: Input should be"),
        (
            "commit_after_s: soon",
            "commit_after_s: 3",
            "6:79: rules.0.then.commit_after_s: Input should be a valid number",
        ),
        (
            "on_unavailable: panic",
            "on_unavailable: degrade",
            "6:54: rules.0.then.on_unavailable: Input should be 'degrade' or 'fail'",
        ),
        ("  - name: deep", "  - name: code", "7:11: the rule name 'deep' is taken; names must differ"),
        ("  - name: otherwise", "  - name: code", "7:11: the rule name 'otherwise' is taken; names must differ"),
        ("", "otherwise: {ladder: [fast, strong]}\n", "1:1: otherwise: is required and missing"),
        ("otherwise: {}", "otherwise: {ladder: [fast, strong]}", "10:1: otherwise: expected exactly one of"),
        ("otherwise:", "otherwise: {ladder: [fast, strong]}", "11:1: otherwise: Input should be"),
        ("", "    then: {tier: fast}\n", "7:5: rules.1.then: is required and missing"),
        ("", "    when: signals.turns > 5\n", "4:5: rules.0.when: is required and missing"),
    ],
)
def test_a_mistake_in_a_policy_is_refused_at_its_line_and_column(
    write: Write, wrong: str, right: str, said: str
) -> None:
    assert GOOD.count(right) == 1

    assert refused(write(GOOD.replace(right, wrong))).startswith(said)


@pytest.mark.parametrize("content", ["rules: []\notherwise: {tier: fast}\n", "name: p\notherwise: {tier: fast}\n"])
def test_a_policy_has_a_name_and_says_its_rules_even_when_there_are_none(write: Write, content: str) -> None:
    assert "is required and missing" in refused(write(content))


def test_a_policy_without_any_rule_is_its_otherwise(write: Write) -> None:
    assert rule_of(read_policy(write("name: p\nrules: []\notherwise: {tier: fast}\n"))) == "otherwise"


def test_a_name_that_is_no_text_is_refused(write: Write) -> None:
    assert refused(write(GOOD + "8080: x\n")).startswith("11:")


# --- anything at all --------------------------------------------------------------------------------------------


def read_or_refuse(path: Path) -> None:
    try:
        read_policy(path)
    except FileError:
        return


@settings(deadline=None, max_examples=80)
@given(st.binary(max_size=80))
def test_no_bytes_raise_anything_but_an_error_with_a_place(write: Write, content: bytes) -> None:
    read_or_refuse(write(content))


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_no_damage_to_a_good_policy_raises_anything_but_an_error_with_a_place(
    write: Write, data: st.DataObject
) -> None:
    content = list(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.sampled_from([*"{}[]:-#&*!|>'\"%@`,? \n\t0a.é", ""]))

    read_or_refuse(write("".join(content)))


@settings(deadline=None, max_examples=80)
@given(
    st.lists(
        st.sampled_from(
            [
                *FACTS,
                "&&",
                "||",
                "!",
                "(",
                ")",
                "==",
                ">",
                "1",
                "1.5",
                "'x'",
                '"',
                "in",
                "[",
                "]",
                ".",
                "?",
                ":",
                "//",
                "size(",
                "dyn(",
                "{",
                "}",
                "null",
                "true",
                "-",
                "/",
                "r'",
                "exists(",
                "has(",
                "\n",
                " ",
            ]
        ),
        max_size=12,
    ).map(" ".join)
)
def test_no_condition_raises_anything_but_an_error_with_a_place(write: Write, condition: str) -> None:
    read_or_refuse(write(with_conditions([condition, "true"])))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_as_a_condition_raises_anything_but_an_error_with_a_place(write: Write, condition: str) -> None:
    read_or_refuse(write(with_conditions([condition])))


# --- folders ----------------------------------------------------------------------------------------------------


def a_folder(folder: Path, *names: str) -> Path:
    for at, name in enumerate(names):
        (folder / f"{at}.yaml").write_text(f"name: {name}\nrules: []\notherwise: {{tier: fast}}\n")
    return folder


def test_the_policies_of_a_folder_go_by_the_names_in_them(tmp_path: Path) -> None:
    policies = PolicyFolder(a_folder(tmp_path, "default", "cheap"), "default")

    assert policies.names() == ("default", "cheap")
    assert policies.get("cheap").name == "cheap"
    assert policies.get(None).name == "default"


def test_a_policy_that_is_not_there_is_the_callers_mistake_and_the_others_are_listed(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"'cheep'.*cheap") as refused_:
        PolicyFolder(a_folder(tmp_path, "default", "cheap"), "default").get("cheep")

    assert refused_.value.param == "x-router-policy"


def test_two_policies_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="same name"):
        PolicyFolder(a_folder(tmp_path, "default", "default"), "default")


@pytest.mark.parametrize("names", [(), ("cheap",)])
def test_a_folder_without_the_default_policy_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(FileError, match="no policy named 'default'"):
        PolicyFolder(a_folder(tmp_path, *names), "default")


def test_one_wrong_policy_in_a_folder_is_refused_with_its_own_name(tmp_path: Path) -> None:
    a_folder(tmp_path, "default")
    (tmp_path / "broken.yaml").write_text("name: broken\n")

    with pytest.raises(FileError, match=r"broken\.yaml:1:1: "):
        PolicyFolder(tmp_path, "default")


def test_a_high_score_is_a_high_score_in_a_condition_too(write: Write) -> None:
    policy = read_policy(write(with_condition("signals.stakes_score > 0.5 && request.stream")))
    view = a_view(chat_request(stream=True), signals(stakes=Score(0.9, "high")))

    assert match(policy, view).rule == "one"
