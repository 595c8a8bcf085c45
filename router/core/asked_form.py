"""The form and the amount that an ask wants its answer in, and how many tokens that takes. Pure.

Forms are looked for at the head and the tail of an ask, and only where a word of theirs is in it at all. All figures
are what the form itself takes (a word is 4/3 of a token), with room for a sentence around it in the 90% quantile.
"""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from router.core.passage import Passage, excerpt

HEAD, TAIL = 300, 200
"""Characters read at either end of an ask."""

UNIT_TOKENS: Mapping[str, int] = {"word": 1, "line": 15, "bullet": 25, "sentence": 25, "paragraph": 110, "page": 600}
"""Tokens of one of what a length is asked for in (a word is a little more than one)."""

ITEM_TOKENS: Mapping[str, int] = {
    "emoji": 3, "synonym": 4, "keyword": 4, "hashtag": 5, "name": 6, "title": 12, "headline": 14, "slogan": 12,
    "question": 22, "joke": 40, "fact": 35, "example": 35, "idea": 35, "tip": 35, "suggestion": 35, "reason": 40,
    "benefit": 40, "step": 40, "option": 30, "item": 15,
}  # fmt: skip
"""Tokens of one of what a number of is asked for, its number and line end included."""

SHORT_FORMS: Mapping[str, tuple[int, int]] = {
    "haiku": (22, 45), "limerick": (60, 100), "sonnet": (160, 230), "tweet": (45, 90), "headline": (14, 40),
    "tagline": (12, 40), "slogan": (12, 40), "emoji": (3, 15), "title": (12, 40), "caption": (30, 80),
    "one-liner": (25, 60),
}  # fmt: skip
"""The median and the 90% quantile of one of what has a length of its own."""

CELL_TOKENS, USUAL_COLUMNS, FIELD_TOKENS = 7, 3, 11
"""Tokens of a cell of a table and of a field of a JSON object; the columns of a table that names none."""

NUMBERS: Mapping[str, int] = {
    name: count
    for count, name in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1)
} | {"dozen": 12, "twelve": 12, "twenty": 20}

_NUMBER = rf"\d{{1,5}}|{'|'.join(NUMBERS)}"

AMOUNT = re.compile(
    rf"\b(\d{{1,5}}|an?|{'|'.join(list(NUMBERS)[:10])})[ -](?:[a-z]{{1,12}} )?({'|'.join(UNIT_TOKENS)})s?\b",
    re.IGNORECASE,
)


class Form(Struct, frozen=True, gc=False):
    """An asked-for form, with the tokens that half and 90 in 100 of such answers do not exceed."""

    name: str
    p50: int
    p90: int


def asked_form(ask: Passage, *, closed: bool, repeating: bool) -> Form | None:
    """The form that an ask wants; None: none that is known. Of a `closed` question only a wish for the bare answer
    counts, the rest is its matter; where the answer is `repeating` its material, only limits count."""
    if _TRIGGERS.isdisjoint(ask.words):
        return None
    text = excerpt(ask.text, HEAD, TAIL).lower()
    for needed, pattern, read in _CLOSED if closed else _LIMITS if repeating else _READERS:
        if any([word in text for word in needed]) and (found := pattern.search(text)):  # noqa: C419 - faster
            return read(found)
    return None


def _in_units(found: re.Match[str]) -> Form:
    count, unit = _count(found["least"]), found["unit"]
    most = _count(found["most"]) if found["most"] else count
    if unit == "word" and most == 1:
        return _ONE_WORD
    low, high = (max(each * UNIT_TOKENS[unit] * 4 // 3, 1) for each in sorted((count, most)))
    share, spread = _BOUNDS.get((found["bound"] or "").strip(), (1.0, 1.35))
    return Form("form.amount", max(round((low + high) / 2 * share), 1), max(round(high * spread), 8))


def _in_items(found: re.Match[str]) -> Form:
    tokens = _count(found["count"]) * ITEM_TOKENS[found["item"]]
    return Form("form.items", tokens, round(tokens * 1.8) + 30)


def _in_rows(found: re.Match[str]) -> Form:
    rows, columns = _count(found["rows"]), _count(found["columns"] or str(USUAL_COLUMNS))
    tokens = (rows + 2) * columns * CELL_TOKENS
    return Form("form.table", tokens, round(tokens * 1.8) + 40)


def _in_short(found: re.Match[str]) -> Form:
    p50, p90 = SHORT_FORMS[found["form"]]
    return Form(f"form.{found['form']}", p50, p90)


def _in_fields(found: re.Match[str]) -> Form:
    named = found["named"]
    fields = _count(found["fields"]) if found["fields"] else len(_SEPARATOR.split(named.strip(" ,")))
    return Form("form.json_fields", fields * FIELD_TOKENS + 6, round(fields * FIELD_TOKENS * 1.6) + 20)


def _always(form: Form) -> Callable[[re.Match[str]], Form]:
    return lambda _: form


def _count(number: str) -> int:
    return max(int(number), 1) if number.isdigit() else NUMBERS[number]


_ONE_WORD = Form("form.one_word", 3, 8)
_YES_NO = Form("form.yes_no", 4, 24)
_BARE = Form("form.bare_answer", 4, 10)

_BOUNDS: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(
        ("under", "at most", "up to", "no more than", "less than", "maximum", "max", "within"), (0.75, 1.1)
    ),
    **dict.fromkeys(("below", "fewer than", "not more than"), (0.75, 1.1)),
    **dict.fromkeys(("at least", "more than", "over", "minimum"), (1.2, 2.0)),
    "exactly": (1.0, 1.2),
}
"""Of an amount that is a bound: the median and the 90% quantile as shares of it."""

_BOUND = rf"(?:\b(?P<bound>{'|'.join(_BOUNDS)})(?: of)? )"
_UNITS = rf"(?P<least>{_NUMBER})(?:(?: ?- ?| to | or )(?P<most>{_NUMBER}))?[ -](?:[a-z]{{1,12}} )?"
_UNIT = rf"(?P<unit>{'|'.join(UNIT_TOKENS)})s?(?: points?)?\b"
_BARE_ANSWER = re.compile(
    r"\b(?:only|just|nothing but)(?: with)? (?:the|a|one)(?: correct| right| single)? (?:letter|number|label|option|"
    r"category|answer|word)\b|\b(?:letter|number|label|answer) (?:only|alone)\b"
)
_SEPARATOR = re.compile(r",? and |, ?| or ")

_OF_UNITS = tuple(f"{before}{unit}" for unit in UNIT_TOKENS for before in " -")
_OF_ITEMS = tuple(f" {item}" for item in ITEM_TOKENS)
_OF_SHORT_FORMS = tuple(f" {form}" for form in SHORT_FORMS)
_OF_BARE_ANSWERS = ("only", "just", "nothing but", "alone")

_CLOSED = ((_OF_BARE_ANSWERS, _BARE_ANSWER, _always(_BARE)),)
_LIMITS = (
    (_OF_UNITS, re.compile(rf"{_BOUND}{_UNITS}{_UNIT}"), _in_units),
    (_OF_UNITS, re.compile(rf"\b(?P<bound>in|to|into|as) {_UNITS}{_UNIT}"), _in_units),
)
_READERS = (
    (("word",), re.compile(r"\b(?:one|a single|1)[ -]word\b"), _always(_ONE_WORD)),
    (("yes", "true"), re.compile(r"\byes ?(?:or|/) ?no\b|\btrue ?(?:or|/) ?false\b"), _always(_YES_NO)),
    *_CLOSED,
    (
        ("table",),
        re.compile(rf"\btable (?:of|with) (?P<rows>{_NUMBER}) rows?(?:.{{1,12}}?(?P<columns>{_NUMBER}) columns?)?"),
        _in_rows,
    ),
    (
        ("json",),
        re.compile(
            rf"\bjson\b[^.\n]{{0,40}}?\b(?:(?P<fields>{_NUMBER}) (?:fields|keys|properties)"
            r"|(?:fields|keys|properties|with)\b:? "
            r"(?P<named>\"?[a-z_]+\"?(?:(?:, ?(?:and )?| and )\"?[a-z_]+\"?){1,20}))"
        ),
        _in_fields,
    ),
    (_OF_UNITS, re.compile(rf"{_BOUND}?\b{_UNITS}{_UNIT}"), _in_units),
    (
        _OF_ITEMS,
        re.compile(rf"\b(?P<count>{_NUMBER}) (?:[a-z-]{{1,14}} ){{0,2}}?(?P<item>{'|'.join(ITEM_TOKENS)})s?\b"),
        _in_items,
    ),
    (
        _OF_SHORT_FORMS,
        re.compile(rf"\b(?:an?|one|another|the) (?:[a-z-]{{1,14}} ){{0,2}}?(?P<form>{'|'.join(SHORT_FORMS)})\b"),
        _in_short,
    ),
)
"""Tried in order, the more exact a form is, the earlier, but only where there is one of the pieces of text that its
pattern cannot do without: the patterns are slow."""

_TRIGGERS = frozenset(
    word.encode() for stem in (*UNIT_TOKENS, *ITEM_TOKENS, *SHORT_FORMS) for word in (stem, f"{stem}s")
) | {b"rows", b"row", b"json", b"yes", b"true", b"letter", b"label", b"category", b"answer", b"only", b"liner"}
"""Words of which every form has at least one."""
