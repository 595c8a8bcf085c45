"""`priors.yaml` beside a classifier: published scores of both tiers, and the tasks and circumstances they stand for."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from router.config.validation import suggestion, validate
from router.config.yaml_file import YamlFile, read_yaml
from router.core.kinds import TASKS
from router.core.priors import CIRCUMSTANCES, NO_PRIORS, Benchmark, Priors, derive_priors

PRIORS_NAME: Final = "priors.yaml"

RightAnswers = Annotated[float, Field(gt=0, lt=1)]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _BenchmarkSpec(_Strict):
    """The shares of right answers on one benchmark."""

    fast: RightAnswers
    strong: RightAnswers


class _PriorsSpec(_Strict):
    """All scores that are known, by benchmark, and the benchmark that stands for each task and circumstance."""

    benchmarks: dict[Name, _BenchmarkSpec] = Field(max_length=100)
    tasks: dict[str, str] = {}
    circumstances: dict[str, str] = {}


def read_priors(folder: Path) -> Priors:
    """The priors of the classifier in a folder; none when it has no such file. Raises FileError."""
    path = folder / PRIORS_NAME
    return parse_priors(read_yaml(path)) if path.exists() else NO_PRIORS


def parse_priors(file: YamlFile) -> Priors:
    """The priors that a file holds. Raises FileError with line and column."""
    spec = validate(file, _PriorsSpec)
    for section, named, known in (
        ("tasks", spec.tasks, TASKS),
        ("circumstances", spec.circumstances, CIRCUMSTANCES),
    ):
        _check_names(file, section, named, known)
        _check_benchmarks(file, section, named, spec.benchmarks)
    benchmarks = {name: Benchmark(each.fast, each.strong) for name, each in spec.benchmarks.items()}
    return derive_priors(benchmarks, spec.tasks, spec.circumstances)


def _check_names(file: YamlFile, section: str, named: Mapping[str, str], known: Iterable[str]) -> None:
    for name in named:
        if name not in known:
            said = f"{section}.{name}: is not one of the {section}{suggestion(name, known)}"
            raise file.error_at_key((section, name), said)


def _check_benchmarks(file: YamlFile, section: str, named: Mapping[str, str], known: Iterable[str]) -> None:
    for name, benchmark in named.items():
        if benchmark not in known:
            said = f"{section}.{name}: no benchmark {benchmark!r} in this file{suggestion(benchmark, known)}"
            raise file.error((section, name), said)
