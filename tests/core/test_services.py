"""Which requests tell how full a backend was, and what was expected of their answers alone."""

from typing import Any

import pytest
from msgspec.structs import replace

from router.core.concurrency_limit import Service
from router.core.denoise import Chosen
from router.core.latency import Pace
from router.core.record import AttemptRecord, Record
from router.core.saturation import Occupancy
from router.core.services import refusals_seen, service_seen
from router.core.values import TierState, Usage
from router.stores.limits import LearnedLimits
from tests.answered import RECORD, SITUATION

PACES = {"fast-1": Pace(prefill_tokens_per_s=1_000, step_ms=10, crowding=0.5, slots=4, canvas_tokens=256, passes=10)}
SERVED = AttemptRecord(1, "fast", "fast-1", "served", 0.5, 0.2, Usage(50, 300))


def served(*attempts: AttemptRecord, **situation: Any) -> Record:
    """A request that found three others in flight."""
    situation = {"tiers": {"fast": TierState(configured=True, in_flight=3)}, **situation}
    return replace(RECORD, situation=replace(SITUATION, **situation), attempts=attempts or (SERVED,))


def test_an_answer_is_compared_with_what_one_of_its_length_takes_alone() -> None:
    seen = service_seen(served(), PACES)

    assert seen is not None
    assert (seen.backend, seen.service) == ("fast-1", Service(500.0, 50 + 2 * 10 * 10, 3))


@pytest.mark.parametrize(
    ("told", "alone_ms"),
    [(Chosen(4, 64), 50 + 5 * 5 * 10), (Chosen(48, None), 50 + 2 * 10 * 10), (Chosen(None, 512), 50 + 1 * 10 * 10)],
)
def test_an_engine_that_was_told_how_to_denoise_is_expected_to_do_so(told: Chosen, alone_ms: float) -> None:
    seen = service_seen(served(replace(SERVED, denoise=told)), PACES)

    assert seen is not None
    assert seen.service.alone_ms == alone_ms


@pytest.mark.parametrize(
    "record",
    [
        replace(served(), situation=None),
        replace(served(), attempts=()),
        served(choices=2),
        served(tiers={}),
        served(replace(SERVED, usage=None)),
        served(replace(SERVED, outcome="timed_out")),
        served(replace(SERVED, backend="strong-1")),
        served(replace(SERVED, number=1), replace(SERVED, number=2)),
    ],
    ids=["no situation", "no attempt", "choices", "no state", "no usage", "not served", "no pace", "went on"],
)
def test_what_is_no_whole_answer_tells_nothing(record: Record) -> None:
    assert service_seen(record, PACES) is None


def test_who_was_asked_after_a_backend_that_said_nothing_wrote_the_whole_answer() -> None:
    failed = replace(SERVED, outcome="unavailable", first_block_s=None, usage=None)

    assert service_seen(served(failed, replace(SERVED, number=2)), PACES) is not None


def test_a_backend_that_calls_itself_overloaded_is_noticed_whoever_served_in_the_end() -> None:
    record = served(replace(SERVED, outcome="overloaded"), replace(SERVED, tier="strong", backend="strong-1"))

    assert refusals_seen(record) == ["fast-1"]


def test_backends_that_are_gone_since_teach_nobody() -> None:
    limits = LearnedLimits({"fast-2": Occupancy()}, PACES)

    limits.take([served(), served(replace(SERVED, outcome="overloaded"))])
