"""Which decisions a page lists, and everything it tells of one. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import msgspec
from msgspec import Struct

from router.core.errors import InvalidRequest
from router.core.policy import Policy, match
from router.core.record import Record
from router.core.situation import UNRECORDED, reopen
from router.log.rows import Row, row_of
from router.log.search import Ended
from router.log.selection import Selection
from router.log.wanted import Wanted, stands_in
from router.ports import Policies

LISTED: Final = 100
_HEX: Final = frozenset("0123456789abcdef")


class Listed(Struct, frozen=True):
    """One line of the list."""

    row: Row
    record: Record


class Decided(Struct, frozen=True):
    """One decision, and what was done behind the caller's back afterwards."""

    record: Record
    beside: tuple[Mapping[str, Any], ...] = ()


class LogPage(Struct, frozen=True):
    """What was found in the log, the newest first, and how far was looked: see `router.log.search.Found`."""

    lines: tuple[Record, ...]
    looked: int
    since_s: float | None
    ended: Ended
    unread: tuple[str, ...]


class Tried(Struct, frozen=True):
    """One rule that was asked: whether it decided, and why it did not."""

    name: str
    decided: bool
    why: str = ""


def wanted_by(query: Mapping[str, str]) -> Wanted:
    """What the search form asks for; empty fields leave it open."""
    tier, rule, policy, outcome, tenant = (
        query.get(name, "").strip() or None for name in ("tier", "rule", "policy", "outcome", "tenant")
    )
    return Wanted(Selection(tier, rule, policy, outcome, tenant, "escalated" in query), query.get("text", "").strip())


def select(records: Iterable[Record], wanted: Wanted) -> Sequence[Listed]:
    """The first `LISTED` that are wanted."""
    lines = (Listed(row_of(msgspec.json.encode(each)), each) for each in records if stands_in(wanted.text, each))
    return tuple(islice((each for each in lines if wanted.selection.admits(each.row)), LISTED))


def is_id(text: str) -> bool:
    """Whether a request may be called so."""
    return set(text) <= _HEX


def rules_tried(record: Record, policies: Policies) -> Sequence[Tried] | str:
    """The rules that were asked, in their order; or why that cannot be said."""
    if record.situation is None:
        return "The request was not decided."
    policy = _policy(record.policy, policies)
    if policy is None:
        return f"The rules of {record.policy} are no longer in force here."
    if not UNRECORDED.isdisjoint(policy.names):
        return "The policy looks at names of people, which are not recorded: its rules cannot be asked again."
    matched = match(policy, reopen(record.situation).view)
    if matched.rule != record.rule:
        return "The rules depend on more than was recorded: they cannot be asked again."
    skipped = [Tried(name, decided=False, why=why) for name, why in matched.why_skipped().items()]
    return (*skipped, Tried(matched.rule, decided=True, why=_why(policy, matched.rule)))


def _why(policy: Policy, rule: str) -> str:
    return next((f"{each.text} is true" for each in policy.rules if each.name == rule), "no other rule decided")


def _policy(version: str, policies: Policies) -> Policy | None:
    """The policy of this version, if it is in force or tried."""
    try:
        found = policies.assign(version.partition("@")[0], "").policy
    except InvalidRequest:
        return None
    return found if found.version == version else None
