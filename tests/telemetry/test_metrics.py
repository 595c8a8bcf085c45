"""Metrics, made from records: what is counted for each outcome, and how few series that makes."""

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from router.core.reading.reading import ReadingNote
from router.core.record import AttemptRecord, Outcome, Record, ShadowDecision
from router.core.values import Usage
from router.telemetry import names
from router.telemetry.metrics import Metrics
from tests.answered import RECORD as ANSWERED

SERVED = Record(
    request_id="a1",
    time_s=1.0,
    elapsed_s=0.3,
    status=200,
    outcome="served",
    model="auto",
    rule="otherwise",
    tier="fast",
    attempts=(AttemptRecord(1, "fast", "fast-1", "served", 0.25, 0.15, Usage(20, 30)),),
    first_block_s=0.15,
    usage=Usage(20, 30),
)

ESCALATED = replace(
    SERVED,
    tier="strong",
    attempts=(
        AttemptRecord(1, "fast", "fast-1", "refused", 0.01),
        AttemptRecord(2, "strong", "strong-1", "served", 0.25, 0.15, Usage(20, 30)),
    ),
)

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def exposed(*records: Record) -> Samples:
    """Every sample after these records, read back by Prometheus' own parser."""
    metrics = Metrics()
    metrics.take(records)
    return samples_of(metrics)


def samples_of(metrics: Metrics) -> Samples:
    families = text_string_to_metric_families(metrics.expose().decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: Any) -> float | None:
    return samples.get((name, tuple(sorted(labels.items()))))


def series(samples: Samples, name: str) -> Samples:
    return {key: found for key, found in samples.items() if key[0] == name}


# --- what is counted --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "status", "tier"),
    [
        ("served", 200, "fast"),
        ("broken", 200, "fast"),
        ("refused", 400, None),
        ("failed", 503, None),
        ("caller_left", 499, None),
    ],
)
def test_every_outcome_is_counted_under_its_own_name(outcome: Outcome, status: int, tier: Any) -> None:
    samples = exposed(replace(SERVED, outcome=outcome, status=status, tier=tier))

    labels = {"tier": tier or "none", "rule": "otherwise", "outcome": outcome, "status": str(status)}
    assert value(samples, f"{names.REQUESTS}_total", **labels) == 1
    assert len(series(samples, f"{names.REQUESTS}_total")) == 1


def test_a_request_that_was_refused_before_any_decision_is_counted_too() -> None:
    early = Record(request_id="a2", time_s=2.0, elapsed_s=0.001, status=401, outcome="refused")

    samples = exposed(early)

    labels = {"tier": "none", "rule": "none", "outcome": "refused", "status": "401"}
    assert value(samples, f"{names.REQUESTS}_total", **labels) == 1
    assert series(samples, f"{names.ATTEMPTS}_total") == {}
    assert series(samples, f"{names.TOKENS}_total") == {}
    assert value(samples, f"{names.FIRST_BLOCK}_count", tier="none") is None


def test_durations_are_observed_by_tier() -> None:
    samples = exposed(SERVED, SERVED, ESCALATED)

    assert value(samples, f"{names.REQUEST_DURATION}_count", tier="fast") == 2
    assert value(samples, f"{names.REQUEST_DURATION}_sum", tier="fast") == pytest.approx(0.6)
    assert value(samples, f"{names.FIRST_BLOCK}_sum", tier="strong") == pytest.approx(0.15)
    assert value(samples, f"{names.REQUEST_DURATION}_bucket", tier="fast", le="0.16") == 0
    assert value(samples, f"{names.REQUEST_DURATION}_bucket", tier="fast", le="0.32") == 2


def test_each_attempt_is_counted_with_what_came_of_it() -> None:
    samples = exposed(ESCALATED)

    assert value(samples, f"{names.ATTEMPTS}_total", tier="fast", outcome="refused") == 1
    assert value(samples, f"{names.ATTEMPTS}_total", tier="strong", outcome="served") == 1
    assert value(samples, f"{names.ATTEMPT_DURATION}_sum", tier="fast") == pytest.approx(0.01)


def test_each_attempt_is_counted_with_the_backend_that_was_asked() -> None:
    never_asked = replace(SERVED, attempts=(AttemptRecord(1, "strong", "", "escalations_spent", 0.0),))

    samples = exposed(ESCALATED, never_asked)

    assert {
        labels["backend"]
        for labels in map(dict, [key[1] for key in series(samples, f"{names.BACKEND_ATTEMPTS}_total")])
    } == {
        "fast-1",
        "strong-1",
    }
    assert value(samples, f"{names.BACKEND_ATTEMPTS}_total", backend="fast-1", outcome="refused") == 1


def test_a_move_up_the_ladder_is_counted_where_it_began_and_why() -> None:
    samples = exposed(SERVED, ESCALATED)

    assert series(samples, f"{names.ESCALATIONS}_total") == {
        (f"{names.ESCALATIONS}_total", (("outcome", "refused"), ("tier", "fast"))): 1.0
    }


def test_a_move_up_that_was_not_granted_is_counted_with_the_attempts_alone() -> None:
    attempts = (
        AttemptRecord(1, "fast", "fast-1", "refused", 0.01),
        AttemptRecord(2, "strong", "strong-1", "escalations_spent", 0.0),
    )

    samples = exposed(replace(SERVED, outcome="refused", status=400, tier=None, attempts=attempts))

    assert value(samples, f"{names.ATTEMPTS}_total", tier="strong", outcome="escalations_spent") == 1
    assert series(samples, f"{names.ESCALATIONS}_total") == {}


MENDED = replace(
    SERVED,
    attempts=(
        AttemptRecord(1, "fast", "fast-1", "rejected", 0.2, reading=ReadingNote(3, 900, 0.1, reasons=("improbable",))),
        AttemptRecord(2, "strong", "strong-1", "repaired", 0.1, 0.1, Usage(20, 12)),
        AttemptRecord(
            3, "fast", "fast-1", "served", 0.2, 0.1, Usage(20, 30), reading=ReadingNote(1, 400, unread="timeout")
        ),
    ),
    tokens_read=1300,
    repairs=1,
)


def test_reads_are_counted_by_what_came_of_them_with_their_tokens_and_repairs() -> None:
    samples = exposed(MENDED, SERVED)

    assert {
        dict(labels)["outcome"]: count for (_, labels), count in series(samples, f"{names.READS}_total").items()
    } == {
        "accepted": 3,
        "cut": 1,
        "unread": 1,
    }
    assert value(samples, f"{names.TOKENS_READ}_total") == 1300
    assert value(samples, f"{names.REPAIRS}_total") == 1


def test_mending_a_sentence_is_an_attempt_and_no_move_up_the_ladder() -> None:
    samples = exposed(MENDED)

    assert value(samples, f"{names.ATTEMPTS}_total", tier="strong", outcome="repaired") == 1
    assert series(samples, f"{names.ESCALATIONS}_total") == {}


def test_a_fallback_to_a_tier_below_is_no_escalation() -> None:
    degraded = replace(
        SERVED,
        attempts=(
            AttemptRecord(1, "strong", "strong-1", "unavailable", 0.01),
            AttemptRecord(2, "fast", "fast-1", "served", 0.25, 0.15, Usage(20, 30)),
        ),
    )

    assert series(exposed(degraded), f"{names.ESCALATIONS}_total") == {}


def test_tokens_of_served_answers_are_counted_by_type() -> None:
    samples = exposed(SERVED, SERVED)

    assert value(samples, f"{names.TOKENS}_total", tier="fast", type="prompt") == 40
    assert value(samples, f"{names.TOKENS}_total", tier="fast", type="completion") == 60


@pytest.mark.parametrize(("tokens", "within"), [(200, "p50"), (500, "p90"), (501, "beyond")])
def test_an_answer_is_counted_by_its_task_and_the_estimate_it_kept_within(tokens: int, within: str) -> None:
    samples = exposed(replace(ANSWERED, usage=Usage(20, tokens)))

    assert value(samples, f"{names.ANSWER_LENGTHS}_total", task="generation", within=within) == 1
    assert len(series(samples, f"{names.ANSWER_LENGTHS}_total")) == 1


def test_what_is_no_whole_answer_is_not_measured_against_an_estimate() -> None:
    assert series(exposed(SERVED, replace(ANSWERED, outcome="broken")), f"{names.ANSWER_LENGTHS}_total") == {}


@pytest.mark.parametrize(
    ("arm", "version", "policy"), [("stable", "default@0011aabb", "default"), ("canary", "cost-saver@1", "cost-saver")]
)
def test_requests_on_either_arm_of_a_rollout_are_counted_by_the_policy_that_decided(
    arm: Any, version: str, policy: str
) -> None:
    samples = exposed(replace(SERVED, arm=arm, policy=version))

    name = f"{names.ROLLOUT_REQUESTS}_total"
    assert series(samples, name) == {(name, (("arm", arm), ("outcome", "served"), ("policy", policy))): 1.0}


def test_requests_beside_no_rollout_are_not_counted_among_them() -> None:
    samples = exposed(replace(SERVED, policy="default@1"))

    assert series(samples, f"{names.ROLLOUT_REQUESTS}_total") == {}
    assert series(samples, f"{names.SHADOW_DECISIONS}_total") == {}


@pytest.mark.parametrize(
    ("shadow", "changed"),
    [
        (ShadowDecision("cost-saver@1", changed=()), "nothing"),
        (ShadowDecision("cost-saver@1", changed=("timeout_s", "denoise")), "settings"),
        (ShadowDecision("cost-saver@1", changed=("ladder", "timeout_s")), "ladder"),
        (ShadowDecision("cost-saver@1", changed=("ladder",), error="unavailable: no tier"), "ladder"),
    ],
)
def test_decisions_in_shadow_are_counted_by_what_they_would_have_changed(shadow: ShadowDecision, changed: str) -> None:
    samples = exposed(replace(SERVED, shadow=shadow))

    name = f"{names.SHADOW_DECISIONS}_total"
    assert series(samples, name) == {(name, (("changed", changed), ("policy", "cost-saver"))): 1.0}


def test_ten_thousand_versions_make_no_more_series_than_one() -> None:
    versions = [replace(SERVED, arm="canary", policy=f"cost-saver@{number}") for number in range(10_000)]

    assert len(exposed(*versions)) == len(exposed(versions[0]))


def test_the_version_that_runs_is_a_metric() -> None:
    from router import __version__

    assert value(exposed(), names.BUILD, version=__version__) == 1


def test_a_gauge_is_read_when_it_is_scraped() -> None:
    metrics, in_flight = Metrics(), [3.0]
    metrics.watch(names.IN_FLIGHT, "Requests being served.", lambda: in_flight[0])

    before = value(samples_of(metrics), names.IN_FLIGHT)
    in_flight[0] = 7.0

    assert (before, value(samples_of(metrics), names.IN_FLIGHT)) == (3.0, 7.0)


# --- how it is exposed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "content_type", "is_openmetrics"),
    [
        ("application/openmetrics-text;version=1.0.0;q=0.8,text/plain;q=0.5", "application/openmetrics-text", True),
        ("text/plain", "text/plain", False),
        ("", "text/plain", False),
    ],
)
def test_the_text_is_what_a_scrape_accepts_and_says_so(accept: str, content_type: str, is_openmetrics: bool) -> None:
    metrics = Metrics()
    metrics.take([SERVED])

    page = metrics.expose_as(accept)

    assert page.content_type.startswith(content_type)
    assert page.text.endswith(b"# EOF\n") is is_openmetrics
    assert b"router_requests_total{" in page.text


def test_every_name_is_the_routers_or_the_conventions_and_every_family_is_described() -> None:
    metrics = Metrics()
    metrics.take([SERVED, ESCALATED])

    families = list(text_string_to_metric_families(metrics.expose().decode()))

    assert families
    assert [family.name for family in families if not family.name.startswith(("router_", "gen_ai_"))] == []
    assert [family.name for family in families if not family.documentation] == []


def test_every_name_that_dashboards_may_use_is_exposed_by_somebody() -> None:
    watched = {names.IN_FLIGHT, names.TASKS, names.LOG_DROPPED, names.LOG_UNWRITTEN, names.AUDITS, names.CACHE_LOST}
    watched |= {names.CACHE_UPGRADES, names.CACHE_UPGRADE_TOKENS, names.TRACES_LOST, names.DECISIONS_LOST}
    watched |= {names.BACKEND_IN_FLIGHT, names.BACKEND_LIMIT, names.BACKEND_SHARE, names.WARM_UPS}
    watched |= {names.QUEUE_WAITING, names.QUEUE_REFUSED, names.BACKEND_BREAKER_OPEN, names.REDIS_UP, names.LOOP_LAG}
    watched |= {names.POLICY_LOADS, names.POLICY_LOAD_FAILED, names.POLICY_HELD, names.CANARY_STOPPED}
    declared = {text for name, text in vars(names).items() if name.isupper() and isinstance(text, str)}

    metrics = Metrics()
    for name in watched:
        metrics.watch(name, "x", lambda: 0.0)
    families = {family.name for family in text_string_to_metric_families(metrics.expose().decode())}

    assert families == declared


def test_a_spill_is_counted_and_is_no_escalation() -> None:
    passed_over = AttemptRecord(1, "fast", "", "spilled", 0.5)
    served = AttemptRecord(2, "strong", "strong-1", "served", 0.5)
    record = replace(SERVED, tier="strong", attempts=(passed_over, served), spilled_from="fast")

    samples = exposed(record)

    assert value(samples, "router_spills_total", tier="fast") == 1
    assert series(samples, "router_escalations_total") == {}


def test_only_those_who_waited_for_a_seat_are_counted_among_those_who_did() -> None:
    samples = exposed(SERVED, replace(SERVED, waited_s=1.5, priority="flex"))

    assert value(samples, "router_queue_wait_seconds_sum", priority="flex") == 1.5
    assert value(samples, "router_queue_wait_seconds_count", priority="default") is None


# --- how few series ---------------------------------------------------------------------------------------------


def named(count: int) -> Iterable[Record]:
    return (
        replace(SERVED, request_id=f"r-{n}", model=f"model-{n}", tenant=f"t-{n}", key_id=f"k-{n}", error=f"e-{n}")
        for n in range(count)
    )


def test_ten_thousand_models_tenants_and_keys_make_no_more_series_than_one() -> None:
    assert len(exposed(*named(10_000))) == len(exposed(*named(1)))


@pytest.mark.parametrize("canary", ["model", "tenant", "key_id", "request_id", "error", "policy"])
def test_nothing_that_a_caller_wrote_or_is_known_by_becomes_a_label(canary: str) -> None:
    metrics = Metrics()
    metrics.take([replace(SERVED, **{canary: "canary"})])

    assert b"canary" not in metrics.expose()


# --- money ------------------------------------------------------------------------------------------------------

PAID = replace(
    ESCALATED,
    cost_microusd=1_450,
    wasted_microusd=1_000,
    tiers_microusd={"fast": 1_000, "strong": 450},
    strong_alone_microusd=450,
)


def test_money_is_counted_by_the_tier_that_it_was_spent_at_and_by_tenant() -> None:
    samples = exposed(PAID, PAID, SERVED)

    assert value(samples, f"{names.COST}_total", tier="fast") == 2_000
    assert value(samples, f"{names.COST}_total", tier="strong") == 900
    assert value(samples, f"{names.COST_WASTED}_total") == 2_000
    assert value(samples, f"{names.TENANT_COST}_total", tenant="_OTHER") == 2_900


def test_what_is_compared_with_the_strong_tier_alone_are_the_same_requests() -> None:
    samples = exposed(PAID, replace(PAID, strong_alone_microusd=None))

    assert value(samples, f"{names.COST_COMPARED}_total", way="spent") == 1_450
    assert value(samples, f"{names.COST_COMPARED}_total", way="strong_alone") == 450


def test_where_no_cost_is_known_no_series_says_that_it_is_nothing() -> None:
    assert series(exposed(SERVED), f"{names.COST}_total") == {}
