"""The reference of settings is complete: each field says what it is and has an example that holds."""

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, TypeAdapter
from pydantic_settings import BaseSettings

from router.cli.config import REFERENCE, documented
from router.config.backend_settings import Strict
from router.config.reference import Setting, reference_text, settings_of, written
from router.config.setting_kind import kind_of
from router.config.yaml_file import parse_yaml

EVERY = [(file, each) for file, model in documented().items() for each in settings_of(model)]


def name_of(case: object) -> str:
    """A setting by its file and keys."""
    return f"{case.form}{'.'.join(case.path)}" if isinstance(case, Setting) else str(case)


def models_reached(model: type[BaseModel]) -> set[str]:
    """The models that pydantic itself finds in a model."""
    return set(model.model_json_schema().get("$defs", {}))


@pytest.mark.parametrize(("file", "setting"), EVERY, ids=name_of)
def test_every_setting_says_what_it_is(file: str, setting: Setting) -> None:
    assert setting.field.description, f"{file}: {setting.path} has no description"
    assert setting.kind


@pytest.mark.parametrize(("file", "setting"), EVERY, ids=name_of)
def test_every_setting_has_an_example_that_holds(file: str, setting: Setting) -> None:
    assert setting.example not in (None, {}, [], ""), f"{file}: {setting.path} needs `examples=[...]`"
    TypeAdapter(Annotated[setting.field.annotation, setting.field]).validate_python(setting.example)
    line = f"{setting.path[-1]}: {written(setting.example)}\n"
    assert parse_yaml(Path("a.yaml"), line.encode()).data == {setting.path[-1]: setting.example}


@pytest.mark.parametrize("model", documented().values())
def test_no_model_is_left_out(model: type[BaseModel]) -> None:
    fields = sum(len(each.get("properties", {})) for each in model.model_json_schema().get("$defs", {}).values())

    assert len(list(settings_of(model))) >= fields + len(model.model_fields)
    assert models_reached(model)


def test_the_reference_is_fresh() -> None:
    assert REFERENCE.read_text("utf-8") == reference_text(documented())


def test_each_setting_has_a_line_of_its_own() -> None:
    lines = reference_text(documented()).splitlines()

    for _, setting in EVERY:
        form = f" (`kind: {setting.form}`)" if setting.form else ""
        start = f"| `{'.'.join(setting.path)}`{form} | "
        assert sum(each.startswith(start) for each in lines) == 1, start


class Inner(Strict):
    """A part."""

    needed: int = Field(description="a number", examples=[3])
    other: str = Field("x", description="a word")


class Outer(BaseSettings):
    """A file."""

    one: Inner | None = Field(None, description="a part")
    many: dict[str, list[Inner]] = Field(default={}, description="parts by name")
    flag: bool = Field(default=True, description="on | off")


def test_what_is_in_a_setting_comes_behind_it_under_its_keys() -> None:
    paths = [".".join(each.path) for each in settings_of(Outer)]

    assert paths == [
        "one",
        "one.needed",
        "one.other",
        "many",
        "many.<name>.<n>.needed",
        "many.<name>.<n>.other",
        "flag",
    ]


def test_a_line_tells_values_default_and_example() -> None:
    lines = reference_text({"outer.yaml": Outer}).splitlines()

    assert "| `one` | a part | mapping |  | `one: {needed: 3}` |" in lines
    assert "| `one.needed` | a number | whole number | required | `needed: 3` |" in lines
    assert "| `flag` | on \\| off | true or false | `true` | `flag: true` |" in lines


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 1_000_000}, "whole number from 1 to 1000000"),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.5}, "number above 0 below 0.5"),
        ({"enum": ["a", "b"]}, "`a`, `b`"),
        ({"anyOf": [{"const": "a"}, {"type": "integer"}, {"type": "null"}]}, "`a` or whole number"),
        ({"type": "array", "items": {"type": "string"}}, "list: text"),
        ({"type": "object", "additionalProperties": {"type": "string", "format": "password"}}, "by name: secret"),
        ({"$ref": "#/$defs/Inner"}, "mapping"),
    ],
)
def test_values_are_told_in_words(schema: dict[str, object], said: str) -> None:
    assert kind_of(schema) == said
