"""Which lines of a log are meant: by the values of their rows. Pure."""

from typing import Any

from msgspec import Struct

from router.core.record import hash_tenant
from router.log.rows import Row


class Selection(Struct, frozen=True):
    """What rows have in common; None, and False, leave it open. `policy` is a name or a version (`name@hash`),
    `tenant` a tenant's hash or its name; `since_s` and `until_s` are Unix times at which requests began."""

    tier: str | None = None
    rule: str | None = None
    policy: str | None = None
    outcome: str | None = None
    tenant: str | None = None
    escalated: bool = False
    since_s: float | None = None
    until_s: float | None = None

    def admits(self, row: Row) -> bool:
        """Whether the row is one of them."""
        return all(getattr(row, name) == value for name, value in self.equals().items()) and self._admits(row)

    def equals(self) -> dict[str, Any]:
        """By column, the value that must stand there."""
        tenant = None if self.tenant is None else tenant_hash(self.tenant)
        told = {"tier": self.tier, "rule": self.rule, "outcome": self.outcome, "tenant": tenant}
        escalated = {"escalated": True} if self.escalated else {}
        return {name: value for name, value in told.items() if value is not None} | escalated

    def _admits(self, row: Row) -> bool:
        if self.policy is not None and self.policy not in (row.policy, row.policy.partition("@")[0]):
            return False
        is_late = self.since_s is None or row.time_s >= self.since_s
        return is_late and (self.until_s is None or row.time_s < self.until_s)


ALL = Selection()


def tenant_hash(given: str) -> str:
    """The tenant as rows name it, by that or by its name."""
    is_hash = len(given) == len(hash_tenant("")) and not set(given) - set("0123456789abcdef")
    return given if is_hash else hash_tenant(given)
