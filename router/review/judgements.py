"""What became of the answers that the gate judged, request by request, as the lines of a decision log tell it. Pure,
but for reading the log.

What a finding saw may quote an answer, so it is not even read here: reports name requests, and whoever may read the log
finds it there.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec
from msgspec import Struct

from router.core.errors import FileError
from router.core.gate import CHARS_PER_TOKEN
from router.core.gating import JUDGED
from router.core.record import REPAIRED
from router.core.values import Tier
from router.log.reader import record_lines
from router.review.requests_file import misread

Fate = Literal["accepted", "afresh", "continued", "repaired", "let_out", "failed", "unfinished"]
"""What became of a judged answer. `accepted`: it went out whole. Rejected: `afresh`: before anything of it went out,
and another tier wrote a new one; `continued`: after some of it went out, and another tier wrote the rest; `repaired`:
another tier ended the sentence, and the same one went on from there; `let_out`: it went out nevertheless, for nobody
else could write it; `failed`: nobody did, and the request ended in an error. `unfinished`: it came to no end or the
caller left, for reasons that are not the gate's."""

FATES: Final[tuple[Fate, ...]] = get_args(Fate)

REJECTED_FATES: Final[frozenset[Fate]] = frozenset(("afresh", "continued", "repaired", "let_out", "failed"))

_REJECTED: Final = "rejected"


class LoggedFinding(Struct, frozen=True):
    """The check that found something."""

    check: str


class LoggedVerdict(Struct, frozen=True):
    """What was found in the last block that was judged."""

    findings: tuple[LoggedFinding, ...] = ()


class LoggedGate(Struct, frozen=True):
    """What a line says of an attempt at the gate. `released_chars` and `judging_s`: None in logs of older routers."""

    blocks: int = 0
    verdict: LoggedVerdict = LoggedVerdict()
    written_tokens: int | None = None
    discarded_tokens: int = 0
    released_chars: int | None = None
    judging_s: float | None = None

    @property
    def has_released(self) -> bool:
        """Whether anything of the attempt went out. Of an older log: whether not all its tokens were discarded."""
        if self.released_chars is not None:
            return self.released_chars > 0
        return self.written_tokens is not None and self.discarded_tokens < self.written_tokens


class LoggedProfile(Struct, frozen=True):
    """How surprised the reader was, in nats a token."""

    mean: float = 0.0


class LoggedReading(Struct, frozen=True):
    """What a line says of having an attempt read."""

    reads: int = 0
    tokens_read: int = 0
    elapsed_s: float = 0.0
    accepted_chars: int = 0
    reasons: tuple[str, ...] = ()
    profile: LoggedProfile | None = None
    unread: str = ""


class LoggedUsage(Struct, frozen=True):
    """What an engine says it wrote."""

    completion_tokens: int = 0


class LoggedAttempt(Struct, frozen=True):
    """What a line says of one attempt."""

    tier: Tier
    outcome: str
    elapsed_s: float
    first_block_s: float | None = None
    usage: LoggedUsage | None = None
    gate: LoggedGate | None = None
    reading: LoggedReading | None = None

    @property
    def written_tokens(self) -> int:
        """Its tokens, by the engine's count; where that is not known, by the characters that were judged."""
        if self.usage is not None:
            return self.usage.completion_tokens
        gate = self.gate
        if gate is None:
            return 0
        if gate.written_tokens is not None:
            return gate.written_tokens
        return gate.discarded_tokens + (gate.released_chars or 0) // CHARS_PER_TOKEN


class LoggedRequest(Struct, frozen=True):
    """What a line says of a request, as far as the gate is concerned."""

    request_id: str
    time_s: float = 0.0
    outcome: str = ""
    policy: str = ""
    rule: str = ""
    task: str = ""
    tier: Tier | None = None
    attempts: tuple[LoggedAttempt, ...] = ()
    tiers_microusd: Mapping[Tier, int] = {}
    wasted_microusd: int | None = None

    @property
    def judged_tokens(self) -> int:
        """What the tiers whose answers may be judged wrote, judged or not."""
        return sum(each.written_tokens for each in self.attempts if each.tier in JUDGED)


class Judgement(Struct, frozen=True):
    """One judged answer. `checks`: those that rejected it; `wasted_s`: the engine's time on what nobody got; `wait_s`:
    how long the caller waited for another tier because of the rejection: from the opening of the attempt where the
    answer was written afresh, from its end where it was continued or repaired, until the next attempt that said
    anything did so; None: not rejected, or none did. `judging_s`: None where the log does not say."""

    tier: Tier
    fate: Fate
    checks: tuple[str, ...]
    blocks: int
    discarded_tokens: int
    wasted_s: float
    wait_s: float | None
    judging_s: float | None

    @property
    def is_rejected(self) -> bool:
        """Whether a block of it was rejected, whatever came of that."""
        return self.fate in REJECTED_FATES


_LINES = msgspec.json.Decoder(LoggedRequest)


def read_judged(log: Path) -> Iterator[LoggedRequest | FileError]:
    """The lines of a decision log. Raises FileError when the log cannot be read at all."""
    for line in record_lines(log):
        try:
            yield _LINES.decode(line.text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield misread(line.file, line.number, line.text, error)


def judgements(request: LoggedRequest) -> tuple[Judgement, ...]:
    """The answers of a request that were judged. An attempt of which no block came to be judged is none."""
    return tuple(
        [
            _judgement(request, at, attempt, attempt.gate)
            for at, attempt in enumerate(request.attempts)
            if attempt.gate is not None and attempt.gate.blocks
        ]
    )


def _judgement(request: LoggedRequest, at: int, attempt: LoggedAttempt, gate: LoggedGate) -> Judgement:
    fate = _fate(request, at, attempt, gate)
    return Judgement(
        attempt.tier,
        fate,
        tuple(sorted({finding.check for finding in gate.verdict.findings}.difference(_reasons(attempt)))),
        gate.blocks,
        gate.discarded_tokens if attempt.outcome == _REJECTED else 0,
        _wasted_s(attempt, gate),
        _wait_s(fate, attempt, request.attempts[at + 1 :]),
        gate.judging_s,
    )


def _reasons(attempt: LoggedAttempt) -> tuple[str, ...]:
    """By what reading cut it: a check is what found something without being read."""
    return () if attempt.reading is None else attempt.reading.reasons


def _fate(request: LoggedRequest, at: int, attempt: LoggedAttempt, gate: LoggedGate) -> Fate:
    is_cut = attempt.reading is not None and bool(attempt.reading.reasons)
    if not gate.verdict.findings and not is_cut:
        return "accepted" if attempt.outcome == "served" else "unfinished"
    if attempt.outcome != _REJECTED:
        return "let_out"
    if request.outcome == "served":
        return _mended(request.attempts, at)
    return "unfinished" if request.outcome == "caller_left" else "failed"


def _mended(attempts: Sequence[LoggedAttempt], at: int) -> Fate:
    """How a rejected answer was made good."""
    if at + 1 < len(attempts) and attempts[at + 1].outcome == REPAIRED:
        return "repaired"
    return "continued" if _has_released(attempts[: at + 1]) else "afresh"


def _has_released(attempts: Sequence[LoggedAttempt]) -> bool:
    return any(each.gate is not None and each.gate.has_released for each in attempts)


def _wasted_s(attempt: LoggedAttempt, gate: LoggedGate) -> float:
    """The part of a rejected attempt's time that its discarded tokens are of all it wrote."""
    if attempt.outcome != _REJECTED:
        return 0.0
    written = attempt.written_tokens
    return attempt.elapsed_s * min(gate.discarded_tokens / written, 1.0) if written else attempt.elapsed_s


def _wait_s(fate: Fate, attempt: LoggedAttempt, later: Sequence[LoggedAttempt]) -> float | None:
    if fate not in ("afresh", "continued", "repaired"):
        return None
    waited_s = attempt.elapsed_s if fate == "afresh" else 0.0
    for each in later:
        if each.first_block_s is not None:
            return waited_s + each.first_block_s
        waited_s += each.elapsed_s
    return None
