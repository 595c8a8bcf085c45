"""The options that a prompt offers. Pure, and bounded: only its end is read."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

READ = 6_000
"""Characters of a prompt in which options are looked for, from its end."""

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_ON_LINES: Final = re.compile(r"^[ \t]*+\(?(?P<letter>[A-Za-z])[).:][ \t]++(?=\S)", re.MULTILINE)
_INLINE: Final = re.compile(r"(?<![\w.])\(?(?P<letter>[A-Za-z])[).:][ \t]*+(?=[^\s).,:;])")
_BARE: Final = re.compile(r"(?<![\w'’.])(?P<letter>[A-Z])[ \t]++(?=[\w(])")  # noqa: RUF001
_OPTION_END: Final = re.compile(r"\n|[.?!](?=\s|$)|(?:[,;]| or| und| et| y| o)?[ \t]*\Z")


def options_of(prompt: str) -> Mapping[str, str]:
    """The options that a prompt offers, by their letters; none where those do not run from A on."""
    text = prompt[-READ:]
    for pattern, least in ((_ON_LINES, 2), (_INLINE, 2), (_BARE, 3)):
        marks = _run(list(pattern.finditer(text)))
        if len(marks) >= least:
            ends = [*[mark.start() for mark in marks[1:]], len(text)]
            return {mark["letter"]: _trimmed(text[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)}
    return {}


def _run(marks: Sequence[re.Match[str]]) -> Sequence[re.Match[str]]:
    """The last run of marks from A on, in one case."""
    best: list[re.Match[str]] = []
    run: list[re.Match[str]] = []
    for mark in marks:
        wanted = LETTERS[len(run) % 26]
        if run and run[0]["letter"].islower():
            wanted = wanted.lower()
        if mark["letter"] in ("A", "a"):
            run = [mark]
        elif run and mark["letter"] == wanted:
            run.append(mark)
        if len(run) >= max(2, len(best)):
            best = list(run)
    return best


def _trimmed(option: str) -> str:
    found = _OPTION_END.search(option)
    return option[: found.start()] if found else option
