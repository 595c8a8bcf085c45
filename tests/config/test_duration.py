"""Durations and shares: a number with its unit, and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from router.config.policies.duration import Duration, Share

DURATION: TypeAdapter[float] = TypeAdapter(Duration)
SHARE: TypeAdapter[float] = TypeAdapter(Share)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("500ms", 0.5), ("2s", 2.0), ("1.5s", 1.5), ("1m", 60.0), ("0.5m", 30.0), ("1h", 3600.0), ("0s", 0.0)],
)
def test_a_duration_is_read_in_seconds(written: str, seconds: float) -> None:
    assert DURATION.validate_python(written) == seconds


@pytest.mark.parametrize(
    "written",
    [
        5, 2.5, True, None, [], {}, "", "5", "s", "5 s", " 5s", "5s ", "5s\n", "-5s", "+5s", "5S", "5sec", "1d",
        "1m30s", ".5s", "5.s", "1e3s", "1_000ms", "1,5s", "٣s", "infs", "nans", "five seconds",
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_duration_is_refused_with_an_example_of_one(written: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        DURATION.validate_python(written)

    assert f"expected a duration such as 500ms, 2s or 1m, found {written!r}" in str(refused.value)


@pytest.mark.parametrize(("written", "share"), [("0%", 0.0), ("5%", 0.05), ("12.5%", 0.125), ("100%", 1.0)])
def test_a_share_is_read_between_0_and_1(written: str, share: float) -> None:
    assert SHARE.validate_python(written) == share


@pytest.mark.parametrize(
    "written", [5, 0.05, True, None, "", "5", "%", "5 %", "-5%", "101%", "100.1%", "0.05", "٣%", "5%\n"], ids=repr
)
def test_what_is_no_share_is_refused_with_an_example_of_one(written: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        SHARE.validate_python(written)

    assert f"expected a share such as 5% or 100%, found {written!r}" in str(refused.value)


@given(st.integers(0, 10**9))
def test_a_unit_is_a_thousand_or_sixty_of_the_one_before(number: int) -> None:
    ms, s, m, h = (DURATION.validate_python(f"{number}{unit}") for unit in ("ms", "s", "m", "h"))

    assert s == pytest.approx(1000 * ms)
    assert m == 60 * s
    assert h == 60 * m


@given(st.integers(0, 10_000))
def test_every_share_lies_between_0_and_1(hundredths: int) -> None:
    share = SHARE.validate_python(f"{hundredths / 100}%")

    assert share == pytest.approx(hundredths / 10_000)
    assert 0 <= share <= 1
