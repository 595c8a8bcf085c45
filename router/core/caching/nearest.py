"""Questions that were asked before, and which of them are nearest to a new one. Exact, in memory, bounded. No I/O.

INVARIANT: a question is looked for in its own partition alone; nothing of another one is read or compared.
"""

from collections import OrderedDict
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from router.core.caching.embedding import Vector

MOST_IN_PARTITION: Final = 10_000
"""Questions of a partition that an exact search is quick enough for beside other requests: about a millisecond."""

MOST_IN_ALL: Final = 200_000
MOST_FOUND: Final = 4
"""So many of the nearest are worth a second look."""

_FIRST_ROWS: Final = 64


class Asked(Struct, frozen=True):
    """A question that was asked, and the key that its answer is kept under."""

    key: str
    text: str


class Neighbour(Struct, frozen=True):
    """A question that was asked, and how alike it is, from 0 to 1."""

    asked: Asked
    similarity: float


class Partition:
    """The questions that may answer for one another, with their vectors: the latest `most` by use."""

    def __init__(self, dimensions: int, most: int = MOST_IN_PARTITION) -> None:
        self._most = most
        self._vectors: NDArray[np.float32] = np.zeros((min(_FIRST_ROWS, most), dimensions), np.float32)
        self._rows: list[Asked] = []
        self._used: OrderedDict[str, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, asked: Asked, vector: Vector) -> None:
        """Remembers a question; one under the same key gives way, and where there are too many the one longest
        unused."""
        row = self._row_for(asked.key)
        if row == len(self._rows):
            self._rows.append(asked)
            self._grow()
        else:
            self._rows[row] = asked
        self._vectors[row] = vector
        self._used[asked.key] = row
        self._used.move_to_end(asked.key)

    def touch(self, key: str) -> None:
        """Says that a question was of use."""
        if key in self._used:
            self._used.move_to_end(key)

    def forget(self, key: str) -> None:
        """Forgets a question; the last row moves into its place."""
        row = self._used.pop(key, None)
        if row is None:
            return
        last = self._rows.pop()
        if row < len(self._rows):
            self._rows[row] = last
            self._vectors[row] = self._vectors[len(self._rows)]
            self._used[last.key] = row

    def nearest(self, vector: Vector, least: float) -> list[Neighbour]:
        """The nearest questions of at least this similarity, MOST_FOUND at most, the nearest first."""
        likeness = self._vectors[: len(self._rows)] @ vector
        found = np.flatnonzero(likeness >= least)
        if len(found) > MOST_FOUND:
            found = found[np.argpartition(likeness[found], -MOST_FOUND)[-MOST_FOUND:]]
        ordered = found[np.argsort(-likeness[found], kind="stable")]
        return [Neighbour(self._rows[row], min(max(float(likeness[row]), 0.0), 1.0)) for row in ordered.tolist()]

    def _row_for(self, key: str) -> int:
        if key in self._used:
            return self._used[key]
        if len(self._rows) < self._most:
            return len(self._rows)
        return self._used.popitem(last=False)[1]

    def _grow(self) -> None:
        rows, dimensions = self._vectors.shape
        if len(self._rows) > rows:
            grown = np.zeros((min(2 * rows, self._most), dimensions), np.float32)
            grown[:rows] = self._vectors
            self._vectors = grown


class Partitions:
    """Partitions by name. A name says all that must be equal before two questions may be compared: tenant, policy,
    model, system prompt, tools and sampling (see `caching.key`). Whole partitions give way when there are too many
    questions in all, the one longest unused first."""

    def __init__(self, dimensions: int, most: int = MOST_IN_ALL) -> None:
        self._dimensions, self._most = dimensions, most
        self._partitions: OrderedDict[str, Partition] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, name: str, asked: Asked, vector: Vector) -> None:
        """Remembers a question in a partition."""
        partition = self._partitions.setdefault(name, Partition(self._dimensions, min(MOST_IN_PARTITION, self._most)))
        self._partitions.move_to_end(name)
        before = len(partition)
        partition.put(asked, vector)
        self._count += len(partition) - before
        while self._count > self._most:
            self._count -= len(self._partitions.popitem(last=False)[1])

    def nearest(self, name: str, vector: Vector, least: float) -> list[Neighbour]:
        """The nearest questions of a partition, at least so alike; none of a partition that is not known."""
        partition = self._partitions.get(name)
        if partition is None:
            return []
        self._partitions.move_to_end(name)
        return partition.nearest(vector, least)

    def touch(self, name: str, key: str) -> None:
        """Says that a question of a partition was of use."""
        if name in self._partitions:
            self._partitions[name].touch(key)

    def forget(self, name: str, key: str) -> None:
        """Forgets a question of a partition, as when its answer is gone."""
        partition = self._partitions.get(name)
        if partition is None:
            return
        before = len(partition)
        partition.forget(key)
        self._count -= before - len(partition)
        if not len(partition):
            del self._partitions[name]
