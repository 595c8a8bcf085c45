"""Entries as bytes: they come back as they were, at their place, or not at all."""

import pickle

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from router.core.caching.entry import Entry, Place
from router.core.caching.seal import Seal
from router.core.caching.value import COMPRESSED_ABOVE_BYTES, MAX_ENTRY_BYTES, read_value, write_value
from router.core.values import TIERS, Usage
from router.stores.encryption import Cipher
from tests.cached import DIGEST, KEY, entry, place

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


UNDER_EACH_SEAL = pytest.mark.parametrize("seal", [DIGEST, Cipher([KEY])], ids=["digest", "encryption"])


def written(where: Place, what: Entry, seal: Seal = DIGEST) -> bytes:
    value = write_value(where, what, seal)
    assert value is not None
    return value


@UNDER_EACH_SEAL
@given(where=PLACES, what=ENTRIES)
def test_an_entry_comes_back_as_it_was(seal: Seal, where: Place, what: Entry) -> None:
    assert read_value(where, written(where, what, seal), seal) == what


@UNDER_EACH_SEAL
@given(where=PLACES, other=PLACES, what=ENTRIES)
@example(where=Place("a", "bc", "d"), other=Place("ab", "c", "d"), what=entry())
@example(where=Place("a", "1:b", "c"), other=Place("a1:", "b", "c"), what=entry())
def test_what_is_kept_at_one_place_is_nothing_at_another(seal: Seal, where: Place, other: Place, what: Entry) -> None:
    assert (read_value(other, written(where, what, seal), seal) is None) == (where != other)


@UNDER_EACH_SEAL
@given(what=ENTRIES, data=st.data())
def test_a_value_cut_short_or_with_any_bit_turned_is_nothing(seal: Seal, what: Entry, data: st.DataObject) -> None:
    value = written(place(), what, seal)
    cut = data.draw(st.integers(0, len(value) - 1))
    turned = bytearray(value)
    turned[data.draw(st.integers(0, len(value) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    assert read_value(place(), value[:cut], seal) is None
    assert read_value(place(), bytes(turned), seal) is None
    assert read_value(place(), value + b"\x00", seal) is None


@UNDER_EACH_SEAL
@given(value=st.binary(max_size=300))
def test_any_bytes_are_nothing(seal: Seal, value: bytes) -> None:
    assert read_value(place(), bytes((seal.version,)) + value, seal) is None
    assert read_value(place(), value, seal) is None


def test_neither_a_pickle_nor_bare_messagepack_is_read() -> None:
    assert read_value(place(), pickle.dumps(b"x"), DIGEST) is None
    assert read_value(place(), msgspec.msgpack.encode(entry()), DIGEST) is None


def test_long_entries_are_compressed_and_short_ones_are_not() -> None:
    short, long = (written(place(), entry("x" * size)) for size in (COMPRESSED_ABOVE_BYTES // 2, 100_000))

    assert len(short) > COMPRESSED_ABOVE_BYTES // 2
    assert len(long) < 2_000


def test_an_entry_that_could_not_be_read_again_is_not_written() -> None:
    assert write_value(place(), entry("x" * MAX_ENTRY_BYTES), DIGEST) is None
