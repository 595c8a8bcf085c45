"""The same number in other forms: separators, scales, rounding, words. Pure."""

import re
from typing import Final, Self

from msgspec import Struct

from router.core.checks.number_words import WordNumbers, read_words

MAX_NUMBERS = 400
"""Numbers of a material that are compared, and the square root of how many pairs of them."""

MAX_PAIRED = 40

MAX_DIGITS_READ = 20_000
"""Characters of a material whose digits are looked at one by one."""

_NUMBER: Final = re.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d+)?")  # noqa: RUF001
_CLOCK: Final = re.compile(r"\d:\d\d|\d ?[apAP]\.?[mM]\b|\d ?(?:h|Uhr)\b|[点點時时시]")
_PART: Final = re.compile(r"\d(?:(?<!\d\d)\d{0,3}(?=[-/:.]\d)|(?<=[-/:.]\d)\d{0,3}(?!\d))")
"""Parts of dates and times."""

_OF_SHARES: Final = frozenset({0.25, 0.5, 1.5, 2.5, 15.0, 25.0, 30.0, 33.0, 45.0, 50.0, 66.0, 67.0, 75.0, 2.0, 200.0})
"""What shares may be, in numbers, in percent and in minutes."""

_FRACTION: Final = re.compile(r"(\d{0,6})(?:[ -]?([½¼¾⅓⅔])|[ -](\d{1,2})/(\d{1,2}))")
_QUARTERS: Final = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 0.333, "⅔": 0.667}
_SCALES: Final = tuple(10.0**power for power in (3, 6, 9, 4, 8))


class Numbers(Struct, frozen=True):
    """The numbers of a material: its `amounts`, what its `words` mean, whether some are times of day (`has_times`), and
    all of its digits in one piece."""

    amounts: frozenset[float]
    words: WordNumbers
    has_times: bool
    digits: str

    @classmethod
    def of(cls, source: str) -> Self:
        """Those of a text."""
        found = _NUMBER.findall(source)[:MAX_NUMBERS]
        amounts = frozenset(reading for number in found for reading in readings_of(number))
        parts = frozenset(float(part) for part in _PART.findall(source)[:MAX_NUMBERS])
        words = read_words(source)
        has_times = words.has_times or _CLOCK.search(source) is not None
        digits = "".join(filter(str.isdigit, source[:MAX_DIGITS_READ]))
        return cls(amounts | parts | _fractions(source), words, has_times, digits)

    def explains(self, number: str) -> bool:
        """Whether the material has a number, in some form."""
        if number.isdecimal() and len(number) > 2 and number[0] == "0":
            return float(number) in self.amounts
        return any(
            value in self.amounts or self._is_in_words(value) or self._is_form_of(value, number)
            for value in readings_of(number)
        )

    def has_digits(self, digits: str) -> bool:
        """Whether the material has so many digits in this order, however grouped."""
        return digits in self.digits

    def leads_to(self, number: str) -> bool:
        """Whether a number can be worked out of two of the material."""
        return any(self._leads_to(value) for value in readings_of(number))

    def misses_digit(self, text: str) -> bool:
        """Whether the material has a single digit that a text lacks: one that another may have taken the place of."""
        digits = {int(value) for value in self.amounts if value < 10 and value == int(value)}
        return any(not re.search(rf"(?<![\d.,]){digit}(?!\d)", text) for digit in digits)

    def _is_in_words(self, value: float) -> bool:
        values = self.words.values
        if (
            value in values
            or (self.words.has_shares and value in _OF_SHARES)
            or (self.words.has_large and 100 <= value <= 9_999_999)
        ):
            return True
        if self.has_times and value <= 24 and not values.isdisjoint((value - 12, value + 12, value - 11)):
            return True  # five in the afternoon; a quarter to nine in the evening
        if (self.has_times and value == 0) or (self.words.has_dozens and value % 12 == 0):
            return True
        return 1100 <= value <= 2099 and value // 100 in values and (value % 100 in values or value % 100 == 0)

    def _is_form_of(self, value: float, number: str) -> bool:
        ulp = _ulp(number)
        for amount in self.amounts:
            if self.has_times and max(amount, value) <= 24 and abs(amount - value) == 12:
                return True
            if abs(amount - value) in (1900, 2000) and 1900 <= max(amount, value) < 2100:
                return True
            if amount != int(amount) and abs(amount - value) < ulp and amount > 1:
                return True
            if any(
                abs(amount / scale - value) < ulp or abs(value / scale - amount) < 1e-9
                for scale in _SCALES
                if amount >= scale or value >= scale
            ):
                return True
        return amount_of_percent(value) in self.amounts

    def _leads_to(self, value: float) -> bool:
        if value <= 10:
            return True
        if value == int(value) and 1900 <= value <= 2100:
            return False
        amounts = [amount for amount in sorted(self.amounts)[:MAX_PAIRED] if amount]
        return any(_is_led_to(value, first, second) for first in amounts for second in amounts)


def _fractions(source: str) -> frozenset[float]:
    """The values of mixed numbers: 2½ and 2 1/2."""
    if "/" not in source and _QUARTERS.keys().isdisjoint(source):
        return frozenset()
    values = set()
    for whole, sign, top, bottom in _FRACTION.findall(source)[:MAX_NUMBERS]:
        share = _QUARTERS[sign] if sign else int(top) / max(int(bottom), 1)
        values.add(float(whole or "0") + share)
    return frozenset(values)


def _is_led_to(value: float, first: float, second: float) -> bool:
    """Whether a value is a sum, a difference, a ratio or a percentage of two numbers, or by how much one is above."""
    if abs(first + second - value) < 1e-6 or abs(first - second - value) < 1e-6:
        return True
    ratio = first / second
    return ratio != 1 and (abs(ratio * 100 - value) <= 0.5 or abs(abs(ratio - 1) * 100 - value) <= 0.5)


def readings_of(number: str) -> tuple[float, ...]:
    """What a number may mean: a comma or a point may group its digits or begin its decimals."""
    plain = number.replace("'", "").replace("’", "").replace("\u00a0", "").replace("\u202f", "").replace(" ", "")[:40]  # noqa: RUF001
    if plain.isdecimal():
        return (float(plain),)
    english, continental = plain.replace(",", ""), plain.replace(".", "").replace(",", ".")
    return tuple({float(each) for each in (english, continental) if each.count(".") <= 1})


def amount_of_percent(value: float) -> float:
    """A percentage as the share that it is."""
    return round(value / 100, 10)


def _ulp(number: str) -> float:
    decimals = re.search(r"[.,](\d{1,9})$", number)
    return float(10.0 ** -(len(decimals[1]) if decimals else 0))
