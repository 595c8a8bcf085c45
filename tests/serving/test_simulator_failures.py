"""Simulated engines that fail on demand, on loopback: what their callers and their process manager see."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from router.core.passes import exact
from tests.patience import until
from tests.serving.simulated_engine import SimulatedEngine, simulated
from tests.wire_client import Address, Response, ask, open_stream, post

DEAD = "EngineCore encountered an issue. See stack trace (above) for the root cause."
ERROR = {"message": DEAD, "type": "InternalServerError", "param": None, "code": 500}
LONG = {"max_tokens": 600, "ignore_eos": True}
ESSAY: Any = {"messages": [{"role": "user", "content": "Write an essay of 700 words about canals, locks and barges."}]}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedEngine]:
    """A fast engine that lives through all that is done to it."""
    with simulated(tmp_path_factory.mktemp("failing"), "fast", "--profile", "cpu-tiny", "--speed", "5") as running:
        yield running


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedEngine]:
    """A fast engine that tells how many passes it made."""
    options = ("--profile", "cpu-tiny", "--speed", "50", "--tells-passes")
    with simulated(tmp_path_factory.mktemp("counting"), "fast", *options) as running:
        yield running


def fields(**beside: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "Tell me about bridges."}], **beside}


def timed(address: Address, script: str, **beside: Any) -> tuple[float, Response]:
    began_s = time.monotonic()
    response = post(address, fields(**beside), headers={"x-simulate": script})
    return time.monotonic() - began_s, response


def test_an_engine_that_dies_tells_those_in_flight_and_then_goes(tmp_path: Path) -> None:
    arguments = ("fast", "--profile", "cpu-tiny", "--speed", "2")
    with simulated(tmp_path, *arguments) as dying:
        with open_stream(dying.address, fields(stream=True, **LONG)) as other:
            other.next_event()
            killed = post(dying.address, fields(stream=True), headers={"x-simulate": "die"})
            told = other.payloads()

        assert killed.status == 200
        assert killed.body == b"data: " + json.dumps({"error": ERROR}).encode() + b"\n\ndata: [DONE]\n\n"
        assert json.loads(told[-2]) == {"error": ERROR}
        assert told[-1] == "[DONE]"
        assert ask(dying.address, "GET", "/health").status == 503
        assert dying.process.poll() is None
        late = post(dying.address, fields(stream=True))
        assert (late.status, late.json) == (500, {"error": ERROR})
        assert dying.await_exit() == 0


def test_the_watchdog_ends_a_server_whose_engine_died_in_a_stream(tmp_path: Path) -> None:
    with simulated(tmp_path, "fast", "--profile", "cpu-tiny", "--speed", "10") as dying:
        post(dying.address, fields(stream=True, echo=True))

        assert dying.await_exit(within_s=3) == 0
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(dying.address)


def test_a_scored_prompt_ends_a_diffusion_engine_at_once(tmp_path: Path) -> None:
    with simulated(tmp_path, "fast", "--profile", "cpu-tiny", "--speed", "2") as dying:
        response = post(dying.address, fields(prompt_logprobs=1))

        assert (response.status, response.json) == (500, {"error": ERROR})
        assert dying.await_exit(within_s=2) == 0


def test_a_hanging_engine_opens_the_stream_and_says_nothing(engine: SimulatedEngine) -> None:
    head, events = read_for(engine.address, "hang", within_s=0.3)

    assert head.startswith("HTTP/1.1 200 OK")
    assert events == []


def test_a_stalling_engine_stops_after_so_many_blocks(engine: SimulatedEngine) -> None:
    _, events = read_for(engine.address, "stall:2", within_s=0.4)

    assert len(events) == 3
    assert '"role"' in events[0]
    assert 'finish_reason":null' in events[2]


def test_an_engine_that_counts_tells_the_passes_of_each_block(counting: SimulatedEngine) -> None:
    asked = fields(stream=True, **LONG, simulate={"fast": "never-converge"})
    events = [each for each in post(counting.address, asked).body.decode().split("\n\n") if '"choices":[{' in each]

    told = [exact(json.loads(each[6:]), 48) for each in events]

    assert told[0] is None
    assert [[canvas.passes for canvas in each or ()] for each in told[1:]] == [[48], [48, 48], [48, 48, 48]]


def test_a_script_may_stand_in_the_body_by_tier(engine: SimulatedEngine) -> None:
    spoilt = post(engine.address, fields(stream=True, **LONG, simulate={"fast": "garbage:2", "strong": "garbage:1"}))
    other = post(engine.address, fields(stream=True, **LONG, simulate={"strong": "garbage:1"}))

    assert "\ufffd" in spoilt.body.decode()
    assert "\ufffd" not in other.body.decode()


def test_a_garbage_block_is_garbage_and_the_next_is_not(engine: SimulatedEngine) -> None:
    response = post(engine.address, fields(stream=True, **LONG), headers={"x-simulate": "garbage:2"})
    good = post(engine.address, fields(stream=True, **LONG))

    def blocks(of: Response) -> list[str]:
        chunks = [json.loads(each[6:]) for each in of.body.decode().split("\n\n") if each.startswith("data: {")]
        return [chunk["choices"][0]["delta"]["content"] for chunk in chunks[1:]]

    assert [a == b for a, b in zip(blocks(response), blocks(good), strict=True)] == [True, False, True]
    assert "\ufffd" in blocks(response)[1]


def test_a_wrong_sentence_is_fluent_and_the_text_goes_on_as_before(engine: SimulatedEngine) -> None:
    wrong = post(engine.address, fields(stream=True, **ESSAY), headers={"x-simulate": "wrong:2"}).text
    good = post(engine.address, fields(stream=True, **ESSAY)).text

    sentences = list(zip(wrong.split(". "), good.split(". "), strict=True))
    ((at, instead),) = [(at, one) for at, (one, other) in enumerate(sentences) if one != other]
    assert 10 < at < len(sentences) - 20
    assert instead[0].isupper()
    assert instead.isascii()


def test_a_mended_draft_is_gone_on_with_and_the_same_sentence_is_right(engine: SimulatedEngine) -> None:
    good = post(engine.address, fields(stream=True, **ESSAY)).text
    begun = {"role": "assistant", "content": good[:1500]}
    asked = {**ESSAY, "messages": [*ESSAY["messages"], begun], "continue_final_message": True}

    response = post(engine.address, {**asked, "add_generation_prompt": False}, headers={"x-simulate": "wrong:1"})

    assert good[:1500] + response.text == good


def test_a_canvas_that_never_converges_takes_every_pass(engine: SimulatedEngine) -> None:
    usual_s, _ = timed(engine.address, "garbage:9", max_tokens=8)
    stubborn_s, response = timed(engine.address, "never-converge", max_tokens=8)

    assert response.status == 200
    assert stubborn_s > 49 * 0.051 / 5 > 5 * usual_s


def test_a_slow_pass_is_slow(engine: SimulatedEngine) -> None:
    slow_s, _ = timed(engine.address, "slow-pass:10", max_tokens=8)

    assert slow_s > 3 * 0.051 / 5 * 10


def test_an_unknown_script_is_refused(engine: SimulatedEngine) -> None:
    _, response = timed(engine.address, "explode")

    assert response.status == 400
    assert response.error["param"] == "x-simulate"


def test_a_server_can_fail_by_itself(tmp_path: Path) -> None:
    with simulated(tmp_path, "strong", "--profile", "cpu-tiny", "--script", "garbage:1") as failing:
        assert "\ufffd" in post(failing.address, fields(max_tokens=40)).text


def test_a_cold_server_is_not_there_at_first(tmp_path: Path) -> None:
    began_s = time.monotonic()
    with simulated(tmp_path, "fast", "--profile", "cpu-tiny", "--cold", "--speed", "30") as cold:
        started_s = time.monotonic() - began_s
        first_s, _ = timed(cold.address, "garbage:9", max_tokens=8)
        until(lambda: timed(cold.address, "garbage:9", max_tokens=600, ignore_eos=True))
        for _ in range(4):
            later_s, _ = timed(cold.address, "garbage:9", max_tokens=8)

    assert started_s > 33 / 30
    assert first_s > later_s


@pytest.mark.parametrize(
    "arguments",
    [("fast", "--profile", "tpu"), ("fast", "--script", "explode"), ("fast", "--profile", "h200-fp8-strong")],
)
def test_a_wrong_start_is_refused_in_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with pytest.raises(AssertionError, match=r"^error: "), simulated(tmp_path, *arguments):
        pass


def read_for(address: Address, script: str, within_s: float) -> tuple[str, list[str]]:
    """The head of a streamed answer and the events that come in time."""
    body = json.dumps(fields(stream=True, **LONG)).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-simulate: {script}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    received = b""
    with socket.create_connection(address) as caller:
        caller.sendall(head.encode() + body)
        caller.settimeout(within_s)
        try:
            while part := caller.recv(65536):
                received += part
        except TimeoutError:
            pass
    begin, _, rest = received.decode().partition("\r\n\r\n")
    return begin, [line for line in rest.splitlines() if line.startswith("data: ")]
