"""The value of an arithmetic expression: numbers, + - × ÷ ^ √ ! % and brackets, exact in fractions. Pure and bounded:
nothing is ever handed to Python to evaluate, and numbers stay below `MAX_BITS` bits."""  # noqa: RUF002

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, Literal

from msgspec import Struct

MAX_BITS = 512
MAX_TOKENS = 80
MAX_FACTORIAL = 40

ROUGH: Final = Fraction(1, 200)
"""By which share a result may be off whose operands look rounded, or are roots or powers of such."""

MEASURED: Final = Fraction(1, 2000)
"""The same where operands have decimals at all."""

Reading = Literal["english", "continental"]
"""How a comma and a point in a number are meant: 1,234.5 or 1.234,5."""


class Unsure(Exception):
    """It cannot be told what the expression is worth, or whether it is one."""


class Value(Struct, frozen=True):
    """What an expression is worth. `decimals` of it when it is a single number, else None. `slack`: by which share it
    may be off, because numbers in it look rounded; `precision` is the most decimals that one of them has. `operators`
    are those in it, `units` the units behind its numbers. `is_binary`: all digits are 0 or 1."""

    amount: Fraction
    decimals: int | None
    slack: Fraction
    precision: int
    operators: frozenset[str]
    units: frozenset[str]
    has_percent: bool
    is_binary: bool


_NUMBER: Final = r"\d{1,3}(?:[\u00a0\u202f ]\d{3}){1,9}+(?![\d,.]{0,20}\d)|\d[\d.,]*\d|\d|\.\d+"
_OPERATOR: Final = r"\*\*|[-+−–*/×÷·∙^()√²³!%]"  # noqa: RUF001
_TOKEN: Final = re.compile(
    rf"[ \t\u00a0\u202f]*+(?:(?P<number>{_NUMBER})(?P<unit>‹[^›]*›)?|(?P<operator>{_OPERATOR}))"  # noqa: RUF001
)
_PLAIN: Final = {"−": "-", "–": "-", "×": "*", "·": "*", "∙": "*", "÷": "/", "**": "^"}  # noqa: RUF001
_ENGLISH: Final = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d+))?")
_CONTINENTAL: Final = re.compile(r"(?:\d{1,3}(?:[.\u00a0\u202f ]\d{3})+|\d+)(?:[,.](\d+))?")
_ROUNDED: Final = re.compile(r"\d{3,}|33|66|67|16|17|83|14|86|43|57|71|29")
"""Decimals that look as if more had followed."""


def value_of(text: str, reading: Reading) -> Value:
    """The value of a whole text. Raises Unsure where it is no expression, or an ambiguous one."""
    tokens = _tokens(text)
    reader = _Reader(tokens, reading)
    amount = reader.sum()
    if reader.at != len(tokens):
        raise Unsure
    numbers = [token for kind, token, _ in tokens if kind == "number"]
    operators = frozenset(token for kind, token, _ in tokens if kind == "operator") - {"(", ")", "%"}
    decimals = [_split(number, reading)[1] for number in numbers]
    return Value(
        amount,
        _decimals(numbers[0], reading) if len(tokens) == 1 or (text.strip()[-1:] == "%" and len(tokens) == 2) else None,
        _slack(decimals, operators),
        max(map(len, decimals)),
        operators,
        frozenset(unit for _, _, unit in tokens if unit),
        "%" in text,
        all(set(number) <= {"0", "1"} for number in numbers) and max(map(len, numbers)) > 1,
    )


def _slack(decimals: Sequence[str], operators: frozenset[str]) -> Fraction:
    has_decimals = any(decimals)
    if "√" in operators or (has_decimals and "^" in operators) or any(_ROUNDED.fullmatch(each) for each in decimals):
        return ROUGH
    return MEASURED if has_decimals else Fraction(0)


_Token = tuple[str, str, str]


def _tokens(text: str) -> Sequence[_Token]:
    tokens: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None or len(tokens) >= MAX_TOKENS:
            raise Unsure
        kind = "number" if found["number"] else "operator"
        written = found[kind]
        tokens.append((kind, _PLAIN.get(written, written), found["unit"] or ""))
        at = found.end()
    if not any(kind == "number" for kind, _, _ in tokens):
        raise Unsure
    return tokens


class _Reader:
    """Reads tokens from left to right; each method takes what its name says, and returns its value."""

    def __init__(self, tokens: Sequence[_Token], reading: Reading) -> None:
        self.at = 0
        self._tokens = tokens
        self._reading = reading

    def sum(self) -> Fraction:
        total = self._product()
        while (operator := self._peek()) in ("+", "-"):
            self.at += 1
            start = self.at
            operand = self._product()
            if self._is_lone_percent(start) and not self._is_lone_percent(0):
                raise Unsure  # 200 + 10% may mean a tenth of the 200
            total = total + operand if operator == "+" else total - operand
        return total

    def _product(self) -> Fraction:
        total = self._signed()
        divided = False
        while (operator := self._peek()) in ("*", "/", "("):
            if operator == "(" and (divided or self._is_mixed()):
                raise Unsure  # 8 / 2(3) is read either way, and 12(1/2) as 12 + 1/2
            self.at += operator != "("
            operand = self._signed()
            if operator == "/" and not operand:
                raise Unsure
            divided = divided or operator == "/"
            total = _bounded(total / operand if operator == "/" else total * operand)
        return total

    def _signed(self) -> Fraction:
        if self._peek() == "-":
            self.at += 1
            if self._peek(1) in ("^", "²", "³"):
                raise Unsure  # -3² is read either way
            return -self._signed()
        if self._peek() == "√":
            self.at += 1
            return _root(self._power())
        return self._power()

    def _power(self) -> Fraction:
        base = self._atom()
        while (mark := self._peek()) in ("²", "³", "!", "%"):
            self.at += 1
            base = _marked(base, str(mark))
        if mark != "^":
            return base
        self.at += 1
        return _raised(base, self._signed())

    def _atom(self) -> Fraction:
        if self.at >= len(self._tokens):
            raise Unsure
        kind, sign, _ = self._tokens[self.at]
        self.at += 1
        if kind == "number":
            return _number(sign, self._reading)
        if sign != "(":
            raise Unsure
        value = self.sum()
        if self._peek() != ")":
            raise Unsure
        self.at += 1
        return value

    def _peek(self, ahead: int = 0) -> str | None:
        """The operator that comes next; "" before a number, None at the end."""
        at = self.at + ahead
        if not 0 <= at < len(self._tokens):
            return None
        kind, token, _ = self._tokens[at]
        return token if kind == "operator" else ""

    def _is_mixed(self) -> bool:
        """Whether a fraction in brackets follows a number."""
        kinds = "".join(
            token if kind == "operator" else "1" for kind, token, _ in self._tokens[self.at - 1 : self.at + 5]
        )
        return kinds.startswith("1(1/1)")

    def _is_lone_percent(self, start: int) -> bool:
        return [token for _, token, _ in self._tokens[start + 1 : start + 2]] == ["%"]


def _number(token: str, reading: Reading) -> Fraction:
    if len(token) > 1 and token[0] == "0" and token[1].isdigit():
        raise Unsure
    token = token.replace("\u00a0", " ").replace("\u202f", " ")
    whole, decimals = _split(token, reading)
    return _bounded(Fraction(int(f"{whole}{decimals}" or "0"), 10 ** len(decimals)))


def _decimals(token: str, reading: Reading) -> int:
    return len(_split(token, reading)[1])


def _split(token: str, reading: Reading) -> tuple[str, str]:
    """The digits of a number before and behind its decimal mark."""
    plain = token.replace(" ", "") if reading == "english" else token
    found = (_ENGLISH if reading == "english" else _CONTINENTAL).fullmatch(plain)
    if found is None or len(plain) > 40:
        raise Unsure
    decimals = found[1] or ""
    whole = plain[: len(plain) - len(decimals) - 1] if decimals else plain
    return "".join(filter(str.isdigit, whole)), decimals


def _bounded(value: Fraction) -> Fraction:
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        raise Unsure
    return value


def _root(value: Fraction) -> Fraction:
    if value < 0:
        raise Unsure
    top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
    if top * top == value.numerator and bottom * bottom == value.denominator:
        return Fraction(top, bottom)
    return Fraction(math.sqrt(value))


def _marked(value: Fraction, mark: str) -> Fraction:
    if mark == "%":
        return value / 100
    if mark != "!":
        return _bounded(_bounded(value) ** (2 if mark == "²" else 3))
    if value.denominator != 1 or not 0 <= value <= MAX_FACTORIAL:
        raise Unsure
    return Fraction(math.factorial(int(value)))


def _raised(base: Fraction, power: Fraction) -> Fraction:
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if power.denominator != 1 or abs(power) * size > MAX_BITS or (not base and power <= 0):
        raise Unsure
    return base ** int(power)
