"""What a semantic look-up costs as its partition grows: embedding a question, the search, the second look; what it
takes to hold so many questions; and whether the search finds what comparing all of them finds.

python -m tests.bench.cache_semantic

On one core, with hashed vectors; above 50,000 questions with the extra `semantic`. Each part is measured once per
question, others between; a figure's value is the median over questions. Takes some minutes.
"""

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from time import perf_counter

import numpy as np
import psutil

from router.core.caching.embedding import HashedEmbedder
from router.core.caching.nearest import Asked
from router.core.caching.sameness import first_same
from router.core.caching.terms import THRESHOLD
from router.stores.neighbourhood import BATCH, Neighbourhood, Sizes
from tests.bench.figure import Series, make_figure, print_figure, say
from tests.bench.process import pinned

SIZES = (1_000, 10_000, 50_000, 100_000, 200_000)
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
    with pinned(min(os.sched_getaffinity(0))), ThreadPoolExecutor(1) as executor:
        asyncio.run(_measure_all(executor))
    return 0


async def _measure_all(executor: ThreadPoolExecutor) -> None:
    """One partition, which grows from size to size."""
    embedder, there = HashedEmbedder(), Neighbourhood(Sizes(), executor)
    texts = list(dict.fromkeys(_questions(2 * max(SIZES), Random(1))))[: max(SIZES)]
    began_mb, reached = _resident_mb(), 0
    for size in SIZES:
        say(f"looking {ASKED} questions up among {size:,}")
        moves_us = await _fill(embedder, there, texts[reached:size])
        print_figure(make_figure(f"memory of {size:,}", "MB", Series((_resident_mb() - began_mb,)), None, None))
        if moves_us:
            print_figure(make_figure(f"into the graph up to {size:,}", "us", Series(moves_us), None, None))
        await _measure(embedder, there, texts[:size])
        reached = size
    await _compare(embedder, there, texts)


async def _fill(embedder: HashedEmbedder, there: Neighbourhood, texts: Sequence[str]) -> list[float]:
    """Puts questions; microseconds that each took to move into the graph, where there is one."""
    moves_us = []
    for text in texts:
        there.put(Asked(text, text), embedder.vector(text))
        while there.is_crowded:
            started_s = perf_counter()
            await there.spread()
            moves_us.append((perf_counter() - started_s) * 1e6 / BATCH)
    return moves_us


async def _measure(embedder: HashedEmbedder, there: Neighbourhood, texts: Sequence[str]) -> None:
    costs = [await _look_up(embedder, there, text) for text in _asked(texts, Random(1))]
    for name, values in zip(("embedding", "search", "second look"), zip(*costs, strict=True), strict=True):
        print_figure(make_figure(f"{name} among {len(texts):,}", "us", Series(values), None, None))


async def _look_up(embedder: HashedEmbedder, there: Neighbourhood, text: str) -> tuple[float, float, float]:
    """Microseconds of each part; of the search, with the way to another thread and back where it takes one."""
    started_s = perf_counter()
    vector = embedder.vector(text)
    embedded_s = perf_counter()
    found = await there.nearest(vector, THRESHOLD)
    searched_s = perf_counter()
    first_same(text, found)
    ended_s = perf_counter()
    return (embedded_s - started_s) * 1e6, (searched_s - embedded_s) * 1e6, (ended_s - searched_s) * 1e6


async def _compare(embedder: HashedEmbedder, there: Neighbourhood, texts: Sequence[str]) -> None:
    """The share of look-ups, of those for which anything is alike enough, that find one as near as the nearest of
    all."""
    everything = np.stack([embedder.vector(text) for text in texts])
    shares = []
    for text in _asked(texts, Random(2)):
        vector = embedder.vector(text)
        most = float(np.max(everything @ vector))
        if most >= THRESHOLD:
            found = await there.nearest(vector, THRESHOLD)
            shares.append(
                100.0 * any(np.dot(embedder.vector(each.asked.text), vector) >= most - 1e-5 for each in found[:1])
            )
    print_figure(make_figure(f"nearest found among {len(texts):,}", "%", Series((float(np.mean(shares)),)), None, None))


def _resident_mb() -> float:
    return psutil.Process().memory_info().rss / 2**20


def _questions(count: int, draw: Random) -> Iterator[str]:
    for _ in range(count):
        yield draw.choice(FORMS).format(*draw.choices(WORDS, k=3))


def _asked(sample: Sequence[str], draw: Random) -> Iterator[str]:
    for number in range(ASKED):
        text = draw.choice(sample)
        yield f"Hi, could you help me? {text} Thanks!" if number % 2 else next(_questions(1, draw))


if __name__ == "__main__":
    sys.exit(main())
