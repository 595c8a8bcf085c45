"""What tests of commands share."""

from pathlib import Path

import pytest

from tests.review.texts import write_policies


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that the command runs in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def policies(here: Path) -> Path:
    """`policies` in that folder: `careful`, which has cases, and `quick`, which has none."""
    return write_policies(here / "policies").relative_to(here)
