"""Corruptions of wording: repetition, disorder, gibberish, scripts and languages that do not belong."""
# ruff: noqa: RUF001 (other scripts are meant)

import random
import re
from typing import Final

from tests.gate_corpus.corruption import PROSE, TEXT, UNSPACED, Corruption, blanks_between, changed, is_whole, units
from tests.gate_corpus.corruption import sentences as cut_into_sentences
from tests.gate_corpus.rows import Row

STRAY_WORDS: Final = tuple(
    """
    возможно これは 因此 การ والتي zusätzlich 그래서 поэтому ように 但是 κάθε ซึ่ง जिसमें которые 하지만 であり 以及 وكان
    """.split()
)
LATIN_ENDINGS: Final = (
    " und deshalb wurde die Anlage im Herbst noch einmal geprüft, bevor man sie den Besuchern wieder öffnete.",
    " mais il faut dire que personne, dans ce village, ne se souvenait d'avoir jamais entendu parler de cette affaire.",
    " aunque los vecinos siguen pensando que habría sido mejor esperar hasta que terminaran las lluvias de primavera.",
    " ancak komisyon üyelerinin çoğu bu konuda henüz kesin bir karar vermenin doğru olmadığını düşünüyordu.",
    " men de flesta som bodde kvar på ön hade redan bestämt sig för att stanna över vintern, vad som än hände.",
)
OTHER_ENDINGS: Final = (
    "впоследствии комиссия решила отложить обсуждение до осени, поскольку новых данных пока не поступило.",
    "但是后来的研究表明，这种说法并没有足够的证据，许多学者因此提出了不同的看法。",
    "ومع ذلك فإن معظم السكان فضلوا البقاء في المدينة القديمة حتى نهاية الموسم الحالي.",
    "それにもかかわらず、委員会は来年の春まで決定を延期することにしたと発表しました。",
    "बाद में समिति ने निर्णय लिया कि यह काम अगले वर्ष तक स्थगित कर दिया जाए।",
)


def repeated_phrase(row: Row, draw: random.Random) -> Row | None:
    """A phrase of a few words said many times over before the text goes on."""
    words = units(row)
    if len(words) < 25:
        return None
    length, start = draw.randint(3, 6), draw.randint(5, len(words) - 10)
    phrase = words[start : start + length]
    return changed(row, text="".join(words[:start] + phrase * draw.randint(6, 12) + words[start + length :]))


def endless_loop(row: Row, draw: random.Random) -> Row | None:
    """The answer comes to a sentence that it says until its tokens run out."""
    parts = cut_into_sentences(row["text"])
    if len(parts) < 2 or not is_whole(row):
        return None
    at = draw.randrange(1, len(parts))
    again = parts[at].strip() + blanks_between(row)
    text = "".join(parts[:at]) + again * (2 + 1200 // len(again))
    return changed(row, text=text[: draw.randint(900, 1200)], finish="length")


def stuttered_word(row: Row, draw: random.Random) -> Row | None:
    """A single word that comes out many times in a row."""
    words = units(row)
    if len(words) < 12:
        return None
    at = draw.randrange(4, len(words) - 2)
    return changed(row, text="".join(words[:at] + [words[at]] * draw.randint(12, 30) + words[at + 1 :]))


def loop_across_seam(row: Row, draw: random.Random) -> Row | None:
    """A phrase that was being said over and over before the block, and still is."""
    words = units(row)
    if len(words) < 25 or not is_whole(row):
        return None
    length, start = draw.randint(3, 8), draw.randint(5, len(words) - 12)
    phrase = "".join(words[start : start + length])
    before = "".join(words[:start]) + phrase * draw.randint(3, 5)
    return changed(row, before=before, text=phrase * draw.randint(3, 6), is_last=False)


def looping_line(row: Row, draw: random.Random) -> Row | None:
    """One line of something with lines, many times over."""
    lines = row["text"].split("\n")
    long = [at for at, line in enumerate(lines) if len(line.strip()) > 12 and "```" not in line]
    if len(long) < 3:
        return None
    at = draw.choice(long[1:])
    return changed(row, text="\n".join(lines[:at] + [lines[at]] * draw.randint(9, 16) + lines[at + 1 :]))


def shuffled_words(row: Row, draw: random.Random) -> Row | None:
    """All words there, in no order."""
    words = row["text"].split()
    if row["language"] in UNSPACED or len(words) < 25:
        return None
    draw.shuffle(words)
    return changed(row, text=" ".join(words))


def scrambled_letters(row: Row, draw: random.Random) -> Row | None:
    """The letters of most words in no order."""
    if len(row["text"]) < 80 or row["language"] in UNSPACED:
        return None

    def scramble(found: re.Match[str]) -> str:
        letters = list(found[0])
        if draw.random() < 0.75:
            draw.shuffle(letters)
        return "".join(letters)

    return changed(row, text=re.sub(r"[^\W\d_]{4,}", scramble, row["text"]))


def gibberish_run(row: Row, draw: random.Random) -> Row | None:
    """Random letters in the length of words, amid the text."""
    words = ["".join(draw.choices("bcdfghjklmnpqrstvwxzaeiou", k=draw.randint(3, 11))) for _ in range(18)]
    return _put_inside(row, draw, " " + " ".join(words) + " ")


def symbol_soup(row: Row, draw: random.Random) -> Row | None:
    """Random signs, digits and letters, amid the text."""
    soup = "".join(draw.choices("qxzvkjw0123456789#$%&*@^~|<>/\\{}[]()=+;:,.'\"", k=draw.randint(90, 180)))
    return _put_inside(row, draw, " " + soup + " ")


def mojibake(row: Row, draw: random.Random) -> Row | None:
    """UTF-8 read as if it were a code page of one byte a character."""
    if sum(ord(letter) > 127 for letter in row["text"]) < 4:
        return None
    page = draw.choice(("latin-1", "cp1252"))
    return changed(row, text=row["text"].encode().decode(page, "replace"))


def replacement_characters(row: Row, draw: random.Random) -> Row | None:
    """Bytes that were no UTF-8, shown as the sign for that."""
    text = row["text"]
    if len(text) < 60:
        return None
    for _ in range(draw.randint(3, 7)):
        at = draw.randrange(len(text))
        text = text[:at] + "\ufffd" * draw.randint(1, 3) + text[at + 1 :]
    return changed(row, text=text)


def stray_scripts(row: Row, draw: random.Random) -> Row | None:
    """Words of other scripts among those of a Latin one."""
    words = units(row)
    if len(words) < 25 or _is_foreign(row):
        return None
    for _ in range(draw.randint(4, 8)):
        words.insert(draw.randrange(2, len(words)), " " + draw.choice(STRAY_WORDS))
    return changed(row, text="".join(words))


def script_takes_over(row: Row, draw: random.Random) -> Row | None:
    """The text goes on in another script in the middle of a sentence."""
    words = units(row)
    if len(words) < 25 or _is_foreign(row):
        return None
    endings = draw.sample(OTHER_ENDINGS, 1) * draw.randint(1, 2)
    return changed(row, text="".join(words[: len(words) // 2]) + " " + " ".join(endings))


def language_takes_over(row: Row, draw: random.Random) -> Row | None:
    """The text goes on in another language of the same script in the middle of a sentence."""
    words = units(row)
    if len(words) < 25 or row["language"] != "en":
        return None
    return changed(row, text="".join(words[: len(words) // 2]) + "".join(draw.sample(LATIN_ENDINGS, 2)))


def wrong_language(row: Row, draw: random.Random) -> Row | None:
    """An answer in a language in which nobody asked."""
    if row["language"] != "en" or not is_whole(row) or len(row["text"]) < 60:
        return None
    ending = draw.choice(LATIN_ENDINGS + OTHER_ENDINGS).strip()
    return changed(row, text=ending[0].upper() + ending[1:])


def _put_inside(row: Row, draw: random.Random, what: str) -> Row | None:
    words = units(row)
    if len(words) < 15:
        return None
    at = draw.randrange(5, len(words) - 3)
    return changed(row, text="".join(words[:at]) + what + "".join(words[at:]))


def _is_foreign(row: Row) -> bool:
    return row["language"] not in {"en", "de", "fr", "es", "tr", "it", "pt"}


_SPEECH = TEXT | {"refusal", "unsure"}
_LINED = frozenset({"code", "table", "html", "list", "recipe"})

ROWS: Final = (
    Corruption("repeated_phrase", "repetition", _SPEECH | {"maths"}, repeated_phrase),
    Corruption("endless_loop", "repetition", PROSE | {"list", "maths", "choice"}, endless_loop),
    Corruption("stuttered_word", "repetition", _SPEECH | {"summary", "rewrite"}, stuttered_word),
    Corruption("loop_across_seam", "repetition", _SPEECH, loop_across_seam),
    Corruption("looping_line", "repetition", _LINED, looping_line),
    Corruption("shuffled_words", "gibberish", PROSE, shuffled_words),
    Corruption("scrambled_letters", "gibberish", TEXT | {"summary", "rewrite"}, scrambled_letters),
    Corruption("gibberish_run", "gibberish", TEXT | {"table"}, gibberish_run),
    Corruption("symbol_soup", "gibberish", TEXT, symbol_soup),
    Corruption("mojibake", "mojibake", TEXT | {"translation", "switching"}, mojibake),
    Corruption("replacement_characters", "mojibake", TEXT | {"table", "maths"}, replacement_characters),
    Corruption("stray_scripts", "drift", TEXT, stray_scripts),
    Corruption("script_takes_over", "drift", TEXT | {"maths"}, script_takes_over),
    Corruption("language_takes_over", "drift", TEXT, language_takes_over),
    Corruption("wrong_language", "drift", PROSE | {"maths"}, wrong_language),
)
