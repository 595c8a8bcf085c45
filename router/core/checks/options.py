"""Multiple choice: whether the final option is one of those offered, and the one that the reasoning came to."""
# ruff: noqa: RUF001 - typographic quotes and fullwidth marks are what answers hold

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from router.core.checks.check import EVERYWHERE, Check
from router.core.checks.offered import READ
from router.core.checks.written import Written
from router.core.verdict import evidence

NEAR = 320
"""Characters before a final option in which the reasoning comes to its end."""

_MAY_OFFER: Final = re.compile(r"(?<!\w)(?:[Bb2][).:]|B) ?\S")
_NUMBERED: Final = re.compile(r"(?<![\w.])\(?1[).] [^\n]{1,80}?[\s(]2[).] [^\n]{1,80}?[\s(]3[).] ")

_ANSWER: Final = (
    r"(?:\b(?:answer|option|choice|antwort|réponse|respuesta|resposta|risposta|antwoord|odpowiedź|cevap|svar)"
    r"|(?<!\w)ответ|答案|正解|答え|정답|الإجابة|उत्तर|คำตอบ)"
)
_IS: Final = r"(?: is| would be| should be| ist| est| es| è| é|是|は)?[ \t]?[:：]?[ \t*]{0,6}"
_LETTER: Final = (
    r"(?:option |choice |letter )?[*_\"'`“‘]{0,3}(?:\\boxed\{|\\text\{){0,2}\(?(?P<letter>[A-Za-z])(?![\w'’])\)?\}{0,2}"
)
_FINAL: Final = re.compile(
    rf"{_ANSWER}(?![a-z]){_IS}{_LETTER}(?P<tail>[*_\"'`”’]{{0,3}}(?:[.:)。]?[ \t]+(?P<text>[^\n]{{1,200}}))?)",
    re.IGNORECASE,
)
_LETTERS_MEANT: Final = re.compile(
    r"\b(?:letters?|grades?|variables?|vitamins?|notes?|types?)\b|\b(?-i:[B-H])\b", re.IGNORECASE
)
_ALONE: Final = re.compile(r"[\s*_(\"'`\[$]*+(?:\\boxed\{|\\text\{){0,2}(?P<letter>[A-Za-z])[\s*_).:\"'`\]}$。]*+")
_FIRST: Final = re.compile(r"\s*+\*{0,2}\(?(?P<letter>[A-Z])[).:](?P<tail>\*{0,2}[ \t]+(?P<text>[^\n]{1,200}))")
_FORMULA: Final = re.compile(r"[*_ \t]{0,3}[=/^+<>≈×]|[ \t]-[ \t]?\d")
_ANOTHER: Final = re.compile(r"[)*]{0,3}[ \t]?(?:,|/|&|and|or)[ \t]?(?:and )?[(*]{0,3}[A-Z](?!\w)")
_ARTICLE: Final = re.compile(r"[ \t]+[a-z]")
_CONCLUDES: Final = re.compile(
    r"\b(?i:so|thus|therefore|hence|that|this|which|it)\b[^.\n]{0,60}?"
    r"\b(?:is|must be|matches|corresponds to|points to|leaves|means) (?:the )?(?:correct |right )?"
    r"(?:answer|option|choice)?(?: is)? ?\(?\*{0,2}(?P<letter>[A-Z])\*{0,2}\)?(?=[.,;:)*\n]|$| is)"
    r"|\b(?i:so|thus|therefore|hence)[ ,]{1,2}(?:option |choice )?\(?\*{0,2}(?P<other>[A-Z])\*{0,2}\)?"
    r" (?:is|must be) (?:the )?(?:correct|right|answer|best)"
)
_TURNS: Final = re.compile(
    r"\b(?:wait|however|actually|but|correction|re-?consider|let me|on second thought|mistake|instead|although|while"
    r"|though|alternatively|not|n't|cannot|unlike|rather|incorrect|wrong|false|neither|nor|none|except|least|without"
    r"|eliminat\w+|rule[sd]? out|exclud\w+|closest|approximately|nearest|nicht|pas|no|не|不)\b|n['’]t\b|≈|不",
    re.IGNORECASE,
)
_ASKS_OTHERWISE: Final = re.compile(
    r"\b(?:not|except|least|false|incorrect|never|cannot|wrong|untrue|exclud\w+|unlike\w*)\b|n['’]t\b|_{2,}",
    re.IGNORECASE,
)
"""Questions for what does not hold, and sentences to fill in."""

_OF_OTHERS: Final = re.compile(r"\b(?:none|all|both|neither|above|either|any|other|cannot|some|only)\b")
"""Options that are about other options."""

_SENTENCES: Final = re.compile(r"(?<=[.!?])\s+|\n+|。")
MIN_SENTENCE = 4
"""Characters up to which what stands between two full stops is a mark of a list."""

_WORD: Final = re.compile(r"[\w%$€£°]+(?:[.,:/^-]\w+)*")


class _Option(Struct, frozen=True, gc=False):
    """A final option: its letter, the text behind it, and where it stands."""

    letter: str
    text: str
    start: int


def may_offer_options(written: Written) -> bool:
    """Whether a whole answer may be one to a question with options."""
    return written.is_last and not written.was_cut and _MAY_OFFER.search(written.brief.prompt[-READ:]) is not None


def contradicts_itself(written: Written, _limit: float) -> str | None:
    """A final letter that is not offered, that stands with another option's text, or that the reasoning decided
    against without a word about it."""
    options = written.brief.options
    whole = written.whole[-READ:]
    if not options:
        return _letter_for_number(written.brief.prompt[-READ:], whole)
    final = _final(whole, options)
    if final is None:
        return None
    if final.letter not in options:
        return evidence(f"{final.letter} is not among {''.join(options)}")
    reasoning = whole[: final.start] if whole[: final.start].strip() else written.reasoning[-READ:]
    return (
        _told_otherwise(options, final.letter, final.text)
        or _decided_otherwise(options, final.letter, reasoning)
        or _came_to_another(written.brief.prompt[-READ:], options, final.letter, reasoning)
    )


def _letter_for_number(prompt: str, whole: str) -> str | None:
    """A bare letter where the options have numbers and no letters."""
    alone = _ALONE.fullmatch(whole)
    if alone is None or _NUMBERED.search(prompt) is None or _LETTERS_MEANT.search(prompt):
        return None
    return evidence(f"{alone['letter']} for a number")


def _final(whole: str, options: Mapping[str, str]) -> _Option | None:
    """The option that an answer names last, in the case of those that are offered."""
    are_small = next(iter(options)).islower()
    alone = _ALONE.fullmatch(whole) or _last_line(whole)
    if alone is not None:
        return _Option(alone["letter"].lower() if are_small else alone["letter"].upper(), "", alone.start())
    named = [found for found in _FINAL.finditer(whole) if _is_named(found)]
    if named:
        last = named[-1]["letter"]
        if last.islower() and not are_small:
            return None
        return _Option(last.lower() if are_small else last, named[-1]["text"] or "", named[-1].start())
    first = _FIRST.match(whole)
    return _Option(first["letter"], first["text"], 0) if first and first["letter"] in options else None


def _last_line(whole: str) -> re.Match[str] | None:
    text = whole.rstrip()
    return _ALONE.fullmatch(text, text.rfind("\n") + 1) if "\n" in text and len(text) - text.rfind("\n") < 16 else None


def _is_named(found: re.Match[str]) -> bool:
    """Whether a letter behind "answer" is that of one option: not a variable, an article, a pronoun or one of many."""
    behind = found.string[found.end("letter") : found.end("letter") + 12]
    if _FORMULA.match(behind) or _ANOTHER.match(behind):
        return False
    return found["letter"] not in "AIaiyeoYEO" if _ARTICLE.match(behind) else True


def _told_otherwise(options: Mapping[str, str], letter: str, text: str) -> str | None:
    """Where the text behind the letter is that of exactly one other option, word by word."""
    told = _folded(text)
    ours = _folded(options[letter])
    if not told or told.startswith(ours) or ours.startswith(told):
        return None
    others = [other for other, option in options.items() if _folded(option) == told]
    return evidence(f"{letter} with the text of {others[0]}: {text}") if len(others) == 1 else None


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _decided_otherwise(options: Mapping[str, str], letter: str, reasoning: str) -> str | None:
    decided = [(found["letter"] or found["other"], found) for found in _CONCLUDES.finditer(reasoning)]
    decided = [(each, found) for each, found in decided if each in options and not _TURNS.search(found.group())]
    letters = {each for each, _ in decided}
    if len(letters) != 1 or letter in letters:
        return None
    after = reasoning[decided[-1][1].end() :]
    return None if _TURNS.search(after) else evidence(f"{letter} after {decided[-1][1].group()}")


def _came_to_another(question: str, options: Mapping[str, str], letter: str, reasoning: str) -> str | None:
    """Where the last sentence before the final letter comes to the text of exactly one option, which is another one's.
    Questions for what does not hold name the others on the way; so do options about other options."""
    folded = {each: _folded(option) for each, option in options.items()}
    sentence = _last_sentence(reasoning)
    said = f" {_folded(sentence)} "
    named = [each for each, option in folded.items() if option and _says(said, option)]
    if len(named) != 1 or named[0] == letter or _TURNS.search(sentence) or _ASKS_OTHERWISE.search(question):
        return None
    if len(set(folded.values())) < len(folded) or _OF_OTHERS.search(folded[letter]):
        return None
    return (
        evidence(f"{letter} after: {sentence.strip()}") if _is_reached(said, folded[named[0]], folded[letter]) else None
    )


def _says(said: str, option: str) -> bool:
    """Whether a sentence has all words of an option; in their order, if they are but one or numbers."""
    if f" {option} " in said:
        return True
    words = option.split()
    return len(words) > 1 and not any(map(str.isdigit, option)) and all(f" {word} " in said for word in words)


def _is_reached(said: str, option: str, final: str) -> bool:
    """Whether a sentence comes to an option: to a number at its end, to a text that the final one has little of."""
    if any(map(str.isdigit, option)):
        return said.endswith(f" {option} ") and any(map(str.isdigit, final))
    shared = {word for word in final.split() if f" {word} " in said} - set(option.split())
    return len(shared) * 3 <= len(final.split())


def _last_sentence(reasoning: str) -> str:
    parts = [part for part in _SENTENCES.split(reasoning[-NEAR:]) if len(part.strip()) > MIN_SENTENCE]
    return parts[-1] if parts else ""


ROWS: Final = (
    Check(
        "option",
        "a final option other than the one reasoned for",
        15.0,
        may_offer_options,
        contradicts_itself,
        EVERYWHERE,
    ),
)
