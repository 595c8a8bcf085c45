"""Makes `helm/tandem/values.schema.json`. With `--check` it only says whether that is up to date."""

import json
import sys
from pathlib import Path
from typing import Any, Final

import yaml

from router.config.settings import Settings

HERE: Final = Path(__file__).parent
OUT: Final = HERE.parent / "tandem/values.schema.json"
Schema = dict[str, Any]

PASSED_ON: Final = (
    "audits", "breakers", "cache", "default_policy", "escalations", "keep_alive_s", "limits", "policy_of_tenant",
    "policy_watch_s", "queue", "tracing",
)  # fmt: skip
"""Settings that `settings` of the chart may hold: those that it does not write itself."""

CHART_OWNED: Final = ("name", "url", "api_key", "shared_as")
"""What the chart says of a backend itself, or asks for of each address."""

SECRET: Final[Schema] = {
    "type": "object",
    "description": "a secret, from an entry of the Secret: this becomes a ConfigMap",
    "additionalProperties": False,
    "required": ["from_file"],
    "properties": {
        "from_file": {
            "type": "string",
            "pattern": "^/etc/tandem/secrets/[A-Za-z0-9._-]+$",
            "description": "/etc/tandem/secrets/ENTRY",
        }
    },
}


def main(arguments: list[str]) -> int:
    """0: the file is what it should be, or now is."""
    made = json.dumps(make(), indent=2) + "\n"
    if "--check" not in arguments:
        OUT.write_text(made)
        return 0
    if OUT.exists() and OUT.read_text() == made:
        return 0
    sys.stderr.write(f"{OUT} is out of date: python -m helm.values_schema\n")
    return 1


def make() -> Schema:
    """The schema, whole."""
    schema: Schema = yaml.safe_load((HERE / "values.yaml").read_text())
    router = Settings.model_json_schema()
    schema["$defs"] |= {name: _closed(each) for name, each in router["$defs"].items()}
    schema["properties"]["settings"] |= {
        "properties": {name: _closed(router["properties"][name]) for name in PASSED_ON}
    }
    backend = schema["$defs"].pop("BackendSpec")
    del schema["$defs"]["TierSpec"]
    plain = {name: each for name, each in backend["properties"].items() if name not in CHART_OWNED}
    schema["$defs"]["backend"] |= {"properties": plain}
    own = {name: backend["properties"][name] for name in ("name", "url", "shared_as")}
    schema["$defs"]["address"]["properties"] |= own | plain
    schema["$defs"] = {name: each for name, each in sorted(schema["$defs"].items()) if name in _named(schema)}
    return schema


def _closed(schema: Any) -> Any:
    """The same, without titles and defaults, which say nothing here, and with secrets that stand elsewhere."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("writeOnly"):
        return SECRET
    kept = {name: each for name, each in schema.items() if not _says_nothing(name, each)}
    return {name: _closed(each) for name, each in kept.items()}


def _says_nothing(name: str, value: Any) -> bool:
    return name == "default" or (name == "title" and isinstance(value, str))


def _named(schema: Schema) -> set[str]:
    """The definitions that are referred to from anywhere but themselves."""
    found: set[str] = set()
    waiting: list[Any] = [{name: each for name, each in schema.items() if name != "$defs"}]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            name = str(each.get("$ref", "")).removeprefix("#/$defs/")
            if name in schema["$defs"] and name not in found:
                found.add(name)
                waiting.append(schema["$defs"][name])
        waiting.extend(each.values() if isinstance(each, dict) else each if isinstance(each, list) else ())
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
