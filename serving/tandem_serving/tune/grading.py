"""What an answer is worth: by the right one, where that is known, or by what the strong engine makes of each token."""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, Final, Protocol

from router.core.doubt.final_answer import agree, find_final, read_stated
from router.core.doubt.question import read_question
from router.core.errors import SettingsError
from tandem_serving.engine_client import EngineClient, Page, within
from tandem_serving.tune.asked import Asked

BY_REFERENCE: Final = "references: the share of answers that end in the right one"
BY_READING: Final = "reading: how likely the strong engine finds each token beside its own choice, 1 where they agree"


class Grader(Protocol):
    """Says what an answer is worth, from 0 to 1. Raises SettingsError when it cannot say."""

    said: str

    async def grade(self, asked: Asked, answer: str) -> float:
        """The worth of this answer."""


class ByReference:
    """Right or wrong."""

    said = BY_REFERENCE

    async def grade(self, asked: Asked, answer: str) -> float:
        """1 where the answer ends in the right one, or is it."""
        return float(is_right(asked, answer))


class ByReading:
    """A strong engine reads the answer as if it had written it: the geometric mean, over its tokens, of how likely each
    is beside the one that it would have written."""

    said = BY_READING

    def __init__(self, client: EngineClient, model: str) -> None:
        self._client = client
        self._model = model

    async def grade(self, asked: Asked, answer: str) -> float:
        """1 where it would have written the same, 0 for an answer of nothing."""
        if not answer.strip():
            return 0.0
        user = {"role": "user", "content": asked.prompt}
        read = await self._read([user, {"role": "assistant", "content": answer}], goes_on=True)
        before = await self._read([user], goes_on=False)
        gaps = _gaps(read.body)[_prompt_tokens(before) :]
        return math.exp(-fmean(gaps)) if gaps else 0.0

    async def _read(self, messages: Sequence[Mapping[str, Any]], *, goes_on: bool) -> Page:
        fields: dict[str, Any] = {"model": self._model, "messages": messages, "max_tokens": 1, "temperature": 0}
        if goes_on:
            fields |= {"prompt_logprobs": 1, "continue_final_message": True, "add_generation_prompt": False}
        page = await self._client.chat(fields)
        if not page.is_ok:
            raise SettingsError(f"the grader {self._client.url} does not read: {page.said}")
        return page


def is_right(asked: Asked, answer: str) -> bool:
    """Whether an answer ends in the reference, or where the question is an open one, holds it."""
    question = read_question(asked.prompt)
    stated, final = read_stated(asked.reference, question), find_final(answer, question)
    if agree(final, stated):
        return True
    is_closed = question.kind != "open" and stated is not None
    return not is_closed and " ".join(asked.reference.lower().split()) in " ".join(answer.lower().split())


def _gaps(body: Any) -> list[float]:
    """By how many nats each token of the prompt is less likely than the likeliest. 0: nothing is said of it."""
    scored = within(body, "prompt_logprobs")
    if not isinstance(scored, list):
        raise SettingsError("the grader does not say how likely a text is to it: it must be an engine that reads")
    return [_gap(each) for each in scored]


def _gap(position: Any) -> float:
    said = [each["logprob"] for each in position.values()] if isinstance(position, Mapping) else []
    return max(said) - said[0] if said else 0.0


def _prompt_tokens(page: Page) -> int:
    tokens = within(page.body, "usage", "prompt_tokens")
    return tokens if isinstance(tokens, int) else 0
