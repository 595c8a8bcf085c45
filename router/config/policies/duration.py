"""Durations and shares as people write them in policies: `500ms`, `2s`, `1m`, `1h`; `5%`."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")


def seconds_of(written: Any) -> float:
    """Raises ValueError for what is no duration."""
    found = _DURATION.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise ValueError(f"expected a duration such as 500ms, 2s or 1m, found {written!r}")
    return float(found[1]) * _SECONDS[found[2]]


def _share(written: Any) -> float:
    found = _SHARE.fullmatch(written) if isinstance(written, str) else None
    if found is None or float(found[1]) > 100:
        raise ValueError(f"expected a share such as 5% or 100%, found {written!r}")
    return float(found[1]) / 100


def within(lowest_s: float, highest_s: float) -> AfterValidator:
    """The bounds of a duration, both of them included."""

    def check(value: float) -> float:
        if not lowest_s <= value <= highest_s:
            raise ValueError(f"expected a duration from {lowest_s:g}s to {highest_s:g}s, found {value:g}s")
        return value

    return AfterValidator(check)


Duration = Annotated[
    float,
    BeforeValidator(seconds_of),
    WithJsonSchema({"type": "string", "pattern": f"^{_DURATION.pattern}$", "examples": ["500ms", "2s", "1m"]}),
]
"""A duration in seconds, written with its unit."""

Share = Annotated[
    float,
    BeforeValidator(_share),
    WithJsonSchema({"type": "string", "pattern": f"^{_SHARE.pattern}$", "examples": ["5%", "100%"]}),
]
"""A share in 0..1, written in per cent."""
