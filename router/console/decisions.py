"""Which decisions a page lists, and everything it tells of one. Pure but for what reads the log."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from router.console.recent import Recent
from router.core.errors import FileError, InvalidRequest
from router.core.policy import Policy, match
from router.core.record import Record
from router.core.situation import UNRECORDED, reopen
from router.log.find import Found, find
from router.log.rows import Row, row_of
from router.log.selection import Selection
from router.ports import Policies

LISTED: Final = 100
_ID: Final = frozenset("0123456789abcdef")


class Wanted(Struct, frozen=True):
    """Which decisions: those of the selection in which this text stands, whatever its case."""

    selection: Selection = Selection()
    text: str = ""

    def admits(self, row: Row, record: Record) -> bool:
        """Whether it is one of them."""
        return self.selection.admits(row) and any(self.text.casefold() in each.casefold() for each in _texts(record))


class Listed(Struct, frozen=True):
    """One line of the list."""

    row: Row
    record: Record


class Told(Struct, frozen=True):
    """One decision, and what was done behind the caller's back afterwards."""

    record: Record
    beside: tuple[Mapping[str, Any], ...] = ()


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
    found: list[Listed] = []
    for record in records:
        row = row_of(msgspec.json.encode(record))
        if wanted.admits(row, record):
            found.append(Listed(row, record))
            if len(found) == LISTED:
                break
    return found


def look_up(recent: Recent, log: Path | None, request_id: str) -> Told | None:
    """The decision about a request; None: nothing is known of it, or what is known cannot be read."""
    if not set(request_id) <= _ID:
        return None
    kept, found = recent.find(request_id), _found(log, request_id)
    if found is None:
        return None if kept is None else Told(kept)
    try:
        record = kept or msgspec.json.decode(found.record, type=Record)
    except msgspec.DecodeError:
        return None
    return Told(record, tuple(msgspec.json.decode(line) for line in found.beside))


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


def _found(log: Path | None, request_id: str) -> Found | None:
    try:
        return None if log is None else find(log, request_id)
    except FileError:
        return None


def _texts(record: Record) -> Iterator[str]:
    yield from (record.request_id, record.model, record.policy, record.rule, record.reason, record.task)
    yield from (record.conversation, record.key_id, record.error or "", record.stakes_domain, record.outcome)
    yield from (each.backend for each in record.attempts)
    yield from (each.outcome for each in record.attempts)
    yield "" if record.trace is None else record.trace.trace_id
