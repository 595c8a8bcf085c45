"""A hundred real prompts, routed as they come: every one is answered, and the run ends with where they went."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from openai import OpenAI

from router.core.record import Record
from tandem_serving.demo.distribution import Routed
from tests.live.asking import ask
from tests.live.routers import Router

PROMPTS = 100
AT_ONCE = 8
ANSWER_TOKENS = 20
"""Few, but more than the default policy calls a very short answer: its rule would take them all."""

PROMPT_BYTES = 3500
"""The tiny engines' window is 4,096 tokens, and they may need one for every byte. Real ones take all of a prompt."""


@pytest.mark.timeout(300, func_only=True)
def test_every_prompt_is_answered(
    prompts: Sequence[str],
    tenant: OpenAI,
    keyed_router: Router,
    report_routing: Callable[[Sequence[Routed]], None],
) -> None:
    asked = prompts[:PROMPTS]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        replies = list(pool.map(lambda prompt: ask(tenant, fitting(prompt), max_tokens=ANSWER_TOKENS), asked))
    ids = [reply.request_id for reply in replies]
    lines = [msgspec.convert(line, Record) for line in keyed_router.records_of(set(ids))]
    records = {record.request_id: record for record in lines}
    report_routing([Routed(prompt, records[each]) for prompt, each in zip(asked, ids, strict=True)])
    assert {(record.status, record.outcome) for record in records.values()} == {(200, "served")}


def fitting(prompt: str) -> str:
    """The prompt, cut to what the tiny engines can take."""
    return prompt.encode()[:PROMPT_BYTES].decode(errors="ignore")
