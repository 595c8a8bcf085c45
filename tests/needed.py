"""What some tests cannot do without."""

import os
from pathlib import Path

import pytest


def need(path: Path, reason: str) -> None:
    """Where nobody is looking, a test that cannot run has failed; elsewhere it is skipped."""
    if path.exists():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
