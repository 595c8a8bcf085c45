"""Which of the questions asked before are nearest to a new one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.caching.embedding import DIMENSIONS, HashedEmbedder, Vector, cosine
from router.core.caching.nearest import BLOCK_ROWS, MOST_FOUND, Asked, Neighbour, Partition, likely_rows
from router.core.caching.sameness import first_same

EMBEDDER = HashedEmbedder()


def embedded(text: str) -> Vector:
    return EMBEDDER.vector(text)


def a_partition_of(*texts: str, most: int = 100) -> Partition:
    partition = Partition(most)
    for text in texts:
        partition.put(Asked(text, text), embedded(text))
    return partition


def found(partition: Partition, text: str, least: float = 0.1) -> list[str]:
    return [each.asked.text for each in partition.nearest(embedded(text), least)]


def test_the_nearest_question_comes_first() -> None:
    partition = a_partition_of("How do I bake bread?", "How do I bake white bread?", "Where is Oslo?")

    assert found(partition, "how do I bake white bread")[:2] == ["How do I bake white bread?", "How do I bake bread?"]


def test_what_is_less_alike_than_asked_for_is_not_found() -> None:
    assert found(a_partition_of("Where is Oslo?"), "How do I bake bread?", 0.9) == []


def test_no_more_are_found_than_get_a_second_look() -> None:
    partition = a_partition_of(*(f"Is {number} a prime number?" for number in range(20)))

    assert len(found(partition, "Is 5 a prime number?")) == MOST_FOUND
    assert found(partition, "Is 5 a prime number?")[0] == "Is 5 a prime number?"


def test_the_question_longest_unused_gives_way() -> None:
    partition = a_partition_of("one bridge", "two rivers", most=2)
    partition.touch("one bridge")
    partition.put(Asked("k", "three lakes"), embedded("three lakes"))

    assert len(partition) == 2
    assert found(partition, "two rivers", 0.9) == []
    assert found(partition, "one bridge", 0.9) == ["one bridge"]


def test_a_key_is_held_once() -> None:
    partition = a_partition_of("a bridge")
    partition.put(Asked("a bridge", "a river"), embedded("a river"))

    assert len(partition) == 1
    assert found(partition, "a river", 0.9) == ["a river"]


@given(st.lists(st.tuples(st.sampled_from(["put", "forget", "touch"]), st.integers(0, 12)), max_size=60))
def test_what_is_held_is_what_was_put_last_and_not_forgotten(steps: list[tuple[str, int]]) -> None:
    partition, kept = Partition(5), list[int]()
    for step, number in steps:
        held = number in kept
        if step == "put" or held:
            kept = [each for each in kept if each != number]
        if step == "put":
            partition.put(Asked(str(number), str(number)), np.eye(4, dtype=np.float32)[number % 4])
        elif step == "forget":
            partition.forget(str(number))
        else:
            partition.touch(str(number))
        if step == "put" or (step == "touch" and held):
            kept = [*kept, number][-5:]

    assert len(partition) == len(kept)
    for axis in range(4):
        texts = {each.asked.text for each in partition.nearest(np.eye(4, dtype=np.float32)[axis], 0.5)}
        assert texts == {str(number) for number in kept if number % 4 == axis}


def test_more_questions_than_one_block_holds_are_all_found_and_forgotten() -> None:
    draw = np.random.default_rng(0)
    vectors = draw.standard_normal((2 * BLOCK_ROWS + 9, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    partition = Partition()
    for number, vector in enumerate(vectors):
        partition.put(Asked(str(number), str(number)), vector)
    for number in range(0, len(vectors), 2):
        partition.forget(str(number))

    nearest = [[each.asked.key for each in partition.nearest(vector, 0.99)] for vector in vectors]

    assert len(partition) == len(vectors) // 2
    assert nearest == [[str(number)] if number % 2 else [] for number in range(len(vectors))]
    for number in range(len(vectors)):
        partition.forget(str(number))
    assert (len(partition), partition.vectors()) == (0, ())


def test_what_changes_during_a_search_is_not_taken_for_what_was_found() -> None:
    partition = a_partition_of("a bridge", "a river", "a lake")
    rows = likely_rows(partition.vectors(), embedded("a bridge"), 0.9)
    partition.forget("a bridge")

    assert rows == [0]
    assert partition.near([0, 1, 2], embedded("a bridge"), 0.9) == []
    assert [each.asked.key for each in partition.near([0], embedded("a lake"), 0.9)] == ["a lake"]


@given(st.text(max_size=200))
def test_a_vector_has_length_one_or_is_nothing(text: str) -> None:
    vector = embedded(text)

    assert vector.dtype == np.float32
    assert vector.shape == (DIMENSIONS,)
    assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5) or not vector.any()
    assert 0.0 <= cosine(vector, vector) <= 1.0


def test_what_is_said_around_a_question_does_not_change_its_vector() -> None:
    plain, polite = embedded("How do I bake bread?"), embedded("Hi, can you tell me how to bake bread please?")

    assert cosine(plain, polite) == pytest.approx(1.0)


def test_the_first_that_asks_the_same_is_taken_and_not_the_nearest() -> None:
    nearest = Neighbour(Asked("1", "Is 7 a prime number?"), 0.99)
    same = Neighbour(Asked("2", "is 5 a prime number"), 0.95)

    assert first_same("Is 5 a prime number?", [nearest, same]) == same
    assert first_same("Is 6 a prime number?", [nearest, same]) is None
