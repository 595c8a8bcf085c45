"""How a set of prompts was routed, as a page to read. Every figure comes from the router's own records."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

BANDS = ("low", "medium", "high")
EXAMPLES = 8
PROMPT_CHARS = 60


@dataclass(frozen=True)
class Routed:
    """One prompt and the record of its request."""

    prompt: str
    record: Mapping[str, Any]


def routing_report(routed: Sequence[Routed]) -> list[str]:
    """The lines of the report."""
    records = [each.record for each in routed]
    return [
        *_tiers(records),
        "",
        *_counted("rule", (record["rule"] for record in records)),
        "",
        *_counted("reason", (record["reason"] for record in records)),
        "",
        *_bands(records),
        "",
        *_escalations(records),
        "",
        *_examples(routed),
    ]


def _tiers(records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"{'tier':<24}{'prompts':>8}{'p50 latency':>14}"
    for tier, count in Counter(record["tier"] for record in records).most_common():
        p50_s = median(record["elapsed_s"] for record in records if record["tier"] == tier)
        yield f"{tier:<24}{count:>8}{p50_s:>12.2f} s"


def _counted(title: str, words: Iterable[str]) -> Iterator[str]:
    yield f"{title:<24}{'prompts':>8}"
    for word, count in Counter(words).most_common():
        yield f"{word:<24}{count:>8}"


def _bands(records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    counts = Counter((record["stakes"], record["difficulty"]) for record in records)
    yield f"{'stakes, by difficulty':<24}" + "".join(f"{band:>8}" for band in BANDS)
    for stakes in BANDS:
        yield f"{stakes:<24}" + "".join(f"{counts[stakes, difficulty]:>8}" for difficulty in BANDS)


def _escalations(records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    ways = Counter(_way(record["attempts"]) for record in records if len(record["attempts"]) > 1)
    yield f"{'escalated':<24}{ways.total():>8} of {len(records)}"
    for way, count in ways.most_common():
        yield f"  {way:<22}{count:>8}"


def _way(attempts: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{attempt['tier']}:{attempt['outcome']}" for attempt in attempts)


def _examples(routed: Sequence[Routed]) -> Iterator[str]:
    yield "for example"
    step = max(1, len(routed) // EXAMPLES)
    for each in routed[::step][:EXAMPLES]:
        prompt = " ".join(each.prompt.split())[:PROMPT_CHARS]
        yield f"  {prompt:<{PROMPT_CHARS}} -> {each.record['tier']}, {each.record['rule']}"
