"""Records as routers write them, and logs of them."""

import gzip
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from router.core.audit import Audit
from router.core.gate import Assessment
from router.core.record import AttemptRecord, Record, hash_tenant
from router.core.values import Usage
from router.core.verdict import Finding, Verdict
from router.log.segments import new_name

NOON_S = 1_790_000_000.0
"""When the first of them began."""

REJECTED = AttemptRecord(
    1, "fast", "fast-1", "rejected", 0.4, gate=Assessment("block", 2, Verdict((Finding("fences", ""),)), 90, 90)
)
WRITTEN = AttemptRecord(2, "strong", "strong-1", "served", 1.1, 0.2, Usage(20, 80))
FAST = AttemptRecord(1, "fast", "fast-1", "served", 0.5, 0.1, Usage(20, 40))


def a_served(number: int, tenant: str = "acme") -> Record:
    """A request that the fast tier answered, in half a second."""
    return Record(
        f"{number:032x}",
        NOON_S + number,
        0.5,
        200,
        "served",
        tenant=hash_tenant(tenant),
        policy="careful@0123456789ab",
        rule="otherwise",
        tier="fast",
        latency_budget_ms=1_000,
        attempts=(FAST,),
        usage=Usage(20, 40),
        tokens_written={"fast": 40},
        engine_s={"fast": 0.5},
        cache="miss",
    )


def an_escalated(number: int) -> Record:
    """A request whose answer of the fast tier was rejected, and which took longer than it might."""
    return Record(
        f"{number:032x}",
        NOON_S + number,
        1.5,
        200,
        "served",
        policy="quick@0123456789ab",
        rule="code",
        tier="strong",
        latency_budget_ms=1_000,
        attempts=(REJECTED, WRITTEN),
        usage=Usage(20, 80),
        wasted_tokens=90,
        tokens_written={"fast": 90, "strong": 80},
        engine_s={"fast": 0.4, "strong": 1.1},
    )


def an_audit(number: int) -> Audit:
    """What the router did behind the back of whoever sent this request."""
    return Audit(f"{number:032x}", NOON_S + number + 5, "careful@0123456789ab", "otherwise", "", 0.5)


def lines_of(records: Iterable[Record | Audit]) -> bytes:
    """As they stand in a log."""
    return msgspec.json.Encoder().encode_lines(list(records))


def write_segment(folder: Path, opened_s: float, records: Sequence[Record | Audit], suffix: str = ".jsonl") -> Path:
    """A segment that nobody writes any more."""
    path = folder / new_name(opened_s).replace(".jsonl", suffix)
    content = lines_of(records)
    path.write_bytes(gzip.compress(content) if suffix.endswith(".gz") else content)
    return path


def a_mixed_log(folder: Path) -> Path:
    """Six requests, two in each form of a segment, the oldest compacted."""
    from router.log.compaction import compact

    write_segment(folder, NOON_S, [a_served(0), an_escalated(1), an_audit(0)])
    list(compact(folder))
    write_segment(folder, NOON_S + 2, [a_served(2), a_served(3, "globex")], ".jsonl.gz")
    write_segment(folder, NOON_S + 4, [a_served(4), an_escalated(5)])
    return folder
