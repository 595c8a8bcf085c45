"""Reads one folder of policies again and again, at the cost of what has changed in it."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Generic, TypeVar

from msgspec import Struct

from router.config.policies.case_file import CaseFile, read_cases, run_cases
from router.config.policies.policy_file import compile_policy
from router.config.policies.policy_set import CASES_FOLDER, LoadedPolicy, PolicySet
from router.config.policies.rollouts_file import ROLLOUTS_FILE, read_rollouts
from router.config.validation import suggestion
from router.config.yaml_file import YamlFile, parse_yaml, read_bytes
from router.core.case import Usual, measured_once
from router.core.errors import FileError, FilesRefused
from router.core.policy import Policy, Then
from router.core.rollout import Rollout
from router.core.values import Tier

Item = TypeVar("Item")
Key = TypeVar("Key")
Value = TypeVar("Value")

Place = tuple[str | int, ...]
"""Where something stands in a file: the keys that lead to it."""

Source = tuple[Path, bytes]
"""A file as it was when it was read."""


class Demands(Struct, frozen=True):
    """What a folder must hold: the default policy (None: no folder needs one to be looked at), and others by name,
    each with who asks for it; and `off`, the tiers that its policies must not name."""

    default: str | None = None
    others: Mapping[str, str] = {}
    off: frozenset[Tier] = frozenset()


def read_policy_set(folder: Path, default: str, usual: Usual) -> PolicySet:
    """Reads a folder once, as a router does. Raises FilesRefused with everything that is wrong, failed cases
    included."""
    return PolicyReader(folder, Demands(default), usual).read()


def read_policies(folder: Path, usual: Usual) -> PolicySet:
    """Reads a folder once and runs all cases, letting those fail. Raises FilesRefused with all files that are
    wrong."""
    return PolicyReader(folder, Demands(), usual).read_ungated()


class PolicyReader:
    """Reads policies, cases and rollouts. A file that has not changed is not compiled again, and cases are run again
    when they or their policy have changed."""

    def __init__(self, folder: Path, demands: Demands, usual: Usual) -> None:
        self._folder = folder
        self._demands = demands
        self._usual = usual
        self._files: _Known[Source, YamlFile] = _Known()
        self._policies: _Known[Source, Policy] = _Known()
        self._cases: _Known[Source, CaseFile] = _Known()
        self._loaded: _Known[tuple[Source, Source | None], LoadedPolicy] = _Known()

    def read(self) -> PolicySet:
        """The folder as it is now. Raises FilesRefused with everything that is wrong, failed cases included."""
        found = self.read_ungated()
        errors = self._unmet(found.policies)
        errors += [error for loaded in found.policies.values() for error in _naming(self._demands.off, loaded)]
        errors += [failure for loaded in found.policies.values() for failure in loaded.failures]
        if errors:
            raise FilesRefused(errors)
        return found

    def read_ungated(self) -> PolicySet:
        """The same, letting cases fail and whatever is demanded be missing."""
        try:
            return self._read()
        finally:
            for each in (self._files, self._policies, self._cases, self._loaded):
                each.forget_unused()

    def _read(self) -> PolicySet:
        paths = self._paths()
        errors = [_misnamed(path) for path in sorted(self._folder.glob("*.yml"))]
        files = _each(self._file, [path for path in paths if path.name != ROLLOUTS_FILE], errors)
        cases = self._cases_by_policy(errors)
        usual = measured_once(self._usual)
        loaded = _each(lambda file: self._load(file, cases, usual), files, errors)
        policies = _by_name(loaded, errors)
        if not errors:
            errors += [_orphan(each, policies) for name, each in cases.items() if name not in policies]
        rollouts: list[Mapping[str, Rollout]] = []
        if not errors:
            at = [path for path in paths if path.name == ROLLOUTS_FILE]
            rollouts = _each(lambda path: read_rollouts(self._file(path), policies), at, errors)
        if errors:
            raise FilesRefused(errors)
        return PolicySet(policies, rollouts[0] if rollouts else {})

    def _paths(self) -> list[Path]:
        if not self._folder.is_dir():
            raise FilesRefused([FileError(str(self._folder), 1, 1, "is not a folder of policies")])
        return yaml_files(self._folder)

    def _file(self, path: Path) -> YamlFile:
        raw = read_bytes(path)
        return self._files.get((path, raw), lambda: parse_yaml(path, raw))

    def _cases_by_policy(self, errors: list[FileError]) -> Mapping[str, CaseFile]:
        found: dict[str, CaseFile] = {}
        for cases in _each(self._case_file, yaml_files(self._folder / CASES_FOLDER), errors):
            if cases.policy in found:
                said = f"the policy {cases.policy!r} has cases already, in {found[cases.policy].file.path.name}"
                errors.append(cases.file.error(("policy",), said))
            found[cases.policy] = cases
        return found

    def _case_file(self, path: Path) -> CaseFile:
        file = self._file(path)
        return self._cases.get(_source(file), lambda: read_cases(file))

    def _load(self, file: YamlFile, cases: Mapping[str, CaseFile], usual: Usual) -> LoadedPolicy:
        policy = self._policies.get(_source(file), lambda: compile_policy(file))
        mine = cases.get(policy.name)
        key = (_source(file), None if mine is None else _source(mine.file))
        return self._loaded.get(key, lambda: _examine(policy, file, mine, usual))

    def _unmet(self, policies: Mapping[str, LoadedPolicy]) -> list[FileError]:
        default = self._demands.default
        asked = {} if default is None else {default: "is the default"}
        asked |= self._demands.others
        there = f"there are: {', '.join(policies) or 'none'}"
        return [
            FileError(str(self._folder), 1, 1, f"holds no policy named {name!r}, which {why}{near}; {there}")
            for name, why in asked.items()
            if name not in policies
            for near in [suggestion(name, policies)]
        ]


def _naming(off: frozenset[Tier], loaded: LoadedPolicy) -> list[FileError]:
    """What a policy names that is off."""
    policy = loaded.policy
    rules: list[tuple[Place, Then]] = [(("rules", at, "then"), rule.then) for at, rule in enumerate(policy.rules)]
    return [
        loaded.file.error(
            _place_of(loaded.file, place, at),
            f"names the tier {tier}, which is off: `tiers.{tier}` in the settings adds it",
        )
        for place, then in (*rules, (("otherwise",), policy.otherwise))
        for at, tier in enumerate(then.ladder)
        if tier in off
    ]


def _place_of(file: YamlFile, place: Place, at: int) -> Place:
    """Where a tier of a ladder stands, which may be written as the only one."""
    ladder = (*place, "ladder", at)
    return ladder if ladder in file.tree.values else (*place, "tier")


class _Known(Generic[Key, Value]):
    """What was made before, as long as it is still in use."""

    def __init__(self) -> None:
        self._kept: dict[Key, Value] = {}
        self._used: dict[Key, Value] = {}

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        if key not in self._used:
            self._used[key] = self._kept[key] if key in self._kept else make()
        return self._used[key]

    def forget_unused(self) -> None:
        self._kept, self._used = self._used, {}


def _examine(policy: Policy, file: YamlFile, cases: CaseFile | None, usual: Usual) -> LoadedPolicy:
    results = () if cases is None else tuple(run_cases(cases, policy, usual))
    return LoadedPolicy(policy, file, cases, results)


def yaml_files(folder: Path) -> list[Path]:
    """The YAML files of a folder. Not the hidden ones, which editors leave beside what is being edited."""
    return sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("."))


def _misnamed(path: Path) -> FileError:
    return FileError(
        str(path), 1, 1, f"would not be read: policies are files that end in .yaml; name it {path.stem}.yaml"
    )


def _source(file: YamlFile) -> Source:
    return file.path, file.raw


def _each(read: Callable[[Item], Value], items: Iterable[Item], errors: list[FileError]) -> list[Value]:
    found = []
    for item in items:
        try:
            found.append(read(item))
        except FileError as error:
            errors.append(error)
    return found


def _by_name(loaded: Iterable[LoadedPolicy], errors: list[FileError]) -> dict[str, LoadedPolicy]:
    found: dict[str, LoadedPolicy] = {}
    for each in loaded:
        name = each.policy.name
        if name in found:
            said = f"two policies are named {name!r}, the other in {found[name].file.path.name}; names must differ"
            errors.append(each.file.error(("name",), said))
        found[name] = each
    return found


def _orphan(cases: CaseFile, policies: Mapping[str, object]) -> FileError:
    said = f"there is no policy {cases.policy!r}{suggestion(cases.policy, policies)}"
    return cases.file.error(("policy",), said)
