"""`tandem policy test`: the cases beside policies, run."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import ended, errors, succeeded, tandem
from tests.review.texts import CASES

FAILING = CASES.replace("rule: otherwise", "rule: coding")


@pytest.mark.parametrize(
    "paths", [(), ("policies",), ("policies/",), ("policies/careful.yaml",), ("policies/cases/careful.yaml",)]
)
def test_it_runs_the_cases_of_a_folder_or_of_one_policy(policies: Path, paths: tuple[str, ...]) -> None:
    assert succeeded(tandem("policy", "test", *paths)).splitlines()[-1] == "3 passed, 0 failed"


def test_a_case_is_run_once_however_often_it_is_named(policies: Path) -> None:
    said = succeeded(tandem("policy", "test", policies, policies / "careful.yaml"))

    assert said.splitlines()[-1] == "3 passed, 0 failed"


def test_a_case_that_fails_is_shown_at_its_place_with_what_differs(policies: Path) -> None:
    (policies / "cases" / "careful.yaml").write_text(FAILING)

    lines = ended(tandem("policy", "test"), 1).stdout.splitlines()

    assert lines[-1] == "2 passed, 1 failed"
    (failure,) = [line for line in lines if "FAILED" in line]
    assert failure.split(maxsplit=1)[1] == (
        "policies/cases/careful.yaml:10:20: case 'a poem may be quick' fails: "
        "the rule is 'otherwise', expected 'coding'"
    )


def test_passing_cases_are_listed_only_when_asked_for(policies: Path) -> None:
    name = "a poem may be quick"

    assert name not in succeeded(tandem("policy", "test"))
    assert f"ok      {name}" in succeeded(tandem("policy", "test", "-v"))


def test_machines_are_told_every_case(policies: Path) -> None:
    (policies / "cases" / "careful.yaml").write_text(FAILING)

    told = json.loads(ended(tandem("policy", "test", "--json"), 1).stdout)

    assert [(each["case"], each["line"], each["passed"]) for each in told] == [
        ("what could harm goes to the strong tier", 3, True),
        ("code does too, and not for long", 6, True),
        ("a poem may be quick", 9, False),
    ]
    (failure,) = told[-1]["failures"]
    assert (failure["file"], failure["line"], failure["column"]) == ("policies/cases/careful.yaml", 10, 20)
    assert told[0]["policy"].startswith("careful@")


def test_files_that_are_wrong_are_said_and_no_case_is_counted(policies: Path) -> None:
    (policies / "wrong.yaml").write_text("name: w\n")
    (policies / "broken.yaml").write_text("[")

    result = ended(tandem("policy", "test"), 1)

    assert [said.partition(":")[0] for said in errors(result)] == ["policies/broken.yaml", "policies/wrong.yaml"]
    assert result.stdout == ""


def test_no_cases_at_all_is_a_failure(policies: Path) -> None:
    result = ended(tandem("policy", "test", policies / "quick.yaml"), 1)

    assert result.stdout.splitlines()[-1] == "0 passed, 0 failed"
    assert errors(result) == ["no cases were found: write some into cases/<policy>.yaml beside the policy"]


def test_a_folder_that_is_not_there_is_an_error(here: Path) -> None:
    assert errors(ended(tandem("policy", "test"), 1)) == ["policies:1:1: cannot be read: No such file or directory"]
