"""A draft of the fast tier that the strong one reads, as callers see it: one answer, whoever wrote which part of it."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests import vllm_wire
from tests.conftest import Routers
from tests.engine_http import send_whole
from tests.faults import answers, refuses_with
from tests.router_process import RouterProcess
from tests.scripted_engine import Exchange, Reply, ScriptedEngine
from tests.wire_client import post, request_fields

GOOD, WRONG, RIGHT = "Otters swim very well.", " They weigh ninety tons.", " They weigh thirty kilograms."
ASKED = request_fields() | {"model": "auto:read"}

both_ways = pytest.mark.parametrize(
    "way", [{}, {"stream": True, "stream_options": {"include_usage": True}}], ids=["plain", "streamed"]
)


def reads(wrong: str, otherwise: Reply) -> Reply:
    """Finds all likely that it is to read but one word, and answers whatever else it is asked."""

    async def reply(exchange: Exchange) -> None:
        fields = exchange.request.fields
        if "prompt_logprobs" not in fields:
            await otherwise(exchange)
            return
        said = ["<bos>", *re.findall(r"\s*\S+", fields["messages"][-1]["content"])]
        body = json.loads(vllm_wire.scored_body(fields["model"], said))
        for token in [each for position in body["prompt_logprobs"][1:] for each in position.values()]:
            if wrong in token["decoded_token"]:
                token.update(logprob=-30.0, rank=900)
        await send_whole(exchange, 200, json.dumps(body).encode())

    return reply


def usage_of(response: Any, way: Mapping[str, Any]) -> Mapping[str, Any]:
    if not way:
        usage: Mapping[str, Any] = response.json["usage"]
        return usage
    *_, last, _ = response.body.decode().strip().split("\n\n")
    counted: Mapping[str, Any] = json.loads(last.removeprefix("data: "))["usage"]
    return counted


@both_ways
def test_what_is_wrong_is_written_by_the_strong_tier_and_counted_in_its_place(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Mapping[str, Any]
) -> None:
    fast.does(answers(GOOD, WRONG))
    strong.does(reads("ninety", answers(" They weigh", " thirty kilograms.")))

    response = post(router.public, ASKED | way)

    assert (response.status, response.text) == (200, GOOD + RIGHT)
    usage = usage_of(response, way)
    record = router.await_record(response.header("x-request-id"))
    assert usage["completion_tokens"] == record["usage"]["completion_tokens"]
    assert usage["completion_tokens"] > 2, "what was kept is counted with what was written"
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert strong.received[-1].fields["stream"]


@both_ways
def test_a_draft_of_one_block_which_comes_with_its_end_is_read(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Mapping[str, Any]
) -> None:
    fast.does(answers(GOOD + WRONG))
    strong.does(reads("ninety", answers(RIGHT)))
    assert post(router.public, ASKED | way).text == GOOD + RIGHT

    fast.does(answers(GOOD + RIGHT))
    response = post(router.public, ASKED | way)
    assert response.text == GOOD + RIGHT
    assert usage_of(response, way)["completion_tokens"] == 1
    assert router.await_record(response.header("x-request-id"))["tier"] == "fast"


@both_ways
def test_an_engine_that_refuses_to_read_leaves_it_to_the_checks(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, way: Mapping[str, Any]
) -> None:
    router = routers.serve(stop_grace_s=4)  # of its own, as it remembers engines that do not read
    refusal = "Requested prompt logprobs of 1, which is greater than max allowed: 0"
    fast.does(answers(GOOD, WRONG))
    strong.does(refuses_with(refusal, "prompt_logprobs"))

    response = post(router.public, ASKED | way)

    assert response.text == GOOD + WRONG
    (attempt,) = router.await_record(response.header("x-request-id"))["attempts"]
    assert attempt["reading"]["unread"] == "cannot_read"
