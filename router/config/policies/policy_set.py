"""What a folder of policies holds: the policies, the cases that gate them, and the rollouts.

`*.yaml` are policies, `cases/*.yaml` their cases, `rollouts.yaml` says which candidates are tried.
"""

from collections.abc import Mapping

from msgspec import Struct

from router.config.policies.case_file import CaseFile, CaseResult, run_cases
from router.config.policies.policy_file import compile_policy
from router.config.yaml_file import YamlFile
from router.core.case import Usual
from router.core.errors import FileError
from router.core.policy import Policy
from router.core.rollout import Rollout

CASES_FOLDER = "cases"


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


def load_policy(file: YamlFile, cases: Mapping[str, CaseFile], usual: Usual) -> LoadedPolicy:
    """One policy, its cases run. Raises FileError."""
    policy = compile_policy(file)
    mine = cases.get(policy.name)
    results = () if mine is None else tuple(run_cases(mine, policy, usual))
    return LoadedPolicy(policy, file, mine, results)
