"""Every name a policy's condition may use, with its type and meaning: one table. Pure.

`config/policies/policy_file.py` declares these to CEL, so a misspelt name or a wrong type is refused when the policy is
loaded; `tandem policy names` prints the table.
"""

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any, Literal

from msgspec import Struct

from router.core.grants import HINT, Caller, effective_budget_ms
from router.core.kinds import SIGNALS_THAT_ABSTAIN, STAKES_DOMAINS, TASKS
from router.core.recall import NEW_CONVERSATION, Conversation
from router.core.values import BANDS, TIERS, ChatRequest, Hints, Score, Signals, Tier, TierState

FactType = Literal["bool", "int", "double", "string", "list(string)"]


class View(Struct, frozen=True):
    """Everything a decision may look at. `stakes` are the effective ones: after hints and the key's floor. `tiers`
    holds the state of each configured tier; `escalated`: the same request went up not long ago, because a lower
    tier could not serve it. `doubt`: how likely the finished answer is wrong, once there is one (None: nobody can
    tell)."""

    request: ChatRequest
    signals: Signals
    hints: Hints
    caller: Caller
    stakes: Score
    tiers: Mapping[Tier, TierState] = {}
    conversation: Conversation = NEW_CONVERSATION
    escalated: bool = False
    doubt: float | None = None


class Fact(Struct, frozen=True):
    """One name: its type, what it means, and how it is read off a view. `words`: the only texts it can be, or
    hold; empty: any."""

    name: str
    type: FactType
    meaning: str
    read: Callable[[View], Any]
    words: tuple[str, ...] = ()


def _is_judged(view: View) -> bool:
    stakes, hint = view.stakes, view.hints.stakes
    judged = stakes.is_judged and view.signals.difficulty.is_judged
    return judged or HINT in stakes.reasons or hint == stakes.band


_OF_THE_REQUEST = (
    Fact("request.model", "string", "the model asked for", lambda v: v.request.model),
    Fact("request.stream", "bool", "a stream was asked for", lambda v: v.request.streamed),
    Fact("request.n", "int", "choices asked for", lambda v: v.request.choices),
    Fact("request.max_tokens", "int", "the caller's cap on the answer; 0: none", lambda v: v.request.max_tokens),
    Fact("request.body_bytes", "int", "size of the body", lambda v: v.request.body_bytes),
    Fact(
        "request.reasoning_effort",
        "string",
        "`reasoning_effort` as sent; empty: not sent",
        lambda v: v.signals.reasoning_effort,
    ),
    Fact(
        "request.service_tier",
        "string",
        "`service_tier` as sent; empty: not sent",
        lambda v: v.signals.service_tier,
    ),
    Fact("signals.prompt_tokens", "int", "estimated tokens of the prompt", lambda v: v.signals.prompt_tokens),
    Fact("signals.answer_tokens", "int", "estimated tokens of the answer", lambda v: v.signals.answer_tokens),
    Fact(
        "signals.answer_tokens_p90",
        "int",
        "tokens that 90 in 100 such answers do not exceed",
        lambda v: v.signals.answer_tokens_p90,
    ),
    Fact(
        "signals.task",
        "string",
        "what kind of work is asked for; empty: not recognised",
        lambda v: v.signals.task,
        ("", *TASKS),
    ),
    Fact("signals.turns", "int", "messages by the user", lambda v: v.signals.turns),
    Fact("signals.code", "bool", "code is shown or asked for", lambda v: v.signals.code),
    Fact("signals.maths", "bool", "mathematics is shown or asked for", lambda v: v.signals.maths),
    Fact(
        "signals.scripts",
        "list(string)",
        "writing systems seen: latin, cyrillic, han, ...",
        lambda v: list(v.signals.scripts),
    ),
    Fact("signals.tools", "int", "tools offered to the model", lambda v: v.signals.tools),
    Fact("signals.schema", "bool", "structured output was asked for", lambda v: v.signals.schema),
    Fact("signals.images", "int", "image parts", lambda v: v.signals.images),
    Fact("signals.audio", "int", "audio parts", lambda v: v.signals.audio),
    Fact(
        "signals.stakes",
        "string",
        "low, medium or high: what a wrong answer costs, after hints and the key's floor",
        lambda v: v.stakes.band,
        BANDS,
    ),
    Fact(
        "signals.judged",
        "bool",
        "stakes and difficulty could be judged, or the caller said what is at stake; false: a band is a guess",
        _is_judged,
    ),
    Fact(
        "signals.stakes_domain",
        "string",
        "what makes a wrong answer costly; empty: nothing was found",
        lambda v: v.signals.stakes_domain,
        ("", *STAKES_DOMAINS),
    ),
    Fact(
        "signals.abstained",
        "list(string)",
        "which of stakes, difficulty, task and answer_tokens have no opinion on such a text",
        lambda v: list(v.signals.abstained),
        SIGNALS_THAT_ABSTAIN,
    ),
    Fact("signals.stakes_score", "double", "the measured stakes, 0 to 1", lambda v: v.stakes.score),
    Fact(
        "signals.difficulty",
        "string",
        "low, medium or high: how likely the fast tier is to fail",
        lambda v: v.signals.difficulty.band,
        BANDS,
    ),
    Fact(
        "signals.difficulty_score",
        "double",
        "the measured difficulty, 0 to 1",
        lambda v: v.signals.difficulty.score,
    ),
    Fact(
        "hints.stakes", "string", "the caller's stakes hint; empty: none", lambda v: v.hints.stakes or "", ("", *BANDS)
    ),
    Fact(
        "hints.latency_budget_ms",
        "int",
        "the caller's latency budget, else the key's; 0: none given",
        lambda v: effective_budget_ms(v.caller.grants, v.hints) or 0,
    ),
    Fact(
        "hints.conversation",
        "string",
        "the caller's name for the conversation; empty: none",
        lambda v: v.hints.conversation or "",
    ),
    Fact("tenant.name", "string", "the tenant of the key", lambda v: v.caller.tenant),
    Fact(
        "conversation.tier",
        "string",
        "the highest tier that answered in this conversation in the last hour; empty: none known",
        lambda v: v.conversation.tier or "",
        ("", *TIERS),
    ),
    Fact(
        "conversation.requests",
        "int",
        "requests of this conversation that were answered in the last hour",
        lambda v: v.conversation.requests,
    ),
    Fact(
        "memory.escalated",
        "bool",
        "in the last hour a lower tier was asked exactly this and could not serve it",
        lambda v: v.escalated,
    ),
)


def _state(view: View, tier: Tier) -> TierState:
    return view.tiers.get(tier, NOT_CONFIGURED)


NOT_CONFIGURED = TierState()


_OF_A_TIER: tuple[tuple[str, FactType, str], ...] = (
    ("configured", "bool", "there is a {tier} tier"),
    ("context_tokens", "int", "the window of the {tier} tier, prompt and answer together; 0: not configured"),
    ("in_flight", "int", "requests that the {tier} tier is serving now, those of others where its engine tells"),
    ("limit", "int", "how many requests the {tier} tier serves at once before it is past its knee; 0: none is known"),
    ("spare", "int", "how many other backends of the {tier} tier may be asked where one fails"),
    ("saturated", "bool", "the {tier} tier has as many requests in flight as its limit"),
    ("failures", "int", "attempts in a row that the {tier} tier failed to serve"),
    (
        "predicted_p50_ms",
        "int",
        "milliseconds that half of such answers take the {tier} tier at most, queue included; 0: not known",
    ),
    (
        "predicted_p90_ms",
        "int",
        "milliseconds that 90 in 100 such answers take the {tier} tier at most, queue included; 0: not known",
    ),
    (
        "seen_answers",
        "int",
        "answers of the {tier} tier that its prediction rests on; 0: it is assumed, or there was none of late",
    ),
    ("canvas_tokens", "int", "tokens of a canvas of the {tier} tier; 0: it has none, or nothing is known"),
    ("pass_ms", "double", "milliseconds that one pass over a canvas is thought to take the {tier} tier; 0: not known"),
    (
        "before_ms",
        "double",
        "milliseconds before the first pass of the {tier} tier, queue and prompt; 0: not known, or none",
    ),
)
"""What conditions may ask about a tier: the names are those of its state."""


def _of_tier(tier: Tier) -> Iterator[Fact]:
    for name, kind, meaning in _OF_A_TIER:
        yield Fact(f"tiers.{tier}.{name}", kind, meaning.format(tier=tier), _reader(tier, attrgetter(name)))


def _reader(tier: Tier, read: Callable[[TierState], Any]) -> Callable[[View], Any]:
    return lambda view: read(_state(view, tier))


FACTS: Mapping[str, Fact] = {
    fact.name: fact for fact in (*_OF_THE_REQUEST, *(each for tier in TIERS for each in _of_tier(tier)))
}


_OF_THE_ANSWER = (
    Fact(
        "verdict.doubt",
        "double",
        "in reject_when: how likely the answer is wrong; 0: nobody can tell",
        lambda v: v.doubt or 0.0,
    ),
    Fact("verdict.judged", "bool", "in reject_when: whether anybody can tell", lambda v: v.doubt is not None),
)

FACTS_AFTERWARDS: Mapping[str, Fact] = {**FACTS, **{fact.name: fact for fact in _OF_THE_ANSWER}}
"""What conditions on a finished answer may use: every fact of the request, and those of the answer."""


def read_facts(names: tuple[str, ...], view: View) -> dict[str, Any]:
    """The values of these names in this view, ready for a condition."""
    return {name: FACTS_AFTERWARDS[name].read(view) for name in names}
