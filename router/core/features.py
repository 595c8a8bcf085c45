"""One feature pass over a text: what the learned heads see. Pure functions over text; numpy, no I/O, no patterns.

A text becomes windows, a window becomes normalised bytes, and the bytes become hashed n-grams and a shape. Hashes are
prefix sums of a polynomial modulo 2**64: the hash of bytes [i, j) is (prefix[j] - prefix[i]) * BASE**-i, so every word
and every character n-gram is hashed by array arithmetic, in integers, alike on every machine. A trained classifier is
worth nothing with other constants than it was trained with; `feature_settings` is how it tells.
"""

import hashlib
from math import log, log1p
from typing import Final, TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from router.core.folding import INVISIBLE, LOOKALIKES, fold_text
from router.core.function_words import ENGLISH, FOREIGN

U64: TypeAlias = NDArray[np.uint64]
F64: TypeAlias = NDArray[np.float64]
I64: TypeAlias = NDArray[np.int64]
I32: TypeAlias = NDArray[np.int32]

BUCKET_BITS: Final = 16
BUCKETS: Final = 1 << BUCKET_BITS
FAMILIES: Final = ("word", "word_pair", "characters_4")
"""The kinds of n-gram; family f owns the columns [f * BUCKETS, (f + 1) * BUCKETS)."""

COLUMNS: Final = len(FAMILIES) * BUCKETS
SEEN_BITS: Final = 20
WINDOW_CHARACTERS: Final = 2048
"""The length of a window; a text of up to one and a half windows stays whole."""

MOST_WINDOWS: Final = 6
MOST_BYTES: Final = 6144
"""So much of a window is read: any Latin text whole, of other scripts the beginning."""

SHAPE: Final = (
    "log_bytes",
    "digits",
    "punctuation",
    "maths",
    "code",
    "letters",
    "word_length",
    "long_words",
    "distinct_words",
    "log_sentences",
    "questions",
    "blanks_to_fill",
)
"""What a window's shape tells: shares of its bytes or words, logarithms of counts, and small counts."""

MOST_REPEATS: Final = 255
REPEAT_WEIGHTS: Final[F64] = np.round(32 * np.log2(1 + np.arange(MOST_REPEATS + 1)))
"""What an n-gram that occurs n times counts, in 32nds of one that occurs once; whole numbers."""

_BASE = 0x9E3779B97F4A7C15
_MIX = 0xD6E8FEB86659FD93
_PAIR = np.uint64(0x9E3779B1)
_ONE = np.uint64(1)
_SHIFT = np.uint64(64 - BUCKET_BITS)
_SEEN_SHIFT = np.uint64(64 - SEEN_BITS)
_GRAM = 4
_LONG_WORD = 8
_WORD_BYTES = b"abcdefghijklmnopqrstuvwxyz0123456789'_" + bytes(range(128, 256))
_BYTE_KINDS = {
    "digits": b"0123456789",
    "punctuation": b".,;:",
    "maths": b"$\\^=+",
    "letters": bytes(range(97, 123)),
    "code": b"(){}[]=_;",
    "other_letters": bytes(range(0xC3, 0xF5)),
    "questions": b"?",
    "blanks": b"_",
    "sentences": b".!?",
}
"""Bytes that are counted together; `other_letters` are the lead bytes of what is neither ASCII nor a control."""

_PROBE = "The Quick  brown fox isn't 12,5 % qu\u0456cker\u200b: x^2 = f(x)?  Une caf\u00e9 \u65e5\u672c! "


class Window(Struct, frozen=True, gc=False):
    """What one window shows. `columns` are distinct and ascending, `counts` are theirs, `family_ends` says where in
    them each family ends. `seen_keys` has one key for every four characters. `english` and `foreign_words` count
    function words; `foreign_letters` is the share of letters outside a-z: 0 for English, nearly 1 for Cyrillic."""

    columns: I32
    counts: I64
    family_ends: tuple[int, int, int]
    seen_keys: I64
    shape: F64
    words: int
    english_words: int
    foreign_words: int
    foreign_letters: float


class FeatureSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What a classifier was trained with. `probe` is a SHA-256 over the tables and the features of a fixed text."""

    families: tuple[str, ...]
    bucket_bits: int
    seen_bits: int
    window_characters: int
    most_windows: int
    most_bytes: int
    shape: tuple[str, ...]
    probe: str


def feature_settings() -> FeatureSettings:
    """The settings of this module as it stands. Any constant that changes a feature changes them."""
    window = read_window(_PROBE * 8)
    told = hashlib.sha256()
    for array in (window.columns, window.counts, window.seen_keys, REPEAT_WEIGHTS, _IS_WORD, _KINDS, _LANGUAGE):
        told.update(np.ascontiguousarray(array).astype("<i8").tobytes())
    told.update(
        repr((window.shape.round(6).tolist(), window.words, sorted(INVISIBLE), sorted(LOOKALIKES.items()))).encode()
    )
    return FeatureSettings(
        families=FAMILIES,
        bucket_bits=BUCKET_BITS,
        seen_bits=SEEN_BITS,
        window_characters=WINDOW_CHARACTERS,
        most_windows=MOST_WINDOWS,
        most_bytes=MOST_BYTES,
        shape=SHAPE,
        probe=told.hexdigest(),
    )


def cut_windows(text: str) -> list[str]:
    """At most MOST_WINDOWS pieces of a text: all of it when short, else its head, its tail and evenly spaced pieces
    between. Where they lie depends on the length alone, so content cannot move them."""
    size = len(text)
    if size <= WINDOW_CHARACTERS * 3 // 2:
        return [text]
    pieces = min(-(-size // WINDOW_CHARACTERS), MOST_WINDOWS)
    step = (size - WINDOW_CHARACTERS) / (pieces - 1)
    return [text[(at := round(i * step)) : at + WINDOW_CHARACTERS] for i in range(pieces)]


def normalise(text: str) -> bytes:
    """Lower case, single blanks, accents and compatibility forms folded, look-alikes made Latin, invisible characters
    dropped; a blank at both ends."""
    plain = fold_text(text)
    if plain.isascii():
        data = _single_blanks(plain.encode().translate(_LOWER_WITH_BLANKS))
    else:
        data = " ".join(plain.lower().split()).encode("utf-8", "replace")
    return b" %b " % data[: MOST_BYTES - 2]


def split_words(raw: bytes) -> list[str]:
    """The words of a normalised text, as `read_window` counts them."""
    return raw.translate(_WORDS_APART).decode("utf-8", "replace").split()


def read_window(text: str) -> Window:
    """The features of one window; case and the amount of white space do not change them."""
    raw = normalise(text)
    size = len(raw)
    classes = np.frombuffer(raw.translate(_CLASS_OF), np.uint8)
    inside = classes >= _FIRST_OF_WORDS
    edges = (inside[1:] != inside[:-1]).nonzero()[0]  # INVARIANT: normalise() puts a blank at both ends
    before, last = edges[::2], edges[1::2]
    words = len(before)
    hashes = _hash_grams(raw, before, last)
    grams = hashes[words + max(words - 1, 0) :]
    seen_keys = (grams >> _SEEN_SHIFT).view(np.int64)
    hashes >>= _SHIFT
    buckets = hashes.astype(np.uint16)
    languages = _LANGUAGE.take(buckets[:words]).tobytes()
    columns, counts, family_ends = _count_columns(buckets, words)
    kinds = np.bincount(classes, minlength=len(_KINDS_OF_CLASS)).dot(_KINDS_OF_CLASS).tolist()
    letters, other_letters = kinds[_LETTERS], kinds[_OTHER_LETTERS]
    return Window(
        columns=columns,
        counts=counts,
        family_ends=family_ends,
        seen_keys=seen_keys,
        shape=_describe_shape(size, last - before, kinds, family_ends[0]),
        words=words,
        english_words=languages.count(_IN_ENGLISH),
        foreign_words=languages.count(_IN_ANOTHER),
        foreign_letters=other_letters / max(letters + other_letters, 1.0),
    )


def _single_blanks(data: bytes) -> bytes:
    return b" ".join([part for part in map(bytes.strip, data.split(b"  ")) if part])


def _hash_grams(raw: bytes, before: I64, last: I64) -> U64:
    """The hashes of all words, of all pairs of words and of all four bytes, in this order. A word lies behind the
    byte `before` it and ends with the byte `last`."""
    size, words = len(raw), len(before)
    pairs = max(words - 1, 0)
    sums = np.empty(size + 1, np.uint64)
    sums[0] = 0
    values = np.frombuffer(raw, np.uint8) + _ONE
    values *= _POWERS[:size]
    np.add.accumulate(values, out=sums[1:])
    hashes = np.empty(words + pairs + max(size + 1 - _GRAM, 0), np.uint64)
    own, paired, grams = hashes[:words], hashes[words : words + pairs], hashes[words + pairs :]
    upto = sums[1:]
    np.multiply(upto.take(last) - upto.take(before), _WORD_INVERSES.take(before), out=own)
    np.multiply(own[:-1], _PAIR, out=paired)
    paired += own[1:]
    np.subtract(sums[_GRAM:], sums[:-_GRAM], out=grams)
    grams *= _INVERSES[: len(grams)]
    return hashes


def _count_columns(buckets: NDArray[np.uint16], words: int) -> tuple[I32, I64, tuple[int, int, int]]:
    """The distinct columns among the buckets of so many words, of their pairs and of four bytes each, which are put
    into order."""
    grams = words + max(words - 1, 0)
    for family in (buckets[:words], buckets[words:grams], buckets[grams:]):
        family.sort(kind="stable")  # of 16-bit numbers a radix sort: the time it takes grows with their count alone
    marks = np.empty(len(buckets) + 1, np.bool_)
    np.not_equal(buckets[1:], buckets[:-1], out=marks[1:-1])
    marks[0] = marks[words] = marks[grams] = marks[-1] = True
    first = marks.nonzero()[0]
    columns = buckets.take(first[:-1]).astype(np.int32)
    one = int(np.count_nonzero(marks[:words]))
    two = one + int(np.count_nonzero(marks[words:grams]))
    columns[one:] += BUCKETS
    columns[two:] += BUCKETS
    return columns, first[1:] - first[:-1], (one, two, len(columns))


def _describe_shape(size: int, lengths: I64, kinds: list[float], distinct: int) -> F64:
    digits, punctuation, maths, letters, code, _, questions, blanks, sentences, in_words = kinds
    count = max(len(lengths), 1)
    return np.array(
        (
            log(size),
            digits / size,
            punctuation / size,
            log1p(maths),
            log1p(code),
            letters / size,
            min(in_words / count, 15.0),
            int(np.count_nonzero(lengths > _LONG_WORD)) / count,
            distinct / count,
            log1p(sentences),
            min(questions, 3.0),
            min(blanks, 3.0),
        )
    )


def _powers_of(base: int, factor: int) -> U64:
    """The powers of a base from 0, each times a factor, modulo 2**64."""
    factors = np.full(MOST_BYTES + 1, base, np.uint64)
    factors[0] = factor
    return np.multiply.accumulate(factors)


def _members(characters: bytes) -> NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[list(characters)] = True
    return table


def _bucket_of_word(word: str) -> int:
    value = sum((byte + 1) * pow(_BASE, i, 2**64) for i, byte in enumerate(word.encode()))
    return value * _MIX % 2**64 >> int(_SHIFT)


def _language_table() -> NDArray[np.int8]:
    """Per column of the family `word`: 1 for an English function word, 2 for one of another language."""
    table = np.zeros(BUCKETS, np.int8)
    table[[_bucket_of_word(word) for word in FOREIGN]] = 2
    table[[_bucket_of_word(word) for word in ENGLISH]] = 1
    return table


_IS_WORD = _members(_WORD_BYTES)
_WORDS_APART = bytes(code if code in _WORD_BYTES else ord(" ") for code in range(256))
_LOWER_WITH_BLANKS = bytes(ord(" " if chr(code).isspace() else chr(code).lower()) for code in range(128)).ljust(256)
_KINDS = np.stack([_members(kind) for kind in _BYTE_KINDS.values()], 1).astype(np.float64)
_CLASSES, _CLASS_OF_BYTE = np.unique(np.column_stack((_IS_WORD, _KINDS)), axis=0, return_inverse=True)
_CLASS_OF = bytes(_CLASS_OF_BYTE.ravel().tolist())
"""Bytes of a class are of the same kinds. Those of classes from _FIRST_OF_WORDS make words, the others part them."""

_FIRST_OF_WORDS = np.uint8(np.count_nonzero(_CLASSES[:, 0] == 0))
_KINDS_OF_CLASS = np.roll(_CLASSES, -1, 1)
"""Whether a class is of each of _BYTE_KINDS and, last, whether it makes words."""

_LETTERS, _OTHER_LETTERS = ([*_BYTE_KINDS].index(name) for name in ("letters", "other_letters"))
_POWERS = _powers_of(_BASE, 1)
_INVERSES = _powers_of(pow(_BASE, -1, 2**64), _MIX)
_WORD_INVERSES = _INVERSES[1:]
_LANGUAGE = _language_table()
_IN_ENGLISH, _IN_ANOTHER = b"\1", b"\2"
