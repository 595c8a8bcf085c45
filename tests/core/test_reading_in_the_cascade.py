"""Whatever an engine drafts, whenever it is read and however often it is mended: what the caller gets is what was
accepted, in order."""

from collections.abc import Iterator
from itertools import count

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from router.core.cascade import Machine, cascade
from router.core.checks.written import Brief
from router.core.errors import CannotRead, EngineFailed
from router.core.event_stream import payloads
from router.core.moves import (
    Block,
    Close,
    Command,
    Due,
    Ended,
    Event,
    Expire,
    Failed,
    Finish,
    Open,
    Read,
    Release,
    WaitUntil,
    WasRead,
)
from router.core.pending import Orders
from router.core.plan import Plan
from router.core.proof import ReadOrders
from router.core.reading.boundary import cut_back
from router.core.reading.reading import Excerpt, Grade, Profile, Reading, ReadToken
from router.core.values import Usage
from router.core.verdict import ACCEPTED, Finding
from tests.vllm_wire import opening_events, text_events

WRONG = "blunder"
"""The word that a reader never accepts."""

MOST_REPAIRS = 3


def graded(reading: Reading, excerpt: Excerpt, is_last: bool) -> Grade:
    """Accepts a text up to the first wrong word."""
    at = excerpt.text.find(WRONG)
    nothing = Profile(len(reading.tokens), 0.0, 0.0, 0)
    if at < 0:
        return Grade(len(excerpt.text), nothing)
    return Grade(cut_back(excerpt.text, at, excerpt.before), nothing, (Finding("out_of_top", "9.9 nats"),))


def plan_of(repairs: int, deadline_s: float | None) -> Plan:
    """Fast, then strong; each block is read."""
    return Plan(
        ("fast", "strong"),
        (),
        commit_at_s=None,
        keep_alive_s=15.0,
        deadline_s=deadline_s,
        continuing=frozenset(("fast", "strong")),
        gated=frozenset(("fast",)),
        orders=Orders("block", Brief("Say something."), lambda _written: ACCEPTED, canvas=256),
        reads=ReadOrders("strong", graded, 2.0, deadline_s, repairs=repairs),
    )


ASTRONAUT = "\U0001f469\u200d\U0001f680"
words = st.sampled_from(["otters", "swim.", "They", "eat", "fish,", "and", "sleep.", "3.14", "日本語", ASTRONAUT, "\n"])
drafts = st.lists(st.lists(words | st.just(WRONG), min_size=9, max_size=14), min_size=1, max_size=4)
rests = st.lists(words, min_size=1, max_size=12)


class Spoken(Struct):
    """What one attempt is to say yet, piece by piece."""

    pieces: list[str]


class Shell:
    """Performs commands on paper: `said` is all that each attempt has said so far, in order."""

    def __init__(self, data: st.DataObject) -> None:
        self.released = b""
        self.finish: Finish | None = None
        self.now_s = 0.0
        self.expires_s: float | None = None
        self.due_s: float | None = None
        self.opened: list[Open] = []
        self.said: list[str] = []
        self.unread: set[int] = set()
        self._data = data
        self._open: Open | None = None
        self._left: Iterator[str] = iter(())
        self._under: Read | None = None
        self._reads = 0
        self._ended: Ended | None = None

    def perform(self, commands: tuple[Command, ...]) -> None:
        """All of them, each checked against what must always hold."""
        for command in commands:
            getattr(self, f"on_{type(command).__name__}", lambda _command: None)(command)

    def on_Open(self, command: Open) -> None:  # noqa: N802
        assert self._open is None
        assert self._under is None, "nobody reads on when another attempt begins"
        self.opened.append(command)
        self.said.append("")
        if command.attempt.tier == "fast":
            self._left = iter([" ".join(block) + " " for block in self._data.draw(drafts)])
        else:
            self._left = iter([f" {word}" for word in self._data.draw(rests)])
        if command.begun is not None:
            assert command.begun.text == text_of(self.released), "all that is out, and nothing else, is gone on with"
        self._open = command

    def on_Read(self, command: Read) -> None:  # noqa: N802
        assert self._under is None, "one read at a time"
        assert self.opened[-1].attempt == command.attempt
        assert command.attempt.tier == "fast"
        before = "" if self.opened[-1].begun is None else self.opened[-1].begun.text
        assert (before + self.said[-1]).startswith(command.excerpt.before + command.excerpt.text)
        assert command.excerpt.before == text_of(self.released), "what was accepted is out"
        self._reads += 1
        assert self._reads < 1000, "reading comes to an end"
        self._under = command

    def on_Close(self, command: Close) -> None:  # noqa: N802
        assert command.attempt == self.opened[-1].attempt
        self._open = self._under = None

    def on_Release(self, command: Release) -> None:  # noqa: N802
        self.released += command.data

    def on_Expire(self, command: Expire) -> None:  # noqa: N802
        self.expires_s = command.t_s

    def on_WaitUntil(self, command: WaitUntil) -> None:  # noqa: N802
        self.due_s = command.t_s

    def on_Finish(self, command: Finish) -> None:  # noqa: N802
        self.finish = command
        ended = command.ended or self._ended
        if command.error is None and ended is not None:
            self.released += ended.finish_event

    def happens(self) -> Event:
        """What comes next: of the engine, of its reader, or of the clock."""
        kinds = (["says"] if self._open is not None else []) + (["read"] if self._under is not None else [])
        kind = self._data.draw(st.sampled_from(kinds))
        self.now_s += self._data.draw(st.sampled_from([0.0, 0.1, 1.0]))
        if any(at_s is not None and self.now_s >= at_s for at_s in (self.expires_s, self.due_s)):
            self.due_s = None
            return Due(self.now_s)
        return self._read() if kind == "read" else self._says()

    def _read(self) -> Event:
        command, self._under = self._under, None
        assert command is not None
        number = command.attempt.number
        if self._data.draw(st.integers(0, 15)) == 0:
            self.unread.add(number)
            return WasRead(number, None, CannotRead("no"), 0.1, self.now_s)
        text = command.excerpt.text
        tokens = tuple([ReadToken(at, at + 1, -0.1, 1, -0.1) for at in range(len(text))])
        return WasRead(number, Reading(tokens, 20 + len(tokens)), None, 0.1, self.now_s)

    def _says(self) -> Event:
        assert self._open is not None
        number, piece = self._open.attempt.number, next(self._left, None)
        if piece is not None and self._data.draw(st.integers(0, 25)) == 0:
            self._open = None
            return Failed(number, EngineFailed("the engine died"), self.now_s)
        if piece is None:
            return self._ends(number, b"")
        role = b"".join(opening_events("double", 1)) if not self.said[-1] else b""
        self.said[-1] += piece
        if self._data.draw(st.integers(0, 3)) == 0:
            return self._ends(number, role + b"".join(text_events("double", piece, 1, "stop")))
        return Block(number, role + b"".join(text_events("double", piece, 1)), self.now_s)

    def _ends(self, number: int, last: bytes) -> Ended:
        self._open, self._ended = None, Ended(number, last, None, Usage(18, 9), self.now_s)
        return self._ended


def text_of(events: bytes) -> str:
    chunks = [orjson.loads(each) for each in payloads(events)]
    return "".join([chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks])


def run(machine: Machine, shell: Shell) -> None:
    """To the end."""
    shell.perform(next(machine))
    for _ in count():
        if shell.finish is not None:
            return
        shell.perform(machine.send(shell.happens()))


@settings(deadline=None, max_examples=200)
@given(st.data(), st.integers(0, MOST_REPAIRS), st.sampled_from([None, 3.0, 30.0]))
def test_what_the_caller_gets_is_what_was_accepted_in_order(
    data: st.DataObject, repairs: int, deadline_s: float | None
) -> None:
    shell = Shell(data)

    run(cascade(plan_of(repairs, deadline_s), 0.0), shell)

    text = text_of(shell.released)
    if not shell.unread:
        assert WRONG not in text, "nothing that was rejected is released"
    begun = ["" if opening.begun is None else opening.begun.text for opening in shell.opened]
    for before, after, said in zip(begun, [*begun[1:], text], shell.said, strict=True):
        assert said.startswith(after.removeprefix(before)), "and nothing that nobody said"
    mends = [opening for opening in shell.opened if opening.mends]
    assert len(mends) <= repairs + len([opening for opening in shell.opened if opening.attempt.is_retry])
    assert len(shell.opened) <= 2 * repairs + 4, "going to and fro comes to an end"
    assert deadline_s is None or shell.now_s <= deadline_s + 1.0
