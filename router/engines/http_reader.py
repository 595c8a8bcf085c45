"""An engine that reads what another wrote: the port `Reader` over HTTP."""

from router.core.errors import CannotRead, Refused
from router.core.reading.ability import Ability
from router.core.reading.alignment import UNDECODED, WHOLE, Extent, Undecoded, Untold, align, extent_of
from router.core.reading.reading import Excerpt, Reading
from router.engines.exchange import Exchange, read_answer
from router.engines.line import Line
from router.engines.prompt_scores import PromptScores, backwards, read_scores
from router.engines.wire_body import BodyWriter
from router.ports import Clock, Envelope

ASKED_WITH = frozenset(("prompt_logprobs", "continue_final_message", "add_generation_prompt"))
"""Parameters by which engines read: one that refuses any of these cannot."""


class HttpReader:
    """Has an engine score a text as the last message of its prompt. What was found of its ability is kept here.
    Raises ValueError for an engine that must not be asked."""

    def __init__(self, line: Line, writer: BodyWriter, clock: Clock) -> None:
        if not writer.reads:
            raise ValueError(f"{line.name}: engines of this kind do not read")
        self.name = line.name
        self._line = line
        self._writer = writer
        self._clock = clock
        self._ability = Ability()

    def is_able(self) -> bool:
        """See `ports.Reader`: false for a while after the engine was found not to read."""
        return self._ability.is_thought(self._clock.now_s())

    async def read(self, envelope: Envelope, excerpt: Excerpt) -> Reading:
        """See `ports.Reader`. Takes as long as it takes: whoever waits no more cancels it, which closes the connection,
        so that the engine stops. An engine that is overloaded, silent or gone is no less able for it."""
        if not excerpt.text.strip():
            return Reading((), 0)
        if UNDECODED in excerpt.text:
            raise CannotRead("engines do not say which tokens stand for U+FFFD")
        try:
            reading = await self._read_end(envelope, excerpt)
        except Undecoded as undecoded:
            raise CannotRead(f"the backend {self.name} does not say what each token is") from undecoded
        except ValueError as unaligned:
            self._ability.missed(self._clock.now_s())
            raise CannotRead(f"the backend {self.name} read another text than it was sent") from unaligned
        self._ability.shown()
        return reading

    async def _read_end(self, envelope: Envelope, excerpt: Excerpt) -> Reading:
        """Asks for no more than the text is thought to be. Where it was more, which is no fault of the engine's, it is
        asked for everything, and both took in what they did. Raises ValueError for what cannot be aligned."""
        end = await self._ask(envelope, excerpt, extent_of(excerpt))
        try:
            return Reading(align(backwards(end), excerpt), end.tokens_read)
        except Untold:
            whole = await self._ask(envelope, excerpt, WHOLE)
            return Reading(align(backwards(whole), excerpt), end.tokens_read + whole.tokens_read)

    async def _ask(self, envelope: Envelope, excerpt: Excerpt, extent: Extent) -> PromptScores:
        exchange = Exchange(self._line, envelope, self._writer.write_read(envelope, excerpt, extent))
        try:
            async with exchange as response:
                scores = read_scores(await read_answer(response, exchange.listener, bytes))
        except Refused as refused:
            self._note_refused(refused)
            raise
        if scores.prompt_logprobs is None:
            self._ability.lacking(self._clock.now_s())
            raise CannotRead(f"the backend {self.name} does not say how likely a prompt is to it")
        return scores

    def _note_refused(self, refused: Refused) -> None:
        """Raises CannotRead where it is reading that was refused. A text that is too long says nothing of it."""
        if refused.param in ASKED_WITH:
            self._ability.lacking(self._clock.now_s())
            raise CannotRead(f"the backend {self.name} does not read") from refused
        if not refused.is_too_long:
            self._ability.missed(self._clock.now_s())
