"""The trace that a request is part of, by W3C Trace Context: what its caller says, what engines are told, and the ids
of the spans that will be made of its record. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

RANDOM_BITS: Final = 192
"""How much chance `begin` wants: a trace id and a span id."""

MAX_STATE_CHARS: Final = 512
"""A longer tracestate is not handed on; the specification asks for no more."""

DECIDE: Final = -1
LOOK_UP: Final = -2
"""Spans beside those of attempts, which go by their numbers."""

_HEADER = re.compile(r"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?").fullmatch
_MASK: Final = (1 << 64) - 1
_STEP: Final = 0x9E3779B97F4A7C15
"""Odd, so that its multiples are all different modulo 2**64."""


class Trace(Struct, frozen=True, gc=False, omit_defaults=True):
    """`trace_id` and span ids are hexadecimal. `span_id`: of the router's own span (empty: it makes none, and hands on
    what its caller said); `parent_id`: of the caller's (empty: there is none). `is_sampled`: what was decided before
    anything was known of the request. `state`: the caller's tracestate."""

    trace_id: str
    span_id: str = ""
    parent_id: str = ""
    is_sampled: bool = False
    state: str = ""

    def traceparent(self, number: int) -> str:
        """What the engine of this attempt is told: its spans hang below that of the attempt."""
        span_id = self.span_of(number) if self.span_id else self.parent_id
        return f"00-{self.trace_id}-{span_id}-{'01' if self.is_sampled else '00'}"

    def span_of(self, number: int) -> str:
        """The id of the span of an attempt, of `DECIDE` or of `LOOK_UP`: different for each, and known beforehand."""
        return f"{(int(self.span_id, 16) + number * _STEP) & _MASK or 1:016x}"


class Sampling(Struct, frozen=True, gc=False):
    """Which traces are made: `share` of those that no caller has begun (None: no spans are made at all)."""

    share: float | None = None

    def begin(self, said: Mapping[bytes, bytes], bits: int) -> Trace | None:
        """The trace of a request with these headers, by `RANDOM_BITS` random bits. None: it is part of none.

        A caller's decision is kept, and so is the trace of one who has begun it. What is no traceparent counts as not
        said."""
        header = said.get(b"traceparent")
        parent = None if header is None else _parent(header.decode("latin-1"))
        if parent is None and self.share is None:
            return None
        span_id = "" if self.share is None else f"{bits & _MASK or 1:016x}"
        if parent is not None:
            trace_id, parent_id, is_sampled = parent
            return Trace(trace_id, span_id, parent_id, is_sampled, _state(said))
        low = (bits >> 64) & _MASK
        return Trace(f"{(bits >> 64) or 1:032x}", span_id, is_sampled=low < (self.share or 0.0) * (_MASK + 1))


def _parent(header: str) -> tuple[str, str, bool] | None:
    """Trace id, span id and whether the caller samples it; of a later version what it has of this one."""
    found = _HEADER(header)
    if found is None or (found[1] == "00" and len(header) > 55):
        return None
    if not found[2].strip("0") or not found[3].strip("0"):
        return None
    return found[2], found[3], bool(int(found[4], 16) & 1)


def _state(said: Mapping[bytes, bytes]) -> str:
    state = said.get(b"tracestate", b"").decode("latin-1")
    return state if len(state) <= MAX_STATE_CHARS and state.isascii() and state.isprintable() else ""
