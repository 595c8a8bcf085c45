"""Why a request went where it went, in words, from its record and what its caller saw. Pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from router.core.grants import HINT
from router.core.record import REPAIRED, AttemptRecord, Record
from tandem_serving.demo.playing import Played
from tandem_serving.demo.proofreading import cut_words, is_cut, mended_words, read_words

_OF_DECISION = {
    "rule": "the rule's condition holds",
    "otherwise": "no rule asks for more",
    "pin": "asked for by name",
    "capability": "",
    "budget": "the tier below would take too long",
    "degraded": "nothing the rule wants is there",
    "condition_failed": "a condition failed, so the better tier",
}
"""What a decision's reason says. A rule that some cue speaks for says which instead; for a
capability, the exclusions speak."""


_KEPT = {
    "miss": "not in the cache: kept there",
    "hit": "given again from the cache, no engine asked",
    "semantic": "a question that asks the same was answered before: that answer, from the cache, no engine asked",
}
"""How a request met the cache."""


def reasons(played: Played) -> str:
    """All of them, one after the other."""
    return "; ".join(filter(None, _reasons(played)))


def _reasons(played: Played) -> Iterator[str]:
    record, reply = played.record, played.reply
    if reply.error:
        yield f"{_answered(played)}: {reply.error}"
    else:
        yield _decided(record)
    yield _KEPT.get(record.cache or "", "")
    yield from played.exclusions
    yield from (_step(each, after) for each, after in pairwise(record.attempts))
    yield from (read_words(each.reading) for each in record.attempts[-1:] if each.reading is not None)
    if record.dropped:
        yield f"left out: {', '.join(record.dropped)}"
    if record.latency_budget_ms is not None:
        yield f"{_kept(record)} its {record.latency_budget_ms} ms{_spent(record)}"
    if reply.blocks:
        yield f"{_counted(reply.blocks, 'block')}, the first after {record.first_block_s or 0:.2f} s"


def _step(attempt: AttemptRecord, after: AttemptRecord) -> str:
    """Why another attempt came after this one."""
    if attempt.outcome == REPAIRED:
        return mended_words(attempt, after)
    return cut_words(attempt, after) if is_cut(attempt) else f"up from {attempt.tier}: {_ended(attempt)}"


def _ended(attempt: AttemptRecord) -> str:
    """How an attempt ended, with the checks that rejected what it wrote."""
    if attempt.gate is None or attempt.outcome != "rejected":
        return attempt.outcome
    block = f"block {attempt.gate.blocks}"
    return f"{block} rejected ({', '.join(attempt.gate.verdict.reasons)})"


def _answered(played: Played) -> str:
    """An error before the first byte is a status; behind it, an event in the stream."""
    where = "an error event" if played.reply.status == 200 else str(played.reply.status)
    return f"{where}, {played.reply.error_code}"


def _decided(record: Record) -> str:
    if record.reason == "rule" and (evidence := list(_evidence(record))):
        return "; ".join(evidence)
    return _OF_DECISION.get(record.reason, record.reason)


def _evidence(record: Record) -> Iterator[str]:
    """The weightiest cue of each score that is not low."""
    if record.stakes != "low" and record.stakes_reasons:
        yield f"stakes: {_weightiest(record.stakes_reasons)}"
    if record.difficulty != "low" and record.difficulty_reasons:
        yield f"difficulty: {_weightiest(record.difficulty_reasons)}"


def _weightiest(cues: Sequence[str]) -> str:
    """A hint comes last, and counts more than any cue."""
    return HINT if HINT in cues else cues[0]


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _spent(record: Record) -> str:
    """The passes that the time left allowed."""
    asked = record.attempts[0].denoise if record.attempts else None
    return "" if asked is None or asked.steps is None else f", at most {asked.steps} passes a canvas"


def _kept(record: Record) -> str:
    budget_ms = record.latency_budget_ms or 0
    return "within" if record.elapsed_s * 1000 <= budget_ms else "longer than"
