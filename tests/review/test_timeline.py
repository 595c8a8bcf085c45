"""Counts by time: spans as long as it takes for few of them, aligned, and nothing lost when they are lengthened."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.review.timeline import DAY_S, HOUR_S, LENGTHS_S, MOST_SPANS, Timeline


def a_timeline(*times_s: float) -> Timeline:
    timeline = Timeline()
    for time_s in times_s:
        timeline.count(time_s, seen=1)
    return timeline


def test_what_happened_within_a_minute_is_one_span() -> None:
    (span,) = a_timeline(120.0, 130.5, 179.9).spans()

    assert (span.start_s, span.counts) == (120, {"seen": 3})


@pytest.mark.parametrize(
    ("lasted_s", "length_s"), [(0, 60), (HOUR_S - 1, 60), (5 * HOUR_S - 1, 300), (3 * DAY_S, 6 * HOUR_S)]
)
def test_spans_are_as_long_as_a_picture_of_all_needs(lasted_s: int, length_s: int) -> None:
    assert a_timeline(0, lasted_s).length_s == length_s


def test_each_length_divides_the_next() -> None:
    assert [long % short for short, long in pairwise(LENGTHS_S)] == [0] * (len(LENGTHS_S) - 1)


@given(st.lists(st.floats(0, 50 * 364 * DAY_S), min_size=1))
def test_nothing_is_lost_and_there_are_never_more_spans_than_there_is_room_for(times_s: list[float]) -> None:
    timeline = a_timeline(*times_s)

    spans = timeline.spans()

    assert sum(span.counts["seen"] for span in spans) == len(times_s)
    assert len(spans) <= MOST_SPANS
    assert all(span.start_s % timeline.length_s == 0 for span in spans)
    assert [span.start_s for span in spans] == sorted(
        {int(t // timeline.length_s) * timeline.length_s for t in times_s}
    )


def test_times_that_never_were_break_nothing() -> None:
    assert len(a_timeline(-1e300, 0.0, 1e300).spans()) == 3
