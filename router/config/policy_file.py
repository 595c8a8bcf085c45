"""Policy files: YAML rules with CEL conditions in, `core.policy.Policy` out. CEL lives in this module only.

Every name a condition may use is declared to CEL with its type (`core.facts`), so a policy is wrong when it is
loaded or not at all: misspelt names, wrong types and unknown functions are refused with line and column.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from cel_expr_python import cel
from pydantic import BaseModel, ConfigDict, Field, model_validator

from router.config.validation import suggestion, validate
from router.config.yaml_file import YamlFile, read_yaml
from router.core.errors import FileError, InvalidRequest
from router.core.facts import FACTS
from router.core.policy import OTHERWISE, ConditionFailed, Policy, Rule, Then
from router.core.values import Tier

MAX_CONDITION_CHARS = 4096

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class ThenSpec(BaseModel):
    """What a rule sets."""

    model_config = ConfigDict(extra="forbid")

    tier: Tier | None = Field(None, description="the one tier to use; or give `ladder`")
    ladder: list[Tier] | None = Field(None, min_length=1, description="the tiers to climb, in order")
    on_unavailable: Literal["degrade", "fail"] = Field(
        "fail", description="when no tier of the ladder can be reached: use a lower tier, or answer 503"
    )
    commit_after_s: float = Field(
        10.0,
        gt=0,
        le=600,
        description="seconds without a byte to the caller while the first block is awaited",
    )

    @model_validator(mode="after")
    def _one_of_tier_and_ladder(self) -> "ThenSpec":
        if (self.tier is None) == (self.ladder is None):
            raise ValueError("expected exactly one of `tier` and `ladder`")
        if self.ladder is not None and len(set(self.ladder)) != len(self.ladder):
            raise ValueError("a ladder names each tier once")
        return self

    def then(self) -> Then:
        """As the value that decisions use."""
        ladder = tuple(self.ladder) if self.ladder is not None else (self.tier,)
        return Then(ladder, self.on_unavailable, self.commit_after_s)  # type: ignore[arg-type]


class RuleSpec(BaseModel):
    """One rule as it is written."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    when: str = Field(max_length=MAX_CONDITION_CHARS, description="a CEL condition over the names of core.facts")
    then: ThenSpec


class PolicySpec(BaseModel):
    """A policy file."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    description: str = ""
    rules: list[RuleSpec] = Field(max_length=1000)
    otherwise: ThenSpec


def read_policy(path: Path) -> Policy:
    """Reads and checks one policy file. Raises FileError with line and column."""
    file = read_yaml(path)
    spec = validate(file, PolicySpec)
    _check_names(file, spec)
    env = _environment()
    rules = tuple(_rule(file, env, position, rule) for position, rule in enumerate(spec.rules))
    names = tuple(dict.fromkeys(name for rule in rules for name in rule.names))
    version = f"{spec.name}@{hashlib.sha256(file.raw).hexdigest()[:12]}"
    first = _first_of(env, [rule.when for rule in spec.rules], [rule.holds for rule in rules])
    return Policy(spec.name, version, rules, spec.otherwise.then(), names, first)


class PolicyFolder:
    """The policies of a folder, all read at start: the port `Policies`."""

    def __init__(self, folder: Path, default: str) -> None:
        policies = [read_policy(path) for path in sorted(folder.glob("*.yaml"))]
        self._policies = {policy.name: policy for policy in policies}
        self._default = default
        if len(self._policies) != len(policies):
            raise FileError(str(folder), 1, 1, "two policies in this folder have the same name")
        if default not in self._policies:
            known = ", ".join(self._policies) or "none"
            raise FileError(str(folder), 1, 1, f"holds no policy named {default!r}; there are: {known}")

    def get(self, name: str | None) -> Policy:
        """See `ports.Policies`."""
        policy = self._policies.get(name or self._default)
        if policy is None:
            known = ", ".join(self._policies)
            raise InvalidRequest(f"there is no policy {name!r}; there are: {known}", param="x-router-policy")
        return policy

    def names(self) -> tuple[str, ...]:
        """See `ports.Policies`."""
        return tuple(self._policies)


def _check_names(file: YamlFile, spec: PolicySpec) -> None:
    seen: set[str] = {OTHERWISE}
    for position, rule in enumerate(spec.rules):
        if rule.name in seen:
            raise file.error(("rules", position, "name"), f"the rule name {rule.name!r} is taken; names must differ")
        seen.add(rule.name)


# --- CEL ------------------------------------------------------------------------------------------------------

_TYPES: Mapping[str, cel.Type] = {
    "bool": cel.Type.BOOL,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "string": cel.Type.STRING,
    "list(string)": cel.Type.List(cel.Type.STRING),
}

_TEXT = re.compile(r'//[^\n]*|"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'', re.DOTALL)
_DOTTED = re.compile(r"([A-Za-z_]\w*)\s*\.\s*([A-Za-z_]\w*)")
_MACRO = re.compile(r"\.\s*(all|exists|exists_one|map|filter)\s*\(")
_CEL_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")


def _environment() -> cel.Env:
    return cel.NewEnv(variables={name: _TYPES[fact.type] for name, fact in FACTS.items()})


def _rule(file: YamlFile, env: cel.Env, position: int, spec: RuleSpec) -> Rule:
    keys = ("rules", position, "when")
    bare = _TEXT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), spec.when)
    macro = _MACRO.search(bare)
    if macro is not None:
        raise _at(file, keys, spec.when, macro.start(1), f"the macro {macro[1]!r} is not allowed in conditions")
    expression = _compile(file, env, keys, spec.when)
    names = tuple(dict.fromkeys(name for name in map(".".join, _DOTTED.findall(bare)) if name in FACTS))
    return Rule(spec.name, " ".join(spec.when.split()), names, _condition(expression), spec.then.then())


def _compile(file: YamlFile, env: cel.Env, keys: Sequence[str | int], text: str) -> cel.Expression:
    try:
        expression = env.compile(text)
    except RuntimeError as error:
        raise _refused(file, keys, text, str(error)) from None
    if expression.return_type() != cel.Type.BOOL:
        found = expression.return_type().name().lower()
        raise file.error(keys, f"a condition must be true or false (bool), this one is of type {found}")
    return expression


def _condition(expression: cel.Expression) -> Callable[[Mapping[str, Any]], bool]:
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


Condition = Callable[[Mapping[str, Any]], bool]
First = Callable[[Mapping[str, Any]], int | None]


def _first_of(env: cel.Env, texts: Sequence[str], holds: Sequence[Condition]) -> First:
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


def _groups(env: cel.Env, texts: Sequence[str], holds: Sequence[Condition], span: range) -> list[First]:
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


def _refused(file: YamlFile, keys: Sequence[str | int], text: str, said: str) -> FileError:
    found = _CEL_ERROR.search(said)
    if found is None:
        return file.error(keys, said)
    line, column, problem = int(found[1]), int(found[2]), found[3]
    offset = sum(len(each) + 1 for each in text.split("\n")[: line - 1]) + column - 1
    undeclared = _UNDECLARED.search(problem)
    if undeclared is not None:
        name = undeclared[1]
        problem = f"{name!r} is not a known name{suggestion(name, FACTS)}"
        offset = max(0, text.rfind(name, 0, offset + len(name) + 1))
    return _at(file, keys, text, offset, problem)


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
