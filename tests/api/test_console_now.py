"""The console's page *Now*: what goes on, counted a few seconds at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.console.now_pages import series_of
from router.console.pulse import KEPT, STEP_S, Pulse, quantile, summed
from router.core.record import AttemptRecord, Record
from tests.console_visitor import Visitor, words_of
from tests.patience import until
from tests.router_process import RouterProcess
from tests.wire_client import post, request_fields

BEGAN_S = 1_000_000


@pytest.fixture
def visitor(router: RouterProcess) -> Visitor:
    """Somebody at the console."""
    return Visitor(router.admin)


def record(at_s: float = BEGAN_S, **fields: object) -> Record:
    """A request that was served at once by the fast tier, unless said otherwise."""
    return Record(**{"request_id": "1", "time_s": at_s, "elapsed_s": 0.0, "status": 200, "outcome": "served"} | fields)


def counted(*records: Record) -> Pulse:
    """A pulse that has seen these."""
    pulse = Pulse()
    pulse.take(records)
    return pulse


def test_a_request_is_counted_where_it_ended() -> None:
    steps = counted(record(tier="fast", elapsed_s=STEP_S)).steps(BEGAN_S + 3 * STEP_S)

    assert [(each.at_s, each.tiers["fast"]) for each in steps if each.requests] == [(BEGAN_S + STEP_S, 1)]


def test_a_step_that_is_not_over_is_not_shown() -> None:
    pulse = counted(record(BEGAN_S))

    assert summed(pulse.steps(BEGAN_S + STEP_S - 1)).requests == 0
    assert summed(pulse.steps(BEGAN_S + STEP_S)).requests == 1


def test_minutes_in_which_nothing_happened_are_there() -> None:
    steps = Pulse().steps(BEGAN_S)

    assert [each.at_s for each in steps] == list(range(BEGAN_S - KEPT * STEP_S, BEGAN_S, STEP_S))


def test_only_requests_with_a_latency_budget_are_late() -> None:
    total = summed(
        counted(
            record(elapsed_s=2.0),
            record(elapsed_s=2.0, latency_budget_ms=1000),
            record(elapsed_s=0.5, latency_budget_ms=1000),
            record(outcome="failed", latency_budget_ms=1000),
            record(outcome="refused", latency_budget_ms=1000),
        ).steps(BEGAN_S + 100)
    )

    assert (total.budgeted, total.late, total.failed) == (3, 2, 1)


def test_what_a_tier_above_took_over_went_up() -> None:
    attempts = (AttemptRecord(1, "fast", "a", "rejected", 0.1), AttemptRecord(2, "strong", "b", "served", 0.1))
    total = summed(counted(record(attempts=attempts, tier="strong"), record()).steps(BEGAN_S + 100))

    assert (total.escalated, total.requests) == (1, 2)


@given(st.lists(st.floats(0, 1e7), max_size=300))
def test_what_is_counted_is_bounded(ends_s: list[float]) -> None:
    pulse = Pulse()
    for end_s in ends_s:
        pulse.take([record(end_s)])

    assert len(pulse._steps) <= KEPT


def test_a_quantile_is_one_of_the_values() -> None:
    values = [0.4, 0.1, 0.3, 0.2]

    assert (quantile(values, 0.5), quantile(values, 0.95), quantile([], 0.5)) == (0.2, 0.4, None)


def test_lines_have_a_gap_where_there_was_nothing() -> None:
    series = series_of(counted(record(tier="fast", elapsed_s=1.0)).steps(BEGAN_S + 2 * STEP_S))

    assert series["traffic"]["fast"][-2:] == [1 / STEP_S, 0]
    assert series["latency"]["p95"][-3:] == [None, 1.0, None]
    assert all(len(line) == KEPT for chart in ("traffic", "latency", "shares") for line in series[chart].values())


def test_the_page_shows_backends_and_what_they_bear(visitor: Visitor) -> None:
    words = words_of(visitor.text("/now"))

    assert "fast-1 fast in use" in words
    assert "strong-1 strong in use" in words


def test_a_script_gets_the_panel_and_its_series(router: RouterProcess, visitor: Visitor) -> None:
    post(router.public, request_fields())

    until(lambda: sum(visitor.get("/now/series").json["traffic"]["fast"]), 2 * STEP_S + 5)
    panel = visitor.get("/now", {"hx-request": "true"}).body.decode()

    assert "<html" not in panel
    assert "Answered in the last minute: fast" in words_of(panel)
