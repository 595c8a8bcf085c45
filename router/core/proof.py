"""What the checks let pass of one attempt and the tier that reads it has not accepted yet. Pure.

A read covers all that waits when it begins, and the next one what came meanwhile. What may be the beginning of a longer
word waits for the rest of it.
"""

from collections.abc import Callable, Sequence
from typing import Final

import orjson
from msgspec import Struct
from msgspec.structs import replace

from router.core.chat_chunk import choices_of, decoded
from router.core.event_stream import each_event, event, payload
from router.core.reading.boundary import cut_back
from router.core.reading.reading import Excerpt, Grade, Reading, ReadingNote
from router.core.spoken import cut, spoken_of
from router.core.values import Tier, Usage
from router.core.verdict import ACCEPTED, Verdict

MAX_WORD_CHARS: Final = 40
"""What is longer is no word that waits for its end, but a script that writes none."""

REASONED: Final = "reasoning"
"""Why an answer is not read: it would be read without the reasoning that led to it."""

Grading = Callable[[Reading, Excerpt, bool], Grade]
"""How far an excerpt is accepted that was read so; True: it ends where the answer does."""


class ReadOrders(Struct, frozen=True):
    """How attempts are read: by which tier, judged how, waited for how long at most, and by which instant there has to
    be an answer (None: none). `above`: only finished answers that are doubted more; None: each block as it comes.
    `repairs`: how often the reader mends a draft that goes on from there, before it writes all the rest.
    `weighs_logprobs`: whoever writes is to say how likely its own tokens were, which the caller has not asked for."""

    tier: Tier
    grade: Grading
    patience_s: float
    deadline_s: float | None = None
    above: float | None = None
    repairs: int = 0
    weighs_logprobs: bool = False


class Decided(Struct, frozen=True):
    """What may go out now, and what was found in the rest."""

    released: bytes
    verdict: Verdict = ACCEPTED


class _Held(Struct, gc=False):
    """An event, how much text it says, what the engine had used up when it came, and what it gave its tokens."""

    event: bytes
    chars: int
    usage: Usage | None
    logprobs: Sequence[float]


class Proof:
    """Holds events until their text was read.

    INVARIANT: what goes out are the events that it was given, in order, and nothing beyond what was accepted, unless
    nobody could read it. An event in which the accepted text ends goes out in part."""

    def __init__(self, before: str) -> None:
        self.note = ReadingNote()
        self.released_usage: Usage | None = None
        self.released_chars = 0
        self._before = before
        self._text = ""
        self._held: list[_Held] = []
        self._under: Excerpt | None = None
        self._is_open = False

    def hold(self, events: bytes, usage: Usage | None) -> None:
        """These events passed the checks. Raises MalformedStream for what is no chunk."""
        for one in each_event(events):
            data = payload(one)
            said = [] if data is None else [spoken_of(choice) for choice in choices_of(decoded(data))]
            if any(each.reasoning for each in said):
                self.open(REASONED)
            text = "".join([each.text for each in said])
            self._text += text
            logprobs = [logprob for each in said for logprob in each.logprobs]
            self._held.append(_Held(one, len(text), usage, logprobs))

    def hold_end(self, events: bytes, usage: Usage | None) -> bytes:
        """These events end the answer and passed the checks: what they say is held like the rest, and they are answered
        without it. Engines say that an answer is over with the last text of it. Raises MalformedStream."""
        return b"".join([self._hold_end(one, usage) for one in each_event(events)])

    def open(self, why: str = "") -> None:
        """From now on everything passes, and why that is so."""
        self._is_open, self._under = True, None
        self.note = replace(self.note, unread=self.note.unread or why)

    @property
    def is_under_way(self) -> bool:
        """Whether something is being read."""
        return self._under is not None

    def next_excerpt(self, *, is_whole: bool) -> Excerpt | None:
        """What is to be read now; None: nothing, or something else is being read. `is_whole`: the answer is, and
        so is its last word."""
        if self._is_open or self.is_under_way or not self._text.strip():
            return None
        if not is_whole and _last_word(self._text) == 0:
            return None
        logprobs = [logprob for held in self._held for logprob in held.logprobs]
        self._under = Excerpt(self._before, self._text, tuple(logprobs))
        return self._under

    def pass_unread(self, *, is_whole: bool) -> bytes:
        """What may go out though nobody reads it: all where it is open, else what says nothing. Blanks wait for what
        comes after them, unless the answer is whole: whoever goes on instead says its own."""
        waits = self._text.strip() if is_whole else self._text
        if self.is_under_way or (waits and not self._is_open):
            return b""
        return self._let_out(len(self._text))

    def took(self, elapsed_s: float, shared_s: float) -> None:
        """What was under way took so long, whatever came of it: see `ReadingNote`."""
        note = self.note
        self.note = replace(
            note, reads=note.reads + 1, elapsed_s=note.elapsed_s + elapsed_s, shared_s=note.shared_s + shared_s
        )

    def was_read(self, reading: Reading, grade: Grading, *, is_whole: bool) -> Decided:
        """What was under way was read. `is_whole`: the answer has ended meanwhile."""
        assert self._under is not None
        excerpt, self._under = self._under, None
        text = excerpt.text
        is_last = is_whole and len(text) == len(self._text)
        graded = grade(reading, excerpt, is_last)
        upto = graded.upto if graded.findings or is_last else min(graded.upto, _last_word(text))
        self._note(reading, graded, len(text), upto)
        tokens = sum(token.end <= upto for token in reading.tokens)
        released = self._let_out(upto, tokens) if upto else b""
        if graded.findings:
            self._held, self._text = [], ""
        return Decided(released, Verdict(graded.findings))

    def _hold_end(self, one: bytes, usage: Usage | None) -> bytes:
        data = payload(one)
        chunk = {} if data is None else decoded(data)
        said = [spoken_of(choice) for choice in choices_of(chunk)]
        if len(said) != 1 or not said[0].chars:
            return one
        text, end = cut(chunk, said[0].chars)
        self.hold(event(orjson.dumps(text)), usage)
        return event(orjson.dumps(end))

    def _note(self, reading: Reading, graded: Grade, chars: int, upto: int) -> None:
        note = self.note
        is_cut = bool(graded.findings)
        self.note = replace(
            note,
            tokens_read=note.tokens_read + reading.tokens_read,
            read_chars=note.accepted_chars + (chars if is_cut else upto),
            accepted_chars=note.accepted_chars + upto,
            reasons=tuple([finding.check for finding in graded.findings]),
            profile=graded.profile,
        )

    def _let_out(self, upto: int, tokens: int = 0) -> bytes:
        """The events of the text up to a character, of which the reader counts so many tokens."""
        out, left, usage = [], upto, self.released_usage
        while self._held and self._held[0].chars <= left:
            held = self._held.pop(0)
            left -= held.chars
            out.append(held.event)
            usage = held.usage
        if left:
            out.append(self._part_of_next(left))
            usage = self._with(tokens)
        self.released_usage = usage
        self._before += self._text[:upto]
        self._text = self._text[upto:]
        self.released_chars += upto
        return b"".join(out)

    def _part_of_next(self, chars: int) -> bytes:
        held = self._held[0]
        first, rest = cut(decoded(payload(held.event) or b""), chars)
        # Which of its tokens are out nobody says: as many as of its characters.
        held.logprobs = held.logprobs[round(len(held.logprobs) * chars / held.chars) :]
        held.event, held.chars = event(orjson.dumps(rest)), held.chars - chars
        return event(orjson.dumps(first))

    def _with(self, tokens: int) -> Usage | None:
        """What was used up before, and so many tokens of the next event."""
        counted, before = self._held[0].usage, self.released_usage
        if counted is None:
            return None
        written = tokens if before is None else before.completion_tokens + tokens
        return Usage(counted.prompt_tokens, min(written, counted.completion_tokens))


def _last_word(text: str) -> int:
    """Where the word begins that may not be complete, with the blanks before it."""
    at = max(text.rfind(" "), text.rfind("\n")) + 1
    return len(text[:at].rstrip()) if len(text) - at <= MAX_WORD_CHARS else cut_back(text, len(text) - 1)
