"""An indent is broken: one line stands a little further in or out, or after a tab."""

from collections.abc import Iterator

from ruamel.yaml.nodes import ScalarNode, SequenceNode

from tests.mutations.dropped import REQUIRED
from tests.mutations.source import Entry, Mutation, Place, Source, end_of, entries, says

SHIFTS = (1, -1, 2, -2, 0)
"""Columns by which a line is moved; 0 stands for a tab in the place of its blanks."""


def broken_indents(source: Source, file: str) -> Iterator[Mutation]:
    """Each line moved in each way, but where the text then says the same."""
    text = source.texts[file]
    lines, before, inside = text.split("\n"), says(text), _inside_texts(file, text)
    for at, line in enumerate(lines):
        blanks = len(line) - len(line.lstrip())
        if not line.strip() or line[blanks] == "#" or at in inside:
            continue
        for shift in SHIFTS:
            if blanks + shift < 0 or (shift == 0 and blanks == 0):
                continue
            moved = " " * (blanks + shift) + line.lstrip() if shift else "\t" + line.lstrip()
            damaged = "\n".join([*lines[:at], moved, *lines[at + 1 :]])
            if says(damaged) != before:
                places = frozenset(Place(file, each + 1) for each in _misfits(file, text, at, shift))
                texts = {**source.texts, file: damaged}
                yield Mutation("indent broken", f"{file}:{at + 1} by {shift or 'a tab'}", texts, places)


def _misfits(file: str, text: str, at: int, shift: int) -> set[int]:
    """The lines, counted from 0, that do not fit any more when this one is moved."""
    found = entries(file, text)
    entry = next((each for each in found if _row(each) == at), None)
    above = max((_row(each) for each in found if _row(each) < at), default=at)
    if entry is None:
        # An item of a list becomes part of the one before it, or ends the list.
        return {at - 1, at, at + 1}
    own = [name.start_mark.line for name, _ in entry.of.value]
    told = {at}
    if shift > 0 and (at - 1 in _inside_texts(file, text) or entry.shape in REQUIRED):
        # In under a text or a caller's own mapping it is just more of that, and missed where it was.
        told |= {above, own[0]}
    if shift < 0:
        # What it belonged to may have nothing left.
        told.add(above)
    if shift < 0 or at == own[0]:
        # It sets how far its block is indented, or moves out of it: it fits, and what comes next of its own does not.
        told |= {*_next_of([_row(each) for each in found], at), *_next_of(own, at), *_next_item(file, text, at)}
    return told


def _row(entry: Entry) -> int:
    return int(entry.name.start_mark.line)


def _next_of(rows: list[int], at: int) -> list[int]:
    return [row for row in rows if row > at][:1]


def _next_item(file: str, text: str, at: int) -> list[int]:
    """Where the next item of a list begins, when one begins here."""
    lists = [
        [item.start_mark.line for item in each.value.value]
        for each in entries(file, text)
        if isinstance(each.value, SequenceNode)
    ]
    return [row for rows in lists if at in rows for row in _next_of(rows, at)]


def _inside_texts(file: str, text: str) -> set[int]:
    """The later lines of values that go on over several: how far those are indented means little."""
    return {
        row
        for entry in entries(file, text)
        if isinstance(entry.value, ScalarNode) or entry.value.flow_style
        for row in range(entry.value.start_mark.line + 1, text.count("\n", 0, end_of(text, entry.value)) + 1)
    }
