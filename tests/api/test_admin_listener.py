"""The admin listener: readiness, metrics and docs, and its key."""

import re
import time
from itertools import count

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.conftest import ADMIN_KEY, POLICIES
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import ask, post, request_fields, send_raw

SOURCES = (f"127.0.2.{number}" for number in count(1))
"""Wrong keys come from another address each time: of many from one, not all are looked at."""

GUARDED = ["/readyz", "/metrics", "/docs", "/public/openapi.json", "/policies"]
ORDERS = [
    "reload",
    "default/rollback",
    "default/release",
    "default/canary/stop",
    "default/canary/resume",
]


def test_a_router_whose_tiers_all_answer_is_ready(router: RouterProcess) -> None:
    response = router.readiness()

    assert response.status == 200
    assert response.json["status"] == "ready"
    assert response.json["tiers"] == {
        "fast": {"reachable": True, "backends": {"fast-1": True}},
        "strong": {"reachable": True, "backends": {"strong-1": True}},
    }
    assert response.json["policies"].keys() == POLICIES.keys()
    assert all(version.startswith(f"{name}@") for name, version in response.json["policies"].items())
    load = response.json["policy_load"]
    assert (load["ok"], load["errors"]) == (True, [])
    assert abs(load["at_s"] - time.time()) < 3600


def test_a_router_with_one_tier_down_is_degraded_and_still_takes_requests(
    router: RouterProcess, fast: ScriptedEngine
) -> None:
    with fast.refusing_connections():
        response = router.readiness()

    assert (response.status, response.json["status"]) == (200, "degraded")
    assert response.json["tiers"]["fast"]["reachable"] is False


def test_an_engine_that_calls_itself_unhealthy_is_not_reachable(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.healthy = False

    assert router.readiness().json["tiers"]["fast"]["reachable"] is False


def test_a_router_whose_tiers_are_all_down_is_not_ready(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    with fast.refusing_connections(), strong.refusing_connections():
        response = router.readiness()

    assert (response.status, response.json["status"]) == (503, "unavailable")


def test_metrics_are_openmetrics_and_count_what_was_served(router: RouterProcess) -> None:
    served = 'router_requests_total{outcome="served",rule="otherwise",status="200",tier="fast"}'
    router.settled()
    before = router.metrics().get(served, 0)

    post(router.public, request_fields())
    router.settled()

    response = ask(router.admin, "GET", "/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
    assert (response.header("content-type") or "").startswith("application/openmetrics-text")
    assert len(list(text_string_to_metric_families(response.body.decode()))) > 5
    assert router.metrics()[served] == before + 1


def test_an_escalation_is_counted_under_what_the_lower_tier_did(router: RouterProcess, fast: ScriptedEngine) -> None:
    escalated = 'router_escalations_total{outcome="unavailable",tier="fast"}'
    router.settled()
    before = router.metrics().get(escalated, 0)

    with fast.refusing_connections():
        post(router.public, request_fields())
    router.settled()

    assert router.metrics()[escalated] == before + 1


def test_the_docs_need_nothing_from_anywhere_else(router: RouterProcess) -> None:
    page = ask(router.admin, "GET", "/docs").body.decode()

    addresses = re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)""", page)
    assert len(addresses) >= 4
    for each in addresses:
        response = ask(router.admin, "GET", each)
        assert each.startswith("/")
        assert (response.status, len(response.body) > 500) == (200, True), each
    assert "http://" not in page
    assert "https://" not in page


def test_the_docs_describe_the_public_api(router: RouterProcess) -> None:
    schema = ask(router.admin, "GET", "/public/openapi.json").json

    assert set(schema["paths"]) >= {"/v1/chat/completions", "/router/v1/explain", "/v1/models", "/healthz"}


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("key", [None, "wrong", "", ADMIN_KEY + "x", "\xe9"])
def test_an_admin_listener_with_a_key_tells_nothing_without_it(
    elaborate: RouterProcess, path: str, key: str | None
) -> None:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}

    response = ask(elaborate.admin, "GET", path, headers=headers, source=next(SOURCES))

    assert response.status == 401
    assert response.error["code"] == "invalid_api_key"
    assert response.header("www-authenticate") == "Bearer"


@pytest.mark.parametrize("path", ORDERS)
@pytest.mark.parametrize("key", [None, "wrong"])
def test_an_admin_listener_with_a_key_takes_no_orders_without_it(
    elaborate: RouterProcess, path: str, key: str | None
) -> None:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}

    response = ask(elaborate.admin, "POST", f"/policies/{path}", headers=headers, source=next(SOURCES))

    assert (response.status, response.error["code"]) == (401, "invalid_api_key")


REBOUND = ["evil.test", "evil.test:80", "169.254.1.1", "localhost.evil.test", "", "[", "127.0.0.1.evil.test"]
OF_THIS_MACHINE = ["localhost", "localhost:9", "127.0.0.1", "127.3.2.1:8081", "[::1]:8081"]


@pytest.mark.parametrize("host", REBOUND)
@pytest.mark.parametrize("path", [*GUARDED, "/docs/static/favicon.png", "/nothing"])
def test_without_a_key_no_page_whose_name_was_made_to_lead_here_is_told_anything(
    router: RouterProcess, path: str, host: str
) -> None:
    response = ask(router.admin, "GET", path, headers={"host": host})

    assert (response.status, response.error["code"]) == (403, "unknown_host")
    assert "localhost" in response.error["message"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        *((f"/policies/{order}", b"{}") for order in ORDERS),
        ("/backends/fast-1/drain", b"{}"),
        ("/backends/fast-1/resume", b"{}"),
        ("/cache/invalidate", b"{}"),
        ("/cache/entry", b"{}"),
    ],
)
def test_without_a_key_such_a_page_gives_no_orders(router: RouterProcess, path: str, body: bytes) -> None:
    rebound = {"host": "evil.test:8081", "origin": "http://evil.test:8081", "content-type": "application/json"}

    response = ask(router.admin, "POST", path, body, rebound)

    assert (response.status, response.error["code"]) == (403, "unknown_host")


@pytest.mark.parametrize("host", OF_THIS_MACHINE)
def test_without_a_key_this_machine_may_go_by_any_of_its_own_names(router: RouterProcess, host: str) -> None:
    assert ask(router.admin, "GET", "/metrics", headers={"host": host}).status == 200


def test_whoever_names_no_host_is_no_page(router: RouterProcess) -> None:
    assert send_raw(router.admin, b"GET /readyz HTTP/1.0\r\n\r\n").status == 200


@pytest.mark.parametrize("host", ["10.0.0.7:8081", "tandem.monitoring.svc:8081"])
def test_with_a_key_a_scraper_may_ask_by_any_address(elaborate: RouterProcess, host: str) -> None:
    headers = {"host": host, "authorization": f"Bearer {ADMIN_KEY}"}

    assert ask(elaborate.admin, "GET", "/metrics", headers=headers).status == 200


def test_policies_are_described_by_their_metrics(router: RouterProcess) -> None:
    metrics = router.metrics()

    assert metrics['router_policy_loads_total{outcome="ok"}'] >= 1
    assert metrics['router_policy_loads_total{outcome="failed"}'] == 0
    assert metrics["router_policy_load_failed"] == 0
    held = {sample: value for sample, value in metrics.items() if sample.startswith("router_policy_held{")}
    assert held == {f'router_policy_held{{policy="{name}"}}': 0 for name in POLICIES}


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_the_admin_key_opens_the_admin_listener(elaborate: RouterProcess, path: str, header: str) -> None:
    value = f"Bearer {ADMIN_KEY}" if header == "authorization" else ADMIN_KEY

    assert ask(elaborate.admin, "GET", path, headers={header: value}).status == 200


def test_not_even_the_admin_api_is_described_without_the_key(elaborate: RouterProcess) -> None:
    assert ask(elaborate.admin, "GET", "/openapi.json").status in (401, 404)


def test_what_is_not_served_to_admins_is_not_found(router: RouterProcess) -> None:
    for path in ("/v1/models", "/v1/chat/completions", "/nothing", "/docs/static/../../pyproject.toml"):
        response = ask(router.admin, "GET", path)
        assert (response.status, response.error["code"]) == (404, "not_found"), path
