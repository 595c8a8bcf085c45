"""`tandem policy check`: what loading would refuse."""

import json
from pathlib import Path

from tests.cli.commands import ended, errors, succeeded, tandem
from tests.review.texts import CASES


def test_it_says_the_version_of_each_policy_of_a_folder(policies: Path) -> None:
    first, second = succeeded(tandem("policy", "check", policies)).splitlines()

    assert first.startswith("policies/careful.yaml: careful@")
    assert second.startswith("policies/quick.yaml: quick@")


def test_it_warns_of_a_policy_without_cases_and_ends_with_0(policies: Path) -> None:
    result = tandem("policy", "check", policies)

    assert succeeded(result)
    assert result.stderr.startswith("warning: policies/quick.yaml:1:7: has no cases")
    assert result.stderr.count("\n") == 1


def test_it_says_all_that_is_wrong_a_line_each_and_ends_with_1(policies: Path) -> None:
    (policies / "wrong.yaml").write_text("name: w\nrules:\n  - {name: a, when: signals.cod, then: {}}\notherwise: {}\n")

    result = ended(tandem("policy", "check", policies), 1)

    assert errors(result) == [
        "policies/wrong.yaml:3:21: 'signals.cod' is not a known name; did you mean 'signals.code'?",
        "policies/wrong.yaml:3:34: rules.0.then: expected exactly one of `tier` and `ladder`",
        "policies/wrong.yaml:4:1: otherwise: expected exactly one of `tier` and `ladder`",
    ]
    assert result.stdout.startswith("policies/careful.yaml: careful@")


def test_cases_that_fail_are_refused_as_they_would_be_when_loaded(policies: Path) -> None:
    (policies / "cases" / "careful.yaml").write_text(CASES.replace("rule: otherwise", "rule: coding"))

    (said,) = errors(ended(tandem("policy", "check", policies), 1))

    assert said.startswith("policies/cases/careful.yaml:10:20: case 'a poem may be quick' fails: the rule is")


def test_machines_are_told_versions_errors_and_warnings(policies: Path) -> None:
    (policies / "wrong.yaml").write_text("name: w\nrules: []\n")

    told = json.loads(ended(tandem("policy", "check", policies, "--json"), 1).stdout)

    assert [each["file"] for each in told["policies"]] == ["policies/careful.yaml", "policies/quick.yaml"]
    assert told["errors"] == [
        {"file": "policies/wrong.yaml", "line": 1, "column": 1, "message": "otherwise: is required and missing"}
    ]
    assert [each["file"] for each in told["warnings"]] == ["policies/quick.yaml"]
