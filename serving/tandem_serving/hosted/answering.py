"""One call answered, plain or as a stream, and what it cost said in it: `usage.cost`, in US dollars."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any, Final

import orjson

from router.core.event_stream import DONE, event
from tandem_serving.hosted.call import Call
from tandem_serving.hosted.ledger import Taken
from tandem_serving.hosted.provider import Object, Provider, Told
from tandem_serving.hosted.refusals import Refusal
from tandem_serving.hosted.settings import MICROUSD
from tandem_serving.simulator.http import Exchange

COST: Final = "cost"
"""Where the usage of an answer says what it cost, in US dollars: as OpenRouter has it."""


async def unless_left(exchange: Exchange, answering: Coroutine[Any, Any, None]) -> None:
    """Answers, or stops answering at once when the caller hangs up: nobody is to pay for what nobody reads."""
    work = asyncio.create_task(answering)
    leaving = asyncio.create_task(exchange.wait_for_leaving())
    try:
        await asyncio.wait((work, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        work.cancel()
        await asyncio.wait((work, leaving))
    if not work.cancelled():
        work.result()


async def answer_plainly(exchange: Exchange, provider: Provider, call: Call, taken: Taken, within_s: float) -> None:
    """The whole answer. Raises Refusal. A call that is given up may have been charged in full."""
    try:
        async with asyncio.timeout(within_s):
            told = await provider.complete(call)
    except TimeoutError:
        raise _too_late() from None
    except Refusal as refusal:
        taken.cost_microusd = 0 if refusal.status != _TOO_LATE else taken.microusd
        raise
    if told.cost_microusd is not None:
        taken.cost_microusd = told.cost_microusd
    await exchange.reply(200, orjson.dumps(_with_cost(told)), b"application/json")


async def answer_in_a_stream(exchange: Exchange, provider: Provider, call: Call, taken: Taken, within_s: float) -> None:
    """The answer as it comes. Raises Refusal where nothing was said yet; after that it is the stream's last event."""
    relay = _Relay(exchange, call, taken)
    try:
        async with asyncio.timeout(within_s), aclosing(provider.stream(call)) as chunks:
            await relay.run(chunks)
    except TimeoutError:
        await relay.fail(_too_late())
    except Refusal as refusal:
        await relay.fail(refusal)


class _Relay:
    """Sends chunks on, and keeps count of what they cost."""

    def __init__(self, exchange: Exchange, call: Call, taken: Taken) -> None:
        self._exchange = exchange
        self._call = call
        self._taken = taken
        self._is_open = False
        self._written_bytes = 0

    async def run(self, chunks: AsyncGenerator[Told, None]) -> None:
        """Sends all of them, and what ends a stream. The first one opens it, so that an error before is a status."""
        self._count(0)
        async for told in chunks:
            if not self._is_open:
                self._is_open = True
                await self._exchange.open_stream()
            await self._send(told)
        if not self._is_open:
            raise Refusal(502, "the provider answered nothing", "provider_failed")
        await self._exchange.end_stream(DONE)

    async def fail(self, refusal: Refusal) -> None:
        """Says what went wrong. Raises it where nothing was said yet."""
        if not self._is_open:
            self._taken.cost_microusd = self._taken.cost_microusd if refusal.status == _TOO_LATE else 0
            raise refusal
        await self._exchange.end_stream(refusal.as_event())

    async def _send(self, told: Told) -> None:
        data = event(orjson.dumps(_with_cost(told)))
        if told.said["choices"]:
            self._count(len(data))
        elif told.cost_microusd is not None:
            self._taken.cost_microusd = told.cost_microusd
        if told.said["choices"] or self._call.shows_usage:
            await self._exchange.stream(data)

    def _count(self, size: int) -> None:
        """What it has cost by now, should it end here: a chunk is thought to be all text."""
        self._written_bytes += size
        self._taken.cost_microusd = self._call.cost_so_far_microusd(self._written_bytes)


_TOO_LATE: Final = 504


def _too_late() -> Refusal:
    return Refusal(_TOO_LATE, "the provider did not answer in time", "provider_timeout")


def _with_cost(told: Told) -> Object:
    if told.cost_microusd is None:
        return told.said
    usage = {**(told.said.get("usage") or {}), COST: told.cost_microusd / MICROUSD}
    return {**told.said, "usage": usage}
