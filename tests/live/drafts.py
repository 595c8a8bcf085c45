"""What tests of drafts that are read have in common: routers, tales, and what is looked at."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from openai.types.chat import ChatCompletionChunk

from router.core.reading.criteria import NAMES
from tandem_serving.tiny.fitting_text import TALES, tales
from tests.live.drafting import sentences
from tests.live.engines import LiveEngine
from tests.live.going_on import go_on
from tests.live.routers import Router, running_router
from tests.live.tap import Tap

EXACTLY: Any = {"temperature": 0, "max_tokens": 300}
"""Greedy, so that two who ask the same are told the same. The fast tier has no such setting, and is not told."""

ACCEPTS = {"read": "always", "criteria": dict.fromkeys(NAMES, "off"), "patience": "20s"}
"""Has all read, and finds fault with nothing."""

Policies = Mapping[str, Mapping[str, Any]]
"""What policies set, by their names."""


@contextmanager
def reading_router(folder: Path, fast: LiveEngine, strong: LiveEngine, policies: Policies) -> Iterator[Router]:
    """A router with these policies, none of which has rules."""
    written = folder / "policies"
    written.mkdir()
    for name, settings in policies.items():
        policy = {"name": name, "rules": [], "otherwise": {"ladder": ["fast", "strong"], "audit": 0, **settings}}
        (written / f"{name}.yaml").write_text(json.dumps(policy))
    with running_router(folder, fast, strong, policies=str(written)) as router:
        yield router


def tale_and_another(seed: int) -> tuple[str, list[str], list[str]]:
    """A question, the sentences of the tale that answers it, and those of a tale about something else."""
    told = islice(tales(seed), 100)
    tale = next(told)
    other = next(each for each in told if each.question != tale.question)
    return tale.question, sentences(tale.answer), sentences(other.answer)


def is_told(question: str, text: str) -> bool:
    """Whether a text is the tale that was asked for, whatever its details."""
    about = question.removeprefix("Tell me about ").removesuffix(".")
    return re.fullmatch(re.sub(r"\\\{.\\\}", ".+", re.escape(TALES[about])), text) is not None


def continued(engine: LiveEngine, question: str, begun: str, served: Mapping[str, Any], **asked: Any) -> str:
    """How the engine itself goes on, as far as it went on for the router."""
    tokens = served["usage"]["completion_tokens"]
    answer = json.loads(go_on(engine, question, begun, **{"temperature": 0, "max_tokens": tokens, **asked}))
    text: str = answer["choices"][0]["message"]["content"]
    return text


def outcomes(record: Mapping[str, Any]) -> list[str]:
    """What came of each attempt."""
    return [f"{attempt['tier']}:{attempt['outcome']}" for attempt in record["attempts"]]


def reads_on(tap: Tap) -> int:
    """How often an engine was asked to read."""
    return sum("prompt_logprobs" in sent.fields for sent in tap.sent)


def check_seamless(chunks: Sequence[ChatCompletionChunk]) -> None:
    """That a stream has one name, one role, one finish, and counts once, at its end."""
    *said, last = chunks
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1
    assert [chunk.choices[0].delta.role for chunk in said].count("assistant") == 1
    assert said[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason is not None for chunk in said] == [False] * (len(said) - 1) + [True]
    assert {chunk.choices[0].index for chunk in said} == {0}
    assert last.choices == []
    assert last.usage is not None
    assert last.usage.total_tokens == last.usage.prompt_tokens + last.usage.completion_tokens
    assert all(chunk.usage is None for chunk in said)
