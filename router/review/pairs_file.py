"""Files of pairs of questions, and what the cache makes of each pair under the shipped settings.

Files are read as a stream. A row that is no pair comes out as the error about it, in its place.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from router.core.caching.embedding import HashedEmbedder, cosine
from router.core.caching.sameness import Sameness, compare
from router.core.errors import FileError
from router.log.reader import numbered_lines

COLUMNS = ("a", "b")

_LINES = msgspec.json.Decoder(dict[str, Any])


def judge_file(path: Path) -> Iterator[Sameness | FileError]:
    """What the cache makes of every pair, in order. Raises FileError, when it is read, for a file that cannot be."""
    embedder = HashedEmbedder()
    for number, line in numbered_lines(path):
        pair = _pair_of(path, number, line)
        if isinstance(pair, FileError):
            yield pair
            continue
        one, other = pair
        yield compare(one, other, 1.0 if one == other else cosine(embedder.vector(one), embedder.vector(other)))


def _pair_of(path: Path, number: int, line: bytes) -> tuple[str, str] | FileError:
    try:
        row = _LINES.decode(line)
    except (ValueError, RecursionError) as error:
        return FileError(str(path), number, 1, f"is not a row: {error}")
    for column in COLUMNS:
        if not isinstance(row.get(column), str):
            return FileError(str(path), number, 1, f"is not a pair: {column!r} must hold a text")
    return row["a"], row["b"]
