"""The one frozen event written per finished request. Headers, metrics, the decision log and `explain` read it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct

from router.core.caching.terms import Outcome as CacheOutcome
from router.core.denoise import Chosen
from router.core.errors import EscalationsSpent, NotAdmitted, Spilled, TurnedAway
from router.core.gate import CHARS_PER_TOKEN, Assessment
from router.core.log_schema import SCHEMA
from router.core.reading.reading import ReadingNote
from router.core.rollout import Arm
from router.core.situation import Situation
from router.core.speech import Heard
from router.core.trace import Trace
from router.core.values import OUTSIDE, Band, Imprint, Priority, Tier, Usage

Outcome = Literal["served", "broken", "refused", "failed", "caller_left"]
"""`served`: a whole answer; `broken`: it broke off after its first bytes; `refused`: an error of the caller's;
`failed`: an error of ours or of the backends'; `caller_left`: nobody was there to take the answer."""


REPAIRED: Final = "repaired"
"""The outcome of an attempt that wrote what a draft was cut at, to the end of the sentence, and left the rest to the
tier that had drafted it."""

READER: Final[Tier] = "strong"
"""The tier that reads drafts."""


class AttemptRecord(Struct, frozen=True):
    """One call we made and what came of it. `outcome` is `served`, `abandoned`, `repaired`, or the word of the error.
    It was opened `start_s` after the request came; its other times are seconds from then, `first_block_s` None when no
    block came. `backend`: who was asked; where nobody was, who would have been, if that is known. `others`: attempts
    that it found open there (None: not recorded). `gate`: what came of it where it was judged; `denoise`: how its
    engine was told to denoise, where it has the dials and the policy says something of them; `reading`: what came of
    having it read by the strong tier, where that was ordered; `imprint`: what its answer said of itself;
    `cost_microusd`: what writing it cost (None: not known), as `core.cost` has it."""

    number: int
    tier: Tier
    backend: str
    outcome: str
    elapsed_s: float
    first_block_s: float | None = None
    usage: Usage | None = None
    gate: Assessment | None = None
    denoise: Chosen | None = None
    reading: ReadingNote | None = None
    others: int | None = None
    start_s: float = 0.0
    imprint: Imprint | None = None
    cost_microusd: int | None = None


def found_open(attempt: AttemptRecord, situation: Situation) -> int | None:
    """The attempts that this one found open; records of a time when tiers had one backend say so of the tier."""
    if attempt.others is not None:
        return attempt.others
    state = situation.tiers.get(attempt.tier)
    return None if state is None else state.in_flight


class LookUp(Struct, frozen=True, gc=False, omit_defaults=True):
    """A look into the cache, `start_s` after the request came, which took `elapsed_s`. `similarity`: of the question
    whose answer was found to this one, where it is another one."""

    start_s: float
    elapsed_s: float
    similarity: float | None = None


class ShadowDecision(Struct, frozen=True):
    """What the candidate of a shadow rollout would have done. `changed` names what differs from the decision that
    was acted on: `ladder`, or settings; `error` is why the candidate would not have served it."""

    policy: str
    rule: str = ""
    reason: str = ""
    ladder: tuple[Tier, ...] = ()
    changed: tuple[str, ...] = ()
    error: str | None = None


def wasted_tokens(attempts: Iterable[AttemptRecord]) -> int:
    """Tokens that engines are known, or where they do not say so thought, to have generated for nobody."""
    return sum(map(_wasted, attempts))


def _wasted(attempt: AttemptRecord) -> int:
    if attempt.gate is not None:
        return attempt.gate.discarded_tokens
    is_kept = attempt.outcome in ("served", REPAIRED)
    return 0 if attempt.usage is None or is_kept else attempt.usage.completion_tokens


def tokens_written(attempts: Iterable[AttemptRecord]) -> Mapping[Tier, int]:
    """Tokens that each tier's engines are known, or where they do not say so thought, to have generated, for whomever.
    Tiers that wrote nothing are left out."""
    found = Counter[Tier]()
    for attempt in attempts:
        found[attempt.tier] += written_tokens(attempt)
    return {tier: tokens for tier, tokens in found.items() if tokens}


def written_tokens(attempt: AttemptRecord) -> int:
    """What the engine of one attempt is known, or where it does not say so thought, to have generated."""
    usage, gate = attempt.usage, attempt.gate
    if gate is not None and gate.written_tokens is not None:
        return gate.written_tokens
    if usage is not None:
        return usage.completion_tokens
    return 0 if gate is None else gate.discarded_tokens + gate.released_chars // CHARS_PER_TOKEN


def tokens_read(attempts: Iterable[AttemptRecord]) -> int:
    """Tokens that the strong tier took in to read what the fast one had drafted, prompts included."""
    return sum([each.reading.tokens_read for each in attempts if each.reading is not None])


def repairs(attempts: Iterable[AttemptRecord]) -> int:
    """How often a draft was mended where it was cut, and gone on with by the tier that had drafted it."""
    return sum([each.outcome == REPAIRED for each in attempts])


def left_house(attempts: Iterable[AttemptRecord]) -> bool:
    """Whether some engine of another company's was asked, whatever came of it."""
    return any(each.tier in OUTSIDE and each.outcome not in _NOBODY_ASKED for each in attempts)


_NOBODY_ASKED: Final = frozenset(each.outcome for each in (NotAdmitted, EscalationsSpent, Spilled, TurnedAway))
"""Outcomes of attempts that never left this process."""


def engine_s(attempts: Iterable[AttemptRecord]) -> Mapping[Tier, float]:
    """Seconds that each tier's engines were kept at it. Reading is the strong tier's time, and while a draft is read
    its own engine goes on: the sum may be more than the request took. Tiers that took no time are left out."""
    found: dict[Tier, float] = {}
    for attempt in attempts:
        found[attempt.tier] = found.get(attempt.tier, 0.0) + attempt.elapsed_s
        if attempt.reading is not None:
            found[READER] = found.get(READER, 0.0) + attempt.reading.elapsed_s
    return {tier: seconds for tier, seconds in found.items() if seconds}


@lru_cache(4096)
def hash_tenant(tenant: str) -> str:
    """The tenant as it appears in records: enough to group by, not a name."""
    return hashlib.sha256(tenant.encode()).hexdigest()[:16]


class Record(Struct, frozen=True):
    """What happened to one request. `time_s` is Unix time at its start, `elapsed_s` its whole duration. `tenant`
    is a hash, and so is `conversation`. `arm` says on which side of a canary it was, `failed_rules` which conditions
    could not be evaluated, `situation` what the decision looked at, so that another policy can be asked about it.
    `predicted_p50_ms` and `predicted_p90_ms` are how long half, and 9 in 10, of such answers were thought to take the
    tier that was tried first, at most (0: not known). `audit`: how likely the answer was to be audited (None: it is
    none that could have been); `audited`: whether it was, of which a line of its own tells (see `core.audit`).
    `cache`: how it met the cache; None: not at all. `spilled_from`: the tier that was full where it would have begun
    (None: it was not); `waited_s`: how long it waited for a seat, at this `priority`. For `wasted_tokens` and the costs
    after it see the functions of these names, and that of `left_house`; for those in money see `core.cost`. `trace`:
    which it is part of (None: none); `parameters`: what the caller sent of `asked_numbers`; `decided_s`: how long after
    its coming it was decided (None: it was not); `look_up`: for an answer that is kept. `heard`: what became of speech
    in it (None: there was none, or nobody transcribes). `schema`: see `core.log_schema`."""

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
    arm: Arm = ""
    failed_rules: tuple[str, ...] = ()
    annotations: Mapping[str, str] = {}
    tier: Tier | None = None
    ladder: tuple[Tier, ...] = ()
    stakes: Band | None = None
    stakes_score: float | None = None
    stakes_reasons: tuple[str, ...] = ()
    stakes_domain: str = ""
    difficulty: Band | None = None
    difficulty_score: float | None = None
    difficulty_reasons: tuple[str, ...] = ()
    task: str = ""
    abstained: tuple[str, ...] = ()
    prompt_tokens_estimate: int = 0
    answer_tokens_estimate: int = 0
    latency_budget_ms: int | None = None
    predicted_p50_ms: int = 0
    predicted_p90_ms: int = 0
    attempts: tuple[AttemptRecord, ...] = ()
    dropped: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    first_block_s: float | None = None
    usage: Usage | None = None
    wasted_tokens: int = 0
    tokens_written: Mapping[Tier, int] = {}
    tokens_read: int = 0
    repairs: int = 0
    engine_s: Mapping[Tier, float] = {}
    error: str | None = None
    audit: float | None = None
    audited: bool = False
    cache: CacheOutcome | None = None
    spilled_from: Tier | None = None
    waited_s: float = 0.0
    priority: Priority = "default"
    conversation: str = ""
    situation: Situation | None = None
    shadow: ShadowDecision | None = None
    trace: Trace | None = None
    parameters: Mapping[str, float] = {}
    decided_s: float | None = None
    look_up: LookUp | None = None
    left_house: bool = False
    heard: Heard | None = None
    cost_microusd: int | None = None
    wasted_microusd: int | None = None
    tiers_microusd: Mapping[Tier, int] = {}
    strong_alone_microusd: int | None = None
    schema: int = SCHEMA
