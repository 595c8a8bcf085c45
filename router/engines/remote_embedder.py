"""Vectors of questions from a server that speaks OpenAI's `/v1/embeddings`: the port `Embedder` over HTTP. The text of
every question that is looked up by its meaning leaves this process.

Whatever goes wrong there costs that look-up and nothing else: nobody waits longer than `timeout_s`, and a server that
keeps failing is left alone for a while.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import msgspec
import numpy as np
from msgspec import Struct

from router.core.breaker import Breaker, Pass
from router.core.caching.asking import Question
from router.core.caching.embedding import Vector, unit
from router.engines.bounded_body import read_at_most
from router.engines.line import FOREIGN, open_connections
from router.ports import Clock
from router.silence import Silence

MOST_KNOWN: Final = 1_024
"""Vectors that are remembered: a question is embedded when it is looked up, and again when its answer is kept."""

MOST_CALLS: Final = 64
"""Calls at once. A question beyond them gets no vector."""

MOST_BYTES: Final = 1024 * 1024
"""Of an answer: a vector takes a tenth of it."""

REFUSES_TEXT: Final = frozenset((400, 413, 422))
"""Statuses that are about a text, and say nothing about the next one."""

_TROUBLE: Final = (*FOREIGN, RuntimeError)
"""RuntimeError is what uvloop raises on a connection that was reset; RecursionError, for JSON too deep, is one too."""

_log = logging.getLogger(__name__)


class Service(Struct, frozen=True):
    """Where vectors come from: `url` is without `/v1`. `dimensions`: how many numbers are asked for and expected; None:
    as many as the first vector has. `timeout_s`: for a vector, from looking up the server's name to its last byte."""

    url: str
    model: str
    api_key: str | None = None
    dimensions: int | None = None
    timeout_s: float = 0.2


class RemoteEmbedder:
    """`missed` is called whenever a question gets no vector."""

    def __init__(
        self, service: Service, session: aiohttp.ClientSession, clock: Clock, missed: Callable[[], None]
    ) -> None:
        self.name = f"openai:{service.model}"
        self._service = service
        self._session = session
        self._clock = clock
        self._missed = missed
        self._breaker = Breaker()
        self._dimensions = service.dimensions
        self._has_refused = False
        # INVARIANT: by the whole question: a text that another tenant has asked takes as long as any other.
        self._known: OrderedDict[Question, Vector] = OrderedDict()
        self._calls: dict[Question, asyncio.Task[Vector | None]] = {}

    async def embed(self, question: Question) -> Vector | None:
        """See `ports.Embedder`. Those who ask the same at the same time share a call, which goes on when they leave."""
        vector = self._known.get(question)
        if vector is not None:
            self._known.move_to_end(question)
            return vector
        call = self._calls.get(question) or self._begin(question)
        vector = None if call is None else await asyncio.shield(call)
        if vector is None:
            self._missed()
        return vector

    async def close(self) -> None:
        """Ends all calls."""
        calls = tuple(self._calls.values())
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    def _begin(self, question: Question) -> asyncio.Task[Vector | None] | None:
        """A new call; None: none may be made now."""
        through = None if len(self._calls) >= MOST_CALLS else self._breaker.admit(self._clock.now_s())
        if through is None:
            return None
        call = self._calls[question] = asyncio.create_task(self._call(question, through))
        call.add_done_callback(lambda _: self._calls.pop(question))
        return call

    async def _call(self, question: Question, through: Pass) -> Vector | None:
        try:
            async with asyncio.timeout(self._service.timeout_s):
                vector = await self._ask(question.text)
        except _TextRefused as refused:
            self._ended(through, "")
            self._say_refused(refused)
            return None
        except _TROUBLE as error:
            self._ended(through, str(error) or type(error).__name__)
            return None
        self._ended(through, "")
        self._known[question] = vector
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return vector

    async def _ask(self, text: str) -> Vector:
        """Raises _TextRefused, and one of _TROUBLE for whatever else is no vector."""
        service = self._service
        fields = {"model": service.model, "input": text, "encoding_format": "float"}
        asked = fields if service.dimensions is None else {**fields, "dimensions": service.dimensions}
        headers = {"Content-Type": "application/json"}
        if service.api_key is not None:
            headers["Authorization"] = f"Bearer {service.api_key}"
        url, body = service.url.rstrip("/") + "/v1/embeddings", msgspec.json.encode(asked)
        async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
            if response.status in REFUSES_TEXT:
                raise _TextRefused(f"status {response.status}")
            if response.status != 200:
                raise ValueError(f"it answers with status {response.status}")
            answer = await read_at_most(response, MOST_BYTES)
            if answer is None:
                raise ValueError("its answer is too large")
            return self._checked(_read_vector(answer))

    def _checked(self, values: list[float]) -> Vector:
        """Raises ValueError for a vector that is none, or not as long as the others."""
        if self._dimensions is not None and len(values) != self._dimensions:
            raise ValueError(f"its vectors have {len(values)} numbers and not {self._dimensions}")
        vector = unit(np.array(values, np.float64))
        if vector is None:
            raise ValueError("its vectors point nowhere")
        self._dimensions = len(values)
        return vector

    def _ended(self, through: Pass, trouble: str) -> None:
        """Says in the log once that the server is left alone, and once that it works again."""
        before = self._breaker.state
        self._breaker.ended(through, self._clock.now_s(), failed=bool(trouble))
        if trouble and before == "closed" and self._breaker.state == "open":
            _log.warning("questions get no vectors from %s: %s", self.name, trouble)
        elif before == "probing" and self._breaker.state == "closed":
            _log.warning("questions get vectors from %s again", self.name)

    def _say_refused(self, refused: Exception) -> None:
        if not self._has_refused:
            _log.warning("%s refuses to embed a question: %s", self.name, refused)
        self._has_refused = True


class _TextRefused(Exception):
    """The server takes no such text."""


class _Item(Struct):
    embedding: list[float]


class _Answer(Struct):
    data: list[_Item]


_decode = msgspec.json.Decoder(_Answer).decode


def _read_vector(body: bytes) -> list[float]:
    """Raises ValueError or RecursionError for what holds not exactly one vector."""
    answer = _decode(body)
    if len(answer.data) != 1:
        raise ValueError(f"it answers one text with {len(answer.data)} vectors")
    return answer.data[0].embedding


@asynccontextmanager
async def open_remote_embedder(
    service: Service, silence: Silence, clock: Clock, missed: Callable[[], None]
) -> AsyncGenerator[RemoteEmbedder, None]:
    """The embedder, on connections of its own, while the block runs."""
    async with open_connections(silence) as connections:
        embedder = RemoteEmbedder(service, connections.session, clock, missed)
        try:
            yield embedder
        finally:
            await embedder.close()
