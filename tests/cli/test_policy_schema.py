"""The JSON Schemas of policies, cases and rollouts: fresh, and of one mind with what loading takes and refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from router.config.policies.policy_schema import SCHEMAS, cases_schema, policy_schema, rollouts_schema
from router.core.facts import FACTS
from router.core.values import TIERS
from tests.cli.commands import ended, succeeded, tandem
from tests.review.texts import CAREFUL, CASES

SHIPPED = Path(__file__).parents[2] / "policies"


def valid(schema: dict[str, Any], text: str) -> bool:
    return bool(Draft202012Validator(schema).is_valid(YAML(typ="safe").load(text)))


# --- the command ------------------------------------------------------------------------------------------------


def test_the_schemas_that_ship_are_fresh() -> None:
    assert succeeded(tandem("policy", "schema", SHIPPED, "--check")) == ""


def test_it_writes_all_schemas_and_then_finds_them_fresh(policies: Path) -> None:
    written = succeeded(tandem("policy", "schema")).splitlines()

    assert written == [f"policies/{place}" for place in SCHEMAS]
    assert succeeded(tandem("policy", "schema", "--check", "--json")) == '{"stale": []}\n'


def test_a_schema_that_is_missing_or_was_changed_is_stale(policies: Path) -> None:
    succeeded(tandem("policy", "schema"))
    (policies / "schema.json").write_text("{}")
    (policies / "cases" / "schema.json").unlink()

    result = ended(tandem("policy", "schema", "--check"), 1)

    assert result.stdout.splitlines() == [
        "policies/schema.json: is stale; run `tandem policy schema policies`",
        "policies/cases/schema.json: is stale; run `tandem policy schema policies`",
    ]
    assert (policies / "schema.json").read_text() == "{}"


# --- what the schemas say ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", SCHEMAS)
def test_every_schema_is_one(place: str) -> None:
    schema = json.loads((SHIPPED / place).read_text())

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_ships_is_valid_and_points_editors_at_its_schema(path: Path) -> None:
    for file, schema in ((path, policy_schema()), (SHIPPED / "cases" / path.name, cases_schema())):
        assert valid(schema, file.read_text()), file
        first = file.read_text().splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema=")
        assert (file.parent / first.partition("=")[2]).is_file()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("tier: strong}", "tier: strng}"),
        ("timeout: 5s", "timeout: 5"),
        ("timeout: 5s", "timeot: 5s"),
        ("{tier: strong}", "{tier: strong, ladder: [strong]}"),
        ("{tier: strong}", "{on_unavailable: fail}"),
        ("ladder: [fast, strong]", "ladder: []"),
        ("ladder: [fast, strong]", "ladder: [fast, fast]"),
        ("timeout: 5s", "denoise: {}"),
        ("timeout: 5s", "denoise: {steps: 0}"),
        ("timeout: 5s", "annotate: {Team: x}"),
        ("name: coding", "name: Coding"),
        ("name: careful\n", ""),
        ("otherwise:", "otherwize:"),
    ],
)
def test_what_loading_would_refuse_of_a_policy_is_marked_in_an_editor(right: str, wrong: str) -> None:
    assert valid(policy_schema(), CAREFUL)
    assert right in CAREFUL
    assert not valid(policy_schema(), CAREFUL.replace(right, wrong))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("signals: {stakes: high}", "signals: {stakes: huge}"),
        ("signals: {stakes: high}", "tiers: {hosted: {in_flight: 1}}"),
        ("signals: {stakes: high}", "tiers: {fast: {in_fligt: 1}}"),
        ("signals: {stakes: high}", "grants: {max_teir: fast}"),
        ("signals: {stakes: high}", "prompt: a\n    request: {}"),
        ("{rule: high-stakes, tier: strong}", "{}"),
        ("{rule: high-stakes, tier: strong}", "{error: Teapot}"),
        ("timeout: 5s", "timeout: soon"),
    ],
)
def test_what_loading_would_refuse_of_cases_is_marked_in_an_editor(right: str, wrong: str) -> None:
    assert valid(cases_schema(), CASES)
    assert right in CASES
    assert not valid(cases_schema(), CASES.replace(right, wrong))


@pytest.mark.parametrize(
    ("rollout", "is_valid"),
    [
        ("{policy: a, candidate: b, mode: shadow}", True),
        ("{policy: a, candidate: b, mode: canary, share: 5%}", True),
        ("{policy: a, candidate: b, mode: canary, share: 5%, guards: {error_rate: 1%, p95: 2s, window: 10m}}", True),
        ("{policy: a, candidate: b, mode: canary}", False),
        ("{policy: a, candidate: b, mode: shadow, share: 5%}", False),
        ("{policy: a, candidate: b, mode: canary, share: 0.05}", False),
        ("{policy: a, candidate: b, mode: blue-green}", False),
        ("{policy: a, mode: shadow}", False),
        ("{policy: a, candidate: b, mode: shadow, guards: {p99: 2s}}", False),
    ],
)
def test_rollouts_are_marked_as_loading_takes_them(rollout: str, is_valid: bool) -> None:
    assert valid(rollouts_schema(), f"rollouts: [{rollout}]") == is_valid


def test_an_editor_completes_tiers_and_tells_every_name_that_a_condition_may_use() -> None:
    definitions = policy_schema()["$defs"]

    (tiers,) = [each["enum"] for each in definitions["ThenSpec"]["properties"]["tier"]["anyOf"] if "enum" in each]
    assert tiers == list(TIERS)
    assert all(name in definitions["RuleSpec"]["properties"]["when"]["description"] for name in FACTS)


def test_every_mapping_refuses_what_it_does_not_know() -> None:
    """But for the parts of cases that are a caller's own words: a request and its hints."""
    for place, make in SCHEMAS.items():
        for path, node in _mappings(make(), ()):
            is_open = node.get("additionalProperties") is not False
            assert not is_open or path[-1] in ("request", "hints", "tiers"), (place, path)


def _mappings(node: Any, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    if isinstance(node, list):
        return [found for each in node for found in _mappings(each, path)]
    if not isinstance(node, dict):
        return []
    named = [(name, each) for name, each in node.items() if name not in ("anyOf", "items")]
    below = [found for name, each in named for found in _mappings(each, (*path, name))]
    below += [found for name in ("anyOf", "items") for found in _mappings(node.get(name), path)]
    return ([(path, node)] if node.get("type") == "object" else []) + below
