"""Many callers at once, and callers who leave: who is served, who waits, and how soon a slot is free again."""

import json
import select
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from tests.patience import until
from tests.wire.engines import KEY, WireEngine
from tests.wire.shapes import chunks
from tests.wire_client import CHAT, raw_post, read_response

SLOTS = 8
"""How many requests a diffusion engine runs at once, whatever the hardware, unless it is told otherwise."""

LONG = {"max_tokens": 4000, "ignore_eos": True}
WITHIN_S = 20.0
RUNNING, WAITING = "vllm:num_requests_running", "vllm:num_requests_waiting"
SUCCESS = "vllm:request_success_total"


def test_requests_in_flight_are_the_load(idle: WireEngine) -> None:
    with ExitStack() as callers:
        for _ in range(3):
            callers.enter_context(asking(idle))
        until(lambda: idle.load() == 3, WITHIN_S)
        until(lambda: idle.samples().of(RUNNING) == 3, WITHIN_S)

    until(idle.is_idle, WITHIN_S)


def test_a_diffusion_engine_runs_eight_and_lets_the_rest_wait(full: WireEngine) -> None:
    with ExitStack() as callers:
        for _ in range(4):
            callers.enter_context(asking(full))
        until(lambda: full.samples().of(WAITING) == 4, WITHIN_S)

        samples = full.samples()
        assert samples.of(RUNNING) == SLOTS
        assert samples.of("vllm:num_requests_waiting_by_reason", reason="capacity") == 4
        assert full.load() == SLOTS + 4


def test_who_waits_gets_the_headers_of_a_stream_and_nothing_else(full: WireEngine) -> None:
    with asking(full, stream=True) as waiting:
        until(lambda: full.samples().of(WAITING) == 1, WITHIN_S)
        head = received_now(waiting)

        assert full.samples().of(WAITING) == 1
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert head.endswith(b"\r\n\r\n")


def test_a_slot_that_is_left_goes_to_who_waits(fast: WireEngine) -> None:
    until(fast.is_idle, WITHIN_S)
    with ExitStack() as others:
        for _ in range(SLOTS - 1):
            others.enter_context(asking(fast))
        with asking(fast):
            until(lambda: fast.samples().of(RUNNING) == SLOTS, WITHIN_S)
            others.enter_context(asking(fast))
            until(lambda: fast.samples().of(WAITING) == 1, WITHIN_S)
        until(lambda: fast.samples().of(WAITING) == 0, WITHIN_S)
        assert fast.load() == SLOTS


def test_who_waits_and_leaves_waits_no_more(full: WireEngine) -> None:
    with asking(full):
        until(lambda: full.samples().of(WAITING) == 1, WITHIN_S)

    until(lambda: full.samples().of(WAITING) == 0, WITHIN_S)
    assert full.samples().of(RUNNING) == SLOTS


def test_more_callers_than_slots_are_all_served(fast: WireEngine) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: fast.chat(max_tokens=8, ignore_eos=True), range(12)))

    assert [answer.json["usage"]["completion_tokens"] for answer in answers] == [8] * 12


def test_an_autoregressive_engine_runs_more_than_that_at_once(strong: WireEngine) -> None:
    with ExitStack() as callers:
        for _ in range(SLOTS + 4):
            callers.enter_context(asking(strong))
        until(lambda: strong.samples().of(RUNNING) == SLOTS + 4, WITHIN_S)
        assert strong.samples().of(WAITING) == 0

    until(strong.is_idle, WITHIN_S)


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_a_caller_who_leaves_before_the_first_block_frees_its_slot(idle: WireEngine, streamed: bool) -> None:
    before = finished(idle)
    with asking(idle, stream=streamed):
        until(lambda: idle.samples().of(RUNNING) == 1, WITHIN_S)

    until(idle.is_idle, WITHIN_S)
    assert finished(idle) == before


def test_a_caller_who_leaves_in_the_middle_frees_its_slot(idle: WireEngine) -> None:
    before = finished(idle)
    with idle.opened(**LONG) as stream:
        events = stream.events()
        for _ in range(2):
            next(events)

    until(idle.is_idle, WITHIN_S)
    assert finished(idle) == before


def test_what_was_left_is_not_counted_as_finished_not_even_as_aborted(idle: WireEngine) -> None:
    before = idle.samples().of(SUCCESS, finished_reason="abort")
    with asking(idle):
        until(lambda: idle.load() == 1, WITHIN_S)
    until(idle.is_idle, WITHIN_S)

    assert idle.samples().of(SUCCESS, finished_reason="abort") == before


def test_a_connection_is_kept_for_the_next_request(engine: WireEngine) -> None:
    with socket.create_connection(engine.address, timeout=10) as connection:
        for _ in range(2):
            connection.sendall(b"GET /version HTTP/1.1\r\nhost: x\r\n\r\n")
            assert read_response(connection).status == 200


def test_plain_and_streamed_answers_can_be_mixed(engine: WireEngine) -> None:
    with ThreadPoolExecutor(6) as pool:
        plain = [pool.submit(engine.chat, max_tokens=20) for _ in range(3)]
        streamed = [pool.submit(engine.streaming, max_tokens=20) for _ in range(3)]

    assert {future.result().status for future in plain} == {200}
    assert all(chunks(future.result()) for future in streamed)


@pytest.fixture
def full(fast: WireEngine) -> Iterator[WireEngine]:
    """The diffusion engine with all its slots taken for as long as the test goes on."""
    until(fast.is_idle, WITHIN_S)
    with ExitStack() as callers:
        for _ in range(SLOTS):
            callers.enter_context(asking(fast))
        until(lambda: fast.samples().of(RUNNING) == SLOTS, WITHIN_S)
        yield fast


@contextmanager
def asking(engine: WireEngine, **beside: object) -> Iterator[socket.socket]:
    """A caller who asks for a long answer, reads nothing of it, and leaves when the block ends."""
    body = json.dumps(engine.fields(**{**LONG, **beside})).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {KEY}"}
    with socket.create_connection(engine.address, timeout=10) as connection:
        connection.sendall(raw_post(body, headers, CHAT))
        yield connection


def finished(engine: WireEngine) -> float:
    """How many answers were written to their end. As long as it stands still, what was left was left undone."""
    return engine.samples().of(SUCCESS)


def received_now(connection: socket.socket) -> bytes:
    """What has arrived so far."""
    received = b""
    while select.select([connection], [], [], 0)[0]:
        received += connection.recv(65536)
    return received
