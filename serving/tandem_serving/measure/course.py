"""The course of a measurement: more and more at once, longer and longer prompts, and answers as they come."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median
from typing import Final

from msgspec import Struct

from router.core.errors import SettingsError
from router.core.values import Band
from router.engines.dialects import DIALECTS
from tandem_serving.engine_client import EngineClient, open_engine
from tandem_serving.measure.bursts import Load, Range
from tandem_serving.measure.figures import Crossover, Measured, Reading, Timed, crossover, pace_of, reading_of
from tandem_serving.probe.identity import Identity, identify

Watch = Callable[[str, int], None]
"""Told before each burst what it is, and how many there are in all."""

AT_ONCE: Final = (1, 2, 3, 4, 6, 8, 12, 16)
PARTS: Final = (0, 8, 4, 2, 1)
MOST_FILLER: Final = 4800
OF_WINDOW: Final = 0.6
FEW_FILLERS: Final = 16
"""A prompt is made longer by such parts of so many fillers (0: none of them), or of as many as take this share of the
window; a few of them tell how many tokens each is."""

USUAL_WINDOW: Final = 32_768
LENGTHS: Final = (16, 64, 128, 256, 512)
BLOCKS: Final = 6
TOKENS: Final = 96
"""Of an answer in a burst: so many canvases, or so many tokens."""

CAP: Final = 8
"""Passes of a canvas in a burst, where the engine lets a request say so: a pass takes as long, and a burst less."""

PROMPTS: Final[Mapping[Band, Sequence[str]]] = {
    "low": ("Tell me about bridges.", "Describe a harbour in the morning.", "Say something nice about gardens."),
    "medium": ("Write a Python function that parses dates.", "Write a SQL query for the ten best customers by year."),
    "high": (
        "Prove that for all integers n the polynomial n^5 - n is divisible by 30, by induction.",
        "Derive the eigenvalues of a circulant matrix and prove that its eigenvectors are orthogonal.",
    ),
}


class Plan(Struct, frozen=True):
    """How much is measured. `most`: at once; `rounds`: of every burst; `answers`: to each of PROMPTS, for their passes
    (0: none)."""

    most: int = 16
    rounds: int = 2
    answers: int = 3

    @property
    def at_once(self) -> tuple[int, ...]:
        """How many answers are written at once, in turn."""
        return (*[each for each in AT_ONCE if each < self.most], self.most)


class Wanted(Struct, frozen=True):
    """An engine to measure. `model`: None where it has only one."""

    url: str
    model: str | None = None
    key: str | None = None


class Study(Struct, frozen=True):
    """One engine, or two of them and where one overtakes the other."""

    measured: Measured
    against: Measured | None = None
    crossovers: tuple[Crossover, ...] = ()


async def study(wanted: Wanted, against: Wanted | None, plan: Plan, watch: Watch) -> Study:
    """Measures one engine, or two, one after the other. Raises SettingsError."""
    if against is not None and await _is_diffusion(wanted) == await _is_diffusion(against):
        raise SettingsError("only a diffusion engine and an autoregressive one are set against each other")
    first = await measure(wanted, plan, watch)
    if against is None:
        return Study(first)
    second = await measure(against, plan, watch)
    fast, strong = (first, second) if first.tier == "fast" else (second, first)
    common = sorted(fast.step_s.keys() & strong.step_s.keys())
    return Study(first, second, tuple([crossover(fast, strong, running) for running in common]))


async def measure(wanted: Wanted, plan: Plan, watch: Watch) -> Measured:
    """Measures one engine, which nobody else should be using. Raises SettingsError."""
    async with open_engine(wanted.url, wanted.key) as client:
        identity = await identify(client, wanted.model, None)
        return await _Course(client, identity, plan, watch).run()


async def _is_diffusion(wanted: Wanted) -> bool:
    async with open_engine(wanted.url, wanted.key) as client:
        return DIALECTS[(await identify(client, wanted.model, None)).dialect].canvas_tokens is not None


class _Course:
    """One engine's measurement on its way."""

    def __init__(self, client: EngineClient, identity: Identity, plan: Plan, watch: Watch) -> None:
        self._range = Range(client, identity.model, identity.dialect)
        self._client = client
        self._identity = identity
        self._plan = plan
        self._watch = watch
        self._slots: int | None = None
        table = DIALECTS[identity.dialect]
        self._block_tokens = table.canvas_tokens or 1
        steps = table.dials.get("denoise.steps")
        self._capped = {} if steps is None else {steps.field: {steps.key: CAP}}
        self._tokens = BLOCKS * self._block_tokens if self._range.is_diffusion else TOKENS
        self._prompts = [(band, prompt) for band, prompts in PROMPTS.items() for prompt in prompts]

    async def run(self) -> Measured:
        self._say("warming up")
        await self._range.burst(Load(1, self._tokens, fields=self._capped))
        return Measured(
            self._client.url,
            self._identity.model,
            "fast" if self._range.is_diffusion else "strong",
            self._identity.context_tokens,
            self._block_tokens,
            step_s=await self._step_s(),
            slots=self._slots,
            most=self._plan.most,
            readings=await self._readings(),
            passes=await self._passes(),
            lengths=await self._lengths(),
            measured=datetime.now(UTC).date().isoformat(),
        )

    async def _step_s(self) -> Mapping[int, float]:
        """Seconds of a step by how many run, as far as there are slots."""
        found: dict[int, float] = {}
        for running in self._plan.at_once:
            if self._slots is None or running <= self._slots:
                step_s = await self._pace(running)
                if step_s is not None:
                    found[running] = step_s
                    self._range.alone_s = found.get(1)
        if self._slots is not None and self._slots not in found:
            step_s = await self._pace(self._slots)
            found |= {} if step_s is None else {self._slots: step_s}
        if 1 not in found:
            raise SettingsError(f"{self._client.url} wrote too little to tell its pace: is it busy for somebody else?")
        return found

    async def _pace(self, running: int) -> float | None:
        """The least of all rounds: whatever disturbs a step makes it longer. None: not so many ran at once."""
        found = []
        for _ in range(self._rounds(running)):
            self._say(f"{running} at once")
            burst = await self._range.burst(Load(running, self._tokens, fields=self._capped))
            if burst.ran is not None and 0 < burst.ran < running:
                self._slots = burst.ran
                return None
            found.append(pace_of(burst.tracks))
        told = [each for each in found if each is not None]
        return min(told, default=None)

    def _rounds(self, running: int) -> int:
        """What a request takes that is alone is what everything else is set against."""
        return self._plan.rounds * (2 if running == 1 else 1)

    async def _readings(self) -> tuple[Reading, ...]:
        most = await self._most_fillers()
        found = []
        for filler in [most // part if part else 0 for part in PARTS]:
            for _ in range(self._plan.rounds):
                self._say(f"a prompt of {filler} fillers")
                load = Load(1, max(self._tokens // 2, 2 * self._block_tokens), filler, fields=self._capped)
                burst = await self._range.burst(load)
                found.append(reading_of(burst.tracks[0]))
        return tuple([each for each in found if each is not None])

    async def _most_fillers(self) -> int:
        bare, longer = [
            (await self._range.burst(Load(1, self._block_tokens, filler, fields=self._capped))).tracks[0].prompt_tokens
            for filler in (0, FEW_FILLERS)
        ]
        each_tokens = max((longer - bare) / FEW_FILLERS, 1.0)
        window = self._identity.context_tokens or USUAL_WINDOW
        return min(int(OF_WINDOW * window / each_tokens), MOST_FILLER)

    async def _passes(self) -> Mapping[Band, tuple[int, ...]]:
        """Passes of canvases that nobody capped."""
        found: dict[Band, tuple[int, ...]] = {}
        for band, prompt in self._prompts if self._range.is_diffusion else ():
            for _ in range(self._plan.answers):
                self._say(f"passes of a {band} prompt")
                burst = await self._range.burst(Load(1, 2 * self._block_tokens, prompt=prompt))
                steps = [0, *[point.steps for point in burst.tracks[0].points]]
                drawn = [later - earlier for earlier, later in pairwise(steps)]
                found[band] = (*found.get(band, ()), *drawn)
        return found

    async def _lengths(self) -> tuple[Timed, ...]:
        found = []
        for tokens in LENGTHS:
            took_s = []
            for _ in range(self._plan.rounds):
                self._say(f"an answer of {tokens} tokens")
                took_s.append(await self._range.time(Load(1, tokens, prompt=PROMPTS["low"][0])))
            found.append(Timed(tokens, median(took_s)))
        return tuple(found)

    def _say(self, what: str) -> None:
        plan = self._plan
        natural = len(self._prompts) * plan.answers if self._range.is_diffusion else 0
        bursts = 1 + plan.rounds * (1 + len(plan.at_once) + len(PARTS) + len(LENGTHS)) + natural
        self._watch(f"{self._client.url}: {what}", bursts)
