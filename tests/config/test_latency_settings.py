"""How fast a backend is thought to be: as its settings say, and else as is usual for its dialect."""

import pytest
from msgspec.structs import replace
from pydantic import ValidationError

from router.config.latency_settings import USUAL_PACES, LatencySpec
from router.engines.dialects import DIALECTS


def test_every_dialect_has_a_usual_pace() -> None:
    assert USUAL_PACES.keys() == DIALECTS.keys()


def test_what_is_left_out_is_usual_for_the_dialect() -> None:
    assert LatencySpec().pace("vllm") == USUAL_PACES["vllm"]
    assert LatencySpec(step_ms=100, slots=4).pace("vllm_diffusion") == replace(
        USUAL_PACES["vllm_diffusion"], step_ms=100, slots=4
    )


@pytest.mark.parametrize(
    "wrong",
    [{"step_ms": 0}, {"slots": 0}, {"prefill_tokens_per_s": -1}, {"crowding": -0.1}, {"passes": 0.5}, {"speed": 9}],
)
def test_a_pace_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        LatencySpec.model_validate(wrong)
