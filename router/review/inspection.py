"""Everything that keeps policies from going live, not the first mistake only: what `tandem policy check` tells."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from pydantic import BaseModel, ValidationError

from router.config.policies.case_file import CasesSpec
from router.config.policies.conditions import Conditions
from router.config.policies.policy_set import CASES_FOLDER, LoadedPolicy
from router.config.policies.policy_spec import PolicySpec
from router.config.policies.rollouts_file import ROLLOUTS_FILE, RolloutsSpec
from router.config.validation import as_file_errors
from router.config.yaml_file import YamlFile, read_yaml
from router.core.case import Usual
from router.core.errors import FileError, FilesRefused
from router.review.sources import read_beside, read_source


class Inspection(Struct, frozen=True):
    """What came of looking at some paths: the policies that could be loaded, and all that loading would refuse."""

    policies: tuple[LoadedPolicy, ...]
    errors: tuple[FileError, ...]

    @property
    def warnings(self) -> tuple[FileError, ...]:
        """Policies that nothing is known to hold for."""
        return tuple(_caseless(each) for each in self.policies if not each.results)


def inspect_paths(paths: Iterable[Path], usual: Usual) -> Inspection:
    """Looks at policy files, and at folders whole: policies, cases and rollouts."""
    policies: dict[Path, LoadedPolicy] = {}
    errors: list[FileError] = []
    for path in paths:
        found = _inspect_path(path, usual)
        policies.update({each.file.path.resolve(): each for each in found.policies})
        errors += found.errors
    return Inspection(tuple(policies.values()), _each_once(errors))


def problems(path: Path) -> list[FileError]:
    """All that is wrong within one file."""
    try:
        file = read_yaml(path)
    except FileError as error:
        return [error]
    spec = _spec_of(path)
    return _misfits(file, spec) + (_wrong_conditions(file) if spec is PolicySpec else [])


def _inspect_path(path: Path, usual: Usual) -> Inspection:
    try:
        policies = read_source(path, usual)
    except FilesRefused as refused:
        return _salvage(path if path.is_dir() else path.parent, refused.errors, usual)
    except FileError as error:
        cases = path.parent / CASES_FOLDER / path.name
        return Inspection((), (*_whole(error), error, *(problems(cases) if cases.is_file() else ())))
    return Inspection(tuple(policies), _failures(policies))


def _salvage(folder: Path, refused: Iterable[FileError], usual: Usual) -> Inspection:
    """What is wrong with the files of a folder that was refused, and those of its policies that are right."""
    wrong = {ROLLOUTS_FILE, *(Path(error.file).name for error in refused)}
    paths = [path for path in sorted(folder.glob("[!.]*.yaml")) if path.name not in wrong]
    policies = [each for path in paths for each in _usable(path, usual)]
    errors = [problem for error in refused for problem in (*_whole(error), error)]
    return Inspection(tuple(policies), (*errors, *_failures(policies)))


def _usable(path: Path, usual: Usual) -> list[LoadedPolicy]:
    try:
        return [read_beside(path, usual)]
    except FileError:
        return []


def _whole(error: FileError) -> list[FileError]:
    """Everything wrong with the file that an error is about."""
    path = Path(error.file)
    return problems(path) if path.is_file() else []


def _failures(policies: Iterable[LoadedPolicy]) -> tuple[FileError, ...]:
    return tuple(failure for loaded in policies for failure in loaded.failures)


def _caseless(loaded: LoadedPolicy) -> FileError:
    beside = loaded.file.path.parent / CASES_FOLDER / f"{loaded.policy.name}.yaml"
    return loaded.file.error(("name",), f"has no cases: nothing keeps a mistake from going live; write {beside}")


def _each_once(errors: Iterable[FileError]) -> tuple[FileError, ...]:
    """In the order of their places."""
    found = {error.message: error for error in errors}
    return tuple(sorted(found.values(), key=lambda error: (error.file, error.line, error.column)))


def _spec_of(path: Path) -> type[BaseModel]:
    if path.name == ROLLOUTS_FILE:
        return RolloutsSpec
    return CasesSpec if path.parent.name == CASES_FOLDER else PolicySpec


def _misfits(file: YamlFile, spec: type[BaseModel]) -> list[FileError]:
    try:
        spec.model_validate(file.data)
    except ValidationError as error:
        return as_file_errors(file, error, spec)
    return []


def _wrong_conditions(file: YamlFile) -> list[FileError]:
    """Of all rules that have a condition, whatever else is wrong with them."""
    reader, found = Conditions(file), []
    for position, when in _written_conditions(file.data.get("rules")):
        try:
            reader.read(("rules", position, "when"), when)
        except FileError as error:
            found.append(error)
    return found


def _written_conditions(rules: Any) -> Iterator[tuple[int, str]]:
    for position, rule in enumerate(rules if isinstance(rules, list) else ()):
        when = rule.get("when") if isinstance(rule, Mapping) else None
        if isinstance(when, str):
            yield position, when
