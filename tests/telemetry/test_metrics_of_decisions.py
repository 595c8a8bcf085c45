"""Metrics of how requests were decided, judged and foretold, and of what they took of the engines."""

from typing import Any

import pytest
from msgspec.structs import replace

from router.core.checks.written import Passes
from router.core.gate import Assessment, BlockNote
from router.core.reading.reading import ReadingNote
from router.core.record import AttemptRecord, Record, hash_tenant
from router.core.values import Usage
from router.core.verdict import ACCEPTED, Finding, Verdict
from router.telemetry import names
from router.telemetry.instruments import MAX_SERIES, OTHER, Count, Distribution
from router.telemetry.known import Known
from router.telemetry.metrics import Metrics
from tests.telemetry.test_metrics import SERVED, exposed, samples_of, series, value

DECIDED = replace(
    SERVED,
    policy="default@0011aabb",
    ladder=("fast", "strong"),
    predicted_p50_ms=200,
    predicted_p90_ms=400,
    tokens_written={"fast": 30},
    engine_s={"fast": 0.25},
)

EXACT = Passes(12.0, 48, "exact")
DOUBTED = Assessment(
    "block", 2, Verdict((Finding("gibberish", ""), Finding("loop", ""))), 60, 40, notes=(BlockNote(90, EXACT),) * 2
)
CLIMBED = replace(
    DECIDED,
    tier="strong",
    attempts=(
        AttemptRecord(1, "fast", "fast-1", "rejected", 0.2, 0.1, gate=DOUBTED),
        AttemptRecord(2, "strong", "strong-1", "served", 0.4, 0.1, Usage(20, 30)),
    ),
    wasted_tokens=40,
    tokens_written={"fast": 60, "strong": 30},
    engine_s={"fast": 0.2, "strong": 0.4},
)


def by_labels(found: Any, *labels: str) -> dict[tuple[str, ...], float]:
    """The values of one metric by those of some labels, in their order."""
    return {tuple(dict(key)[label] for label in labels): number for (_, key), number in found.items()}


# --- decisions ----------------------------------------------------------------------------------------------------


def test_a_decision_is_counted_by_its_policy_its_rule_and_the_tier_to_try_first() -> None:
    found = series(exposed(DECIDED, CLIMBED), f"{names.DECISIONS}_total")

    assert by_labels(found, "policy", "rule", "tier") == {("default", "otherwise", "fast"): 2}


def test_a_request_that_nothing_was_decided_for_is_none_of_the_decisions() -> None:
    early = Record(request_id="a2", time_s=2.0, elapsed_s=0.001, status=401, outcome="refused")

    assert series(exposed(early), f"{names.DECISIONS}_total") == {}


@pytest.mark.parametrize(("budget_ms", "outcome"), [(300, "met"), (299, "missed")])
def test_an_answer_is_counted_by_whether_it_kept_within_the_budget_of_its_caller(budget_ms: int, outcome: str) -> None:
    found = series(exposed(replace(DECIDED, latency_budget_ms=budget_ms)), f"{names.LATENCY_BUDGETS}_total")

    assert by_labels(found, "tier", "outcome") == {("fast", outcome): 1}


def test_without_a_budget_or_an_answer_there_is_none_to_keep_within() -> None:
    failed = replace(DECIDED, outcome="failed", status=503, latency_budget_ms=1)

    assert series(exposed(DECIDED, failed), f"{names.LATENCY_BUDGETS}_total") == {}


@pytest.mark.parametrize(("took_s", "within"), [(0.2, "p50"), (0.4, "p90"), (0.41, "beyond")])
def test_an_answer_is_held_against_what_was_predicted_of_it(took_s: float, within: str) -> None:
    samples = exposed(replace(DECIDED, attempts=(replace(DECIDED.attempts[0], elapsed_s=took_s),)))

    found = series(samples, f"{names.PREDICTIONS}_total")
    assert by_labels(found, "tier", "within") == {("fast", within): 1}
    assert value(samples, f"{names.PREDICTION_RATIO}_sum", tier="fast") == pytest.approx(took_s / 0.2)


def test_what_another_tier_wrote_in_the_end_is_not_held_against_the_prediction() -> None:
    assert series(exposed(CLIMBED), f"{names.PREDICTIONS}_total") == {}


# --- blocks, checks and passes --------------------------------------------------------------------------------------


def test_blocks_are_counted_by_their_verdict_and_their_passes_by_how_they_are_known() -> None:
    samples = exposed(CLIMBED)

    blocks = by_labels(series(samples, f"{names.BLOCKS}_total"), "tier", "verdict")
    assert blocks == {("fast", "accepted"): 1, ("fast", "rejected"): 1}
    assert value(samples, f"{names.BLOCK_PASSES}_count", tier="fast", kind="exact") == 2
    assert value(samples, f"{names.BLOCK_PASSES}_sum", tier="fast", kind="exact") == 24


def test_an_escalation_is_counted_under_each_check_that_asked_for_it() -> None:
    read = ReadingNote(2, 900, 0.1, reasons=("improbable_run",))
    cut = replace(CLIMBED, attempts=(replace(CLIMBED.attempts[0], gate=None, reading=read), CLIMBED.attempts[1]))

    found = series(exposed(CLIMBED, cut), f"{names.ESCALATION_CHECKS}_total")

    assert by_labels(found, "tier", "check") == {
        ("fast", "gibberish"): 1,
        ("fast", "loop"): 1,
        ("fast", "improbable_run"): 1,
    }


def test_a_rejected_draft_that_did_not_climb_is_no_escalation_by_any_check() -> None:
    given_up = replace(CLIMBED, attempts=CLIMBED.attempts[:1], outcome="failed", status=503, tier=None)

    samples = exposed(given_up)

    assert series(samples, f"{names.ESCALATION_CHECKS}_total") == {}
    assert value(samples, f"{names.BLOCKS}_total", tier="fast", verdict="rejected") == 1


def test_an_accepted_draft_has_no_rejected_blocks() -> None:
    gate = Assessment("block", 3, ACCEPTED, 60, 0)
    accepted = replace(DECIDED, attempts=(replace(DECIDED.attempts[0], gate=gate),))

    found = series(exposed(accepted), f"{names.BLOCKS}_total")

    assert by_labels(found, "tier", "verdict") == {("fast", "accepted"): 3}


# --- what it took -------------------------------------------------------------------------------------------------


def test_tokens_and_engine_seconds_are_counted_where_they_were_spent() -> None:
    samples = exposed(CLIMBED)

    assert by_labels(series(samples, f"{names.TOKENS_WRITTEN}_total"), "tier") == {("fast",): 60, ("strong",): 30}
    assert by_labels(series(samples, f"{names.ENGINE_SECONDS}_total"), "tier") == {("fast",): 0.2, ("strong",): 0.4}
    assert value(samples, f"{names.TOKENS_WASTED}_total", tier="fast") == 40


def test_tenants_with_keys_are_told_apart_by_their_hashes_and_all_others_are_one() -> None:
    metrics = Metrics(Known(tenants=frozenset((hash_tenant("acme"),))))
    metrics.take([replace(DECIDED, tenant=hash_tenant(name)) for name in ("acme", "acme", "nobody", "somebody")])

    samples = samples_of(metrics)

    requests = by_labels(series(samples, f"{names.TENANT_REQUESTS}_total"), "tenant", "outcome")
    assert requests == {(hash_tenant("acme"), "served"): 2, (OTHER, "served"): 2}
    assert value(samples, f"{names.TENANT_TOKENS}_total", tenant=OTHER, type="completion") == 60
    assert value(samples, f"{names.TENANT_ENGINE_SECONDS}_total", tenant=hash_tenant("acme")) == 0.5


# --- whatever comes -----------------------------------------------------------------------------------------------


def test_a_family_has_no_more_series_than_it_may_and_one_for_the_rest() -> None:
    metrics, more = Metrics(), 2 * MAX_SERIES
    count = metrics.register(Count("router_test_things", "Things.", "kind"))
    spread = metrics.register(Distribution("router_test_s", "Seconds.", (1.0,), "kind"))
    for number in range(more):
        count.add((str(number),))
        spread.add((str(number),), 0.5)

    samples = samples_of(metrics)

    counted, observed = series(samples, "router_test_things_total"), series(samples, "router_test_s_count")
    assert len(counted) == len(observed) == MAX_SERIES + 1
    assert sum(counted.values()) == sum(observed.values()) == more
    assert value(samples, "router_test_things_total", kind=OTHER) == more - MAX_SERIES
