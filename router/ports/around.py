"""What surrounds requests: who asks and by which policy, what replicas tell each other, logs and the time."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from router.core.audit import Audit
from router.core.grants import Caller
from router.core.record import Record
from router.core.rollout import Assignment
from router.core.upgrade import Upgrade

if TYPE_CHECKING:
    pass


class Keyring(Protocol):
    """Knows the virtual keys. `caller` raises Unauthenticated when the secret is missing or not known."""

    def caller(self, secret: str | None) -> Caller: ...


class Policies(Protocol):
    """The policies in force. `assign` says which of them decides a request of this conversation: None is the default
    policy; it raises InvalidRequest for a name it does not know."""

    def assign(self, name: str | None, conversation: str) -> Assignment: ...
    def names(self) -> tuple[str, ...]: ...


class Board(Protocol):
    """What replicas tell each other: notes, each under a key. Never fails: `post` answers whether the others will see
    it (None removes the note), `read` answers None when the notes cannot be read now."""

    async def post(self, key: str, value: bytes | None) -> bool: ...
    async def read(self) -> Mapping[str, bytes] | None: ...


class DecisionLog(Protocol):
    """Takes the record of each finished request. Never blocks and never fails."""

    def write(self, record: Record) -> None: ...


class AuditLog(Protocol):
    """Takes what audits have found. Never blocks and never fails."""

    def write_audit(self, audit: Audit) -> None: ...


class UpgradeLog(Protocol):
    """Takes what came of having kept answers written again. Never blocks and never fails."""

    def write_upgrade(self, upgrade: Upgrade) -> None: ...


class Clock(Protocol):
    """Both clocks: `now_s` never goes back and is for durations; `unix_s` is for people."""

    def now_s(self) -> float: ...
    def unix_s(self) -> float: ...
