"""Trace Context as callers send it and as engines get it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.trace import DECIDE, LOOK_UP, MAX_STATE_CHARS, Sampling, Trace

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE_ID}-{SPAN_ID}-01"
BITS = (0x11112222333344445555666677778888 << 64) | 0x9999AAAABBBBCCCC

ALL, NONE, OFF = Sampling(1.0), Sampling(0.0), Sampling()


def begin(sampling: Sampling, traceparent: str | None = None, state: str | None = None) -> Trace | None:
    said = {b"traceparent": traceparent, b"tracestate": state}
    return sampling.begin({name: each.encode("latin-1") for name, each in said.items() if each is not None}, BITS)


def test_a_trace_that_nobody_began_gets_ids_of_its_own() -> None:
    trace = begin(ALL)

    assert trace == Trace("11112222333344445555666677778888", "9999aaaabbbbcccc", is_sampled=True)


def test_a_trace_that_a_caller_began_is_gone_on_with() -> None:
    trace = begin(NONE, TRACEPARENT, "vendor=1")

    assert trace == Trace(TRACE_ID, "9999aaaabbbbcccc", SPAN_ID, is_sampled=True, state="vendor=1")


def test_a_caller_who_does_not_sample_decides_for_us_too() -> None:
    trace = begin(ALL, f"00-{TRACE_ID}-{SPAN_ID}-00")

    assert trace is not None
    assert (trace.trace_id, trace.is_sampled) == (TRACE_ID, False)


@pytest.mark.parametrize("flags", ["01", "03", "ff"])
def test_of_the_flags_one_bit_counts(flags: str) -> None:
    trace = begin(NONE, f"00-{TRACE_ID}-{SPAN_ID}-{flags}")

    assert trace is not None
    assert trace.is_sampled


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    trace = begin(NONE, f"cc-{TRACE_ID}-{SPAN_ID}-01-what-the-future-brings")

    assert trace is not None
    assert trace.parent_id == SPAN_ID


@pytest.mark.parametrize(
    "said",
    [
        "",
        "not a traceparent",
        f"ff-{TRACE_ID}-{SPAN_ID}-01",
        f"00-{TRACE_ID}-{SPAN_ID}-01-more",
        f"00-{TRACE_ID}-{SPAN_ID}-01-",
        f"00-{'0' * 32}-{SPAN_ID}-01",
        f"00-{TRACE_ID}-{'0' * 16}-01",
        TRACEPARENT.upper(),
        f" {TRACEPARENT}",
        f"{TRACEPARENT}\n",
        "caf\xe9",
        "0" * 8000,
    ],
)
def test_what_is_no_traceparent_counts_as_not_said(said: str) -> None:
    assert begin(ALL, said) == begin(ALL)
    assert begin(OFF, said) is None


def test_a_router_that_makes_no_spans_hands_on_what_its_caller_said() -> None:
    trace = begin(OFF, TRACEPARENT, "vendor=1")

    assert trace is not None
    assert (trace.traceparent(1), trace.traceparent(2), trace.state) == (TRACEPARENT, TRACEPARENT, "vendor=1")


def test_a_router_that_makes_no_spans_begins_no_trace() -> None:
    assert begin(OFF) is None


@pytest.mark.parametrize("state", ["\xff", "a=\x01", "a=" + "v" * MAX_STATE_CHARS])
def test_a_tracestate_that_is_none_is_not_handed_on(state: str) -> None:
    trace = begin(ALL, TRACEPARENT, state)

    assert trace is not None
    assert trace.state == ""


def test_an_engine_is_told_the_span_of_its_attempt() -> None:
    trace = Trace(TRACE_ID, SPAN_ID, is_sampled=True)

    assert trace.traceparent(2) == f"00-{TRACE_ID}-{trace.span_of(2)}-01"
    assert trace.span_of(2) != SPAN_ID


@given(span_id=st.integers(1, 2**64 - 1))
def test_no_two_spans_of_a_request_have_the_same_id(span_id: int) -> None:
    trace = Trace(TRACE_ID, f"{span_id:016x}")

    ids = [trace.span_id, *[trace.span_of(number) for number in (DECIDE, LOOK_UP, *range(1, 20))]]

    assert len(set(ids)) == len(ids)
    assert all(len(each) == 16 and int(each, 16) for each in ids)


@given(bits=st.integers(0, 2**192 - 1), share=st.floats(0, 1))
def test_ids_are_never_nothing_but_zeros(bits: int, share: float) -> None:
    trace = Sampling(share).begin({}, bits)

    assert trace is not None
    assert int(trace.trace_id, 16)
    assert int(trace.span_id, 16)
    assert (len(trace.trace_id), len(trace.span_id)) == (32, 16)


def test_so_many_traces_are_sampled_as_is_asked_for() -> None:
    step = (1 << 192) // 1000

    sampled = [Sampling(0.1).begin({}, ((number * 7919) % 1000 * step) % (1 << 128)) for number in range(1000)]

    assert 80 <= sum(each is not None and each.is_sampled for each in sampled) <= 120
