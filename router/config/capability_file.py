"""What `tandem engine probe` wrote down of an engine, read again: checked, with line and column of what is wrong."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from router.config.validation import validate
from router.config.yaml_file import YamlFile, read_yaml
from router.core.capabilities import DialName, Modality
from router.core.probed import Feature, Found, Outcome, Probed

Name = Annotated[str, Field(min_length=1, max_length=100)]
Key = TypeVar("Key", bound=str)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _FoundSpec(_Strict):
    """What came of one trial."""

    outcome: Outcome
    why: str = ""


class _ProbedSpec(_Strict):
    """A whole file."""

    engine: str
    version: str
    probed: str
    model: str
    dialect: str
    context_tokens: Annotated[int, Field(gt=0)] | None = None
    canvas_tokens: Annotated[int, Field(gt=0)] | None = None
    modalities: dict[Modality, _FoundSpec] = {}
    features: dict[Feature, _FoundSpec] = {}
    dials: dict[DialName, _FoundSpec] = {}
    parameters: dict[Name, _FoundSpec] = Field({}, max_length=1000)


def read_capabilities(path: Path, dialect: str) -> Probed:
    """What a file says of an engine of this dialect. Raises FileError with line and column, also for one that is of
    another kind of engine."""
    file = read_yaml(path)
    spec = validate(file, _ProbedSpec)
    _check(file, spec, dialect)
    return Probed(
        spec.engine,
        spec.version,
        spec.probed,
        spec.model,
        spec.dialect,
        spec.context_tokens,
        spec.canvas_tokens,
        _found(spec.modalities),
        _found(spec.features),
        _found(spec.dials),
        _found(spec.parameters),
    )


def _check(file: YamlFile, spec: _ProbedSpec, dialect: str) -> None:
    if spec.dialect != dialect:
        said = f"dialect: is {spec.dialect}, and the backend that names this file is {dialect}: probe that one"
        raise file.error(["dialect"], said)
    try:
        datetime.fromisoformat(spec.probed)
    except ValueError:
        raise file.error(["probed"], f"probed: {spec.probed!r} is no time, such as 2026-11-21T10:00:00+00:00") from None


def _found(specs: Mapping[Key, _FoundSpec]) -> dict[Key, Found]:
    return {name: Found(each.outcome, each.why) for name, each in specs.items()}
