"""The policies of the demo: those that ship, two more under which drafts are read, and one whose
answers are kept, for questions that ask the same in other words too. Values, and where they go."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from router.config.shipped import SHIPPED_POLICIES

REPAIRING, CONTINUING, KEEPING = "read-and-repair", "read-and-continue", "kept"

_READING: Mapping[str, Any] = {
    "ladder": ["fast", "strong"],
    "gate": "block",
    "verify": {"read": "always", "patience": "30s"},
}
_ADDED: Mapping[str, Mapping[str, Any]] = {
    REPAIRING: {**_READING, "on_reject": "repair"},
    CONTINUING: {**_READING, "on_reject": "continue"},
    KEEPING: {"ladder": ["fast", "strong"], "cache": {"semantic": "on"}},
}
"""What `otherwise` says in each. Neither has rules."""


def write_policies(folder: Path) -> Path:
    """Writes all of them into a new folder of policies in this one, which is answered. Raises OSError."""
    there = folder / "policies"
    there.mkdir()
    for shipped in SHIPPED_POLICIES.glob("*.yaml"):
        shutil.copy(shipped, there)
    for name, otherwise in _ADDED.items():
        (there / f"{name}.yaml").write_text(json.dumps({"name": name, "rules": [], "otherwise": otherwise}))
    return there
