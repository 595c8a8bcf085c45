"""Brackets and quotes of code in languages like C, Ruby, Lua, Lisp and TeX, told from those in strings and comments.

Pure; time is in proportion to the code.
"""

import re
from typing import Final

from msgspec import Struct

SLASHES: Final = frozenset(
    "js javascript jsx ts typescript tsx java c cpp c++ cc h hpp cs csharp c# go golang rust rs swift kotlin kt scala "
    "dart php groovy scss less json5 solidity sol glsl proto protobuf objc zig".split()
)
"""Languages with comments behind slashes."""

HASHES: Final = frozenset("r ruby rb elixir julia jl terraform hcl tf nim toml nginx dockerfile docker".split())
"""Languages with comments behind a hash."""

STYLES: Final = frozenset({"css"})
DASHES: Final = frozenset("lua haskell hs elm".split())
"""Languages with comments behind two dashes."""

SEMICOLONS: Final = frozenset("clojure clj cljs lisp elisp scheme racket commonlisp".split())
"""Languages with comments behind a semicolon."""

BRACES: Final = frozenset("latex tex".split())
"""Languages in which only braces must match."""
CLOSED_STRINGS: Final = frozenset(
    "js javascript ts typescript java c cpp c++ cc h hpp go golang json5 dart csharp cs c# kotlin kt scala swift lua "
    "haskell hs elm toml rust rs ruby rb r clojure clj cljs elisp julia jl".split()
)
"""Languages in which every double quote outside of comments belongs to a string."""

MAX_CHARS = 40_000
"""Longer code is not read."""

FAMILY: Final = SLASHES | HASHES | STYLES | DASHES | SEMICOLONS | BRACES

_COMMENT: Final = r"/\*(?:[\s\S]*?\*/|[\s\S]*)"
_DOUBLE: Final = r'"""(?:[\s\S]*?"""|[\s\S]*)|"(?:[^"\\\n]|\\[\s\S]){0,2000}+"'
_LINES: Final = r'"""(?:[\s\S]*?"""|[\s\S]*)|"(?:[^"\\]|\\[\s\S]){0,4000}+"'
"""A string that may go on in the next line."""

_SINGLE: Final = r"'(?:[^'\\\n]|\\.){0,120}+'|`(?:[^`\\]|\\[\s\S]){0,4000}+`"
_CHARACTER: Final = r"'(?:[^'\\\n]|\\[^'\n]{0,10}'?)'"
_PATTERN: Final = (
    r"(?<=[=(,:\[!&|?{};\n])[ \t]{0,40}+/(?![*/ ])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.){0,40}+\]){1,80}+/[a-z]{0,8}"
)
_MARK: Final = r"(?P<mark>[()\[\]{}])|(?P<stray>\")"
_SLASH: Final = re.compile(rf"//[^\n]*|{_COMMENT}|{_DOUBLE}|{_SINGLE}|{_PATTERN}|{_MARK}")
_RUST: Final = re.compile(rf"//[^\n]*|{_COMMENT}|r(#+)\"[\s\S]*?\"\1|{_LINES}|{_CHARACTER}|{_MARK}")
_CSHARP: Final = re.compile(
    rf"//[^\n]*|#[^\n]*|{_COMMENT}|\$?@\$?\"(?:[^\"]|\"\"){{0,4000}}+\"|{_DOUBLE}|{_CHARACTER}|{_MARK}"
)
_HASH: Final = re.compile(rf"#(?!\{{)[^\n]*|{_LINES}|{_SINGLE}|\?\"|{_MARK}")
_STYLE: Final = re.compile(rf"{_COMMENT}|\"[^\"\n]*\"|'[^'\n]*'|url\([^)\n]*\)|{_MARK}")
_DASH: Final = re.compile(
    rf"--\[\[(?:[\s\S]*?\]\]|[\s\S]*)|--[^\n]*|\{{-(?:[\s\S]*?-\}}|[\s\S]*)|{_DOUBLE}|{_CHARACTER}|{_MARK}"
)
_LUA: Final = re.compile(
    rf"--\[\[(?:[\s\S]*?\]\]|[\s\S]*)|--[^\n]*|\[\[(?:[\s\S]*?\]\]|[\s\S]*)|{_DOUBLE}|{_SINGLE}|{_MARK}"
)
_SEMICOLON: Final = re.compile(rf";[^\n]*|#?\\(?:\w+|.)|{_LINES}|{_MARK}")
_BRACE: Final = re.compile(r"\\.|%[^\n]*|(?P<mark>[{}])")
_PATTERNS: Final = (
    dict.fromkeys(HASHES, _HASH)
    | dict.fromkeys(DASHES, _DASH)
    | dict.fromkeys(SEMICOLONS, _SEMICOLON)
    | dict.fromkeys(BRACES, _BRACE)
    | {"css": _STYLE, "rust": _RUST, "rs": _RUST, "lua": _LUA}
    | dict.fromkeys(("csharp", "cs", "c#"), _CSHARP)
)
_PARTNERS: Final = {")": "(", "]": "[", "}": "{"}


class Balance(Struct, frozen=True, gc=False):
    """How the brackets of a piece of code match. `fault`: what closes the wrong thing, or a string that does not end;
    "" where there is none. `open`: what is still open at the end, outermost first."""

    fault: str = ""
    open: str = ""


def balance_of(code: str, language: str) -> Balance:
    """How the brackets match in code of a language of `FAMILY`."""
    if len(code) > MAX_CHARS:
        return Balance()
    stack: list[str] = []
    pattern = _PATTERNS.get(language, _SLASH)
    for found in pattern.finditer(code):
        kind = found.lastgroup
        if kind == "stray" and language in CLOSED_STRINGS:
            return Balance(f"a string that does not end: {_line_at(code, found.start())}")
        if kind != "mark":
            continue
        mark = found["mark"]
        if mark in "([{":
            stack.append(mark)
        elif not stack or stack.pop() != _PARTNERS[mark]:
            return Balance(f"{mark} closes nothing: {_line_at(code, found.start())}")
    return Balance(open="".join(stack))


def _line_at(code: str, at: int) -> str:
    end = code.find("\n", at, at + 60)
    start = max(code.rfind("\n", max(0, at - 60), at) + 1, at - 60, 0)
    return code[start : end if end >= 0 else at + 60].strip()
