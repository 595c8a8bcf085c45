"""Kept answers in front of real engines: what is asked again comes from the cache, and no engine hears of it."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from openai import OpenAI

from tests.live.asking import Reply, ask, ask_streamed, openai_client, plain_and_streamed
from tests.live.engines import LiveEngine
from tests.live.pages import fetch
from tests.live.routers import running_router
from tests.patience import until

Ask = Callable[..., Reply]

_ANSWERED = re.compile(r"^vllm:request_success_total\{[^}]*\} (\S+)$", re.MULTILINE)
_WRITTEN = re.compile(r"^vllm:generation_tokens_total\{[^}]*\} (\S+)$", re.MULTILINE)
_numbers = count()


@pytest.fixture(scope="module")
def client(
    fast_engine: LiveEngine, strong_engine: LiveEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenAI]:
    """A client of a router whose default keeps what the fast tier wrote; `strong` keeps what the strong one did."""
    folder = tmp_path_factory.mktemp("keeps")
    policies = folder / "policies"
    policies.mkdir()
    for name, tiers in {"default": {"ladder": ["fast", "strong"]}, "strong": {"tier": "strong"}}.items():
        otherwise = {**tiers, "gate": "off", "cache": "on"}
        (policies / f"{name}.yaml").write_text(json.dumps({"name": name, "rules": [], "otherwise": otherwise}))
    with (
        running_router(folder, fast_engine, strong_engine, policies=str(policies)) as router,
        openai_client(router.address) as client,
    ):
        yield client


@pytest.fixture
def question() -> str:
    """One that was not asked before."""
    return f"Tell me about the sea and tide {next(_numbers)}."


def worked(*engines: LiveEngine) -> list[float]:
    """The answers and the tokens that these engines have counted."""
    pages = [fetch(f"{each.address}/metrics").text for each in engines]
    return [sum(map(float, counter.findall(page))) for counter in (_ANSWERED, _WRITTEN) for page in pages]


def worked_since(then: list[float], *engines: LiveEngine) -> list[float]:
    """The same once one more answer is counted, and its tokens with it: that is a moment after it was heard."""
    answers = sum(then[: len(engines)])

    def counted() -> list[float] | None:
        now = worked(*engines)
        return now if sum(now[: len(engines)]) == answers + 1 else None

    return until(counted)


@plain_and_streamed
@pytest.mark.parametrize("model", ["auto", "auto:strong"], ids=["fast", "strong"])
def test_a_repeat_is_a_hit_and_no_engine_counts_it(
    ask: Ask, model: str, client: OpenAI, fast_engine: LiveEngine, strong_engine: LiveEngine, question: str
) -> None:
    fresh = worked(fast_engine, strong_engine)
    first = ask(client, question, model=model)
    before = worked_since(fresh, fast_engine, strong_engine)
    again = ask(client, question, model=model)

    assert (first.headers["x-router-cache"], again.headers["x-router-cache"]) == ("miss", "hit")
    assert again.headers["x-router-tier"] == first.headers["x-router-tier"]
    assert worked(fast_engine, strong_engine) == before
    assert (again.texts, again.finish_reasons) == (first.texts, first.finish_reasons)


@pytest.mark.parametrize(
    ("first_ask", "then_ask"), [(ask, ask_streamed), (ask_streamed, ask)], ids=["streamed-after-plain", "plain-after"]
)
def test_an_answer_is_given_again_however_it_is_asked_for_now(
    first_ask: Ask, then_ask: Ask, client: OpenAI, fast_engine: LiveEngine, question: str
) -> None:
    fresh = worked(fast_engine)
    first = first_ask(client, question)
    before = worked_since(fresh, fast_engine)
    again = then_ask(client, question)

    assert again.headers["x-router-cache"] == "hit"
    assert worked(fast_engine) == before
    assert (again.texts, again.finish_reasons, again.model) == (first.texts, first.finish_reasons, first.model)
    assert again.usage.total_tokens == first.usage.total_tokens


def test_another_question_asks_the_engine(client: OpenAI, fast_engine: LiveEngine, question: str) -> None:
    fresh = worked(fast_engine)
    ask(client, question)
    before = worked_since(fresh, fast_engine)
    other = ask(client, f"{question} And of its ports.")

    assert other.headers["x-router-cache"] == "miss"
    assert worked_since(before, fast_engine) != before


def test_who_wants_a_fresh_answer_gets_one(client: OpenAI, fast_engine: LiveEngine, question: str) -> None:
    idle = worked(fast_engine)
    ask(client, question)
    before = worked_since(idle, fast_engine)
    fresh = ask(client, question, extra_headers={"cache-control": "no-cache"})

    assert fresh.headers["x-router-cache"] == "bypass"
    assert worked_since(before, fast_engine) != before
