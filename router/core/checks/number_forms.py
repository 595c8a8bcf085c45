"""The same number in other forms: separators, words, scales, rounding. Pure."""

import re
from typing import Final, Self

from msgspec import Struct

MAX_NUMBERS = 400
"""Numbers of a material that are compared, and the square root of how many pairs of them."""

MAX_PAIRED = 40

_NUMBER: Final = re.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d+)?")  # noqa: RUF001
_WORDS: Final = tuple(names.split() for names in (
    "zero null zéro cero ноль 零 〇",  # noqa: RUF001
    "one ein eins eine un une uno una um uma один 一 first january januar janvier enero gennaio janeiro января "
    "single",
    "two zwei deux dos due dois duas два две 二 两 second february februar février febrero febbraio fevereiro "
    "февраля both pair couple",
    "three drei trois tres tre três три 三 third march märz mars marzo março марта",
    "four vier quatre cuatro quattro quatro четыре 四 fourth april avril abril aprile апреля quarter",
    "five fünf cinq cinco cinque пять 五 fifth may mai mayo maggio maio мая",
    "six sechs seis sei шесть 六 sixth june juni juin junio giugno junho июня",
    "seven sieben sept siete sette sete семь 七 seventh july juli juillet julio luglio julho июля",
    "eight acht huit ocho otto oito восемь 八 eighth august août agosto августа",
    "nine neun neuf nueve nove девять 九 ninth september septembre septiembre settembre setembro сентября",
    "ten zehn dix diez dieci dez десять 十 tenth october oktober octobre octubre ottobre outubro октября "
    "decade",
    "eleven elf onze once undici одиннадцать 十一 eleventh november novembre noviembre novembro ноября",
    "twelve zwölf douze doce dodici doze двенадцать 十二 twelfth december dezember décembre diciembre dicembre "
    "dezembro декабря dozen",
))  # fmt: skip
"""What 0 to 12 are called, and their months."""

_MANY: Final = re.compile(
    r"\b(?:thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twent(?:y|ieth)|thirt(?:y|ieth)"
    r"|fort(?:y|ieth)|fift(?:y|ieth)"
    r"|sixt(?:y|ieth)|sevent(?:y|ieth)|eight(?:y|ieth)|ninet(?:y|ieth)|hundred|thousand|dozens?"
    r"|zig|hundert|tausend|cent|mille|vingt|trente|quarante|veinte|treinta|cien|mil|venti|trenta|cento|vinte"
    r"|двадцать|тридцать|сорок|сто|тысяч\w*)\b|[百千万億亿半廿]|\w+zig\b|hundert|tausend",
    re.IGNORECASE,
)
"""Words for numbers above those: where there are some, any number may come from them."""

_CLOCK: Final = re.compile(r"\d:\d\d|\d ?[ap]\.?m\b|\d ?Uhr|\d ?h\b", re.IGNORECASE)
_PART: Final = re.compile(r"(?<!\d)\d{1,4}(?=[-/:.]\d)|(?<=[-/:.])\d{1,4}(?!\d)")
"""Parts of dates and times."""

_SHARES: Final = re.compile(
    r"\b(?:half|third|quarter|double|twice|hälfte|moitié|mitad|metà|metade|половин\w*)\b", re.IGNORECASE
)
_OF_SHARES: Final = frozenset({0.5, 25.0, 33.0, 50.0, 66.0, 67.0, 75.0, 2.0, 200.0})
_SCALES: Final = tuple(10.0**power for power in (3, 6, 9, 4, 8))


class Numbers(Struct, frozen=True):
    """The numbers of a material. `small` are those of its words, `has_many` whether words may mean others,
    `has_times` whether some are times of day."""

    amounts: frozenset[float]
    small: frozenset[int]
    has_many: bool
    has_times: bool

    @classmethod
    def of(cls, source: str) -> Self:
        """Those of a text."""
        found = _NUMBER.findall(source)[:MAX_NUMBERS]
        amounts = frozenset(reading for number in found for reading in readings_of(number))
        parts = frozenset(float(part) for part in _PART.findall(source)[:MAX_NUMBERS])
        words = frozenset(re.findall(r"[^\W\d_]+", source.lower()))
        small = frozenset(
            value
            for value, names in enumerate(_WORDS)
            if not words.isdisjoint(names)
            or any(name in source for name in names if not name.isascii() and len(name) == 1)
        )
        shares = _OF_SHARES if _SHARES.search(source) else frozenset()
        return cls(amounts | parts | shares, small, _MANY.search(source) is not None, _CLOCK.search(source) is not None)

    def explains(self, number: str, may_work_out: bool) -> bool:  # noqa: FBT001 - what the task allows
        """Whether the material has a number in some form, or, where the task may work something out, leads to it."""
        return any(
            (self.has_many and 13 <= value <= 9_999)
            or value in self.amounts
            or value in self.small
            or self._is_form_of(value, number)
            or (may_work_out and self._leads_to(value))
            for value in readings_of(number)
        )

    def misses_digit(self, text: str) -> bool:
        """Whether the material has a single digit that a text lacks: one that another may have taken the place of."""
        digits = {int(value) for value in self.amounts if value < 10 and value == int(value)}
        return any(not re.search(rf"(?<![\d.,]){digit}(?!\d)", text) for digit in digits)

    def _is_form_of(self, value: float, number: str) -> bool:
        ulp = _ulp(number)
        for amount in self.amounts:
            if self.has_times and max(amount, value) <= 24 and abs(amount - value) == 12:
                return True
            if abs(amount - value) in (1900, 2000) and max(amount, value) < 2100:
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
