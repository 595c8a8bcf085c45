"""Answers in odd shapes and sizes: what is legal says the same, what is not ends where it starts to hurt."""

import json

import pytest

from tests.faults import ends_early, opens_and_then, redirects_to
from tests.framings import FRAMINGS, Framing
from tests.odd_answers import (
    answers_framed,
    is_plain_though_asked_to_stream,
    says_all_in_one_chunk,
    sends_a_giant_body,
    sends_a_giant_line,
    streams_though_not_asked,
)
from tests.router_process import RouterProcess
from tests.scripted_engine import Exchange, ScriptedEngine
from tests.wire_client import open_stream, post, request_fields

MEGABYTE = 1024 * 1024
ALONE = {"model": "auto:fast-only"}
"""A request that only the fast tier may answer."""


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_stream_in_an_odd_framing_says_the_same(
    router: RouterProcess, fast: ScriptedEngine, framing: Framing
) -> None:
    fast.does(answers_framed(framing, "Zoë says: ", "漢字 ✓ ", 'a "quoted" line\n', "and the end."))
    with_usage = request_fields(stream_options={"include_usage": True})

    with open_stream(router.public, with_usage) as stream:
        *chunks, done = stream.payloads()

    decoded = [json.loads(each) for each in chunks]
    texts = [choice["delta"].get("content") or "" for each in decoded for choice in each["choices"]]
    assert "".join(texts) == 'Zoë says: 漢字 ✓ a "quoted" line\nand the end.'
    assert decoded[-1]["usage"]["completion_tokens"] == 4
    assert done == "[DONE]"


def test_a_stream_that_says_all_in_its_last_chunk_is_an_answer(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(says_all_in_one_chunk("all of it"))

    response = post(router.public, request_fields(stream=True))

    assert (response.status, response.text) == (200, "all of it")


def test_a_line_without_end_is_given_up_on(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(sends_a_giant_line(16 * MEGABYTE))

    response = post(router.public, request_fields(stream=True) | ALONE)

    assert (response.status, response.error["code"]) == (502, "upstream_error")
    fast.await_left()


def test_a_body_without_end_is_given_up_on(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(sends_a_giant_body(100 * MEGABYTE))

    response = post(router.public, request_fields() | ALONE)

    assert (response.status, response.error["code"]) == (502, "upstream_error")
    fast.await_left(within_s=1.0)


def test_a_body_in_place_of_a_stream_is_streamed(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(is_plain_though_asked_to_stream("in one piece"))
    with_usage = request_fields(stream_options={"include_usage": True})

    with open_stream(router.public, with_usage) as stream:
        *chunks, done = stream.payloads()

    decoded = [json.loads(each) for each in chunks]
    assert "".join(c["delta"].get("content") or "" for each in decoded for c in each["choices"]) == "in one piece"
    assert [c["finish_reason"] for each in decoded for c in each["choices"]][-1] == "stop"
    assert decoded[-1]["usage"]["total_tokens"] == 19
    assert done == "[DONE]"


def test_a_stream_in_place_of_a_body_is_put_together(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(streams_though_not_asked("in ", "two pieces"))

    response = post(router.public, request_fields())

    assert response.json["object"] == "chat.completion"
    assert response.text == "in two pieces"
    assert response.json["choices"][0]["finish_reason"] == "stop"


def test_half_a_stream_in_place_of_a_body_is_no_answer(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(opens_and_then("half of", then=ends_early))

    assert post(router.public, request_fields() | ALONE).status == 502


def test_a_stream_of_nothing_but_its_end_is_no_answer(router: RouterProcess, fast: ScriptedEngine) -> None:
    async def only_done(exchange: Exchange) -> None:
        await exchange.send_chunk(b"data: [DONE]\n\n")
        await exchange.send_chunk(b"")

    fast.does(opens_and_then(then=only_done))

    assert post(router.public, request_fields(stream=True) | ALONE).status == 502


def test_a_redirection_is_not_followed(router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine) -> None:
    fast.does(redirects_to(f"{strong.url}/v1/chat/completions"))

    response = post(router.public, request_fields() | ALONE)

    assert response.status == 502
    assert not strong.received
