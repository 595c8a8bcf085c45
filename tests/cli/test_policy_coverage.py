"""`tandem policy coverage`: the rules that nothing hits."""

import json
from pathlib import Path

from tests.cli.commands import ended, errors, succeeded, tandem
from tests.review.texts import CODE, HARM, POEM


def test_rules_that_no_case_hits_are_named_at_their_places(policies: Path) -> None:
    lines = ended(tandem("policy", "coverage"), 1).stdout.splitlines()

    assert [line.partition(" of ")[0] for line in lines] == [
        "policies/careful.yaml:9:11: 'crowded'",
        "policies/quick.yaml:3:11: 'high-stakes'",
        "policies/quick.yaml:6:1: 'otherwise'",
        "3",
    ]
    assert lines[-1] == "3 of 6 rules are hit"


def test_requests_hit_rules_too(policies: Path) -> None:
    Path("p.txt").write_text("\n".join([HARM, CODE, POEM]))

    lines = ended(tandem("policy", "coverage", "--requests", "p.txt"), 1).stdout.splitlines()

    assert [line.partition(" of ")[0] for line in lines] == ["policies/careful.yaml:9:11: 'crowded'", "5"]


def test_how_often_each_rule_is_hit_is_shown_when_asked_for(policies: Path) -> None:
    Path("p.txt").write_text("\n".join([HARM, HARM, POEM]))

    lines = ended(tandem("policy", "coverage", "--requests", "p.txt", "-v"), 1).stdout.splitlines()

    rows = [line.split()[-3:] for line in lines]
    assert ["high-stakes", "1", "2"] in rows
    assert ["crowded", "0", "0"] in rows


def test_when_everything_is_hit_it_ends_with_0(policies: Path) -> None:
    (policies / "careful.yaml").unlink()
    (policies / "cases" / "careful.yaml").unlink()
    Path("p.txt").write_text("\n".join([HARM, POEM]))

    assert succeeded(tandem("policy", "coverage", policies, "--requests", "p.txt")) == "2 of 2 rules are hit\n"


def test_machines_are_told_how_often_each_rule_is_hit(policies: Path) -> None:
    told = json.loads(ended(tandem("policy", "coverage", "--json"), 1).stdout)

    assert [(each["rule"], each["cases"]) for each in told["rules"]] == [
        ("high-stakes", 1),
        ("coding", 1),
        ("crowded", 0),
        ("otherwise", 1),
        ("high-stakes", 0),
        ("otherwise", 0),
    ]


def test_a_folder_that_is_refused_is_an_error(here: Path) -> None:
    assert errors(ended(tandem("policy", "coverage"), 1)) == ["policies:1:1: is not a folder of policies"]
