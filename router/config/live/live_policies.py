"""The policies of a running router: read again while it serves, held at an earlier version, tried as canaries and
stopped. Readers see one immutable value, which is replaced by one assignment; a request keeps what it was given."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

from msgspec import Struct
from msgspec.structs import replace

from router.config.live.held_policies import Held, gather, load_held
from router.config.live.policies_in_force import NOTHING_IN_FORCE, InForce, put_in_force, unknown_policy
from router.config.live.policies_status import LoadReport, PastVersion, PoliciesStatus, PolicyStatus, RolloutStatus
from router.config.live.policy_history import History, Version
from router.config.live.policy_notes import Hold, Notes, Stop, decode, hold_key
from router.config.policies.policy_reader import Demands, PolicyReader
from router.config.policies.policy_set import LoadedPolicy, PolicySet
from router.core.case import Usual
from router.core.errors import FilesRefused, InvalidRequest
from router.core.guard import Canary
from router.core.rollout import Assignment, Rollout
from router.ports import Clock

_log = logging.getLogger(__name__)

_ONLY_A_DEFAULT = Demands()


class LivePolicies:
    """The policies of a folder: the port `Policies`. Every method may be called in any thread. Those that change
    something can take as long as compiling a policy does; call them off the event loop."""

    def __init__(
        self,
        folder: Path,
        default: str,
        usual: Usual,
        history: History,
        clock: Clock,
        demands: Demands = _ONLY_A_DEFAULT,
    ) -> None:
        """Reads the folder. `demands`: what it must always hold besides the default policy. Raises FilesRefused with
        everything that is wrong."""
        self._reader = PolicyReader(folder, replace(demands, default=default), usual)
        self._default = default
        self._usual = usual
        self._history = history
        self._clock = clock
        self._reading, self._changing = Lock(), Lock()
        self._now = _NOTHING
        began_s = clock.now_s()
        self._put(self._reader.read(), began_s)

    # --- what requests ask ------------------------------------------------------------------------------------

    def assign(self, name: str | None, conversation: str) -> Assignment:
        """See `ports.Policies`."""
        return self._now.in_force.assign(name, conversation)

    def names(self) -> tuple[str, ...]:
        """See `ports.Policies`."""
        return self._now.in_force.names

    # --- what changes them ------------------------------------------------------------------------------------

    def reload(self) -> LoadReport:
        """Reads the folder and puts what it holds in force, whole or not at all: then the last good one stays."""
        with self._reading:
            began_s = self._clock.now_s()
            try:
                disk = self._reader.read()
            except FilesRefused as refused:
                return self._refuse(refused, began_s)
            return self._put(disk, began_s)

    def roll_back(self, name: str, to: str | None) -> Hold:
        """Holds a policy at an earlier version until its file changes: the one before that in force, or the one that
        `to` is the version, the hash or the beginning of the hash of. Raises InvalidRequest."""
        with self._changing:
            in_force = self._now.in_force
            if name not in in_force.policies:
                raise unknown_policy(name, in_force.names, "name")
            past, active = self._history.past(name), in_force.version(name)
            found = past.before(active) if to is None else past.find(to)
            on_disk = self._now.disk.policies[name].policy.version
            if found.version == active:
                raise InvalidRequest(f"{active} is in force already", "to")
            if found.version == on_disk:
                raise InvalidRequest(f"{on_disk} is what the file holds; release the policy instead", "to")
            hold = Hold(on_disk, found.version, found.text, found.cases)
            self._prepare(hold)
            self._go_by(self._history.notes.put(hold))
            return hold

    def release(self, name: str) -> None:
        """Lets a policy go to the version that its file holds. Raises InvalidRequest when it is not held."""
        with self._changing:
            notes = self._history.notes
            if notes.hold(name) is None:
                raise InvalidRequest(f"the policy {name[:100]!r} is not held", "name")
            self._go_by(notes.taken_down(hold_key(name)))

    def stop_canary(self, policy: str, why: str) -> Stop | None:
        """Ends the canary beside this policy, until its candidate changes. None: none is under way."""
        with self._changing:
            in_force = self._now.in_force
            rollout = in_force.canary(policy)
            if rollout is None or policy in in_force.stops:
                return None
            stop = Stop(policy, why, self._clock.unix_s(), in_force.version(rollout.candidate))
            self._go_by(self._history.notes.put(stop))
            return stop

    def resume_canary(self, policy: str) -> str:
        """Tries the candidate again that was stopped, and answers the key of the note to take down. Raises
        InvalidRequest."""
        with self._changing:
            stop = self._now.in_force.stops.get(policy)
            if stop is None:
                raise InvalidRequest(f"no canary beside the policy {policy[:100]!r} is stopped", "name")
            self._go_by(self._history.notes.taken_down(stop.key))
            return stop.key

    def adopt(self, notes: Mapping[str, bytes]) -> None:
        """Goes by the notes that replicas have posted, in the place of those adopted before."""
        with self._changing:
            self._go_by(self._history.notes.adopting(decode(notes)))

    def unshared(self) -> dict[str, bytes | None]:
        """The notes that other replicas have not been told of, by key; None: one that is to be taken down."""
        return self._history.notes.unshared()

    # --- what is told of them ---------------------------------------------------------------------------------

    def status(self) -> PoliciesStatus:
        """How things stand."""
        now = self._now
        in_force = now.in_force
        policies = {name: self._status_of(name, now) for name in in_force.names}
        rollouts = [_status_of_rollout(each, in_force) for each in in_force.rollouts.values()]
        return PoliciesStatus(policies, tuple(rollouts), now.load, now.loads, now.held.unusable)

    def loaded(self, name: str) -> LoadedPolicy:
        """The policy of this name that is in force, with its files and what came of its cases. Raises
        InvalidRequest."""
        in_force = self._now.in_force
        if name not in in_force.policies:
            raise unknown_policy(name, in_force.names, "name")
        return in_force.policies[name]

    def kept(self, name: str) -> Sequence[Version]:
        """The versions of a policy that are kept, in the order in which its file brought them."""
        return self._history.past(name).versions

    def canaries(self) -> list[Canary]:
        """The canaries under way."""
        in_force = self._now.in_force
        found = [(policy, in_force.canary(policy)) for policy in in_force.rollouts if policy not in in_force.stops]
        return [
            Canary(policy, in_force.version(rollout.candidate), rollout.guards)
            for policy, rollout in found
            if rollout is not None
        ]

    def _status_of(self, name: str, now: "_Now") -> PolicyStatus:
        version = now.in_force.version(name)
        history = tuple(PastVersion(each.version, each.live_at_s) for each in self._history.past(name).versions)
        since_s = next((each.live_at_s for each in history if each.version == version), now.load.at_s)
        on_disk = now.disk.policies[name].policy.version
        return PolicyStatus(name, version, since_s, on_disk, now.in_force.holds.get(name), history)

    # --- how they change --------------------------------------------------------------------------------------

    def _put(self, disk: PolicySet, began_s: float) -> LoadReport:
        with self._changing:
            before = set(self._now.in_force.versions())
            self._enact(disk)
            changed = tuple(each for each in self._now.in_force.versions() if each not in before)
            return self._report("ok", LoadReport(self._clock.unix_s(), self._clock.now_s() - began_s, changed))

    def _refuse(self, refused: FilesRefused, began_s: float) -> LoadReport:
        _log.error("policies were not loaded, the last good ones stay in force:\n%s", refused.message)
        with self._changing:
            elapsed_s = self._clock.now_s() - began_s
            return self._report("failed", LoadReport(self._clock.unix_s(), elapsed_s, errors=refused.errors))

    def _report(self, outcome: str, report: LoadReport) -> LoadReport:
        loads = {**self._now.loads, outcome: self._now.loads[outcome] + 1}
        self._now = replace(self._now, load=report, loads=loads)
        return report

    def _prepare(self, hold: Hold) -> None:
        """What passed its cases once is run on them again."""
        try:
            loaded = load_held(hold, self._usual)
        except FilesRefused as refused:
            raise InvalidRequest(f"{hold.version} can no longer be used: {refused.message}", "to") from None
        held = self._now.held
        self._now = replace(self._now, held=replace(held, policies={**held.policies, hold.version: loaded}))

    def _go_by(self, notes: Notes) -> None:
        self._history.keep_notes(notes)
        self._enact(self._now.disk)

    def _enact(self, disk: PolicySet) -> None:
        """INVARIANT: whoever reads sees everything of before or everything of now."""
        notes = self._history.notes
        held = gather(notes.holds(), self._now.held, self._usual)
        in_force = put_in_force(disk, self._default, notes, held.policies)
        self._now = replace(self._now, disk=disk, held=held, in_force=in_force)
        self._remember(in_force)

    def _remember(self, in_force: InForce) -> None:
        for name, loaded in in_force.policies.items():
            version, past = loaded.policy.version, self._history.past(name)
            if past.live != version:
                cases = None if loaded.cases is None else loaded.cases.file.text
                now = Version(version, loaded.file.text, cases, self._clock.unix_s())
                self._history.keep_past(name, past.returned(now) if name in in_force.holds else past.came(now))


class _Now(Struct, frozen=True):
    """Everything that is replaced in one step."""

    disk: PolicySet
    held: Held
    in_force: InForce
    load: LoadReport
    loads: Mapping[str, int]


_NOTHING = _Now(PolicySet({}, {}), Held(), NOTHING_IN_FORCE, LoadReport(0.0, 0.0), {"ok": 0, "failed": 0})


def _status_of_rollout(rollout: Rollout, in_force: InForce) -> RolloutStatus:
    stopped = in_force.stops.get(rollout.policy)
    return RolloutStatus(rollout, in_force.version(rollout.candidate), stopped)
