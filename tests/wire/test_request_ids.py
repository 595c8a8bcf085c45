"""The id of a request: the caller's own or one that is made up, on every answer and in the body. And its trace."""

import re

import pytest

from tests.wire.engines import WireEngine
from tests.wire.shapes import PLAIN_HEADERS, chunks, header_names
from tests.wire_client import ask

MADE_UP = re.compile(r"[0-9a-f]{32}")
ID = {"x-request-id": "abc-123"}
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_callers_id_comes_back_and_ends_the_id_of_the_answer(engine: WireEngine) -> None:
    response = engine.chat(ID)

    assert response.header("x-request-id") == "abc-123"
    assert response.json["id"] == "chatcmpl-abc-123"


def test_a_callers_id_comes_back_with_a_stream_and_is_in_every_chunk(engine: WireEngine) -> None:
    response = engine.chat(ID, stream=True)

    assert response.header("x-request-id") == "abc-123"
    assert {chunk["id"] for chunk in chunks(response)} == {"chatcmpl-abc-123"}


def test_without_one_both_ids_are_made_up_and_differ(engine: WireEngine) -> None:
    response = engine.chat()

    made_up = response.header("x-request-id") or ""
    assert MADE_UP.fullmatch(made_up)
    assert re.fullmatch("chatcmpl-[0-9a-f]{16}", response.json["id"])
    assert response.json["id"].removeprefix("chatcmpl-") not in made_up


def test_made_up_ids_are_new_each_time(engine: WireEngine) -> None:
    first, second = engine.chat(), engine.chat()

    assert first.header("x-request-id") != second.header("x-request-id")
    assert first.json["id"] != second.json["id"]


def test_the_same_id_may_be_used_again(engine: WireEngine) -> None:
    assert [engine.chat(ID).status for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("path", ["/health", "/metrics", "/v1/models", "/nothing"])
def test_every_page_answers_with_an_id(engine: WireEngine, path: str) -> None:
    assert engine.get(path, ID).header("x-request-id") == "abc-123"
    assert MADE_UP.fullmatch(engine.get(path).header("x-request-id") or "")


def test_refusals_answer_with_an_id(engine: WireEngine) -> None:
    assert engine.chat(ID, max_tokens=0).header("x-request-id") == "abc-123"
    assert ask(engine.address, "GET", "/v1/models", None, ID).header("x-request-id") == "abc-123"


@pytest.mark.parametrize("said", [TRACE, "nonsense"])
def test_the_parent_of_a_trace_is_taken_and_not_answered_with(engine: WireEngine, said: str) -> None:
    response = engine.chat({"traceparent": said, "tracestate": "a=b"})

    assert response.status == 200
    assert header_names(response) == PLAIN_HEADERS
