"""Arithmetic in words and in LaTeX, spelt in signs. Pure; time is in proportion to the text."""

import re
from typing import Final

_OPERATORS: Final = {
    "×": "times|multiplied by|mal|fois|por|per|vezes|keer|multiplicado por|multiplié par|умножить на|乘以|x",  # noqa: RUF001
    "÷": "divided by|geteilt durch|divisé par|dividido por|dividido entre|entre|diviso|gedeeld door|разделить на|除以",
    "+": "plus|más|più|mais|плюс|加",
    "-": "minus|moins|menos|meno|минус|减",
    "²": "squared",
    "³": "cubed",
    "^": "to the power of",
}
_ABOUT: Final = r"approximately equal to|approximately|about|roughly|around|approx\.?|nearly|almost"
_EQUALS: Final = (
    r"is equal to|equals?|is|makes|gives|comes to|ist gleich|ergibt|ist|sind|est égal à|égale|font|fait|est"
    r"|es igual a|es|son|"
    r"è uguale a|fa|è|é igual a|é|são|равно|等于|是"
)
_PERCENT: Final = r"(?:%|percent|Prozent|pour cent|por ciento|per cento|процентов) (?:of|von|de|des|du|di|van|от|da|do)"

_SIGN_OF: Final = {word: sign for sign, words in _OPERATORS.items() for word in words.split("|")}
_WORDS: Final = re.compile(
    rf"(?P<before>[\d)%!²³›])[ \u00a0]?(?:(?P<operator>{'|'.join(_SIGN_OF)})(?=[ \u00a0]?[\d(√.]| ?[=≈]| is )"  # noqa: RUF001
    rf"|(?P<of>{_PERCENT})(?= [\d(])"
    rf"|(?:(?:is|are|equals|=) ?)?(?P<about>{_ABOUT}|≃|≅|∼|~=)(?= ?[-−]?\d)|(?P<equals>{_EQUALS})(?= ?[-−]?\d))"  # noqa: RUF001
)
_COMPUTES: Final = re.compile(r"[+×÷*^²³√!][^\n=≈]{0,48}\Z")  # noqa: RUF001
"""What a side has that is worked out: without it, "chapter 3 is 20 pages long" would be an equation."""

_SAYS: Final = r"[=≈≃][^\w\n=]{0,8}[\d\\]|\\approx"
STATES: Final = re.compile(
    rf"{_SAYS}|[\d)%!]\S{{0,3}}[ \u00a0]?(?:\w{{1,8}} )?(?:{_EQUALS})(?: (?:{_ABOUT}))? ?[-−$€£]?\d"  # noqa: RUF001
)
"""What every statement of a result has."""

MAY_STATE: Final = re.compile(rf"{_SAYS}|[\d)%][ \u00a0]?(?:[+×÷*/^²³√!−-]|{'|'.join(_SIGN_OF)}|{_PERCENT})")  # noqa: RUF001
"""What every text has that states a result: a sign for that, or something that is worked out. Faster to look for."""

_PHRASES: Final = re.compile(
    r"\b(?:(?:the )?(?P<root>square root|Quadratwurzel|racine carrée|raíz cuadrada) (?:of|von|de) (?=\d)"
    r"|(?P<sqrt>sqrt)(?=\()"
    r"|(?P<share>half|a third|one[ -]third|a quarter|one[ -]quarter) of (?=\d)"
    r"|(?:the )?(?:(?P<sum>sum)|product) of (?P<first>\d[\d.,]{0,20}) and (?=\d))",
    re.IGNORECASE,
)
_SHARES: Final = {"half": "(1/2) × ", "third": "(1/3) × ", "quarter": "(1/4) × "}  # noqa: RUF001
_UNIT: Final = re.compile(
    r"(\d)[ \u00a0]?(?:(km/h|m/s|mph|k[mg]|[cm][mlg]|ml|kWh|[gmshLlWVANJ](?=[ \u00a0]*[-+×÷*/=≈.,;)])|°[CF]?"  # noqa: RUF001
    r"|USD|EUR|GBP|euros?|dollars?|€|£|¥|₹|元)(?![A-Za-z\d^²³])"
    r"|(?<=[ \u00a0])(?!(?:and|or|mod|div|choose|sin|cos|tan|log|if|then|to|is|in|by|the|times|plus|minus|mal"
    r"|fois|por|per|vezes|keer"
    r"|entre|diviso|moins|menos|meno|mais)\b)([a-zäöüßéèñç]{3,15})(?=[ \u00a0][-+×÷*/=≈]))"  # noqa: RUF001
)
_GOES_ON: Final = re.compile(r"([.,]\d{2,20})(?:…|\.\.\.)")
"""Decimals that are cut."""

_FRACTION: Final = re.compile(r"(?P<mixed>\d)?\\[dt]?frac\{(?P<top>[^{}\n]{1,60})\}\{(?P<bottom>[^{}\n]{1,60})\}")
_WRAPPED: Final = re.compile(r"\\(?:(?P<sqrt>sqrt)|text|mathrm|textbf|mathbf|boxed)\{(?P<inner>[^{}\n]{0,40})\}")
_POWER: Final = re.compile(r"\^\{([^{}\n]{1,12})\}")
_LATEX: Final = re.compile(r"\\(?:times|cdot|div|approx|left|right|[%$,!;()\[\]])|\{,\}")
_LATEX_SIGNS: Final = {
    "\\times": "×", "\\cdot": "×", "\\div": "÷", "\\approx": "≈", "\\left": "", "\\right": "", "\\%": "%", "\\$": "",  # noqa: RUF001
    "{,}": ",", "\\,": "", "\\!": "",
}  # fmt: skip


def spell_out(text: str) -> str:
    """A text with its arithmetic in signs, its units in ‹ ›, its currency signs gone."""  # noqa: RUF002
    if "\\" in text:
        text = _without_latex(text)
    if "…" in text or "..." in text:
        text = _GOES_ON.sub(r"\1", text)
    text = text.replace("$", " ").replace("‹", "(").replace("›", ")")  # noqa: RUF001
    if " of " in text or "sqrt(" in text or " von " in text or " de " in text:
        text = _PHRASES.sub(_phrase, text)
    text = _UNIT.sub(lambda found: f"{found[1]}‹{(found[2] or found[3]).rstrip('s')}›", text)  # noqa: RUF001
    return _WORDS.sub(_sign, text)


def _phrase(found: re.Match[str]) -> str:
    if found["share"]:
        return _SHARES[found["share"].lower().replace("-", " ").split()[-1]]
    if found["first"]:
        return f"{found['first']} {'+' if found['sum'] else '×'} "  # noqa: RUF001
    return "√"


def _sign(found: re.Match[str]) -> str:
    if found["operator"]:
        sign = f" {_SIGN_OF[found['operator']]} "
    elif found["of"]:
        sign = "% × "  # noqa: RUF001
    elif found["about"]:
        sign = " ≈ "
    else:
        start = max(0, found.start() - 48)
        sign = (
            " = "
            if _COMPUTES.search(_WORDS_OF_OPERATORS.sub("×", found.string[start : found.end("before")]))  # noqa: RUF001
            else f" {found['equals']} "
        )
    return found["before"] + sign


_WORDS_OF_OPERATORS: Final = re.compile(rf"(?<=[\d)›] )(?:{'|'.join(_SIGN_OF)}|{_PERCENT})(?= )|(?<=\d){_PERCENT}")  # noqa: RUF001


def _without_latex(text: str) -> str:
    text = _POWER.sub(
        r"^(\1)", _WRAPPED.sub(lambda found: f"√({found['inner']})" if found["sqrt"] else found["inner"], text)
    )
    text = _FRACTION.sub(_quotient, text)
    return _LATEX.sub(lambda found: _LATEX_SIGNS.get(found[0], " "), text)


def _quotient(found: re.Match[str]) -> str:
    """A fraction in brackets; a number right before it may be mixed with it or multiply it, which nobody can tell."""
    quotient = f"(({found['top']})/({found['bottom']}))"
    return f"{found['mixed']}_{quotient}" if found["mixed"] else quotient
