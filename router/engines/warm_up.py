"""Warms engines up: their first answer after a start is slow, because kernels are compiled and caches filled for it,
and no caller should be the one who waits."""

import asyncio
import logging
from contextlib import aclosing
from typing import Final

import msgspec
from msgspec import Raw

from router.core.capabilities import Dialect
from router.core.errors import BackendError, Overloaded, Refused
from router.core.moves import Attempt
from router.core.values import ChatRequest, Message, Part, Tier
from router.engines.line import FOREIGN, Line
from router.engines.load_pages import has_answered
from router.ports import Backend, Envelope, Warmth

WITHIN_S: Final = 30.0
"""How long it may take. An engine that compiles for longer is tried again by whoever looks after those left alone."""

LOOK_WITHIN_S: Final = 2.0
MOST_BYTES: Final = 1 << 20
"""Of a page of metrics, and how long that may take."""

SHORT_TOKENS: Final = 8
"""An answer of an engine that writes token by token: a prompt is read, and some steps are made."""

_log = logging.getLogger(__name__)

_ASK = "Say hello."


class EngineWarmer:
    """The port `Warmer`, for the engine of one backend. An engine that writes canvases is asked for a whole one. An
    engine that has answered since it started, to whichever replica, says so in its metrics. One that says nothing is
    asked."""

    def __init__(self, tier: Tier, backend: Backend, line: Line, dialect: Dialect) -> None:
        self._attempt = Attempt(1, tier)
        self._backend = backend
        self._line = line
        self._pages = dialect.pages
        self._request = _request(dialect.canvas_tokens or SHORT_TOKENS)
        self._has_failed = False

    async def warm(self) -> Warmth:
        """See `ports.Warmer`. Says once that an engine cannot be warmed, until it was."""
        try:
            async with asyncio.timeout(WITHIN_S):
                if await self._has_answered():
                    return self._worked("was_warm")
                await self._ask()
        except Overloaded:
            return self._worked("was_warm")
        except Refused as error:
            return self._said("refused", error.message)
        except BackendError as error:
            return self._said("failed", error.message)
        except TimeoutError:
            return self._said("failed", f"it did not answer within {WITHIN_S:.0f} s")
        return self._worked("warmed")

    async def _has_answered(self) -> bool:
        counter = self._pages.answered
        if counter is None:
            return False
        try:
            async with asyncio.timeout(LOOK_WITHIN_S):
                return has_answered(await self._line.read_page(self._pages.metrics, MOST_BYTES), counter)
        except FOREIGN:
            return False

    async def _ask(self) -> None:
        envelope = Envelope(self._request, "warm-up", "")
        async with aclosing(self._backend.stream(self._attempt, envelope)) as answer:
            async for _ in answer:
                pass

    def _worked(self, warmth: Warmth) -> Warmth:
        self._has_failed = False
        return warmth

    def _said(self, warmth: Warmth, why: str) -> Warmth:
        if not self._has_failed:
            _log.warning("the backend %s could not be warmed up: %s", self._backend.name, why)
        self._has_failed = True
        return warmth


def _request(tokens: int) -> ChatRequest:
    said = {"model": "", "messages": [{"role": "user", "content": _ASK}], "max_tokens": tokens}
    fields = {name: Raw(msgspec.json.encode(each)) for name, each in said.items()}
    size = sum([len(each) for each in fields.values()])
    return ChatRequest("", (Message("user", (Part("text", _ASK),)),), {"max_tokens": tokens}, fields, size)
