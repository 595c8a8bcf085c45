"""What is in force says where it comes from, and never a secret."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from router.config.effective import MASK, InForce, in_force
from router.config.settings import read_settings
from router.config.yaml_file import read_yaml

FILE = """\
public: {port: 9001}
tiers:
  strong:
    backends:
      - url: https://me:word@strong.internal:8101
        model: tier2
        dialect: vllm
        context_tokens: 8192
        api_key: canary
redis: {url: "redis://u:canary@127.0.0.1/0"}
decision_log: decisions.jsonl
cache: {store: sqlite, path: c.sqlite, encryption_keys: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=}
"""


def shown(folder: Path, monkeypatch: pytest.MonkeyPatch, **variables: str) -> Mapping[str, InForce]:
    """All settings by name, under these environment variables."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    file = folder / "tandem.yaml"
    file.write_text(FILE)
    return {each.name: each for each in in_force(read_settings(file), read_yaml(file).data, variables)}


def told(each: InForce) -> tuple[Any, str]:
    """A value and its origin."""
    return each.value, each.variable or each.origin


def test_each_value_says_whether_it_is_the_files_or_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shown(tmp_path, monkeypatch)

    assert told(found["public.port"]) == (9001, "file")
    assert told(found["public.host"]) == ("127.0.0.1", "default")
    assert told(found["tiers.strong.backends.0.model"]) == ("tier2", "file")
    assert told(found["tiers.strong.backends.0.idle_s"]) == (120.0, "default")
    assert told(found["decision_log.file"]) == (str(tmp_path / "decisions.jsonl"), "file")
    assert told(found["policies"]) == (None, "default")


def test_a_variable_is_named_that_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"TANDEM_PUBLIC__PORT": "9002", "tandem_cache": '{"max_mb": 7}', "TANDEM_DEFAULT_POLICY": "batch"}

    found = shown(tmp_path, monkeypatch, **variables)

    assert told(found["public.port"]) == (9002, "TANDEM_PUBLIC__PORT")
    assert told(found["cache.max_mb"]) == (7, "TANDEM_CACHE")
    assert told(found["cache.store"]) == ("sqlite", "file")
    assert told(found["default_policy"]) == ("batch", "TANDEM_DEFAULT_POLICY")


def test_no_secret_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = shown(tmp_path, monkeypatch, TANDEM_ADMIN__KEY="canary")

    everything = json.dumps([each.as_dict() for each in found.values()])
    assert "canary" not in everything
    assert "word" not in everything
    assert "AAEC" not in everything
    assert [found[name].value for name in ("admin.key", "redis.url", "cache.encryption_keys")] == [MASK] * 3
    assert found["tiers.strong.backends.0.url"].value == f"https://{MASK}@strong.internal:8101"


def test_everything_is_there_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = shown(tmp_path, monkeypatch)

    assert len(found) > 60
    assert {"queue.waiting", "limits.body_mb", "escalations.share", "keep_alive_s"} <= found.keys()
