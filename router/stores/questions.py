"""The questions whose answers are kept, in this process alone: the port `Questions`."""

from router.core.caching.asking import Question
from router.core.caching.nearest import Asked, Neighbour, Partitions
from router.core.caching.sameness import first_same
from router.ports import Embedder


class LocalQuestions:
    """By their vectors, and by a second look at the nearest of them."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._partitions = Partitions(embedder.dimensions)

    def same_as(self, question: Question, above: float) -> Neighbour | None:
        """See `ports.Questions`."""
        near = self._partitions.nearest(question.partition, self._embedder.embed(question.text), above)
        same = first_same(question.text, near)
        if same is None:
            return None
        self._partitions.touch(question.partition, same.asked.key)
        return same

    def remember(self, question: Question, key: str) -> None:
        """See `ports.Questions`."""
        vector = self._embedder.embed(question.text)
        self._partitions.put(question.partition, Asked(key, question.text), vector)

    def forget(self, question: Question, key: str) -> None:
        """See `ports.Questions`."""
        self._partitions.forget(question.partition, key)
