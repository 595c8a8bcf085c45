"""Which rules are ever hit, by cases and by requests."""

from pathlib import Path

import pytest

from router.config.policies.policy_reader import read_policies
from router.config.policies.policy_set import LoadedPolicy
from router.core.errors import FileError
from router.review.circumstances import assume
from router.review.coverage import Coverage, measure_coverage
from router.review.intake import BAD_ROW, LeftOut
from router.review.requests_file import Row, read_prompt
from tests.review.texts import BY_TENANT, CODE, HARM, POEM, rows_of, write_policies
from tests.usual import FIRST_REQUEST, USUAL


@pytest.fixture
def policies(tmp_path: Path) -> list[LoadedPolicy]:
    return list(read_policies(write_policies(tmp_path / "policies"), USUAL).policies.values())


def hits(coverage: Coverage, policy: str) -> dict[str, tuple[int, int]]:
    """How often each rule of a policy was hit, by cases and by requests."""
    return {
        each.rule: (each.cases, each.requests) for each in coverage.rules if each.policy.partition("@")[0] == policy
    }


def test_rules_and_otherwise_are_hit_by_cases(policies: list[LoadedPolicy]) -> None:
    coverage = measure_coverage(policies, (), USUAL)

    assert hits(coverage, "careful") == {
        "high-stakes": (1, 0),
        "coding": (1, 0),
        "crowded": (0, 0),
        "otherwise": (1, 0),
    }
    assert hits(coverage, "quick") == {"high-stakes": (0, 0), "otherwise": (0, 0)}


def test_a_rule_that_nothing_hits_is_named_at_its_place(policies: list[LoadedPolicy]) -> None:
    never_hit = [each.place.message for each in measure_coverage(policies, (), USUAL).never_hit]

    assert [said.rpartition("policies/")[2].partition(" of ")[0] for said in never_hit] == [
        "careful.yaml:9:11: 'crowded'",
        "quick.yaml:3:11: 'high-stakes'",
        "quick.yaml:6:1: 'otherwise'",
    ]


def test_requests_hit_rules_of_every_policy_in_the_circumstances_they_came_in(policies: list[LoadedPolicy]) -> None:
    crowded = read_prompt(POEM, assume(USUAL, "local", ("fast.in_flight=9",), None, escalated=False).question)
    rows = [*rows_of(HARM, CODE, POEM), Row(4, "r4", crowded, is_logged=True)]

    coverage = measure_coverage(policies, rows, USUAL)

    assert coverage.asked == 4
    assert coverage.never_hit == ()
    assert hits(coverage, "careful")["crowded"] == (0, 1)
    assert hits(coverage, "quick") == {"high-stakes": (0, 1), "otherwise": (0, 3)}


def test_a_case_that_expects_an_error_hits_the_rule_that_led_to_it(tmp_path: Path) -> None:
    folder = write_policies(tmp_path / "policies")
    (folder / "cases" / "quick.yaml").write_text(
        "policy: quick\ncases:\n  - name: x\n    signals: {stakes: high}\n    tiers: {strong: {configured: false}}\n"
        "    expect: {error: NoTierAvailable}\n"
    )

    coverage = measure_coverage(list(read_policies(folder, USUAL).policies.values()), (), USUAL)

    assert hits(coverage, "quick")["high-stakes"] == (1, 0)


def test_rows_that_could_not_be_asked_are_counted(tmp_path: Path) -> None:
    (tmp_path / "by-tenant.yaml").write_text(BY_TENANT)
    policies = list(read_policies(tmp_path, USUAL).policies.values())
    rows = [FileError("p.jsonl", 1, 1, "bad"), Row(2, "r2", read_prompt(POEM, FIRST_REQUEST.question), is_logged=True)]

    coverage = measure_coverage(policies, rows, USUAL)

    assert LeftOut(1, BAD_ROW) in coverage.left_out
    assert any("tenant.name" in each.which for each in coverage.left_out)
    assert hits(coverage, "by-tenant") == {"acme": (0, 0), "otherwise": (0, 0)}
