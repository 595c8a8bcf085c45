"""What one choice has said and nobody has judged yet, and by which orders it is judged. Pure."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from router.core.capabilities import AS_USUAL
from router.core.checks.lead import Lead
from router.core.checks.written import Brief, Call, Passes, Written
from router.core.passes import PassTime, of_block, spacing
from router.core.policy import Mode
from router.core.spoken import Spoken
from router.core.values import Usage
from router.core.verdict import Verdict

BLOCK_CHARS: Final = 1024
"""A block of an engine that writes token by token: about what a canvas of 256 tokens holds."""

LEAST_CHARS: Final = 48
"""An event that says less is no block by itself: it is judged with the next. A narrow canvas of 16 tokens holds about
so much, and checks see nothing in less."""

Judge = Callable[[Written], Verdict]
Compare = Callable[[str, str], Verdict]


class Orders(Struct, frozen=True):
    """How an attempt is judged. `canvas`: the width of its engine's canvases in tokens; None: it writes token by
    token. `holds`: nothing goes out before the end, because the caller gets the answer in one piece, or because
    there are several choices and all must be good. `shows_usage`: the caller wants the usage on every event, as the
    gate does. `cap`: the most passes that a canvas may take, and `entropy_bound` under which, where it is known;
    `pass_time`: how long one is known to take, for engines that do not count them (None: nobody knows).
    `least_chars`: what an event must say to be a block. `before`: the text that the attempt goes on from.
    `compare`: what is thought of an answer beside a second sample of it; None: one is enough. `second_above`: the
    doubt above which a second one is asked for, after the first; None: it is asked for with the first."""

    mode: Mode
    brief: Brief
    judge: Judge
    canvas: int | None = None
    holds: bool = False
    shows_usage: bool = False
    cap: int = AS_USUAL.max_steps
    entropy_bound: float | None = None
    pass_time: PassTime | None = None
    before: str = ""
    compare: Compare | None = None
    second_above: float | None = None
    least_chars: int = LEAST_CHARS

    @property
    def makes_two(self) -> bool:
        """Whether two samples are asked for at once."""
        return self.compare is not None and self.second_above is None


class Pending:
    """What one choice has said: what of it was accepted, and what waits for its verdict."""

    def __init__(self, orders: Orders) -> None:
        self.pending_chars = 0
        self._orders = orders
        self.accepted = orders.before
        self._lead = Lead().after(orders.before)
        self._text = ""
        self._reasoning = ""
        self._names: dict[int, str] = {}
        self._arguments: dict[int, str] = {}
        self._finish = ""
        self._logprobs: list[float] = []
        self._passes: Passes | None = None
        self._canvases_told = 0
        self._latest_s: float | None = None

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

    def note_passes(self, told: tuple[Passes, ...] | None, now_s: float) -> None:
        """A canvas has come now, of which the engine told this."""
        latest_s, self._latest_s = self._latest_s, now_s
        if told is not None:
            self._passes = of_block(told, self._canvases_told) or self._passes
            self._canvases_told = len(told)
        elif self._orders.pass_time is not None and latest_s is not None:
            self._passes = spacing(now_s - latest_s, self._orders.pass_time, self._orders.cap)

    @property
    def is_calling(self) -> bool:
        """Whether it has begun to call a tool."""
        return bool(self._names)

    @property
    def has_block(self) -> bool:
        """Whether what waits is a whole block."""
        return self.pending_chars >= (BLOCK_CHARS if self._orders.canvas is None else self._orders.least_chars)

    def written(self, usage: Usage | None, *, is_last: bool) -> Written:
        """What waits, in its place, for the checks."""
        calls = [Call(name, self._arguments[at]) for at, name in sorted(self._names.items())] if is_last else []
        return Written(
            self._orders.brief,
            self._text,
            before=self.accepted,
            reasoning=self._reasoning,
            is_last=is_last,
            finish=self._finish,
            calls=tuple(calls),
            tokens=None if usage is None else usage.completion_tokens,
            canvas=self._orders.canvas,
            passes=self._passes,
            logprobs=tuple(self._logprobs),
            lead=self._lead,
        )

    def accept(self) -> None:
        """What waited was good."""
        self.accepted += self._text
        self._lead = self._lead.after(self._text)
        self._text = ""
        self.pending_chars = 0
        self._passes = None
        self._logprobs.clear()
