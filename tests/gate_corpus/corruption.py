"""What a corruption is, and the pieces of text that all of them work on. Pure: all chance comes from a generator."""
# ruff: noqa: RUF001 (other scripts are meant)

import random
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from msgspec import Struct

from tests.gate_corpus.rows import Row

Damage: TypeAlias = Callable[[Row, random.Random], Row | None]
"""A bad row made of a good one; None where the row offers nothing to damage in this way."""

UNSPACED: Final = frozenset({"zh", "ja", "th"})
"""Languages written without blanks between words."""

PROSE: Final = frozenset({"prose", "dialogue", "email", "summary", "recipe"})
TEXT: Final = PROSE | {"list", "poem"}
ENTRUSTED: Final = frozenset({"extraction", "rewrite", "translation", "summary"})
"""Kinds of answers that have to keep what the prompt says."""


class Corruption(Struct, frozen=True):
    """One way to spoil a block. `fault` is what the outcome is to be rejected for; `kinds` are those of the good rows
    for which the outcome is bad beyond doubt, or all where empty."""

    name: str
    fault: str
    kinds: frozenset[str]
    damage: Damage


def changed(row: Row, **fields: Any) -> Row:
    """The row with some fields replaced."""
    return {**row, **fields}


def is_whole(row: Row) -> bool:
    """Whether the block is all of its answer."""
    return bool(row["is_last"]) and not row.get("before") and not row.get("calls")


def units(row: Row) -> list[str]:
    """The text cut into words with the blanks behind them, or into pairs of characters where no blanks are used."""
    text: str = row["text"]
    if row["language"] in UNSPACED:
        return [text[at : at + 2] for at in range(0, len(text), 2)]
    return re.findall(r"\s*\S+", text)


def sentences(text: str) -> list[str]:
    """The text cut behind full stops and the like, blanks kept, so that joining gives the text back."""
    return re.findall(r".+?(?:[.!?।]+[\"”»*)]*(?=\s|$)|[。！？]|$)\s*", text, re.DOTALL)


def blanks_between(row: Row) -> str:
    """What stands between two words of the row's language."""
    return "" if row["language"] in UNSPACED else " "
