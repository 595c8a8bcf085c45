"""Questions in a graph in which the nearest ones are found without comparing all: usearch's HNSW (the extra
`semantic`). Vectors are held in a byte a number, which changes similarities by less than a hundredth.

INVARIANT: the index is touched by one thread alone. A label is given once, so that what was removed is never taken for
what came after it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from router.core.caching.embedding import Vector
from router.core.caching.nearest import MOST_FOUND, Asked, Neighbour, Placed, nearest_of

if TYPE_CHECKING:
    from usearch.index import Index

MOST_REMOVED: Final = 64
"""Questions that are gone and still in the index; each makes a search look at one more."""

Done = TypeVar("Done")
Likely = list[tuple[int, float]]
"""Labels, and how alike each is."""


class QuestionGraph:
    """The questions of one partition beyond those that are compared one by one, the one longest unused first.
    `executor` has one thread."""

    def __init__(self, index: "Index", executor: Executor) -> None:
        self._index = index
        self._executor = executor
        self._labels: OrderedDict[str, int] = OrderedDict()
        self._asked: dict[int, Asked] = {}
        self._removed: list[int] = []
        self._given = 0

    def __len__(self) -> int:
        return len(self._labels)

    @property
    def is_littered(self) -> bool:
        """Whether it is time to `add`, be it nothing, which removes what is gone."""
        return len(self._removed) > MOST_REMOVED

    def touch(self, key: str) -> None:
        """Says that a question was of use."""
        if key in self._labels:
            self._labels.move_to_end(key)

    def forget(self, key: str) -> None:
        """Forgets a question."""
        label = self._labels.pop(key, None)
        if label is not None:
            del self._asked[label]
            self._removed.append(label)

    def forget_oldest(self) -> None:
        """Forgets the question longest unused."""
        self.forget(next(iter(self._labels)))

    async def add(self, batch: Sequence[Placed]) -> None:
        """Adds questions whose keys are not here. Raises what `_change` raises."""
        labels = range(self._given, self._given + len(batch))
        self._given += len(batch)
        removed, self._removed = self._removed, []
        vectors = np.array([placed.vector for placed in batch], np.float32)
        await self._in_thread(partial(_change, self._index, removed, np.array(labels, np.uint64), vectors))
        for label, placed in zip(labels, batch, strict=True):
            self._labels[placed.asked.key] = label
            self._asked[label] = placed.asked

    async def nearest(self, vector: Vector, least: float) -> list[Neighbour]:
        """The nearest questions of at least this similarity, MOST_FOUND at most, the nearest first."""
        count = MOST_FOUND + len(self._removed)
        likely = await self._in_thread(partial(_search, self._index, vector, count))
        return nearest_of(
            Neighbour(self._asked[label], min(max(similarity, 0.0), 1.0))
            for label, similarity in likely
            if similarity >= least and label in self._asked
        )

    def _in_thread(self, work: Callable[[], Done]) -> asyncio.Future[Done]:
        return asyncio.get_running_loop().run_in_executor(self._executor, work)


def make_index(dimensions: int) -> "Index":
    """An empty index. Takes a while the first time. Raises ImportError where usearch is not there."""
    from usearch.index import Index

    return Index(ndim=dimensions, metric="cos", dtype="i8")


def _change(index: "Index", removed: Sequence[int], labels: NDArray[np.uint64], vectors: NDArray[np.float32]) -> None:
    """Removes, then adds. Raises RuntimeError or MemoryError when there is no more room."""
    for label in removed:
        index.remove(label)
    if len(labels):
        index.add(labels, vectors, threads=1)


def _search(index: "Index", vector: Vector, count: int) -> Likely:
    matches = index.search(vector, count, threads=1)
    return [(int(label), 1.0 - float(far)) for label, far in zip(matches.keys, matches.distances, strict=True)]
