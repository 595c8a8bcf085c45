"""A folder of policies that a test writes, changes and breaks."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

ALWAYS = "request.n > 0"


class PolicyFolder:
    """A folder with the policy `default`, whose rule `one` sends everything to the fast tier."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "cases").mkdir(parents=True)
        self.write_policy()

    def write(self, name: str, content: str) -> Path:
        """Writes a file as editors do: beside, and then in the place of the one that was there."""
        path = self.path / name
        beside = path.with_name(f".{path.name}.swp")
        beside.write_text(content)
        beside.replace(path)
        return path

    def write_policy(self, name: str = "default", rule: str = "one", tier: str = "fast") -> Path:
        """Writes a policy of one rule, which takes every request."""
        return self.write(f"{name}.yaml", policy_text(name, rule, tier))

    def write_case(self, name: str = "default", tier: str = "fast") -> Path:
        """Writes the cases of a policy: one, that expects this tier."""
        return self.write(f"cases/{name}.yaml", case_text(name, tier))

    def write_rollout(self, mode: str = "canary", **fields: Any) -> Path:
        """Tries the policy `next` beside `default`."""
        rollout = {"policy": "default", "candidate": "next", "mode": mode, **fields}
        return self.write("rollouts.yaml", json.dumps({"rollouts": [rollout]}))

    def break_policy(self, name: str = "default") -> Path:
        """Leaves a policy as it looks while somebody types: line 3, column 7 is wrong."""
        return self.write(f"{name}.yaml", f"name: {name}\nrules: []\noth")

    def remove(self, name: str) -> None:
        """Takes a file away."""
        (self.path / name).unlink()


class ConfigMap:
    """A folder as Kubernetes mounts a ConfigMap: links to files behind a link that is replaced whenever any of them
    changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._generation = 0
        path.mkdir()

    def project(self, **policies: str) -> None:
        """Swaps in these policies, by the names of their files."""
        self._generation += 1
        content = self.path / f"..generation_{self._generation}"
        content.mkdir()
        for name, text in policies.items():
            (content / f"{name}.yaml").write_text(text)
        (self.path / "..data_tmp").symlink_to(content.name)
        (self.path / "..data_tmp").replace(self.path / "..data")
        for name in policies:
            link = self.path / f"{name}.yaml"
            if not link.is_symlink():
                link.symlink_to(f"..data/{name}.yaml")
        before = self.path / f"..generation_{self._generation - 1}"
        shutil.rmtree(before, ignore_errors=True)


def policy_text(name: str = "default", rule: str = "one", tier: str = "fast") -> str:
    """A policy of one rule, which takes every request."""
    then = f"then: {{tier: {tier}}}"
    return f"name: {name}\nrules:\n  - name: {rule}\n    when: {ALWAYS}\n    {then}\notherwise: {{tier: strong}}\n"


def case_text(name: str = "default", tier: str = "fast") -> str:
    """The cases of a policy: one, that expects this tier. What it expects stands in line 4, column 20."""
    return f"policy: {name}\ncases:\n  - name: whatever is asked\n    expect: {{tier: {tier}}}\n"


def same_size_and_time(path: Path, content: str) -> None:
    """Replaces what a file holds, keeping its size and the time of its last change."""
    found = path.stat()
    assert len(content) == found.st_size
    beside = path.with_suffix(".new")
    beside.write_text(content)
    os.utime(beside, ns=(found.st_atime_ns, found.st_mtime_ns))
    beside.replace(path)
