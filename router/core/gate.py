"""The gate: what an engine writes is judged block by block before the caller gets any of it. Pure; it is shown events
and says which may go out.

A diffusion engine commits a whole canvas with each event, so an event is a block, unless it says next to nothing. What
an engine writes token by token is cut into blocks of `BLOCK_CHARS` characters, wherever its events begin and end.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

import orjson
from msgspec import Struct

from router.core.chat_chunk import choices_of, counts, decoded, usage_of, without_counts
from router.core.checks.written import Passes
from router.core.event_stream import MalformedStream, each_event, event, payload
from router.core.passes import exact
from router.core.pending import BLOCK_CHARS, Orders, Pending
from router.core.policy import Mode
from router.core.spoken import Spoken, cut, spoken_of
from router.core.values import Usage
from router.core.verdict import ACCEPTED, Verdict

MAX_HELD_BYTES: Final = 16 * 1024 * 1024
"""More than any answer has; an engine that says so much is not held for the caller but broken off."""

MAX_NOTES: Final = 64
"""A record says so many blocks of an answer one by one: it does not grow with answers."""

UNFINISHED: Final = frozenset("empty runaway_thinking cut_off canvas_truncation json fence brackets table".split())
"""Checks that find an answer unfinished: whoever goes on with it can mend it, though all of it is out."""

CHARS_PER_TOKEN: Final = 4
"""Of ordinary text, where the engine does not count."""


class Ruling(Struct, frozen=True, gc=False):
    """What the gate says to what it was shown: the events that may go out, and the verdict on the latest block. After a
    rejection nothing more goes out."""

    released: bytes = b""
    verdict: Verdict = ACCEPTED


class BlockNote(Struct, frozen=True, gc=False, omit_defaults=True):
    """What a record says of one block. Why it was rejected is in the verdict, which is on the last one. `at_s`: when it
    was judged (0: not known), of an attempt that is recorded counted from its opening."""

    chars: int
    passes: Passes | None = None
    at_s: float = 0.0


class Assessment(Struct, frozen=True):
    """What came of an attempt at the gate. `blocks`: how many were judged; `verdict`: on the last of them; `notes`: on
    the first `MAX_NOTES`. Of its tokens, `written_tokens` by the engine's count (None: it did not say),
    `discarded_tokens` went to nobody; of its characters, `released_chars` went out. `judging_s`: how long it was
    worked on here, which whoever reads a clock fills in. `entropy_bound`: what its engine was started with. `rejected`:
    the text that the verdict is on, where it rejects; in records only as much of it as may be told, mostly nothing."""

    mode: Mode
    blocks: int
    verdict: Verdict
    written_tokens: int | None
    discarded_tokens: int
    released_chars: int = 0
    notes: tuple[BlockNote, ...] = ()
    judging_s: float = 0.0
    entropy_bound: float | None = None
    rejected: str = ""


class Gate:
    """The blocks of one attempt on their way out. `released_usage` is what the engine had used up when the latest of
    what went out had been written, where it says so.

    INVARIANT: what goes out is what the engine said, in its order; an event in which a block ends may go out as two.
    Of a rejected block nothing goes out, and nothing of what comes after it."""

    def __init__(self, orders: Orders) -> None:
        self.released_usage: Usage | None = None
        self._orders = orders
        self._usage: Usage | None = None
        self._blocks = 0
        self._notes: list[BlockNote] = []
        self._verdict = ACCEPTED
        self._rejected = ""
        self._chars = 0
        self._held_chars = 0
        self._held_bytes = 0
        self._holds = orders.holds or orders.mode == "whole"
        self._is_open = False
        self._now_s = 0.0
        self._held: list[bytes] = []
        self._choices: dict[int, Pending] = {}

    def take(self, data: bytes, now_s: float = 0.0) -> Ruling:
        """Some more events, which came now. Raises MalformedStream for what is no chunk."""
        self._now_s = now_s
        released: list[bytes] = []
        pieces = chain.from_iterable(map(self._pieces, each_event(data)))
        for piece, said in pieces:
            self._hold(piece)
            verdict = self._judge_blocks(said)
            if not verdict.is_accepted:
                self._held += [later for later, _ in pieces]
                return Ruling(b"".join(released), verdict)
            if self._may_go():
                released += self._let_out()
        return Ruling(b"".join(released))

    def end(self, events: bytes, now_s: float = 0.0) -> Ruling:
        """The events that end the attempt, which came now. They are not the gate's to release; what was held before
        them is, where all is well, or where all was let out before and nobody could mend it by going on. Raises
        MalformedStream."""
        self._now_s = now_s
        if not self._is_open:
            for one in each_event(events):
                for _, said in self._pieces(one):
                    self._hear(said)
            for _, choice in sorted(self._choices.items()):
                verdict = self._judge(choice, is_last=True)
                if not verdict.is_accepted and (self._held_chars or not UNFINISHED.isdisjoint(verdict.reasons)):
                    return Ruling(verdict=verdict)
        verdict = self._verdict if self._verdict.is_accepted else ACCEPTED
        return Ruling(b"".join(self._let_out()), verdict)

    def open(self) -> bytes:
        """Lets everything out from now on, whatever its verdict: nobody else can write the answer. Answers what was
        held."""
        self._is_open = True
        return b"".join(self._let_out())

    @property
    def text(self) -> str:
        """The text of the first choice, as far as it was accepted."""
        return self._choices[0].accepted if 0 in self._choices else ""

    def assessment(self) -> Assessment:
        """What came of the attempt, as of now."""
        written = None if self._usage is None else self._usage.completion_tokens
        share = self._held_chars / self._chars if self._chars else 0.0
        tokens = self._chars / CHARS_PER_TOKEN if written is None else written
        return Assessment(
            self._orders.mode,
            self._blocks,
            self._verdict,
            written,
            round(tokens * share),
            self._chars - self._held_chars,
            tuple(self._notes),
            entropy_bound=self._orders.entropy_bound,
            rejected=self._rejected,
        )

    # --- hearing ----------------------------------------------------------------------------------------------

    def _pieces(self, one: bytes) -> Iterator[tuple[bytes, Sequence[Spoken]]]:
        """An event, in two or more where blocks end inside it, each with what it says."""
        data = payload(one)
        if data is None or (self._is_open and not counts(one)):
            yield one, ()
            return
        chunk = decoded(data)
        told = exact(chunk, self._orders.cap)
        if chunk.get("usage") is not None:
            self._usage = usage_of(chunk["usage"])
        if counts(one):
            chunk = without_counts(chunk, keep_usage=self._orders.shows_usage)
            one = event(orjson.dumps(chunk))
        if self._is_open:
            yield one, ()
            return
        said = [spoken_of(choice) for choice in choices_of(chunk)]
        self._note_passes(said, told)
        while self._orders.canvas is None and len(said) == 1 and said[0].chars > (room := self._room(said[0].index)):
            first, chunk = cut(chunk, room)
            yield event(orjson.dumps(first)), [spoken_of(each) for each in choices_of(first)]
            said = [spoken_of(each) for each in choices_of(chunk)]
            one = event(orjson.dumps(chunk))
        yield one, said

    def _room(self, index: int) -> int:
        choice = self._choices.get(index)
        return BLOCK_CHARS if choice is None else BLOCK_CHARS - choice.pending_chars

    def _note_passes(self, said: Sequence[Spoken], told: tuple[Passes, ...] | None) -> None:
        for each in said:
            if each.chars or told is not None:
                self._choice(each.index).note_passes(told, self._now_s)

    def _choice(self, index: int) -> "Pending":
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = Pending(self._orders)
        return choice

    def _hear(self, said: Sequence[Spoken]) -> None:
        for each in said:
            self._choice(each.index).hear(each)
            self._chars += each.chars
            self._held_chars += each.chars

    # --- judging ----------------------------------------------------------------------------------------------

    def _judge_blocks(self, said: Sequence[Spoken]) -> Verdict:
        """Hears what was said and judges the blocks that are complete with it, up to one that is rejected."""
        self._hear(said)
        for each in said:
            choice = self._choices[each.index]
            if choice.has_block:
                verdict = self._judge(choice, is_last=False)
                if not verdict.is_accepted:
                    return verdict
        return ACCEPTED

    def _judge(self, choice: "Pending", *, is_last: bool) -> Verdict:
        written = choice.written(self._usage, is_last=is_last)
        self._verdict = verdict = self._orders.judge(written)
        self._blocks += 1
        if self._blocks <= MAX_NOTES:
            self._notes.append(BlockNote(choice.pending_chars, written.passes, self._now_s))
        if verdict.is_accepted:
            choice.accept()
            self._is_open = self._orders.mode == "first" and bool(written.text) and not self._holds
        else:
            self._rejected = written.said
        return verdict

    # --- letting out ------------------------------------------------------------------------------------------

    def _may_go(self) -> bool:
        """Whether all that is held was judged. A tool call is held to its end: in part it is worth nothing."""
        if self._holds or not self._blocks:
            return False
        return self._is_open or not any(choice.pending_chars or choice.is_calling for choice in self._choices.values())

    def _hold(self, piece: bytes) -> None:
        self._held.append(piece)
        self._held_bytes += len(piece)
        if self._held_bytes > MAX_HELD_BYTES:
            raise MalformedStream("the answer is too large to be held")

    def _let_out(self) -> list[bytes]:
        held, self._held = self._held, []
        self._held_chars = self._held_bytes = 0
        self.released_usage = self._usage
        return held
