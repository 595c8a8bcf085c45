"""Policy files: right when they are loaded, or refused at the very place that is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from router.config.policies.policy_file import read_policy
from router.config.policies.verify_spec import AUDIT_SHARE
from router.config.yaml_file import MAX_FILE_BYTES
from router.core.caching.terms import Caching
from router.core.checks.table import check_set
from router.core.errors import FileError
from router.core.policy import (
    AUTO,
    USUAL_CANVAS,
    USUAL_STEPS,
    Denoise,
    DenoiseWithin,
    Policy,
    Range,
    Reads,
    Then,
    match,
)
from router.core.reading.criteria import STANDARD as STANDARD_CRITERIA
from router.core.reading.criteria import Criteria
from tests.examples import a_view, signals
from tests.policy_texts import SHIPPED, a_policy_of, refused, with_condition, with_conditions, with_setting

CRITERION = next(iter(STANDARD_CRITERIA.limits))


def criteria(limit: float) -> Criteria:
    """The standard ones, the first of them with this limit."""
    return Criteria({**STANDARD_CRITERIA.limits, CRITERION: limit})


def without(name: str) -> Criteria:
    """The standard ones but this."""
    return Criteria({each: limit for each, limit in STANDARD_CRITERIA.limits.items() if each != name})


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
    then: {ladder: [strong, hosted], on_unavailable: degrade, commit_after: 3s}
  - name: code
    when: signals.code && !signals.maths
    then: {tier: fast}
otherwise: {ladder: [fast, strong]}
"""


def test_a_policy_is_read_into_its_rules() -> None:
    policy = a_policy_of(GOOD)

    assert policy.name == "team-a"
    assert [(rule.name, rule.text, rule.names) for rule in policy.rules] == [
        ("deep", "signals.turns > 5", ("signals.turns",)),
        ("code", "signals.code && !signals.maths", ("signals.code", "signals.maths")),
    ]
    assert policy.rules[0].then == Then(("strong", "hosted"), "degrade", 3.0, audit=AUDIT_SHARE)
    assert policy.rules[1].then == Then(("fast",), "fail", 10.0, audit=AUDIT_SHARE)
    assert policy.otherwise == Then(("fast", "strong"), audit=AUDIT_SHARE)
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
def test_a_policy_decides_by_its_first_rule_that_holds(measured: dict[str, Any], rule: str) -> None:
    assert rule_of(a_policy_of(GOOD), **measured) == rule


def test_a_policy_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "team-a.yaml"
    path.write_text(GOOD)

    assert read_policy(path).version == a_policy_of(GOOD).version


def test_a_policy_without_any_rule_is_its_otherwise() -> None:
    assert rule_of(a_policy_of("name: p\nrules: []\notherwise: {tier: fast}\n")) == "otherwise"


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_policy_that_ships_loads_and_is_called_like_its_file(path: Path) -> None:
    assert read_policy(path).name == path.stem


# --- settings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ("on_unavailable: degrade", "on_unavailable", "degrade"),
        ("on_unavailable: fail", "on_unavailable", "fail"),
        ("max_escalations: 0", "max_escalations", 0),
        ("max_escalations: 2", "max_escalations", 2),
        ("timeout: 10ms", "timeout_s", 0.01),
        ("timeout: 1.5s", "timeout_s", 1.5),
        ("timeout: 1h", "timeout_s", 3600.0),
        ("commit_after: 10ms", "commit_after_s", 0.01),
        ("commit_after: 10m", "commit_after_s", 600.0),
        ("deadline: 10ms", "deadline_s", 0.01),
        ("on_break: continue", "on_break", "continue"),
        ("on_break: error", "on_break", "error"),
        ("verify: agreement", "verify", "agreement"),
        ("verify: {agreement: always}", "verify", "agreement"),
        ("gate: off", "gate", "off"),
        ("gate: whole", "gate", "whole"),
        ("checks: light", "checks", check_set("light")),
        ("checks: {without: [empty]}", "checks", check_set("standard", ["empty"])),
        ("checks: {set: strict, limits: {repetition: 0.5}}", "checks", check_set("strict", (), {"repetition": 0.5})),
        ("converge_at: 24", "checks", check_set("standard", (), {"non_convergence": 24})),
        ("on_stuck: accept", "on_stuck", "accept"),
        ("on_reject: continue", "on_reject", "continue"),
        ("max_repairs: 0", "max_repairs", 0),
        ("max_repairs: 8", "max_repairs", 8),
        ("audit: 0", "audit", 0.0),
        ("cache: on", "caching", Caching()),
        ("cache: off", "caching", None),
        ("cache: {mode: off}", "caching", None),
        ("cache: {mode: read, ttl: 5m}", "caching", Caching("read", 300.0)),
        ("cache: {varied: true, scope: tenant}", "caching", Caching(scope="tenant", varied=True)),
        ("cache: {semantic: on}", "caching", Caching(semantic=0.5)),
        ("cache: {semantic: {above: 0.8, turns: 2}}", "caching", Caching(semantic=0.8, deepest=2)),
        ("cache: {upgrade: on}", "caching", Caching(upgrade_after=3)),
        ("cache: {upgrade: off}", "caching", Caching()),
        ("cache: {upgrade: {after: 10}, ttl: 2h}", "caching", Caching(ttl_s=7200.0, upgrade_after=10)),
        ("audit: 1", "audit", 1.0),
        ("audit: 0.05", "audit", 0.05),
        ("denoise: {steps: 8}", "denoise", Denoise(steps=8)),
        ("denoise: {canvas: 64}", "denoise", Denoise(canvas=64)),
        ("denoise: {steps: 1000, canvas: 4096}", "denoise", Denoise(1000, 4096)),
        ("thinking: on", "thinking", True),
        ("thinking: off", "thinking", False),
        ("thinking: 'off'", "thinking", False),
        ("sticky: up", "sticky", "up"),
        ("sticky: off", "sticky", "off"),
        ("begin: in_time", "begin", "in_time"),
        ("annotate: {}", "annotate", {}),
        ("annotate: {team: search, cost-centre: ''}", "annotate", {"team": "search", "cost-centre": ""}),
        (f"annotate: {{note: {'x' * 200}}}", "annotate", {"note": "x" * 200}),
    ],
)
def test_a_setting_is_read_with_its_unit_and_type(written: str, name: str, value: Any) -> None:
    then = a_policy_of(with_setting(written)).rules[0].then

    assert {**asdict(Then(("fast",), audit=AUDIT_SHARE)), name: value} == asdict(then)
    assert type(getattr(then, name)) is type(value)


@pytest.mark.parametrize(
    ("written", "value", "shown"),
    [
        ("auto", AUTO, "auto"),
        ("{steps: auto, canvas: auto}", AUTO, "auto"),
        ("{steps: auto}", DenoiseWithin(USUAL_STEPS), {"steps": {"floor": 8, "ceiling": 48}}),
        ("{steps: {floor: 4}}", DenoiseWithin(Range(4, 48)), {"steps": {"floor": 4, "ceiling": 48}}),
        (
            "{steps: {floor: 4, ceiling: 9}, canvas: {floor: 32, ceiling: 128}}",
            DenoiseWithin(Range(4, 9), Range(32, 128)),
            {"steps": {"floor": 4, "ceiling": 9}, "canvas": {"floor": 32, "ceiling": 128}},
        ),
        (
            "{steps: auto, canvas: 128}",
            DenoiseWithin(USUAL_STEPS, Range(128, 128)),
            {"steps": {"floor": 8, "ceiling": 48}, "canvas": 128},
        ),
        (
            "{steps: 12, canvas: auto}",
            DenoiseWithin(Range(12, 12), USUAL_CANVAS),
            {"steps": 12, "canvas": {"floor": 64, "ceiling": 256}},
        ),
        ("{steps: 12}", Denoise(12), {"steps": 12}),
    ],
)
def test_denoising_may_follow_the_time_left_within_limits(written: str, value: Any, shown: Any) -> None:
    then = a_policy_of(with_setting(f"denoise: {written}")).rules[0].then

    assert (then.denoise, then.settings()["denoise"]) == (value, shown)


def test_settings_that_are_left_out_change_nothing() -> None:
    then = a_policy_of("name: p\nrules: []\notherwise: {tier: fast}\n").otherwise

    assert then.settings() == {
        "on_unavailable": "fail",
        "max_escalations": None,
        "timeout": None,
        "deadline": None,
        "over_budget": "refuse",
        "commit_after": "10s",
        "on_break": "continue",
        "denoise": None,
        "gate": "block",
        "checks": "standard",
        "reject_when": None,
        "verify": "checks",
        "on_reject": "continue",
        "max_repairs": 2,
        "audit": 0.01,
        "cache": "off",
        "on_stuck": "error",
        "thinking": None,
        "sticky": "up",
        "begin": "in_order",
        "spill": "on",
        "priority": None,
        "annotate": {},
    }


@pytest.mark.parametrize(("written", "above"), [("{agreement: worst}", 0.5), ("{agreement: worst, above: 0}", 0.0)])
def test_a_second_sample_may_be_for_doubted_answers_alone(written: str, above: float) -> None:
    then = a_policy_of(with_setting(f"verify: {written}")).rules[0].then

    assert (then.verify, then.second_above) == ("agreement", above)
    assert then.settings()["verify"] == {"agreement": "worst", "above": above}


BOTH = "name: p\nrules: []\notherwise:\n  ladder: [fast, strong]\n  {}\n"
"""A policy that tries the fast tier first, with one setting, on line 5."""


@pytest.mark.parametrize(
    ("written", "reads"),
    [
        ("read", Reads()),
        ("{read: always}", Reads("always")),
        ("{read: doubt}", Reads("doubt", above=0.5)),
        ("{read: doubt, above: 0.25}", Reads("doubt", above=0.25)),
        ("{read: stakes}", Reads("stakes", least="medium")),
        ("{read: stakes, least: high}", Reads("stakes", least="high")),
        ("{read: always, patience: 500ms}", Reads(patience_s=0.5)),
        (f"{{read: always, criteria: {{{CRITERION}: 0.75}}}}", Reads(criteria=criteria(0.75))),
        ("{read: always, criteria: {}}", Reads()),
    ],
)
def test_reading_says_when_by_what_and_for_how_long_and_what_it_writes_means_the_same(
    written: str, reads: Reads
) -> None:
    then = a_policy_of(BOTH.format(f"verify: {written}")).otherwise

    assert (then.verify, then.reads, then.second_above) == ("read", reads, None)
    again = json.dumps(then.settings()["verify"])
    assert a_policy_of(BOTH.format(f"verify: {again}")).otherwise == then


@pytest.mark.parametrize("written", ["on", "{upgrade: on}", "{ttl: 5m, semantic: on, upgrade: {after: 10}}"])
def test_what_a_cache_is_written_as_means_the_same(written: str) -> None:
    then = a_policy_of(BOTH.format(f"cache: {written}")).otherwise

    again = json.dumps(then.settings()["cache"])
    assert a_policy_of(BOTH.format(f"cache: {again}")).otherwise == then


@pytest.mark.parametrize("written", ["after: 0", "after: 1.5", "after: often", "twice: 2"])
def test_an_upgrade_that_makes_no_sense_is_refused(written: str) -> None:
    with pytest.raises(FileError):
        a_policy_of(BOTH.format(f"cache: {{upgrade: {{{written}}}}}"))


def test_a_criterion_may_be_left_out() -> None:
    then = a_policy_of(BOTH.format(f"verify: {{read: always, criteria: {{{CRITERION}: off}}}}")).otherwise

    assert then.reads == Reads(criteria=without(CRITERION))


def test_what_is_cut_may_be_repaired_where_drafts_are_read() -> None:
    then = a_policy_of(BOTH.format("verify: read\n  on_reject: repair\n  max_repairs: 3")).otherwise

    assert (then.on_reject, then.max_repairs) == ("repair", 3)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{read: always, above: 0.2}", "5:3: otherwise.verify: `above` says from which doubt on `doubt` reads"),
        ("{read: stakes, above: 0.2}", "5:3: otherwise.verify: `above` says from which doubt on `doubt` reads"),
        ("{read: doubt, least: high}", "5:3: otherwise.verify: `least` says from which stakes on `stakes` reads"),
        ("{read: doubt, above: 2}", "5:32: otherwise.verify.above: Input should be less than or equal to 1"),
        ("{read: stakes, least: some}", "5:33: otherwise.verify.least: Input should be 'low', 'medium' or 'high'"),
        ("{read: often}", "5:18: otherwise.verify.read: Input should be 'always', 'doubt' or 'stakes', found 'often'"),
        ("{least: high}", "5:3: otherwise.verify.read: is required and missing"),
        ("{agreement: worst, least: high}", "5:30: otherwise.verify.least: is not a known setting"),
        ("{read: always, patience: 2}", "5:36: otherwise.verify.patience: expected a duration such as"),
        ("{read: always, patience: 2m}", "5:36: otherwise.verify.patience: expected a duration from 0.01s to 60s"),
        ("{read: always, criteria: {luck: 1}}", "5:26: otherwise.verify.criteria: unknown criterion 'luck'; there are"),
        (f"{{read: always, criteria: {{{CRITERION}: .inf}}}}", "5:"),
        (f"{{read: always, criteria: {{{CRITERION}: on}}}}", "5:"),
        (f"{{read: always, criteria: {{{CRITERION}: -1}}}}", "5:"),
        ("{read: stakes, least: null}", "5:33: otherwise.verify.least: is empty"),
        ("reading", "5:11: otherwise.verify: Input should be 'checks', 'agreement' or 'read', found 'reading'"),
        ("read\n  gate: off", "5:11: reading needs a gate"),
        ("checks\n  on_reject: repair", "6:14: repair mends what reading cuts"),
        ("read\n  max_repairs: 9", "6:16: otherwise.max_repairs: Input should be less than or equal to 8, found 9"),
        ("read\n  audit: 5%", "6:10: otherwise.audit: Input should be a valid number, found '5%'"),
    ],
)
def test_what_does_not_belong_together_is_refused_where_it_stands(written: str, said: str) -> None:
    assert refused(BOTH.format(f"verify: {written}")).startswith(said)


@pytest.mark.parametrize(
    ("ladder", "said"),
    [
        ("tier: strong", "6:34: what is read are drafts of the fast tier, and the ladder has none"),
        ("ladder: [strong, hosted]", "6:46: what is read are drafts of the fast tier, and the ladder has none"),
        ("tier: fast", "6:32: no tier comes after the fast one to go on from where its draft is cut"),
        ("ladder: [strong, fast]", "6:44: no tier comes after the fast one to go on from where its draft is cut"),
    ],
)
def test_there_must_be_a_draft_to_read_and_somebody_to_go_on_from_it(ladder: str, said: str) -> None:
    assert refused(GOOD.replace("ladder: [strong, hosted]", f"{ladder}, verify: read")) == said


def test_a_condition_on_finished_answers_may_use_what_is_thought_of_them() -> None:
    when = 'verdict.judged && verdict.doubt > 0.6 && signals.stakes != "low"'
    then = a_policy_of(with_setting(f"reject_when: {when}")).rules[0].then

    assert then.reject_when is not None
    assert then.reject_when.text == when
    assert then.reject_when.names == ("verdict.judged", "verdict.doubt", "signals.stakes")
    assert then.reject_when.holds({"verdict.judged": True, "verdict.doubt": 0.7, "signals.stakes": "medium"})
    assert not then.reject_when.holds({"verdict.judged": True, "verdict.doubt": 0.5, "signals.stakes": "medium"})


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "reject_when: verdict.doupt > 0.6",
            "7:20: 'verdict.doupt' is not a known name; did you mean 'verdict.doubt'?",
        ),
        ("reject_when: verdict.doubt", "7:20: a condition must be true or false (bool), this one is of type double"),
    ],
)
def test_a_condition_on_finished_answers_is_wrong_at_load_or_not_at_all(written: str, said: str) -> None:
    assert refused(with_setting(written)).startswith(said)


def test_a_rule_cannot_ask_what_is_thought_of_an_answer_that_there_is_not() -> None:
    assert "'verdict.doubt' is not a known name" in refused(with_condition("verdict.doubt > 0.5"))


def test_every_setting_there_is_can_be_written_in_a_rule_and_in_otherwise() -> None:
    every = (
        "ladder: [fast, strong], on_unavailable: degrade, commit_after: 3s, timeout: 2s, deadline: 9s, "
        "over_budget: best_effort, max_escalations: 1, on_break: error, "
        "denoise: {steps: 8, canvas: 64}, thinking: on, gate: first, checks: strict, "
        "verify: {read: stakes}, on_reject: repair, max_repairs: 1, audit: 0.2, cache: {ttl: 60s, scope: tenant}, "
        "on_stuck: accept, sticky: off, begin: in_time, spill: off, priority: flex, "
        "annotate: {team: search}, reject_when: verdict.doubt > 0.5"
    )
    limits = (3.0, 2.0, 9.0, "best_effort", 1, "error")
    cached = Caching("on", 60.0, "tenant")
    gate = ("first", check_set("strict"), None, "read", None, Reads("stakes"), "repair", 1, 0.2, cached, "accept")
    load = ("off", "in_time", "off", "flex")
    then = Then(("fast", "strong"), "degrade", *limits, Denoise(8, 64), True, *gate, *load, {"team": "search"})

    policy = a_policy_of(
        f"name: p\nrules: [{{name: one, when: signals.code, then: {{{every}}}}}]\notherwise: {{{every}}}"
    )

    found = [policy.rules[0].then, policy.otherwise]
    assert [each.reject_when.text for each in found if each.reject_when] == ["verdict.doubt > 0.5"] * 2
    assert [replace(each, reject_when=None) for each in found] == [then, then]
    unsaid = {"second_above"}
    usual = asdict(Then(("strong",)))
    assert {name for name, value in usual.items() if asdict(found[0])[name] == value} == unsaid


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("on_unavailable: panic", "7:23: rules.0.then.on_unavailable: Input should be 'degrade' or 'fail'"),
        ("on_unavailable: true", "7:23: rules.0.then.on_unavailable: Input should be"),
        ("max_escalations: 3", "7:24: rules.0.then.max_escalations: Input should be less than or equal to 2, found 3"),
        ("max_escalations: -1", "7:24: rules.0.then.max_escalations: Input should be greater than or equal to 0"),
        ("max_escalations: 1.0", "7:24: rules.0.then.max_escalations: Input should be a valid integer, found 1.0"),
        ("max_escalations: '1'", "7:24: rules.0.then.max_escalations: Input should be a valid integer, found '1'"),
        ("max_escalations: true", "7:24: rules.0.then.max_escalations: Input should be a valid integer, found True"),
        ("timeout: 5", "7:16: rules.0.then.timeout: expected a duration such as 500ms, 2s or 1m, found 5"),
        ("timeout: soon", "7:16: rules.0.then.timeout: expected a duration such as 500ms, 2s or 1m, found 'soon'"),
        ("timeout: 9ms", "7:16: rules.0.then.timeout: expected a duration from 0.01s to 3600s, found 0.009s"),
        ("timeout: 2h", "7:16: rules.0.then.timeout: expected a duration from 0.01s to 3600s, found 7200s"),
        ("commit_after: 0s", "7:21: rules.0.then.commit_after: expected a duration from 0.01s to 600s, found 0s"),
        ("commit_after: 601s", "7:21: rules.0.then.commit_after: expected a duration from 0.01s to 600s, found 601s"),
        ("commit_after: .nan", "7:21: rules.0.then.commit_after: expected a duration such as"),
        ("denoise: 8", "7:16: rules.0.then.denoise: Input should be a"),
        ("denoise: automatic", "7:16: rules.0.then.denoise: Input should be a"),
        ("denoise: {steps: often}", "7:24: rules.0.then.denoise.steps: Input should be a valid integer, found 'often'"),
        (
            "denoise: {steps: {floor: 0}}",
            "7:32: rules.0.then.denoise.steps.floor: Input should be greater than or equal",
        ),
        ("denoise: {steps: {least: 4}}", "7:25: rules.0.then.denoise.steps.least: is not a known setting"),
        (
            "denoise: {steps: {floor: 9, ceiling: 8}}",
            "7:17: rules.0.then.denoise.steps: the floor of 9 is above the ceiling of 8",
        ),
        (
            "denoise: {steps: auto, canvas: {floor: 512}}",
            "7:30: rules.0.then.denoise.canvas: the floor of 512 is above the ceiling of 256",
        ),
        (
            "denoise: {canvas: auto}",
            "7:7: rules.0.then.denoise: a `canvas` that follows the time left needs `steps`, too",
        ),
        ("denoise: {}", "7:7: rules.0.then.denoise: expected `steps`, `canvas` or both"),
        ("denoise: {steps: 0}", "7:24: rules.0.then.denoise.steps: Input should be greater than or equal to 1"),
        ("denoise: {steps: 1001}", "7:24: rules.0.then.denoise.steps: Input should be less than or equal to 1000"),
        ("denoise: {steps: 8.0}", "7:24: rules.0.then.denoise.steps: Input should be a valid integer, found 8.0"),
        ("denoise: {steps: true}", "7:24: rules.0.then.denoise.steps: Input should be a valid integer, found True"),
        ("denoise: {canvas: 4097}", "7:25: rules.0.then.denoise.canvas: Input should be less than or equal to 4096"),
        ("denoise: {step: 8}", "7:17: rules.0.then.denoise.step: is not a known setting; did you mean 'steps'?"),
        ("gate: on", "7:13: rules.0.then.gate: Input should be 'off', 'first', 'block' or 'whole', found 'on'"),
        ("checks: all", "7:15: rules.0.then.checks: "),
        ("checks: {without: [spelling_mistakes]}", "7:16: rules.0.then.checks.without: unknown check"),
        ("converge_at: 0", "7:20: rules.0.then.converge_at: Input should be greater than or equal to 1"),
        ("verify: {agreement: always, above: 0.2}", "7:7: rules.0.then.verify: `above` says"),
        ("verify: {agreement: worst, above: 2}", "7:41: rules.0.then.verify.above: Input should be less than or equal"),
        ("verify: {above: 0.2}", "7:7: rules.0.then.verify.agreement: is required and missing"),
        ("thinking: true", "7:17: rules.0.then.thinking: Input should be 'on' or 'off', found True"),
        ("thinking: auto", "7:17: rules.0.then.thinking: Input should be 'on' or 'off', found 'auto'"),
        ("sticky: false", "7:15: rules.0.then.sticky: Input should be 'up' or 'off', found False"),
        ("sticky: down", "7:15: rules.0.then.sticky: Input should be 'up' or 'off', found 'down'"),
        ("annotate: [team]", "7:7: rules.0.then.annotate: Input should be a"),
        ("annotate: {Team: x}", "7:24: rules.0.then.annotate.Team: String should match pattern"),
        ("annotate: {team: 5}", "7:24: rules.0.then.annotate.team: Input should be a valid string, found 5"),
        ("annotate: {team: größe}", "7:24: rules.0.then.annotate.team: String should match pattern"),
        ('annotate: {team: "a\\nb"}', "7:24: rules.0.then.annotate.team: String should match pattern"),
        (f"annotate: {{team: {'x' * 201}}}", "7:24: rules.0.then.annotate.team: String should have at most 200"),
        (f"annotate: {{{', '.join(f'a{at}: x' for at in range(17))}}}", "7:7: rules.0.then.annotate: "),
    ],
)
def test_a_setting_out_of_its_range_or_type_is_refused_where_it_stands(written: str, said: str) -> None:
    assert refused(with_setting(written)).startswith(said)


def test_a_setting_without_its_machinery_is_refused_as_unknown() -> None:
    assert refused(with_setting("queue: off")).startswith("7:7: rules.0.then.queue: is not a known setting")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("then: {tier: fast, when: x}", "9:24: rules.1.then.when: is not a known setting"),
        ("then: {tier: fast}\n    sticky: off", "10:5: rules.1.sticky: is not a known setting"),
    ],
)
def test_a_setting_in_the_wrong_place_is_refused_there_and_not_suggested_again(wrong: str, said: str) -> None:
    told = refused(GOOD.replace("then: {tier: fast}", wrong))

    assert told.startswith(said)
    assert not told.endswith(("did you mean 'when'?", "did you mean 'sticky'?"))


def test_a_unit_in_the_name_of_a_setting_is_refused_and_the_right_name_suggested() -> None:
    said = "7:7: rules.0.then.commit_after_s: is not a known setting; did you mean 'commit_after'?"

    assert refused(with_setting("commit_after_s: 3")) == said


@pytest.mark.parametrize(
    "name", ["timeout", "deadline", "commit_after", "on_break", "denoise", "thinking", "sticky", "max_escalations"]
)
def test_a_setting_whose_value_was_forgotten_is_refused_at_its_name(name: str) -> None:
    assert refused(with_setting(f"{name}:")).startswith(f"7:7: rules.0.then.{name}: ")


# --- the version ------------------------------------------------------------------------------------------------


def test_the_version_of_a_policy_is_its_name_and_twelve_digits() -> None:
    name, _, digits = a_policy_of(GOOD).version.partition("@")

    assert name == "team-a"
    assert len(digits) == 12
    assert set(digits) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("was", "is_"),
    [
        ("name: team-a", "# yaml-language-server: $schema=schema.json\nname: team-a"),
        ("    when:", "    # a word\n    when:"),
        ("signals.turns > 5", '  "signals.turns > 5"   # a word'),
        ("signals.turns > 5", "|\n      signals.turns > 5"),
        ("signals.turns > 5", "|\n      signals.turns // a word\n      > 5"),
        ("signals.turns > 5", ">-\n      signals.turns\n      > 5"),
        ("{tier: fast}", "\n      tier: fast"),
        ("{tier: fast}", "{ladder: [fast]}"),
        ("{tier: fast}", "{tier: fast, on_unavailable: fail, commit_after: 10s, sticky: up, annotate: {}}"),
        ("{tier: fast}", "{tier: fast, commit_after: 10000ms}"),
        ("on_unavailable: degrade, commit_after: 3s", "commit_after: 3s, on_unavailable: degrade"),
        ("description: what it is for", "description: something else"),
        ("description: what it is for\n", ""),
        ("\n", "\r\n"),
    ],
)
def test_comments_layout_and_spelt_out_defaults_do_not_change_the_version(was: str, is_: str) -> None:
    assert was in GOOD

    assert a_policy_of(GOOD.replace(was, is_)).version == a_policy_of(GOOD).version


@pytest.mark.parametrize(
    ("was", "is_"),
    [
        ("team-a", "team-b"),
        ("name: code", "name: coding"),
        ("> 5", "> 6"),
        ("{tier: fast}", "{tier: strong}"),
        ("{tier: fast}", "{tier: fast, timeout: 5s}"),
        ("{tier: fast}", "{tier: fast, thinking: on}"),
        ("{tier: fast}", "{tier: fast, thinking: off}"),
        ("{tier: fast}", "{tier: fast, denoise: {steps: 8}}"),
        ("{tier: fast}", "{tier: fast, denoise: {canvas: 8}}"),
        ("{tier: fast}", "{tier: fast, annotate: {a: b}}"),
        ("{tier: fast}", "{tier: fast, sticky: off}"),
        ("{tier: fast}", "{tier: fast, deadline: 9s}"),
        ("{tier: fast}", "{tier: fast, on_break: error}"),
        ("{tier: fast}", "{tier: fast, max_escalations: 0}"),
        ("[strong, hosted]", "[hosted, strong]"),
        ("degrade", "fail"),
        ("3s", "4s"),
        ("{ladder: [fast, strong]}", "{ladder: [strong]}"),
    ],
)
def test_whatever_changes_what_a_policy_does_changes_its_version(was: str, is_: str) -> None:
    assert was in GOOD

    assert a_policy_of(GOOD.replace(was, is_)).version != a_policy_of(GOOD).version


def test_the_order_of_rules_is_part_of_the_version() -> None:
    one, other = (a_policy_of(with_conditions(each)) for each in (["signals.code", "true"], ["signals.maths", "true"]))
    swapped = json.loads(with_conditions(["signals.code", "signals.maths"]))
    swapped["rules"].reverse()

    assert one.version != other.version
    assert a_policy_of(json.dumps(swapped)).version != a_policy_of(with_conditions(["signals.code", "signals.maths"]))


# --- rules that can never be reached ----------------------------------------------------------------------------


def two_rules(first: str, second: str = "signals.turns > 5") -> str:
    """Two rules, one under the other: `first` in line 4, `second` in lines 6 and 7."""
    rules = [f"  - name: {name}\n    when: {when}\n    then: {{tier: fast}}\n" for name, when in
             (("early", json.dumps(first)), ("late", json.dumps(second)))]  # fmt: skip
    return f"name: p\nrules:\n{''.join(rules)}otherwise: {{tier: strong}}\n"


ALWAYS = [
    "true",
    " true // always",
    "(true)",
    "!false",
    "1 == 1",
    '"a" == "a"',
    "1 < 2 && 'a' in ['a', 'b']",
    "size('abc') == 3",
    "true || signals.code",
    "signals.code || true",
    "!(signals.code && false)",
]


@pytest.mark.parametrize("condition", ALWAYS)
def test_a_rule_behind_one_that_takes_everything_is_refused_at_its_line(condition: str) -> None:
    assert refused(two_rules(condition)) == (
        "6:11: the rule 'late' can never be reached: the condition of 'early' is always true; make that one `otherwise`"
    )


@pytest.mark.parametrize("condition", ALWAYS)
def test_the_last_rule_may_take_everything(condition: str) -> None:
    policy = a_policy_of(two_rules("signals.code", condition))

    assert rule_of(policy, code=True) == "early"
    assert rule_of(policy) == "late"


@pytest.mark.parametrize("condition", ["false", "1 == 2", "signals.code", "signals.turns >= 0"])
def test_a_rule_behind_one_that_may_not_hold_can_be_reached(condition: str) -> None:
    assert len(a_policy_of(two_rules(condition)).rules) == 2


@pytest.mark.parametrize("again", ["signals.turns > 5", "  signals.turns > 5 ", "signals.turns  >\n5"])
def test_a_rule_with_the_condition_of_an_earlier_one_is_refused_at_its_line(again: str) -> None:
    assert refused(two_rules("signals.turns > 5", again)) == (
        "7:11: the rule 'late' can never be reached: 'early' has the same condition"
    )


@pytest.mark.parametrize("other", ["signals.turns > 6", 'request.model == "a  b"'])
def test_conditions_that_differ_are_not_the_same(other: str) -> None:
    assert len(a_policy_of(two_rules('request.model == "a b"', other)).rules) == 2


# --- mistakes around conditions ---------------------------------------------------------------------------------


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
        ("  - name: deep", "  - name: code", "7:11: the rule name 'deep' is taken; names must differ"),
        ("  - name: otherwise", "  - name: code", "7:11: the rule name 'otherwise' is taken; names must differ"),
        ("", "otherwise: {ladder: [fast, strong]}\n", "1:1: otherwise: is required and missing"),
        ("otherwise: {}", "otherwise: {ladder: [fast, strong]}", "10:1: otherwise: expected exactly one of"),
        ("", "    then: {tier: fast}\n", "7:5: rules.1.then: is required and missing"),
        ("", "    when: signals.turns > 5\n", "4:5: rules.0.when: is required and missing"),
        ("", "name: team-a\n", "1:1: name: is required and missing"),
        ("    when: signals.turns > 5\n" * 2, "    when: signals.turns > 5\n", '6:5: found duplicate key "when"'),
        ("then: {tier: fast, tier: fast}", "then: {tier: fast}", '9:24: found duplicate key "tier"'),
        ("then: &a {tier: fast}", "then: {tier: fast}", "9:11: anchors and aliases are not allowed"),
        ("then: *a", "then: {tier: fast}", "9:11: anchors and aliases are not allowed"),
        ("then: {tier: !tier fast}", "then: {tier: fast}", "9:18: rules.1.then.tier: Input should be"),
        ("then: !rule {tier: fast}", "then: {tier: fast}", "9:5: rules.1.then: Input should be"),
        ("then: !!set {tier}", "then: {tier: fast}", "9:5: rules.1.then: Input should be"),
    ],
)
def test_a_mistake_in_a_policy_is_refused_at_its_line_and_column(wrong: str, right: str, said: str) -> None:
    assert GOOD.count(right) == 1

    assert refused(GOOD.replace(right, wrong)).startswith(said)


@pytest.mark.parametrize(
    ("empty", "full", "place"),
    [
        ("name:", "name: team-a", "1:1: name: "),
        ("description:", "description: what it is for", "2:1: description: "),
        ("when:", "when: signals.turns > 5", "5:5: rules.0.when: "),
        ("then:", "then: {tier: fast}", "9:5: rules.1.then: "),
        ("then:\n      tier:", "then: {tier: fast}", "10:7: rules.1.then.tier: "),
        ("then:\n      ladder:\n        -", "then: {tier: fast}", "11:10: rules.1.then.ladder.0: "),
        ("otherwise:", "otherwise: {ladder: [fast, strong]}", "10:1: otherwise: "),
        ("otherwise:\n\n\n# the end", "otherwise: {ladder: [fast, strong]}", "10:1: otherwise: "),
    ],
)
def test_a_value_that_was_forgotten_is_refused_at_its_name(empty: str, full: str, place: str) -> None:
    assert GOOD.count(full) == 1

    assert refused(GOOD.replace(full, empty)).startswith(place)


@pytest.mark.parametrize("content", ["rules: []\notherwise: {tier: fast}\n", "name: p\notherwise: {tier: fast}\n"])
def test_a_policy_has_a_name_and_says_its_rules_even_when_there_are_none(content: str) -> None:
    assert "is required and missing" in refused(content)


def test_a_name_that_is_no_text_is_refused() -> None:
    assert refused(GOOD + "8080: x\n").startswith("11:")


def test_more_rules_than_are_allowed_are_refused() -> None:
    assert "at most 1000" in refused(with_conditions([f"signals.turns == {at}" for at in range(1_001)]))


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(GOOD + "#" * MAX_FILE_BYTES)

    with pytest.raises(FileError, match=f"1:1: is {len(GOOD) + MAX_FILE_BYTES} bytes long; at most {MAX_FILE_BYTES}"):
        read_policy(path)


# --- anything at all --------------------------------------------------------------------------------------------


def read_or_refuse(content: str | bytes) -> None:
    try:
        a_policy_of(content)
    except FileError as error:
        check_place(error)


def check_place(error: FileError) -> None:
    assert error.line >= 1
    assert error.column >= 1


@settings(deadline=None, max_examples=80)
@given(st.binary(max_size=80))
def test_no_bytes_raise_anything_but_an_error_with_a_place(content: bytes) -> None:
    read_or_refuse(content)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_no_damage_to_a_good_policy_raises_anything_but_an_error_with_a_place(data: st.DataObject) -> None:
    content = list(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.sampled_from([*"{}[]:-#&*!|>'\"%@`,? \n\t0a.é", ""]))

    read_or_refuse("".join(content))


@settings(deadline=None, max_examples=80)
@given(st.text("abc{}[]: ,-\n~0", max_size=12))
def test_no_value_of_a_setting_raises_anything_but_an_error_with_a_place(value: str) -> None:
    for name in ("timeout", "denoise", "thinking", "annotate", "max_escalations"):
        read_or_refuse(with_setting(f"{name}: {value}"))


def test_a_condition_stands_where_the_tests_believe_it_does() -> None:
    assert with_condition("signals.code").splitlines()[3][10:] == "signals.code"
