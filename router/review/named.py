"""What happened by names, such as checks: how often, and the first request it happened to. Pure."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from router.review.requests_file import harmless


class Named(Struct, frozen=True):
    """One name: how often it was counted, and the id of the first such request."""

    name: str
    count: int
    example: str


class Names:
    """Counts by names that come out of a log."""

    def __init__(self) -> None:
        self._counts = Counter[str]()
        self._firsts: dict[str, str] = {}

    def count(self, names: Iterable[str], request_id: str) -> None:
        """Each of them once more, in this request."""
        for name in names:
            self._counts[name] += 1
            self._firsts.setdefault(name, request_id)

    def ranked(self) -> tuple[Named, ...]:
        """The most frequent first."""
        ranked = sorted(self._counts.items(), key=lambda each: (-each[1], each[0]))
        return tuple([Named(harmless(name), count, harmless(self._firsts[name])) for name, count in ranked])
