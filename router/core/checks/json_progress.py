"""Whether a text that is still being written can become valid JSON: a pushdown automaton over tokens, fed in pieces.

Time is in proportion to each piece; what is kept between pieces is the open brackets, what may come next, and the token
that a piece broke off in. Follows RFC 8259.
"""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

MAX_DEPTH = 256
"""Brackets within brackets: no answer needs more, and parsers give up somewhere above."""

MAX_PARTIAL = 64
"""Characters of a number or a word that may be broken off: longer ones are in no JSON that was asked for."""


class JsonProgress(Struct, frozen=True, gc=False):
    """What came so far. `open`: the brackets that are, outermost first. `expects`: what may come next, a key of
    `_NEXT`. `partial`: the token that broke off; that of a string is its quote and what may be half an escape.
    `fault`: why this can no longer become JSON, "" while it can."""

    open: str = ""
    expects: str = "value"
    partial: str = ""
    fault: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether a value is complete, whatever followed it."""
        return self.expects == "comma" and not self.open

    def after(self, text: str) -> "JsonProgress":
        """The state once `text` has come, too."""
        return self if self.fault else _advance(self, self.partial + text)


_BODY = r'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+'
_STRING = f'"{_BODY}"'
_SCALAR = r"(?:true|false|null|-?(?:0|[1-9][0-9]{0,63})(?:\.[0-9]{1,63})?(?:[eE][+-]?[0-9]{1,5})?)(?=[ \t\r\n,\]}])"
_BLANK = r"[ \t\r\n]*+"
_TOKEN = re.compile(
    rf"{_BLANK}(?:(?P<string>{_STRING})|(?P<mark>[\[\]{{}}:,])|(?P<scalar>{_SCALAR})"
    rf'|(?P<half>"{_BODY}(?:\\(?:u[0-9a-fA-F]{{0,3}})?)?\Z|[-+.0-9A-Za-z]{{1,64}}\Z)|(?P<end>\Z))'
)
_MORE: Final = {
    "{": re.compile(rf"(?:{_BLANK},{_BLANK}{_STRING}{_BLANK}:{_BLANK}(?:{_STRING}|{_SCALAR}))*+"),
    "[": re.compile(rf"(?:{_BLANK},{_BLANK}(?:{_STRING}|{_SCALAR}))*+"),
}
"""Further members of an object and elements of an array that are neither: most of JSON, in one match."""

_HALF_SCALAR = re.compile(
    r"t(?:r(?:ue?)?)?|f(?:a(?:l(?:se?)?)?)?|n(?:u(?:ll?)?)?"
    r"|-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:(?<=[0-9])[eE][+-]?[0-9]*)?)?"
)
_HALF_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")

_NEXT: Final[Mapping[tuple[str, str], str]] = {
    ("value", "s"): "comma",
    ("first", "s"): "comma",
    ("key", '"'): "colon",
    ("first_key", '"'): "colon",
    ("colon", ":"): "value",
}
"""What may come after a token that neither opens, closes nor separates. `first` and `first_key` are those right behind
a bracket, where it may close again."""

_CLOSES: Final[Mapping[str, str]] = {"]": "[", "}": "{"}
_MAY_CLOSE: Final = {"]": ("comma", "first"), "}": ("comma", "first_key")}


class _Broken(Exception):
    """This can no longer become JSON. Never leaves this module."""


def _advance(state: JsonProgress, text: str) -> JsonProgress:
    stack, expects, at = list(state.open), state.expects, 0
    try:
        while at < len(text):
            if expects == "comma" and stack:
                at = _end_of(_MORE[stack[-1]].match(text, at), at)
            found = _TOKEN.match(text, at)
            if found is None:
                raise _Broken(f"unexpected {text[at : at + 24]!r}")
            kind = str(found.lastgroup)
            if kind == "end":
                break
            if kind == "half":
                return JsonProgress("".join(stack), expects, _shortened(found["half"], expects))
            expects = _step(stack, expects, kind, found[kind])
            at = found.end()
    except _Broken as broken:
        return JsonProgress("".join(stack), expects, fault=str(broken))
    return JsonProgress("".join(stack), expects)


def _end_of(found: re.Match[str] | None, start: int) -> int:
    return found.end() if found else start


def _step(stack: list[str], expects: str, kind: str, written: str) -> str:
    """What may come after a token; keeps `stack`."""
    if kind != "mark":
        following = _NEXT.get((expects, '"' if kind == "string" and "key" in expects else "s"))
    elif written in "[{":
        following = _open(stack, expects, written)
    elif written in "]}":
        following = _close(stack, expects, written)
    elif written == ",":
        following = ("key" if stack[-1] == "{" else "value") if expects == "comma" and stack else None
    else:
        following = _NEXT.get((expects, written))
    if following is None:
        raise _Broken(f"unexpected {written[:24]!r}")
    return following


def _open(stack: list[str], expects: str, mark: str) -> str | None:
    if expects not in ("value", "first") or len(stack) >= MAX_DEPTH:
        return None
    stack.append(mark)
    return "first" if mark == "[" else "first_key"


def _close(stack: list[str], expects: str, mark: str) -> str | None:
    if expects not in _MAY_CLOSE[mark] or not stack or stack.pop() != _CLOSES[mark]:
        return None
    return "comma"


def _shortened(half: str, expects: str) -> str:
    """As much of a token that broke off as is needed to go on with it."""
    if half[0] != '"':
        if len(half) > MAX_PARTIAL or "key" in expects or not _HALF_SCALAR.fullmatch(half):
            raise _Broken(f"unexpected {half[:24]!r}")
        return half
    if expects in ("comma", "colon"):
        raise _Broken(f"unexpected {half[:24]!r}")
    escape = _HALF_ESCAPE.search(half[-6:]) if "\\" in half[-6:] else None
    return '"' + escape.group() if escape and _is_begun(half, len(escape.group())) else '"'


def _is_begun(half: str, length: int) -> bool:
    """Whether the backslash `length` from the end begins an escape, and does not end one."""
    body = half[:-length]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 0
