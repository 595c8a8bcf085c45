"""Every case of every policy that ships, one test each, and whether the cases would notice if a bound moved."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from router.config.policies.case_file import run_cases
from router.config.policies.policy_file import compile_policy
from router.config.yaml_file import parse_yaml
from router.core.policy import OTHERWISE
from tests.policies.shipped import RESULTS, SHIPPED, decided
from tests.usual import USUAL

LEAST_CASES = 15

_CONDITION = re.compile(r"(?<=^    when: ).*?(?=^    then: )", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.])[0-9]+(?:\.[0-9]+)?")


@pytest.mark.parametrize("name", RESULTS)
def test_the_case_passes(name: str) -> None:
    assert [failure.message for failure in RESULTS[name].failures] == []


@pytest.mark.parametrize("policy", SHIPPED)
def test_a_policy_has_cases_enough(policy: str) -> None:
    assert len(SHIPPED[policy].results) >= LEAST_CASES


@pytest.mark.parametrize("policy", SHIPPED)
def test_each_rule_decides_some_case(policy: str) -> None:
    loaded = SHIPPED[policy]

    decisions = [decided(policy, result.case) for result in loaded.results]

    rules = {rule.name for rule in loaded.policy.rules} | {OTHERWISE}
    assert {decision.rule for decision in decisions if decision is not None} == rules


def _moved_bounds() -> Iterator[Any]:
    """The text of each policy with one number of one condition a unit of its last digit lower, and higher."""
    for name, loaded in SHIPPED.items():
        text = loaded.file.path.read_text(encoding="utf-8")
        for condition in _CONDITION.finditer(text):
            for number in _NUMBER.finditer(text, *condition.span()):
                line = text.count("\n", 0, number.start()) + 1
                for moved in _lower_and_higher(number[0]):
                    changed = text[: number.start()] + moved + text[number.end() :]
                    yield pytest.param(name, changed, id=f"{name}-line-{line}-{number[0]}-to-{moved}")


def _lower_and_higher(number: str) -> tuple[str, str]:
    digits = len(number.partition(".")[2])
    unit = 10**-digits
    return f"{float(number) - unit:.{digits}f}", f"{float(number) + unit:.{digits}f}"


@pytest.mark.parametrize(("policy", "text"), list(_moved_bounds()))
def test_some_case_fails_when_a_bound_moves(policy: str, text: str) -> None:
    loaded = SHIPPED[policy]
    moved = compile_policy(parse_yaml(loaded.file.path, text.encode()))

    assert loaded.cases is not None
    assert any(result.failures for result in run_cases(loaded.cases, moved, USUAL))
