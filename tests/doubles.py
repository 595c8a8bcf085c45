"""Doubles of the ports: each keeps the promise of its port, does what a test tells it, and remembers what was asked."""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from router.core.audit import Audit
from router.core.errors import BackendError, CannotRead, InvalidRequest, NotAdmitted, TandemError
from router.core.moves import Attempt, Block, Ended
from router.core.policy import Policy
from router.core.reading.reading import Excerpt, Reading, ReadToken
from router.core.recall import NEW_CONVERSATION, Conversation
from router.core.record import Record
from router.core.rollout import Assignment
from router.core.values import TIERS, Quantiles, Signals, Tier, TierState, Usage
from router.ports import Backend, Envelope, Errand, Head, Latencies, Reader, Seat

# --- Clock ----------------------------------------------------------------------------------------------------

EPOCH_S = 1_800_000_000.0


class LoopClock:
    """The time of the running event loop: virtual where that is. The port `Clock`."""

    def now_s(self) -> float:
        """See `ports.Clock`."""
        return asyncio.get_running_loop().time()

    def unix_s(self) -> float:
        """See `ports.Clock`."""
        return EPOCH_S + self.now_s()


class TickingClock(LoopClock):
    """The time of the running event loop, a little later whenever it is read. The port `Clock`."""

    def __init__(self, tick_s: float) -> None:
        self._tick_s = tick_s
        self._ahead_s = 0.0

    def now_s(self) -> float:
        """See `ports.Clock`."""
        self._ahead_s += self._tick_s
        return super().now_s() + self._ahead_s


class HandClock:
    """Time that passes only when a test says so. The port `Clock`."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def pass_s(self, seconds: float) -> None:
        """Lets this much time pass."""
        self._now_s += seconds

    def now_s(self) -> float:
        """See `ports.Clock`."""
        return self._now_s

    def unix_s(self) -> float:
        """See `ports.Clock`."""
        return EPOCH_S + self._now_s


# --- Backend and Fleet ----------------------------------------------------------------------------------------


class Says(Struct, frozen=True):
    """A block, `after_s` after what came before it."""

    data: bytes
    after_s: float = 0.0


class Ends(Struct, frozen=True):
    """The end of an answer, with the tokens it took. `finish`: the event that says so, with the last of the text."""

    tokens: int = 0
    after_s: float = 0.0
    finish: bytes = b""


class Fails(Struct, frozen=True):
    """An error: of the backend's, or, to stand for a bug, any other."""

    error: Exception
    after_s: float = 0.0


Step = Says | Ends | Fails
FOREVER_S = 1e9

NEVER = Says(b"", FOREVER_S)
"""Nothing, ever."""


class ScriptedBackend:
    """Serves each call by the next script, of which the last stands for all that follow. The port `Backend`.

    Closing a stream takes `closing_s`. `asked` holds what it was called with, `streams` what it gave."""

    def __init__(self, *scripts: Sequence[Step], name: str = "double-1", closing_s: float = 0.0) -> None:
        self.name = name
        self.reachable = True
        self.asked: list[tuple[Attempt, Envelope]] = []
        self.streams: list[ScriptedStream] = []
        self._scripts = scripts
        self._closing_s = closing_s

    def stream(self, attempt: Attempt, envelope: Envelope) -> AsyncGenerator[Block | Ended, None]:
        """See `ports.Backend`."""
        script = self._scripts[min(len(self.streams), len(self._scripts) - 1)]
        self.asked.append((attempt, envelope))
        self.streams.append(ScriptedStream(script, attempt.number, self._closing_s))
        return self.streams[-1]

    async def is_reachable(self) -> bool:
        """See `ports.Backend`."""
        return self.reachable


class ScriptedStream(AsyncGenerator[Block | Ended, None]):
    """One call to a scripted backend. `said` is what it has yielded, `closed` how often it was closed."""

    def __init__(self, script: Sequence[Step], number: int, closing_s: float) -> None:
        self.said = b""
        self.closed = 0
        self._closing_s = closing_s
        self._events = self._play(script, number)

    async def asend(self, value: None) -> Block | Ended:
        return await self._events.asend(value)

    async def athrow(self, *error: Any) -> Block | Ended:
        return await self._events.athrow(*error)

    async def aclose(self) -> None:
        self.closed += 1
        await asyncio.sleep(self._closing_s)
        await self._events.aclose()

    async def _play(self, script: Sequence[Step], number: int) -> AsyncGenerator[Block | Ended, None]:
        for step in script:
            await asyncio.sleep(step.after_s)
            if isinstance(step, Fails):
                raise step.error
            if isinstance(step, Ends):
                self.said += step.finish
                yield Ended(number, step.finish, None, Usage(18, step.tokens))
            else:
                self.said += step.data
                yield Block(number, step.data)


class DoubleReader:
    """Finds the `wrong` words improbable and all others what it would have written itself. Each read takes `each_s`;
    with an `error` it fails. `texts` is what it was given to read, `given_up` how many reads nobody waited for. The
    port `Reader`."""

    def __init__(self, *wrong: str, each_s: float = 0.0, error: BackendError | None = None) -> None:
        self.name = "double-reader"
        self.texts: list[tuple[str, str]] = []
        self.envelopes: list[Envelope] = []
        self.given_up = 0
        self._wrong = wrong
        self._each_s = each_s
        self._error = error

    def is_able(self) -> bool:
        """See `ports.Reader`."""
        return True

    async def read(self, envelope: Envelope, excerpt: Excerpt) -> Reading:
        """See `ports.Reader`."""
        self.envelopes.append(envelope)
        self.texts.append((excerpt.before, excerpt.text))
        try:
            await asyncio.sleep(self._each_s)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        if self._error is not None:
            raise self._error
        tokens = tuple([self._token(word) for word in re.finditer(r"\S+\s*|\s+", excerpt.text)])
        return Reading(tokens, 20 + len(tokens))

    def _token(self, word: re.Match[str]) -> ReadToken:
        is_wrong = any(each in word[0] for each in self._wrong)
        logprob, rank = (-12.0, 9_000) if is_wrong else (-0.1, 1)
        return ReadToken(word.start(), word.end(), logprob, rank, -0.1)


class NothingForeseen:
    """Predicts nothing. The port `Latencies`."""

    def foreseen(self, states: Mapping[str, TierState], signals: Signals) -> Mapping[str, TierState]:
        """See `ports.Latencies`."""
        return states

    def expected_ms(self, backend: str, in_flight: int, signals: Signals) -> float:
        """See `ports.Latencies`."""
        return 0.0


class DoubleFleet:
    """One backend for each tier, named after it, and each tier doing as the test says in `doing`. The port `Fleet`.

    `told` is what it was told, in order: a tier with None when an attempt was opened, with the outcome when closed.
    `errands` is what backends were wanted for. The tiers in `left_alone` are not admitted to, nor retries unless it
    `spares_retries`."""

    def __init__(self, latencies: Latencies | None = None, **backends: Backend) -> None:
        self.doing: dict[Tier, TierState] = {tier: TierState(configured=True) for tier in TIERS if tier in backends}
        self.told: list[tuple[Tier, str | None]] = []
        self.errands: list[Errand] = []
        self.left_alone: set[Tier] = set()
        self.spares_retries = True
        self.readers: dict[Tier, Reader] = {}
        self._latencies = latencies or NothingForeseen()
        self._backends = backends

    def reads(self, tier: Tier) -> bool:
        """See `ports.Fleet`."""
        return tier in self.readers

    def states(self, conversation: str, signals: Signals) -> Mapping[Tier, TierState]:
        """See `ports.Fleet`."""
        names = {self._backends[tier].name: tier for tier in self.doing}
        foreseen = self._latencies.foreseen({name: self.doing[tier] for name, tier in names.items()}, signals)
        return {names[name]: state for name, state in foreseen.items()}

    def admit(self, errand: Errand) -> Seat:
        """See `ports.Fleet`."""
        tier = errand.tier
        self.errands.append(errand)
        if errand.reads and tier not in self.readers:
            raise CannotRead(f"{tier} does not read")
        if tier in self.left_alone or (errand.is_retry and not self.spares_retries):
            raise NotAdmitted(f"{tier} is left alone", 3.0)
        self.told.append((tier, None))
        others = self.doing[tier].in_flight
        return Seat(tier, self._backends[tier], "usual", self.readers.get(tier), others)

    def failures(self, seat: Seat) -> int:
        """See `ports.Fleet`."""
        return self.doing[seat.tier].failures

    def closed(self, seat: Seat, outcome: str) -> None:
        """See `ports.Fleet`."""
        self.told.append((seat.tier, outcome))


# --- Answer ---------------------------------------------------------------------------------------------------


class Told(NamedTuple):
    """One thing an answer was told: the name of the call, when, and what came with it."""

    call: str
    at_s: float
    head: Head | None = None
    data: bytes = b""
    error: TandemError | None = None
    ended: Ended | None = None


class RecordingAnswer:
    """Remembers everything it is told, in order. Each call takes `each_s`, as it does when a caller reads slowly; the
    call named `breaks_at` raises. The port `Answer`."""

    def __init__(self, each_s: float = 0.0, breaks_at: str | None = None) -> None:
        self.told: list[Told] = []
        self._each_s = each_s
        self._breaks_at = breaks_at

    @property
    def calls(self) -> list[str]:
        """The names of the calls, in order."""
        return [each.call for each in self.told]

    @property
    def released(self) -> bytes:
        """Everything the caller was given of the answer."""
        return b"".join(each.data for each in self.told)

    @property
    def last(self) -> Told:
        """The last thing it was told."""
        return self.told[-1]

    async def begin(self, head: Head) -> None:
        """See `ports.Answer`."""
        await self._note("begin", head=head)

    async def commit(self) -> None:
        """See `ports.Answer`."""
        await self._note("commit")

    async def keep_alive(self) -> None:
        """See `ports.Answer`."""
        await self._note("keep_alive")

    async def release(self, data: bytes) -> None:
        """See `ports.Answer`."""
        await self._note("release", data=data)

    async def end(self, head: Head, ended: Ended) -> None:
        """See `ports.Answer`."""
        await self._note("end", head=head, ended=ended)

    async def break_off(self, head: Head, error: BackendError) -> None:
        """See `ports.Answer`."""
        await self._note("break_off", head=head, error=error)

    async def fail(self, error: TandemError, head: Head | None) -> None:
        """See `ports.Answer`."""
        await self._note("fail", head=head, error=error)

    async def _note(self, call: str, **about: Any) -> None:
        self.told.append(Told(call, asyncio.get_running_loop().time(), **about))
        if call == self._breaks_at:
            raise ZeroDivisionError(call)
        if self._each_s:
            await asyncio.sleep(self._each_s)


# --- Policies, Memory, Lengths and DecisionLog ----------------------------------------------------------------


class PoliciesInForce:
    """These policies by name, the first of them the default, beside them a shadow or nothing. The port `Policies`."""

    def __init__(self, policies: Mapping[str, Policy], shadow: Policy | None = None) -> None:
        self._policies = policies
        self._shadow = shadow

    def assign(self, name: str | None, conversation: str) -> Assignment:
        """See `ports.Policies`."""
        found = self._policies.get(name or next(iter(self._policies)))
        if found is None:
            raise InvalidRequest(f"there is no policy {name!r}", param="x-router-policy")
        return Assignment(found, shadow=self._shadow)

    def names(self) -> tuple[str, ...]:
        """See `ports.Policies`."""
        return tuple(self._policies)


class EndlessMemory:
    """Remembers everything, for ever. The port `Memory`."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.escalations: set[str] = set()

    def conversation(self, key: str) -> Conversation:
        """See `ports.Memory`."""
        return self.conversations.get(key, NEW_CONVERSATION)

    def remember_conversation(self, key: str, conversation: Conversation) -> None:
        """See `ports.Memory`."""
        self.conversations[key] = conversation

    def was_escalated(self, question: str) -> bool:
        """See `ports.Memory`."""
        return question in self.escalations

    def remember_escalation(self, question: str) -> None:
        """See `ports.Memory`."""
        self.escalations.add(question)


class CountedEscalations:
    """Grants so many escalations, whoever asks, and notes who asked for what. The port `Escalations`."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.told: list[tuple[str, str]] = []

    def asked(self, tenant: str) -> None:
        """See `ports.Escalations`."""
        self.told.append((tenant, "asked"))

    def has_left(self, tenant: str) -> bool:
        """See `ports.Escalations`."""
        return self.left > 0

    def take(self, tenant: str) -> bool:
        """See `ports.Escalations`."""
        self.told.append((tenant, "take"))
        granted, self.left = self.left > 0, max(self.left - 1, 0)
        return granted


class NothingLearned:
    """Expects every answer to be as long as its ask makes likely. The port `Lengths`."""

    def adjusted(self, tenant: str, task: str, base: Quantiles) -> Quantiles:
        """See `ports.Lengths`."""
        return base


class RecordList:
    """Keeps every record, and every audit. The ports `DecisionLog` and `AuditLog`."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.audits: list[Audit] = []

    def write(self, record: Record) -> None:
        """See `ports.DecisionLog`."""
        self.records.append(record)

    def write_audit(self, audit: Audit) -> None:
        """See `ports.AuditLog`."""
        self.audits.append(audit)

    @property
    def only(self) -> Record:
        """The one record there must be."""
        (record,) = self.records
        return record


# --- Board ----------------------------------------------------------------------------------------------------


class DoubleBoard:
    """Notes that stand in `notes`, for everyone who holds this board; None there: it cannot be reached. The port
    `Board`."""

    def __init__(self) -> None:
        self.notes: dict[str, bytes] | None = {}

    async def post(self, key: str, value: bytes | None) -> bool:
        """See `ports.Board`."""
        if self.notes is None:
            return False
        self.notes.pop(key, None)
        self.notes |= {} if value is None else {key: value}
        return True

    async def read(self) -> Mapping[str, bytes] | None:
        """See `ports.Board`."""
        return None if self.notes is None else dict(self.notes)
