"""The page that teaches policies says what is so: its examples load and pass, its table names every setting."""

import re
from pathlib import Path

import pytest

from router.config.policies.case_file import read_cases, run_cases
from router.config.policies.policy_file import compile_policy
from router.config.policies.policy_spec import ThenSpec
from router.config.policies.rollouts_file import read_rollouts
from router.config.yaml_file import YamlFile, parse_yaml
from tests.policies.shipped import FOLDER, SHIPPED
from tests.usual import USUAL

PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
POLICY, CASES, ROLLOUTS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def yaml_of(example: str) -> YamlFile:
    return parse_yaml(Path("README.md"), example.encode())


def test_the_policy_on_the_page_passes_the_cases_on_the_page() -> None:
    results = run_cases(read_cases(yaml_of(CASES)), compile_policy(yaml_of(POLICY)), USUAL)

    assert [failure.message for result in results for failure in result.failures] == []


def test_the_rollouts_on_the_page_can_be_read() -> None:
    rollouts = read_rollouts(yaml_of(ROLLOUTS), {**SHIPPED, "support": None, "support-next": None})

    assert {name: each.mode for name, each in rollouts.items()} == {"support": "shadow", "default": "canary"}


@pytest.mark.parametrize("setting", ThenSpec.model_fields)
def test_the_page_says_what_each_setting_is(setting: str) -> None:
    assert re.search(rf"^\| [^|]*`{setting}`", PAGE, re.MULTILINE)


@pytest.mark.parametrize("policy", SHIPPED)
def test_the_page_says_what_each_policy_is_for(policy: str) -> None:
    assert re.search(rf"^\| `{policy}` \| ", PAGE, re.MULTILINE)
