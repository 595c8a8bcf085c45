"""Answers one completion: checks it, has the engine do it, writes what comes out, lets go when the caller does."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from msgspec import Struct

from tandem_serving.simulator.answer import Answer
from tandem_serving.simulator.ask import Ask
from tandem_serving.simulator.body import read_json
from tandem_serving.simulator.completion_wire import completion_body, completion_event, completion_usage_event
from tandem_serving.simulator.engine import CallerLeft, Engine, EngineDead, Ticket
from tandem_serving.simulator.faults import Fault, UnknownFault, parse_fault
from tandem_serving.simulator.http import Exchange
from tandem_serving.simulator.logprobs import prompt_logprobs
from tandem_serving.simulator.options import Options
from tandem_serving.simulator.reading import expected_tokens
from tandem_serving.simulator.refusals import Refusal, bad_request, engine_dead
from tandem_serving.simulator.sampling import check_engine
from tandem_serving.simulator.serving import Order, Service
from tandem_serving.simulator.validation import Server, accept_chat, accept_completion
from tandem_serving.simulator.wire import (
    DONE,
    Count,
    Form,
    Identity,
    block_event,
    plain_body,
    role_events,
    usage_event,
    with_passes,
)

SCRIPT_HEADER = "x-simulate"
SCRIPT_FIELD = "simulate"
"""In a body: an object of scripts by tier."""


class Host(Protocol):
    """What a server lends to the answering of one request."""

    options: Options
    server: Server
    engine: Engine
    service: Service
    fingerprint: str


class Dialect(Struct, frozen=True):
    """One of the two forms of a completion on the wire. `opens` writes what comes before the first block."""

    prefix: str
    opens: Callable[[Identity, int, Form, Count], list[bytes]]
    block: Callable[[Identity, int, Answer, range, Form, Count], bytes | None]
    usage: Callable[[Identity, Count, Any], bytes]
    body: Callable[[Identity, Sequence[Answer], Form, Count, Any, Any], bytes]


CHAT = Dialect("chatcmpl", role_events, block_event, usage_event, plain_body)
COMPLETION = Dialect(
    prefix="cmpl",
    opens=lambda _identity, _choices, _form, _count: [],
    block=completion_event,
    usage=completion_usage_event,
    body=lambda identity, answers, form, count, read, _metrics: completion_body(identity, answers, form, count, read),
)


async def answer_chat(host: Host, exchange: Exchange) -> None:
    """A chat completion. Raises Refusal as long as nothing has been sent."""
    fields = read_json(await exchange.read_body(), exchange.headers.get("content-type", ""))
    await _answer(host, exchange, CHAT, (accept_chat(fields, host.server),))


async def answer_completion(host: Host, exchange: Exchange) -> None:
    """A completion of bare text. Raises Refusal as long as nothing has been sent."""
    fields = read_json(await exchange.read_body(), exchange.headers.get("content-type", ""))
    await _answer(host, exchange, COMPLETION, accept_completion(fields, host.server))


async def _answer(host: Host, exchange: Exchange, dialect: Dialect, asks: Sequence[Ask]) -> None:
    if host.engine.died.is_set():
        raise engine_dead()
    ask = asks[0]
    fault = _fault_of(host, exchange, ask)
    if not ask.streamed:
        check_engine(ask, host.server.profile)
        await _answer_whole(host, exchange, dialect, host.service.take(asks, fault))
        return
    await exchange.open_stream()
    try:
        check_engine(ask, host.server.profile)
        await _answer_in_blocks(host, exchange, dialect, host.service.take(asks, fault))
    except Refusal as refusal:
        await exchange.end_stream(refusal.as_events())


async def _answer_whole(host: Host, exchange: Exchange, dialect: Dialect, order: Order) -> None:
    try:
        async with _opened(host, exchange, order) as ticket:
            async for _ in host.service.pieces(ticket):
                pass
    except CallerLeft:
        return
    identity, form = _identity(host, exchange, dialect), _form(host, order.ask)
    metrics = host.service.passes_told(order) if host.options.counts_passes else None
    count = host.service.count(order)
    body = dialect.body(identity, order.answers, form, count, _prompt_read(host, order.ask), metrics)
    await exchange.reply(200, body)


async def _answer_in_blocks(host: Host, exchange: Exchange, dialect: Dialect, order: Order) -> None:
    identity, form = _identity(host, exchange, dialect), _form(host, order.ask)
    seen = [0] * len(order.answers)
    opening = dialect.opens(identity, len(order.answers), form, host.service.count_choices(order, (), ()))
    try:
        async with _opened(host, exchange, order) as ticket:
            async for piece in host.service.pieces(ticket):
                while opening:
                    await exchange.stream(opening.pop(0))
                answer = order.answers[piece.index]
                seen[piece.index] = piece.tokens.stop
                count = host.service.count_choices(order, (answer,), (piece.tokens.stop,))
                event = dialect.block(identity, piece.index, answer, piece.tokens, form, count)
                if event is not None and host.options.tells_passes:
                    event = with_passes(event, host.service.passes_so_far(order, piece))
                if event is not None:
                    await exchange.stream(event)
    except CallerLeft:
        return
    if form.usage_wanted:
        metrics = host.service.passes_told(order) if host.options.counts_passes else None
        await exchange.stream(dialect.usage(identity, host.service.count(order), metrics))
    await exchange.end_stream(DONE)


@asynccontextmanager
async def _opened(host: Host, exchange: Exchange, order: Order) -> AsyncIterator[Ticket]:
    """The order in the engine, until it is served or the caller hangs up. Raises EngineRefusal when the engine dies."""
    ticket = host.service.open(order, exchange.arrived_s)
    watching = asyncio.create_task(_watch(exchange, ticket))
    try:
        yield ticket
    except EngineDead:
        raise engine_dead() from None
    finally:
        watching.cancel()
        host.service.close(ticket)


async def _watch(exchange: Exchange, ticket: Ticket) -> None:
    await exchange.wait_for_leaving()
    ticket.leave()


def _fault_of(host: Host, exchange: Exchange, ask: Ask) -> Fault | None:
    """What the request's header asks for, else the script for this tier in its body, which a router hands on."""
    script, where = exchange.headers.get(SCRIPT_HEADER), SCRIPT_HEADER
    if script is None:
        script, where = _script_in_body(ask, host.server.profile.tier), SCRIPT_FIELD
    if script is None:
        return host.service.draw_fault(host.options.faults)
    try:
        return parse_fault(script)
    except UnknownFault as error:
        raise bad_request(str(error), where) from None


def _script_in_body(ask: Ask, tier: str) -> str | None:
    scripts = ask.fields.get(SCRIPT_FIELD)
    script = scripts.get(tier) if isinstance(scripts, Mapping) else None
    return None if script is None else str(script)


def _identity(host: Host, exchange: Exchange, dialect: Dialect) -> Identity:
    return Identity(
        id=f"{dialect.prefix}-{exchange.answer_id}",
        created=int(time.time()),
        model=host.server.model,
        fingerprint=host.fingerprint,
        tier=host.server.profile.tier,
    )


def _form(host: Host, ask: Ask) -> Form:
    return Form(host.server.parsers, ask.usage_wanted, ask.usage_everywhere, ask.top_logprobs, ask.echoed, ask.role)


def _prompt_read(host: Host, ask: Ask) -> Sequence[Any] | None:
    if ask.prompt_logprobs is None:
        return None
    vocabulary = host.server.profile.vocabulary_tokens.value
    entries = prompt_logprobs(ask.prompt, expected_tokens(ask), ask.prompt_logprobs, vocabulary)
    unread = max(1, len(entries) - ask.read_last) if host.options.caches and ask.read_last else 1
    return [*[None] * unread, *entries[unread:]]
