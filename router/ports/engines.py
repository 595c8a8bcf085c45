"""Who serves: backends, those who read and warm them, and all of them together."""

from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from msgspec import Struct

from router.core.breaker import Pass
from router.core.continuation import Begun
from router.core.moves import Attempt, Block, Ended
from router.core.policy import Denoise
from router.core.reading.reading import Excerpt, Reading
from router.core.speech import Clip
from router.core.values import ChatRequest, Signals, Tier, TierState
from router.core.waiting import Seats

if TYPE_CHECKING:
    pass


class Envelope(Struct, frozen=True):
    """What travels with a request to whichever engine serves it. `dropped` names the parameters to leave out;
    `denoise` and `thinking` are what the policy makes of it, for engines that have these dials. `left_s`: how long the
    caller will wait for the whole answer; None: as long as it takes. `continues`: another engine has begun the answer
    and the caller has, or will get, this of it; the engine is to go on from there. `is_judged`: the answer is to come
    in blocks, with the usage of each. Both come as a stream, whichever way the caller asked for the answer. `samples`:
    how many of it are to be made. `tells_logprobs`: the engine is to say how likely each of its tokens was, though the
    caller has not asked."""

    request: ChatRequest
    request_id: str
    tenant: str
    traceparent: str | None = None
    dropped: tuple[str, ...] = ()
    denoise: Denoise | None = None
    thinking: bool | None = None
    left_s: float | None = None
    continues: Begun | None = None
    is_judged: bool = False
    samples: int = 1
    tells_logprobs: bool = False
    tracestate: str = ""

    @property
    def streams(self) -> bool:
        """Whether the engine is asked for a stream."""
        return self.is_judged or self.continues is not None or self.request.streamed


class Backend(Protocol):
    """One serving address of a tier. Raises BackendError, and nothing else, when it cannot serve.

    `stream` yields blocks and then exactly one Ended. Closing the generator closes the connection at once, so
    that the engine stops working for nobody. `is_reachable` never raises."""

    name: str

    def stream(self, attempt: Attempt, envelope: Envelope) -> AsyncGenerator[Block | Ended, None]: ...
    async def is_reachable(self) -> bool: ...


class Reader(Protocol):
    """Has one backend read what another wrote, as a part of its answer to the same request. Raises BackendError, and
    nothing else, when it cannot. `is_able`: whether its engine is known, or thought, to read at all; never raises."""

    name: str

    def is_able(self) -> bool: ...
    async def read(self, envelope: Envelope, excerpt: Excerpt) -> Reading: ...


Warmth = Literal["was_warm", "warmed", "refused", "failed"]
"""What came of warming an engine: it had answered before; it has answered now; it would not, though it is well; it has
failed."""


WARMTHS: tuple[Warmth, ...] = get_args(Warmth)


class Warmer(Protocol):
    """Has one engine answer something short, unless it has answered before: what it only does for its first answer, it
    then has done, and nobody has waited for it. Takes half a minute at most, and never raises."""

    async def warm(self) -> Warmth: ...


class Errand(Struct, frozen=True, gc=False):
    """What a backend of the tier is wanted for. `conversation` is its key: the turns of one belong on one backend,
    which may have read most of the prompt before. `signals` foretell how long it takes; None: nothing does, as where
    an answer is gone on with. `reads`: a `Reader` is wanted. `is_retry`: the tier has failed it a moment ago; `failed`
    are the backends that did."""

    tier: Tier
    conversation: str
    signals: Signals | None = None
    reads: bool = False
    is_retry: bool = False
    failed: tuple[str, ...] = ()


class Seat(Struct, frozen=True, gc=False):
    """An attempt's place at a backend, from `opened_s` until it is given back. `reader`: the same backend as one who
    reads, where it can. `others`: attempts that it has found open there. `expected_ms`: what its pace alone makes of
    the answer (0: nothing to compare)."""

    tier: Tier
    backend: Backend
    through: Pass
    reader: Reader | None = None
    others: int = 0
    opened_s: float = 0.0
    expected_ms: float = 0.0


class Fleet(Protocol):
    """The backends of every tier, and how the tiers are doing. `states`: as an attempt of this conversation would find
    them, with what is predicted of an answer to a request of these signals. `reads`: whether a tier has a backend that
    does. `admit` chooses one; it raises NotAdmitted where none may be asked, or for a retry when enough were made, and
    CannotRead where none reads. Whoever is admitted gives the seat back with the outcome of the attempt (the word that
    its AttemptRecord has). `failures`: attempts in a row that the backend of a seat has failed by now. `seats`: how
    many a tier has and how many are taken, of those backends that may be asked; `waits` tells it how many wait for one.
    """

    def states(self, conversation: str, signals: Signals) -> Mapping[Tier, TierState]: ...
    def reads(self, tier: Tier) -> bool: ...
    def admit(self, errand: Errand) -> Seat: ...
    def failures(self, seat: Seat) -> int: ...
    def closed(self, seat: Seat, outcome: str) -> None: ...
    def seats(self, tier: Tier) -> Seats: ...
    def waits(self, tier: Tier, waiting: int) -> None: ...


class Transcriber(Protocol):
    """Makes text of speech. Raises Refused for a clip that it does not take, TimedOut where that was not done in time,
    and another BackendError, and nothing else, when it cannot."""

    async def transcribe(self, clip: Clip, within_s: float) -> str: ...
