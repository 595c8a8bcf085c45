"""How a router stops: not ready at once, no new connections, what is in flight finished, exit code 0."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOMY, Routers
from tests.faults import answers, never_answers, opens_and_then, stalls
from tests.patience import until
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import Response, ask, connected, open_stream, post, raw_post, read_response, request_fields

STREAMS = 20


@pytest.fixture
def mortal(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path, request: Any
) -> Iterator[RouterProcess]:
    """A router of the test's own, with a grace of as many seconds as the test's parameter says, or 5."""
    settings = running_routers.settings(tmp_path, ROOMY, {"stop_grace_s": getattr(request, "param", 5)})
    with serving(settings, tmp_path) as router:
        yield router
        assert "Traceback" not in router.read_log()


def stream_whole(router: RouterProcess) -> list[str]:
    """The payloads of one streamed answer."""
    with open_stream(router.public, request_fields()) as stream:
        return stream.payloads()


def ask_plainly(router: RouterProcess) -> Response:
    """One plain answer."""
    return post(router.public, request_fields())


def test_what_is_in_flight_is_finished_and_nobody_new_is_let_in(mortal: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(answers("one ", "two ", "three", after_s=0.5, every_s=0.5))

    with ThreadPoolExecutor(STREAMS + 1) as callers:
        streams = [callers.submit(stream_whole, mortal) for _ in range(STREAMS)]
        plain = callers.submit(ask_plainly, mortal)
        fast.await_received(STREAMS + 1)
        mortal.ask_to_stop()
        until(lambda: mortal.readiness().json["status"] == "stopping", within_s=0.5)
        readiness = mortal.readiness()
        until(lambda: refuses_connections(mortal), within_s=0.5)
        ends = [each.result() for each in streams]

    assert readiness.status == 503
    assert all(each[-1] == "[DONE]" and '"three"' in each[-2] for each in ends)
    assert plain.result().text == "one two three"
    assert mortal.await_exit() == 0
    assert [each["outcome"] for each in mortal.decisions()] == ["served"] * (STREAMS + 1)


def refuses_connections(router: RouterProcess) -> bool:
    """Whether the public listener takes no more connections."""
    try:
        ask(router.public, "GET", "/healthz")
    except ConnectionError:
        return True
    return False


def test_an_idle_router_stops_at_once_though_callers_keep_connections_open(mortal: RouterProcess) -> None:
    with connected(mortal.public) as idle, connected(mortal.public) as silent:
        idle.sendall(raw_post(b"", {"content-type": "application/json"}))
        read_response(idle)
        began_s = time.monotonic()
        mortal.ask_to_stop(signal.SIGINT)
        code = mortal.await_exit()
        took_s = time.monotonic() - began_s
        assert silent.recv(1) == b""

    print(f"an idle router stopped after {took_s * 1000:.0f} ms")
    assert code == 0
    assert took_s < 3


@pytest.mark.parametrize("mortal", [1], indirect=True)
def test_what_does_not_end_within_the_grace_is_ended(
    mortal: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    fast.does(opens_and_then("so far", then=stalls), never_answers())

    with open_stream(mortal.public, request_fields()) as stream, ThreadPoolExecutor(1) as callers:
        stream.next_event()
        unanswered = callers.submit(ask_plainly, mortal)
        fast.await_received(2)
        began_s = time.monotonic()
        mortal.ask_to_stop()
        code = mortal.await_exit()
        took_s = time.monotonic() - began_s
        told = unanswered.exception(5) or unanswered.result()

    print(f"a router with endless streams and a grace of 1 s stopped after {took_s:.1f} s")
    assert code == 0
    assert 0.8 < took_s < 4
    assert isinstance(told, OSError | HTTPException) or (told.status, told.error["type"]) == (503, "server_error")
    assert set(fast.left) == {1, 2}
    assert not strong.received
    assert [each["outcome"] for each in mortal.decisions()] == ["caller_left"] * 2
