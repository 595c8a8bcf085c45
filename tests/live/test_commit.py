"""A caller who has waited long enough is told that somebody is there, and what it was told then stays true."""

import time

import pytest
from openai import OpenAI

from tests.live.asking import PROMPT, ask, chunks_of, lines_of
from tests.live.routers import Router

ONE_CANVAS = {"max_tokens": 40, "extra_body": {"ignore_eos": True}}
REQUEST = {"messages": [{"role": "user", "content": PROMPT}], **ONE_CANVAS}


def test_the_role_comes_long_before_the_first_block(slow_owner: OpenAI) -> None:
    began_s = time.monotonic()
    arrivals: list[tuple[float, str]] = []
    with slow_owner.chat.completions.create(model="auto:hasty", stream=True, **REQUEST) as stream:
        for chunk in stream:
            delta = chunk.choices[0].delta
            arrivals.append((time.monotonic() - began_s, delta.content or delta.role or ""))
    (role_s, role), (text_s, text) = arrivals[:2]
    assert role == "assistant"
    assert text not in ("", "assistant")
    assert 0.2 <= role_s < text_s
    assert text_s - role_s > 0.3


@pytest.mark.parametrize("choices", [1, 2])
def test_what_was_told_first_never_changes(choices: int, slow_owner: OpenAI) -> None:
    wanted = {"n": choices, "stream_options": {"include_usage": True}}
    chunks = chunks_of(slow_owner, model="auto:hasty", **wanted, **ONE_CANVAS)
    said = [choice for chunk in chunks for choice in chunk.choices]
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1
    assert [choice.index for choice in said if choice.delta.role] == list(range(choices))
    assert {choice.index for choice in said if choice.delta.content} == set(range(choices))
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == choices * 40


def test_the_wait_is_filled_with_comments_and_nothing_else(slow_owner: OpenAI) -> None:
    lines = lines_of(slow_owner, model="auto:hasty", **ONE_CANVAS)
    comments = [at for at, line in enumerate(lines) if line.startswith(":")]
    assert comments
    assert comments == list(range(1, len(comments) + 1))
    assert '"role":"assistant"' in lines[0]
    assert lines[-1] == "data: [DONE]"


def test_a_patient_policy_sends_nothing_before_the_first_block(slow_owner: OpenAI) -> None:
    lines = lines_of(slow_owner, model="auto:ladder", **ONE_CANVAS)
    assert not [line for line in lines if line.startswith(":")]
    assert lines[-1] == "data: [DONE]"


def test_a_plain_answer_is_never_committed_early(slow_owner: OpenAI, slow_router: Router) -> None:
    reply = ask(slow_owner, model="auto:hasty", **ONE_CANVAS)
    assert reply.usage.completion_tokens == 40
    assert slow_router.record_of(reply.request_id)["first_block_s"] > 0.3
