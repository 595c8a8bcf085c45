"""OTLP as it is written, read back by OpenTelemetry's own definitions."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from router.telemetry.otlp_wire import (
    SERVER,
    Happening,
    Span,
    encode_request,
    encode_resource,
    encode_scope,
    encode_span,
)
from tests.collector import Seen, spans_in

TRACE_ID, SPAN_ID, OTHER_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00000000000000ff"

VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=3).map(tuple),
)
ATTRIBUTES = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9), VALUES)


def sent(span: Span) -> Seen:
    resource, scope = encode_resource([("service.name", "tandem")]), encode_scope("tandem", "1")
    request = encode_request(resource, scope, "https://schema", [encode_span(span)])
    (found,) = spans_in(request)
    return found


def a_span(**about: Any) -> Span:
    return Span(
        **{
            "trace_id": TRACE_ID,
            "span_id": SPAN_ID,
            "parent_id": "",
            "name": "a step",
            "kind": SERVER,
            "start_ns": 1_800_000_000_000_000_001,
            "end_ns": 1_800_000_000_000_000_002,
            "attributes": (),
            **about,
        }
    )


def as_read(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def test_a_span_arrives_whole() -> None:
    events = (Happening("an event", 7, (("how", "well"),)), Happening("another", 8, ()))

    seen = sent(a_span(parent_id=OTHER_ID, events=events, links=(OTHER_ID, SPAN_ID), error="it broke", state="v=1"))

    assert (seen.trace_id, seen.span_id, seen.parent_id) == (TRACE_ID, SPAN_ID, OTHER_ID)
    assert (seen.name, seen.kind, seen.error, seen.state) == ("a step", SERVER, "it broke", "v=1")
    assert (seen.start_ns, seen.end_ns) == (1_800_000_000_000_000_001, 1_800_000_000_000_000_002)
    assert seen.events == [("an event", 7, {"how": "well"}), ("another", 8, {})]
    assert seen.links == [OTHER_ID, SPAN_ID]
    assert seen.resource == {"service.name": "tandem"}


def test_a_span_without_parent_or_error_has_none() -> None:
    seen = sent(a_span())

    assert (seen.parent_id, seen.error, seen.links, seen.events) == ("", None, [], [])


@given(attributes=ATTRIBUTES)
def test_every_attribute_is_read_back_as_it_was(attributes: dict[str, Any]) -> None:
    about = sent(a_span(attributes=tuple(attributes.items()))).about

    assert about == {name: as_read(value) for name, value in attributes.items()}
    assert [type(each) for each in about.values()] == [type(as_read(each)) for each in attributes.values()]


def test_a_lone_surrogate_harms_nothing() -> None:
    assert sent(a_span(attributes=(("said", "\ud800!"),), name="\ud800")).about == {"said": "?!"}


def test_attributes_that_are_equal_to_python_are_told_apart() -> None:
    about = sent(a_span(attributes=(("a", 1), ("b", 1.0), ("c", True)))).about

    assert [type(each) for each in about.values()] == [int, float, bool]
