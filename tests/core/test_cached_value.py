"""Entries as bytes: they come back as they were, at their place, or not at all."""

import pickle

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from router.core.caching.entry import Entry, Place
from router.core.caching.value import COMPRESSED_ABOVE_BYTES, MAX_ENTRY_BYTES, read_value, write_value
from router.core.values import TIERS, Usage
from tests.cached import entry, place

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
PLACES = st.builds(Place, TEXTS, TEXTS, TEXTS)
TIMES = st.floats(allow_nan=False, allow_infinity=False)
ENTRIES = st.builds(
    Entry,
    body=st.binary(max_size=200) | st.binary(min_size=1, max_size=4).map(lambda some: some * COMPRESSED_ABOVE_BYTES),
    tier=st.sampled_from(TIERS),
    verified=st.booleans(),
    policy=TEXTS,
    rule=TEXTS,
    model=TEXTS,
    made_s=TIMES,
    until_s=TIMES,
    usage=st.none() | st.builds(Usage, st.integers(0, 2**40), st.integers(0, 2**40)),
)


def written(where: Place, what: Entry) -> bytes:
    value = write_value(where, what)
    assert value is not None
    return value


@given(PLACES, ENTRIES)
def test_an_entry_comes_back_as_it_was(where: Place, what: Entry) -> None:
    assert read_value(where, written(where, what)) == what


@given(PLACES, PLACES, ENTRIES)
@example(Place("a", "bc", "d"), Place("ab", "c", "d"), entry())
@example(Place("a", "1:b", "c"), Place("a1:", "b", "c"), entry())
def test_what_is_kept_at_one_place_is_nothing_at_another(where: Place, other: Place, what: Entry) -> None:
    assert (read_value(other, written(where, what)) is None) == (where != other)


@given(ENTRIES, st.data())
def test_a_value_cut_short_or_with_any_bit_turned_is_nothing(what: Entry, data: st.DataObject) -> None:
    value = written(place(), what)
    cut = data.draw(st.integers(0, len(value) - 1))
    turned = bytearray(value)
    turned[data.draw(st.integers(0, len(value) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    assert read_value(place(), value[:cut]) is None
    assert read_value(place(), bytes(turned)) is None
    assert read_value(place(), value + b"\x00") is None


@given(st.binary(max_size=300))
def test_any_bytes_are_nothing(value: bytes) -> None:
    assert read_value(place(), value) is None


def test_neither_a_pickle_nor_bare_messagepack_is_read() -> None:
    assert read_value(place(), pickle.dumps(b"x")) is None
    assert read_value(place(), msgspec.msgpack.encode(entry())) is None


def test_long_entries_are_compressed_and_short_ones_are_not() -> None:
    short, long = (written(place(), entry("x" * size)) for size in (COMPRESSED_ABOVE_BYTES // 2, 100_000))

    assert len(short) > COMPRESSED_ABOVE_BYTES // 2
    assert len(long) < 2_000


def test_an_entry_that_could_not_be_read_again_is_not_written() -> None:
    assert write_value(place(), entry("x" * MAX_ENTRY_BYTES)) is None
