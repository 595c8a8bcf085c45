"""Policies as pages show them: what rules do, how two versions differ, and the lines around an error."""

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import Struct

from router.config.live.policy_history import Version
from router.core.errors import FileError, InvalidRequest
from router.core.policy import OTHERWISE, Policy, Then

AROUND: Final = 2
"""Lines before and after the one at fault."""

USUAL: Final[tuple[Any, ...]] = (None, "off", {}, "not set")


class RuleText(Struct, frozen=True):
    """One rule: its condition, the tiers that it has tried in their order, and what else it sets."""

    name: str
    when: str
    ladder: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]


class DiffLine(Struct, frozen=True):
    """One line of a comparison."""

    kind: Literal["same", "added", "removed", "place"]
    text: str


class Excerpt(Struct, frozen=True):
    """An error with the lines around it, each with its number; none where the file cannot be read."""

    error: FileError
    lines: tuple[tuple[int, str], ...]


def rule_texts(policy: Policy) -> Iterator[RuleText]:
    """The rules in the order in which they are asked, and what is done when none of them holds."""
    for rule in policy.rules:
        yield RuleText(rule.name, rule.text, rule.then.ladder, _settings(rule.then))
    yield RuleText(OTHERWISE, "", policy.otherwise.ladder, _settings(policy.otherwise))


def differences(kept: Sequence[Version], before: str, after: str) -> Sequence[DiffLine]:
    """How the text of a policy changed from one version to another. Raises InvalidRequest where one is not kept."""
    texts = {each.version: each.text.splitlines() for each in kept}
    for version in (before, after):
        if version not in texts:
            raise InvalidRequest(f"the version {version[:100]!r} is not kept", "version")
    lines = list(unified_diff(texts[before], texts[after], n=3, lineterm=""))[2:]
    return [_diff_line(line) for line in lines]


def excerpt(error: FileError) -> Excerpt:
    """The error where it stands."""
    try:
        lines = Path(error.file).read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return Excerpt(error, ())
    first = max(error.line - AROUND, 1)
    return Excerpt(error, tuple(enumerate(lines[first - 1 : error.line + AROUND], first)))


def _settings(then: Then) -> tuple[tuple[str, str], ...]:
    return tuple((name, _words(value)) for name, value in then.settings().items() if value not in USUAL)


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_words(each)}" for name, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _diff_line(line: str) -> DiffLine:
    kinds: dict[str, Literal["added", "removed", "place"]] = {"+": "added", "-": "removed", "@": "place"}
    return DiffLine(kinds.get(line[:1], "same"), line)
