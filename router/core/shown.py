"""Which pieces of what a user said the learned heads are shown: 16 KB in all at most. Pure, and linear in the text.

A head weighs the words of a text against each other, so that a question is worth less the more easy words stand around
it. In a long turn what stands by itself, parted by blank lines, is therefore shown by itself as well as with all the
rest, and what matters is the highest that is said of any piece. Which pieces those are depends on blank lines and
question marks alone.
"""

import re
from collections.abc import Iterable, Sequence

from router.core.passage import excerpt

MOST_SHOWN = 16_384
WHOLE_SHOWN = 12_288
"""Characters shown in all, and of the last turn, which the heads read in windows when it is longer."""

FEWEST_WORDS = 2
"""A turn of fewer words says too little to be judged by itself."""

TURNS_SHOWN = 3
TURN_HEAD, TURN_TAIL = 512, 512
"""So many of the user's last turns are shown, and so much of those before the last; the rules about stakes read all."""

LONG = 1_500
"""Characters of a turn that is long. The paragraphs of a shorter one are not shown by themselves: little is diluted
there, and of 38 harmless ones one more was called costly (of 500 from P3, 81 instead of 68)."""

SEVERAL_WINDOWS = 3_072
"""A turn of more characters is more than one window to the heads. Without a blank line its first and its last sentence
are shown by themselves; in shorter turns that raised more false alarms (of 36 long exam questions, 14 instead of 9)."""

PARAGRAPH_WORDS = 5
"""A paragraph or a sentence of fewer words ("Thanks in advance!") belongs to the one next to it."""

PARAGRAPH_HEAD, PARAGRAPH_TAIL = 512, 512
"""What is shown of a paragraph."""

MOST_PARAGRAPHS = 1_000
"""Of more paragraphs those at either end are looked at."""

ASKING_PARAGRAPHS = 2
"""So many paragraphs that ask something are shown of those between the first and the last."""

GAP = "\n\n"

_GAPS = re.compile(r"\n[ \t\r]*\n")
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_BLANK = (" ", "\n", "\t")
_BLANKS = re.compile(r"\s{32,}")
_QUESTION = "?"
_OPTION = "\nB"
"""How the second of lettered options begins."""


def squeeze(text: str) -> str:
    """The text without long runs of white space, each of which becomes a blank line, if it is mostly that."""
    if sum(map(text.count, _BLANK)) * 2 <= len(text):
        return text
    return _BLANKS.sub(GAP, text)


def paragraphs_apart(turn: str) -> tuple[str, ...]:
    """The paragraphs of a long turn that may be what is asked: the first, the first and the last of those between
    that ask something, and the last; the first and the last sentence where no blank line parts it. None of a turn that
    is not long."""
    if len(turn) < LONG:
        return ()
    first, *between = _joined(_GAPS.split(turn), GAP)
    if not between:
        return _both_ends(turn) if len(turn) > SEVERAL_WINDOWS else ()
    asking = [each for each in between[:-1] if _QUESTION in each or _OPTION in each]
    some = asking if len(asking) <= ASKING_PARAGRAPHS else [asking[0], asking[-1]]
    return tuple([excerpt(each, PARAGRAPH_HEAD, PARAGRAPH_TAIL) for each in (first, *some, between[-1])])


def pieces_to_show(turns: Sequence[str], apart: tuple[str, ...]) -> tuple[str, ...]:
    """The user's last turns and the paragraphs of the last one that stand apart, in that order, and the last turn
    whole. `turns` has the latest last; one such as "yes" says nothing beside those before it."""
    *before, last = turns[-TURNS_SHOWN:] or [""]
    shown = [excerpt(text, TURN_HEAD, TURN_TAIL) for text in before]
    room = MOST_SHOWN - min(len(last), WHOLE_SHOWN) - sum(map(len, shown))
    pieces = [*shown, *_as_many_as_fit(apart[-1:] + apart[:-1], room), last]
    return tuple([text for text in pieces if _has_words(text, FEWEST_WORDS)] or [last])


def _both_ends(turn: str) -> tuple[str, str]:
    """The first and the last sentence of a turn."""
    head, tail = turn[:PARAGRAPH_HEAD], turn[-PARAGRAPH_TAIL:]
    return _joined(_SENTENCES.split(head), " ")[0], _joined(_SENTENCES.split(tail), " ")[-1]


def _joined(parts: Sequence[str], gap: str) -> list[str]:
    """The parts, those of few words together with the one before them, or at the beginning with the next."""
    if len(parts) > MOST_PARAGRAPHS:
        parts = (*parts[: MOST_PARAGRAPHS // 2], *parts[-MOST_PARAGRAPHS // 2 :])
    opening = 1 if _has_words(parts[0], PARAGRAPH_WORDS) else 2
    groups = [list(parts[:opening])]
    for part in parts[opening:]:
        if _has_words(part, PARAGRAPH_WORDS):
            groups.append([part])
        else:
            groups[-1].append(part)
    return [gap.join(group) for group in groups]


def _as_many_as_fit(texts: Iterable[str], room: int) -> list[str]:
    fitting = []
    for text in texts:
        room -= len(text)
        if room < 0:
            break
        fitting.append(text)
    return fitting


def _has_words(text: str, fewest: int) -> bool:
    return len(text.split(None, fewest)) >= fewest
