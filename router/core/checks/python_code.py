"""Whether Python code parses, as whole or as the beginning of something. Bounded in size and nesting."""

import re
import textwrap
import warnings
from typing import Final

from router.core.checks.check import EVERYWHERE, Check
from router.core.checks.passages import find_code, has_code
from router.core.checks.written import Written
from router.core.verdict import evidence

FEW_LINES = 4
"""Lines of a remark in a fence, which may say what equals what."""

LANGUAGES: Final = frozenset({"python", "py", "python3", "py3"})
MAX_CHARS = 40_000
"""Longer code is not parsed."""

_NOT_MEANT: Final = re.compile(
    r"[ \t]*(?:>>> |\.\.\. |In \[\d|Out\[|[$%!+-] ?\w|@@ |\{[%#]|<<<<<<<|Output:|Traceback |(?:pip3?|uv"
    r"|python3?|conda|poetry|npm) \w"
    r"|print [^(=\s]|exec [^(=\s]|except [\w.]+, \w+:|raise \w+, |\w+\.\.\.)|.*(?:…|\?\?|<[a-z][a-z_ -]*>"
    r"|\.\.\.[^\s,)\]:#])"
)
"""Lines of sessions of an interpreter, diffs, templates, commands and Python 2, and lines with something to fill in."""

_IS_CODE: Final = re.compile(r"[=(:\[{'\"]|\b(?:import|return|print|def|class)\b")
"""What even a few lines of code have, and what they print may lack."""

_MAGIC: Final = re.compile(r"^([ \t]*)[%!][^\n]*", re.MULTILINE)
_NEWER: Final = re.compile(
    r"^([ \t]*(?:async )?(?:def|class) \w+)\[[^\]\n]*\]|^([ \t]*)type (?=\w+(?:\[[^\]\n]*\])? = )", re.MULTILINE
)
"""Type parameters, which are younger than the Python that may run this."""

_CONTINUES: Final = re.compile(r"\s*(?:elif|else|except|finally|case)\b")
_ELLIPSIS: Final = re.compile(r"(?<!\.)\.\.\.(?!\.)")
_OPEN_END: Final = ("was never closed", "unterminated triple-quoted", "unexpected EOF", "expected an indented block")
_TEMPLATES: Final = "expected an indented block"


def python_is_broken(written: Written, _limit: float) -> str | None:
    """Python that does not parse, and is no sketch, session or part of something."""
    for code in find_code(written, LANGUAGES):
        said = fault_of(code.text) if code.is_whole else fault_of_beginning(code.text)
        if said is not None:
            return evidence(said)
    return None


def fault_of(code: str) -> str | None:
    """Why Python code does not parse; None where it does, or where it was not meant to."""
    if len(code) > MAX_CHARS or _NOT_MEANT.match(code.lstrip("\n")) or not _IS_CODE.search(code):
        return None
    error = _parse(code)
    if error is not None:
        error = _parse(_plainer(code))
    return None if error is None or _is_excused(error, code) else _told(error)


def fault_of_beginning(code: str) -> str | None:
    """The same for code of which the end is missing: its last statement does not count."""
    lines = code.split("\n")[:-1]
    while lines and (not lines[-1] or lines[-1][0] in " \t)]}#"):
        lines.pop()
    said = fault_of("\n".join(lines[:-1]))
    return None if said is None or any(each in said for each in _OPEN_END) else said


def _parse(code: str) -> SyntaxError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "answer", "exec", flags=_ONLY_AST, dont_inherit=True)
    except SyntaxError as error:
        return error
    except (ValueError, MemoryError, RecursionError):
        return None
    return None


_ONLY_AST: Final = 0x400
"""`ast.PyCF_ONLY_AST`."""


def _plainer(code: str) -> str:
    """Code as an older Python without a notebook would read it, from where it starts."""
    plain = _NEWER.sub(r"\1\2", _MAGIC.sub(r"\1pass", textwrap.dedent(code.expandtabs(4))))
    if plain.lstrip("\n")[:1] == " ":
        return f"if 1:\n{plain}"  # lines of a text in it stand further left
    if _CONTINUES.match(plain):
        plain = _opening(plain)
    return plain


def _opening(code: str) -> str:
    """A head for code that goes on with a statement that was begun elsewhere."""
    word = code.split(None, 1)[0].rstrip(":")
    heads = {"elif": "if 1:\n  pass\n", "else": "if 1:\n  pass\n", "case": "match 1:\n"}
    body = code.lstrip("\n")
    if word == "case":
        return heads[word] + textwrap.indent(body, "  ")
    return heads.get(word, "try:\n  pass\n") + body


def _is_excused(error: SyntaxError, code: str) -> bool:
    """Whether the error is one of something left out, or of a younger Python."""
    said, lines = error.msg, code.split("\n")
    line = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
    if _NOT_MEANT.match(line):
        return True
    if _TEMPLATES in said:
        before = max(0, (error.lineno or 1) - 4)
        behind = "".join(lines[error.lineno or 0 :]).strip()
        return not behind or not line.strip() or any(each.lstrip().startswith("#") for each in lines[before:][:3])
    if said.startswith("f-string"):
        return line.count("{") == line.count("}")
    return bool(_ELLIPSIS.search(line)) or (said.startswith("cannot assign to") and len(lines) <= FEW_LINES)


def _told(error: SyntaxError) -> str:
    return f"line {error.lineno}: {error.msg}: {(error.text or '').strip()}"


ROWS: Final = (Check("python", "Python that does not parse", 90.0, has_code, python_is_broken, EVERYWHERE),)
