"""The gate in front of a real diffusion engine: what did not settle is written by Gemma 4, what did is served, and the
record says what the engine counted."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI

from router.core.checks.table import NAMES, NON_CONVERGENCE
from tests.live.asking import Reply, ask, ask_streamed, openai_client, plain_and_streamed
from tests.live.counters import read_counters
from tests.live.engines import LiveEngine
from tests.live.pages import fetch
from tests.live.routers import Router, running_router
from tests.patience import until

Ask = Callable[..., Reply]

CAP = 48
"""Passes that a canvas may take, as the engines were started."""

SETTLED = {"set": "light", "without": sorted(NAMES - {NON_CONVERGENCE})}
"""Convergence alone: models of random weights write gibberish."""

POLICIES = {
    "default": {"gate": "whole", "checks": SETTLED},
    "by-block": {"gate": "block", "checks": SETTLED},
    "lenient": {"gate": "whole", "checks": SETTLED, "converge_at": CAP + 1},
    "everything": {"gate": "block", "checks": "standard"},
}
TWO_CANVASES: Any = {"max_tokens": 300, "extra_body": {"ignore_eos": True}}


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Policies that judge what the fast tier writes."""
    folder = tmp_path_factory.mktemp("gated")
    for name, settings in POLICIES.items():
        otherwise = {"ladder": ["fast", "strong"], **settings}
        (folder / f"{name}.yaml").write_text(json.dumps({"name": name, "rules": [], "otherwise": otherwise}))
    return folder


@pytest.fixture(scope="module")
def unsettled_router(
    slow_engine: LiveEngine, strong_engine: LiveEngine, policies: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Router]:
    """A router whose fast engine never settles."""
    folder = tmp_path_factory.mktemp("unsettled")
    with running_router(folder, slow_engine, strong_engine, policies=str(policies)) as router:
        yield router


@pytest.fixture(scope="module")
def settled_router(
    fast_engine: LiveEngine, strong_engine: LiveEngine, policies: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Router]:
    """A router whose fast engine settles at once."""
    folder = tmp_path_factory.mktemp("settled")
    with running_router(folder, fast_engine, strong_engine, policies=str(policies)) as router:
        yield router


@pytest.fixture(scope="module")
def unsettled(unsettled_router: Router) -> Iterator[OpenAI]:
    with openai_client(unsettled_router.address) as client:
        yield client


@pytest.fixture(scope="module")
def settled(settled_router: Router) -> Iterator[OpenAI]:
    with openai_client(settled_router.address) as client:
        yield client


@plain_and_streamed
def test_what_did_not_settle_is_written_by_the_strong_tier(
    unsettled: OpenAI, unsettled_router: Router, ask: Ask
) -> None:
    reply = ask(unsettled, max_tokens=24)

    record = unsettled_router.record_of(reply.request_id)
    rejected, served = record["attempts"]
    assert (rejected["tier"], rejected["outcome"]) == ("fast", "rejected")
    assert (served["tier"], served["outcome"]) == ("strong", "served")
    (finding,) = rejected["gate"]["verdict"]["findings"]
    assert finding == {"check": NON_CONVERGENCE, "evidence": f"{CAP} of at most {CAP} passes (exact)"}
    assert reply.text
    assert record["wasted_tokens"] > 0


@plain_and_streamed
def test_what_settled_is_served_by_the_fast_tier(settled: OpenAI, settled_router: Router, ask: Ask) -> None:
    reply = ask(settled, **TWO_CANVASES)

    (attempt,) = settled_router.record_of(reply.request_id)["attempts"]
    assert (attempt["tier"], attempt["outcome"]) == ("fast", "served")
    assert all(note["passes"]["passes"] < CAP for note in attempt["gate"]["notes"] if note.get("passes"))


def test_a_stream_is_stopped_at_its_first_canvas_that_did_not_settle(
    unsettled: OpenAI, unsettled_router: Router, slow_engine: LiveEngine
) -> None:
    reply = ask_streamed(unsettled, model="auto:by-block", max_tokens=2_000, extra_body={"ignore_eos": True})

    rejected, _ = unsettled_router.record_of(reply.request_id)["attempts"]
    assert rejected["gate"]["blocks"] == 1
    until(slow_engine.is_idle)


def test_a_policy_says_from_which_cap_on_that_counts(unsettled: OpenAI) -> None:
    assert ask(unsettled, model="auto:lenient", max_tokens=24).tier == "fast"


def test_the_record_has_the_passes_that_the_engine_counted(
    settled: OpenAI, settled_router: Router, fast_engine: LiveEngine
) -> None:
    until(fast_engine.is_idle)
    before = read_counters(fetch(f"{fast_engine.address}/metrics").text)
    reply = ask_streamed(settled, model="auto:by-block", **TWO_CANVASES)
    until(fast_engine.is_idle)
    after = read_counters(fetch(f"{fast_engine.address}/metrics").text)

    (attempt,) = settled_router.record_of(reply.request_id)["attempts"]
    passes = [note["passes"] for note in attempt["gate"]["notes"] if note.get("passes")]
    assert {each["kind"] for each in passes} == {"exact"}
    assert before is not None
    assert after is not None
    assert sum(each["passes"] + 1 for each in passes) == after.steps - before.steps


def test_gibberish_of_a_real_engine_does_not_pass_the_usual_checks(settled: OpenAI, settled_router: Router) -> None:
    reply = ask(settled, model="auto:everything", **TWO_CANVASES)

    assert reply.tier == "strong"
    assert settled_router.record_of(reply.request_id)["attempts"][0]["gate"]["verdict"]["findings"]
