"""The code of a block: what stands in fences that end in it, or in an answer that is nothing but code. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from router.core.checks.fences import Fence, scan_fences
from router.core.checks.written import LOOK_BACK, Written


class Code(Struct, frozen=True, gc=False):
    """A piece of code. `is_whole`: it ends where its author ended it, so that what is open stays open."""

    language: str
    text: str
    is_whole: bool


def has_fence(written: Written) -> bool:
    """Whether a block may hold fenced code."""
    return "```" in written.text or "~~~" in written.text or bool(written.lead.fences) or "``" in written.lead.line


def find_fences(written: Written) -> tuple[Fence, ...]:
    """The fences that end in a block or are open at its end; of a last block, all of the answer."""
    if written.is_last and written.before:
        return tuple(scan_fences(written.whole, 0))
    lead = written.lead
    return tuple(scan_fences(lead.line + written.text, lead.offset, lead.fences))


def find_code(written: Written, languages: frozenset[str]) -> Sequence[Code]:
    """The fenced code in one of some languages that can be judged with a block. Code that an earlier block began is
    left for the last block where it began further back than checks may look."""
    if not has_fence(written):
        return ()
    fences = [fence for fence in find_fences(written) if fence.language in languages]
    if not fences:
        return ()
    base = 0 if written.is_last else max(0, len(written.before) - LOOK_BACK)
    text = written.before[base:] + written.text
    return [
        Code(fence.language, _unquoted(text[fence.start - base : fence.end - base if fence.end >= 0 else None]), fence.end >= 0)
        for fence in fences
        if fence.start >= base
    ]


def _unquoted(code: str) -> str:
    """Code out of a block quote without the marks of that."""
    if not code.startswith("> "):
        return code
    return "\n".join([line.removeprefix(">").removeprefix(" ") for line in code.split("\n")])
