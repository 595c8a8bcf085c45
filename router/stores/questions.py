"""The questions whose answers are kept, in this process alone: the port `Questions`."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Final

from router.core.caching.asking import Question
from router.core.caching.embedding import Vector
from router.core.caching.nearest import Asked, Neighbour
from router.core.caching.question import MOST_CHARS
from router.core.caching.sameness import first_same
from router.ports import Embedder
from router.stores.neighbourhood import Neighbourhood, Sizes

MOST_IN_ALL: Final = 200_000
MOST_BYTES: Final = 512 * 1024 * 1024
"""Of the vectors of all partitions, four bytes a number."""

PAUSE_S: Final = 0.005
"""Between two batches that go into a graph, so that a core that both share has time for requests."""

SIZES: Final = Sizes()

_log = logging.getLogger(__name__)


class Neighbourhoods:
    """Partitions by name. A name says all that must be equal before two questions may be compared. Whole partitions
    give way when there are too many questions in all, the one longest unused first. With an executor, of one thread,
    large ones spread into graphs while `run` runs."""

    def __init__(self, sizes: Sizes = SIZES, most: int = MOST_IN_ALL, executor: Executor | None = None) -> None:
        self._sizes = sizes
        self._most = most
        self._executor = executor
        self._partitions: OrderedDict[str, Neighbourhood] = OrderedDict()
        self._count = 0
        self._crowded: set[str] = set()
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        return self._count

    def put(self, name: str, asked: Asked, vector: Vector) -> None:
        """Remembers a question in a partition."""
        most = min(self._most, MOST_BYTES // vector.nbytes)
        partition = self._partitions.get(name)
        if partition is None:
            sizes = Sizes(min(self._sizes.exact, most), min(self._sizes.most, most))
            partition = self._partitions[name] = Neighbourhood(sizes, self._executor)
        self._partitions.move_to_end(name)
        before = len(partition)
        partition.put(asked, vector)
        self._count += len(partition) - before
        while self._count > most:
            self._count -= len(self._partitions.popitem(last=False)[1])
        self._note(name, partition)

    async def nearest(self, name: str, vector: Vector, least: float) -> list[Neighbour]:
        """The nearest questions of a partition, at least so alike; none of a partition that is not known."""
        partition = self._partitions.get(name)
        if partition is None:
            return []
        self._partitions.move_to_end(name)
        return await partition.nearest(vector, least)

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
        if len(partition):
            self._note(name, partition)
        else:
            del self._partitions[name]

    async def run(self) -> None:
        """Spreads what is crowded, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._crowded:
                await self._spread(self._crowded.pop())

    async def _spread(self, name: str) -> None:
        partition = self._partitions.get(name)
        while partition is not None and partition.is_crowded and self._partitions.get(name) is partition:
            try:
                await partition.spread()
            except (ImportError, RuntimeError, MemoryError) as error:
                partition.stay()
                _log.warning("a partition of questions stays at %s: %s", len(partition), error)
            await asyncio.sleep(PAUSE_S)

    def _note(self, name: str, partition: Neighbourhood) -> None:
        if partition.is_crowded:
            self._crowded.add(name)
            self._wake.set()


class LocalQuestions:
    """By their vectors, and by a second look at the nearest of them."""

    def __init__(self, embedder: Embedder, partitions: Neighbourhoods | None = None) -> None:
        self._embedder = embedder
        self._partitions = Neighbourhoods() if partitions is None else partitions

    async def same_as(self, question: Question, above: float) -> Neighbour | None:
        """See `ports.Questions`."""
        vector = await self._embedded(question)
        if vector is None:
            return None
        name = self._name(question)
        same = first_same(question.text, await self._partitions.nearest(name, vector, above))
        if same is None:
            return None
        self._partitions.touch(name, same.asked.key)
        return same

    async def remember(self, question: Question, key: str) -> None:
        """See `ports.Questions`."""
        vector = await self._embedded(question)
        if vector is not None:
            self._partitions.put(self._name(question), Asked(key, question.text), vector)

    def forget(self, question: Question, key: str) -> None:
        """See `ports.Questions`."""
        self._partitions.forget(self._name(question), key)

    async def _embedded(self, question: Question) -> Vector | None:
        """A longer question is the same as none but an equal one, which is found without this."""
        return None if len(question.text) > MOST_CHARS else await self._embedder.embed(question)

    def _name(self, question: Question) -> str:
        """INVARIANT: vectors of two embedders are never compared."""
        return f"{self._embedder.name} {question.partition}"


@asynccontextmanager
async def open_questions(embedder: Embedder) -> AsyncGenerator[LocalQuestions, None]:
    """The questions, while the block runs; partitions may grow into graphs where usearch is installed."""
    if find_spec("usearch") is None:
        yield LocalQuestions(embedder)
        return
    with ThreadPoolExecutor(1, "questions") as executor:
        partitions = Neighbourhoods(executor=executor)
        running = asyncio.create_task(partitions.run())
        try:
            yield LocalQuestions(embedder, partitions)
        finally:
            running.cancel()
            await asyncio.wait((running,))
