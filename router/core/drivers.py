"""What drove a learned head: how much each n-gram and each feature of the shape added to its log-odds.

For people who ask why, not for serving: it hashes every word once more to learn which column is which.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import sqrt
from typing import Final

import numpy as np
from msgspec import Struct

from router.core.features import (
    BUCKET_BITS,
    BUCKETS,
    F64,
    FAMILIES,
    SEEN_BITS,
    SHAPE,
    Window,
    cut_windows,
    normalise,
    read_window,
    split_words,
)
from router.core.heads import HEADS, Heads, read_margins, standardise, weigh_counts

SHAPE_KIND: Final = "shape"
UNNAMED: Final = "?"
"""An n-gram that cannot be written on its own, such as a word that was cut inside a character."""


class Driver(Struct, frozen=True):
    """Something in a text and the log-odds it added; `kind` is a family of n-grams or SHAPE_KIND."""

    kind: str
    what: str
    log_odds: float


def find_drivers(heads: Heads, text: str, head: str) -> tuple[Driver, ...]:
    """All that moved a head in the window where its margin is highest, the strongest first. With the head's bias they
    add up to that margin."""
    at = HEADS.index(head)
    piece = max(cut_windows(text), key=lambda each: float(read_margins(heads, read_window(each))[at]))
    window = read_window(piece)
    added = [*_of_columns(heads, piece, window, at), *_of_shape(heads, window, at)]
    return tuple(sorted((driver for driver in added if driver.log_odds), key=lambda driver: -abs(driver.log_odds)))


def _of_columns(heads: Heads, piece: str, window: Window, at: int) -> Iterator[Driver]:
    names = dict(_name_columns(piece, window))
    for column, log_odds in zip(window.columns.tolist(), _added(heads, window, at).tolist(), strict=True):
        yield Driver(FAMILIES[column // BUCKETS], names.get(column, UNNAMED), log_odds)


def _added(heads: Heads, window: Window, at: int) -> F64:
    """The log-odds that each column of a window adds to one head."""
    counted, start = weigh_counts(window, heads.rarity), 0
    for end in window.family_ends:
        part = counted[start:end]
        counted[start:end] = part / sqrt(max(float(part @ part), 1.0))
        start = end
    found: F64 = counted * heads.weights[window.columns, at] * heads.scale[at]
    return found


def _name_columns(piece: str, window: Window) -> Iterator[tuple[int, str]]:
    """Each column of a window with an n-gram that falls into it."""
    raw = normalise(piece)
    for place, key in enumerate((window.seen_keys >> (SEEN_BITS - BUCKET_BITS)).tolist()):
        yield 2 * BUCKETS + key, raw[place : place + 4].decode("utf-8", "replace")
    words = split_words(raw)
    for one, other in dict.fromkeys(pairwise(words)):
        pair = read_window(f"{one} {other}")
        yield int(pair.columns[pair.family_ends[0]]), f"{one} {other}"
    for word in dict.fromkeys(words):
        yield int(read_window(word).columns[0]), word


def _of_shape(heads: Heads, window: Window, at: int) -> Iterator[Driver]:
    added = standardise(heads, window.shape) * heads.shape_weights[at]
    for name, log_odds in zip(SHAPE, np.asarray(added).tolist(), strict=True):
        yield Driver(SHAPE_KIND, name, log_odds)
