"""The code of a block: what stands in fences that end in it, or in an answer that is nothing but code. Pure."""

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from router.core.checks.fences import Fence, scan_fences
from router.core.checks.wanted_form import asks_code, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from router.core.checks.written import Written

_BARE: Final = re.compile(
    r"\s*+(?:[\[{]\s{0,40}(?:\{\s{0,40})?\"\w[^\"\n]{0,60}\"\s?:|(?:async )?def \w+\(|class \w+"
    r"|(?:from [\w.]+ )?import [\w.{*\"']|@\w+|#include|#!/|package \w"
    r"|using \w|export |const \w|let \w"
    r"|(?:async )?function\b|(?:public|private|static) |func \w|fn \w|pub |use \w+::|(?:select|with|insert into"
    r"|update|delete from|create"
    r" \w+|alter table) )",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"(?<!\w)(python|javascript|typescript|java|c\+\+|c#|golang|go|rust|sql|kotlin|swift|scala|php|dart)(?![\w+#])"
)
_NAMES: Final = {"c++": "cpp", "c#": "csharp"}


class Code(Struct, frozen=True, gc=False):
    """A piece of code. `is_whole`: it ends where its author ended it, so that what is open stays open."""

    language: str
    text: str
    is_whole: bool


def has_fence(written: "Written") -> bool:
    """Whether a block may hold fenced code."""
    return "```" in written.text or "~~~" in written.text or bool(written.lead.fences) or "``" in written.lead.line


def has_code(written: "Written") -> bool:
    """Whether a block may hold code, fenced or not."""
    return has_fence(written) or (written.is_last and not written.before and _BARE.match(written.text) is not None)


def find_code(written: "Written", languages: frozenset[str]) -> "Sequence[Code]":
    """The code in one of some languages that can be judged with a block."""
    return [code for code in written.code if code.language in languages] if written.code else ()


def read_fences(written: "Written") -> tuple[Fence, ...]:
    """The fences that end in a block or are open at its end; of a last block, all of the answer."""
    if not has_fence(written) and not (written.is_last and "```" in written.before):
        return ()
    if written.is_last and written.before:
        return tuple(scan_fences(written.whole, 0))
    lead = written.lead
    return tuple(scan_fences(lead.line + written.text, lead.offset, lead.fences))


def read_code(written: "Written") -> tuple[Code, ...]:
    """The code that can be judged with a block: that of its fences, or all of it where it is nothing but code. What an
    earlier block began is left for the last block where it began further back than checks may look."""
    if not has_fence(written):
        return _bare_code(written)
    before = written.before if written.is_last else written.lately
    base, text = len(written.before) - len(before), before + written.text
    return tuple(
        [
            Code(
                fence.language,
                _unquoted(text[fence.start - base : fence.end - base if fence.end >= 0 else None]),
                fence.end >= 0,
            )
            for fence in written.fences
            if fence.start >= base
        ]
    )


def _bare_code(written: "Written") -> tuple[Code, ...]:
    """An answer that is nothing but code in the language that its prompt names, or JSON where it names none: it begins
    so, and no line of it reads like a sentence."""
    if not has_code(written):
        return ()
    named = _NAMED.search(words_of(written.brief).lower())
    is_json = written.text.lstrip()[:1] in ("{", "[")
    if (named or written.brief.is_for_json) if is_json else (named is None or not asks_code(written.brief)):
        return ()
    if any([_is_prose(line) for line in written.text.split("\n")]):  # noqa: C419 - faster
        return ()
    language = _NAMES.get(named[1], named[1]) if named else "json"
    return (Code(language, written.text, is_whole=not written.was_cut),)


def _is_prose(line: str) -> bool:
    return len(line) > 24 and line[0].isupper() and line[-1] in ".:!" and line.count(" ") >= 4


def _unquoted(code: str) -> str:
    """Code out of a block quote without the marks of that."""
    if not code.startswith("> "):
        return code
    return "\n".join([line.removeprefix(">").removeprefix(" ") for line in code.split("\n")])
