"""One spelling for texts that look the same: accents, compatibility forms, look-alike letters, invisible characters.
Pure. The tables are taken from the blocks of Unicode and its list of confusable letters."""

import unicodedata
from typing import Final

INVISIBLE: Final[dict[int, None]] = dict.fromkeys(
    (
        *range(0x0300, 0x0370),
        *(0x00AD, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0),
        *range(0x180B, 0x180F),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
        *range(0xE0000, 0xE0080),
        *range(0xE0100, 0xE01F0),
    )
)
"""Format characters, variation selectors, tags and, after decomposition, combining accents."""

_CYRILLIC_AND_MORE = "АВЕЅІЈКМНОРСТУХԁаеѕіјкмнорсгтухһԛԝѵьпգցհոսᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ"
_AS_LATIN = "ABESIJKMHOPCTYXdaesijkmhopcrtyxhqwvbngghnuabcdeghijklmnoprtuvwyz"
_GREEK_AND_SIGNS = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαεικηρτυνχγωɑɡıⅼ‘’“”„«»–—−¿¡"  # noqa: RUF001 - ambiguous is what they are here for
_AS_ASCII = 'ABEZHIKMNOPTYXoaeiknptuvxywagil\'\'"""""---?!'

LOOKALIKES: Final[dict[int, str]] = {
    ord(odd): plain for odd, plain in zip(_CYRILLIC_AND_MORE + _GREEK_AND_SIGNS, _AS_LATIN + _AS_ASCII, strict=True)
}
"""Letters of other scripts that look Latin, typographic quotes and dashes."""

_LATIN_TO_ODD = 3
"""A text is mostly Latin when it has more than one plain letter to so many characters outside ASCII. English that is
disguised beyond that is no longer read as English, and what is not English is judged by nothing that is learned."""

_ASCII = bytes(range(128))
_NOT_PLAIN_LETTERS = bytes(code for code in range(256) if not (code < 128 and chr(code).isalpha()))

_FEW = 24
"""Up to so many different characters are replaced one after another, which is faster than one pass over a table."""


def fold_text(text: str) -> str:
    """The plain spelling of a text. Look-alikes are replaced only where the text is mostly Latin: Russian stays."""
    if text.isascii():
        return text
    odd_bytes = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    spellings = {odd: _plain(odd) for odd in set(odd_bytes.decode("utf-8", "surrogatepass"))}
    folded = _replace(text, spellings)
    alike = {odd: LOOKALIKES[ord(odd)] for odd in set("".join(spellings.values())) if ord(odd) in LOOKALIKES}
    return _replace(folded, alike) if alike and _is_mostly_latin(folded) else folded


def _is_mostly_latin(text: str) -> bool:
    data = text.encode("utf-8", "surrogatepass")
    plain_letters = len(data.translate(None, _NOT_PLAIN_LETTERS))
    odd_characters = len(text) - len(data) + len(data.translate(None, _ASCII))
    return plain_letters * _LATIN_TO_ODD > odd_characters


def _plain(character: str) -> str:
    return unicodedata.normalize("NFKD", character).translate(INVISIBLE)


def _replace(text: str, spellings: dict[str, str]) -> str:
    changed = {odd: plain for odd, plain in spellings.items() if odd != plain}
    if len(changed) > _FEW:
        return text.translate({ord(odd): plain for odd, plain in changed.items()})
    for odd, plain in changed.items():  # INVARIANT: no spelling holds a character that is itself replaced
        text = text.replace(odd, plain)
    return text
