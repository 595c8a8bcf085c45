"""What came of having a draft read, in words. Pure."""

from router.core.gate import BlockNote
from router.core.reading.reading import ReadingNote
from router.core.record import READER, REPAIRED, AttemptRecord


def is_cut(attempt: AttemptRecord) -> bool:
    """Whether its reader found fault with what it wrote."""
    return attempt.reading is not None and bool(attempt.reading.reasons)


def cut_words(cut: AttemptRecord, after: AttemptRecord) -> str:
    """Where a draft was cut and by which criterion, and, where nothing is to come after that, who wrote the rest."""
    assert cut.reading is not None
    where = _where(cut.reading.accepted_chars, () if cut.gate is None else cut.gate.notes)
    said = f"{where} ({cut.reading.reasons[0]})"
    return said if after.outcome == REPAIRED else f"{said}, {after.tier} wrote the rest"


def mended_words(mend: AttemptRecord, after: AttemptRecord) -> str:
    """How much was written in the place of what was cut, and by whom, and who went on."""
    tokens = "" if mend.usage is None else f" in {mend.usage.completion_tokens} tokens"
    return f"mended by {mend.tier}{tokens}, {after.tier} resumed"


def read_words(note: ReadingNote) -> str:
    """What was read and accepted, and what was not read."""
    times = "once" if note.reads == 1 else f"{note.reads} times"
    said = f"read by {READER} {times}, {note.accepted_chars} characters accepted"
    return f"{said}, then not read ({note.unread})" if note.unread else said


def _where(chars: int, blocks: tuple[BlockNote, ...]) -> str:
    """The block in which the character stands that comes after so many."""
    before = 0
    for number, block in enumerate(blocks, start=1):
        if chars < before + block.chars:
            return f"block {number} read: cut at {chars - before} of {block.chars} characters"
        before += block.chars
    return f"read: cut after {chars} characters"
