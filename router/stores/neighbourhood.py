"""The questions of one partition, however many: all compared up to a number, most of them in a graph above it."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Final

from msgspec import Struct

from router.core.caching.embedding import Vector
from router.core.caching.nearest import (
    MOST_EXACT,
    Asked,
    Block,
    Neighbour,
    Partition,
    likely_rows,
    nearest_of,
)
from router.stores.question_graph import QuestionGraph, make_index

AT_ONCE: Final = 4_000_000
"""Numbers that are compared without leaving the event loop: less than a millisecond. More are compared in a thread."""

BATCH: Final = 16
"""Questions that go into the graph at a time: some milliseconds, which a search may have to wait."""

MOST_LATEST: Final = 4_096
"""Questions beside a graph before more of them go into it."""


class Sizes(Struct, frozen=True):
    """How many questions a partition compares one by one, and how many it holds where there are graphs."""

    exact: int = MOST_EXACT
    most: int = 200_000


class Neighbourhood:
    """The questions of one partition. What was put last is compared exactly; with a graph, the rest is found with that.
    Without an executor, which has one thread for all graphs, there is none, and the question longest unused gives way
    where there are too many. Vectors are all as long as the first one."""

    def __init__(self, sizes: Sizes, executor: Executor | None) -> None:
        self._sizes = sizes
        self._executor = executor
        self._latest = Partition(sizes.exact if executor is None else min(sizes.exact + MOST_LATEST, sizes.most))
        self._graph: QuestionGraph | None = None

    def __len__(self) -> int:
        return len(self._latest) + (0 if self._graph is None else len(self._graph))

    @property
    def is_crowded(self) -> bool:
        """Whether `spread` has something to do."""
        if self._executor is None:
            return False
        if self._graph is None:
            return len(self._latest) > self._sizes.exact
        return len(self._latest) > min(MOST_LATEST, self._sizes.exact) or self._graph.is_littered

    def put(self, asked: Asked, vector: Vector) -> None:
        """Remembers a question; one under the same key gives way, and where there are too many the one longest
        unused."""
        if self._graph is not None:
            self._graph.forget(asked.key)
        self._latest.put(asked, vector)
        if self._graph is not None and len(self) > self._sizes.most:
            self._graph.forget_oldest()

    def touch(self, key: str) -> None:
        """Says that a question was of use."""
        self._latest.touch(key)
        if self._graph is not None:
            self._graph.touch(key)

    def forget(self, key: str) -> None:
        """Forgets a question."""
        self._latest.forget(key)
        if self._graph is not None:
            self._graph.forget(key)

    async def nearest(self, vector: Vector, least: float) -> list[Neighbour]:
        """The nearest questions of at least this similarity, a few at most, the nearest first."""
        vectors = self._latest.vectors()
        if _size(vectors) <= AT_ONCE:
            rows = likely_rows(vectors, vector, least)
        else:
            rows = await asyncio.to_thread(likely_rows, vectors, vector, least)
        near = self._latest.near(rows, vector, least)
        if self._graph is None:
            return near
        # A question may go into the graph between the two searches.
        there = await self._graph.nearest(vector, least)
        return nearest_of({each.asked.key: each for each in (*there, *near)}.values())

    async def spread(self) -> None:
        """Moves a few questions into the graph, those longest unused first. Raises ImportError where usearch is not
        there, and RuntimeError or MemoryError where it has no more room; `stay` then leaves it at that."""
        batch = self._latest.oldest(BATCH)
        graph = await self._begin_graph(len(batch[0].vector)) if self._graph is None else self._graph
        await graph.add(batch)
        for placed in batch:
            # INVARIANT: what was replaced or forgotten while the graph took it in is not found in it.
            if self._latest.holds(placed.asked):
                self._latest.forget(placed.asked.key)
            else:
                graph.forget(placed.asked.key)
        self._graph = graph

    def stay(self) -> None:
        """Moves no more questions."""
        self._executor = None

    async def _begin_graph(self, dimensions: int) -> QuestionGraph:
        assert self._executor is not None
        index = await asyncio.get_running_loop().run_in_executor(self._executor, make_index, dimensions)
        return QuestionGraph(index, self._executor)


def _size(vectors: Sequence[Block]) -> int:
    return sum(block.size for block in vectors)
