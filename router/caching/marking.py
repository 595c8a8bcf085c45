"""Says of an answer how its request met the cache."""

from msgspec.structs import replace

from router.core.caching.terms import Outcome
from router.core.errors import BackendError, TandemError
from router.core.moves import Ended
from router.overhearing import Relayed
from router.ports import Answer, Head


class Marked(Relayed):
    """An answer whose heads say it, where they do not say already that it came from elsewhere."""

    def __init__(self, answer: Answer, outcome: Outcome) -> None:
        super().__init__(answer)
        self.outcome = outcome

    async def begin(self, head: Head) -> None:
        """See `ports.Answer`."""
        await super().begin(self._marked(head))

    async def end(self, head: Head, ended: Ended) -> None:
        """See `ports.Answer`."""
        await super().end(self._marked(head), ended)

    async def break_off(self, head: Head, error: BackendError) -> None:
        """See `ports.Answer`."""
        await super().break_off(self._marked(head), error)

    async def fail(self, error: TandemError, head: Head | None) -> None:
        """See `ports.Answer`."""
        await super().fail(error, None if head is None else self._marked(head))

    def _marked(self, head: Head) -> Head:
        return replace(head, cache=self.outcome) if head.cache is None else head
