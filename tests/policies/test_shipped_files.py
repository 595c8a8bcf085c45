"""What a person finds on opening a policy that ships, or its cases."""

import pytest

from tests.policies.shipped import FOLDER, SHIPPED

SCHEMA = "# yaml-language-server: $schema=schema.json"


def test_the_policies_that_ship_are_these() -> None:
    assert sorted(SHIPPED) == ["batch", "cost-saver", "default", "latency-first", "quality-first", "regulated"]


@pytest.mark.parametrize("policy", SHIPPED)
def test_a_policy_is_in_the_file_of_its_name_and_so_are_its_cases(policy: str) -> None:
    loaded = SHIPPED[policy]

    assert loaded.file.path == FOLDER / f"{policy}.yaml"
    assert loaded.cases is not None
    assert loaded.cases.file.path == FOLDER / "cases" / f"{policy}.yaml"


@pytest.mark.parametrize("policy", SHIPPED)
def test_the_first_line_points_editors_at_the_schema(policy: str) -> None:
    loaded = SHIPPED[policy]

    assert loaded.cases is not None
    assert (loaded.file.lines[0], loaded.cases.file.lines[0]) == (SCHEMA, SCHEMA)


@pytest.mark.parametrize("policy", SHIPPED)
def test_a_policy_says_what_it_is_for(policy: str) -> None:
    loaded = SHIPPED[policy]

    assert loaded.file.lines[1].startswith("# ")
    assert loaded.file.data["description"].endswith(".")


@pytest.mark.parametrize("policy", SHIPPED)
def test_each_rule_gives_its_reason_above_it(policy: str) -> None:
    lines = SHIPPED[policy].file.lines
    rules = [at for at, line in enumerate(lines) if line.startswith("  - name: ")]

    assert len(rules) == len(SHIPPED[policy].policy.rules)
    assert all(lines[at - 1].startswith("  # ") for at in rules)
