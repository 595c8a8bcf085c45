"""What the router needs from the outside, as promises. Each is kept by an adapter and by a double in the tests."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from msgspec import Struct

from router.core.audit import Audit
from router.core.breaker import Pass
from router.core.caching.asking import Question
from router.core.caching.entry import Entry, Holding, Place, Which
from router.core.caching.terms import AS_USUAL, Directives
from router.core.caching.terms import Outcome as CacheOutcome
from router.core.continuation import Begun
from router.core.errors import BackendError, TandemError
from router.core.grants import Caller
from router.core.moves import Attempt, Block, Ended
from router.core.policy import Denoise
from router.core.reading.reading import Excerpt, Reading
from router.core.recall import Keys, Recalled, Thread
from router.core.record import AttemptRecord, Record, left_house
from router.core.rollout import Assignment
from router.core.speech import Clip, Heard
from router.core.trace import Trace
from router.core.upgrade import Upgrade
from router.core.values import OUTSIDE, ChatRequest, Hints, Quantiles, Signals, Tier, TierState
from router.core.waiting import Seats

if TYPE_CHECKING:
    from router.core.caching.embedding import Vector
    from router.core.caching.nearest import Neighbour


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


class Keyring(Protocol):
    """Knows the virtual keys. `caller` raises Unauthenticated when the secret is missing or not known."""

    def caller(self, secret: str | None) -> Caller: ...


class Policies(Protocol):
    """The policies in force. `assign` says which of them decides a request of this conversation: None is the default
    policy; it raises InvalidRequest for a name it does not know."""

    def assign(self, name: str | None, conversation: str) -> Assignment: ...
    def names(self) -> tuple[str, ...]: ...


class Memory(Protocol):
    """What the router remembers of earlier requests for `recall.REMEMBERED_S`. Never fails; what it has forgotten is
    as if it had never been. `known` is what this replica remembers; `recall` what all of them do, which may take a
    round trip, and where that fails is what this one knows. `note_conversation` is for this replica alone, `remember_*`
    for all; they keep nobody waiting, and take news of a conversation as `Thread.told` has it."""

    def known(self, keys: Keys) -> Recalled: ...
    async def recall(self, keys: Keys) -> Recalled: ...
    def note_conversation(self, key: str, news: Thread) -> None: ...
    def remember_conversation(self, tenant: str, key: str, news: Thread) -> None: ...
    def remember_escalation(self, tenant: str, question: str) -> None: ...


class Cache(Protocol):
    """Keeps answers until their time is over, or there are too many. Never raises and never keeps anybody waiting: what
    cannot be read is not there, and what cannot be written is dropped and counted. `get` may give for a moment what
    another replica has replaced; `latest` looks what is there now. `put` leaves an entry of a higher rank in its place.
    `forget` answers how many it removed, `holding` what is there."""

    async def get(self, place: Place) -> Entry | None: ...
    async def latest(self, place: Place) -> Entry | None: ...
    async def put(self, place: Place, entry: Entry) -> None: ...
    async def forget(self, which: Which) -> int: ...
    async def holding(self) -> Holding: ...


class Sought(Protocol):
    """A look-up in a cache that has begun. `entry` answers what `Cache.get` would; it is asked once at most."""

    @property
    def place(self) -> Place: ...
    async def entry(self) -> Entry | None: ...


class Seeker(Protocol):
    """A cache that is some way off: `seek` begins a look-up and waits for nothing, so that what else goes that way goes
    along with it. Never raises."""

    def seek(self, place: Place) -> Sought: ...


class Lease(Protocol):
    """What `Leases.take` has granted. `held` renews it while the block runs and gives it back at the end; one that is
    not held is over by itself soon. Never raises."""

    def held(self) -> AbstractAsyncContextManager[None]: ...


class Leases(Protocol):
    """Which replica answers what several are asked at the same time. `take` asks for the lease of a place; None:
    another has it. Never raises and keeps nobody waiting: where nobody can say who has it, it is granted. What is asked
    of the cache in the same breath is done after it."""

    async def take(self, place: Place) -> Lease | None: ...


class Embedder(Protocol):
    """Makes vectors of questions, of their texts alone. `embed` answers one of length 1, always of as many numbers;
    None: there is nothing to embed, or no vector can be had soon. Vectors of embedders of different names are not
    comparable. Never raises and never keeps anybody waiting for long. How long it takes tells nothing of what was
    embedded for another partition."""

    @property
    def name(self) -> str: ...
    async def embed(self, question: Question) -> "Vector | None": ...


class Transcriber(Protocol):
    """Makes text of speech. Raises Refused for a clip that it does not take, TimedOut where that was not done in time,
    and another BackendError, and nothing else, when it cannot."""

    async def transcribe(self, clip: Clip, within_s: float) -> str: ...


class Questions(Protocol):
    """The questions whose answers are kept. `same_as`: the one that asks the same, and how alike it is,
    among those of its partition that are alike enough; None: none does. Never raises."""

    async def same_as(self, question: Question, above: float) -> "Neighbour | None": ...
    async def remember(self, question: Question, key: str) -> None: ...
    def forget(self, question: Question, key: str) -> None: ...


class Escalations(Protocol):
    """How often the requests of a tenant may yet climb because of what they are (see `core.escalation_budget`). `asked`
    counts a request; `take` says whether one may climb and counts that it does; `has_left` says what `take` would.
    Never fails, and what it has forgotten it grants."""

    def asked(self, tenant: str) -> None: ...
    def has_left(self, tenant: str) -> bool: ...
    def take(self, tenant: str) -> bool: ...


class Lengths(Protocol):
    """How long answers have been. `adjusted` is what is to be expected of the answer to such a request of this tenant,
    where `base` says what a form, the task or the cues of the ask make of it; `base` itself where a form was asked for
    or nothing was learned. Knows no cap. Never fails."""

    def adjusted(self, tenant: str, task: str, base: Quantiles) -> Quantiles: ...


class Latencies(Protocol):
    """How long answers have taken, backend by backend. `foreseen` are the same states, by the names of backends, with
    what is predicted of the answer to a request of these signals. `expected_ms`: the median that a backend's pace alone
    makes likely, whatever it has done, while so many others are open (0: nothing is known). Never fails."""

    def foreseen(self, states: Mapping[str, TierState], signals: Signals) -> Mapping[str, TierState]: ...
    def expected_ms(self, backend: str, in_flight: int, signals: Signals) -> float: ...


class Board(Protocol):
    """What replicas tell each other: notes, each under a key. Never fails: `post` answers whether the others will see
    it (None removes the note), `read` answers None when the notes cannot be read now."""

    async def post(self, key: str, value: bytes | None) -> bool: ...
    async def read(self) -> Mapping[str, bytes] | None: ...


class DecisionLog(Protocol):
    """Takes the record of each finished request. Never blocks and never fails."""

    def write(self, record: Record) -> None: ...


class AuditLog(Protocol):
    """Takes what audits have found. Never blocks and never fails."""

    def write_audit(self, audit: Audit) -> None: ...


class UpgradeLog(Protocol):
    """Takes what came of having kept answers written again. Never blocks and never fails."""

    def write_upgrade(self, upgrade: Upgrade) -> None: ...


class Clock(Protocol):
    """Both clocks: `now_s` never goes back and is for durations; `unix_s` is for people."""

    def now_s(self) -> float: ...
    def unix_s(self) -> float: ...


class Asked(Struct, frozen=True):
    """One request as it reached the router: what, by whom, with which hints, under which id, as part of which
    trace (None: of none), and what it says of caches. `heard`: what became of speech in it, of which `request` has the
    words (None: there was none, or nobody transcribes it)."""

    request: ChatRequest
    hints: Hints
    caller: Caller
    request_id: str
    trace: Trace | None = None
    directives: Directives = AS_USUAL
    heard: Heard | None = None


class Head(Struct, frozen=True):
    """What the caller is told of the way its request took. `tier` is the one that serves; None: none did.
    `annotations` are the policy's own labels. `spilled_from`: the tier that was full where it would have begun, and
    `waited_s` how long it waited for a seat. `cache`: how it met the cache (None: not at all), and `age_s` how old the
    answer is that it got from there. `heard`: see `Asked`."""

    tier: Tier | None
    rule: str
    policy: str
    reason: str
    attempts: tuple[AttemptRecord, ...]
    dropped: tuple[str, ...]
    excluded: tuple[str, ...]
    annotations: Mapping[str, str] = {}
    cache: CacheOutcome | None = None
    age_s: float | None = None
    spilled_from: Tier | None = None
    waited_s: float = 0.0
    heard: Heard | None = None

    @property
    def left_house(self) -> bool:
        """Whether this request was sent to another company, the attempt that is still streaming included."""
        is_asked = self.tier is not None and self.age_s is None
        return left_house(self.attempts) or (is_asked and self.tier in OUTSIDE)


class Answer(Protocol):
    """Where a climb delivers: to a caller who wants one body, or to one who wants a stream.

    Either `fail`, alone; or `begin` once, `commit` and `keep_alive` only while nothing was released, `release` any
    number of times, and `end` or `break_off` at last."""

    async def begin(self, head: Head) -> None: ...
    async def commit(self) -> None: ...
    async def keep_alive(self) -> None: ...
    async def release(self, data: bytes) -> None: ...
    async def end(self, head: Head, ended: Ended) -> None: ...
    async def break_off(self, head: Head, error: BackendError) -> None: ...
    async def fail(self, error: TandemError, head: Head | None) -> None: ...
