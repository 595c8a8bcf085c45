"""A line of a decision log as a row: what logs are filtered, listed and counted by, each value in a column of its own.
Pure. What a row leaves out is in the line."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Final, Literal

import msgspec
from msgspec import Struct

from router.core import audit, upgrade
from router.core.errors import EscalationsSpent
from router.core.record import REPAIRED
from router.core.values import TIERS, Usage

Kind = Literal["request", "audit", "upgrade", "unreadable"]
"""What a line is about; `unreadable`: it is no line of a log."""

_KINDS: Final[Mapping[str, Kind]] = {"": "request", audit.KIND: "audit", upgrade.KIND: "upgrade"}


class Told(Struct, frozen=True):
    """What rows take from lines as it stands there: see `core.record.Record`, whose names these are."""

    schema: int = 0
    request_id: str = ""
    time_s: float = 0.0
    elapsed_s: float = 0.0
    status: int = 0
    outcome: str = ""
    tenant: str = ""
    key_id: str = ""
    model: str = ""
    streamed: bool = False
    policy: str = ""
    rule: str = ""
    reason: str = ""
    arm: str = ""
    task: str = ""
    tier: str | None = None
    stakes: str | None = None
    stakes_score: float | None = None
    stakes_domain: str = ""
    difficulty: str | None = None
    difficulty_score: float | None = None
    prompt_tokens_estimate: int = 0
    answer_tokens_estimate: int = 0
    latency_budget_ms: int | None = None
    predicted_p50_ms: int = 0
    predicted_p90_ms: int = 0
    first_block_s: float | None = None
    wasted_tokens: int = 0
    tokens_read: int = 0
    repairs: int = 0
    error: str | None = None
    audited: bool = False
    cache: str | None = None
    conversation: str = ""
    cost_microusd: int | None = None
    wasted_microusd: int | None = None
    strong_alone_microusd: int | None = None


class Row(Told, frozen=True):
    """One line.

    `over_budget`: whether no whole answer came within the latency budget (None: it had none, or nobody waited for it);
    `attempts`: how many there were; `escalations`: from which tier, and why, another one further up was asked
    (`fast: rejected`), and `escalated`: whether any was; `checks`: those that found something in an answer, and the
    criteria of reading that cut one. `prompt_tokens` and `completion_tokens` are the `usage`; `written_`,
    `engine_s_` and `cost_` are `tokens_written`, `engine_s` and `tiers_microusd` of each tier."""

    kind: Kind = "unreadable"
    over_budget: bool | None = None
    attempts: int = 0
    escalated: bool = False
    escalations: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0
    written_fast: int = 0
    written_strong: int = 0
    written_hosted: int = 0
    engine_s_fast: float = 0.0
    engine_s_strong: float = 0.0
    engine_s_hosted: float = 0.0
    cost_fast_microusd: int | None = None
    cost_strong_microusd: int | None = None
    cost_hosted_microusd: int | None = None


class _Finding(Struct, frozen=True):
    check: str = ""


class _Verdict(Struct, frozen=True):
    findings: tuple[_Finding, ...] = ()


class _Gate(Struct, frozen=True):
    verdict: _Verdict = _Verdict()


class _Reading(Struct, frozen=True):
    reasons: tuple[str, ...] = ()


class _Attempt(Struct, frozen=True):
    tier: str
    outcome: str
    gate: _Gate | None = None
    reading: _Reading | None = None


class _Logged(Told, frozen=True):
    """A line, as far as rows go. Older routers left fields out."""

    kind: str = ""
    attempts: tuple[_Attempt, ...] = ()
    usage: Usage | None = None
    tokens_written: Mapping[str, int] = {}
    engine_s: Mapping[str, float] = {}
    tiers_microusd: Mapping[str, int] = {}


UNREADABLE: Final = Row()
_LINES = msgspec.json.Decoder(_Logged)
_TOLD: Final = Told.__struct_fields__


def row_of(text: bytes) -> Row:
    """The row of a line; `UNREADABLE` for what is none."""
    try:
        return _row(_LINES.decode(text))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return UNREADABLE


def _row(line: _Logged) -> Row:
    usage = line.usage or Usage()
    escalations = tuple(_escalations(line.attempts))
    return Row(
        **{name: getattr(line, name) for name in _TOLD},
        kind=_KINDS.get(line.kind, "unreadable"),
        over_budget=_is_over_budget(line),
        attempts=len(line.attempts),
        escalated=bool(escalations),
        escalations=escalations,
        checks=tuple(sorted(set(_checks(line.attempts)))),
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        written_fast=line.tokens_written.get("fast", 0),
        written_strong=line.tokens_written.get("strong", 0),
        written_hosted=line.tokens_written.get("hosted", 0),
        engine_s_fast=line.engine_s.get("fast", 0.0),
        engine_s_strong=line.engine_s.get("strong", 0.0),
        engine_s_hosted=line.engine_s.get("hosted", 0.0),
        cost_fast_microusd=line.tiers_microusd.get("fast"),
        cost_strong_microusd=line.tiers_microusd.get("strong"),
        cost_hosted_microusd=line.tiers_microusd.get("hosted"),
    )


def _is_over_budget(line: _Logged) -> bool | None:
    """What was refused was not to be answered at all."""
    if line.latency_budget_ms is None or line.outcome in ("refused", "caller_left", ""):
        return None
    return line.outcome != "served" or line.elapsed_s * 1000.0 > line.latency_budget_ms


def _escalations(attempts: tuple[_Attempt, ...]) -> list[str]:
    """What a repair wrote is no tier's answer, and where the budget of escalations was spent nobody was asked."""
    answers = [each for each in attempts if each.outcome != REPAIRED]
    return [
        f"{attempt.tier}: {attempt.outcome}"
        for attempt, following in pairwise(answers)
        if _rank(following.tier) > _rank(attempt.tier) and following.outcome != EscalationsSpent.outcome
    ]


def _rank(tier: str) -> int:
    return TIERS.index(tier) if tier in TIERS else len(TIERS)


def _checks(attempts: tuple[_Attempt, ...]) -> list[str]:
    found = [finding.check for each in attempts if each.gate is not None for finding in each.gate.verdict.findings]
    return found + [reason for each in attempts if each.reading is not None for reason in each.reading.reasons]
