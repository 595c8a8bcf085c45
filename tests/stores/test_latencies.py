"""What one replica learns of how long its backends take: each by itself, from the records of the decision log."""

import sys
import threading

import pytest
from msgspec.structs import replace

from router.core.latency import Pace
from router.core.latency_history import FRESH_S, PRIOR, WARMING_UP
from router.core.record import AttemptRecord, Record
from router.core.values import TierState
from router.stores.latencies import LocalLatencies
from tests.answered import RECORD, SITUATION
from tests.doubles import HandClock

PACE = Pace(prefill_tokens_per_s=10_000, step_ms=5, crowding=0.0, slots=2)
STATES = {"fast-1": TierState(configured=True, context_tokens=4_096, in_flight=0, failures=1)}
SIGNALS = SITUATION.signals


def served(elapsed_s: float, outcome: str = "served") -> Record:
    return replace(RECORD, attempts=(AttemptRecord(1, "fast", "fast-1", outcome, elapsed_s),))


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def latencies(clock: HandClock) -> LocalLatencies:
    return LocalLatencies({"fast-1": PACE, "strong-1": PACE}, clock)


def test_before_there_are_answers_what_is_assumed_is_foreseen_and_said_to_rest_on_none(
    latencies: LocalLatencies,
) -> None:
    foreseen = latencies.foreseen(STATES, SIGNALS)["fast-1"]

    assert foreseen.predicted_p50_ms == pytest.approx(1_000, rel=0.1)
    assert foreseen.predicted_p90_ms > foreseen.predicted_p50_ms
    assert replace(foreseen, predicted_p50_ms=0, predicted_p90_ms=0) == STATES["fast-1"]


def test_answers_teach_their_own_backend_and_no_other(latencies: LocalLatencies) -> None:
    before = latencies.foreseen({"strong-1": STATES["fast-1"]}, SIGNALS)

    latencies.take([served(3.0)] * (WARMING_UP + PRIOR))

    foreseen = latencies.foreseen(STATES, SIGNALS)["fast-1"]
    assert (foreseen.predicted_p50_ms, foreseen.seen_answers) == (pytest.approx(3_000, rel=0.01), PRIOR)
    assert latencies.foreseen({"strong-1": STATES["fast-1"]}, SIGNALS) == before


def test_what_is_known_is_not_acted_on_when_there_was_no_answer_for_long(
    latencies: LocalLatencies, clock: HandClock
) -> None:
    latencies.take([served(3.0)] * (WARMING_UP + PRIOR))

    clock.pass_s(FRESH_S + 1)

    assert latencies.foreseen(STATES, SIGNALS)["fast-1"].seen_answers == 0


def test_the_first_answers_of_an_engine_that_had_gone_do_not_count(latencies: LocalLatencies) -> None:
    latencies.take([served(3.0)] * (WARMING_UP + PRIOR))
    before = latencies.foreseen(STATES, SIGNALS)

    latencies.take([served(0.0, "unavailable"), *[served(60.0)] * WARMING_UP])

    assert latencies.foreseen(STATES, SIGNALS) == before


def test_records_of_no_answer_are_passed_over(latencies: LocalLatencies) -> None:
    before = latencies.foreseen(STATES, SIGNALS)

    latencies.take([Record("a2", 2.0, 0.0, 401, "refused"), served(1.0, "failed")])

    assert latencies.foreseen(STATES, SIGNALS) == before


def test_one_thread_learns_while_another_asks(latencies: LocalLatencies) -> None:
    ended = threading.Event()

    def learn() -> None:
        latencies.take([served(0.5 + at % 7) for at in range(2_000)])
        ended.set()

    learner = threading.Thread(target=learn)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        learner.start()
        while not ended.is_set():
            foreseen = latencies.foreseen(STATES, SIGNALS)["fast-1"]
            assert 0 < foreseen.predicted_p50_ms <= foreseen.predicted_p90_ms
    finally:
        learner.join()
        sys.setswitchinterval(interval)
