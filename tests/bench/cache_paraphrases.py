"""How many questions in other words are found among the others, by each way to make vectors, and how many that differ
in what matters are taken for the same.

python -m tests.bench.cache_paraphrases [--texts FILE] [--model FOLDER]

The pairs are those of tests/cache_pairs; each look-up is made as a router makes it, second look included, among the
first questions of all pairs. `--texts`: texts to train LSA on, one a line; `--model`: a model2vec model.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from router.core.caching.asking import Question
from router.core.caching.embedding import HashedEmbedder
from router.engines.static_embedder import load_static_embedder
from router.ports import Embedder
from router.stores.questions import LocalQuestions
from tests.asked_before import key_of_same
from tests.bench.figure import Series, make_figure, print_figure, say

PAIRS = Path(__file__).parent.parent / "cache_pairs"
THRESHOLDS = (0.3, 0.5, 0.7, 0.9)

Pair = tuple[str, str]


def main(arguments: Sequence[str]) -> int:
    """Runs the benchmark; 0 whatever it finds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cache_paraphrases")
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--model", type=Path)
    given = parser.parse_args(arguments)
    for embedder in _embedders(given.texts, given.model):
        say(f"looking the second of each pair up by {embedder.name}")
        for name in ("same", "differ"):
            shares = asyncio.run(_shares_found(embedder, _pairs(name)))
            for above, share in zip(THRESHOLDS, shares, strict=True):
                figure = f"{embedder.name}: pairs that are {name}, found at {above}"
                print_figure(make_figure(figure, "%", Series((share,)), None, None))
    return 0


def _embedders(texts: Path | None, model: Path | None) -> Iterator[Embedder]:
    yield HashedEmbedder()
    if texts is not None:
        from tests.bench.lsa import LsaEmbedder

        say("training LSA")
        yield LsaEmbedder(texts.read_text("utf-8").splitlines())
    if model is not None:
        yield load_static_embedder(model)


async def _shares_found(embedder: Embedder, pairs: Sequence[Pair]) -> list[float]:
    """Percent of the pairs whose second question finds the answer to the first, at each threshold."""
    questions = LocalQuestions(embedder)
    for one, _ in pairs:
        await questions.remember(Question("", one), one)
    return [
        100.0
        * sum([await key_of_same(questions, Question("", other), above) == one for one, other in pairs])
        / len(pairs)
        for above in THRESHOLDS
    ]


def _pairs(name: str) -> list[Pair]:
    rows = [json.loads(line) for line in (PAIRS / f"{name}.jsonl").read_text("utf-8").splitlines()]
    return [(row["a"], row["b"]) for row in rows]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
