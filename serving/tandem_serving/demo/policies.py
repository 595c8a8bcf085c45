"""The policies of the demo: those that ship, and two more under which drafts are read. Values, and where they go."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from router.config.shipped import SHIPPED_POLICIES

REPAIRING, CONTINUING = "read-and-repair", "read-and-continue"

_READING: Mapping[str, Any] = {
    "ladder": ["fast", "strong"],
    "gate": "block",
    "verify": {"read": "always", "patience": "30s"},
}
_ADDED: Mapping[str, Mapping[str, Any]] = {
    REPAIRING: {**_READING, "on_reject": "repair"},
    CONTINUING: {**_READING, "on_reject": "continue"},
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
