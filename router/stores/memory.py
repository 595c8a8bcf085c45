"""What the router remembers of earlier requests, in this process: bounded, forgetting the longest unheard first."""

from collections import OrderedDict
from typing import Generic, TypeVar

from router.core.recall import REMEMBERED_S, UNHEARD_OF, Keys, Recalled, Thread
from router.ports import Clock

MAX_KEPT = 100_000
"""Conversations, and escalations, that are remembered at once: about 30 MB of each."""

Kept = TypeVar("Kept")


class LocalMemory:
    """The port `Memory`, for this replica alone."""

    def __init__(self, clock: Clock, max_kept: int = MAX_KEPT) -> None:
        self._threads: _Recent[Thread] = _Recent(clock, max_kept, UNHEARD_OF)
        self._escalations: _Recent[bool] = _Recent(clock, max_kept, nothing=False)

    def known(self, keys: Keys) -> Recalled:
        """See `ports.Memory`."""
        thread = UNHEARD_OF if keys.conversation is None else self._threads.get(keys.conversation)
        was_escalated = keys.question is not None and self._escalations.get(keys.question)
        return Recalled(thread, was_escalated)

    async def recall(self, keys: Keys) -> Recalled:
        """See `ports.Memory`."""
        return self.known(keys)

    def remember_conversation(self, _tenant: str, key: str, news: Thread) -> None:
        """See `ports.Memory`."""
        self.note_conversation(key, news)

    def note_conversation(self, key: str, news: Thread) -> None:
        """See `ports.Memory`."""
        known = self._threads.get(key)
        told = known.told(news)
        if told is not known:
            self._threads.put(key, told)

    def remember_escalation(self, _tenant: str, question: str) -> None:
        """See `ports.Memory`."""
        self._escalations.put(question, True)  # noqa: FBT003 - the value that is kept


class _Recent(Generic[Kept]):
    """Values by key until they are old or too many; `nothing` stands for those that are not there."""

    def __init__(self, clock: Clock, max_kept: int, nothing: Kept) -> None:
        self._clock = clock
        self._max_kept = max_kept
        self._nothing = nothing
        self._entries: OrderedDict[str, tuple[float, Kept]] = OrderedDict()

    def get(self, key: str) -> Kept:
        entry = self._entries.get(key)
        if entry is None:
            return self._nothing
        if entry[0] < self._clock.now_s() - REMEMBERED_S:
            del self._entries[key]
            return self._nothing
        return entry[1]

    def put(self, key: str, value: Kept) -> None:
        self._entries[key] = (self._clock.now_s(), value)
        self._entries.move_to_end(key)
        if len(self._entries) > self._max_kept:
            self._entries.popitem(last=False)
