"""Whether JSON, YAML and SQL in fences parse. What is left out, and what is to be filled in, may stand for anything."""

import json
import logging
import re
from collections.abc import Callable
from typing import Final

import msgspec

from router.core.checks.check import EVERYWHERE, Check
from router.core.checks.passages import find_code, has_code, has_fence
from router.core.checks.written import Written
from router.core.verdict import evidence

MAX_CHARS = 16_000
"""Longer YAML and SQL is not parsed."""

MAX_DEPTH = 16
"""Brackets within brackets of SQL: parsing takes time that grows with them."""

_JSON: Final = frozenset({"json"})
_YAML: Final = frozenset({"yaml", "yml"})
_SQL: Final = frozenset(
    {"sql", "mysql", "postgresql", "postgres", "sqlite", "plpgsql", "tsql", "bigquery", "snowflake"}
)

_LEFT_OUT: Final = re.compile(r"\.\.\.|…|<[A-Za-z][\w .-]*>|^\s*(?:[-+] |//|#)|\{\{|\{%|\$\{|/\*", re.MULTILINE)
_STRING: Final = re.compile(r'"(?:[^"\\\n]|\\.)*+"')
_ESCAPE: Final = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|(?P<wrong>.?))', re.DOTALL)
_TRAILING_COMMA: Final = re.compile(r",(\s{0,200}[}\]])")
_MEMBER: Final = re.compile(r'\s*"(?:[^"\\\n]|\\.)*+"\s*:')


def load_parsers() -> None:
    """Loads what parses SQL, in all its dialects, and YAML. Without this, the first block that needs them waits for a
    tenth of a second or more."""
    import yaml  # noqa: F401

    parse = _sql_parser()
    for dialect in _DIALECTS:
        parse("select 1", dialect)


def json_is_broken(written: Written, _limit: float) -> str | None:
    """A JSON fence that is none. What readers forgive is forgiven: comments, raw line breaks and backslashes within
    strings, commas behind the last member, single quotes throughout, members without braces, several documents."""
    for code in find_code(written, _JSON):
        if code.is_whole and (said := _json_fault(code.text)) is not None:
            return evidence(said)
    return None


def yaml_is_broken(written: Written, _limit: float) -> str | None:
    """A YAML fence that does not parse."""
    for code in find_code(written, _YAML):
        if code.is_whole and len(code.text) <= MAX_CHARS and (said := _yaml_fault(code.text)) is not None:
            return evidence(said)
    return None


def sql_is_broken(written: Written, _limit: float) -> str | None:
    """An SQL fence that parses in none of the usual dialects."""
    for code in find_code(written, _SQL):
        if code.is_whole and (said := sql_fault(code.text)) is not None:
            return evidence(said)
    return None


_TEMPLATE: Final = re.compile(r"\{\{[^{}\n]{0,200}\}\}|<[A-Za-z][\w .-]{0,60}>")
"""What is to be filled in."""


def _json_fault(text: str) -> str | None:
    try:
        msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return _lenient_json_fault(text)
    return None


def _lenient_json_fault(text: str) -> str | None:
    if not text.strip() or _LEFT_OUT.search(_STRING.sub('""', text)):
        return None
    body = _TRAILING_COMMA.sub(r"\1", _ESCAPE.sub(_doubled, text).strip())
    if '"' not in body:
        return None
    if _MEMBER.match(body):
        body = f"{{{body.rstrip(',')}}}"
    decoder, at = json.JSONDecoder(strict=False), 0
    try:
        while at < len(body):
            _, end = decoder.raw_decode(body, at)
            at = end + len(body[end:]) - len(body[end:].lstrip(" \t\r\n")) if end < len(body) else end
    except ValueError as error:
        return f"{error}: {body[getattr(error, 'pos', 0) :][:40]}"
    except RecursionError:
        return "nested too deeply"
    return None


def _doubled(found: re.Match[str]) -> str:
    return found[0] if found["wrong"] is None else f"\\\\{found['wrong']}"


def _yaml_fault(text: str) -> str | None:
    import yaml

    plain = _TEMPLATE.sub("x", text)
    if _depth(plain, "[{") > MAX_DEPTH or "{{" in plain or "{%" in plain or "..." in plain or "…" in plain:
        return None
    try:
        for _ in yaml.parse(plain, Loader=yaml.CLoader):
            pass
    except yaml.YAMLError as error:
        return str(error)
    except (RecursionError, ValueError):
        return None
    return None


_STATEMENT: Final = re.compile(
    r"(?:\s|--[^\n]*\n|/\*(?:[^*]|\*(?!/))*+\*/)*+(select|with|insert|update|delete|create table|create view"
    r"|create index|create unique)\b",
    re.IGNORECASE,
)
_DIALECTS: Final = ("", "postgres", "mysql", "tsql", "sqlite", "bigquery", "snowflake", "oracle")
_FILLED_IN: Final = re.compile(
    r"%\(\w+\)s|%s|\$\{[^}\n]*\}|\{\{[^}\n]*\}\}|\{\w*\}|\[(?:your|the)[^\]\n]*\]|<[A-Za-z][\w .-]*>"
    r"|(?<![:\w]):\w+|\$\d+|@\w+|\?",
    re.IGNORECASE,
)
_UNSURE: Final = re.compile(
    r"\bdelimiter\b|\bbegin\b|\bdeclare\b|^[ \t]*\\|^[ \t]*(?:go|use|call|exec)\b|^[ \t]*set [^\n=]*+(?:$|to\b)",
    re.IGNORECASE | re.MULTILINE,
)
_ELIDED: Final = re.compile(r"\.\.\.|…|\$\$|^[ \t]*(?:[.$>|+]|\w*[=#]>)", re.MULTILINE)
"""What tells of something left out, of a session or of another language within."""


def sql_fault(text: str) -> str | None:
    """Why no usual dialect of SQL takes a text; None where one does, or where it cannot be told."""
    if len(text) > MAX_CHARS or not _SQL_WORD.match(text) or _ELIDED.search(text):
        return None
    if (said := _sql_imbalance(text)) is not None:
        return said
    if not _STATEMENT.match(text) or _UNSURE.search(text) or _depth(text, "(") > MAX_DEPTH:
        return None
    plain, parse = _FILLED_IN.sub("placeholder", text), _sql_parser()
    first = parse(plain, "")
    if first is None or any(parse(plain, dialect) is None for dialect in _DIALECTS[1:]):
        return None
    return first


def _sql_imbalance(text: str) -> str | None:
    depth = 0
    for found in _SQL_MARK.finditer(text):
        if found.lastgroup == "stray":
            return f"a string that does not end: {text[found.start() : found.start() + 40]}"
        if found.lastgroup == "mark":
            depth += 1 if found["mark"] == "(" else -1
            if depth < 0:
                return f") closes nothing: {text[max(0, found.start() - 40) : found.end()]}"
    return "( never closes" if depth else None


_SQL_WORD: Final = re.compile(
    r"\s*(?:--|/\*|(?:select|with|insert|update|delete|create|alter|drop|grant|explain)\b)", re.IGNORECASE
)
_SQL_MARK: Final = re.compile(
    r"--[^\n]*|/\*(?:[\s\S]*?\*/|[\s\S]*)|'(?:[^'\\]|\\.|'')*+'|\"[^\"\n]*\"|`[^`\n]*`|(?P<mark>[()])|(?P<stray>['\"])"
)


def _sql_parser() -> Callable[[str, str], str | None]:
    """What parses SQL: loaded when first needed, unless `load_parsers` did."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it would log statements that it does not know

    def parse(text: str, dialect: str) -> str | None:
        try:
            sqlglot.parse(text, read=dialect)
        except SqlglotError as error:
            return str(error).split("\n", 1)[0]
        except RecursionError:
            return None
        return None

    return parse


def _depth(text: str, opening: str) -> int:
    """How deep brackets are nested that open with one of some marks."""
    depth = deepest = 0
    for found in _BRACKET.finditer(text):
        if found.group() in opening:
            depth += 1
            deepest = max(deepest, depth)
        elif _PARTNERS.get(found.group(), "-") in opening:
            depth -= 1
    return deepest


_BRACKET: Final = re.compile(r"[()\[\]{}]")
_PARTNERS: Final = {")": "(", "]": "[", "}": "{"}

ROWS: Final = (
    Check("json_code", "a JSON fence that is not JSON", 5.0, has_code, json_is_broken, EVERYWHERE),
    Check("yaml", "a YAML fence that does not parse", 60.0, has_fence, yaml_is_broken, EVERYWHERE),
    Check("sql", "SQL that parses in no usual dialect", 300.0, has_code, sql_is_broken, EVERYWHERE),
)
