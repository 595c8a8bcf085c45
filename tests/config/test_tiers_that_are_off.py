"""A policy names the tier `hosted` only where the settings have one: nobody counts on it, or reaches it, by mistake."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from router.cli import app

BACKEND = {"url": "http://127.0.0.1:8101", "model": "tier2", "dialect": "vllm", "context_tokens": 4096}
HOSTED = {"url": "unix:///run/tandem/hosted.sock", "model": "best", "dialect": "openai", "context_tokens": 4096}

POLICY = """\
name: default
rules:
  - name: dear
    when: signals.stakes == "high"
    then: {{{rule}}}
otherwise: {{{otherwise}}}
"""


def check(folder: Path, hosted: bool, rule: str, otherwise: str) -> tuple[int, str]:
    """The exit code of `tandem check`, and what it says."""
    (folder / "policies").mkdir()
    (folder / "policies" / "a.yaml").write_text(POLICY.format(rule=rule, otherwise=otherwise))
    tiers = {"strong": {"backends": [BACKEND]}, **({"hosted": {"backends": [HOSTED]}} if hosted else {})}
    (folder / "tandem.yaml").write_text(json.dumps({"tiers": tiers, "policies": "policies"}))
    result = CliRunner().invoke(app, ["check", "--config", str(folder / "tandem.yaml")])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("rule", "otherwise", "place"),
    [
        ("tier: hosted", "tier: strong", "a.yaml:5:18: "),
        ("ladder: [strong, hosted]", "tier: strong", "a.yaml:5:29: "),
        ("tier: strong", "ladder: [strong, hosted]", "a.yaml:6:30: "),
    ],
)
def test_a_policy_that_names_it_is_refused_where_there_is_none(
    tmp_path: Path, rule: str, otherwise: str, place: str
) -> None:
    code, said = check(tmp_path, False, rule, otherwise)

    assert code == 1
    assert place in said
    assert said.endswith("names the tier hosted, which is off: `tiers.hosted` in the settings adds it\n")


def test_it_may_name_it_where_there_is_one(tmp_path: Path) -> None:
    code, said = check(tmp_path, True, "ladder: [strong, hosted]", "tier: hosted")

    assert (code, "tiers strong, hosted;" in said) == (0, True)


def test_other_tiers_may_be_missing(tmp_path: Path) -> None:
    assert check(tmp_path, False, "ladder: [fast, strong]", "tier: strong")[0] == 0
