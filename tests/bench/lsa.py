"""Vectors of questions by latent semantic analysis, trained on texts that are given: to compare with hashed ones. Not
served: its matrix takes 25 MB and finds next to nothing more."""

from collections.abc import Sequence

import numpy as np
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
        counted = _features([text for text in dict.fromkeys(texts) if len(text) <= MOST_CHARS])
        found_in = np.asarray((counted > 0).sum(axis=0)).ravel()
        self._kept = np.flatnonzero(found_in >= FEWEST_TEXTS)
        self._weights = np.log((1 + counted.shape[0]) / (1 + found_in[self._kept]))
        self._projection = TruncatedSVD(NUMBERS, n_iter=3, random_state=0)
        self._projection.fit(self._weighed(counted))

    async def embed(self, question: Question) -> Vector | None:
        """See `ports.Embedder`."""
        return unit(self._projection.transform(self._weighed(_features([question.text])))[0])

    def _weighed(self, counted: csr_matrix) -> csr_matrix:
        return counted[:, self._kept].multiply(self._weights).tocsr()


def _features(texts: Sequence[str]) -> csr_matrix:
    columns, values, ends = [], [], [0]
    for text in texts:
        window = read_window(_asked(text))
        family_ends = (0, *window.family_ends)
        columns.append(window.columns)
        values.append(np.repeat(FAMILY_WEIGHTS, np.diff(family_ends)) * np.sqrt(window.counts))
        ends.append(ends[-1] + len(window.columns))
    return csr_matrix((np.concatenate(values), np.concatenate(columns), ends), shape=(len(texts), COLUMNS))


def _asked(text: str) -> str:
    return " ".join(word for word in read_question(text).words if not word.startswith(PERSON)) or text
