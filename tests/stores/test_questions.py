"""The questions that are known in this process: in partitions, exactly compared while they are few, in graphs above."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from random import Random
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from router.core.caching.asking import Question
from router.core.caching.embedding import HashedEmbedder, Vector
from router.core.caching.nearest import Asked, Neighbour, Partition
from router.core.caching.question import MOST_CHARS
from router.stores.neighbourhood import Neighbourhood, Sizes
from router.stores.questions import LocalQuestions, Neighbourhoods, open_questions
from tests.asked_before import key_of_same
from tests.doubles import GivenVectors

EMBEDDER = HashedEmbedder()
NUMBERS = 64
SMALL = Sizes(exact=300, most=3_000)

Result = TypeVar("Result")


def embedded(text: str) -> Vector:
    return EMBEDDER.vector(text)


def directions(count: int, seed: int = 0, numbers: int = NUMBERS) -> NDArray[np.float32]:
    """Vectors of length 1, in groups, as questions about the same things are."""
    draw = np.random.default_rng(seed)
    groups = draw.standard_normal((max(count // 10, 1), numbers))
    vectors = groups[draw.integers(0, len(groups), count)] + 0.7 * draw.standard_normal((count, numbers))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def close_to(vectors: NDArray[np.float32], seed: int = 1) -> NDArray[np.float32]:
    moved = vectors + 0.03 * np.random.default_rng(seed).standard_normal(vectors.shape).astype(np.float32)
    asked: NDArray[np.float32] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return asked


def keys(neighbours: list[Neighbour]) -> list[str]:
    return [each.asked.key for each in neighbours]


@asynccontextmanager
async def growing(sizes: Sizes = SMALL) -> AsyncIterator[Neighbourhoods]:
    """Partitions that grow into graphs while the block runs."""
    with ThreadPoolExecutor(1) as executor:
        partitions = Neighbourhoods(sizes, executor=executor)
        running = asyncio.create_task(partitions.run())
        yield partitions
        running.cancel()
        await asyncio.wait((running,))


async def settled(partitions: Neighbourhoods) -> None:
    """Waits until nothing is left to move."""
    for _ in range(5_000):
        if not any(each.is_crowded for each in partitions._partitions.values()):
            return
        await asyncio.sleep(0.002)
    raise AssertionError


def with_growing(work: Callable[[Neighbourhoods], Awaitable[Result]], sizes: Sizes = SMALL) -> Result:
    async def open_and_work() -> Result:
        async with growing(sizes) as partitions:
            return await work(partitions)

    return asyncio.run(open_and_work())


async def top_one_shares(partitions: Neighbourhoods, held: dict[str, Vector], least: float) -> float:
    """Of questions close to what is held, the share for which the nearest one of all is found."""
    exact = Partition(len(held))
    for key, vector in held.items():
        exact.put(Asked(key, key), vector)
    asked = close_to(np.array(list(held.values()))[:: max(len(held) // 200, 1)])
    found = [keys(await partitions.nearest("a", vector, least))[:1] for vector in asked]
    right = [keys(exact.nearest(vector, least))[:1] for vector in asked]
    return sum(ours == theirs for ours, theirs in zip(found, right, strict=True)) / len(asked)


# --- partitions -------------------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_nothing_is_found_across_partitions(text: str, one: str, other: str) -> None:
    partitions = Neighbourhoods()
    partitions.put(one, Asked("k", text), embedded(text))

    assert (asyncio.run(partitions.nearest(other, embedded(text), 0.0)) == []) is (one != other)


def test_whole_partitions_give_way_when_there_are_too_many_questions_in_all() -> None:
    partitions = Neighbourhoods(most=3)
    for name, text in [("a", "a bridge"), ("a", "a river"), ("b", "a lake"), ("b", "a hill")]:
        partitions.put(name, Asked(text, text), embedded(text))

    assert len(partitions) == 2
    assert asyncio.run(partitions.nearest("a", embedded("a bridge"), 0.0)) == []


def test_one_partition_that_is_all_there_is_gives_way_question_by_question() -> None:
    partitions = Neighbourhoods(most=3)
    for text in ("a bridge", "a river", "a lake", "a hill"):
        partitions.put("a", Asked(text, text), embedded(text))

    assert len(partitions) == 3
    assert keys(asyncio.run(partitions.nearest("a", embedded("a hill"), 0.9))) == ["a hill"]


def test_what_is_forgotten_is_not_found_and_not_counted() -> None:
    partitions = Neighbourhoods()
    partitions.put("a", Asked("k", "a bridge"), embedded("a bridge"))
    partitions.forget("a", "k")
    partitions.forget("a", "k")

    assert len(partitions) == 0
    assert asyncio.run(partitions.nearest("a", embedded("a bridge"), 0.0)) == []


# --- in words ---------------------------------------------------------------------------------------------------

FERN = Question("p", "How do I water a fern?")
SAME = Question("p", "how can I water a fern")


def remembered_and_asked(questions: LocalQuestions, first: Question, then: Question) -> str | None:
    async def work() -> str | None:
        await questions.remember(first, "k")
        return await key_of_same(questions, then, 0.5)

    return asyncio.run(work())


def test_a_question_in_other_words_finds_the_key_of_the_first() -> None:
    assert remembered_and_asked(LocalQuestions(EMBEDDER), FERN, SAME) == "k"
    assert remembered_and_asked(LocalQuestions(EMBEDDER), FERN, Question("other", SAME.text)) is None


def test_whatever_finds_the_candidates_each_gets_the_second_look() -> None:
    alike = GivenVectors({}, np.ones(4, np.float32) / 2)

    assert remembered_and_asked(LocalQuestions(alike), FERN, SAME) == "k"
    assert remembered_and_asked(LocalQuestions(alike), FERN, Question("p", "How do I not water a fern?")) is None


def test_where_no_vector_can_be_had_nothing_is_found_and_nothing_remembered() -> None:
    vector = np.ones(4, np.float32) / 2

    assert remembered_and_asked(LocalQuestions(GivenVectors({FERN.text: vector})), FERN, SAME) is None
    assert remembered_and_asked(LocalQuestions(GivenVectors({SAME.text: vector})), FERN, SAME) is None


def test_vectors_of_two_embedders_are_never_compared() -> None:
    partitions, vector = Neighbourhoods(), np.ones(4, np.float32) / 2
    one, other = (LocalQuestions(GivenVectors({}, vector, name), partitions) for name in ("one", "other"))

    async def work() -> tuple[str | None, str | None]:
        await one.remember(FERN, "k")
        return await key_of_same(one, SAME, 0.5), await key_of_same(other, SAME, 0.5)

    assert asyncio.run(work()) == ("k", None)


def test_a_text_that_is_no_question_any_more_is_never_embedded() -> None:
    embedder = GivenVectors({}, np.ones(4, np.float32) / 2)
    long = Question("p", "x" * (MOST_CHARS + 1))

    assert remembered_and_asked(LocalQuestions(embedder), long, long) is None
    assert embedder.asked == []


# --- many -------------------------------------------------------------------------------------------------------


def test_without_graphs_the_question_longest_unused_gives_way() -> None:
    vectors = directions(12)

    async def work() -> tuple[int, list[list[str]]]:
        there = Neighbourhood(Sizes(exact=10, most=100), None)
        for number, vector in enumerate(vectors):
            there.put(Asked(str(number), ""), vector)
        return len(there), [keys(await there.nearest(vector, 0.999)) for vector in vectors[:3]]

    assert asyncio.run(work()) == (10, [[], [], ["2"]])


def test_a_graph_finds_the_nearest_question_that_an_exact_search_finds() -> None:
    held = {str(number): vector for number, vector in enumerate(directions(2_500))}

    async def work(partitions: Neighbourhoods) -> tuple[int, float]:
        for key, vector in held.items():
            partitions.put("a", Asked(key, key), vector)
        await settled(partitions)
        return len(partitions), await top_one_shares(partitions, held, 0.5)

    count, share = with_growing(work)
    assert count == len(held)
    assert share >= 0.95


def test_what_is_asked_while_questions_move_is_found_all_the_same() -> None:
    vectors = directions(1_200)

    async def work(partitions: Neighbourhoods) -> list[bool]:
        found = []
        for number, vector in enumerate(vectors):
            partitions.put("a", Asked(str(number), ""), vector)
            if number % 5 == 0:
                known = Random(number).randrange(number + 1)
                found.append(str(known) in keys(await partitions.nearest("a", vectors[known], 0.98)))
        return found

    assert all(with_growing(work))


def test_what_was_forgotten_or_replaced_is_never_found_again() -> None:
    draw, vectors, count = Random(3), directions(6_000), 600
    held: dict[str, Vector] = {}

    async def work(partitions: Neighbourhoods) -> tuple[int, set[str], float]:
        for vector in vectors:
            key = str(draw.randrange(count))
            partitions.put("a", Asked(key, key), vector)
            held[key] = vector
            gone = str(draw.randrange(count))
            if draw.random() < 0.2:
                partitions.forget("a", gone)
                held.pop(gone, None)
            await asyncio.sleep(0)
        await settled(partitions)
        odd: set[str] = set()
        for vector in vectors[::20]:
            for each in await partitions.nearest("a", vector, 0.95):
                is_it = each.asked.key in held and float(np.dot(held[each.asked.key], vector)) >= 0.94
                odd |= set() if is_it else {each.asked.key}
        return len(partitions), odd, await top_one_shares(partitions, held, 0.5)

    there, odd, share = with_growing(work)
    assert there == len(held)
    assert odd == set()
    assert share >= 0.95


def test_a_graph_of_which_everything_was_forgotten_takes_in_more() -> None:
    vectors = directions(1_600)

    async def work(partitions: Neighbourhoods) -> tuple[int, float]:
        for number, vector in enumerate(vectors[:800]):
            partitions.put("a", Asked(str(number), ""), vector)
        await settled(partitions)
        for number in range(790):
            partitions.forget("a", str(number))
        await settled(partitions)
        for number, vector in enumerate(vectors[800:], 800):
            partitions.put("a", Asked(str(number), ""), vector)
        await settled(partitions)
        held = {str(number): vectors[number] for number in range(790, 1_600)}
        return len(partitions), await top_one_shares(partitions, held, 0.5)

    count, share = with_growing(work)
    assert count == 810
    assert share >= 0.95


def test_beyond_what_a_partition_may_hold_the_question_longest_unused_gives_way() -> None:
    vectors = directions(1_500)

    async def work(partitions: Neighbourhoods) -> tuple[int, list[str], list[str]]:
        for number, vector in enumerate(vectors[:800]):
            partitions.put("a", Asked(str(number), ""), vector)
        await settled(partitions)
        partitions.touch("a", "0")
        for number, vector in enumerate(vectors[800:], 800):
            partitions.put("a", Asked(str(number), ""), vector)
            await settled(partitions)
        kept, gone = [await partitions.nearest("a", vectors[number], 0.98) for number in (0, 1)]
        return len(partitions), keys(kept), keys(gone)

    assert with_growing(work, Sizes(exact=300, most=1_000)) == (1_000, ["0"], [])


def test_the_event_loop_goes_on_while_a_large_partition_is_searched() -> None:
    there = Neighbourhood(Sizes(), None)
    vectors = directions(2_000, numbers=256)
    for number in range(50_000):
        there.put(Asked(str(number), ""), vectors[number % len(vectors)])

    async def work() -> bool:
        search = asyncio.create_task(there.nearest(vectors[0], 0.9))
        await asyncio.sleep(0)
        return not search.done() and len(await search) > 0

    assert asyncio.run(work())


def test_a_partition_for_which_no_graph_can_be_made_stays_as_large_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    vectors = directions(5_000)

    async def work() -> tuple[int, list[str]]:
        executor = ThreadPoolExecutor(1)
        executor.shutdown()
        partitions = Neighbourhoods(SMALL, executor=executor)
        running = asyncio.create_task(partitions.run())
        for number, vector in enumerate(vectors):
            partitions.put("a", Asked(str(number), ""), vector)
            await asyncio.sleep(0)
        running.cancel()
        return len(partitions), keys(await partitions.nearest("a", vectors[-1], 0.99))

    count, found = asyncio.run(work())
    assert SMALL.exact < count <= SMALL.most
    assert found == [str(len(vectors) - 1)]
    assert len(caplog.records) == 1


async def _asked_of(embedder: HashedEmbedder) -> str | None:
    async with open_questions(embedder) as questions:
        await questions.remember(FERN, "k")
        return await key_of_same(questions, SAME, 0.5)


def test_questions_are_opened_with_what_is_installed() -> None:
    assert asyncio.run(_asked_of(EMBEDDER)) == "k"
