"""What judging a reading costs: 256 tokens of English that its reader would have put otherwise, or in part not said.

python -m tests.bench.reading

On one core. Every reading is judged many times, others between, and counts with its fastest.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random
from time import perf_counter
from typing import Final

from router.core.reading.criteria import STANDARD
from router.core.reading.grade import grade
from router.core.reading.reading import Reading, ReadToken
from tests.bench.figure import Figure, Goal, Series, make_figure, print_figure, say
from tests.bench.process import pinned
from tests.gate_corpus.rows import GOOD, read_rows
from tests.readings import PIECE, diced

TOKENS: Final = 256
READINGS: Final = 40
ROUNDS: Final = 25
STRANGE_NATS: Final = 7.0
MEDIAN_GOAL_US: Final = Goal("value", 300.0)


def main() -> int:
    """Runs all benchmarks; 0 whatever they find."""
    dice = Random(1)
    texts = list(islice(_texts(), READINGS))
    said = [diced(text, dice) for text in texts]
    strange = [_half_strange(each) for each in said]
    say(
        f"judging {READINGS} readings of {TOKENS} tokens, {sum(map(len, texts)) // READINGS} characters, {ROUNDS} times"
    )
    with pinned(min(os.sched_getaffinity(0))):
        print_figure(_figure("judging what was read, in other words", said, texts, MEDIAN_GOAL_US))
        print_figure(_figure("judging what was read, its last half strange", strange, texts, None))
    return 0


def _figure(name: str, readings: Sequence[Reading], texts: Sequence[str], goal: Goal | None) -> Figure:
    best = [float("inf")] * len(readings)
    for _ in range(ROUNDS):
        for at, (reading, text) in enumerate(zip(readings, texts, strict=True)):
            started_s = perf_counter()
            grade(reading, text, STANDARD, is_last=False)
            best[at] = min(best[at], (perf_counter() - started_s) * 1e6)
    return make_figure(f"{name}, median", "us", Series(best), None, goal)


def _texts() -> Iterator[str]:
    """Parts of the good prose in English, each of as many tokens, again from the beginning when it is used up."""
    whole = "\n\n".join(row["text"] for row in read_rows(GOOD) if row["language"] == "en" and row["kind"] == "prose")
    found = list(PIECE.finditer(whole))
    while True:
        for at in range(0, len(found) - TOKENS, TOKENS):
            yield whole[found[at].start() : found[at + TOKENS - 1].end()]


def _half_strange(reading: Reading) -> Reading:
    half = len(reading.tokens) // 2
    rest = [
        ReadToken(each.start, each.end, each.best_logprob - STRANGE_NATS, 99, each.best_logprob)
        for each in reading.tokens[half:]
    ]
    return Reading((*reading.tokens[:half], *rest), reading.tokens_read)


if __name__ == "__main__":
    sys.exit(main())
