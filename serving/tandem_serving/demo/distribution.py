"""How a set of prompts was routed, as a page to read. Every figure comes from the router's own records."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from router.core.record import Record
from router.core.values import BANDS

EXAMPLES = 8
PROMPT_CHARS = 60
NONE = "none"
"""Stands for what the record of a refused request lacks."""


@dataclass(frozen=True)
class Routed:
    """One prompt and the record of its request."""

    prompt: str
    record: Record


def distribution(routed: Sequence[Routed]) -> list[str]:
    """The lines of the page."""
    records = [each.record for each in routed]
    return [
        *_tiers(records),
        "",
        *_counted("rule", (record.rule or NONE for record in records)),
        "",
        *_counted("reason", (record.reason or NONE for record in records)),
        "",
        *_counted("outcome", (record.outcome for record in records)),
        "",
        *_bands(records),
        "",
        *_escalations(records),
        "",
        *_examples(routed),
    ]


def _tiers(records: Sequence[Record]) -> Iterator[str]:
    yield f"{'tier':<24}{'prompts':>8}{'p50 latency':>14}"
    for tier, count in Counter(record.tier for record in records).most_common():
        p50_s = median(record.elapsed_s for record in records if record.tier == tier)
        yield f"{tier or NONE:<24}{count:>8}{p50_s:>12.2f} s"


def _counted(title: str, words: Iterable[str]) -> Iterator[str]:
    yield f"{title:<24}{'prompts':>8}"
    for word, count in Counter(words).most_common():
        yield f"{word:<24}{count:>8}"


def _bands(records: Sequence[Record]) -> Iterator[str]:
    counts = Counter((record.stakes, record.difficulty) for record in records)
    yield f"{'stakes, by difficulty':<24}" + "".join(f"{band:>8}" for band in BANDS)
    for stakes in BANDS:
        yield f"{stakes:<24}" + "".join(f"{counts[stakes, difficulty]:>8}" for difficulty in BANDS)


def _escalations(records: Sequence[Record]) -> Iterator[str]:
    ways = Counter(_way(record) for record in records if len(record.attempts) > 1)
    yield f"{'escalated':<24}{ways.total():>8} of {len(records)}"
    for way, count in ways.most_common():
        yield f"  {way:<22}{count:>8}"


def _way(record: Record) -> str:
    return ", ".join(f"{each.tier}:{each.outcome}" for each in record.attempts)


def _examples(routed: Sequence[Routed]) -> Iterator[str]:
    yield "for example"
    step = max(1, len(routed) // EXAMPLES)
    for each in routed[::step][:EXAMPLES]:
        prompt = " ".join(each.prompt.split())[:PROMPT_CHARS]
        yield f"  {prompt:<{PROMPT_CHARS}} -> {each.record.tier or NONE}, {each.record.rule or NONE}"
