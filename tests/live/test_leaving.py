"""Whoever leaves is not worked for any longer: the engine's slot is free at once, long before it would have been."""

import time
from collections.abc import Callable

import openai
import pytest
from openai import OpenAI

from tests.live.asking import PROMPT
from tests.live.engines import LiveEngine
from tests.live.routers import Router
from tests.patience import until

BUSY_FOR_LONG = {
    "messages": [{"role": "user", "content": PROMPT}],
    "max_tokens": 3000,
    "extra_body": {"ignore_eos": True},
}
"""Twelve canvases of seconds each."""

FREE_WITHIN_S = 1.5
BUSY_WITHIN_S = 5.0
GIVE_UP_AFTER_S = 0.4


@pytest.fixture(autouse=True)
def idle_engine(slow_engine: LiveEngine) -> None:
    """Each test finds the engine with nothing to do."""
    until(slow_engine.is_idle, 30.0)


def after_the_first_block(client: OpenAI, engine: LiveEngine) -> None:
    with client.chat.completions.create(model="auto:ladder", stream=True, **BUSY_FOR_LONG) as stream:
        next(chunk for chunk in stream if chunk.choices[0].delta.content)
        assert not engine.is_idle()


def while_the_first_block_is_awaited_and_nothing_was_sent(client: OpenAI, engine: LiveEngine) -> None:
    hurried = client.with_options(timeout=GIVE_UP_AFTER_S)
    with pytest.raises(openai.APITimeoutError):
        hurried.chat.completions.create(model="auto:ladder", stream=True, **BUSY_FOR_LONG)


def while_the_first_block_is_awaited_and_the_role_was_sent(client: OpenAI, engine: LiveEngine) -> None:
    with client.chat.completions.create(model="auto:hasty", stream=True, **BUSY_FOR_LONG) as stream:
        assert next(stream).choices[0].delta.role == "assistant"
        assert not engine.is_idle()


def while_a_plain_answer_is_awaited(client: OpenAI, engine: LiveEngine) -> None:
    hurried = client.with_options(timeout=GIVE_UP_AFTER_S)
    with pytest.raises(openai.APITimeoutError):
        hurried.chat.completions.create(model="auto:ladder", **BUSY_FOR_LONG)


WAYS_TO_LEAVE = [
    after_the_first_block,
    while_the_first_block_is_awaited_and_nothing_was_sent,
    while_the_first_block_is_awaited_and_the_role_was_sent,
    while_a_plain_answer_is_awaited,
]


@pytest.mark.parametrize("leave", WAYS_TO_LEAVE, ids=lambda way: way.__name__)
def test_an_engine_is_free_as_soon_as_its_caller_has_left(
    leave: Callable[[OpenAI, LiveEngine], None], slow_owner: OpenAI, slow_engine: LiveEngine, slow_router: Router
) -> None:
    began_s = time.time()
    leave(slow_owner, slow_engine)
    until(slow_engine.is_idle, FREE_WITHIN_S)
    record = until(lambda: [each for each in slow_router.records() if each["time_s"] >= began_s])[0]
    assert record["outcome"] == "caller_left"
    assert [attempt["outcome"] for attempt in record["attempts"]] == ["abandoned"]


def test_an_engine_whose_caller_stays_is_busy_for_longer_than_that(slow_owner: OpenAI, slow_engine: LiveEngine) -> None:
    """What the test above rests on."""
    with slow_owner.chat.completions.create(model="auto:ladder", stream=True, **BUSY_FOR_LONG) as stream:
        next(chunk for chunk in stream if chunk.choices[0].delta.content)
        time.sleep(FREE_WITHIN_S)
        assert not slow_engine.is_idle()


def test_a_caller_who_leaves_takes_nobody_along(slow_owner: OpenAI, slow_engine: LiveEngine) -> None:
    create = slow_owner.chat.completions.create
    with create(model="auto:hasty", stream=True, **BUSY_FOR_LONG) as staying:
        with create(model="auto:hasty", stream=True, **BUSY_FOR_LONG) as leaving:
            next(leaving)
            until(lambda: slow_engine.requests_running() == 2, BUSY_WITHIN_S)
        until(lambda: slow_engine.requests_running() == 1, FREE_WITHIN_S)
        blocks = [next(chunk for chunk in staying if chunk.choices[0].delta.content) for _ in range(2)]
    assert len(blocks) == 2
