"""Conditions of policies, in CEL: checked against the table of facts, compiled, and grouped so that a whole policy
costs one call. CEL lives in this module only.

Every name a condition may use is declared to CEL with its type (`core.facts`), so a policy is wrong when it is loaded
or not at all: misspelt names, wrong types and unknown functions are refused with line and column.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cel_expr_python import cel
from msgspec import Struct

from router.config.validation import suggestion
from router.config.yaml_file import YamlFile
from router.core.errors import FileError
from router.core.facts import FACTS, Fact
from router.core.policy import ConditionFailed

MAX_CONDITION_CHARS = 4096

Holds = Callable[[Mapping[str, Any]], bool]
First = Callable[[Mapping[str, Any]], int | None]

FUNCTIONS = ("contains", "endsWith", "matches", "size", "startsWith", "double", "int", "string")
"""The functions of CEL that are of use in a condition; only to suggest the right name."""

_TYPES: Mapping[str, cel.Type] = {
    "bool": cel.Type.BOOL,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "string": cel.Type.STRING,
    "list(string)": cel.Type.List(cel.Type.STRING),
}

_QUOTED = r"""
    "{3}(?:[^\\]|\\.)*?"{3} | '{3}(?:[^\\]|\\.)*?'{3} | "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*'
"""
_COMMENT = r"//[^\n]*"
_TEXT = re.compile(f"{_COMMENT}|{_QUOTED}", re.DOTALL | re.VERBOSE)
_LAYOUT = re.compile(rf"({_QUOTED})|(?:\s|{_COMMENT})+", re.DOTALL | re.VERBOSE)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)+")
_DOT = re.compile(r"\s*\.\s*")
_MACRO = re.compile(r"\.\s*(all|exists|exists_one|map|filter)\s*\(")
_WORD = r"\"[^\"\\\n]*\"|'[^'\\\n]*'"
_COMPARISON = re.compile(
    rf"(?P<left>\b[a-z_.]+)\s*[=!]=\s*(?P<after>{_WORD})|(?P<before>{_WORD})\s*(?:[=!]=|in\b)\s*(?P<right>[a-z_.]+)"
)
_CEL_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")


class Condition(Struct, frozen=True):
    """One condition, checked: its text on one line, the facts it mentions, and whether it holds for their values
    (raises ConditionFailed when that cannot be said). `is_always_true`: it holds whatever the facts are."""

    text: str
    names: tuple[str, ...]
    holds: Holds
    is_always_true: bool


class Conditions:
    """Reads the conditions of one policy file, which may use these facts."""

    def __init__(self, file: YamlFile, facts: Mapping[str, Fact] = FACTS) -> None:
        self._file = file
        self._facts = facts
        self._env = cel.NewEnv(variables={name: _TYPES[fact.type] for name, fact in facts.items()})

    def read(self, keys: Sequence[str | int], text: str) -> Condition:
        """The condition that stands at `keys`. Raises FileError with line and column."""
        bare = _TEXT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
        macro = _MACRO.search(bare)
        if macro is not None:
            said = f"the macro {macro[1]!r} is not allowed in conditions"
            raise _at(self._file, keys, text, macro.start(1), said)
        expression = self._compile(keys, text)
        self._check_words(keys, text)
        names, holds = _names_in(bare, self._facts), _evaluation(expression)
        if not names:
            self._check_constant(keys, holds)
        return Condition(one_line(text), names, holds, _holds_without_facts(holds))

    def _compile(self, keys: Sequence[str | int], text: str) -> cel.Expression:
        try:
            expression = self._env.compile(text)
        except RuntimeError as error:
            raise self._refused(keys, text, str(error)) from None
        if expression.return_type() != cel.Type.BOOL:
            found = expression.return_type().name().lower()
            raise self._file.error(keys, f"a condition must be true or false (bool), this one is of type {found}")
        return expression

    def _refused(self, keys: Sequence[str | int], text: str, said: str) -> FileError:
        found = _CEL_ERROR.search(said)
        if found is None:
            return self._file.error(keys, said)
        line, column, problem = int(found[1]), int(found[2]), found[3]
        offset = sum(len(each) + 1 for each in text.split("\n")[: line - 1]) + column - 1
        undeclared = _UNDECLARED.search(problem)
        if undeclared is not None:
            name = undeclared[1]
            problem = f"{name!r} is not a known name{suggestion(name, (*self._facts, *FUNCTIONS))}"
            offset = max(0, text.rfind(name, 0, offset + len(name) + 1))
        return _at(self._file, keys, text, offset, problem)

    def _check_words(self, keys: Sequence[str | int], text: str) -> None:
        """A comparison with a text that the fact can never be, or hold, is a misspelt word."""
        for found in _COMPARISON.finditer(text):
            name, word = found["left"] or found["right"], found["before"] or found["after"]
            words = self._facts[name].words if name in self._facts else ()
            if words and word[1:-1] not in words:
                known = ", ".join(f'"{each}"' for each in words)
                said = f"{name} is never {word}; expected one of {known}{suggestion(word[1:-1], words)}"
                raise _at(self._file, keys, text, found.start("before" if found["before"] else "after"), said)

    def _check_constant(self, keys: Sequence[str | int], holds: Holds) -> None:
        try:
            holds({})
        except ConditionFailed as failure:
            raise self._file.error(keys, f"can never be evaluated: {failure}") from None

    def first_of(self, texts: Sequence[str], holds: Sequence[Holds]) -> First:
        """What answers the position of the first of these conditions that holds, or None."""
        return _first_of(self._env, texts, holds)


def one_line(text: str) -> str:
    """A condition without its comments and line breaks: two that are laid out differently are the same."""
    return _LAYOUT.sub(lambda found: found[1] or " ", text).strip()


def _holds_without_facts(holds: Holds) -> bool:
    """Whether it holds although not one fact is known: CEL's `||` and `&&` need only the side that settles them."""
    try:
        return holds({})
    except ConditionFailed:
        return False


def _names_in(bare: str, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """The facts a condition mentions, longest name first tried: `request.model.size()` mentions `request.model`."""
    names: dict[str, None] = {}
    for found in _DOTTED.findall(bare):
        words = _DOT.split(found)
        for end in range(len(words), 1, -1):
            name = ".".join(words[:end])
            if name in facts:
                names[name] = None
                break
    return tuple(names)


def _evaluation(expression: cel.Expression) -> Holds:
    evaluate = expression.eval

    def holds(facts: Mapping[str, Any]) -> bool:
        value = evaluate(data=facts).value()
        if value is True or value is False:
            return value
        raise ConditionFailed(str(value))

    return holds


GROUP = 32
"""Conditions evaluated by one expression: one call into CEL costs as much as several comparisons within it, and
its parser limits how deep conditionals may nest."""


def _first_of(env: cel.Env, texts: Sequence[str], holds: Sequence[Holds]) -> First:
    groups = [
        group
        for start in range(0, len(texts), GROUP)
        for group in _groups(env, texts, holds, range(start, min(start + GROUP, len(texts))))
    ]

    def first(facts: Mapping[str, Any]) -> int | None:
        for group in groups:
            position = group(facts)
            if position is not None:
                return position
        return None

    return first


def _groups(env: cel.Env, texts: Sequence[str], holds: Sequence[Holds], span: range) -> list[First]:
    """As few expressions for these conditions as CEL's limits on depth and size allow."""
    if len(span) == 1:
        return [lambda facts: span.start if holds[span.start](facts) else None]
    try:
        return [_grouped(env.compile(_numbered(texts[span.start : span.stop], span.start)))]
    except RuntimeError:
        half = len(span) // 2
        return _groups(env, texts, holds, span[:half]) + _groups(env, texts, holds, span[half:])


def _grouped(expression: cel.Expression) -> First:
    def first(facts: Mapping[str, Any]) -> int | None:
        position = expression.eval(data=facts).value()
        if type(position) is not int:
            raise ConditionFailed(str(position))
        return position if position >= 0 else None

    return first


def _numbered(conditions: Sequence[str], start: int) -> str:
    """One expression for the position of the first condition that holds, -1 for none. The line breaks keep a
    comment at the end of a condition from swallowing the bracket."""
    return "".join(f"(\n{text}\n) ? {start + at} : " for at, text in enumerate(conditions)) + "-1"


def _at(file: YamlFile, keys: Sequence[str | int], text: str, offset: int, message: str) -> FileError:
    """The error at an offset within a scalar: exact for literal (`|`) scalars and for plain and quoted ones that
    stand on one line, else its start."""
    start = file.error(keys, message)
    written = file.lines[start.line - 1][start.column - 1 :]
    before = text[:offset]
    row, column = before.count("\n"), offset - (before.rfind("\n") + 1)
    if written.startswith("|"):
        body = file.lines[start.line : start.line + len(text.splitlines())]
        indent = max(len(line) - len(said) for line, said in zip(body, text.splitlines(), strict=True))
        return FileError(start.file, start.line + 1 + row, indent + column + 1, message)
    place = _place(written, text, offset)
    return start if place is None else FileError(start.file, start.line, start.column + place, message)


_PIECE = {
    '"': re.compile(r"\\(?:x..|u....|U........|.)|[^\"]"),
    "'": re.compile(r"''|[^']"),
}


def _place(written: str, text: str, offset: int) -> int | None:
    """Where the character at this offset was written, or None when the scalar does not stand on this line."""
    piece = _PIECE.get(written[:1])
    if piece is None:
        return offset if written.startswith(text) else None
    pieces = _pieces(piece, written[1:])
    return None if len(pieces) < len(text) else 1 + sum(map(len, pieces[:offset]))


def _pieces(piece: re.Pattern[str], written: str) -> list[str]:
    pieces, at = [], 0
    while found := piece.match(written, at):
        pieces.append(found[0])
        at = found.end()
    return pieces
