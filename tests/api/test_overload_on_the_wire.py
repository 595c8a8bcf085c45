"""Twice what an engine can serve, on real sockets: nobody starves, nobody admitted fails, refusals come at once."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from router.config.keys_file import create_key
from router.core.grants import Grants
from tests.bench.pulse import beating
from tests.overload import Met, at_share, fairness, overload, refusals_s
from tests.router_process import RouterProcess, serving
from tests.serving.simulated_engine import simulated
from tests.wire_client import Address

TENANTS = ("a", "b", "c")
SLOTS = 4
CAPACITY_PER_S = 14.0
"""Answers of one canvas that the engine ends in a second when four run at once."""

SECONDS = 5.0


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    file = tmp_path_factory.mktemp("tenants") / "keys.json"
    return {"file": str(file)} | {tenant: create_key(file, tenant, Grants()) for tenant in TENANTS}


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory, keys: dict[str, str]) -> Iterator[RouterProcess]:
    folder = tmp_path_factory.mktemp("crowded")
    (folder / "policies").mkdir()
    policy = '{"name": "default", "rules": [], "otherwise": {"tier": "fast", "gate": "off"}}'
    (folder / "policies" / "default.yaml").write_text(policy)
    with (
        simulated(folder, "fast", "--seed", "1") as engine,
        serving(a_router(folder, engine.address, keys), folder) as it,
    ):
        yield it


def a_router(folder: Path, engine: Address, keys: dict[str, str]) -> dict[str, object]:
    url = f"http://{engine.host}:{engine.port}"
    backend = {"url": url, "model": "tier1", "dialect": "vllm_diffusion", "context_tokens": 8192, "concurrency": SLOTS}
    return {
        "public": {"port": 0},
        "admin": {"port": 0},
        "tiers": {"fast": {"backends": [backend]}},
        "policies": str(folder / "policies"),
        "decision_log": str(folder / "decisions.jsonl"),
        "keys": keys["file"],
        "audits": False,
        "queue": {"waiting": 64, "waiting_per_tenant": 8},
    }


class Rush(NamedTuple):
    """What the requests met, and the longest for which each core of the machine kept anybody waiting meanwhile, in sum:
    a request needs three processes."""

    met: Sequence[Met]
    stall_s: float


@pytest.fixture(scope="module")
def rush(crowded: RouterProcess, keys: dict[str, str]) -> Rush:
    secrets = {tenant: keys[tenant] for tenant in TENANTS}
    each_per_s = 2 * CAPACITY_PER_S / len(TENANTS)
    with ExitStack() as stack:
        pulses = [stack.enter_context(beating(core)) for core in os.sched_getaffinity(0)]
        met = asyncio.run(overload(crowded.public, secrets, each_per_s, SECONDS, max_tokens=256))
    return Rush(met, sum([each.longest_ms for each in pulses]) / 1000.0)


@pytest.fixture
def met(rush: Rush) -> Sequence[Met]:
    return rush.met


def test_nobody_fails_who_was_admitted_and_everybody_else_is_told_when_to_come_again(met: Sequence[Met]) -> None:
    assert {each.status for each in met} <= {200, 429, 503}
    assert all((each.retry_after_s is None) == (each.status == 200) for each in met)


def test_greedy_tenants_get_the_same(met: Sequence[Met]) -> None:
    assert fairness(met, TENANTS) >= 0.95


def test_a_refusal_comes_at_once(rush: Rush) -> None:
    refused_s = refusals_s(rush.met)

    assert len(refused_s) > 10
    assert at_share(refused_s, 0.99) < 0.05 + rush.stall_s


def test_the_engine_is_kept_full_and_not_more_than_that(met: Sequence[Met], crowded: RouterProcess) -> None:
    served = sum(each.status == 200 for each in met)
    waited = [each["waited_s"] for each in crowded.decisions() if each["status"] == 200]

    assert served >= 0.5 * CAPACITY_PER_S * SECONDS
    assert sum(each > 0.0 for each in waited) > 10


def test_what_waits_and_who_was_refused_is_shown(met: Sequence[Met], crowded: RouterProcess) -> None:
    metrics = crowded.metrics()

    assert metrics['router_queue_waiting{priority="default"}'] == 0
    assert metrics['router_queue_refused_total{reason="tenant"}'] == sum(each.status == 429 for each in met)
    assert metrics['router_queue_refused_total{reason="all"}'] == sum(each.status == 503 for each in met)
    assert metrics['router_queue_wait_seconds_count{priority="default"}'] > 10
    assert crowded.readiness().json["waiting"] == {"priority": 0, "default": 0, "flex": 0}
