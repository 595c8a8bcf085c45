"""The gate: what an engine writes is judged block by block before the caller gets any of it. Pure; it is shown events
and says which may go out.

A diffusion engine commits a whole canvas with each event, so an event is a block. What an engine writes token by token
is cut into blocks of `BLOCK_CHARS` characters, wherever its events begin and end.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Final

import orjson
from msgspec import Struct

from router.core.chat_chunk import choices_of, decoded, usage_of
from router.core.checks.written import Brief, Call, Written
from router.core.event_stream import MalformedStream, each_event, event, payload
from router.core.policy import Mode
from router.core.spoken import Spoken, cut, spoken_of
from router.core.values import Usage
from router.core.verdict import ACCEPTED, Verdict

BLOCK_CHARS: Final = 1024
"""A block of an engine that writes token by token: about what a canvas of 256 tokens holds."""

MAX_HELD_BYTES: Final = 16 * 1024 * 1024
"""More than any answer has; an engine that says so much is not held for the caller but broken off."""

CHARS_PER_TOKEN: Final = 4
"""Of ordinary text, where the engine does not count."""

Judge = Callable[[Written], Verdict]


class Orders(Struct, frozen=True):
    """How an attempt is judged. `canvas`: the width of its engine's canvases in tokens; None: it writes token by token.
    `steps`: the most passes that its engine was told to denoise a canvas in; None: as many as it was started with.
    `holds`: nothing goes out before the end, because the caller gets the answer in one piece, or because there are
    several choices and all must be good. `shows_usage`: the caller wants the usage on every event, as the gate does.
    `before`: the text that the attempt goes on from."""

    mode: Mode
    brief: Brief
    judge: Judge
    canvas: int | None = None
    steps: int | None = None
    holds: bool = False
    shows_usage: bool = False
    before: str = ""


class Ruling(Struct, frozen=True, gc=False):
    """What the gate says to what it was shown: the events that may go out, and the verdict on the latest block. After a
    rejection nothing more goes out."""

    released: bytes = b""
    verdict: Verdict = ACCEPTED


class Assessment(Struct, frozen=True):
    """What came of an attempt at the gate. `blocks`: how many were judged; `verdict`: on the last of them. Of its
    tokens, `written_tokens` by the engine's count (None: it did not say), `discarded_tokens` went to nobody."""

    mode: Mode
    blocks: int
    verdict: Verdict
    written_tokens: int | None
    discarded_tokens: int


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
        self._verdict = ACCEPTED
        self._chars = 0
        self._held_chars = 0
        self._held_bytes = 0
        self._holds = orders.holds or orders.mode == "whole"
        self._is_open = False
        self._held: list[bytes] = []
        self._choices: dict[int, _Choice] = {}

    def take(self, data: bytes) -> Ruling:
        """Some more events. Raises MalformedStream for what is no chunk."""
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

    def end(self, events: bytes) -> Ruling:
        """The events that end the attempt. They are not the gate's to release; what was held before them is, where all
        is well. Raises MalformedStream."""
        if not self._is_open:
            for one in each_event(events):
                for _, said in self._pieces(one):
                    self._hear(said)
            for _, choice in sorted(self._choices.items()):
                verdict = self._judge(choice, is_last=True)
                if not verdict.is_accepted:
                    return Ruling(verdict=verdict)
        return Ruling(b"".join(self._let_out()))

    def open(self) -> bytes:
        """Lets everything out from now on, whatever its verdict: nobody else can write the answer. Answers what was
        held."""
        self._is_open = True
        return b"".join(self._let_out())

    def assessment(self) -> Assessment:
        """What came of the attempt, as of now."""
        written = None if self._usage is None else self._usage.completion_tokens
        share = self._held_chars / self._chars if self._chars else 0.0
        tokens = self._chars / CHARS_PER_TOKEN if written is None else written
        return Assessment(self._orders.mode, self._blocks, self._verdict, written, round(tokens * share))

    # --- hearing ----------------------------------------------------------------------------------------------

    def _pieces(self, one: bytes) -> Iterator[tuple[bytes, Sequence[Spoken]]]:
        """An event, in two or more where blocks end inside it, each with what it says."""
        data = payload(one)
        if data is None or (self._is_open and one.find(b'"usage"') < 0):
            yield one, ()
            return
        chunk = decoded(data)
        if chunk.get("usage") is not None:
            self._usage = usage_of(chunk["usage"])
            if not self._orders.shows_usage:
                del chunk["usage"]
                one = event(orjson.dumps(chunk))
        if self._is_open:
            yield one, ()
            return
        said = [spoken_of(choice) for choice in choices_of(chunk)]
        while self._orders.canvas is None and len(said) == 1 and said[0].chars > (room := self._room(said[0].index)):
            first, chunk = cut(chunk, room)
            yield event(orjson.dumps(first)), [spoken_of(each) for each in choices_of(first)]
            said = [spoken_of(each) for each in choices_of(chunk)]
            one = event(orjson.dumps(chunk))
        yield one, said

    def _room(self, index: int) -> int:
        choice = self._choices.get(index)
        return BLOCK_CHARS if choice is None else BLOCK_CHARS - choice.pending_chars

    def _hear(self, said: Sequence[Spoken]) -> None:
        for each in said:
            choice = self._choices.get(each.index)
            if choice is None:
                choice = self._choices[each.index] = _Choice(self._orders)
            choice.hear(each)
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

    def _judge(self, choice: "_Choice", *, is_last: bool) -> Verdict:
        written = choice.written(self._usage, is_last=is_last)
        self._verdict = verdict = self._orders.judge(written)
        self._blocks += 1
        if verdict.is_accepted:
            choice.accept()
            self._is_open = self._orders.mode == "first" and bool(written.text) and not self._holds
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


class _Choice:
    """What one choice has said: what of it was accepted, and what waits for its verdict."""

    def __init__(self, orders: Orders) -> None:
        self.pending_chars = 0
        self._orders = orders
        self._before = orders.before
        self._text = ""
        self._reasoning = ""
        self._names: dict[int, str] = {}
        self._arguments: dict[int, str] = {}
        self._finish = ""
        self._logprobs: list[float] = []

    def hear(self, said: Spoken) -> None:
        """Something more."""
        self._reasoning += said.reasoning
        self._text += said.text
        self.pending_chars += said.chars
        self._finish = said.finish or self._finish
        self._logprobs += said.logprobs
        for piece in said.calls:
            self._names[piece.at] = self._names.get(piece.at, "") + piece.name
            self._arguments[piece.at] = self._arguments.get(piece.at, "") + piece.arguments

    @property
    def is_calling(self) -> bool:
        """Whether it has begun to call a tool."""
        return bool(self._names)

    @property
    def has_block(self) -> bool:
        """Whether what waits is a whole block."""
        return self.pending_chars >= (BLOCK_CHARS if self._orders.canvas is None else 1)

    def written(self, usage: Usage | None, *, is_last: bool) -> Written:
        """What waits, in its place, for the checks."""
        calls = [Call(name, self._arguments[at]) for at, name in sorted(self._names.items())] if is_last else []
        return Written(
            self._orders.brief,
            self._text,
            before=self._before,
            reasoning=self._reasoning,
            is_last=is_last,
            finish=self._finish,
            calls=tuple(calls),
            tokens=None if usage is None else usage.completion_tokens,
            canvas=self._orders.canvas,
            logprobs=tuple(self._logprobs),
        )

    def accept(self) -> None:
        """What waited was good."""
        self._before += self._text
        self._text = ""
        self.pending_chars = 0
        self._logprobs.clear()
