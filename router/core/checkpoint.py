"""What stands between what an engine says and what the cascade hears: the gate of the open attempt, the tier that reads
what the gate lets pass, and the end of what an attempt is to mend. Pure."""

from collections.abc import Generator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from router.core.chat_chunk import events_without_logprobs
from router.core.errors import BackendError, CannotRead, Cut, Malformed, Mended, Rejected, Unsure
from router.core.event_stream import MalformedStream
from router.core.gate import CHARS_PER_TOKEN, Assessment
from router.core.judged import UNSURE, Judged
from router.core.mend import Mend
from router.core.moves import (
    Assess,
    Attempt,
    Block,
    Close,
    Command,
    Due,
    Ended,
    Event,
    Failed,
    Heard,
    Open,
    Read,
    WasRead,
)
from router.core.pending import Orders
from router.core.proof import Proof, ReadOrders
from router.core.values import Usage
from router.core.verdict import ACCEPTED, Verdict

Commands = tuple[Command, ...]
Said = Block | Ended | Failed | WasRead

IN_TIME: Final = 0.9
"""Of the time that is left, the share that a read may take: what nobody has read in time is better than nothing."""


class Relief(Struct, frozen=True, gc=False):
    """Whether somebody can write the answer in the place of the open attempt: `afresh`, while the caller has nothing of
    it, or the `rest` of it."""

    afresh: bool
    rest: bool


class Checkpoint:
    """What the cascade hears of one attempt after another. What is rejected is heard as a failure, and so is the end of
    what an attempt was to mend.

    INVARIANT: commands are performed in the order in which they were given, some only together with later ones."""

    def __init__(self, orders: Orders | None, reads: ReadOrders | None, *, rejects_when_stuck: bool) -> None:
        self._orders = orders
        self._reads = reads
        self._rejects_when_stuck = rejects_when_stuck
        self._ahead: Commands = ()
        self._attempt = Attempt(0, "fast")
        self._relief = Relief(afresh=False, rest=False)
        self._judged: Judged | None = None
        self._proof: Proof | None = None
        self._mend: Mend | None = None
        self._has_released = False
        self._now_s = 0.0
        self._over: Said | None = None
        self._verdict = ACCEPTED

    @property
    def is_unguarded(self) -> bool:
        """Whether all is heard as it is said."""
        return self._judged is None and self._mend is None

    @property
    def released_usage(self) -> Usage | None:
        """What the open attempt had used up for the latest of what went out, where that is known."""
        if self._mend is not None:
            return self._mend.usage
        if self._proof is not None:
            return self._proof.released_usage
        return None if self._judged is None else self._judged.released_usage

    def begin(self, opening: Open, relief: Relief, *, gated: bool) -> None:
        """From now on this attempt is heard: through a gate of its own where it is to be judged, or as far as it is to
        mend."""
        beside = None if self._judged is None else self._judged.beside
        self._attempt, self._relief, self._over, self._verdict = opening.attempt, relief, None, ACCEPTED
        self._has_released = opening.begun is not None
        self._judged = self._proof = self._mend = None
        before = "" if opening.begun is None else opening.begun.text
        if opening.mends:
            self._mend = Mend(before, shows_usage=self._orders is not None and self._orders.shows_usage)
        elif gated and self._orders is not None:
            self._judged = Judged(opening, self._orders, beside)
            self._proof = Proof(before) if self._is_read(relief) else None

    def postpone(self, *commands: Command) -> None:
        """To be performed with the next commands."""
        self._ahead += commands

    def due(self, *commands: Command) -> Commands:
        """All that is to be performed now."""
        ahead, self._ahead = self._ahead, ()
        return ahead + commands

    def changed(self, event: Heard) -> Ended | None:
        """The end of the attempt where it is not as its engine said it."""
        is_changed = self._proof is not None or (self._judged is not None and self._judged.is_changed)
        return event if is_changed and isinstance(event, Ended) else None

    def assess(self) -> Commands:
        """Has what came of the attempt so far put on record, where it is judged."""
        if self._judged is None:
            return ()
        assessment = self._judged.assessment(self._verdict)
        if self._proof is None:
            return (Assess(self._attempt, assessment),)
        return (Assess(self._attempt, _once_read(assessment, self._proof, self._verdict), self._proof.note),)

    def hear(self, *commands: Command) -> Generator[Commands, Event, Heard | None]:
        """The next event that is let through, once these were performed; None: what was said is held."""
        self.postpone(*commands)
        heard = self._at_hand()
        if heard is not None:
            return heard
        event = yield self.due()
        if isinstance(event, Due):
            return event
        self._now_s = event.now_s
        try:
            return self._let_through(event)
        except MalformedStream as fault:
            return self._failed(Malformed(str(fault)))

    # --- what is said -----------------------------------------------------------------------------------------

    def _let_through(self, event: Said) -> Heard | None:
        if isinstance(event, WasRead):
            proof = self._proof
            return None if proof is None or not proof.is_under_way else self._was_read(proof, event)
        if self._over is not None:
            # Somebody still reads what came before, and nobody wants what comes after.
            return None
        if self._mend is not None:
            return self._mended(self._mend, event)
        return event if self._judged is None else self._judge(self._judged, event)

    def _judge(self, judged: Judged, event: Block | Ended | Failed) -> Heard | None:
        if isinstance(event, Failed):
            self._over = event
            return self._at_hand()
        shown = judged.shown(event)
        if not shown.ruling.verdict.is_accepted and self._is_stuck() and UNSURE not in shown.ruling.verdict.reasons:
            shown = judged.let_out(shown)
        self._verdict = shown.ruling.verdict
        self._over = shown.event if shown.is_over else None
        if self._proof is None:
            return self._released(shown.ruling.released) or self._at_hand()
        self._proof.hold(shown.ruling.released, judged.released_usage)
        if isinstance(event, Ended) and self._verdict.is_accepted:
            self._over = self._hold_the_last_words(self._proof, event)
        return self._at_hand()

    def _hold_the_last_words(self, proof: Proof, ended: Ended) -> Ended:
        """What the end of an answer still says is read like all the rest. The end, without it."""
        if not self._is_doubted(self._verdict):
            proof.open()
        return replace(ended, finish_event=self._as_asked(proof.hold_end(ended.finish_event, ended.usage)))

    def _was_read(self, proof: Proof, event: WasRead) -> Heard | None:
        proof.took(event.elapsed_s, event.shared_s)
        if event.reading is None or self._reads is None:
            # What was under way could not be read: it passes, and so does the rest of the attempt.
            proof.open(CannotRead.outcome if event.error is None else event.error.outcome)
            return self._at_hand()
        decided = proof.was_read(event.reading, self._reads.grade, is_whole=self._is_whole())
        if not decided.verdict.is_accepted:
            self._over, self._verdict = event, decided.verdict
        return self._released(decided.released) or self._at_hand()

    def _mended(self, mend: Mend, event: Block | Ended | Failed) -> Heard | None:
        if not isinstance(event, Block):
            return event
        released = mend.take(event.data)
        self._over = event if mend.is_over else None
        return self._released(released) or self._at_hand()

    # --- what is heard ----------------------------------------------------------------------------------------

    def _released(self, data: bytes) -> Block | None:
        if not data:
            return None
        self._has_released = True
        return Block(self._attempt.number, self._as_asked(data), self._now_s)

    def _at_hand(self) -> Heard | None:
        """What can be heard without anybody having to say anything. What waits to be read is given to be read."""
        if self._proof is not None:
            passed = self._released(self._proof.pass_unread(is_whole=self._is_whole()))
            if passed is not None:
                return passed
            self._have_read(self._proof)
            if self._proof.is_under_way:
                return None
        if self._over is None:
            return None
        over, self._over = self._over, None
        return self._settled(over)

    def _have_read(self, proof: Proof) -> None:
        excerpt = proof.next_excerpt(is_whole=self._is_whole())
        if excerpt is None or self._reads is None:
            return
        reads, patience_s = self._reads, self._reads.patience_s
        if reads.deadline_s is not None:
            patience_s = min(patience_s, IN_TIME * max(reads.deadline_s - self._now_s, 0.0))
        self.postpone(Read(self._attempt, reads.tier, excerpt, patience_s))

    def _settled(self, over: Said) -> Ended | Failed:
        """The attempt is over: it ended or failed, it has mended what it was to, or something of it was rejected."""
        if self._mend is not None:
            return self._failed(Mended("what was wrong is mended"))
        if not self._verdict.is_accepted:
            reasons = self._verdict.reasons
            kind = Cut if isinstance(over, WasRead) else Unsure if UNSURE in reasons else Rejected
            return self._failed(kind(f"did not pass: {', '.join(reasons)}", reasons))
        assert isinstance(over, Ended | Failed)
        self.postpone(*self.assess())
        return over

    def _failed(self, error: BackendError) -> Failed:
        usage = None if self._mend is None else self._mend.usage
        self.postpone(Close(self._attempt, error, usage), *self.assess())
        return Failed(self._attempt.number, error, self._now_s)

    def _as_asked(self, data: bytes) -> bytes:
        """Events without what only the grading wanted to know."""
        weighs = self._proof is not None and self._reads is not None and self._reads.weighs_logprobs
        return events_without_logprobs(data) if weighs else data

    # --- what is known ----------------------------------------------------------------------------------------

    def _is_read(self, relief: Relief) -> bool:
        """Whether the attempt is read: somebody must be able to go on from where it is cut, or all of it must be
        good."""
        return self._reads is not None and (relief.rest or self._rejects_when_stuck)

    def _is_whole(self) -> bool:
        """Whether the answer has come to its end, be it that nobody has read it yet."""
        return isinstance(self._over, Ended) and self._verdict.is_accepted

    def _is_doubted(self, verdict: Verdict) -> bool:
        """Whether a finished answer is to be read."""
        above = None if self._reads is None else self._reads.above
        return above is None or (verdict.doubt is not None and verdict.doubt > above)

    def _is_stuck(self) -> bool:
        """Whether a rejected block is let out: nobody else could write the answer, and any is better than none."""
        if self._rejects_when_stuck:
            return False
        return not (self._relief.rest if self._has_released else self._relief.afresh)


def _once_read(assessment: Assessment, proof: Proof, verdict: Verdict) -> Assessment:
    """What came of an attempt of which no more went out than was read and accepted."""
    passed, released = assessment.released_chars, proof.released_chars
    kept = released / passed if passed else 1.0
    written = assessment.written_tokens
    good = (round(passed / CHARS_PER_TOKEN) if written is None else written) - assessment.discarded_tokens
    discarded = assessment.discarded_tokens + round(good * (1.0 - kept))
    told = replace(verdict, doubt=assessment.verdict.doubt)
    return replace(assessment, verdict=told, discarded_tokens=discarded, released_chars=released)
