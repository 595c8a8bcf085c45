"""Has drafts read: asks the tier that reads, waits for it no longer than it is worth, and says what came of it."""

import asyncio

from router.core.errors import BackendError, TimedOut
from router.core.moves import Read, WasRead
from router.core.reading.reading import Reading
from router.ports import Clock, Envelope, Errand, Fleet, Seat

ABANDONED = "abandoned"


class Readings:
    """The reads of one climb."""

    def __init__(self, conversation: str, fleet: Fleet, clock: Clock) -> None:
        self._conversation = conversation
        self._fleet = fleet
        self._clock = clock

    async def read(self, command: Read, envelope: Envelope) -> WasRead:
        """What comes of one read. Never raises; when cancelled, the engine stops reading."""
        began_s = self._clock.now_s()
        seat: Seat | None = None
        reading: Reading | None = None
        error: BackendError | None = None
        try:
            seat = self._fleet.admit(Errand(command.tier, self._conversation, reads=True))
            reading = await self._read_at(seat, command, envelope)
        except BackendError as failure:
            error = failure
        now_s = self._clock.now_s()
        elapsed_s = now_s - began_s
        shared_s = 0.0 if seat is None else elapsed_s / (seat.others + 1)
        return WasRead(command.attempt.number, reading, error, elapsed_s, now_s, shared_s)

    async def _read_at(self, seat: Seat, command: Read, envelope: Envelope) -> Reading:
        tier, outcome = command.tier, ABANDONED
        assert seat.reader is not None
        try:
            async with asyncio.timeout(command.patience_s):
                reading = await seat.reader.read(envelope, command.excerpt)
            outcome = "served"
        except BackendError as failure:
            outcome = failure.outcome
            raise
        except TimeoutError:
            # That it was waited for no longer says nothing about the backend.
            raise TimedOut(f"the tier {tier} took longer than {command.patience_s:.3g} s to read") from None
        finally:
            self._fleet.closed(seat, outcome)
        return reading
