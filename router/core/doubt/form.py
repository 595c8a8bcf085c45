"""Final answers in one form each, so that two that mean the same are the same text. Pure; nothing is evaluated.

Whatever is longer than LONGEST is not a final answer to be compared. Patterns have one way to match.
"""

import ast
import re
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from typing import Any, Final, Literal, TypeAlias
from warnings import catch_warnings, simplefilter

from msgspec import Struct

Form: TypeAlias = Literal["choice", "number", "value", "code", "formula", "phrase"]

LONGEST: Final = 2_000
"""Characters of a value; of code LONGEST_CODE."""

LONGEST_CODE: Final = 8_000

LONGEST_PHRASE: Final = 80
MOST_WORDS: Final = 8
MOST_POWER: Final = 60

TOLERANCE: Final = Fraction(1, 10_000)
"""Two numbers of which one is no integer are the same up to this share of the larger: 0.3333 is a third."""

_WRAPPED = (
    ("$$", "$$"),
    ("$", "$"),
    (r"\(", r"\)"),
    (r"\[", r"\]"),
    ("**", "**"),
    ("`", "`"),
    ("*", "*"),
    ("__", "__"),
)
_TEXT = re.compile(r"\\(?:text|mathrm|mathbf|textbf|operatorname|mbox)\s?\{([^{}]{0,80})\}")
_FRACTION = re.compile(r"\\[dtc]?frac\s?\{([^{}]{1,60})\}\s?\{([^{}]{1,60})\}")
_SHORT_FRACTION = re.compile(r"\\[dtc]?frac(\d)(\d)")
_LATEX_NOISE = re.compile(r"\\(?:left|right|displaystyle|quad|[,;:! ])|\^\{?\\circ\}?|\\degree")
_POWER = re.compile(
    r"(?:\\times|\\cdot|[x\u00d7*·])\s{0,2}10\s{0,2}(?:\^|\*\*)\s{0,2}\{?\(?\s{0,2}([+-]?\d{1,3})\)?\}?"
)
_GROUPS = re.compile(r"(?<=\d)(?:,|\{,\}|\\,)(?=\d{3}(?!\d))")
_NUMBER = re.compile(
    r"(?P<sign>[-\u2212+\u2013]?)\s{0,2}(?P<money>[$€£¥]?)\s?(?P<minus>-?)(?P<digits>\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})"
    r"(?:[eE](?P<power>[+-]?\d{1,3}))?(?:\s?/\s?(?P<under>\d{1,40}))?\s{0,3}(?P<unit>.{0,30})",
    re.DOTALL,
)
_UNIT = re.compile(r"[%°]|[A-Za-zµμΩ%°][A-Za-zµμΩ°. ^²³/·*\d-]{0,28}")
_ABOUT = re.compile(r"(?:approximately|about|roughly|around|exactly|equals?|equal to|≈|~|=)\s?", re.IGNORECASE)
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = re.compile(r"[^\w\s%+/<>=-]")
_BLANKS = re.compile(r"\s+")


class Normal(Struct, frozen=True, gc=False):
    """A final answer in its form. `text` is the same for answers that mean the same, but for what `same` allows;
    `unit` stands apart from a number, and `number` is its value."""

    form: Form
    text: str
    unit: str = ""
    number: Fraction | None = None

    @property
    def shown(self) -> str:
        """As people read it; a unit is left out, but for per cent."""
        return f"{self.text}%" if self.unit == "%" else self.text


def normalise(text: str) -> Normal | None:
    """A stated final answer in its form: number, value, formula or phrase. None: it is nothing that can be compared."""
    bare = unwrap(text)
    if not bare or len(bare) > LONGEST:
        return None
    for read in _READERS:
        if (found := read(bare)) is not None:
            return found
    return None


def normal_choice(letter: str) -> Normal:
    """An option's letter."""
    return Normal("choice", letter.upper())


def normal_output(text: str) -> Normal | None:
    """What code returns or prints: a literal by its value, anything else as it stands, without quotes around it."""
    bare = text.strip().strip("`").strip()
    if len(bare) > LONGEST:
        return None
    bare = bare.rpartition("==")[2].strip() if bare.startswith("assert ") else bare
    if not bare:
        return Normal("value", text)
    found = _read_number(bare) if bare[-1].isdigit() else _read_value(bare)
    return found or Normal("value", bare)


def normal_code(code: str) -> Normal | None:
    """Code by its syntax tree where it is Python, else with its white space made alike."""
    if not code.strip() or len(code) > LONGEST_CODE:
        return None
    tree = _parse(code, "exec")
    if tree is not None:
        with suppress(RecursionError):
            return Normal("code", ast.unparse(tree))
    return Normal(
        "code", "\n".join([line for line in (_BLANKS.sub(" ", line).strip() for line in code.split("\n")) if line])
    )


def same(first: Normal, second: Normal) -> bool:
    """Whether two final answers mean the same."""
    if first.number is not None and second.number is not None:
        return _same_number(first, second)
    if first.text == second.text:
        return True
    if "value" in (first.form, second.form) or "phrase" in (first.form, second.form):
        return _without_blanks(first.text) == _without_blanks(second.text)
    return False


def unwrap(text: str) -> str:
    """A text without the marks around it: dollars, brackets of LaTeX, asterisks, back quotes, a full stop behind it."""
    bare = text.strip()
    for _ in range(4):
        before = bare
        bare = bare.rstrip(" \t\r\n.,;:!") if not bare.endswith("...") else bare.rstrip(". \n")
        for opening, closing in _WRAPPED:
            if len(bare) > len(opening) + len(closing) and bare.startswith(opening) and bare.endswith(closing):
                bare = bare[len(opening) : -len(closing)].strip()
        if bare == before:
            break
    return bare


def _read_number(text: str) -> Normal | None:
    if len(text) > LONGEST_PHRASE * 2:
        return None
    plain = _plain_latex(text)
    if plain.count("=") == 1:
        plain = plain.partition("=")[2].strip()
    plain = _ABOUT.sub("", plain, count=1) if _ABOUT.match(plain) else plain
    found = _NUMBER.fullmatch(_GROUPS.sub("", plain).replace(r"\$", "$").strip().rstrip(" $"))
    if found is None:
        return None
    unit = found["unit"].strip(" .\\$").replace(r"\%", "%").strip("\\ ")
    if unit and not _UNIT.fullmatch(unit):
        return None
    power = int(found["power"] or 0)
    if abs(power) > MOST_POWER or (found["under"] and not int(found["under"])):
        return None
    number = Fraction(found["digits"]) * Fraction(10) ** power / int(found["under"] or 1)
    if found["sign"] in ("-", "\u2212", "\u2013") or found["minus"]:
        number = -number
    if found["money"] or text.lstrip().startswith(r"\$"):
        unit = found["money"] or "$"
    return Normal("number", _written(number), _plain_unit(unit), number)


def _plain_latex(text: str) -> str:
    plain = text
    if "\\" in plain or "^" in plain or "\u00d7" in plain:
        plain = _LATEX_NOISE.sub("", _TEXT.sub(r" \1", plain))
        plain = _SHORT_FRACTION.sub(r"\1/\2", _FRACTION.sub(r"\1/\2", plain))
    return _BLANKS.sub(" ", _POWER.sub(r"e\1", plain)).replace(" e", "e") if "10" in plain else plain.strip()


def _plain_unit(unit: str) -> str:
    plain = unit.strip().casefold().rstrip(".")
    if plain in ("percent", "per cent", "pct"):
        return "%"
    if plain in ("dollar", "dollars", "usd"):
        return "$"
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") else plain


def _written(number: Fraction) -> str:
    """An integer or a decimal that ends as such, anything else as a fraction."""
    if number.denominator == 1:
        return str(number.numerator)
    rest = number.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    if rest != 1 or number.denominator > 10**15:
        return f"{number.numerator}/{number.denominator}"
    digits = f"{float(number):.15f}" if abs(number) < 10**6 else str(float(number))
    return digits.rstrip("0").rstrip(".") if "e" not in digits else digits


def _read_value(text: str) -> Normal | None:
    """A literal of Python or JSON: lists, objects, quoted text, truth values."""
    if text[0] not in "[{('\"TFNtfnb-" and text[-1] not in "'\"":
        return None
    if text in _CONSTANTS:
        return Normal("value", _CONSTANTS[text])
    tree = _parse(text.replace("\n", "\\n") if text[0] in "'\"" else text, "eval")
    if tree is None:
        return None
    try:
        value = ast.literal_eval(tree)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return Normal("value", value if isinstance(value, str) else _canonical(value))


def _read_formula(text: str) -> Normal | None:
    """Mathematics that is no plain number, without its layout."""
    if len(text) > LONGEST_PHRASE * 2 or not _FORMULA.search(text):
        return None
    plain = _LATEX_NOISE.sub("", _TEXT.sub(r"\1", text))
    plain = _SHORT_FRACTION.sub(r"\1/\2", _FRACTION.sub(r"(\1)/(\2)", plain)).replace(r"\cdot", "*")
    return Normal("formula", _BLANKS.sub("", plain).replace("$", ""))


def _read_phrase(text: str) -> Normal | None:
    if len(text) > LONGEST_PHRASE or len(text.split()) > MOST_WORDS:
        return None
    plain = _PUNCTUATION.sub(" ", text.casefold())
    plain = " ".join(_ARTICLES.sub(" ", plain).split()) or " ".join(plain.split())
    return Normal("phrase", plain) if plain else None


def _same_number(first: Normal, second: Normal) -> bool:
    one, other = first.number, second.number
    assert one is not None
    assert other is not None
    if {first.unit, second.unit} == {"%", ""}:
        share, bare = (one, other) if first.unit == "%" else (other, one)
        return _near(share, bare) or (abs(bare) <= 1 and _near(share / 100, bare))
    units_differ = first.unit and second.unit and first.unit != second.unit
    return not units_differ and _near(one, other)


def _near(first: Fraction, second: Fraction) -> bool:
    if first.denominator == second.denominator == 1:
        return first == second
    return abs(first - second) <= TOLERANCE * max(abs(first), abs(second))


def _canonical(value: Any) -> str:
    """A value as text: sets in order, whole floats as integers."""
    if isinstance(value, dict):
        return "{" + ", ".join([f"{_canonical(key)}: {_canonical(each)}" for key, each in value.items()]) + "}"
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted([_canonical(each) for each in value])) + "}"
    if isinstance(value, (list, tuple)):
        inside = ", ".join([_canonical(each) for each in value])
        return f"[{inside}]" if isinstance(value, list) else f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return repr(int(value))
    return repr(value)


def _without_blanks(text: str) -> str:
    """White space and quotes left out: of text without quotes nobody can tell what of it is meant."""
    return _BLANKS.sub("", text).strip("'\"").replace('"', "'").casefold()


def _parse(text: str, mode: Literal["exec", "eval"]) -> Any:
    """Its syntax tree; None: it is not Python. What it would warn of is not worth a line in a log."""
    try:
        with catch_warnings():
            simplefilter("ignore")
            return ast.parse(text, mode=mode)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


_CONSTANTS: Final = {
    "true": "True", "false": "False", "null": "None", "True": "True", "False": "False", "None": "None",
}  # fmt: skip
_FORMULA = re.compile(r"\\[a-z]{2,}|[\^=√π]|\d\s?[a-z]\b|[a-z]\s?[+*/]\s?[\da-z]")

_READERS: Final[tuple[Callable[[str], Normal | None], ...]] = (_read_number, _read_value, _read_formula, _read_phrase)
