"""A real Prometheus scrapes a router under load, and every query of every dashboard and rule finds something there."""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.collector import collecting
from tests.conftest import Routers
from tests.e2e.prometheus import CHART, Prometheus, prometheus
from tests.e2e.traffic import SEATS, WAITING, Callers, write_policies
from tests.redis_server import redis_server
from tests.router_process import serving
from tests.scripted_engine import ScriptedEngine

PLAYS_S = 60.0
PRICE = {"input_microusd_per_mtok": 1_000_000, "output_microusd_per_mtok": 4_000_000}
COMPARES = re.compile(r" ([<>]) ")


class Asked(NamedTuple):
    """A query, and where it stands."""

    where: str
    query: str


def of_dashboards() -> Iterator[Asked]:
    for path in sorted((CHART / "dashboards").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                query = target["expr"].replace("$job", "tandem").replace("$__rate_interval", "1m")
                yield Asked(f"{path.stem}: {panel['title']}", query)


def of_rules() -> Iterator[Asked]:
    """An alert is quiet while all is well: of its comparisons it is asked what they come to, not whether they hold."""
    for path in sorted((CHART / "rules").glob("*.yaml")):
        for group in yaml.safe_load(path.read_text())["groups"]:
            for rule in group["rules"]:
                is_alert = "alert" in rule
                query = COMPARES.sub(r" \1 bool ", rule["expr"]) if is_alert else rule["expr"]
                yield Asked(rule["alert"] if is_alert else rule["record"], query)


def unanswered(server: Prometheus, asked: list[Asked]) -> list[Asked]:
    return [each for each in asked if not server.values(each.query)]


def faults_of(scraped: str) -> str:
    """What promtool finds wrong with the names and texts of metrics."""
    done = subprocess.run(["promtool", "check", "metrics"], input=scraped, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.timeout(180)
def test_every_query_of_every_dashboard_and_rule_finds_something(
    running_routers: Routers,
    fast: ScriptedEngine,
    strong: ScriptedEngine,
    keys: Mapping[str, str],
    tmp_path: Path,
) -> None:
    asked = [*of_dashboards(), *of_rules()]
    (tmp_path / "prometheus").mkdir()
    with redis_server(tmp_path) as redis, collecting() as collector:
        settings = running_routers.settings(
            tmp_path,
            {"concurrency": SEATS, "price": PRICE},
            {
                "keys": keys["file"],
                "policies": str(write_policies(tmp_path / "policies")),
                "redis": {"url": redis.url},
                "tracing": {"endpoint": collector.endpoint, "decisions": True},
                "queue": {"waiting_per_tenant": WAITING},
                "breakers": False,
                "audits": True,
                "escalations": {"limited": False},
            },
        )
        with serving(settings, tmp_path) as router, prometheus(tmp_path / "prometheus", router.admin) as server:
            callers, began_s, number = Callers(router, fast, strong, keys["ordinary"]), time.monotonic(), 0
            while (left := unanswered(server, asked)) and time.monotonic() < began_s + PLAYS_S:
                callers.play(number)
                number += 1

            assert left == []
            assert server.faults() == []
            assert faults_of(router.metrics_text()) == ""
            pointed_at = server.examples("gen_ai_server_request_duration_seconds_bucket")
            assert pointed_at
            assert all(collector.await_trace(trace_id) for trace_id in pointed_at)
