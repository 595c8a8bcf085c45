"""What words there are in forty languages, how they are built, and which small ones never meet. Pure.

One filter of hashed entries: it forgets nothing that was put into it, and takes a tenth of all else for known. It was
counted in public course books, manuals, encyclopedia paragraphs, recorded answers and forum posts, and holds no text of
theirs, only hashes of what words there are. Its entries are

- words that stood there at least twice, in lower case,
- three letters in a row of words of a language, with a blank at either edge, behind the name of the language,
- two small words behind a line feed, and again behind two other marks, that chance would have put side by side and no
  language did,
- two characters behind a tab, of scripts without blanks between words.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Final
from zlib import crc32

UNCOUNTED: Final = frozenset({"be", "ca", "gl", "af", "is", "la", "lv", "bn", "ta", "mr", "ne", "ur"})
"""Languages of which too few words were counted."""

_FILTER = files(__package__).joinpath("vocabulary.bin").read_bytes()
_MASK = 8 * len(_FILTER) - 1


@lru_cache(maxsize=1 << 14)
def is_known(word: str) -> bool:
    """Whether a word, in lower case, is one of a language."""
    return _is_entered(word)


@lru_cache(maxsize=1 << 12)
def is_well_formed(word: str, language: str) -> bool:
    """Whether all letters of a word stand where others of its language have them."""
    edged = f" {word} "
    return all([_is_entered(language + edged[at : at + 3]) for at in range(len(word))])  # noqa: C419 - faster


@lru_cache(maxsize=1 << 14)
def never_meet(first: str, second: str) -> bool:
    """Whether no sentence has this small word before that. Entered three times, so that hardly a pair is wrong."""
    pair = f"{first} {second}"
    return _is_entered("\n" + pair) and _is_entered("\r" + pair) and _is_entered("\v" + pair)


def are_neighbours(pair: str) -> bool:
    """Whether two characters of a script without blanks were seen side by side."""
    return _is_entered("\t" + pair)


def _is_entered(entry: str) -> bool:
    place = crc32(entry.encode("utf-8", "surrogatepass")) & _MASK
    return _FILTER[place >> 3] >> (place & 7) & 1 == 1
