"""A question as a vector of hashed n-grams. Pure; numpy, no I/O, nothing learned.

What is said around a question is left out and words of one meaning are one (`caching.question`), so that the vector is
of what is asked. Columns of `core.features` are folded into fewer, each with a sign that its hash decides, so that
those that fall together cancel out on average (Weinberger and others, Feature Hashing for Large Scale Multitask
Learning, 2009).
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from router.core.caching.asking import Question
from router.core.caching.question import PERSON, read_question
from router.core.features import COLUMNS, read_window

Vector: TypeAlias = NDArray[np.float32]
"""Of length 1, or of zeros where there was nothing to embed: the product of two is their cosine."""

DIMENSIONS: Final = 256
FAMILY_WEIGHTS: Final = (1.0, 0.5, 0.35)
"""What a word, a pair of words and four characters count."""

_PLACE_BITS: Final = 8
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_HASHES: Final = np.arange(COLUMNS, dtype=np.uint64) * _FACTOR
_PLACES: Final = (_HASHES >> np.uint64(64 - _PLACE_BITS)).astype(np.int64)
_SIGNS: Final = np.where(_HASHES >> np.uint64(40) & np.uint64(1), 1.0, -1.0)


class HashedEmbedder:
    """Keeps the port Embedder by hashing."""

    name: Final = "hashed"

    async def embed(self, question: Question) -> Vector | None:
        """See `ports.Embedder`. Waits for nothing."""
        vector = self.vector(question.text)
        return vector if vector.any() else None

    def vector(self, text: str) -> Vector:
        """The vector of a question. Texts that ask the same in the same words have the same one."""
        asked = " ".join(word for word in read_question(text).words if not word.startswith(PERSON))
        return _hash(asked or text)


def unit(vector: Vector) -> Vector | None:
    """The vector of length 1 in this direction; None: it points nowhere, or is not made of finite numbers."""
    length = float(np.sqrt(np.dot(vector, vector)))
    return (vector / np.float32(length)).astype(np.float32, copy=False) if 0.0 < length < np.inf else None


def cosine(one: Vector, other: Vector) -> float:
    """How alike two vectors are, from 0 to 1: what points apart is not alike at all."""
    return float(min(max(np.dot(one, other), 0.0), 1.0))


def _hash(text: str) -> Vector:
    window = read_window(text)
    ends = (0, *window.family_ends)
    weights = np.repeat(FAMILY_WEIGHTS, np.diff(ends)) * np.sqrt(window.counts) * _SIGNS[window.columns]
    folded = np.bincount(_PLACES[window.columns], weights, DIMENSIONS)
    length = float(np.sqrt(np.dot(folded, folded)))
    return (folded / length if length else folded).astype(np.float32)
