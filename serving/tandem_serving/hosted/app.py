"""The hosted process as an ASGI application: plain OpenAI, before which the spending cap stands."""

import logging
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any, Final

import orjson

from tandem_serving.hosted.answering import answer_in_a_stream, answer_plainly, unless_left
from tandem_serving.hosted.call import Call, Model, read_call
from tandem_serving.hosted.ledger import CannotWrite, CapReached, Ledger
from tandem_serving.hosted.provider import Provider
from tandem_serving.hosted.refusals import SPENT, Refusal
from tandem_serving.hosted.settings import MICROUSD
from tandem_serving.hosted.terms import Terms
from tandem_serving.simulator.http import Exchange, Receive, Send

_log: Final = logging.getLogger(__name__)


class Hosted:
    """Serves `/v1/chat/completions`, `/v1/models` and `/health`."""

    def __init__(self, provider: Provider, models: Mapping[str, Model], ledger: Ledger, terms: Terms) -> None:
        self._provider = provider
        self._models = models
        self._ledger = ledger
        self._terms = terms

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """ASGI."""
        exchange = Exchange(scope, receive, send)
        try:
            await self._answer(exchange)
        except Refusal as refusal:
            await exchange.reply(refusal.status, refusal.as_body(), b"application/json", *refusal.headers)

    async def _answer(self, exchange: Exchange) -> None:
        asked = (exchange.method, exchange.path)
        if asked == ("GET", "/health"):
            await exchange.reply(200, orjson.dumps(self._health()))
            return
        self._check_key(exchange)
        if asked == ("GET", "/v1/models"):
            await exchange.reply(200, orjson.dumps(self._listing()))
        elif asked == ("POST", "/v1/chat/completions"):
            call = read_call(await _body(exchange, self._terms.body_bytes), self._models)
            await unless_left(exchange, self._call(exchange, call))
        else:
            raise Refusal(404, "nothing is served here", "not_found")

    def _check_key(self, exchange: Exchange) -> None:
        key = self._terms.key
        said = exchange.headers.get("authorization", "")
        if key is not None and not compare_digest(said.encode(), f"Bearer {key}".encode()):
            message = "send the key that `listen.key_env` names, as `Authorization: Bearer <key>`"
            raise Refusal(401, message, "invalid_api_key")

    def _health(self) -> Mapping[str, object]:
        page = self._ledger.page
        return {
            "status": "ok",
            "window": page.window,
            "spent_usd": page.spent_microusd / MICROUSD,
            "held_usd": page.held_microusd / MICROUSD,
            "cap_usd": self._ledger.cap_microusd / MICROUSD,
        }

    def _listing(self) -> Mapping[str, object]:
        listed = [{"id": name, "object": "model", "created": 0, "owned_by": "tandem-hosted"} for name in self._models]
        return {"object": "list", "data": listed}

    async def _call(self, exchange: Exchange, call: Call) -> None:
        answer = answer_in_a_stream if call.streams else answer_plainly
        within_s = self._terms.left_s(exchange.headers)
        try:
            with self._ledger.taking(call.most_microusd) as taken:
                await answer(exchange, self._provider, call, taken, within_s)
        except CapReached as reached:
            raise _spent(reached, call) from None
        except CannotWrite as fault:
            _log.error("nothing is called: %s", fault)
            raise Refusal(503, "what is spent cannot be written down, so nothing may be", "ledger_failed") from None


async def _body(exchange: Exchange, most_bytes: int) -> bytes:
    """The whole body, empty when the caller left first. Raises Refusal."""
    parts, size = [], 0
    while True:
        message = await exchange.receive()
        if message["type"] == "http.disconnect":
            return b""
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most_bytes:
            raise Refusal(413, f"the body is larger than {most_bytes} bytes", "request_too_large")
        if not message.get("more_body"):
            return b"".join(parts)


def _spent(reached: CapReached, call: Call) -> Refusal:
    """Before anybody is called. Whether less is left than this call may cost, or nothing, a later window helps."""
    page = reached.page
    left = max(0, reached.cap_microusd - page.spent_microusd - page.held_microusd)
    message = (
        f"the spending cap is reached: this call may cost up to ${call.most_microusd / MICROUSD:.4f}, and of "
        f"${reached.cap_microusd / MICROUSD:.2f} there is ${left / MICROUSD:.4f} left in the window {page.window}"
    )
    return Refusal(429, message, SPENT, None, reached.retry_after_s)
