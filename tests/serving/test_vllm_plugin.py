"""What the plug-in adds to a scheduler and to a stream of vLLM, without vLLM: stand-ins play its two sides."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from router.core.passes import exact
from tandem_vllm_plugin.counting import CountsPasses
from tandem_vllm_plugin.serving import counted, register, telling
from tandem_vllm_plugin.telling import with_steps

# --- counting -------------------------------------------------------------------------------------------------


@dataclass
class Metrics:
    """vLLM's own count of a request."""

    per_step_accepted: list[int] = field(default_factory=list)


@dataclass
class Request:
    spec_decode_metrics: Metrics | None


@dataclass
class Output:
    """What a scheduler hands on of one request after a step, or the server sends of one choice."""

    request_id: str = "r"
    new_token_ids: list[int] = field(default_factory=lambda: [7])
    spec_decode_metrics: Metrics | None = None
    index: int = 0


@dataclass
class OfOneClient:
    outputs: list[Output]


class Scheduler:
    """Hands on what it is told to."""

    def __init__(self, requests: dict[str, Request], spec_decode_metrics_level: str = "none") -> None:
        self.requests = requests
        self.spec_decode_metrics_level = spec_decode_metrics_level

    def update_from_output(self, *outputs: Output) -> dict[int, OfOneClient]:
        return {0: OfOneClient(list(outputs))}


class CountingScheduler(CountsPasses, Scheduler):
    pass


def test_a_scheduler_is_told_to_count() -> None:
    assert CountingScheduler({}).spec_decode_metrics_level == "detailed"


def test_a_scheduler_that_does_not_count_is_refused_at_the_start() -> None:
    class Earlier:
        pass

    class CountingEarlier(CountsPasses, Earlier):
        pass

    with pytest.raises(NotImplementedError, match=r"0\.32\.0"):
        CountingEarlier()


def test_every_block_carries_the_steps_of_its_request_so_far() -> None:
    metrics = Metrics([0, 0, 256])
    block = Output()
    assert CountingScheduler({"r": Request(metrics)}).update_from_output(block) == {0: OfOneClient([block])}
    assert block.spec_decode_metrics == metrics


def test_what_a_block_carries_does_not_change_when_the_scheduler_counts_on() -> None:
    metrics = Metrics([0, 256])
    block = Output()
    CountingScheduler({"r": Request(metrics)}).update_from_output(block)
    metrics.per_step_accepted.append(0)
    assert block.spec_decode_metrics == Metrics([0, 256])


@pytest.mark.parametrize(
    "output", [Output(request_id="ended"), Output(new_token_ids=[])], ids=["of a request that ended", "no block"]
)
def test_other_outputs_stay_as_they_are(output: Output) -> None:
    CountingScheduler({"r": Request(Metrics([0]))}).update_from_output(output)
    assert output.spec_decode_metrics is None


def test_the_count_that_vllm_adds_at_the_end_is_kept() -> None:
    its_own = Metrics([0, 256])
    last = Output(spec_decode_metrics=its_own)
    CountingScheduler({"r": Request(Metrics([]))}).update_from_output(last)
    assert last.spec_decode_metrics is its_own


# --- telling --------------------------------------------------------------------------------------------------


def event(*choices: dict[str, Any], **beside: Any) -> str:
    return f"data: {json.dumps({'id': 'c', 'choices': list(choices), **beside})}\n\n"


def block(text: str, index: int = 0) -> str:
    return event({"index": index, "delta": {"content": text}, "finish_reason": None})


OPENING = event({"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None})
USAGE = event(usage={"completion_tokens": 512})
DONE = "data: [DONE]\n\n"


def steps_said(chunk: str) -> Any:
    return json.loads(chunk.removeprefix("data: "))["metrics"]["speculative_decoding"]


def test_a_block_says_the_steps_of_its_choice() -> None:
    said = with_steps(block("Hé\n", index=1), {0: [0, 256], 1: [0, 0, 256]})
    assert steps_said(said) == {"num_spec_steps": 3, "per_step_accepted": [0, 0, 256]}


def test_what_a_block_said_before_it_still_says() -> None:
    said = json.loads(with_steps(block('Hé "\n'), {0: [0, 256]}).removeprefix("data: "))
    del said["metrics"]
    assert said == json.loads(block('Hé "\n').removeprefix("data: "))


def test_a_block_is_one_event() -> None:
    said = with_steps(block("a\n\nb"), {0: [0, 256]})
    assert said.endswith("\n\n")
    assert said.count("\n") == 2


@pytest.mark.parametrize(
    "chunk",
    [
        OPENING,
        USAGE,
        DONE,
        'data: {"error": {"code": 400}}\n\n',
        block("of another choice", index=1),
        ": a comment\n\n",
        "",
    ],
)
def test_everything_else_stays_as_it_was_to_the_byte(chunk: str) -> None:
    assert with_steps(chunk, {0: [0, 256]}) == chunk


@dataclass
class Result:
    outputs: list[Output]


class Results:
    """A request's results, one for each canvas, and whether somebody read them to their end."""

    def __init__(self, *counts: list[int]) -> None:
        self._counts = iter(counts)

    def __aiter__(self) -> "Results":
        return self

    async def __anext__(self) -> Result:
        for count in self._counts:
            return Result([Output(spec_decode_metrics=Metrics(count))])
        raise StopAsyncIteration


class Chat:
    """Streams a chunk for each result, as vLLM's server does."""

    def __init__(self) -> None:
        self.closed = False

    async def stream(
        self, request: str, result_generator: AsyncIterator[Any], end: str = DONE
    ) -> AsyncGenerator[str, None]:
        try:
            yield OPENING
            async for _ in result_generator:
                yield block(request)
            yield end
        finally:
            self.closed = True


def test_each_block_of_a_stream_says_the_steps_up_to_it() -> None:
    async def read() -> list[str]:
        stream = telling(Chat.stream)(Chat(), "text", result_generator=Results([0, 256], [0, 256, 0, 0, 256]))
        return [chunk async for chunk in stream]

    opening, first, second, done = asyncio.run(read())
    assert (opening, done) == (OPENING, DONE)
    assert [steps_said(chunk)["num_spec_steps"] for chunk in (first, second)] == [2, 5]
    told = exact(json.loads(second.removeprefix("data: ")), cap=48)
    assert told is not None
    assert [each.passes for each in told] == [1, 2]


def test_results_that_count_nothing_leave_a_stream_as_it_was() -> None:
    class Uncounted(Results):
        async def __anext__(self) -> Result:
            return Result([Output(spec_decode_metrics=None) for _ in (await super().__anext__()).outputs])

    async def read() -> list[str]:
        return [chunk async for chunk in telling(Chat.stream)(Chat(), "text", Uncounted([0], [0]))]

    assert asyncio.run(read()) == [OPENING, block("text"), block("text"), DONE]


def test_whoever_leaves_a_stream_closes_that_of_vllm() -> None:
    async def leave() -> bool:
        chat = Chat()
        stream = telling(Chat.stream)(chat, "text", Results([0, 256]))
        await anext(stream)
        await stream.aclose()
        return chat.closed

    assert asyncio.run(leave())


class State:
    """What vLLM's server knows of a choice."""

    spec_decode_metrics = Metrics([0, 256])

    def make(self, output: Output) -> Output:
        return output


def test_what_is_sent_of_a_choice_says_its_steps_before_its_end() -> None:
    assert counted(State.make)(State(), Output()).spec_decode_metrics == Metrics([0, 256])


# --- standing aside -------------------------------------------------------------------------------------------


def test_beside_a_vllm_that_it_does_not_know_the_plug_in_says_so_and_stands_aside(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "vllm", None)
    register()
    assert "Passes are told at the end of an answer only" in caplog.text
