"""The one frozen event written per finished request. Headers, metrics, the decision log and `explain` read it."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from router.core.values import Band, Tier, Usage

Outcome = Literal["served", "broken", "refused", "failed", "caller_left"]
"""`served`: a whole answer; `broken`: it broke off after its first bytes; `refused`: an error of the caller's;
`failed`: an error of ours or of the backends'; `caller_left`: nobody was there to take the answer."""


class AttemptRecord(Struct, frozen=True):
    """One call we made and what came of it. `outcome` is `served`, `abandoned`, or the word of the error. Times
    are seconds from the opening of the attempt; `first_block_s` is None when no block came."""

    number: int
    tier: Tier
    backend: str
    outcome: str
    elapsed_s: float
    first_block_s: float | None = None
    usage: Usage | None = None


def wasted_tokens(attempts: Iterable[AttemptRecord]) -> int:
    """Tokens that engines are known to have generated for attempts whose answer the caller did not get."""
    return sum(each.usage.completion_tokens for each in attempts if each.usage is not None and each.outcome != "served")


class Record(Struct, frozen=True):
    """What happened to one request. `time_s` is Unix time at its start, `elapsed_s` its whole duration. `tenant`
    is a hash. For `wasted_tokens` see the function of that name."""

    request_id: str
    time_s: float
    elapsed_s: float
    status: int
    outcome: Outcome
    tenant: str = ""
    key_id: str = ""
    model: str = ""
    streamed: bool = False
    policy: str = ""
    rule: str = ""
    reason: str = ""
    tier: Tier | None = None
    ladder: tuple[Tier, ...] = ()
    stakes: Band | None = None
    stakes_score: float | None = None
    stakes_reasons: tuple[str, ...] = ()
    difficulty: Band | None = None
    difficulty_score: float | None = None
    difficulty_reasons: tuple[str, ...] = ()
    prompt_tokens_estimate: int = 0
    answer_tokens_estimate: int = 0
    latency_budget_ms: int | None = None
    attempts: tuple[AttemptRecord, ...] = ()
    dropped: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    first_block_s: float | None = None
    usage: Usage | None = None
    wasted_tokens: int = 0
    error: str | None = None
