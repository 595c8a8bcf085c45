"""A value is of another type: under a name, within a condition, or not there at all."""

import random
import re
from collections.abc import Callable, Iterator, Sequence

from tests.mutations.misspelt import found_in_condition
from tests.mutations.source import Entry, Mutation, Place, Places, Source, edited, replaced

TEXT, NUMBER, WORD = ("7", "[a]", "true"), ("'8'", "8.5", "true", "many"), ("7", "[on]", "{on: off}")
MAPPING, LIST, DURATION = ("7", "[a]", "text"), ("7", "{a: b}", "text"), ("5", "[5s]", "true", "soon")

OTHER_TYPES = {
    **dict.fromkeys("description name when policy rule".split(), TEXT),
    **dict.fromkeys("then otherwise denoise annotate expect signals tiers conversation settings".split(), MAPPING),
    **dict.fromkeys("rules cases ladder".split(), LIST),
    **dict.fromkeys("tier on_unavailable reason error stakes difficulty".split(), WORD),
    **dict.fromkeys("steps canvas max_escalations in_flight failures requests turns answer_tokens".split(), NUMBER),
    **dict.fromkeys("timeout commit_after".split(), DURATION),
    **dict.fromkeys("judged escalated configured".split(), ("'yes'", "7", "[a]")),
    "sticky": (*WORD, "false"),
    "thinking": (*WORD, "true"),
    "prompt": ("7", "[a]"),
}
"""Values of another type, by the name that they are put under."""

MUST_SAY = frozenset("name when then otherwise rules cases policy expect tier ladder rule".split())

_WORD_COMPARED = re.compile(r"""(?<=[!=]= )(["'])[a-z]+\1""")
_NUMBER_COMPARED = re.compile(r"(?<=[<>] )\d[\d.]*(?![\w.])|(?<=[<>]= )\d[\d.]*(?![\w.])")


def retyped(source: Source, entry: Entry, _chance: random.Random) -> Iterator[Mutation]:
    """The value under a name."""
    if entry.is_callers_own:
        return
    others: tuple[str, ...] = OTHER_TYPES.get(entry.last, ())
    if entry.last in MUST_SAY and not entry.of.flow_style:
        others = (*others, "")
    for other in others:
        texts = replaced(source, entry.file, entry.value, other)
        texts[entry.file] = re.sub(r" +\n", "\n", texts[entry.file])
        yield Mutation("type changed", f"{entry.spelt}: {other}", texts, _told_at(entry, other))


def _told_at(entry: Entry, other: str) -> Places:
    """At the new value, which stands where the old one began: below its name, when that was a block. A list, a
    mapping and what was forgotten are looked for at the name."""
    is_at_name = other[:1] in ("", "[", "{")
    return frozenset((Place(entry.file, entry.line if is_at_name else int(entry.value.start_mark.line) + 1),))


def compared_with_another_type(source: Source, entry: Entry, _chance: random.Random) -> Iterator[Mutation]:
    """What a condition compares a fact with."""
    for pattern, write in _COMPARED:
        for found, places in found_in_condition(source, entry, (pattern,)):
            wrong = write(found[0], entry.value.style)
            texts = edited(source, entry.file, found.start(), found.end(), wrong)
            yield Mutation("type changed", f"{entry.spelt}: {wrong}", texts, places)


def _as_text(number: str, style: str | None) -> str:
    return f'"{number}"' if style == "'" else f"'{number}'"


_COMPARED: Sequence[tuple[re.Pattern[str], Callable[[str, str | None], str]]] = (
    (_WORD_COMPARED, lambda _word, _style: "3"),
    (_NUMBER_COMPARED, _as_text),
)
