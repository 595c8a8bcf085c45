"""The figures of a profile that say how fast its engine is: `NAME.priors.yaml`, as `tandem engine measure` writes it.

Only these are read; what else stands there is for those who play the engine.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from router.config.latency_settings import USUAL_PACES
from router.config.validation import validate
from router.config.yaml_file import YamlFile, read_yaml
from router.core.values import Band, Tier

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Figure(_Part):
    value: Positive


class _Count(_Part):
    value: Count


class _Curve(_Part):
    values: Annotated[dict[Count, Positive], Field(min_length=1)]


class _Spread(_Part):
    p50: Count
    p90: Count


class _Passes(_Part):
    low: _Spread
    medium: _Spread
    high: _Spread


class _Shares(_Part):
    low: Annotated[float, Field(ge=0, le=1)]
    medium: Annotated[float, Field(ge=0, le=1)]
    high: Annotated[float, Field(ge=0, le=1)]


class _Workload(_Part):
    difficulty: _Shares


class _PaceSpec(_Part):
    """As much of a file as is read."""

    tier: Tier
    slots: _Count
    knee: _Count
    prefill_tokens_per_s: _Figure
    step_s: _Curve
    workload: _Workload
    canvas_tokens: _Count = _Count(value=1)
    passes: _Passes | None = None


def read_pace(path: Path, dialect: str) -> Mapping[str, Any]:
    """What a file says, by the names of `latency`. Raises FileError with line and column, also where it is of a
    diffusion engine and the backend's is none, or the other way round."""
    file = read_yaml(path)
    spec = validate(file, _PaceSpec)
    _check(file, spec, dialect)
    steps_s = dict(sorted(spec.step_s.values.items()))
    found: dict[str, Any] = {
        "prefill_tokens_per_s": spec.prefill_tokens_per_s.value,
        "step_ms": 1000.0 * steps_s[1],
        "crowding": _crowding(steps_s, spec.knee.value),
        "slots": spec.slots.value,
        "canvas_tokens": spec.canvas_tokens.value,
    }
    return found if spec.passes is None else {**found, **_passes(spec.passes, spec.workload.difficulty)}


def _check(file: YamlFile, spec: _PaceSpec, dialect: str) -> None:
    if (spec.passes is not None) != (USUAL_PACES[dialect].canvas_tokens > 1):
        raise file.error(["tier"], f"tier: these are figures of a {spec.tier} engine, and the backend's is {dialect}")
    if 1 not in spec.step_s.values:
        raise file.error(["step_s", "values"], "step_s.values: the value for one request is missing")


def _crowding(steps_s: Mapping[int, float], knee: int) -> float:
    """What each further request adds, up to the knee: it is below it that the router keeps an engine."""
    beyond = [running for running in steps_s if running > 1]
    if not beyond:
        return 0.0
    at = next((running for running in beyond if running >= knee), beyond[-1])
    return max((steps_s[at] / steps_s[1] - 1.0) / (at - 1), 0.0)


def _passes(passes: _Passes, shares: _Shares) -> Mapping[str, float]:
    """Of the canvases of a mix of prompts, as the workload has them."""
    bands: tuple[Band, ...] = ("low", "medium", "high")
    each = [(getattr(shares, band), getattr(passes, band)) for band in bands]
    return {
        "passes": sum(share * spread.p50 for share, spread in each),
        "passes_p90": sum(share * spread.p90 for share, spread in each),
    }
