"""Every name a policy's condition may use, with its type and meaning: one table. Pure.

`config/policy_file.py` declares these to CEL, so a misspelt name or a wrong type is refused when the policy is
loaded; `tandem policy names` prints the table.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Struct

from router.core.grants import HINT, Caller
from router.core.values import UNJUDGED_SCRIPT, ChatRequest, Hints, Score, Signals

FactType = Literal["bool", "int", "double", "string", "list(string)"]


class View(Struct, frozen=True):
    """Everything a decision may look at. `stakes` are the effective ones: after hints and the key's floor."""

    request: ChatRequest
    signals: Signals
    hints: Hints
    caller: Caller
    stakes: Score


class Fact(Struct, frozen=True):
    """One name: its type, what it means, and how it is read off a view."""

    name: str
    type: FactType
    meaning: str
    read: Callable[[View], Any]


def _max_tokens(view: View) -> int:
    asked = view.request.parameters
    value = asked.get("max_completion_tokens") or asked.get("max_tokens") or 0
    return value if isinstance(value, int) else 0


def _is_judged(view: View) -> bool:
    stakes, hint = view.stakes, view.hints.stakes
    return UNJUDGED_SCRIPT not in stakes.reasons or HINT in stakes.reasons or hint == stakes.band


FACTS: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("request.model", "string", "the model asked for", lambda v: v.request.model),
        Fact("request.stream", "bool", "a stream was asked for", lambda v: v.request.streamed),
        Fact("request.n", "int", "choices asked for", lambda v: v.request.choices),
        Fact("request.max_tokens", "int", "the caller's cap on the answer; 0: none", _max_tokens),
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
        ),
        Fact(
            "signals.judged",
            "bool",
            "the scores could judge this text, or the caller said what is at stake; false: their bands are guesses",
            _is_judged,
        ),
        Fact("signals.stakes_score", "double", "the measured stakes, 0 to 1", lambda v: v.stakes.score),
        Fact(
            "signals.difficulty",
            "string",
            "low, medium or high: how likely the fast tier is to fail",
            lambda v: v.signals.difficulty.band,
        ),
        Fact(
            "signals.difficulty_score",
            "double",
            "the measured difficulty, 0 to 1",
            lambda v: v.signals.difficulty.score,
        ),
        Fact("hints.stakes", "string", "the caller's stakes hint; empty: none", lambda v: v.hints.stakes or ""),
        Fact(
            "hints.latency_budget_ms",
            "int",
            "the caller's latency budget; 0: none given",
            lambda v: v.hints.latency_budget_ms or 0,
        ),
        Fact(
            "hints.conversation",
            "string",
            "the caller's name for the conversation; empty: none",
            lambda v: v.hints.conversation or "",
        ),
        Fact("tenant.name", "string", "the tenant of the key", lambda v: v.caller.tenant),
    )
}


def read_facts(names: tuple[str, ...], view: View) -> dict[str, Any]:
    """The values of these names in this view, ready for a condition."""
    return {name: FACTS[name].read(view) for name in names}
