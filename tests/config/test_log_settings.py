"""Where the decision log is written, as settings say it."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from router.config.log_settings import LogSpec
from router.config.settings import read_settings
from router.core.errors import FileError
from router.log.segments import GIB, MIB, Folder, Rotation

GOOD = "tiers: {fast: {backends: [{url: 'http://127.0.0.1:1', model: m, dialect: vllm, context_tokens: 9}]}}\n"


def placed(folder: Path, setting: str) -> Path | Folder:
    """The place that a settings file says."""
    (folder / "tandem.yaml").write_text(GOOD + f"decision_log: {setting}\n")
    found = read_settings(folder / "tandem.yaml").decision_log
    assert found is not None
    return found.place


def test_a_text_is_a_file_as_it_ever_was(tmp_path: Path) -> None:
    assert placed(tmp_path, "decisions.jsonl") == placed(tmp_path, "{file: decisions.jsonl}")
    assert placed(tmp_path, "decisions.jsonl") == tmp_path / "decisions.jsonl"


def test_a_folder_has_bounds(tmp_path: Path) -> None:
    assert placed(tmp_path, "{folder: log}") == Folder(tmp_path / "log", Rotation(64 * MIB, 3600.0, 10 * GIB))
    said = "{folder: /var/log/tandem, segment_mb: 8, segment_s: 60, max_gb: 0.5}"
    assert placed(tmp_path, said) == Folder(Path("/var/log/tandem"), Rotation(8 * MIB, 60.0, GIB // 2))


def test_the_environment_may_name_a_file_or_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_DECISION_LOG", "other.jsonl")
    assert placed(tmp_path, "decisions.jsonl") == tmp_path / "other.jsonl"

    monkeypatch.setenv("TANDEM_DECISION_LOG", '{"folder": "log"}')
    assert placed(tmp_path, "{folder: x}") == Folder(tmp_path / "log")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "expected a file, or a mapping with `file` or `folder`, not both"),
        ({"file": "a", "folder": "b"}, "not both"),
        ({"file": "a", "max_gb": 1}, "are about a folder"),
        ({"folder": "a", "segment_mb": 64, "max_gb": 0.1}, "max_gb must have room for two segments"),
        ({"folder": "a", "keep": 1}, "Extra inputs"),
        (7, "should be a valid dictionary"),
    ],
)
def test_what_cannot_be_is_refused(given: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        LogSpec.model_validate(given)


def test_an_error_has_its_place_in_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"tandem.yaml:2:\d+: "):
        placed(tmp_path, "{folder: log, segment_mb: 0}")
