"""How the questions of a language are put: what of them says nothing, and what says the same. Pure.

A rewrite is a pattern over words in lower case, with accents folded and one blank between them; words in capitals are
what rewrites leave for a way of asking (`HOW`, `PRICE`). What no table mentions must stand in both questions alike.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Final, TypeAlias

from msgspec import Struct

HOW: Final = "HOW"
"""What rewrites leave for every way to ask how something is done."""

LANGUAGES: Final = ("en", "de", "fr", "es")
"""Those that have tables. Questions in others are the same when their words are."""


Rewrites: TypeAlias = tuple[tuple[re.Pattern[str], str], ...]


class Manner(Struct, frozen=True):
    """The tables of a language. `courtesies` say nothing, except in a question about words, which has one of
    `about_words` ("how do I say please in Greek"); `rewrites` are done in order, `dropped` words say nothing, `heads`
    has the word that stands for a word of the same meaning, `binders` begin a phrase that may be moved as a whole,
    `persons` has the grammatical person of pronouns, `denials` deny, `asks` say what kind of question it is, `numbers`
    has what words of a number are in digits, and `common` are words that many mistype."""

    courtesies: Rewrites = ()
    about_words: frozenset[str] = frozenset()
    rewrites: Rewrites = ()
    dropped: frozenset[str] = frozenset()
    heads: Mapping[str, str] = {}
    binders: frozenset[str] = frozenset()
    persons: Mapping[str, str] = {}
    denials: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()
    numbers: Mapping[str, str] = {}
    common: frozenset[str] = frozenset()

    def has(self, word: str) -> bool:
        """Whether a word, in lower case and without accents, is in one of the tables."""
        return (
            word in self.asks
            or word in self.dropped
            or word in self.binders
            or word in self.persons
            or word in self.heads
            or word in self.numbers
        )

    def rewrite(self, words: str) -> str:
        """The same question, put the usual way; blanks at both ends, before and after."""
        is_about_words = not self.about_words.isdisjoint(words.split())
        for pattern, usual in self.rewrites if is_about_words else self.courtesies + self.rewrites:
            changed = pattern.sub(usual, words)
            words = f" {' '.join(changed.split())} " if changed != words else words
        return words


@lru_cache(maxsize=16)
def manner_of(language: str) -> Manner:
    """The tables of a language; empty ones for a language that has none."""
    if language not in LANGUAGES:
        return Manner()
    manner: Manner = import_module(f"router.core.caching.manner_{language}").MANNER
    return manner


def compile_rewrites(rows: Sequence[tuple[str, str]]) -> Rewrites:
    """Rewrites of patterns that begin and end with whole words; what is left of a question lies between blanks."""
    return tuple((re.compile(rf"(?<= )(?:{pattern})(?= )"), usual) for pattern, usual in rows)


def heads_of(groups: str, endings: Sequence[str] = ("",)) -> Mapping[str, str]:
    """Per word of a line of words of one meaning, and per such word with an ending, the first word of the line; that of
    a word in -ing is in -ing, too."""
    heads: dict[str, str] = {}
    for line in groups.strip().splitlines():
        words = line.split()
        for word in words:
            for ending in endings:
                head = _with_ending(words[0], ending) if ending == "ing" else words[0]
                heads.setdefault(_with_ending(word, ending), head)
    return heads


def _with_ending(word: str, ending: str) -> str:
    if ending == "s":
        if word.endswith("y") and word[-2:-1] not in "aeiou":
            return word[:-1] + "ies"
        return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")
    if ending == "ing" and word.endswith("e") and not word.endswith("ee"):
        return word[:-1] + "ing"
    return word + ending
