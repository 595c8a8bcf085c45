"""Multiple choice: whether the final option is one of those offered, and the one that the reasoning came to."""

import re
from collections.abc import Mapping
from typing import Final

from router.core.checks.check import EVERYWHERE, Check
from router.core.checks.written import Written
from router.core.verdict import evidence

READ = 6_000
"""Characters of a prompt in which options are looked for, from its end."""

_OPTION: Final = re.compile(r"^[ \t]*\(?([A-Z])[).:][ \t]+(\S[^\n]{0,300})", re.MULTILINE)
_FINAL: Final = re.compile(
    r"\b(?:final answer|correct (?:answer|option|choice)|right answer|best answer|answer|option|choice)(?: is"
    r"| would be|:)[ \t:*]{0,4}"
    r"(?:option |choice |letter )?[*\"'`]{0,2}(?:\\boxed\{"
    r"|\\text\{){0,2}\(?([A-Z])(?![A-Za-z'’])\)?\}{0,2}[*\"'`]{0,2}(?:[.:)]?[ \t]+(?P<text>[^\n]{1,200}))?",  # noqa: RUF001
    re.IGNORECASE,
)
_CONCLUDES: Final = re.compile(
    r"\b(?:so|thus|therefore|hence)[ ,]{1,2}(?:the )?(?:(?:correct |right )?(?:answer|option|choice)(?: is"
    r"|:)? )?(?:option |choice )?\(?\*{0,2}([A-Z])\*{0,2}\)? (?:is|must be) (?:the )?(?:correct|right|answer|best)"
)
_TURNS: Final = re.compile(
    r"\b(?:wait|however|actually|but|correction|re-?consider|let me|on second thought|mistake|instead"
    r"|alternatively|not)\b",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[\w.%]+")


def offers_options(written: Written) -> bool:
    """Whether a whole answer is one to a question with options."""
    return written.is_last and len(_options(written)) >= 2


def contradicts_itself(written: Written, _limit: float) -> str | None:
    """A final letter that is not offered, that stands with another option's text, or that the reasoning decided
    against without a word about it."""
    options = _options(written)
    whole = written.whole
    finals = list(_FINAL.finditer(whole))
    if not finals:
        return None
    final = finals[-1]
    letter = final[1]
    if not letter.isupper():
        return None
    if letter not in options:
        return evidence(f"{letter} is not among {''.join(options)}")
    return _told_otherwise(options, letter, final["text"] or "") or _decided_otherwise(
        options, letter, whole[: final.start()], final
    )


def _options(written: Written) -> Mapping[str, str]:
    """The options that a prompt offers, by their letters; none where those do not run from A on."""
    found = _OPTION.findall(written.brief.prompt[-READ:])
    options = dict(found)
    return (
        options
        if "".join(options) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(options)] and len(found) == len(options)
        else {}
    )


def _told_otherwise(options: Mapping[str, str], letter: str, text: str) -> str | None:
    """Where the text behind the letter is that of exactly one other option, word by word."""
    told = _folded(text)
    if not told or told.startswith(_folded(options[letter])) or _folded(options[letter]).startswith(told):
        return None
    others = [other for other, option in options.items() if _folded(option) == told]
    return evidence(f"{letter} with the text of {others[0]}: {text}") if len(others) == 1 else None


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold())).rstrip(".")


def _decided_otherwise(options: Mapping[str, str], letter: str, reasoning: str, final: re.Match[str]) -> str | None:
    decided = [(found[1], found.end()) for found in _CONCLUDES.finditer(reasoning) if found[1] in options]
    letters = {each for each, _ in decided}
    if len(letters) != 1 or letter in letters:
        return None
    after = reasoning[max(end for _, end in decided) :]
    return None if _TURNS.search(after) else evidence(f"{letter} after {letters.pop()}: {final.group()}")


ROWS: Final = (
    Check(
        "option", "a final option other than the one reasoned for", 15.0, offers_options, contradicts_itself, EVERYWHERE
    ),
)
