"""What is kept: of earlier requests, of answers, and of the questions that they answer."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol

from router.core.caching.asking import Question
from router.core.caching.entry import Entry, Holding, Place, Which
from router.core.recall import Keys, Recalled, Thread
from router.core.values import Quantiles, Signals, TierState

if TYPE_CHECKING:
    from router.core.caching.embedding import Vector
    from router.core.caching.nearest import Neighbour


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
