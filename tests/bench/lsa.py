"""Vectors of questions by latent semantic analysis, trained on texts that are given: to compare with hashed ones. Not
served: its matrix takes 25 MB and finds next to nothing more."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD

from router.core.caching.asking import Question
from router.core.caching.embedding import FAMILY_WEIGHTS, Vector, unit
from router.core.caching.question import MOST_CHARS, PERSON, read_question
from router.core.features import COLUMNS, read_window

NUMBERS = 128
FEWEST_TEXTS = 3
"""Features of fewer texts than these are left out."""


class LsaEmbedder:
    """Keeps the port `Embedder`: the features of `HashedEmbedder`, weighed by how rare they are and projected."""

    name = "lsa"

    def __init__(self, texts: Sequence[str]) -> None:
        counted = _counted([text for text in dict.fromkeys(texts) if len(text) <= MOST_CHARS])
        found_in = np.asarray((counted > 0).sum(axis=0)).ravel()
        kept = np.flatnonzero(found_in >= FEWEST_TEXTS)
        weights = np.log((1 + counted.shape[0]) / (1 + found_in[kept]))
        projection = TruncatedSVD(NUMBERS, n_iter=3, random_state=0)
        projection.fit(counted[:, kept].multiply(weights).tocsr())
        self._matrix = np.zeros((COLUMNS, NUMBERS), np.float32)
        self._matrix[kept] = (projection.components_ * weights).T

    async def embed(self, question: Question) -> Vector | None:
        """See `ports.Embedder`."""
        columns, values = _features(question.text)
        return unit(values @ self._matrix[columns])


def _counted(texts: Sequence[str]) -> csr_matrix:
    found = [_features(text) for text in texts]
    ends = np.cumsum([0, *(len(columns) for columns, _ in found)])
    columns, values = (np.concatenate(each) for each in zip(*found, strict=True))
    return csr_matrix((values, columns, ends), shape=(len(texts), COLUMNS))


def _features(text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Columns, and what each counts."""
    asked = " ".join(word for word in read_question(text).words if not word.startswith(PERSON))
    window = read_window(asked or text)
    weights = np.repeat(FAMILY_WEIGHTS, np.diff((0, *window.family_ends)))
    return window.columns, weights * np.sqrt(window.counts)
