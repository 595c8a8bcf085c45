"""A caller who leaves: whatever was being done for it ends at once, and nothing of it stays behind."""

import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import BOTH_WAYS, FAST_TEXT, Way
from tests.faults import answers, never_answers, opens_and_then, stalls, talks_forever
from tests.patience import until
from tests.router_process import IN_FLIGHT, RouterProcess
from tests.scripted_engine import Reply, ScriptedEngine
from tests.wire_client import asked, connected, open_stream, post, raw_post, read_response, request_fields

SEEN_WITHIN_S = 0.5
"""A tenth of a second is promised; the rest is for a busy machine."""

JSON = {"content-type": "application/json"}


def nothing(_connection: socket.socket) -> None:
    """Leaves without having read anything."""


def headers_and_text(connection: socket.socket) -> None:
    """Leaves once the first text has come."""
    found = b""
    while b"so far" not in found:
        found += connection.recv(65536)


WINDOWS: list[tuple[str, Reply, dict[str, Any], Callable[[socket.socket], None]]] = [
    ("plain, before the engine's headers", never_answers(), {}, nothing),
    ("plain, in the middle of the body", opens_and_then(then=stalls), {}, nothing),
    ("streamed, before the engine's headers", never_answers(), {"stream": True}, nothing),
    ("streamed, before the first block", opens_and_then(then=stalls), {"stream": True}, nothing),
    ("streamed, after the first block", opens_and_then("so far", then=stalls), {"stream": True}, headers_and_text),
    ("streamed, while text flows", opens_and_then("so far", then=talks_forever), {"stream": True}, headers_and_text),
    ("committed, before the first block", never_answers(), {"stream": True, "model": "auto:hasty"}, nothing),
]


@pytest.mark.parametrize(("when", "reply", "way", "read"), WINDOWS, ids=[row[0] for row in WINDOWS])
def test_the_engine_sees_the_caller_leave_at_once(
    router: RouterProcess,
    fast: ScriptedEngine,
    strong: ScriptedEngine,
    when: str,
    reply: Reply,
    way: Way,
    read: Callable[[socket.socket], None],
) -> None:
    fast.does(reply)
    known = router.settled()

    with asked(router.public, request_fields() | dict(way)) as caller:
        fast.await_received()
        read(caller)
        until(lambda: router.metrics()[IN_FLIGHT] == 1)
        left_s = time.monotonic()
    seen_s = fast.await_left() - left_s

    print(f"{when}: the engine saw it after {seen_s * 1000:.1f} ms")
    assert seen_s < SEEN_WITHIN_S
    until(lambda: router.metrics()[IN_FLIGHT] == 0, SEEN_WITHIN_S)
    assert not strong.received
    record = router.await_next_record(known)
    assert (record["outcome"], record["status"]) == ("caller_left", 499)
    assert [(each["tier"], each["outcome"]) for each in record["attempts"]] == [("fast", "abandoned")]


def test_a_caller_who_resets_its_connection_has_left_too(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(never_answers())

    with asked(router.public, request_fields()) as caller:
        fast.await_received()
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    fast.await_left(within_s=SEEN_WITHIN_S)


def test_a_caller_who_leaves_while_it_sends_its_body_is_not_served(router: RouterProcess, fast: ScriptedEngine) -> None:
    whole = raw_post(json.dumps(request_fields("x" * 10_000)).encode(), JSON)

    with connected(router.public) as caller:
        caller.sendall(whole[:5000])
        until(lambda: router.metrics()[IN_FLIGHT] == 1)

    until(lambda: router.metrics()[IN_FLIGHT] == 0, SEEN_WITHIN_S)
    assert not fast.received


@BOTH_WAYS
def test_a_caller_who_leaves_with_its_whole_answer_was_served(router: RouterProcess, way: Way) -> None:
    known = router.settled()

    with asked(router.public, request_fields(**way)) as caller:
        response = read_response(caller)

    assert response.text == FAST_TEXT
    assert router.await_next_record(known)["outcome"] == "served"


@BOTH_WAYS
def test_a_connection_carries_request_after_request(router: RouterProcess, fast: ScriptedEngine, way: Way) -> None:
    fast.does(*(answers(f"answer {number}") for number in range(5)))
    body = json.dumps(request_fields(**way)).encode()

    with connected(router.public) as caller:
        texts = []
        for _ in range(5):
            caller.sendall(raw_post(body, JSON))
            texts.append(read_response(caller).text)

    assert texts == [f"answer {number}" for number in range(5)]


def test_a_request_sent_before_the_last_was_answered_is_answered_after_it(
    router: RouterProcess, fast: ScriptedEngine
) -> None:
    fast.does(answers("first", after_s=0.2), answers("second"))
    data = raw_post(json.dumps(request_fields()).encode(), JSON)

    with connected(router.public) as caller:
        caller.sendall(data + data)
        texts = [read_response(caller).text for _ in range(2)]

    assert texts == ["first", "second"]


def test_a_caller_who_reads_slowly_is_waited_for_and_not_stored_for(
    router: RouterProcess, fast: ScriptedEngine
) -> None:
    fast.does(opens_and_then(then=talks_forever))
    before_bytes = router.memory_bytes()

    with asked(router.public, request_fields(stream=True)) as caller:
        fast.await_received()
        sent_bytes = [0, 1]
        while sent_bytes[-1] > sent_bytes[-2]:
            time.sleep(0.3)
            sent_bytes.append(fast.exchanges[0].sent_bytes)
            assert sent_bytes[-1] < 64 * 1024 * 1024
            caller.recv(1)
        grown_bytes = router.memory_bytes() - before_bytes

    print(f"the engine sent {sent_bytes[-1]} bytes to a caller who read few; the router grew by {grown_bytes} bytes")
    assert grown_bytes < 20 * 1024 * 1024
    fast.await_left()


def test_a_hundred_abandoned_streams_leave_nothing_behind(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(opens_and_then("so far", then=stalls))

    def leave_many(count: int) -> None:
        for _ in range(count):
            with open_stream(router.public, request_fields()) as stream:
                assert "so far" in stream.next_event() + stream.next_event()

    leave_many(5)
    router.await_idle()
    files, tasks = router.open_files(), router.metrics()["router_asyncio_tasks"]
    leavers = [threading.Thread(target=leave_many, args=(25,)) for _ in range(4)]
    for each in leavers:
        each.start()
    for each in leavers:
        each.join()

    until(lambda: len(fast.left) == 105)
    until(lambda: router.metrics()["router_asyncio_tasks"] <= tasks + 2)
    until(lambda: router.open_files() <= files + 2)


def test_after_many_have_left_the_next_is_served_as_ever(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(*[never_answers()] * 10, answers(FAST_TEXT))
    for number in range(1, 11):
        with asked(router.public, request_fields()):
            fast.await_received(number)

    assert post(router.public, request_fields()).text == FAST_TEXT
