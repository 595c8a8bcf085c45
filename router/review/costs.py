"""What a group of requests cost the tiers, as a decision log tells it: tokens, time, money, reading. Pure."""

from collections import Counter

from msgspec import Struct

from router.core.record import READER, REPAIRED
from router.core.values import Tier
from router.review.judgements import LoggedRequest
from router.review.readings import readings_of


class Part(Struct, frozen=True):
    """So many of something, and their share of it, from 0 to 1."""

    count: int
    share: float


class ReadCosts(Struct, frozen=True):
    """What reading cost a group. `drafts`: how many were to be read, in `reads` reads that took in `tokens` tokens;
    of them `cut` were cut and of `unread` part was not read; `repairs`: how often one was mended and resumed."""

    drafts: int
    reads: int
    tokens: int
    cut: Part
    unread: Part
    repairs: int


def part_of(count: int, of: int) -> Part:
    """A count and its share; of nothing, the share is 0."""
    return Part(count, count / of if of else 0.0)


class CostTally:
    """What the tiers did for one group of requests."""

    def __init__(self) -> None:
        self.tokens = Counter[Tier]()
        self.engine_s: dict[Tier, float] = {}
        self.microusd = Counter[Tier]()
        self.wasted_microusd = 0
        self._drafts = self._reads = self._read_tokens = 0
        self._cut = self._unread = self._repairs = 0

    def count(self, line: LoggedRequest) -> None:
        """One more request."""
        self.microusd.update(line.tiers_microusd)
        self.wasted_microusd += line.wasted_microusd or 0
        for attempt in line.attempts:
            self.tokens[attempt.tier] += attempt.written_tokens
            self._spend(attempt.tier, attempt.elapsed_s)
            self._repairs += attempt.outcome == REPAIRED
        for reading in readings_of(line):
            self._drafts += 1
            self._reads += reading.reads
            self._read_tokens += reading.tokens_read
            self._cut += bool(reading.reasons)
            self._unread += bool(reading.unread)
            self._spend(READER, reading.elapsed_s)

    def reading(self) -> ReadCosts | None:
        """What reading cost; None: there was none."""
        if not self._drafts:
            return None
        cut, unread = part_of(self._cut, self._drafts), part_of(self._unread, self._drafts)
        return ReadCosts(self._drafts, self._reads, self._read_tokens, cut, unread, self._repairs)

    def _spend(self, tier: Tier, seconds: float) -> None:
        self.engine_s[tier] = self.engine_s.get(tier, 0.0) + seconds
