"""What answers look like: keys in their order with the types of what they hold, and events with their framing."""

import json
from collections.abc import Sequence
from typing import Any

from tests.wire_client import Response

DONE = "[DONE]"

HEAD = "id:str,object:str,created:int,model:str"
COUNTED = "prompt_tokens:int,total_tokens:int,completion_tokens:int"
DETAILS = {"fast": "null", "strong": "{reasoning_tokens:int}"}
"""`completion_tokens_details`, which only an engine with a reasoning parser fills."""

SPECULATIVE = (
    "{mean_acceptance_length:float,draft_acceptance_rate:float,acceptance_histogram:[int],num_spec_steps:int,"
    "num_accepted_draft_tokens:int,num_draft_tokens:int,num_spec_tokens:int,per_step_accepted:[int],"
    "per_step_drafted:[int]}"
)
"""What the step scheduler reports, told in the words of speculative decoding."""

PLAIN_HEADERS = ["date", "server", "content-length", "content-type", "vary", "x-request-id"]
STREAM_HEADERS = ["date", "server", "content-type", "vary", "x-request-id", "transfer-encoding"]


def shape(value: object) -> str:
    """Keys in their order and the types of what they hold; of a list, each kind of item once."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{shape(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(dict.fromkeys(map(shape, value))) + "]"
    return "null" if value is None else type(value).__name__


def header_names(response: Response) -> list[str]:
    """The headers of an answer in their order."""
    return [name.lower() for name, _ in response.headers]


def payloads(body: bytes) -> list[str]:
    """The payloads of a whole stream, the last one `[DONE]`; its framing is checked byte by byte."""
    *events, rest = body.decode().split("\n\n")
    assert rest == ""
    assert all(each.startswith("data: ") and "\n" not in each for each in events)
    found = [each.removeprefix("data: ") for each in events]
    assert found[-1] == DONE
    return found


def chunks(response: Response) -> list[Any]:
    """The chunks of a stream that ended well, decoded."""
    assert response.status == 200
    *found, _ = payloads(response.body)
    return [json.loads(each) for each in found]


def pieces(stream: Sequence[Any], index: int = 0) -> list[Any]:
    """What the chunks behind the role bring to one choice."""
    choices = [choice for chunk in stream for choice in chunk["choices"] if choice["index"] == index]
    return [choice for choice in choices if "role" not in choice["delta"]]
