"""What the router must know of an engine: its backend in tandem.yaml, shown or written there."""

import os
from collections.abc import Mapping, MutableMapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from router.core.errors import FileError
from tandem_serving.launch.engine_key import OWNER_ONLY
from tandem_serving.launch.plan import Plan
from tandem_serving.simulator.profile_file import SimulatedTier
from tandem_serving.typed_yaml import load_mapping

DIALECTS: Mapping[SimulatedTier, str] = {"fast": "vllm_diffusion", "strong": "vllm"}


def as_yaml(plan: Plan, key: str | None) -> str:
    """What to write into tandem.yaml for this engine. `key` stands for the key itself."""
    text = StringIO()
    _yaml().dump({"tiers": {plan.tier: {"backends": [_backend(plan, key)]}}}, text)
    return text.getvalue()


def write_settings(file: Path, plan: Plan, key: str | None) -> None:
    """Adds the engine to a settings file, in place of one at the same address; everything else stays.

    Only its owner can read the file then, which holds a key. Raises FileError when it cannot be read or written.
    """
    data: Any = load_mapping(file) if file.exists() else {}
    try:
        backends = _within(_within(data, "tiers"), plan.tier).setdefault("backends", [])
        backends[:] = [each for each in backends if each.get("url") != plan.address] + [_backend(plan, key)]
    except (AttributeError, TypeError):
        raise FileError(str(file), 1, 1, f"tiers.{plan.tier}.backends: expected a list of backends") from None
    text = StringIO()
    _yaml().dump(data, text)
    _replace(file, text.getvalue())


def _backend(plan: Plan, key: str | None) -> dict[str, Any]:
    options = plan.needs.options
    backend = {
        "url": plan.address,
        "model": options.served_model_name,
        "dialect": DIALECTS[plan.tier],
        "context_tokens": options.max_model_len,
    }
    return {**backend, "api_key": key} if key else backend


def _within(data: MutableMapping[str, Any], name: str) -> MutableMapping[str, Any]:
    found: MutableMapping[str, Any] = data.setdefault(name, {})
    return found


def _replace(file: Path, text: str) -> None:
    """Puts a whole new file in the place of the old one."""
    fresh = file.with_name(f".{file.name}.new")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w") as opened:
            opened.write(text)
        fresh.replace(file)
    except OSError as error:
        raise FileError(str(file), 1, 1, f"cannot be written: {error.strerror}") from None


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 4096
    return yaml
