"""The engines in the console: how each does, and orders that are given there."""

from collections.abc import Iterator

import pytest

from router.console.measured import foretold_by_tier, took_by_backend
from router.core.record import AttemptRecord, Record
from tests.conftest import Routers
from tests.console_visitor import Visitor, words_of
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields

LAST = {"force": "yes"}


@pytest.fixture
def drained(routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine) -> RouterProcess:
    """A router that is not shared with other tests: a backend that was drained is given little for a while."""
    return routers.serve(stop_grace_s=4)


@pytest.fixture
def visitor(drained: RouterProcess) -> Iterator[Visitor]:
    """Somebody at the console of a router with one backend for each tier, all in use when the test has ended."""
    visitor = Visitor(drained.admin)
    yield visitor
    visitor.order("/engines", "/engines/fast-1/resume")


def answered(took_s: float, predicted_p90_ms: int, tier: str = "fast") -> Record:
    """A request that the first tier answered."""
    attempt = AttemptRecord(1, tier, f"{tier}-1", "served", took_s)  # type: ignore[arg-type]
    predicted = {"predicted_p50_ms": predicted_p90_ms // 2, "predicted_p90_ms": predicted_p90_ms}
    return Record("1", 0.0, took_s, 200, "served", attempts=(attempt,), **predicted)


def test_every_backend_is_shown_with_how_it_does(visitor: Visitor) -> None:
    words = words_of(visitor.text("/engines"))

    assert "fast-1 fast in use closed" in words
    assert "strong-1 strong in use closed" in words


def test_what_a_tier_cannot_do_is_said_with_the_reason(visitor: Visitor) -> None:
    words = words_of(visitor.text("/engines"))

    assert "Left to a tier above" in words
    assert "seed" in words


def test_a_drained_backend_gets_nothing_until_it_is_resumed(drained: RouterProcess, visitor: Visitor) -> None:
    assert visitor.order("/engines", "/engines/fast-1/drain", LAST).status == 200
    assert "fast-1 fast drained" in words_of(visitor.text("/engines"))
    assert post(drained.public, request_fields()).header("x-router-tier") == "strong"

    assert visitor.order("/engines", "/engines/fast-1/resume").status == 200
    assert "fast drained" not in words_of(visitor.text("/engines"))


def test_the_last_of_a_tier_is_drained_only_by_who_means_it(visitor: Visitor) -> None:
    response = visitor.order("/engines", "/engines/fast-1/drain")

    assert response.status == 400
    assert "the last backend of the tier fast" in words_of(response.body.decode())
    assert "fast drained" not in words_of(visitor.text("/engines"))


def test_no_backend_is_drained_by_a_page_that_is_not_ours(visitor: Visitor) -> None:
    assert visitor.send("/engines/fast-1/drain", LAST).status == 400
    assert "fast drained" not in words_of(visitor.text("/engines"))


def test_an_order_about_nobody_is_refused(visitor: Visitor) -> None:
    assert visitor.order("/engines", "/engines/nobody/drain").status == 400


def test_answers_are_told_by_the_backend_that_gave_them() -> None:
    took = took_by_backend([answered(seconds, 0) for seconds in (0.1, 0.2, 0.3, 0.4)])

    assert (took["fast-1"].answers, took["fast-1"].p50_s, took["fast-1"].p90_s) == (4, 0.2, 0.4)


def test_predictions_are_held_against_what_it_took() -> None:
    records = [answered(seconds, 1000) for seconds in (0.3, 0.5, 0.8, 1.5)] + [answered(9.0, 0)]

    foretold = foretold_by_tier(records)["fast"]

    assert (foretold.answers, foretold.within_p50, foretold.within_p90) == (4, 50.0, 75.0)
