"""A Dispatch among doubles: what tests of the climb set up, run and look at."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from router.attempts import Admission, untold
from router.auditing.audits import NEVER, Auditing
from router.caching.sharing import NOTHING_SHARED, Sharing
from router.core.capabilities import TierFacts
from router.core.doubt.estimate import NOBODY_DOUBTS, Scorers
from router.core.errors import TandemError
from router.core.grants import OWNER
from router.core.policy import Policy, Then
from router.core.price import UNKNOWN, Prices
from router.core.record import Record
from router.core.values import Hints, Message, Part, Tier
from router.core.waiting import Bounds
from router.dispatch import Dispatch, Services
from router.engines.dialects.vllm_diffusion import CANVAS_DIALS
from router.inquiry import Inquiry, Landscape
from router.ports import Asked, Clock, Escalations, Latencies, Lengths, Memory
from router.stores.escalations import UnlimitedEscalations
from router.turns import Turns
from tests import virtual_time
from tests.doubles import (
    DoubleFleet,
    EndlessMemory,
    LoopClock,
    NothingForeseen,
    NothingLearned,
    PoliciesInForce,
    RecordingAnswer,
    RecordList,
    ScriptedBackend,
    Step,
)
from tests.examples import FAST, NARROW, STRONG, a_policy, chat_request
from tests.usual import measure

COMMIT_AFTER_S = 10.0
KEEP_ALIVE_S = 15.0
TIMEOUT_S = 4.0

CLIMBING = a_policy(otherwise=Then(("fast", "strong"), gate="off", commit_after_s=COMMIT_AFTER_S))
STRONG_ONLY = a_policy(otherwise=Then(("strong",), commit_after_s=COMMIT_AFTER_S))
STRONG_OR_LESS = a_policy(otherwise=Then(("strong",), on_unavailable="degrade", commit_after_s=COMMIT_AFTER_S))
IMPATIENT = a_policy(
    otherwise=Then(("fast", "strong"), gate="off", commit_after_s=COMMIT_AFTER_S, timeout_s=TIMEOUT_S),
)

TIERS: dict[Tier, TierFacts] = {"fast": FAST, "strong": STRONG}
DENOISING: dict[Tier, TierFacts] = {
    "fast": replace(FAST, dialect=replace(NARROW, dials=CANVAS_DIALS)),
    "strong": STRONG,
}
"""The same, but that the fast tier is told how to denoise."""


def status_of(error: TandemError) -> int:
    """A status no server sends, so that nothing here rests on the API's table."""
    return 900 + len(type(error).__name__)


def asking(*, streamed: bool = True, **about: Any) -> Asked:
    """One small request, by the owner unless said otherwise."""
    parameters = {"stream": streamed, **about.pop("parameters", {})}
    messages = [Message("user", (Part("text", said),))] if (said := about.pop("said", "")) else []
    request = chat_request(*messages, model=about.pop("model", "auto"), **parameters)
    return Asked(request, about.pop("hints", Hints()), about.pop("caller", OWNER), "r1", **about)


@dataclass
class Scene:
    """Two scripted backends, a policy, and what is left when a request has been served."""

    fast: ScriptedBackend
    strong: ScriptedBackend
    policy: Policy = CLIMBING
    answer: RecordingAnswer = field(default_factory=RecordingAnswer)
    log: RecordList = field(default_factory=RecordList)
    memory: Memory = field(default_factory=EndlessMemory)
    escalations: Escalations = field(default_factory=UnlimitedEscalations)
    lengths: Lengths = field(default_factory=NothingLearned)
    latencies: Latencies = field(default_factory=NothingForeseen)
    scorers: Scorers = field(default_factory=lambda: NOBODY_DOUBTS)
    clock: Clock = field(default_factory=LoopClock)
    sharing: Sharing = NOTHING_SHARED
    tiers: Mapping[Tier, TierFacts] = field(default_factory=lambda: TIERS)
    audits: Auditing = NEVER
    bounds: Bounds = field(default_factory=Bounds)
    quote: Callable[[str], str] = untold
    prices: Prices = UNKNOWN

    def __post_init__(self) -> None:
        self.fast.name, self.strong.name = "fast-1", "strong-1"
        self.fleet = DoubleFleet(self.latencies, fast=self.fast, strong=self.strong)

    @property
    def record(self) -> Record:
        """The one record of the one request."""
        return self.log.only

    @property
    def opened(self) -> list[str]:
        """The tiers that were called, in order."""
        calls = [(attempt.number, attempt.tier) for each in self.backends for attempt, _ in each.asked]
        return [tier for _, tier in sorted(calls)]

    @property
    def backends(self) -> Sequence[ScriptedBackend]:
        """Both backends."""
        return (self.fast, self.strong)

    async def serve(self, asked: Asked) -> None:
        """Serves one request, on whatever loop runs."""
        await self.dispatch().serve(asked, self.answer)

    def dispatch(self) -> Dispatch:
        """What serves requests."""
        return Dispatch(
            self.inquiry(),
            self.memory,
            Admission(self.fleet, Turns(self.fleet, self.clock, self.bounds), self.escalations, self.quote),
            self.log,
            self.clock,
            status_of,
            KEEP_ALIVE_S,
            Services(self.scorers, self.audits, self.sharing, prices=self.prices),
        )

    def inquiry(self) -> Inquiry:
        """What decides requests."""
        landscape = Landscape(self.tiers, {"fast": "fast", "strong": "strong"})
        policies = PoliciesInForce({"default": self.policy})
        return Inquiry(landscape, self.fleet, policies, self.escalations, self.lengths, measure)

    def play(self, asked: Asked | None = None) -> None:
        """Serves one request in virtual time."""
        virtual_time.run(self.serve(asked or asking()))

    def play_until(self, left_s: float, asked: Asked | None = None) -> bool:
        """Serves one request whose caller leaves at this instant; whether that was before its end."""
        return virtual_time.run(self._serve_until(left_s, asked or asking()))

    async def _serve_until(self, left_s: float, asked: Asked) -> bool:
        serving = asyncio.ensure_future(self.serve(asked))
        await asyncio.wait((serving,), timeout=left_s)
        if serving.done():
            serving.result()
            return False
        serving.cancel()
        await asyncio.wait((serving,))
        assert serving.cancelled()
        return True


def backend(*script: Step, closing_s: float = 0.0) -> ScriptedBackend:
    """A backend that does the same whenever it is called."""
    return ScriptedBackend(script, closing_s=closing_s)
