"""Code fences of Markdown: where they open and close, as an answer comes block by block. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

_MARK: Final = re.compile(r"(`{3,}|~{3,})([^\n`~]{0,200})")
_INDENT: Final = re.compile(r"[ \t>]*(?:(?:[-*+•]|\d{1,3}[.)]) +)?")
LINE_START = 80
"""Characters before a fence in which its line must have begun."""

HOLDERS: Final = frozenset({"markdown", "md", "mdx", "rst", "text", "txt", "plaintext"})
"""Languages whose fences may hold further fences."""


class Fence(Struct, frozen=True, gc=False):
    """A fence. `start` and `end` bound its content, as offsets in the answer; `end` is -1 while it is open. `is_cut`:
    another one opened where this one should have closed."""

    marker: str
    language: str
    start: int
    end: int = -1
    is_cut: bool = False


def scan_fences(text: str, offset: int, is_open: tuple[Fence, ...] = ()) -> Iterator[Fence]:
    """The fences that close in `text`, in the order in which they do, then those left open, outermost first. `offset`
    is where `text` starts in the answer, `is_open` what was open there."""
    stack = list(is_open)
    for found in _MARK.finditer(text):
        marker, info = found[1], found[2].strip()
        starts_line = _starts_line(text, found.start())
        if stack and _closes(stack[-1], marker, info):
            fence = stack.pop()
            yield Fence(fence.marker, fence.language, fence.start, offset + found.start())
        elif starts_line and _opens(text, found.end()) and (not stack or _may_nest(stack[-1], marker, info)):
            if stack and stack[-1].language not in HOLDERS:
                cut = stack.pop()
                yield Fence(cut.marker, cut.language, cut.start, offset + found.start(), is_cut=True)
            stack.append(Fence(marker, _language(info), offset + found.end() + 1))
    yield from stack


def _starts_line(text: str, at: int) -> bool:
    start = text.rfind("\n", max(0, at - LINE_START), at) + 1
    if start == 0 and at > LINE_START:
        return False
    return _INDENT.fullmatch(text, start, at) is not None


def _opens(text: str, end: int) -> bool:
    return end >= len(text) or text[end] == "\n"


def _closes(fence: Fence, marker: str, info: str) -> bool:
    return not info and marker[0] == fence.marker[0] and len(marker) >= len(fence.marker)


def _may_nest(outer: Fence, marker: str, info: str) -> bool:
    return bool(info) and marker[0] == outer.marker[0] and len(marker) >= len(outer.marker) and info.isascii()


def _language(info: str) -> str:
    words = info.lower().strip("{}. ").split(None, 1)
    return words[0].split(":", 1)[0].split("{", 1)[0].rstrip(",") if words else ""
