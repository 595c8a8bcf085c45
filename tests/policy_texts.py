"""Policies as people write them, for tests: texts to read, and what is said of those that are wrong."""

import json
from pathlib import Path

import pytest

from router.config.policies.policy_file import compile_policy
from router.config.yaml_file import parse_yaml
from router.core.errors import FileError
from router.core.policy import Policy

SHIPPED = Path(__file__).parent.parent / "policies"
"""The policies that ship, in a checkout."""

FILE = Path("p.yaml")


def a_policy_of(content: str | bytes) -> Policy:
    """The policy that this text holds. Raises FileError."""
    return compile_policy(parse_yaml(FILE, content if isinstance(content, bytes) else content.encode()))


def refused(content: str | bytes) -> str:
    """What is wrong with a text that is no policy, from its line on."""
    with pytest.raises(FileError) as error:
        a_policy_of(content)
    return error.value.message.removeprefix(f"{FILE}:")


def with_condition(when: str) -> str:
    """A policy whose one condition stands in line 4, from column 11 on."""
    return f"name: p\nrules:\n  - name: one\n    when: {when}\n    then: {{tier: fast}}\notherwise: {{tier: strong}}\n"


def with_conditions(conditions: list[str]) -> str:
    """A policy of many rules, `r0`, `r1`, ..., each of its own line."""
    rules = [{"name": f"r{at}", "when": when, "then": {"tier": "fast"}} for at, when in enumerate(conditions)]
    return json.dumps({"name": "p", "rules": rules, "otherwise": {"tier": "strong"}})


def with_setting(setting: str) -> str:
    """A policy whose one rule has this setting in line 7, from column 7 on."""
    rule = f"  - name: one\n    when: signals.code\n    then:\n      tier: fast\n      {setting}\n"
    return f"name: p\nrules:\n{rule}otherwise: {{tier: strong}}\n"
