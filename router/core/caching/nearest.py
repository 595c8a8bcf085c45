"""Questions that were asked before, and which of them are nearest to a new one. Exact, in memory, bounded. No I/O.

INVARIANT: a question is looked for in its own partition alone; nothing of another one is read or compared.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from heapq import nlargest
from itertools import islice
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from router.core.caching.embedding import Vector

MOST_EXACT: Final = 50_000
"""Questions of a partition of which all are compared: some 5 ms of one core, where vectors have 256 numbers."""

MOST_FOUND: Final = 4
"""So many of the nearest are worth a second look."""

BLOCK_ROWS: Final = 512
"""Vectors that are held in one piece: growing copies no more than these."""

_FIRST_ROWS: Final = 16

Block = NDArray[np.float32]
"""A vector in each row."""


class Asked(Struct, frozen=True):
    """A question that was asked, and the key that its answer is kept under."""

    key: str
    text: str


class Neighbour(Struct, frozen=True):
    """A question that was asked, and how alike it is, from 0 to 1."""

    asked: Asked
    similarity: float


class Placed(Struct, frozen=True):
    """A question and its vector."""

    asked: Asked
    vector: Vector


class Partition:
    """The questions that may answer for one another, with their vectors, which are all as long as the first one: the
    latest `most` by use."""

    def __init__(self, most: int = MOST_EXACT) -> None:
        self._most = most
        self._blocks: list[Block] = []
        self._rows: list[Asked] = []
        self._used: OrderedDict[str, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, asked: Asked, vector: Vector) -> None:
        """Remembers a question; one under the same key gives way, and where there are too many the one longest
        unused."""
        row = self._row_for(asked.key)
        if row == len(self._rows):
            self._make_room(row, len(vector))
            self._rows.append(asked)
        else:
            self._rows[row] = asked
        self._blocks[row // BLOCK_ROWS][row % BLOCK_ROWS] = vector
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
        last, vector = self._rows[-1], self._vector(len(self._rows) - 1)
        self._rows.pop()
        if row < len(self._rows):
            self._rows[row] = last
            self._blocks[row // BLOCK_ROWS][row % BLOCK_ROWS] = vector
            self._used[last.key] = row
        del self._blocks[-(-len(self._rows) // BLOCK_ROWS) :]

    def holds(self, asked: Asked) -> bool:
        """Whether this very question is here, and not another one under its key."""
        row = self._used.get(asked.key)
        return row is not None and self._rows[row] is asked

    def oldest(self, count: int) -> list[Placed]:
        """So many of those longest unused."""
        return [Placed(self._rows[row], self._vector(row).copy()) for row in islice(self._used.values(), count)]

    def vectors(self) -> Sequence[Block]:
        """The vectors as they are held, row by row, for `likely_rows`. They change with the partition."""
        if not self._blocks:
            return ()
        return (*self._blocks[:-1], self._blocks[-1][: len(self._rows) - BLOCK_ROWS * (len(self._blocks) - 1)])

    def nearest(self, vector: Vector, least: float) -> list[Neighbour]:
        """The nearest questions of at least this similarity, MOST_FOUND at most, the nearest first."""
        return self.near(likely_rows(self.vectors(), vector, least), vector, least)

    def near(self, rows: Iterable[int], vector: Vector, least: float) -> list[Neighbour]:
        """The questions of these rows that are so alike now, the nearest first, whatever was in the rows before."""
        found = []
        for row in rows:
            if row < len(self._rows):
                similarity = float(np.dot(self._vector(row), vector))
                if similarity >= least:
                    found.append(Neighbour(self._rows[row], min(max(similarity, 0.0), 1.0)))
        return nearest_of(found)

    def _vector(self, row: int) -> Vector:
        vector: Vector = self._blocks[row // BLOCK_ROWS][row % BLOCK_ROWS]
        return vector

    def _row_for(self, key: str) -> int:
        if key in self._used:
            return self._used[key]
        if len(self._rows) < self._most:
            return len(self._rows)
        return self._used.popitem(last=False)[1]

    def _make_room(self, row: int, dimensions: int) -> None:
        """Room for one more row. The first block grows, so that a partition of a few questions is small."""
        if row == BLOCK_ROWS * len(self._blocks):
            rows = BLOCK_ROWS if self._blocks else _FIRST_ROWS
            self._blocks.append(np.zeros((rows, dimensions), np.float32))
        elif row == len(self._blocks[0]):
            self._blocks[0] = np.concatenate((self._blocks[0], np.zeros_like(self._blocks[0])))


def likely_rows(vectors: Sequence[Block], vector: Vector, least: float) -> list[int]:
    """The rows of at least this similarity, the MOST_FOUND nearest of them, in no order. It may run beside changes of
    the partition; `Partition.near` then says which of the rows are still what they were."""
    if not vectors:
        return []
    likeness = np.concatenate([block @ vector for block in vectors])
    found = np.flatnonzero(likeness >= least)
    if len(found) > MOST_FOUND:
        found = found[np.argpartition(likeness[found], -MOST_FOUND)[-MOST_FOUND:]]
    rows: list[int] = found.tolist()
    return rows


def nearest_of(neighbours: Iterable[Neighbour]) -> list[Neighbour]:
    """The MOST_FOUND nearest of these, the nearest first."""
    return nlargest(MOST_FOUND, neighbours, key=lambda neighbour: neighbour.similarity)
