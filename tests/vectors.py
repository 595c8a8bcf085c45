"""What makes vectors of questions, for tests: a tiny model2vec model, and a server of embeddings on loopback that does
what it is told."""

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from aiohttp import web
from numpy.typing import NDArray

NUMBERS = 16
WORDS = "how do i water a fern palm bake bread where is oslo the my password reset change what when".split()

Reply = Callable[[web.Request, Mapping[str, Any]], Any]


def direction_of(text: str) -> NDArray[np.float32]:
    """A vector that is of this text alone; zeros for an empty one. Its length is not 1, as is so of many servers."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return 3.0 * np.random.default_rng(seed).standard_normal(NUMBERS).astype(np.float32) * bool(text)


def save_tiny_model(folder: Path) -> Path:
    """A model of a few words, as model2vec writes it."""
    from model2vec import StaticModel
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import Whitespace

    vocabulary = {word: number for number, word in enumerate(["[UNK]", "[PAD]", *dict.fromkeys(WORDS)])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Whitespace()
    vectors = np.stack([direction_of(word) for word in vocabulary])
    StaticModel(vectors, tokenizer, normalize=False).save_pretrained(folder)
    return folder


class EmbeddingServer:
    """Answers with `direction_of` what it is sent, or as `reply` says, and remembers what it was sent."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[Mapping[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.reply: Reply = as_openai

    @property
    def texts(self) -> list[str]:
        """Which texts it was sent, in order."""
        return [body["input"] for body in self.bodies]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.bodies.append(body)
        self.headers.append(request.headers)
        told = self.reply(request, body)
        answer: web.StreamResponse = await told if asyncio.iscoroutine(told) else told
        return answer


def as_openai(_request: web.Request, body: Mapping[str, Any]) -> web.Response:
    """What OpenAI answers."""
    return with_numbers(direction_of(body["input"]).tolist())


def with_numbers(numbers: list[Any]) -> web.Response:
    """An answer with this vector."""
    item = {"object": "embedding", "index": 0, "embedding": numbers}
    return web.json_response({"object": "list", "data": [item], "model": "m", "usage": {"prompt_tokens": 3}})


@contextmanager
def embedding_server_beside() -> Iterator[EmbeddingServer]:
    """A server in a thread of its own, while the block runs, for tests that wait for something else."""
    started: Future[EmbeddingServer] = Future()
    loop, ended = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        async with embedding_server() as server:
            started.set_result(server)
            await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        yield started.result(timeout=10)
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


@asynccontextmanager
async def embedding_server() -> AsyncIterator[EmbeddingServer]:
    """A server, while the block runs."""
    server, app = EmbeddingServer(), web.Application()
    app.router.add_post("/v1/embeddings", server._answer)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    _host, port = runner.addresses[0][:2]
    server.url = f"http://127.0.0.1:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()
