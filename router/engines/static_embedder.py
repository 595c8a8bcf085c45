"""Vectors of questions from a model2vec model in a local folder (the extra `semantic`): the port `Embedder` by looking
words up. Nothing is ever downloaded."""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from router.core.caching.asking import Question
from router.core.caching.embedding import Vector, unit
from router.core.errors import SettingsError

if TYPE_CHECKING:
    from model2vec import StaticModel

SETTING = "cache.embeddings"


class StaticEmbedder:
    """The mean of the vectors of a text's tokens. It goes by what its model is, so that two models of one name are
    told apart."""

    def __init__(self, model: "StaticModel") -> None:
        digest = sha256(np.ascontiguousarray(model.embedding).data)
        digest.update(model.tokenizer.to_str().encode())
        self.name = f"model2vec:{digest.hexdigest()[:16]}"
        self._model = model

    async def embed(self, question: Question) -> Vector | None:
        """See `ports.Embedder`. Waits for nothing."""
        return self.vector(question.text)

    def vector(self, text: str) -> Vector | None:
        """The vector of a text; None: the model knows no word of it."""
        return unit(self._model.encode([text])[0].astype(np.float32))


def load_static_embedder(path: Path) -> StaticEmbedder:
    """The embedder of the model in a folder. Takes a while: it belongs in a thread. Raises SettingsError."""
    if not path.is_dir():
        raise SettingsError(f"{SETTING}: {path} is not a folder; a model2vec model must be there, none is downloaded")
    try:
        from model2vec import StaticModel
    except ImportError:
        raise SettingsError(f"{SETTING}: model2vec is not installed: pip install 'tandem-router[semantic]'") from None
    # Tokenizers and safetensors raise bare Exceptions for files that are not theirs.
    try:
        embedder = StaticEmbedder(StaticModel.from_pretrained(path))
        embedder.vector("What it takes for the first text is taken now.")
    except Exception as error:
        raise SettingsError(f"{SETTING}: the folder {path} holds no model2vec model: {error}") from error
    return embedder
