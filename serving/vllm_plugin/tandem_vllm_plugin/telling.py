"""Telling the passes in the chunks of a stream. No vLLM is imported here: what it gives is named by its attributes."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

EVENT = "data: "


class Noted:
    """The results of a request as they come, with what they count noted on the way: the steps so far, by choice.

    Not a generator, so that whoever stops reading stops reading the results themselves.
    """

    def __init__(self, results: AsyncIterator[Any]) -> None:
        self._results = results
        self.steps: dict[int, list[int]] = {}

    def __aiter__(self) -> "Noted":
        return self

    async def __anext__(self) -> Any:
        result = await anext(self._results)
        for output in result.outputs:
            # Asked for carefully: a field that another vLLM lacks must cost the passes, not the answer.
            steps = getattr(getattr(output, "spec_decode_metrics", None), "per_step_accepted", None)
            if steps:
                self.steps[output.index] = list(steps)
        return result


async def told(chunks: AsyncGenerator[str, None], noted: Noted) -> AsyncGenerator[str, None]:
    """The events of a stream, each block with the steps of its choice up to it."""
    async with aclosing(chunks):
        async for chunk in chunks:
            yield with_steps(chunk, noted.steps)


def with_steps(chunk: str, steps: dict[int, list[int]]) -> str:
    """An event of the stream, with the steps of its choice so far where it is a block of one.

    They stand where vLLM itself says them of a whole answer, in `metrics.speculative_decoding`, for any number of
    choices: a chunk is of one alone. A chunk that opens an answer, or holds the usage, stays as it is.
    """
    if not steps or not chunk.startswith(f"{EVENT}{{"):
        return chunk
    said = json.loads(chunk.removeprefix(EVENT))
    choices = said.get("choices")
    if not choices or "role" in choices[0].get("delta", {}) or choices[0].get("index") not in steps:
        return chunk
    counted = steps[choices[0]["index"]]
    said["metrics"] = {"speculative_decoding": {"num_spec_steps": len(counted), "per_step_accepted": counted}}
    return f"{EVENT}{json.dumps(said, ensure_ascii=False, separators=(',', ':'))}\n\n"
