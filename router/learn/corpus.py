"""Prompts as the matrices that heads are fitted on: the same features that serving computes, window by window."""

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from msgspec import Struct
from numpy.typing import NDArray

from router.core.features import COLUMNS, F64, FAMILIES, I32, I64, SEEN_BITS, Window, cut_windows, read_window
from router.core.heads import weigh_counts

FEWEST_WINDOWS: Final = 2
"""A column that fewer windows show counts nothing."""

COMMON_IN: Final = 16
"""A key that so many windows show was seen often."""

_RARITY_UNIT = 20
_OPTION = re.compile(r"(?m)^\s*\(?([A-J])[.)]\s?")
_SCAFFOLD = re.compile(
    r"(?im)please answer with the letter of the correct answer\."
    r"|print only a single choice[^\n]*?without explanation\.?"
    r"|answer:\s*$|\[/?(?:python|answer|question|thought)\]"
    r"|\b(?:question|options|context|passage|sentence|choices)\s?\d?:"
)
_CODE_HEADER = re.compile(r"(?s)You are given a Python function and an assertion.*?\n\n")


class Corpus(Struct, frozen=True):
    """The windows of all prompts. `owners` has the prompt each window is of, by its position, and `shares` what the
    window counts, so that a prompt's windows count 1 together."""

    positions: dict[str, int]
    windows: tuple[Window, ...]
    owners: I64
    shares: F64


class Placed(Struct, frozen=True):
    """Some rows' windows: their positions in the corpus, and for each the row it is of."""

    windows: I64
    rows: I64


def strip_scaffold(text: str) -> str:
    """A prompt without its benchmark's furniture: option letters, "Answer:", instructions repeated on every row."""
    return _OPTION.sub(" ", _SCAFFOLD.sub(" ", _CODE_HEADER.sub("", text)))


def build_corpus(prompts: Sequence[str]) -> Corpus:
    """The windows of each distinct prompt, as written and, where it differs, without its scaffold, so that the
    scaffold is worth nothing to a head."""
    positions = {prompt: i for i, prompt in enumerate(dict.fromkeys(prompts))}
    windows: list[Window] = []
    owners: list[int] = []
    shares: list[float] = []
    for prompt, position in positions.items():
        pieces = [piece for text in sorted({prompt, strip_scaffold(prompt)}) for piece in cut_windows(text)]
        windows += [read_window(piece) for piece in pieces]
        owners += [position] * len(pieces)
        shares += [1 / len(pieces)] * len(pieces)
    return Corpus(positions, tuple(windows), np.array(owners, np.int64), np.array(shares))


def place(corpus: Corpus, prompts: Sequence[str]) -> Placed:
    """Where rows with these prompts are in the corpus; of rows with the same prompt the first is taken."""
    rows = np.full(len(corpus.positions), -1, np.int64)
    for row in range(len(prompts) - 1, -1, -1):
        rows[corpus.positions[prompts[row]]] = row
    owners = rows[corpus.owners]
    windows = np.flatnonzero(owners >= 0)
    return Placed(windows, owners[windows])


def measure_rarity(corpus: Corpus) -> NDArray[np.uint8]:
    """The smoothed inverse document frequency of each column, in 20ths; 0 for what hardly any window shows."""
    shown = np.bincount(np.concatenate([window.columns for window in corpus.windows]), minlength=COLUMNS)
    rarity = np.round(_RARITY_UNIT * (np.log((1 + len(corpus.windows)) / (1 + shown)) + 1)).clip(1, 255)
    return np.where(shown >= FEWEST_WINDOWS, rarity, 0).astype(np.uint8)


def find_common_keys(corpus: Corpus) -> NDArray[np.bool_]:
    """Which keys of character n-grams were seen often."""
    seen = np.zeros(1 << SEEN_BITS, np.int64)
    for window in corpus.windows:
        seen[np.unique(window.seen_keys)] += 1
    return seen >= COMMON_IN


def build_matrix(windows: Sequence[Window], rarity: NDArray[np.uint8]) -> Any:
    """A sparse matrix (windows, columns) of weighted counts, each family of a window brought to length 1."""
    values = np.concatenate([_scale_families(window, weigh_counts(window, rarity)) for window in windows])
    columns: I32 = np.concatenate([window.columns for window in windows])
    ends = np.cumsum([0, *(len(window.columns) for window in windows)])
    return sp.csr_matrix((values, columns, ends), shape=(len(windows), COLUMNS))


def build_shapes(windows: Sequence[Window]) -> F64:
    """A dense matrix (windows, shape)."""
    return np.array([window.shape for window in windows])


def _scale_families(window: Window, counted: F64) -> F64:
    starts = (0, *window.family_ends)
    parts = [counted[starts[i] : starts[i + 1]] for i in range(len(FAMILIES))]
    return np.concatenate([part / np.sqrt(max(float(part @ part), 1.0)) for part in parts])
