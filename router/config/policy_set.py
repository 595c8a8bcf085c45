"""A folder of policies, read whole or not at all: the policies, the cases that gate them, and the rollouts.

`*.yaml` are policies, `cases/*.yaml` their cases, `rollouts.yaml` says which candidates are tried.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from router.config.case_file import CaseFile, CaseResult, read_cases, run_cases
from router.config.policy_file import compile_policy
from router.config.rollouts_file import ROLLOUTS_FILE, read_rollouts
from router.config.validation import suggestion
from router.config.yaml_file import YamlFile, read_yaml
from router.core.capabilities import TierFacts
from router.core.errors import FileError, FilesRefused
from router.core.policy import Policy
from router.core.rollout import Rollout
from router.core.values import Tier

CASES_FOLDER = "cases"

Read = TypeVar("Read")


class LoadedPolicy(Struct, frozen=True):
    """A policy with the files it came from and what came of its cases (None: it has none)."""

    policy: Policy
    file: YamlFile
    cases: CaseFile | None
    results: tuple[CaseResult, ...]

    @property
    def failures(self) -> tuple[FileError, ...]:
        """What its cases found wrong."""
        return tuple(failure for result in self.results for failure in result.failures)


class PolicySet(Struct, frozen=True):
    """The policies of a folder by name, and the rollouts by the name of the policy in force."""

    policies: Mapping[str, LoadedPolicy]
    rollouts: Mapping[str, Rollout]


def read_policy_set(folder: Path, default: str, usual: Mapping[Tier, TierFacts]) -> PolicySet:
    """Reads a folder and runs all cases. Raises FilesRefused with everything that is wrong, failed cases included."""
    found = read_policies(folder, usual)
    if default not in found.policies:
        said = f"holds no policy named {default!r}{suggestion(default, found.policies)}"
        raise FilesRefused([FileError(str(folder), 1, 1, f"{said}; there are: {', '.join(found.policies) or 'none'}")])
    failures = [failure for loaded in found.policies.values() for failure in loaded.failures]
    if failures:
        raise FilesRefused(failures)
    return found


def read_policies(folder: Path, usual: Mapping[Tier, TierFacts]) -> PolicySet:
    """Reads a folder and runs all cases, letting those fail. Raises FilesRefused with all files that are wrong."""
    errors: list[FileError] = []
    files = _each(read_yaml, _policy_paths(folder), errors)
    case_files = _by_policy(_each(_read_case_path, _yaml_files(folder / CASES_FOLDER), errors), errors)
    policies: dict[str, LoadedPolicy] = {}
    for file in files:
        try:
            loaded = load_policy(file, case_files, usual)
            if loaded.policy.name in policies:
                raise file.error(("name",), f"two policies are named {loaded.policy.name!r}; names must differ")
            policies[loaded.policy.name] = loaded
        except FileError as error:
            errors.append(error)
    if not errors:
        errors += [_orphan(cases, policies) for name, cases in case_files.items() if name not in policies]
    if errors:
        raise FilesRefused(errors)
    return PolicySet(policies, _rollouts(folder, policies))


def load_policy(file: YamlFile, cases: Mapping[str, CaseFile], usual: Mapping[Tier, TierFacts]) -> LoadedPolicy:
    """One policy, its cases run. Raises FileError."""
    policy = compile_policy(file)
    mine = cases.get(policy.name)
    results = () if mine is None else tuple(run_cases(mine, policy, usual))
    return LoadedPolicy(policy, file, mine, results)


def _policy_paths(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise FilesRefused([FileError(str(folder), 1, 1, "is not a folder of policies")])
    return [path for path in _yaml_files(folder) if path.name != ROLLOUTS_FILE]


def _yaml_files(folder: Path) -> list[Path]:
    """Not the hidden ones, which editors leave beside what is being edited."""
    return sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("."))


def _each(read: Callable[[Path], Read], paths: Iterable[Path], errors: list[FileError]) -> list[Read]:
    found = []
    for path in paths:
        try:
            found.append(read(path))
        except FileError as error:
            errors.append(error)
    return found


def _read_case_path(path: Path) -> CaseFile:
    return read_cases(read_yaml(path))


def _by_policy(files: Iterable[CaseFile], errors: list[FileError]) -> dict[str, CaseFile]:
    found: dict[str, CaseFile] = {}
    for cases in files:
        if cases.policy in found:
            said = f"the policy {cases.policy!r} has cases already, in {found[cases.policy].file.path.name}"
            errors.append(cases.file.error(("policy",), said))
        found[cases.policy] = cases
    return found


def _orphan(cases: CaseFile, policies: Mapping[str, object]) -> FileError:
    said = f"there is no policy {cases.policy!r}{suggestion(cases.policy, policies)}"
    return cases.file.error(("policy",), said)


def _rollouts(folder: Path, policies: Mapping[str, object]) -> Mapping[str, Rollout]:
    path = folder / ROLLOUTS_FILE
    if not path.exists():
        return {}
    try:
        return read_rollouts(read_yaml(path), policies)
    except FileError as error:
        raise FilesRefused([error]) from None
