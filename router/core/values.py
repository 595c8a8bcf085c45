"""The nouns that decisions are made of: frozen values that know nothing of sockets, clocks or frameworks.

They are msgspec structs rather than dataclasses because a frozen dataclass costs several times more to
build, and every request builds a dozen of them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from msgspec import Raw, Struct

Tier = Literal["fast", "strong", "hosted"]
Band = Literal["low", "medium", "high"]
Priority = Literal["priority", "default", "flex"]

TIERS: tuple[Tier, ...] = ("fast", "strong", "hosted")
"""Every tier, cheapest first. A ladder is a selection from this, in this order unless a policy says otherwise."""

OUTSIDE: frozenset[Tier] = frozenset(("hosted",))
"""The tiers whose models other companies run: what they are asked leaves the house."""

BANDS: tuple[Band, ...] = ("low", "medium", "high")

PRIORITIES: tuple[Priority, ...] = ("priority", "default", "flex")
"""How urgent a request is, most urgent first: the words of the wire's `service_tier`."""


def higher_band(a: Band, b: Band) -> Band:
    """The higher of two bands."""
    return BANDS[max(BANDS.index(a), BANDS.index(b))]


def lower_tier(a: Tier, b: Tier) -> Tier:
    """The lower (cheaper) of two tiers."""
    return TIERS[min(TIERS.index(a), TIERS.index(b))]


class Part(Struct, frozen=True, gc=False):
    """One part of a message: `kind` is the wire's `type`; `text` is set for text parts, `url` for media."""

    kind: str
    text: str = ""
    url: str = ""


SYSTEM_ROLES = frozenset(("system", "developer"))
"""The roles whose messages are instructions to the model rather than part of the conversation."""


class Message(Struct, frozen=True):
    """One message of a conversation, its content always a tuple of parts."""

    role: str
    parts: tuple[Part, ...]


class ChatRequest(Struct, frozen=True):
    """A chat completion as it was asked for, read once.

    `parameters` holds every top-level field but `model`, `messages` and `router`, decoded. `fields` holds every
    top-level field as the caller's own bytes, so that an engine gets them unchanged.
    """

    model: str
    messages: tuple[Message, ...]
    parameters: Mapping[str, Any]
    fields: Mapping[str, Raw]
    body_bytes: int

    @property
    def streamed(self) -> bool:
        """Whether the caller asked for a stream."""
        return self.parameters.get("stream") is True

    @property
    def choices(self) -> int:
        """How many choices the caller asked for."""
        value = self.parameters.get("n")
        return value if isinstance(value, int) else 1

    @property
    def max_tokens(self) -> int:
        """The caller's cap on the answer; 0: none."""
        value = self.parameters.get("max_completion_tokens") or self.parameters.get("max_tokens") or 0
        return value if type(value) is int else 0

    @property
    def wants_usage(self) -> bool:
        """Whether the caller asked for the usage chunk at the end of its stream."""
        options = self.parameters.get("stream_options")
        return isinstance(options, dict) and options.get("include_usage") is True


class Hints(Struct, frozen=True, gc=False):
    """What the caller told the router, in `x-router-*` headers or the body's `router` object. None: not said."""

    stakes: Band | None = None
    latency_budget_ms: int | None = None
    policy: str | None = None
    max_tier: Tier | None = None
    conversation: str | None = None


UNJUDGED = "unjudged"
"""The reason that a score carries where nobody could judge the text: its band is then a guess."""


class Score(Struct, frozen=True, gc=False):
    """A score in 0..1 with its band and the named reasons that made it."""

    score: float
    band: Band
    reasons: tuple[str, ...] = ()

    @property
    def is_judged(self) -> bool:
        """False: the score is a guess."""
        return UNJUDGED not in self.reasons


NOTHING_TOLD = "usual"
"""What told a length that nothing told: the usual one is a guess."""

FORM = "form."
"""What the names of asked-for forms begin with, where a length says what told it."""


class Quantiles(Struct, frozen=True, gc=False):
    """Tokens that half of such answers, and 90 in 100 of them, do not exceed. `why` names what told: a form, a task,
    "cues", or `NOTHING_TOLD`."""

    p50: int
    p90: int
    why: str = ""

    @property
    def yields(self) -> bool:
        """Whether earlier answers may know better: not than an asked-for form, nor where nothing is known."""
        return self.p50 > 0 and not self.why.startswith(FORM)


def without_opinion(task: str, length: Quantiles) -> tuple[str, ...]:
    """Which of these two abstain: the task, when none is recognised, and the length, when nothing told it."""
    unknown = () if task else ("task",)
    return (*unknown, "answer_tokens") if length.why == NOTHING_TOLD else unknown


class Signals(Struct, frozen=True):
    """What was measured about one request. Pure facts of the request: no engine, no clock, no configuration; but
    `answer_tokens` and `answer_tokens_p90` are corrected by earlier answers where requests are served.

    `prompt_tokens` and `answer_tokens` are estimates, the latter the median; 90 in 100 such answers take at most
    `answer_tokens_p90`. `answer_base` is the same before that correction and before the caller's cap. `turns` counts
    the user's messages. `scripts` names the writing systems seen (`latin`, `cyrillic`, `han`, ...). `images` and
    `audio` count message parts. `stakes_domain` and `task` are empty where none is known.
    """

    prompt_tokens: int
    answer_tokens: int
    turns: int
    code: bool
    maths: bool
    scripts: tuple[str, ...]
    tools: int
    schema: bool
    images: int
    audio: int
    stakes: Score
    difficulty: Score
    reasoning_effort: str = ""
    service_tier: str = ""
    stakes_domain: str = ""
    task: str = ""
    answer_tokens_p90: int = 0
    answer_base: Quantiles = Quantiles(0, 0)

    @property
    def abstained(self) -> tuple[str, ...]:
        """The signals that have no opinion on this request: what they say is a guess, or nothing."""
        scores = (("stakes", self.stakes), ("difficulty", self.difficulty))
        unknown = [name for name, score in scores if not score.is_judged]
        return (*unknown, *without_opinion(self.task, self.answer_base))


Measure: TypeAlias = Callable[[ChatRequest], Signals]
"""What turns a request into its signals. It never raises, whatever the parts, the roles and the parameters hold."""


class Usage(Struct, frozen=True, gc=False):
    """Tokens of one attempt, as its engine counted them. `cost_microusd`: what its provider says that it cost, in
    millionths of a US dollar (None: it says nothing of it, as engines of one's own do)."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_microusd: int | None = None


class Imprint(Struct, frozen=True, omit_defaults=True):
    """What an engine's answer says of itself: its id, the model that wrote it, and why each choice ended. Shortened."""

    response_id: str = ""
    model: str = ""
    finish_reasons: tuple[str, ...] = ()


MAX_IMPRINT_CHARS = 100
MAX_FINISH_REASONS = 16


def imprint_of(response_id: object, model: object, reasons: Sequence[object]) -> Imprint:
    """The imprint of an answer with these words in the places of its id, its model and its finish reasons. What is no
    word there is left out."""
    words = [each[:MAX_IMPRINT_CHARS] for each in reasons[:MAX_FINISH_REASONS] if isinstance(each, str)]
    return Imprint(_word(response_id), _word(model), tuple(words))


def _word(value: object) -> str:
    return value[:MAX_IMPRINT_CHARS] if isinstance(value, str) else ""


class TierState(Struct, frozen=True, gc=False):
    """How one tier is doing, as this router sees it. `in_flight`: attempts open at it now, others' included where
    its engine tells; `limit`: how many may be before it is past its knee (0: none is known); `failures`: attempts in a
    row that it failed to serve; `context_tokens`: its window, prompt and answer together. `predicted_p50_ms` and
    `predicted_p90_ms`: how long half, and 9 in 10, of such answers take it at most, queue included (0: not known);
    `seen_answers`: how many answers these rest on (0: on what is assumed, or there was none of late). Of a tier that
    writes canvases of `canvas_tokens` (0: it does not, or nothing is known), `pass_ms` is what one pass over a canvas
    is thought to take, and `before_ms` what comes before the first of them, queue and prompt. `waiting`: requests of
    this router that wait for a seat there.

    Of a tier of several backends, `in_flight` and `limit` are sums, `failures` those of the one that does best, and
    what is predicted is of the one that would be asked; `spare`: how many others may be, should that one fail."""

    configured: bool = False
    context_tokens: int = 0
    in_flight: int = 0
    failures: int = 0
    predicted_p50_ms: int = 0
    predicted_p90_ms: int = 0
    seen_answers: int = 0
    canvas_tokens: int = 0
    pass_ms: float = 0.0
    before_ms: float = 0.0
    limit: int = 0
    spare: int = 0
    waiting: int = 0

    @property
    def saturated(self) -> bool:
        """Whether it is at its limit: one more would make all of them slower than they are worth."""
        return 0 < self.limit <= self.in_flight
