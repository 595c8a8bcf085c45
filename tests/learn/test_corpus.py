"""Prompts as matrices: the same features that serving computes."""

import numpy as np
import pytest

from router.core.features import COLUMNS, WINDOW_CHARACTERS, read_window
from router.learn.corpus import (
    COMMON_IN,
    build_corpus,
    build_matrix,
    find_common_keys,
    measure_rarity,
    place,
    strip_scaffold,
)


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("What is 2 + 2?\nA. 3\nB. 4\nAnswer:", "What is 2 + 2?\n 3\n 4\n "),
        ("Question: Why?", "  Why?"),
        ("A plain request stays as it is.", "A plain request stays as it is."),
    ],
)
def test_the_furniture_of_a_benchmark_is_stripped(text: str, stripped: str) -> None:
    assert strip_scaffold(text) == stripped


def test_a_prompt_with_furniture_is_seen_both_ways_and_counts_once() -> None:
    corpus = build_corpus(["Question: why is the sky blue?", "Why?", "Why?"])

    assert corpus.owners.tolist() == [0, 0, 1]
    assert corpus.shares.tolist() == [0.5, 0.5, 1.0]


def test_the_windows_of_a_long_prompt_count_once_together() -> None:
    corpus = build_corpus(["word " * WINDOW_CHARACTERS])

    assert len(corpus.windows) > 1
    assert corpus.shares.sum() == pytest.approx(1.0)


def test_rows_are_found_by_their_prompts_and_the_first_of_equal_ones_is_taken() -> None:
    corpus = build_corpus(["one", "two", "three"])

    placed = place(corpus, ["three", "one", "three"])

    assert (placed.windows.tolist(), placed.rows.tolist()) == ([0, 2], [1, 0])


def test_a_column_that_one_window_shows_counts_nothing_and_a_rare_one_more_than_a_common_one() -> None:
    corpus = build_corpus([*(f"common {i}" for i in range(9)), "common rare", "rare", "single"])
    common, rare, single = (int(read_window(word).columns[0]) for word in ("common", "rare", "single"))

    rarity = measure_rarity(corpus)

    assert rarity[single] == 0 < rarity[common] < rarity[rare]


def test_each_family_of_a_window_has_length_one() -> None:
    windows = [read_window("the cat sat on the mat"), read_window("")]

    matrix = build_matrix(windows, np.full(COLUMNS, 20, np.uint8))

    assert matrix.multiply(matrix).sum(1).ravel().tolist()[0] == pytest.approx([3.0, 0.0])


def test_keys_are_common_from_so_many_windows_on() -> None:
    corpus = build_corpus([*(f"{i} often" for i in range(COMMON_IN)), *(f"{i} seldom" for i in range(COMMON_IN - 1))])

    common = find_common_keys(corpus)

    assert common[read_window("often").seen_keys].any()
    assert not common[read_window("seldom").seen_keys[1:5]].any()
