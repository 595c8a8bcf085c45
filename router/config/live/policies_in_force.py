"""What holds at one moment: each policy at the version in force, and what is tried beside it. Made once whenever
something changes, so that assigning a request costs a look-up. Pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from router.config.live.policy_notes import Hold, Notes, Stop
from router.config.policies.policy_set import LoadedPolicy, PolicySet
from router.core.errors import InvalidRequest
from router.core.policy import Policy
from router.core.rollout import Assignment, Rollout, is_in_canary


class Lane(Struct, frozen=True):
    """What happens to requests that go by one policy. With a canary under way, `canary` is for the conversations that
    `rollout` draws and `stable` for the others; else everyone gets `stable`."""

    stable: Assignment
    rollout: Rollout | None = None
    canary: Assignment | None = None


class InForce(Struct, frozen=True):
    """`policies` by name, each in the version in force; `holds`, by policy, and `stops`, by the policy that the
    candidate stands beside, are those that have an effect."""

    policies: Mapping[str, LoadedPolicy]
    lanes: Mapping[str | None, Lane]
    names: tuple[str, ...]
    rollouts: Mapping[str, Rollout]
    holds: Mapping[str, Hold]
    stops: Mapping[str, Stop]

    def assign(self, name: str | None, conversation: str) -> Assignment:
        """See `ports.Policies`."""
        lane = self.lanes.get(name)
        if lane is None:
            raise unknown_policy(str(name), self.names, "x-router-policy")
        if lane.canary is None or lane.rollout is None or not is_in_canary(lane.rollout, conversation):
            return lane.stable
        return lane.canary

    def version(self, name: str) -> str:
        """The version of this policy that is in force."""
        return self.policies[name].policy.version

    def versions(self) -> list[str]:
        """The versions that are in force."""
        return [loaded.policy.version for loaded in self.policies.values()]

    def canary(self, policy: str) -> Rollout | None:
        """The canary beside this policy, stopped or not."""
        found = self.rollouts.get(policy)
        return found if found is not None and found.mode == "canary" else None


NOTHING_IN_FORCE = InForce({}, {}, (), {}, {}, {})


def unknown_policy(name: str, names: Iterable[str], param: str) -> InvalidRequest:
    """The error of one who asks for a policy that is not there."""
    return InvalidRequest(f"there is no policy {name[:100]!r}; there are: {', '.join(names)}", param)


def put_in_force(disk: PolicySet, default: str, notes: Notes, held: Mapping[str, LoadedPolicy]) -> InForce:
    """The policies on disk, but for those that are held at another version and for candidates that were stopped.
    `held` are the policies of holds, by version; a hold whose policy is not there has no effect."""
    holds = {name: hold for name, loaded in disk.policies.items() if (hold := _hold(loaded, notes, held)) is not None}
    policies = {name: held[holds[name].version] if name in holds else each for name, each in disk.policies.items()}
    canaries = {name: each for name, each in disk.rollouts.items() if each.mode == "canary"}
    found = {name: notes.stop(policies[each.candidate].policy.version) for name, each in canaries.items()}
    stops = {name: stop for name, stop in found.items() if stop is not None}
    bare = {name: loaded.policy for name, loaded in policies.items()}
    lanes: dict[str | None, Lane] = {name: _lane(name, bare, disk.rollouts.get(name), stops) for name in bare}
    lanes[None] = lanes[default]
    return InForce(policies, lanes, tuple(policies), disk.rollouts, holds, stops)


def _hold(loaded: LoadedPolicy, notes: Notes, held: Mapping[str, LoadedPolicy]) -> Hold | None:
    hold = notes.hold(loaded.policy.name)
    if hold is None or hold.away_from != loaded.policy.version or hold.version not in held:
        return None
    return hold


def _lane(name: str, policies: Mapping[str, Policy], rollout: Rollout | None, stops: Mapping[str, Stop]) -> Lane:
    policy = policies[name]
    if rollout is None or name in stops:
        return Lane(Assignment(policy))
    candidate = policies[rollout.candidate]
    if rollout.mode == "shadow":
        return Lane(Assignment(policy, shadow=candidate))
    return Lane(Assignment(policy, "stable"), rollout, Assignment(candidate, "canary"))
