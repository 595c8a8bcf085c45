"""Opens what makes vectors of questions, as the settings say."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from router.config.embedding_settings import Embeddings, RemoteSpec, StaticSpec
from router.core.caching.embedding import HashedEmbedder
from router.engines.remote_embedder import Service, open_remote_embedder
from router.engines.static_embedder import load_static_embedder
from router.ports import Clock, Embedder
from router.silence import Silence


@asynccontextmanager
async def open_embedder(
    given: Embeddings, silence: Silence, clock: Clock, missed: Callable[[], None]
) -> AsyncGenerator[Embedder, None]:
    """The embedder, while the block runs; `missed` is called for every question of which a remote one makes no vector.
    Raises SettingsError where a model cannot be loaded."""
    if isinstance(given, RemoteSpec):
        key = None if given.api_key is None else given.api_key.get_secret_value()
        service = Service(given.url, given.model, key, given.dimensions, given.timeout_s)
        async with open_remote_embedder(service, silence, clock, missed) as remote:
            yield remote
    elif isinstance(given, StaticSpec):
        yield await asyncio.to_thread(load_static_embedder, given.path)
    else:
        yield HashedEmbedder()
