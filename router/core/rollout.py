"""How a candidate policy is tried beside the one in force: as a shadow, or on a share of conversations. Pure."""

from hashlib import blake2b
from typing import Literal

from msgspec import Struct

from router.core.policy import Policy

Mode = Literal["shadow", "canary"]
Arm = Literal["", "stable", "canary"]
"""On which side of a canary a request fell; empty: there is none."""


class Guards(Struct, frozen=True):
    """What stops a canary. Rates are shares of its requests within the last `window_s`, `p95_s` is their 95th
    percentile from arrival to end; None: not guarded. Fewer than `at_least` requests say nothing."""

    error_rate: float | None = None
    escalation_rate: float | None = None
    p95_s: float | None = None
    at_least: int = 50
    window_s: float = 600.0


class Rollout(Struct, frozen=True):
    """`candidate` is tried beside `policy`, both by name. `share`: the part of conversations that a canary decides."""

    policy: str
    candidate: str
    mode: Mode
    share: float = 0.0
    guards: Guards = Guards()


class Assignment(Struct, frozen=True):
    """The policy that decides a request, on which arm of a canary that is, and the candidate that decides it too
    without being acted on (None: none). All are of one moment, whatever is loaded meanwhile."""

    policy: Policy
    arm: Arm = ""
    shadow: Policy | None = None

    def mentions(self, fact: str) -> bool:
        """Whether any condition that will be asked looks at this fact."""
        return fact in self.policy.names or (self.shadow is not None and fact in self.shadow.names)

    @property
    def looks_back(self) -> bool:
        """Whether what went before in a conversation can make a difference."""
        return self.policy.looks_back or (self.shadow is not None and self.shadow.looks_back)


def is_in_canary(rollout: Rollout, conversation: str) -> bool:
    """Whether the canary decides this conversation (see `recall.conversation_key`). INVARIANT: who is in at one share
    is in at every larger one, in every process; another candidate draws other conversations."""
    drawn = blake2b(f"{rollout.candidate}\0{conversation}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") < rollout.share * 2**64
