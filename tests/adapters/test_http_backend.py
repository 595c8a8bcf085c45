"""HttpBackend by itself: it keeps the promise of the port `Backend` in front of a real engine."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest

from router.core.errors import (
    BackendError,
    EngineFailed,
    Malformed,
    Overloaded,
    Refused,
    TimedOut,
    Unavailable,
)
from router.core.moves import Attempt, Block, Ended
from router.core.values import Usage
from router.engines.dialects.vllm import VLLM
from router.engines.http import HttpBackend
from router.engines.line import Line, Timeouts, open_connections
from router.engines.wire_body import BodyWriter
from router.ports import Envelope
from router.silence import open_silence
from tests.conftest import BOTH_WAYS, FAST_TEXT, Way
from tests.examples import chat_request
from tests.faults import (
    answers,
    fails,
    is_overloaded,
    never_answers,
    opens_and_then,
    refuses_with,
    says_it_failed,
    sends_html,
    stalls,
    talks_forever,
)
from tests.scripted_engine import Exchange, Reply, ScriptedEngine

Result = TypeVar("Result")

ATTEMPT = Attempt(7, "fast")
PATIENT = Timeouts(connect_s=0.4, idle_s=10.0)
IMPATIENT = Timeouts(connect_s=0.4, idle_s=0.3)


def envelope(**parameters: Any) -> Envelope:
    """A small request on its way to an engine."""
    return Envelope(chat_request(**parameters), "request-1", "acme")


@asynccontextmanager
async def opened(engine: ScriptedEngine, timeouts: Timeouts = PATIENT) -> AsyncIterator[HttpBackend]:
    """A backend in front of this engine."""
    async with open_silence() as silence, open_connections(silence) as connections:
        yield HttpBackend(Line("fast-1", connections, engine.url, timeouts), BodyWriter("tier1", VLLM, b"pepper"))


def on_backend(
    engine: ScriptedEngine, use: Callable[[HttpBackend], Awaitable[Result]], timeouts: Timeouts = PATIENT
) -> Result:
    """What `use` makes of a backend in front of this engine."""

    async def work() -> Result:
        async with opened(engine, timeouts) as backend:
            return await use(backend)

    return asyncio.run(work())


async def all_events(backend: HttpBackend, **parameters: Any) -> list[Block | Ended]:
    """Everything one call yields."""
    return [event async for event in backend.stream(ATTEMPT, envelope(**parameters))]


def test_a_plain_answer_is_one_block_and_its_end(fast: ScriptedEngine) -> None:
    body, ended = on_backend(fast, all_events)

    assert isinstance(body, Block)
    assert FAST_TEXT.encode() in body.data
    assert isinstance(ended, Ended)
    assert ended == Ended(7, b"", None, Usage(18, 1), imprint=ended.imprint)
    assert ended.imprint is not None
    assert (ended.imprint.model, ended.imprint.finish_reasons) == ("tier1", ("stop",))


def test_a_streamed_answer_is_blocks_and_one_end_that_keeps_back_finish_and_usage(fast: ScriptedEngine) -> None:
    fast.does(answers("one ", "two ", "three", every_s=0.05))

    *blocks, ended = on_backend(fast, lambda backend: all_events(backend, stream=True))

    assert isinstance(ended, Ended)
    released = b"".join(each.data for each in blocks if isinstance(each, Block))
    assert len(blocks) >= 2
    assert b"two " in released
    assert b"three" not in released
    assert b"[DONE]" not in released + ended.finish_event
    assert b"three" in ended.finish_event
    assert ended.usage == Usage(18, 3)
    assert ended.usage_chunk is not None


@BOTH_WAYS
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (fails(500), EngineFailed),
        (fails(503), Unavailable),
        (is_overloaded("2"), Overloaded),
        (refuses_with("no"), Refused),
        (sends_html(), Malformed),
        (never_answers(), TimedOut),
        (opens_and_then(then=stalls), TimedOut),
    ],
)
def test_what_goes_wrong_is_a_backend_error_that_does_not_say_where(
    fast: ScriptedEngine, reply: Reply, kind: type[BackendError], way: Way
) -> None:
    fast.does(reply)

    with pytest.raises(kind) as raised:
        on_backend(fast, lambda backend: all_events(backend, **way), IMPATIENT)

    assert str(fast.port) not in raised.value.message
    assert "127.0.0.1" not in raised.value.message


def test_a_refused_connection_is_unavailable_by_name(fast: ScriptedEngine) -> None:
    with fast.refusing_connections(), pytest.raises(Unavailable, match="fast-1") as raised:
        on_backend(fast, all_events)

    assert str(fast.port) not in raised.value.message


def test_a_black_hole_is_given_up_on_after_the_connect_timeout(fast: ScriptedEngine) -> None:
    began_s = time.monotonic()

    with fast.dropping_connections(), pytest.raises(BackendError) as raised:
        on_backend(fast, all_events)

    assert raised.value.outcome in ("unavailable", "timed_out")
    assert 0.3 < time.monotonic() - began_s < 2


def test_what_came_before_a_fault_in_the_same_read_is_yielded_before_it_is_raised(fast: ScriptedEngine) -> None:
    async def in_one_write(exchange: Exchange) -> None:
        await exchange.send_chunk(b'data: {"choices":[{"index":0,"delta":{"content":"so far"}}]}\n\ndata: nonsense\n\n')

    fast.does(opens_and_then(then=in_one_write))

    async def first_and_second(backend: HttpBackend) -> Block | Ended:
        stream = backend.stream(ATTEMPT, envelope(stream=True))
        first = await anext(stream)
        with pytest.raises(Malformed):
            await anext(stream)
        return first

    first = on_backend(fast, first_and_second)

    assert isinstance(first, Block)
    assert b"so far" in first.data


def test_an_error_event_after_text_is_raised_after_it(fast: ScriptedEngine) -> None:
    fast.does(opens_and_then("so far", then=says_it_failed("no", code=429)))

    with pytest.raises(Overloaded):
        on_backend(fast, lambda backend: all_events(backend, stream=True))


@pytest.mark.parametrize("then", [stalls, talks_forever])
def test_closing_the_stream_closes_the_connection_at_once(
    fast: ScriptedEngine, then: Callable[[Exchange], Any]
) -> None:
    fast.does(opens_and_then("so far", then=then))

    async def leave(backend: HttpBackend) -> float:
        stream = backend.stream(ATTEMPT, envelope(stream=True))
        await anext(stream)
        left_s = time.monotonic()
        await stream.aclose()
        return await asyncio.to_thread(fast.await_left) - left_s

    took_s = on_backend(fast, leave)

    print(f"the engine saw it after {took_s * 1000:.1f} ms")
    assert took_s < 0.5


@BOTH_WAYS
def test_a_call_that_is_cancelled_before_its_first_byte_closes_the_connection(fast: ScriptedEngine, way: Way) -> None:
    fast.does(never_answers())

    async def cancel(backend: HttpBackend) -> None:
        call = asyncio.ensure_future(all_events(backend, **way))
        await asyncio.to_thread(fast.await_received)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.to_thread(fast.await_left)

    on_backend(fast, cancel)


def test_a_healthy_engine_is_reachable_and_every_other_is_not(fast: ScriptedEngine) -> None:
    reachable = on_backend(fast, HttpBackend.is_reachable)
    fast.healthy = False
    unhealthy = on_backend(fast, HttpBackend.is_reachable)
    with fast.refusing_connections():
        dead = on_backend(fast, HttpBackend.is_reachable)

    assert (reachable, unhealthy, dead) == (True, False, False)
