"""Every setting of a file, told from where it is declared: what `REFERENCE.md` holds. Pure.

A field's own words are its `description`. Its example is the first of its `examples`, else its default where that
shows anything.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final, Literal, get_args, get_origin

from msgspec import Struct
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from router.config.setting_kind import kind_of

Model = type[BaseModel]


class Setting(Struct, frozen=True):
    """One field. `path`: the keys that lead to it, `<name>` standing for one of many; `form`: which of several forms of
    the mapping around it has it (empty: there is one form)."""

    path: tuple[str, ...]
    field: FieldInfo
    kind: str
    form: str = ""

    @property
    def is_required(self) -> bool:
        """Whether a file that lacks it is refused."""
        return self.field.is_required()

    @property
    def default(self) -> str:
        """Its default, as a file would say it; empty where there is none to show."""
        value = _plain(None if self.is_required else self.field.get_default(call_default_factory=False))
        return "" if value is None or isinstance(value, dict) else written(value)

    @property
    def example(self) -> Any:
        """A value that it may have; None: nobody thought of one."""
        if self.field.examples:
            return self.field.examples[0]
        value = None if self.is_required else _plain(self.field.get_default(call_default_factory=False))
        return _made_up(self.field.annotation) if value in (None, [], {}, "") else value


def settings_of(model: Model, path: tuple[str, ...] = ()) -> Iterator[Setting]:
    """Every setting in a model and in the models in it, those of a mapping behind the mapping itself."""
    schema = model.model_json_schema()
    for name, field in model.model_fields.items():
        here = (*path, name)
        yield Setting(here, field, kind_of(schema["properties"][name]), _form(model))
        for inner in _models_in(field.annotation, here):
            yield from settings_of(inner.model, inner.path)


def reference_text(documents: Mapping[str, Model]) -> str:
    """The reference of these files as Markdown."""
    sections = [line for name, model in documents.items() for line in _section(name, model)]
    return "\n".join([*_HEAD, *sections]) + "\n"


def written(value: Any) -> str:
    """A value as YAML says it in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{written(name)}: {written(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    text = str(value)
    is_bare = not isinstance(value, str) or (_BARE.fullmatch(text) is not None and text not in _WORDS)
    return text if is_bare else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_HEAD: Final = (
    "# Configuration reference",
    "",
    "Made from the code by `tandem config reference --write`; `make check` refuses a stale one. An example may be the",
    "default itself. `<tier>` is `fast`, `strong` or `hosted`, `<n>` a place in a list, `<name>` a name of your own.",
    "`tandem config init` writes a file to begin with, `tandem config show` what is in force and why.",
)

_BARE: Final = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./-]*")
_WORDS: Final = frozenset("true false null yes no on off".split())


class _Inner(Struct, frozen=True):
    """A model in a field, and the keys that lead to it."""

    model: Model
    path: tuple[str, ...]


def _models_in(annotation: Any, path: tuple[str, ...]) -> Iterator[_Inner]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield _Inner(annotation, path)
        return
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is dict:
        yield from _models_in(inside[1], (*path, "<tier>" if path == ("tiers",) else "<name>"))
    elif origin is list:
        yield from _models_in(inside[0], (*path, "<n>"))
    else:
        for each in inside:
            yield from _models_in(each, path)


def _made_up(annotation: Any) -> Any:
    """An example of a mapping, made of those of its fields: the ones that it needs, or else the first."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = [Setting((name,), field, "") for name, field in annotation.model_fields.items()]
        shown = [each for each in fields if each.is_required] or fields[:1]
        return {each.path[0]: each.example for each in shown}
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is dict:
        made = _made_up(inside[1])
        return None if made is None else {(get_args(inside[0]) or ("name",))[0]: made}
    if origin is list:
        made = _made_up(inside[0])
        return None if made is None else [made]
    if origin is Literal:
        return inside[0]
    return next((made for each in inside if (made := _made_up(each)) is not None), None)


def _form(model: Model) -> str:
    """What tells one form of a mapping from the others: the one word that its `kind` may be."""
    kind = model.model_fields.get("kind")
    return "" if kind is None else f"{get_args(kind.annotation)[0]}"


def _plain(value: Any) -> Any:
    """A default as a file would hold it."""
    if value is PydanticUndefined:
        return None
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    return str(value) if isinstance(value, PurePath | SecretStr) else value


def _section(name: str, model: Model) -> Sequence[str]:
    doc = " ".join((model.__doc__ or "").split())
    head = [
        "",
        f"## {name}",
        "",
        doc,
        "",
        "| setting | what it is | value | default | example |",
        "|---|---|---|---|---|",
    ]
    return [*head, *map(_row, settings_of(model))]


def _row(setting: Setting) -> str:
    form = f" (`kind: {setting.form}`)" if setting.form else ""
    default = "required" if setting.is_required else f"`{setting.default}`" if setting.default else ""
    example = "" if setting.example in (None, {}) else f"`{setting.path[-1]}: {written(setting.example)}`"
    cells = (f"`{'.'.join(setting.path)}`{form}", setting.field.description or "", setting.kind, default, example)
    return "| " + " | ".join(each.replace("|", "\\|").replace("\n", " ") for each in cells) + " |"
