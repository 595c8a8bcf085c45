"""The numbers that words of a text mean, in some ten languages and in Chinese characters.

Pure, and lenient: a word that may mean several numbers means all of them.
"""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

import re
from typing import Final

from msgspec import Struct

_SMALL: Final = tuple(names.split() for names in (
    "zero null zéro cero ноль midnight minuit mitternacht",
    "one ein eins eine einen einem einer un une uno una um uma один одна 하나 한 одну single once first "
    "erste ersten premier "
    "première primero primera primo prima primeiro первый первого bir birinci أول واحد एक",
    "two zwei deux dos due dois duas два две 둘 두 both pair couple twice double second zweite zweiten "
    "deuxième segundo "
    "secondo второй второго второго iki ikinci اثنان दो",
    "three drei trois tres tre três три трёх 셋 세 third triple dritte dritten troisième tercer tercero "
    "terzo terceiro "
    "третий третьего третьей üç üçüncü ثلاث ثلاثة तीन",
    "four vier quatre cuatro quattro quatro четыре четырёх 넷 네 fourth vierte quatrième cuarto quarto "
    "четвёртый dört "
    "أربعة चार",
    "five fünf cinq cinco cinque пять пяти 다섯 fifth fünfte cinquième quinto пятый "
    "beş خمسة पाँच पांच",
    "six sechs seis sei шесть шести 여섯 sixth sechste sixième sexto sesto шестой altı ستة छह",
    "seven sieben sept siete sette sete семь семи 일곱 seventh siebte septième séptimo settimo sétimo "
    "седьмой yedi سبعة सात",
    "eight acht huit ocho otto oito восемь восьми 여덟 eighth achte huitième octavo ottavo восьмой sekiz "
    "ثمانية आठ",
    "nine neun neuf nueve nove девять девяти 아홉 ninth neunte neuvième noveno nono "
    "девятый dokuz تسعة नौ",
    "ten zehn dix diez dieci dez десять десяти 열 tenth zehnte dixième decade "
    "décennie década on عشرة दस",
    "eleven elf onze once undici одиннадцать 열한 eleventh elfte",
    "twelve zwölf douze doce dodici doze двенадцать 열두 twelfth zwölfte dozen dutzend douzaine docena "
    "noon midday midi "
    "mittag mediodía",
    "thirteen dreizehn treize trece tredici treze тринадцать thirteenth",
    "fourteen vierzehn quatorze catorce quattordici catorze quatorze четырнадцать fourteenth fortnight",
    "fifteen fünfzehn quinze quince quindici пятнадцать fifteenth quinzaine",
    "sixteen sechzehn seize dieciséis sedici dezesseis шестнадцать sixteenth",
    "seventeen siebzehn diecisiete diciassette dezessete семнадцать seventeenth",
    "eighteen achtzehn dieciocho diciotto dezoito восемнадцать eighteenth",
    "nineteen neunzehn diecinueve diciannove dezenove девятнадцать nineteenth",
))  # fmt: skip
"""What 0 to 19 are called, as cardinals and ordinals."""

_MONTHS: Final = tuple(names.split() for names in (
    "jan january januar janvier enero gennaio janeiro январь января ocak",
    "feb february februar février febrero febbraio fevereiro февраль февраля şubat",
    "mar march märz mars marzo março март марта mart",
    "apr april avril abril aprile апрель апреля nisan",
    "may mai mayo maggio maio май мая mayıs",
    "jun june juni juin junio giugno junho июнь июня haziran",
    "jul july juli juillet julio luglio julho июль июля temmuz",
    "aug august août agosto август августа ağustos",
    "sep sept september septembre septiembre settembre setembro сентябрь сентября eylül",
    "oct october oktober octobre octubre ottobre outubro октябрь октября ekim",
    "nov november novembre noviembre novembro ноябрь ноября kasım",
    "dec december dezember décembre diciembre dicembre dezembro декабрь декабря aralık",
))  # fmt: skip

_VALUES: Final = {
    name: frozenset(value for value, names in enumerate(_SMALL) if name in names)
    | frozenset(month for month, names in enumerate(_MONTHS, 1) if name in names)
    for names in (*_SMALL, *_MONTHS)
    for name in names
}
_MONTH_OF: Final = {name: month for month, names in enumerate(_MONTHS, 1) for name in names}

_TENS: Final = {
    20: "twent zwanzig vingt veint venti vinte двадцат yirmi",
    30: "thirt dreißig dreissig trent treint trint тридцат otuz",
    40: "forty fortie vierzig quarant cuarent quarent сорок kırk",
    50: "fifty fiftie fünfzig cinquant cincuent cinquent пятьдесят elli",
    60: "sixty sixtie sechzig soixant sesent sessant sessent шестьдесят altmış",
    70: "seventy seventie siebzig soixante setent settant семьдесят yetmiş",
    80: "eighty eightie achtzig quatre-vingt ochent ottant oitent восемьдесят seksen",
    90: "ninet neunzig quatre-vingt novent девяносто doksan",
}
_STEMS: Final = tuple((stem, float(tens)) for tens, stems in _TENS.items() for stem in stems.split())
"""Beginnings of the names of tens, and what they are; with ones behind or before them, as one word or as two."""

_SHARES: Final = frozenset(
    "half third quarter double twice hälfte moitié demi demie quart mitad medio media cuarto metà mezzo mezza metade "
    "meio meia четверть yarım buçuk".split()
)
_SHARE_STEMS: Final = ("halb", "viertel", "половин")
_TIMES: Final = frozenset(
    "clock uhr heure heures hours noon midnight morning afternoon evening tonight past midi час часа часов saat las "
    "alle às".split()
)
_DOZENS: Final = frozenset("dozen dozens dutzend douzaine douzaines docena docenas dozzina dúzia дюжина".split())
_LARGE: Final = frozenset(
    "hundred thousand cent cents mille cien cento mil century yüz bin score сто двести триста".split()
)
_LARGE_STEMS: Final = ("hundert", "tausend", "тысяч", "ciento")
_DIGITS_BEFORE: Final = re.compile(r"\d[.,]?[ \u00a0]?(?:[^\W\d_]+)")
_HAN_SIGNS: Final = "영일이삼사오육칠팔구〇零一二两兩三四五六七八九十百千万萬亿億半만억천백십"
_HAN: Final = re.compile(rf"[\d.,{_HAN_SIGNS} ]{{0,24}}[{_HAN_SIGNS}]")
_HAN_DIGITS: Final = {
    sign: value
    for value, signs in enumerate("〇零영 一일 二两兩이 三삼 四사 五오 六육 七칠 八팔 九구".split())
    for sign in signs
}
_HAN_UNITS: Final = {"十": 10, "십": 10, "百": 100, "백": 100, "千": 1000, "천": 1000}
_HAN_MYRIADS: Final = {"万": 10**4, "萬": 10**4, "만": 10**4, "亿": 10**8, "億": 10**8, "억": 10**8}
_HAN_TOKEN: Final = re.compile(r"\d[\d,]*(?:\.\d+)?|\S")
_ROMAN: Final = re.compile(r"\b(?!I\b)[IVXL]{1,8}\b")
_ROMAN_SIGNS: Final = {"I": 1, "V": 5, "X": 10, "L": 50}
_WORD: Final = re.compile(r"[^\W\d_]+")
MAX_FOUND = 200
"""Numbers of Chinese or Roman signs that are read."""


class WordNumbers(Struct, frozen=True):
    """What the words of a text may mean. `values` are those that they name, `months` the months among them, `has_large`
    tells of words for hundreds or thousands, which may be part of any number from 100 on, `has_dozens` of dozens,
    `has_shares` of halves, quarters and the like, `has_times` of times of day."""

    values: frozenset[float]
    months: frozenset[int]
    has_large: bool
    has_dozens: bool
    has_shares: bool
    has_times: bool


def read_words(text: str) -> WordNumbers:
    """The numbers that the words of a text mean."""
    lowered = text.lower()
    words = set(_WORD.findall(lowered))
    values = {float(value) for word in words & _VALUES.keys() for value in _VALUES[word]}
    values.update(tens + ones for stem, tens in _STEMS if stem in lowered for ones in range(20 if tens == 60 else 10))
    values.update(_han_values(text) if not text.isascii() else ())
    values.update(_roman(found) for found in _ROMAN.findall(text)[:MAX_FOUND])
    return WordNumbers(
        frozenset(values),
        months_of(words),
        _has_large(words, lowered),
        has_dozens=not words.isdisjoint(_DOZENS),
        has_shares=not words.isdisjoint(_SHARES) or any(stem in lowered for stem in _SHARE_STEMS),
        has_times=not words.isdisjoint(_TIMES),
    )


def _has_large(words: set[str], lowered: str) -> bool:
    """Whether there are words for hundreds or thousands that do not stand behind digits: those are but a scale."""
    if any(stem in lowered for stem in _LARGE_STEMS):
        return True
    large = words & _LARGE
    return bool(large) and not large <= {
        found.lstrip("0123456789., \u00a0") for found in _DIGITS_BEFORE.findall(lowered)
    }


def names_month(text: str) -> bool:
    """Whether a word of a text is the name of a month."""
    return not _MONTH_OF.keys().isdisjoint(_WORD.findall(text.lower()))


def months_of(names: set[str]) -> frozenset[int]:
    """The months that some words are names of."""
    return frozenset(_MONTH_OF[name] for name in names & _MONTH_OF.keys())


MONTH_NAME: Final = "|".join(
    sorted((name for name in _MONTH_OF if len(name) > 3 or name in ("may", "mai", "мая")), key=len, reverse=True)
)
"""A pattern of the names of months, the longest first."""


def _han_values(text: str) -> set[float]:
    values: set[float] = set()
    for found in list(_HAN.finditer(text))[:MAX_FOUND]:
        total = section = 0.0
        digit: float | None = None
        for sign in _HAN_TOKEN.findall(found.group()):
            if sign in _HAN_UNITS:
                section, digit = section + (1 if digit is None else digit) * _HAN_UNITS[sign], None
            elif sign in _HAN_MYRIADS:
                total, section, digit = total + (section + (digit or 0) or 1) * _HAN_MYRIADS[sign], 0.0, None
            else:
                digit = _han_digit(sign, digit)
            values.update((total + section + (digit or 0), section + (digit or 0)))
        if "半" in found.group():
            values.update((0.5, 30.0, total + section + (digit or 0) + 0.5))
    return values


def _han_digit(sign: str, before: float | None) -> float | None:
    if sign in _HAN_DIGITS:
        return _HAN_DIGITS[sign] + (before or 0) * 10
    return float(sign.replace(",", "")) if sign[0].isdigit() else before


def _roman(written: str) -> float:
    values = [_ROMAN_SIGNS[sign] for sign in written]
    return float(sum(-now if now < then else now for now, then in zip(values, [*values[1:], 0], strict=True)))
