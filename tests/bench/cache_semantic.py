"""What a semantic look-up costs: embedding a question, the search in its partition, the second look.

python -m tests.bench.cache_semantic

On one core. Each part is measured once per question, others between; a figure's value is the median over questions.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from random import Random
from time import perf_counter

import numpy as np

from router.core.caching.embedding import DIMENSIONS, HashedEmbedder
from router.core.caching.nearest import Asked, Neighbour, Partition
from router.core.caching.sameness import first_same
from router.core.caching.terms import THRESHOLD
from tests.bench.figure import Series, make_figure, print_figure, say
from tests.bench.process import pinned

SIZES = (1_000, 10_000, 50_000)
ASKED = 200
"""Questions that are looked up at each size; every second one was asked before in other words."""

FORMS = (
    "How do I {} the {} of my {}?",
    "What is the best {} to {} for a {}?",
    "Where can I {} a {} in {}?",
    "Why does the {} {} when I {} it?",
    "Is it safe to {} a {} with a {}?",
)
WORDS = """
    window garden engine teacher paper river market copper lantern bridge kitchen pattern winter budget needle
    village contract theorem sensor fever harvest anchor protein mirror ticket database velvet server melody
    tariff muscle canal voltage pension archive curtain reactor mortgage painter vessel statute signal invoice
    timber lecture paint move read fold clean open measure store weigh count freeze dry hang mount print sort
    label wrap sell
""".split()


def main() -> int:
    """Runs the benchmark; 0 whatever it finds."""
    with pinned(min(os.sched_getaffinity(0))):
        embedder = HashedEmbedder()
        for size in SIZES:
            say(f"looking {ASKED} questions up among {size:,}")
            _measure(embedder, size)
    return 0


def _measure(embedder: HashedEmbedder, size: int) -> None:
    partition, texts = Partition(DIMENSIONS), list(_questions(size, Random(size)))
    sample = texts[:: max(size // 500, 1)]
    known = np.stack([embedder.embed(text) for text in sample])
    for place, text in enumerate(texts):
        partition.put(Asked(str(place), text), known[place % len(known)])
    for place, text in enumerate(sample):
        partition.put(Asked(str(place * max(size // 500, 1)), text), known[place])
    costs = [_look_up(embedder, partition, text) for text in _asked(sample, Random(1))]
    for name, values in zip(("embedding", "search", "second look"), zip(*costs, strict=True), strict=True):
        print_figure(make_figure(f"{name} among {size:,}", "us", Series(values), None, None))


def _look_up(embedder: HashedEmbedder, partition: Partition, text: str) -> tuple[float, float, float]:
    """Microseconds of each part."""
    started_s = perf_counter()
    vector = embedder.embed(text)
    embedded_s = perf_counter()
    found: Sequence[Neighbour] = partition.nearest(vector, THRESHOLD)
    searched_s = perf_counter()
    first_same(text, found)
    ended_s = perf_counter()
    return (embedded_s - started_s) * 1e6, (searched_s - embedded_s) * 1e6, (ended_s - searched_s) * 1e6


def _questions(count: int, draw: Random) -> Iterator[str]:
    for _ in range(count):
        yield draw.choice(FORMS).format(*draw.choices(WORDS, k=3))


def _asked(sample: Sequence[str], draw: Random) -> Iterator[str]:
    for number in range(ASKED):
        text = draw.choice(sample)
        yield f"Hi, could you help me? {text} Thanks!" if number % 2 else next(_questions(1, draw))


if __name__ == "__main__":
    sys.exit(main())
