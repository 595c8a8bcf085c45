"""Which language a text is in, by its small words. Pure."""

from collections.abc import Iterable, Mapping
from sys import intern
from typing import Final, TypeAlias

from router.core.checks.small_words import WORDS

Tag: TypeAlias = str | None
"""The languages that have a small word, with blanks between; None for any other word."""

KIN: Final[Mapping[str, str]] = {
    language: kin
    for kin in ("sv da no", "cs sk", "hr sl sr", "es pt gl ca", "nl af", "ru uk be bg sr", "ar fa ur", "hi mr ne")
    for language in kin.split()
}
"""Languages that share so many words that a few of them do not tell which one it is."""


def tags_of(words: Iterable[str]) -> list[Tag]:
    """For each word, in lower case, the languages that it is a small word of."""
    return list(map(_LANGUAGES.get, words))


def is_small(word: str) -> bool:
    """Whether a word is a small one of any language, whatever its case."""
    return word.lower() in _LANGUAGES


def count_languages(counts: Mapping[Tag, int]) -> Mapping[str, int]:
    """How many small words of each language there are, the most frequent language first."""
    of: dict[str, int] = {}
    for languages, count in counts.items():
        if languages:
            for language in languages.split():
                of[language] = of.get(language, 0) + count
    return dict(sorted(of.items(), key=_second, reverse=True))


def count_apart(counts: Mapping[Tag, int], one: str, other: str) -> tuple[int, int]:
    """How many words are of one language and not of the other, and the reverse."""
    ours = theirs = 0
    for languages, count in counts.items():
        if languages:
            is_ours, is_theirs = one in languages, other in languages
            ours += count * (is_ours and not is_theirs)
            theirs += count * (is_theirs and not is_ours)
    return ours, theirs


def _second(pair: tuple[str, int]) -> int:
    return pair[1]


def _languages() -> Mapping[str, str]:
    languages: dict[str, str] = {}
    for language, words in WORDS.items():
        for word in words.split():
            languages[word] = f"{languages.get(word, '')} {language}".strip()
    return {word: intern(each) for word, each in languages.items()}


_LANGUAGES: Final = _languages()
