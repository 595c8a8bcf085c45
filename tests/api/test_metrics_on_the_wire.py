"""Metrics of a router that runs: what is watched beside its records, and that callers cannot make them grow."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from router.core.record import hash_tenant
from tests.conftest import Routers
from tests.faults import fails
from tests.patience import until
from tests.redis_server import redis_server
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields

BREAKER = 'router_backend_breaker_open{backend="fast-1"}'
REDIS = "router_redis_up"
NAMES = 200


def test_a_breaker_that_opens_is_seen_to_be_open(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> None:
    with serving(running_routers.settings(tmp_path, settings={"breakers": True}), tmp_path) as router:
        before = router.metrics()[BREAKER]
        fast.does(fails(500))

        def is_open() -> bool:
            post(router.public, request_fields(model="auto:fast-only"))
            return router.metrics()[BREAKER] == 1

        until(is_open)

    assert before == 0


def test_whether_redis_is_there_is_told_where_there_should_be_one(
    router: RouterProcess, running_routers: Routers, tmp_path: Path
) -> None:
    with redis_server(tmp_path) as redis:
        settings = running_routers.settings(tmp_path, settings={"redis": {"url": redis.url}})
        with serving(settings, tmp_path) as replica:
            until(lambda: replica.metrics()[REDIS] == 1)
            redis.stop()

            def is_gone() -> bool:
                post(replica.public, request_fields())
                return replica.metrics()[REDIS] == 0

            until(is_gone)

    assert REDIS not in router.metrics()


def test_models_that_callers_make_up_make_no_series(keyed: RouterProcess, keys: Mapping[str, str]) -> None:
    post(keyed.public, request_fields(model="made-up"), keys["ordinary"])
    keyed.settled()
    before = keyed.metrics()

    for _ in range(NAMES):
        post(keyed.public, request_fields(model=secrets.token_hex(8)), keys["ordinary"])
    keyed.settled()

    after = keyed.metrics()
    assert after.keys() == before.keys()
    refused = [name for name in after if name.startswith("gen_ai_server_request_duration_seconds_count")]
    assert sum(after[name] - before[name] for name in refused if '"_OTHER"' in name) >= NAMES


def test_a_tenant_with_a_key_is_told_by_its_hash_and_never_by_its_name(
    keyed: RouterProcess, keys: Mapping[str, str]
) -> None:
    served = f'router_tenant_requests_total{{outcome="served",tenant="{hash_tenant("ordinary")}"}}'
    keyed.settled()
    before = keyed.metrics().get(served, 0)

    post(keyed.public, request_fields(), keys["ordinary"])
    keyed.settled()

    assert keyed.metrics()[served] == before + 1
    assert "ordinary" not in keyed.metrics_text()
