"""Recording rules and alerts, by Prometheus' own tool: each alert fires when it should, and does not when it should
not, and whoever is woken up by one finds what to do."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.needed import need

CHART = Path(__file__).resolve().parents[2] / "helm/tandem"
RULES = sorted((CHART / "rules").glob("*.yaml"))
PROMTOOL = Path(shutil.which("promtool") or "/usr/bin/promtool")

Series = Mapping[str, str]
"""By the series: its values minute by minute, as the tool has them: `0+5x60` grows by 5 for an hour."""


@dataclass(frozen=True)
class Scene:
    """What makes an alert fire by the minute `at`, with these labels, and what looks like it and does not."""

    at: int
    firing: Series
    quiet: Series
    labels: Mapping[str, str]


def requests(served: str, failed: str) -> Series:
    return {
        'router_requests_total{job="tandem",outcome="served"}': served,
        'router_requests_total{job="tandem",outcome="failed"}': failed,
    }


def budgets(met: str, missed: str) -> Series:
    return {
        'router_latency_budgets_total{job="tandem",outcome="met"}': met,
        'router_latency_budgets_total{job="tandem",outcome="missed"}': missed,
    }


def climbs(escalations: str, decisions: str) -> Series:
    return {
        'router_escalations_total{job="tandem",tier="fast",outcome="rejected"}': escalations,
        'router_decisions_total{job="tandem",tier="fast",rule="otherwise"}': decisions,
    }


def looks(hits: str, misses: str) -> Series:
    return {
        'router_cache_total{job="tandem",outcome="hit"}': hits,
        'router_cache_total{job="tandem",outcome="miss"}': misses,
    }


def predictions(p50: str, beyond: str) -> Series:
    return {
        'router_predictions_total{job="tandem",tier="fast",within="p50"}': p50,
        'router_predictions_total{job="tandem",tier="fast",within="beyond"}': beyond,
    }


def refusals(refused: str, served: str) -> Series:
    return {'router_queue_refused_total{job="tandem",reason="full"}': refused, **requests(served, "0x60")}


def lags(soon: str, all_of_them: str) -> Series:
    name = "router_event_loop_lag_seconds_bucket"
    return {
        f'{name}{{job="tandem",instance="a",le="0.1"}}': soon,
        f'{name}{{job="tandem",instance="a",le="0.25"}}': all_of_them,
        f'{name}{{job="tandem",instance="a",le="+Inf"}}': all_of_them,
    }


def gauge(name: str, values: str, **labels: str) -> Series:
    told = ",".join(f'{label}="{text}"' for label, text in {"job": "tandem", **labels}.items())
    return {f"{name}{{{told}}}": values}


PAGE = {"job": "tandem", "severity": "page"}
TICKET = {"job": "tandem", "severity": "ticket"}
FAST = {"tier": "fast"}
A = {"instance": "a"}

SCENES = {
    "TandemErrorsBurnFast": Scene(90, requests("0+55x90", "0+5x90"), requests("0+57x90", "0+3x90"), PAGE),
    "TandemErrorsBurnSlow": Scene(400, requests("0+57x400", "0+3x400"), requests("0+59x400", "0+1x400"), TICKET),
    "TandemBudgetsMissedFast": Scene(90, budgets("0+6x90", "0+4x90"), budgets("0+8x90", "0+2x90"), PAGE),
    "TandemBudgetsMissedSlow": Scene(400, budgets("0+8x400", "0+2x400"), budgets("0+19x400", "0+1x400"), TICKET),
    "TandemEscalationsHigh": Scene(
        300, climbs("0+1x240 240+8x60", "0+20x300"), climbs("0+8x300", "0+20x300"), {**TICKET, **FAST}
    ),
    "TandemEscalationsLow": Scene(
        330, climbs("0+8x240 1920+0x90", "0+20x330"), climbs("0+8x330", "0+20x330"), {**TICKET, **FAST}
    ),
    "TandemPredictionsOff": Scene(
        120, predictions("0+6x120", "0+4x120"), predictions("0+9x120", "0+1x120"), {**TICKET, **FAST}
    ),
    "TandemBreakerOpen": Scene(
        10,
        gauge("router_backend_breaker_open", "0 1x10", backend="fast-1"),
        gauge("router_backend_breaker_open", "0x8 1x3", backend="fast-1"),
        {**PAGE, "backend": "fast-1"},
    ),
    "TandemQueueRefuses": Scene(20, refusals("0+1x20", "0+20x20"), refusals("0+1x20", "0+200x20"), PAGE),
    "TandemCacheCollapsed": Scene(
        300, looks("0+5x240 1200+0x60", "0+5x240 1200+10x60"), looks("0+5x300", "0+5x300"), TICKET
    ),
    "TandemRedisDegraded": Scene(
        5, gauge("router_redis_up", "1 0x5", **A), gauge("router_redis_up", "0 0 1x5", **A), {**PAGE, **A}
    ),
    "TandemReloadFailed": Scene(
        5,
        gauge("router_policy_load_failed", "0 1x5", **A),
        gauge("router_policy_load_failed", "1 1 0x5", **A),
        {**TICKET, **A},
    ),
    "TandemCanaryStopped": Scene(
        5,
        gauge("router_canary_stopped", "0 1x5", policy="cost-saver"),
        gauge("router_canary_stopped", "0x5", policy="cost-saver"),
        {**TICKET, "policy": "cost-saver"},
    ),
    "TandemLoopLate": Scene(20, lags("0+90x20", "0+100x20"), lags("0+100x20", "0+100x20"), {**TICKET, **A}),
    "TandemRecordsLost": Scene(
        8,
        gauge("router_decision_log_dropped", "0x3 5x5", **A),
        gauge("router_decision_log_dropped", "5x8", **A),
        {**TICKET, **A},
    ),
}


def groups() -> Iterator[Mapping[str, Any]]:
    for path in RULES:
        yield from yaml.safe_load(path.read_text())["groups"]


ALERTS: Mapping[str, Mapping[str, Any]] = {
    rule["alert"]: rule for group in groups() for rule in group["rules"] if "alert" in rule
}


def promtool(*arguments: str | Path) -> None:
    """Runs it, and fails with what it says where it finds fault."""
    need(PROMTOOL, "promtool is missing: `apt-get install -y prometheus`")
    done = subprocess.run([PROMTOOL, *arguments], capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr


def trial(alert: str, series: Series, at: int, firing: list[Mapping[str, str]]) -> dict[str, Any]:
    """A test of one alert in the tool's own form."""
    annotations = ALERTS[alert]["annotations"]
    expected = [{"exp_labels": labels, "exp_annotations": annotations} for labels in firing]
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [{"eval_time": f"{at}m", "alertname": alert, "exp_alerts": expected}],
    }


def test_promtool_finds_no_fault_with_any_rule() -> None:
    promtool("check", "rules", *RULES)


def test_every_alert_has_its_scene() -> None:
    assert set(SCENES) == set(ALERTS)


@pytest.mark.parametrize("alert", SCENES)
def test_an_alert_fires_when_it_should_and_not_when_it_only_looks_like_it(alert: str, tmp_path: Path) -> None:
    scene = SCENES[alert]
    tests = [trial(alert, scene.firing, scene.at, [scene.labels]), trial(alert, scene.quiet, scene.at, [])]
    order = [group["name"] for group in sorted(groups(), key=lambda each: "alert" in each["rules"][0])]
    file = tmp_path / "test.yaml"
    file.write_text(json.dumps({"rule_files": [*map(str, RULES)], "group_eval_order": order, "tests": tests}))

    promtool("test", "rules", file)


def test_every_alert_has_a_section_in_the_runbook_and_says_where() -> None:
    sections = re.findall(r"^## (\w+)$", (CHART / "RUNBOOK.md").read_text(), re.MULTILINE)

    assert sections == list(ALERTS)
    places = {alert: rule["annotations"]["runbook"] for alert, rule in ALERTS.items()}
    assert places == {alert: f"helm/tandem/RUNBOOK.md#{alert.lower()}" for alert in ALERTS}
