"""What an engine can honour at all, and which tiers of a ladder can therefore serve a request. Pure.

A capability is a fact of an engine, never a rule of a policy. Each dialect is one table with five columns; a
parameter that stands in none of them is passed on unchanged, as parameters not yet invented must be.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Struct

from router.core.idiom import PLAIN, SILENT, Idiom, Pages
from router.core.values import ChatRequest, Signals, Tier

Action = Literal["pass", "drop", "escalate", "refuse", "router_owned"]
Modality = Literal["image", "audio", "video"]
DialName = Literal["denoise.steps", "denoise.canvas", "thinking"]


def always(_value: Any) -> bool:
    """Every value of the parameter falls under the row."""
    return True


class Row(Struct, frozen=True):
    """One cell of a dialect: `why` completes "<parameter> ...", `when` says which values the column is for.
    A value that `when` declines is passed on."""

    why: str
    when: Callable[[Any], bool] = always


class Dial(Struct, frozen=True):
    """Where a setting of a policy's stands in a body: under `key` in the object `field`; None: it is the field."""

    field: str
    key: str | None

    def turned(self, to: Any) -> dict[str, Any]:
        """The part of a body that sets it."""
        return {self.field: to if self.key is None else {self.key: to}}


class Dialect(Struct, frozen=True):
    """How one kind of engine differs on the wire: parameter by parameter, in five columns.

    `passes`: sent as they are. `drops`: left out and reported to the caller. `escalates`: not here, a tier above
    may serve it. `refuses`: neither here nor above. `router_owned`: steers the engine itself, so a caller needs
    the grant `engine_parameters`.

    `dials`: the settings of a policy that the engine honours; one that is not among them is not sent.
    `continues`: it can go on from the text of an answer that broke off; `whole`: parameters, and
    for which of their values the answer has to be one engine's. `counts_blocks`: it says with each event of a stream,
    when asked to, how many tokens it has written. `canvas_tokens`: the width of its canvases, as it is usually started;
    None: it writes token by token. `reads`: it may be asked how likely the tokens of a prompt are to it; `prompt`: the
    parameters that shape what it reads; `reads_last`: where it is told of how many tokens at the end of its prompt that
    is wanted (None: it says it of all of them). `idiom`, `pages`: how it wants to be spoken to, and where it tells of
    itself. `warms`: its first answer after a start is slow, and asking for one costs nothing but time.
    """

    name: str
    passes: frozenset[str]
    drops: Mapping[str, Row]
    escalates: Mapping[str, Row]
    refuses: Mapping[str, Row]
    router_owned: Mapping[str, Row]
    dials: Mapping[DialName, Dial] = {}
    continues: bool = False
    whole: Mapping[str, Callable[[Any], bool]] = {}
    counts_blocks: bool = False
    canvas_tokens: int | None = None
    reads: bool = False
    prompt: frozenset[str] = frozenset()
    reads_last: Dial | None = None
    idiom: Idiom = PLAIN
    pages: Pages = SILENT
    warms: bool = True

    def column(self, parameter: str, value: Any) -> tuple[Action, Row | None]:
        """The column one value of one parameter falls into, with the row that put it there."""
        if parameter in self.passes:
            return "pass", None
        for action, rows in self._columns():
            row = rows.get(parameter)
            if row is not None and row.when(value):
                return action, row
        return "pass", None

    def is_free(self, name: DialName, parameters: Mapping[str, Any]) -> bool:
        """Whether there is such a dial and a request with these parameters leaves it to the policy: whoever may steer
        the engine has the last word (see `engines.wire_body`)."""
        dial = self.dials.get(name)
        if dial is None:
            return False
        said = parameters.get(dial.field)
        if said is None or dial.field not in self.router_owned:
            return True
        return dial.key is not None and (not isinstance(said, Mapping) or dial.key not in said)

    def honours(self, parameter: str, value: Any) -> bool:
        """Whether the engine is sent this value of a parameter, and does what it says."""
        return self.column(parameter, value)[0] == "pass"

    def can_continue(self, parameters: Mapping[str, Any]) -> bool:
        """Whether the engine can go on with an answer to a request with these parameters that another has begun."""
        if not self.continues:
            return False
        is_whole = self.whole
        return not any(
            name in is_whole and value is not None and is_whole[name](value) for name, value in parameters.items()
        )

    def _columns(self) -> tuple[tuple[Action, Mapping[str, Row]], ...]:
        return (
            ("drop", self.drops),
            ("escalate", self.escalates),
            ("refuse", self.refuses),
            ("router_owned", self.router_owned),
        )


class Denoising(Struct, frozen=True, gc=False):
    """How a diffusion engine was started. `max_steps`: the most passes over a canvas; `entropy_bound`: how
    unsure it may be of a position that it settles, in nats (None: not said)."""

    max_steps: int = 48
    entropy_bound: float | None = None


AS_USUAL = Denoising()


class TierFacts(Struct, frozen=True):
    """What the backends of one tier can do: their dialect, window (prompt and answer together) and modalities, and how
    they were started to denoise."""

    tier: Tier
    dialect: Dialect
    context_tokens: int
    accepts: frozenset[Modality] = frozenset()
    denoising: Denoising = AS_USUAL


class Exclusion(Struct, frozen=True):
    """Why a tier cannot serve a request: the parameter at fault, the column, and the reason in words."""

    tier: Tier
    parameter: str
    action: Action
    why: str


class Fit(Struct, frozen=True):
    """How a request fits a tier: what is dropped there, and what excludes it (None: it can serve). `continues`: the
    tier can go on with an answer to it that was released in part. `canvas_tokens`, `denoising`: see `Dialect` and
    `TierFacts`."""

    tier: Tier
    dropped: tuple[str, ...] = ()
    exclusion: Exclusion | None = None
    continues: bool = False
    canvas_tokens: int | None = None
    denoising: Denoising = AS_USUAL


MODALITY_OF_PART: Mapping[str, Modality] = {
    "image_url": "image",
    "image": "image",
    "input_image": "image",
    "input_audio": "audio",
    "audio_url": "audio",
    "video_url": "video",
}
"""Which modality a message part of this wire type needs; every other type is text to us."""


def fit(facts: TierFacts, request: ChatRequest, signals: Signals) -> Fit:
    """How `request` fits the tier. Context is judged by estimate, so it excludes a tier here but is left to the
    engine when no other tier remains (see `core.ladder`)."""
    dropped: list[str] = []
    for parameter, value in request.parameters.items():
        if value is None:
            continue
        action, row = facts.dialect.column(parameter, value)
        if action == "drop":
            dropped.append(parameter)
        elif row is not None and action != "router_owned":
            return Fit(facts.tier, exclusion=Exclusion(facts.tier, parameter, action, row.why))
    exclusion = _media_exclusion(facts, request) or _context_exclusion(facts, signals)
    continues = facts.dialect.can_continue(request.parameters)
    return Fit(facts.tier, tuple(dropped), exclusion, continues, facts.dialect.canvas_tokens, facts.denoising)


def owned_parameters(tiers: Mapping[Tier, TierFacts]) -> frozenset[str]:
    """The parameters that some tier's dialect keeps for the router."""
    return frozenset(name for facts in tiers.values() for name in facts.dialect.router_owned)


def _media_exclusion(facts: TierFacts, request: ChatRequest) -> Exclusion | None:
    for message in request.messages:
        for part in message.parts:
            modality = MODALITY_OF_PART.get(part.kind)
            if modality is not None and modality not in facts.accepts:
                why = f"holds {modality} input, which this tier does not accept"
                return Exclusion(facts.tier, "messages", "escalate", why)
    return None


def _context_exclusion(facts: TierFacts, signals: Signals) -> Exclusion | None:
    if signals.prompt_tokens < facts.context_tokens:
        return None
    why = f"is about {signals.prompt_tokens} tokens long; this tier's window is {facts.context_tokens}"
    return Exclusion(facts.tier, CONTEXT, "escalate", why)


CONTEXT = "context"
"""The parameter an exclusion names when the prompt, not a parameter, is what does not fit."""
