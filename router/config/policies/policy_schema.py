"""JSON Schemas of the files that people write about policies, made from the models that read them. Editors complete
and check by them; what they cannot say (a CEL condition, that names differ) is still found when a file is loaded."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from pydantic import BaseModel

from router.config.policies.case_file import CasesSpec
from router.config.policies.policy_set import CASES_FOLDER
from router.config.policies.policy_spec import PolicySpec
from router.config.policies.rollouts_file import RolloutsSpec
from router.core.errors import FileError
from router.core.facts import FACTS
from router.core.grants import Grants

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

_EXACTLY_ONE_WAY = {"oneOf": [{"required": ["tier"]}, {"required": ["ladder"]}]}
_NOT_BOTH = {"not": {"required": ["prompt", "request"]}}
_SHARE_OF_A_CANARY = {
    "if": {"properties": {"mode": {"const": "canary"}}, "required": ["mode"]},
    "then": {"required": ["share"]},
    "else": {"properties": {"share": False}},
}


def _only_where(name: str, value: str, of: str) -> Schema:
    """That one setting says something only where another has this value."""
    return {"if": {"required": [name]}, "then": {"properties": {of: {"const": value}}}}


RULES: Mapping[str, Schema] = {
    "ThenSpec": _EXACTLY_ONE_WAY,
    "DenoiseSpec": {"minProperties": 1},
    "AgreementSpec": _only_where("above", "worst", "agreement"),
    "ReadSpec": {"allOf": [_only_where("above", "doubt", "read"), _only_where("least", "stakes", "read")]},
    "ExpectSpec": {"minProperties": 1},
    "CaseSpec": _NOT_BOTH,
    "RolloutSpec": _SHARE_OF_A_CANARY,
}
"""What the models' validators say, which pydantic cannot put into a schema."""


def policy_schema() -> Schema:
    """The schema of a policy file."""
    schema = _schema(PolicySpec)
    schema["$defs"]["RuleSpec"]["properties"]["when"]["description"] = _condition_help()
    schema["$defs"]["ThenSpec"]["properties"]["ladder"]["uniqueItems"] = True
    return schema


def cases_schema() -> Schema:
    """The schema of a file of cases."""
    schema = _schema(CasesSpec)
    properties = schema["$defs"]["CaseSpec"]["properties"]
    properties["grants"] = _grants() | {"description": properties["grants"]["description"]}
    return schema


def rollouts_schema() -> Schema:
    """The schema of `rollouts.yaml`."""
    return _schema(RolloutsSpec)


SCHEMAS: Mapping[str, Callable[[], Schema]] = {
    "schema.json": policy_schema,
    f"{CASES_FOLDER}/schema.json": cases_schema,
    "rollouts.schema.json": rollouts_schema,
}
"""By their places in a folder of policies."""


def stale_schemas(folder: Path) -> list[Path]:
    """The schema files of the folder that are missing, or not as they would be written now."""
    return [path for path, text in _texts(folder) if not path.is_file() or path.read_text("utf-8") != text]


def write_schemas(folder: Path) -> list[Path]:
    """Writes the schema files into the folder. Raises FileError."""
    paths = []
    for path, text in _texts(folder):
        try:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        except OSError as error:
            raise FileError(str(path), 1, 1, f"cannot be written: {error.strerror}") from None
        paths.append(path)
    return paths


def _texts(folder: Path) -> Iterator[tuple[Path, str]]:
    for place, make in SCHEMAS.items():
        yield folder / place, json.dumps(make(), indent=2) + "\n"


def _schema(model: type[BaseModel]) -> Schema:
    schema: Schema = _plain(model.model_json_schema())
    for name, rule in RULES.items():
        if name in schema.get("$defs", {}):
            schema["$defs"][name] |= rule
    return {"$schema": DIALECT, **schema}


def _plain(node: Any) -> Any:
    """Without what only models care for: titles, and defaults that are objects or say that there is none."""
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {name: value for name, value in node.items() if name != "title" and not _says_nothing(name, value)}
    plain = {name: _named(value) if name in _BY_NAME else _plain(value) for name, value in kept.items()}
    return plain | ({"additionalProperties": False} if "patternProperties" in plain else {})


_BY_NAME = frozenset(("properties", "$defs", "patternProperties"))
"""Keywords whose keys are names rather than keywords: a setting may well be called `title`."""


def _named(schemas: Mapping[str, Any]) -> Schema:
    return {name: _plain(schema) for name, schema in schemas.items()}


def _says_nothing(name: str, value: Any) -> bool:
    return name == "default" and (value is None or isinstance(value, dict))


def _grants() -> Schema:
    grants: Schema = _plain(msgspec.json.schema(Grants)["$defs"]["Grants"])
    return grants


def _condition_help() -> str:
    names = "\n".join(f"{fact.name} ({fact.type}): {fact.meaning}" for fact in FACTS.values())
    return f"a CEL condition, true or false, over these names:\n\n{names}"
