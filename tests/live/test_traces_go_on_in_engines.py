"""One trace from the caller through the router into vLLM, whose own span hangs below that of our attempt."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openai import OpenAI

from tandem_serving.tiny.engines import ensure_checkpoints, tiny_engine
from tandem_serving.tiny.specs import FAST, STRONG, Launch
from tests.collector import Collector, Seen, collecting, collecting_by_grpc
from tests.live.asking import openai_client
from tests.live.engines import LOGS, MODELS, PYTHON, LiveEngine
from tests.live.routers import running_router
from tests.needed import need
from tests.patience import until

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
ENGINES_SPAN = "llm_request"
EXPORTED_WITHIN_S = 20.0
"""vLLM sends its spans every five seconds."""


@pytest.fixture(scope="module")
def engines_collector() -> Iterator[Collector]:
    """Where the engine sends its spans."""
    with collecting_by_grpc() as opened:
        yield opened


@pytest.fixture(scope="module")
def our_collector() -> Iterator[Collector]:
    """Where the router sends its own."""
    with collecting() as opened:
        yield opened


@pytest.fixture(scope="module")
def tracing_engine(engines_collector: Collector) -> Iterator[LiveEngine]:
    """A strong engine that traces what it does."""
    need(PYTHON, ".venv-live is missing, which holds vLLM: `make live` makes it")
    flags = ("--otlp-traces-endpoint", engines_collector.endpoint)
    ensure_checkpoints(PYTHON, MODELS)
    spec = replace(STRONG, flags=(*STRONG.flags, *flags))
    with tiny_engine(Launch(spec, PYTHON, MODELS, LOGS / "tests-tracing.log")) as started:
        yield LiveEngine(started.launch, started.process.pid)


@pytest.fixture(scope="module")
def caller(
    tracing_engine: LiveEngine, our_collector: Collector, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenAI]:
    """A client of a router that traces, in front of that engine and of a fast one that is not there."""
    folder: Path = tmp_path_factory.mktemp("traced")
    missing = LiveEngine(Launch(FAST, PYTHON, MODELS, LOGS / "tests-missing.log"))
    tracing = {"endpoint": our_collector.endpoint}
    running = running_router(folder, missing, tracing_engine, tracing=tracing)
    with running as router, openai_client(router.address) as client:
        yield client


def test_an_engine_s_own_span_is_a_child_of_our_attempt(
    caller: OpenAI, our_collector: Collector, engines_collector: Collector
) -> None:
    traceparent = f"00-{TRACE_ID}-{SPAN_ID}-01"

    reply = caller.chat.completions.with_raw_response.create(
        model="auto",
        messages=[{"role": "user", "content": "Say a word."}],
        max_tokens=8,
        extra_headers={"traceparent": traceparent},
    )
    ours = our_collector.await_trace(TRACE_ID)
    (theirs,) = until(lambda: of_engine(engines_collector), EXPORTED_WITHIN_S)

    *_, call = ours
    assert reply.headers["x-trace-id"] == TRACE_ID
    assert (call.name.split()[0], call.about["router.outcome"]) == ("chat", "served")
    assert theirs.parent_id == call.span_id
    assert ours[0].parent_id == SPAN_ID
    assert call.start_ns <= theirs.start_ns <= theirs.end_ns
    assert theirs.about["gen_ai.usage.completion_tokens"] == call.about["gen_ai.usage.output_tokens"]


def of_engine(collector: Collector) -> list[Seen]:
    """What the engine has sent of this trace."""
    return [each for each in collector.spans_of(TRACE_ID) if each.name == ENGINES_SPAN]
