"""What a process pays for having a classifier: its time and its memory, step by step, as one line of JSON.

python -m tests.bench.loading FOLDER

To be run in a process of its own, which has imported nothing of it yet. Seconds are those of the CPU, which other
programs do not add to; with the files in memory nothing else is waited for.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

import psutil

MIB = 1 << 20


def main() -> None:
    """Takes every step once and prints seconds and MiB of each; the memory is what stays."""
    steps = (
        ("numpy", _import_numpy),
        ("modules", _import_modules),
        ("weights", lambda: _read_weights(Path(sys.argv[1]))),
    )
    kept: list[object] = []
    print(json.dumps({name: _pay(step, kept) for name, step in steps}))


def _pay(step: Callable[[], object], kept: list[object]) -> dict[str, float]:
    before, started_s = _resident_mib(), process_time()
    kept.append(step())
    return {"s": process_time() - started_s, "mib": _resident_mib() - before}


def _resident_mib() -> float:
    return float(psutil.Process().memory_info().rss / MIB)


def _import_numpy() -> object:
    import numpy

    return numpy


def _import_modules() -> object:
    from router.config import classifier_file

    return classifier_file


def _read_weights(folder: Path) -> object:
    from router.config.classifier_file import read_classifier
    from router.core.heads import score_text

    classifier = read_classifier(folder)
    score_text(classifier.heads, "The first text brings the pages of memory in.")
    return classifier


if __name__ == "__main__":
    main()
