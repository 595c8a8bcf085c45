"""Which answers may take the place of one that callers were content with."""

from typing import Any

import pytest

from router.core.caching.completeness import fault_of
from tests.vllm_wire import plain_body

CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}


def a_body(finish: str = "stop", choices: int = 1, **message: Any) -> bytes:
    return plain_body("m", message, choices, finish, 7)


@pytest.mark.parametrize(
    "body",
    [
        a_body(content="Hello."),
        a_body(content="Hello.", choices=2),
        a_body("tool_calls", tool_calls=[CALL]),
        a_body(refusal="I would rather not."),
    ],
)
def test_an_answer_that_says_something_to_its_end_is_without_fault(body: bytes) -> None:
    assert fault_of(body) == ""


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"{}",
        b"{nonsense",
        b'{"choices": []}',
        b'{"choices": 5}',
        b'{"choices": [{"message": "Hello."}]}',
        a_body(content=None),
        a_body(content=" \n"),
        a_body(content="", reasoning="I have thought about it."),
        a_body("tool_calls", tool_calls=[]),
    ],
)
def test_what_says_nothing_is_no_answer(body: bytes | None) -> None:
    assert fault_of(body) == "no_answer"


def test_what_ends_because_no_more_was_allowed_is_cut_short() -> None:
    assert fault_of(a_body("length", content="Hello, I would")) == "cut_short"
