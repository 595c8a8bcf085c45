"""What can be told of the policies that are live: for readiness, metrics and the admin API."""

from collections.abc import Mapping

from msgspec import Struct

from router.config.live.policy_notes import Hold, Stop
from router.core.errors import FileError
from router.core.rollout import Rollout


class LoadReport(Struct, frozen=True):
    """What came of reading the folder: `errors`, or the `changed` versions, which were not in force before. `at_s` is
    Unix time, `elapsed_s` what reading took."""

    at_s: float
    elapsed_s: float
    changed: tuple[str, ...] = ()
    errors: tuple[FileError, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether what stands in the folder is what was loaded."""
        return not self.errors


class PastVersion(Struct, frozen=True):
    """A version of a policy that is kept, and when it last went live, in Unix time."""

    version: str
    live_at_s: float


class PolicyStatus(Struct, frozen=True):
    """One policy: the `version` in force since `since_s` (Unix time) and the one that its file holds, which differs
    while it is held. `history`: the versions that are kept, in the order in which the file brought them."""

    name: str
    version: str
    since_s: float
    on_disk: str
    hold: Hold | None
    history: tuple[PastVersion, ...]


class RolloutStatus(Struct, frozen=True):
    """One rollout: `candidate` is the version tried; `stopped` why it no longer is."""

    rollout: Rollout
    candidate: str
    stopped: Stop | None


class PoliciesStatus(Struct, frozen=True):
    """All policies. `load` is the last time the folder was read, `loads` counts the times by outcome: `ok`, `failed`.
    `unusable` says of holds that cannot be honoured here why, by policy."""

    policies: Mapping[str, PolicyStatus]
    rollouts: tuple[RolloutStatus, ...]
    load: LoadReport
    loads: Mapping[str, int]
    unusable: Mapping[str, str]

    @property
    def versions(self) -> dict[str, str]:
        """The version of each policy that is in force."""
        return {name: each.version for name, each in self.policies.items()}
