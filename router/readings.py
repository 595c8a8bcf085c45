"""Has drafts read: asks the tier that reads, waits for it no longer than it is worth, and says what came of it."""

import asyncio

from router.core.errors import BackendError, CannotRead, TimedOut
from router.core.moves import Read, WasRead
from router.core.reading.reading import Reading
from router.ports import Clock, Envelope, Fleet

ABANDONED = "abandoned"


class Readings:
    """The reads of one climb."""

    def __init__(self, fleet: Fleet, clock: Clock) -> None:
        self._fleet = fleet
        self._clock = clock

    async def read(self, command: Read, envelope: Envelope) -> WasRead:
        """What comes of one read. Never raises; when cancelled, the engine stops reading."""
        began_s = self._clock.now_s()
        reading: Reading | None = None
        error: BackendError | None = None
        try:
            reading = await self._admitted(command, envelope)
        except BackendError as failure:
            error = failure
        now_s = self._clock.now_s()
        return WasRead(command.attempt.number, reading, error, now_s - began_s, now_s)

    async def _admitted(self, command: Read, envelope: Envelope) -> Reading:
        tier, reader = command.tier, self._fleet.reader(command.tier)
        if reader is None:
            raise CannotRead(f"the engine of the tier {tier} does not read")
        through = self._fleet.admit(tier, is_retry=False)
        outcome = ABANDONED
        try:
            async with asyncio.timeout(command.patience_s):
                reading = await reader.read(envelope, command.excerpt)
            outcome = "served"
        except BackendError as failure:
            outcome = failure.outcome
            raise
        except TimeoutError:
            # That it was waited for no longer says nothing about the backend.
            raise TimedOut(f"the tier {tier} took longer than {command.patience_s:.3g} s to read") from None
        finally:
            self._fleet.closed(tier, through, outcome)
        return reading
