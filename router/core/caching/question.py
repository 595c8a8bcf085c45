"""A question as the second look sees it: what is asked, in the usual words, in pieces. Pure.

Whatever no table drops or renames stays, so that two questions are taken for the same only where everything in them is
accounted for: a word that nobody foresaw keeps them apart.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from router.core.caching.alike import LEAST_SLIPPED, slipped_from
from router.core.caching.manner import LANGUAGES, Manner, manner_of
from router.core.checks.number_words import months_of
from router.core.checks.tongues import KIN, tags_of
from router.core.checks.vocabulary import is_known
from router.core.folding import fold_text

MOST_CHARS: Final = 1_000
"""A longer text is no question that could be put in another way: it is the same only when it is equal."""

TENSES: Final = frozenset({"PAST", "FUTURE"})
"""What tables leave for helping verbs, which stand anywhere."""

PERSON: Final = "@"
"""What the token of a pronoun begins with."""

_TOKEN: Final = re.compile(
    r"`[^`]*`|[\w.+-]+@[\w-]+(?:\.\w+)+|(?<![\w)\]])-?\d+(?:st|nd|rd|th)\b|(?<![\w)\]])-?\d+(?:[.,:/]\d+)*"
    r"|\d+(?:[.,:/]\d+)*|(?<!\w)[A-Za-z](?:\+\+|#)|(?<!\w)--?[A-Za-z][\w-]*|(?<!\w)\.[A-Za-z]\w*"
    r"|[^\W\d]\w*(?:[./\\:]+\w+)*|\w+|[<>=!]=|[-=]>|&&|\|\||\*\*|\+\+|(?<=\d)!|(?<=\d)-(?=\d)|(?<=\d )-(?= \d)"
    r"|[+*/=<>%^&|~#@$€£°\\{}\[\]×÷√≠≤≥±]|[,;]"  # noqa: RUF001
)
_CODE: Final = re.compile(
    r"`[^`]+`|\b\w+_\w+\b|(?<!\w)--?[A-Za-z][\w-]*|\b[A-Za-z]\w*(?:\.\w+)*\(|(?:/[\w.-]+){2,}|\b\w+\.[a-z]{1,5}\b"
)
_SENTENCE_END: Final = re.compile(r"[.!?:]\s*[\"'(]*$")
_GROUPED: Final = {"en": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"), "": re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")}
_MARKS: Final = "¿¡ñ"
_TWO_LETTERS: Final = re.compile(r"(?<![aeq])([aou])e")
_PAUSES: Final = frozenset(",;")
SIDES: Final = "/"
_PLAIN_CASE: Final = frozenset({"i"})
_SIGNS_BEHIND: Final = frozenset("$€£")
_WEEKDAYS: Final = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag "
    "sonnabend sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes "
    "sabado domingo today tomorrow yesterday tonight heute morgen gestern aujourd hui demain hier hoy manana ayer "
    "weekend spring summer autumn winter".split()
)


class Piece(Struct, frozen=True):
    """Words that belong together. `is_phrase`: they may stand elsewhere in the question, as one."""

    words: tuple[str, ...]
    is_phrase: bool


class Question(Struct, frozen=True):
    """What a text asks. `words` are all that matters of it, in order, `pieces` the same in pieces; `language` is ""
    where nothing tells it. `names` are words that are spelt as names, `code` what is spelt as code is, `kinds` the ways
    it asks, `persons` whom its pronouns mean, `denials` how often it denies, `tenses` whether it is of the past or
    to come, `days` months and days. `accented` are
    words that the vocabulary knows by the accents they were written with."""

    text: str
    language: str
    words: tuple[str, ...]
    pieces: tuple[Piece, ...]
    names: frozenset[str]
    code: tuple[str, ...]
    kinds: tuple[str, ...]
    persons: frozenset[str]
    denials: int
    tenses: tuple[str, ...]
    days: frozenset[str]
    accented: frozenset[str]

    @property
    def main(self) -> tuple[str, ...]:
        """What it asks, without the phrases that may be moved."""
        return tuple(word for piece in self.pieces if not piece.is_phrase for word in piece.words)

    @property
    def phrases(self) -> tuple[tuple[str, ...], ...]:
        """The phrases that may be moved, in order."""
        return tuple(piece.words for piece in self.pieces if piece.is_phrase)

    @property
    def has_content(self) -> bool:
        """Whether it says what it is about, and not only how it asks."""
        manner = manner_of(self.language)
        return any(
            word not in manner.asks and word not in manner.binders and not word.startswith(PERSON)
            for word in self.words
        )

    @property
    def numbers(self) -> tuple[str, ...]:
        """Its numbers, in digits, in ascending order as texts."""
        return tuple(sorted(word for word in self.words if any(map(str.isdigit, word))))


def read_question(text: str) -> Question:
    """What a text asks; for one of more than MOST_CHARS characters, nothing but the text itself."""
    if len(text) > MOST_CHARS or "```" in text:
        return Question(text, "", (text,), (Piece((text,), is_phrase=False),), *_NOTHING)
    raw = [word.lower() for word in re.findall(r"[^\W\d_]+", text)]
    language = language_of([*raw, *(mark for mark in _MARKS if mark in text)])
    manner = manner_of(language)
    folded = fold_text(text)
    names = frozenset(_names(folded, language))
    tokens = [_corrected(token, language, names) for token in _tokens(folded, language)]
    said = _sorted_sides(manner.rewrite(f" {' '.join(tokens)} ").split())
    words = tuple(_usual_words(said, manner, names))
    pieces = tuple(_pieces(words, manner))
    kept = tuple(word for piece in pieces for word in piece.words)
    return Question(
        text=text,
        language=language,
        words=kept,
        pieces=pieces,
        names=names,
        code=tuple(sorted(_CODE.findall(folded))),
        kinds=tuple(sorted(word for word in kept if word in manner.asks)),
        persons=frozenset(word for word in kept if word.startswith(PERSON)),
        denials=sum(word in manner.denials for word in said),
        tenses=tuple(sorted(TENSES.intersection(said))),
        days=frozenset(_WEEKDAYS.intersection(said)) | {f"month {month}" for month in months_of(set(raw))},
        accented=frozenset(fold_text(word) for word in raw if not word.isascii() and is_known(word)),
    )


def language_of(words: Sequence[str]) -> str:
    """The language that most small words among these, in lower case, are of; "" where there is none. Words
    of the tables count, too. Of languages that are as likely, the first that has tables."""
    plain = [fold_text(word) for word in words]
    counts = {language: sum(map(manner_of(language).has, plain)) for language in LANGUAGES}
    for tag in tags_of(words):
        for language in tag.split() if tag else ():
            counts[language] = counts.get(language, 0) + 1
    counts["es"] += sum(word in _MARKS for word in words)
    best = max(counts, key=counts.__getitem__)
    if not counts[best]:
        return ""
    return best if best in LANGUAGES else _of_kin(best, counts)


def _of_kin(best: str, counts: dict[str, int]) -> str:
    """A language, or the one with tables that is so near that small words do not tell."""
    kin = [each for each in LANGUAGES if KIN.get(each) == KIN.get(best, best) and counts[each] == counts[best]]
    return kin[0] if kin else best


def _tokens(folded: str, language: str) -> Iterator[str]:
    found = [match.group() for match in _TOKEN.finditer(folded)]
    at = 0
    while at < len(found):
        token = found[at]
        if token in _SIGNS_BEHIND and at + 1 < len(found) and found[at + 1][0].isdigit():
            yield _number(found[at + 1], language)
            yield token
            at += 2
            continue
        yield _number(token, language) if token[-1].isdigit() else _one_token(token)
        at += 1


def _corrected(token: str, language: str, names: frozenset[str]) -> str:
    """A word of the tables where the token is one mistyped; in German, an umlaut that was written as two letters."""
    if len(token) < LEAST_SLIPPED or token in names or not token.isalpha() or manner_of(language).has(token):
        return token
    if language == "de" and not is_known(token):
        token = _TWO_LETTERS.sub(r"\1", token)
    return slipped_from(token, language)


def _sorted_sides(said: list[str]) -> list[str]:
    """The two sides of a difference in alphabetical order: it is the same from both."""
    if said[:1] != ["DIFFERENCE"] or said.count(SIDES) != 1:
        return said
    at = said.index(SIDES)
    first, second = sorted((said[1:at], said[at + 1 :]))
    return ["DIFFERENCE", *first, SIDES, *second]


def _one_token(token: str) -> str:
    if token in _PAUSES:
        return ","
    return "_".join(token.casefold().split()) or token


def _number(token: str, language: str) -> str:
    """A number without marks between its thousands, and with a point before its decimals."""
    if language in ("", "en"):
        return token.replace(",", "") if _GROUPED["en"].fullmatch(token) else token.casefold()
    if _GROUPED[""].fullmatch(token):
        token = token.replace(".", "")
    return token.replace(",", ".").casefold()


def _names(folded: str, language: str) -> Iterator[str]:
    """Words that begin with a capital where no sentence begins, in lower case. German nouns are no names."""
    before = ""
    for match in _TOKEN.finditer(folded):
        token, follows = match.group(), before
        before = token.casefold()
        if not token[0].isupper() or token.lower() in _PLAIN_CASE:
            continue
        is_first = match.start() == 0 or _SENTENCE_END.search(folded, 0, match.start()) is not None
        if is_first and not token[1:].isupper():
            continue
        if language != "de" or not _is_german_noun(before, follows):
            yield before


def _is_german_noun(word: str, follows: str) -> bool:
    """Whether a word in capitals is but a noun: a known one, or one behind an article or a possessive."""
    manner = manner_of("de")
    return is_known(word) or word in manner.heads or follows in manner.dropped or follows in manner.persons


def _usual_words(said: Sequence[str], manner: Manner, names: frozenset[str]) -> Iterator[str]:
    """What was said, without what says nothing, each word by the first of its meaning."""
    for word in said:
        if word in manner.numbers:
            yield manner.numbers[word]
        elif word in TENSES:
            continue
        elif word in manner.binders or word in names:
            yield word
        elif word in manner.persons:
            yield PERSON + manner.persons[word]
        elif word not in manner.dropped:
            yield manner.heads.get(word, word)


def _pieces(words: Sequence[str], manner: Manner) -> Iterator[Piece]:
    """Cut at commas, before every word that binds a phrase, and before a word that asks behind such a phrase."""
    piece: list[str] = []
    is_phrase = False
    for word in words:
        binds, asks = word in manner.binders, is_phrase and word in manner.asks
        if word == "," or binds or asks:
            if piece:
                yield Piece(tuple(piece), is_phrase)
            piece, is_phrase = [], binds
        if word != ",":
            piece.append(word)
    if piece:
        yield Piece(tuple(piece), is_phrase)


_NOTHING: Final = (frozenset[str](), (), (), frozenset[str](), 0, (), frozenset[str](), frozenset[str]())
