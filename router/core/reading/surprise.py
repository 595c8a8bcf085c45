"""How surprised a reader was, token by token, and what part of it counts. Pure."""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

import re
from collections.abc import Sequence
from typing import Final

from router.core.checks.tongues import is_small
from router.core.reading.reading import ReadToken

LEAST_LOGPROB: Final = -100.0
"""What counts for anything less likely, and for what is no number: engines send -inf as -9999, or nothing."""

USUAL: Final = 2.0
"""Nats that mean little, whatever the word: only what is above them is weighed."""

NUMBER = NEGATION = 2.0
NAME = CODE = 1.5
PLAIN = 1.0
FILLER = 0.75
JOINT = 0.5

_LONGEST_WORD: Final = 40
_WORD = re.compile(r"\w[\w'’]*")
_DIGIT = re.compile(r"\d")
_CAMEL = re.compile(r"[a-z][A-Z]|\w_\w")
_STARTS = frozenset('.!?:;"“«([{|>#*-–—•\n。！？')
"""After these a capital letter makes no name."""

_NEGATIONS: Final = frozenset(
    """no not never none nor without cannot except unless false nicht nie niemals ohne weder kein keine keinen keiner
    keinem pas jamais sans aucun aucune nunca sin ningún ninguna jamás não nunca sem non mai senza niet geen nooit не
    нет никогда без нельзя inte aldrig nie bez değil 不 没 無 无 非 未 ない نہیں لا لم لن नहीं""".split()
)
_UNFINISHED = re.compile(r"[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\uffff]{1,40}\Z")
"""The word at the end of a text, in writing that has blanks between words."""


def judged(tokens: Sequence[ReadToken], text: str, *, is_last: bool) -> Sequence[ReadToken]:
    """The tokens that say something: where more of the answer comes, the last one and the word that it is in may be
    part of longer ones."""
    if is_last or not tokens:
        return tokens
    word = _UNFINISHED.search(text, max(0, len(text) - _LONGEST_WORD))
    until = len(tokens) - 1
    while word is not None and until and tokens[until - 1].end > word.start():
        until -= 1
    return tokens[:until]


def surprises(tokens: Sequence[ReadToken], text: str, before: str = "") -> list[float]:
    """For each token the nats by which it was less likely than what the reader would have written itself, weighed:
    finite, and at least 0. Against its entropy, the surprise it would have had at its own words, where that is known;
    else against the likeliest token. A first token that may be the end of a word in `before` counts for half."""
    values = [_nats(token) if token.rank > 1 else 0.0 for token in tokens]
    if before and tokens and tokens[0].start == 0:
        values[0] *= JOINT
    for at, nats in enumerate(values):
        if nats > USUAL:
            token = tokens[at]
            values[at] = USUAL + (nats - USUAL) * weight(text, token.start, token.end, before)
    return values


def _nats(token: ReadToken) -> float:
    logprob = token.logprob
    nats = -(logprob if logprob > LEAST_LOGPROB else LEAST_LOGPROB) - _expected(token)
    return nats if nats > 0.0 else 0.0


def _expected(token: ReadToken) -> float:
    """The surprise of what the reader would have written; its entropy, as it may be summed up from the likeliest tokens
    alone, is no less than that of the likeliest one."""
    best, entropy = token.best_logprob, token.entropy
    least = -best if LEAST_LOGPROB < best <= 0.0 else 0.0
    return entropy if entropy is not None and least < entropy < -LEAST_LOGPROB else least


def weight(text: str, start: int, end: int, before: str = "") -> float:
    """How much a surprise counts at the token from `start` to `end`: double in a number or a negation, more in a name
    or a code identifier, less in what bears no content."""
    found = _WORD.search(text, start, end)
    if found is None:
        return FILLER
    begin = found.start()
    if begin == start:
        begin = _start_of_word(text, start)
    whole = _WORD.match(text, begin, begin + _LONGEST_WORD)
    word = found.group() if whole is None else whole.group()
    if word.islower() and word.isalpha():
        return _weight_of_plain(word, text[begin + len(word) : begin + len(word) + 1])
    if _DIGIT.search(word):
        return NUMBER
    if _CAMEL.search(word):
        return CODE
    usual = _weight_of_plain(word.lower(), text[begin + len(word) : begin + len(word) + 1])
    is_name = usual == PLAIN and word[0].isupper() and _mark_before(text, begin, before) not in _STARTS
    return NAME if is_name else usual


def _start_of_word(text: str, at: int) -> int:
    least = max(0, at - _LONGEST_WORD)
    while at > least and (text[at - 1].isalnum() or text[at - 1] in "_'’"):
        at -= 1
    return at if text[at].isalnum() or text[at] == "_" else at + 1


def _weight_of_plain(word: str, follows: str) -> float:
    if word in _NEGATIONS or word.endswith(("n't", "n’t")):
        return NEGATION
    if follows == "(":
        return CODE
    return FILLER if is_small(word) else PLAIN


def _mark_before(text: str, at: int, before: str) -> str:
    """The last character before a word that is no blank; a line's end where the word starts one."""
    lead = text[max(0, at - 8) : at] if at >= 8 else before[-8:] + text[:at]
    return lead.rstrip(" \t")[-1:] or "\n"
