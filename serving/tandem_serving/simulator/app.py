"""The server as an ASGI application: which path answers what, who may ask, what a dead engine still says."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from hashlib import blake2b
from hmac import compare_digest
from typing import Any
from uuid import uuid4

from tandem_serving.simulator.answering import answer_chat, answer_completion
from tandem_serving.simulator.body import read_json
from tandem_serving.simulator.engine import Engine
from tandem_serving.simulator.http import METRICS, Exchange, Receive, Send
from tandem_serving.simulator.metrics import Metrics
from tandem_serving.simulator.options import Options
from tandem_serving.simulator.refusals import Refusal, bad_request, detail
from tandem_serving.simulator.serving import Service
from tandem_serving.simulator.tokens import token_id, tokens_of
from tandem_serving.simulator.validation import Server
from tandem_serving.simulator.wire import compact

VERSION = "0.32.0"
GUARDED = ("/v1", "/v2", "/inference", "/cohere")
"""What an API key guards; everything else stays open."""


class Simulator:
    """One server. `stop` is called when its engine has died and it is time to go."""

    def __init__(self, options: Options, server: Server, engine: Engine, service: Service) -> None:
        self.options = options
        self.server = server
        self.engine = engine
        self.service = service
        self.fingerprint = f"vllm-{VERSION}-{blake2b(server.profile.name.encode(), digest_size=4).hexdigest()}"
        self.stop: Callable[[], None] = lambda: None
        self.in_flight = 0
        self.metrics = Metrics(server.model, server.profile.tier, server.profile.kv_tokens.value, service.load)
        service.metrics = self.metrics

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """ASGI."""
        exchange = Exchange(scope, receive, send)
        if not self._may_ask(exchange):
            await exchange.refuse_the_key()
            return
        try:
            await self._route(exchange)
        except Refusal as refusal:
            await exchange.refuse(refusal)
            if self.engine.died.is_set():
                self.stop()  # as vLLM does: a plain request that fails on a dead engine ends the server

    async def _route(self, exchange: Exchange) -> None:
        methods = _ROUTES.get(exchange.path)
        if methods is None:
            raise detail(404, "Not Found")
        if exchange.method not in methods:
            allowed = ", ".join(sorted(methods)).encode()
            body = compact(detail(405, "Method Not Allowed").body)
            await exchange.reply(405, body, b"application/json", (b"allow", allowed))
            return
        await methods[exchange.method](self, exchange)

    def _may_ask(self, exchange: Exchange) -> bool:
        key = self.options.api_key
        if not key or not exchange.path.startswith(GUARDED):
            return True
        scheme, _, token = exchange.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and compare_digest(token.encode(), key.encode())

    async def chat(self, exchange: Exchange) -> None:
        """`POST /v1/chat/completions`."""
        await self._counted(answer_chat(self, exchange))

    async def completion(self, exchange: Exchange) -> None:
        """`POST /v1/completions`."""
        await self._counted(answer_completion(self, exchange))

    async def _counted(self, answering: Awaitable[None]) -> None:
        self.in_flight += 1
        try:
            await answering
        finally:
            self.in_flight -= 1

    async def health(self, exchange: Exchange) -> None:
        """`GET /health`: an empty body, and 503 once the engine is dead."""
        await exchange.reply(503 if self.engine.died.is_set() else 200, b"", None)

    async def load(self, exchange: Exchange) -> None:
        """`GET /load`: requests in flight."""
        await exchange.reply(200, compact({"server_load": self.in_flight}))

    async def version(self, exchange: Exchange) -> None:
        """`GET /version`."""
        await exchange.reply(200, compact({"version": VERSION}))

    async def scrape(self, exchange: Exchange) -> None:
        """`GET /metrics`."""
        await exchange.reply(200, self.metrics.text(), METRICS)

    async def models(self, exchange: Exchange) -> None:
        """`GET /v1/models`."""
        created = int(time.time())
        model = {
            "id": self.server.model,
            "object": "model",
            "created": created,
            "owned_by": "vllm",
            "root": self.server.profile.checkpoint,
            "parent": None,
            "max_model_len": self.server.window_tokens,
            "permission": [{"id": f"modelperm-{uuid4().hex[:16]}", **_PERMISSION, "created": created, **_RIGHTS}],
        }
        await exchange.reply(200, compact({"object": "list", "data": [model]}))

    async def tokenize(self, exchange: Exchange) -> None:
        """`POST /tokenize`, of a prompt: the simulator's own tokens."""
        fields = read_json(await exchange.read_body(), exchange.headers.get("content-type", ""))
        prompt = fields.get("prompt")
        if not isinstance(prompt, str):
            raise bad_request("only a text prompt is tokenized by the simulator", "prompt")
        vocabulary = self.server.profile.vocabulary_tokens.value
        ids = [token_id(token, vocabulary) for token in tokens_of(prompt)]
        body = {"count": len(ids), "max_model_len": self.server.window_tokens, "tokens": ids, "token_strs": None}
        await exchange.reply(200, compact(body))

    async def watch_engine(self, interval_s: float) -> None:
        """Stops the server at the first look at an engine that has died, as vLLM's watchdog does."""
        while True:
            await asyncio.sleep(interval_s)
            if self.engine.died.is_set():
                self.stop()
                return


_PERMISSION = {"object": "model_permission"}
_RIGHTS = {
    "allow_create_engine": False,
    "allow_sampling": True,
    "allow_logprobs": True,
    "allow_search_indices": False,
    "allow_view": True,
    "allow_fine_tuning": False,
    "organization": "*",
    "group": None,
    "is_blocking": False,
}

_Route = Callable[[Simulator, Exchange], Awaitable[None]]

_ROUTES: Mapping[str, Mapping[str, _Route]] = {
    "/health": {"GET": Simulator.health},
    "/ping": {"GET": Simulator.health, "POST": Simulator.health},
    "/load": {"GET": Simulator.load},
    "/version": {"GET": Simulator.version},
    "/metrics": {"GET": Simulator.scrape},
    "/tokenize": {"POST": Simulator.tokenize},
    "/v1/models": {"GET": Simulator.models},
    "/v1/chat/completions": {"POST": Simulator.chat},
    "/v1/completions": {"POST": Simulator.completion},
}
