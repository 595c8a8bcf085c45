"""Where the weights of a model are: in a folder, in Hugging Face's cache, still to be fetched, or nowhere."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class Found:
    """What a name leads to. `bytes` is what its files of weights take, 0 where they are not here; `architecture` the
    class that config.json names."""

    where: Literal["folder", "cache", "hub", "missing"]
    name: str
    bytes: int = 0
    architecture: str = ""


def find_weights(name: str) -> Found:
    """Where vLLM would take the weights of `name` from."""
    folder = Path(name)
    if folder.is_dir():
        return _looked_at("folder", name, folder)
    if not _HUB_NAME.fullmatch(name):
        return Found("missing", name)
    snapshots = sorted((_cache() / f"models--{name.replace('/', '--')}" / "snapshots").glob("*/config.json"))
    return _looked_at("cache", name, snapshots[-1].parent) if snapshots else Found("hub", name)


def is_offline() -> bool:
    """Whether fetching is switched off."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")


def _cache() -> Path:
    home = Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser()
    return Path(os.environ.get("HF_HUB_CACHE", home / "hub")).expanduser()


def _looked_at(where: Literal["folder", "cache"], name: str, folder: Path) -> Found:
    try:
        described = json.loads((folder / "config.json").read_bytes())
        architecture = str((described.get("architectures") or [""])[0])
    except (OSError, ValueError, AttributeError):
        return Found("missing", name)
    size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    return Found(where, name, size, architecture)
