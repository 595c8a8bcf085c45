"""A case is contradicted: it expects another tier, rule, reason, setting or error than it gets."""

import random
from collections.abc import Iterator

from tests.mutations.source import CASES, Entry, Mutation, Place, Source, end_of, replaced

OTHER_VALUES = {
    "tier": ("fast", "strong", "hosted"),
    "ladder": ("[fast]", "[strong]", "[fast, strong]", "[strong, fast]"),
    "reason": ("rule", "otherwise", "pin", "conversation", "capability", "degraded", "budget", "condition_failed"),
    "error": ("NoTierAvailable", "Forbidden", "InvalidRequest"),
    "on_unavailable": ("degrade", "fail"),
    "over_budget": ("refuse", "best_effort"),
    "on_break": ("continue", "error"),
    "sticky": ("up", "off"),
    "thinking": ("on", "off"),
    "timeout": ("900ms", "9s"),
    "commit_after": ("9s", "9m"),
    "max_escalations": ("0", "1", "2"),
    "denoise": ("{steps: 9}", "{canvas: 64}"),
    "annotate": ("{a: b}",),
}


def contradicted(source: Source, entry: Entry, _chance: random.Random) -> Iterator[Mutation]:
    """Something else expected at this place, that a decision could be."""
    if entry.file != CASES or "expect" not in entry.keys[:-1]:
        return
    text = source.texts[CASES]
    written = text[entry.value.start_mark.index : end_of(text, entry.value)]
    for other in source.rules if entry.last == "rule" else OTHER_VALUES.get(entry.last, ()):
        if other != written:
            texts = replaced(source, CASES, entry.value, other)
            places = frozenset((Place(CASES, entry.line),))
            yield Mutation("case contradicted", f"{entry.spelt}: {other}", texts, places)
