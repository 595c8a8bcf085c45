"""What this replica has learned of how long its answers are: of each tenant by itself, so that none sways another."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from router.core.length_history import LengthHistory, SeenLength, length_seen, new_history
from router.core.record import Record, hash_tenant
from router.core.values import Quantiles

MAX_PAIRS = 10_000
"""Tenants with a task of theirs that are known at once: at most about 5 MB."""


class LocalLengths:
    """The port `Lengths`, and the sink of the decision log that it learns from. Each replica learns by itself, and anew
    when it starts. The pair that had no answer for the longest time is forgotten first.

    INVARIANT: a thread that decides only ever looks one pair up; histories are replaced, never changed."""

    def __init__(self, max_pairs: int = MAX_PAIRS) -> None:
        self._max_pairs = max_pairs
        self._histories: OrderedDict[tuple[str, str], LengthHistory] = OrderedDict()
        self._learning = Lock()

    def adjusted(self, tenant: str, task: str, base: Quantiles) -> Quantiles:
        """See `ports.Lengths`."""
        history = self._histories.get((hash_tenant(tenant), task))
        return base if history is None else history.correct(base)

    def take(self, records: Sequence[Record]) -> None:
        """See `decision_log.Sink`."""
        with self._learning:
            for record in records:
                answer = length_seen(record)
                if answer is not None and answer.base.yields:
                    self._learn((record.tenant, answer.task), answer)

    def _learn(self, pair: tuple[str, str], answer: SeenLength) -> None:
        history = self._histories.get(pair) or new_history(answer.base)
        self._histories[pair] = history.after(answer)
        self._histories.move_to_end(pair)
        if len(self._histories) > self._max_pairs:
            self._histories.popitem(last=False)
