"""Readings for tests and benchmarks: a reader that has learnt a small text by heart, and ones made by dice."""

import math
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from random import Random
from typing import Final

from router.core.reading.reading import Reading, ReadToken

PIECE: Final = re.compile(r"\s*(?:\w{1,5}|[^\w\s])|\s+\Z")
"""A token of these: a mark, or up to five letters of a word, with the blanks before it."""

DEPTH: Final = 4
TRUST: Final = 0.9
"""How much of what it expects a longer context decides, where it was seen."""


class Learnt:
    """Knows texts by how their tokens follow up to four others, and is sure of what it has seen, but for a tenth that
    it leaves to shorter contexts and in the end to any token that it knows: a small model that was fitted to them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for text in texts:
            pieces = PIECE.findall(text)
            for at, piece in enumerate(pieces):
                for depth in range(min(at, DEPTH) + 1):
                    self._counts[tuple(pieces[at - depth : at])][piece] += 1
        self._alone = self._counts[()]
        self._rising = sorted(self._alone.values())
        self._highest = max(self._alone.values()) / self._alone.total()

    def read(self, text: str, before: str = "") -> Reading:
        """What it makes of a text."""
        lead = PIECE.findall(before)
        tokens = []
        for found in PIECE.finditer(text):
            tokens.append(self._token(lead, found))
            lead.append(found.group())
        return Reading(tuple(tokens), len(lead))

    def _token(self, lead: Sequence[str], found: re.Match[str]) -> ReadToken:
        odds: dict[str, float] = defaultdict(float)
        left = 1.0
        for depth in range(min(len(lead), DEPTH), 0, -1):
            seen = self._counts.get(tuple(lead[len(lead) - depth :]))
            if seen is not None:
                for piece, count in seen.items():
                    odds[piece] += left * TRUST * count / seen.total()
                left *= 1 - TRUST
        rare = left / (2 * len(self._alone))
        alone = self._alone[found.group()] / self._alone.total()
        chance = odds.get(found.group(), 0.0) + left / 2 * alone + rare
        rank = 1 + sum(each > chance for each in odds.values())
        rank += len(self._rising) - bisect_right(self._rising, self._alone[found.group()])
        best = max(*odds.values(), 0.0, left / 2 * self._highest, chance)
        return ReadToken(found.start(), found.end(), math.log(chance), rank, math.log(best))


def diced(text: str, dice: Random) -> Reading:
    """A reading of a text that its reader would have put in other words: most tokens as it would have written them, a
    few up to 6 nats less likely."""
    tokens = []
    for found in PIECE.finditer(text):
        lot = dice.random()
        nats = 0.0 if lot < 0.75 else dice.expovariate(1.0) if lot < 0.97 else dice.uniform(3.0, 6.0)
        best = -dice.expovariate(3.0)
        tokens.append(ReadToken(found.start(), found.end(), best - nats, 1 if not nats else 2 + int(nats**2), best))
    return Reading(tuple(tokens), len(tokens))
