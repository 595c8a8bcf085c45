"""Policy files: YAML rules with CEL conditions in, `core.policy.Policy` out."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import asdict

from router.config.policies.conditions import Condition, Conditions, one_line
from router.config.policies.policy_spec import PolicySpec, ThenSpec
from router.config.policies.verify_spec import is_reading, why_not_read
from router.config.validation import validate
from router.config.yaml_file import YamlFile, read_yaml
from router.core.facts import FACTS_AFTERWARDS
from router.core.policy import OTHERWISE, Objection, Policy, Rule, Then


def read_policy(path: Path) -> Policy:
    """Reads and checks one policy file. Raises FileError with line and column."""
    return compile_policy(read_yaml(path))


def compile_policy(file: YamlFile) -> Policy:
    """The policy that a file holds. Raises FileError with line and column."""
    spec = validate(file, PolicySpec)
    _check_names(file, spec)
    _check_reading(file, spec)
    reader = Conditions(file)
    conditions = [reader.read(("rules", at, "when"), rule.when) for at, rule in enumerate(spec.rules)]
    _check_reachable(file, spec, conditions)
    objections = _Objections(file)
    rules = tuple(
        Rule(rule.name, condition.text, condition.names, condition.holds, objections.then(("rules", at), rule.then))
        for at, (rule, condition) in enumerate(zip(spec.rules, conditions, strict=True))
    )
    names = tuple(dict.fromkeys(name for rule in rules for name in rule.names))
    first = reader.first_of([rule.when for rule in spec.rules], [rule.holds for rule in rules])
    otherwise = objections.then((), spec.otherwise, "otherwise")
    return Policy(spec.name, version_of(spec), rules, otherwise, names, first)


class _Objections:
    """Reads the conditions on finished answers, with an environment of its own that is made when there is one."""

    def __init__(self, file: YamlFile) -> None:
        self._file = file
        self._conditions: Conditions | None = None

    def then(self, place: tuple[str | int, ...], spec: ThenSpec, key: str = "then") -> Then:
        """What a rule sets, its condition compiled. Raises FileError with line and column."""
        if spec.reject_when is None:
            return spec.then()
        if self._conditions is None:
            self._conditions = Conditions(self._file, FACTS_AFTERWARDS)
        found = self._conditions.read((*place, key, "reject_when"), spec.reject_when)
        return spec.then(Objection(found.text, found.names, found.holds))


def version_of(spec: PolicySpec) -> str:
    """`name@hash` of the canonical form: what the policy does. Comments, layout and the description do not count;
    a setting left out counts as its default."""
    canonical: dict[str, Any] = {
        "name": spec.name,
        "rules": [
            {"name": rule.name, "when": one_line(rule.when), "then": _canonical(rule.then)} for rule in spec.rules
        ],
        "otherwise": _canonical(spec.otherwise),
    }
    digest = hashlib.sha256(msgspec.json.encode(canonical, order="deterministic")).hexdigest()
    return f"{spec.name}@{digest[:12]}"


def _canonical(spec: ThenSpec) -> dict[str, Any]:
    then = spec.then()
    objection = None if spec.reject_when is None else one_line(spec.reject_when)
    return {**asdict(then), "checks": then.checks.written(), "reject_when": objection}


def _check_names(file: YamlFile, spec: PolicySpec) -> None:
    seen: set[str] = {OTHERWISE}
    for position, rule in enumerate(spec.rules):
        if rule.name in seen:
            raise file.error(("rules", position, "name"), f"the rule name {rule.name!r} is taken; names must differ")
        seen.add(rule.name)


def _check_reading(file: YamlFile, spec: PolicySpec) -> None:
    """What reading needs, and what needs reading."""
    rules: list[tuple[tuple[str | int, ...], ThenSpec]]
    rules = [(("rules", at, "then"), rule.then) for at, rule in enumerate(spec.rules)]
    for place, then in (*rules, (("otherwise",), spec.otherwise)):
        why = why_not_read(then.tiers, then.gate) if is_reading(then.verify) else ""
        if why:
            raise file.error((*place, "verify"), why)
        if then.on_reject == "repair" and not is_reading(then.verify):
            raise file.error(
                (*place, "on_reject"), "repair mends what reading cuts, and nothing is read without `verify: read`"
            )


def _check_reachable(file: YamlFile, spec: PolicySpec, conditions: Sequence[Condition]) -> None:
    """A rule behind one that takes everything, or behind one of the same condition, would never decide."""
    taken: dict[str, str] = {}
    for position, (rule, condition) in enumerate(zip(spec.rules, conditions, strict=True)):
        if condition.text in taken:
            said = f"the rule {rule.name!r} can never be reached: {taken[condition.text]!r} has the same condition"
            raise file.error(("rules", position, "when"), said)
        taken[condition.text] = rule.name
        if condition.is_always_true and position + 1 < len(spec.rules):
            behind = spec.rules[position + 1].name
            said = f"the rule {behind!r} can never be reached: the condition of {rule.name!r} is always true"
            raise file.error(("rules", position + 1, "name"), f"{said}; make that one `otherwise`")
