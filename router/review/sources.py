"""Where policies are found: in a folder by their names, or in files by their paths, each with its cases beside it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from router.config.policies.case_file import CaseFile, read_cases
from router.config.policies.policy_file import compile_policy
from router.config.policies.policy_reader import read_policies
from router.config.policies.policy_set import CASES_FOLDER, LoadedPolicy, load_policy
from router.config.policies.rollouts_file import ROLLOUTS_FILE
from router.config.validation import suggestion
from router.config.yaml_file import read_yaml
from router.core.case import Usual
from router.core.errors import FileError, FilesRefused


def read_source(path: Path, usual: Usual) -> list[LoadedPolicy]:
    """The policies that a path stands for, their cases run: those of a folder (or of the folder that a file of
    rollouts is in), the one of a policy file, the one that a file of cases is about. Raises FileError or
    FilesRefused."""
    if path.is_dir():
        return list(read_policies(path, usual).policies.values())
    if path.name == ROLLOUTS_FILE:
        return list(read_policies(path.parent, usual).policies.values())
    return [read_beside(policy_path(path), usual)]


def read_beside(path: Path, usual: Usual) -> LoadedPolicy:
    """The policy of one file, run on the cases that stand beside it. Raises FileError."""
    file = read_yaml(path)
    cases = _cases_at(path.parent / CASES_FOLDER / f"{compile_policy(file).name}.yaml")
    return load_policy(file, cases, usual)


def policy_path(path: Path) -> Path:
    """The file of the policy: this one, or for a file of cases the one that they are about. Raises FileError."""
    if path.parent.name != CASES_FOLDER:
        return path
    return path.parent.parent / f"{read_cases(read_yaml(path)).policy}.yaml"


def read_sources(paths: Iterable[Path], usual: Usual) -> list[LoadedPolicy]:
    """The policies of all paths, each once. Raises FilesRefused with what is wrong in any of them."""
    found: dict[Path, LoadedPolicy] = {}
    errors: list[FileError] = []
    for path in paths:
        try:
            found.update({loaded.file.path.resolve(): loaded for loaded in read_source(path, usual)})
        except FilesRefused as refused:
            errors += refused.errors
        except FileError as error:
            errors.append(error)
    if errors:
        raise FilesRefused(errors)
    return list(found.values())


def find_policy(named: str, folder: Path, usual: Usual) -> LoadedPolicy:
    """The policy of this name in the folder, or the one in the file of this path. Raises FileError or
    FilesRefused."""
    if _is_path(named):
        return read_beside(Path(named), usual)
    policies = read_policies(folder, usual).policies
    if named not in policies:
        said = f"holds no policy named {named!r}{suggestion(named, policies)}; there are: {', '.join(policies)}"
        raise FileError(str(folder), 1, 1, said)
    return policies[named]


def _is_path(named: str) -> bool:
    """Names of policies have neither slashes nor dots."""
    return "/" in named or "." in named


def _cases_at(path: Path) -> Mapping[str, CaseFile]:
    if not path.exists():
        return {}
    cases = read_cases(read_yaml(path))
    return {cases.policy: cases}
