"""How the attempts of one request are judged: what its policy orders, and what its answer is to be. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from router.core.checks.table import CheckSet, judge
from router.core.checks.written import Brief, Written
from router.core.decision import Decision
from router.core.gate import Judge, Orders
from router.core.values import ChatRequest, Message, Tier
from router.core.verdict import Verdict

JUDGED: Final[frozenset[Tier]] = frozenset(("fast",))
"""The tiers whose answers are judged: above them there is nobody who would do better."""

CONTEXT_CHARS = 16_000
"""How much of what was said before the last turn the checks are shown, the latest of it."""

_NONE: Final[frozenset[Tier]] = frozenset()


def judged_tiers(decision: Decision) -> frozenset[Tier]:
    """The tiers of a decision whose attempts are judged."""
    return _NONE if decision.then.gate == "off" else JUDGED.intersection(decision.tiers)


def orders_for(decision: Decision, request: ChatRequest) -> Orders:
    """How the attempts of a request are judged."""
    then = decision.then
    canvas = next((fit.canvas_tokens for fit in decision.ladder.fits if fit.tier in JUDGED), None)
    return Orders(
        then.gate,
        brief_of(request, decision),
        _judge_by(then.checks),
        canvas,
        holds=not request.streamed or request.choices > 1 or not decision.continuing,
        shows_usage=_shows_usage(request),
    )


def brief_of(request: ChatRequest, decision: Decision) -> Brief:
    """What the answer to a request is to be."""
    wanted = request.parameters.get("response_format")
    kind = wanted.get("type") if isinstance(wanted, Mapping) else None
    asked = next((at for at in range(len(request.messages) - 1, -1, -1) if request.messages[at].role == "user"), None)
    earlier = request.messages if asked is None else request.messages[:asked]
    return Brief(
        prompt="" if asked is None else _text(request.messages[asked]),
        context="\n\n".join(map(_text, earlier))[-CONTEXT_CHARS:],
        task=decision.signals.task,
        wants_json=kind in ("json_object", "json_schema"),
        json_schema=_schema(wanted),
        tools=_tools(request.parameters.get("tools")),
        max_tokens=request.max_tokens,
        thinks=bool(decision.then.thinking),
    )


def _judge_by(checks: CheckSet) -> Judge:
    def judged(written: Written) -> Verdict:
        return judge(written, checks)

    return judged


def _shows_usage(request: ChatRequest) -> bool:
    options = request.parameters.get("stream_options")
    return isinstance(options, Mapping) and options.get("continuous_usage_stats") is True


def _text(message: Message) -> str:
    return "\n".join([part.text for part in message.parts if part.text])


def _schema(wanted: Any) -> Mapping[str, Any] | None:
    described = wanted.get("json_schema") if isinstance(wanted, Mapping) else None
    schema = described.get("schema") if isinstance(described, Mapping) else None
    return schema if isinstance(schema, Mapping) else None


def _tools(tools: Any) -> Mapping[str, Mapping[str, Any] | None]:
    """The tools that may be called, each with the schema of its arguments. Whatever is no tool is not one here."""
    found: dict[str, Mapping[str, Any] | None] = {}
    for tool in tools if isinstance(tools, list) else ():
        function = tool.get("function") if isinstance(tool, Mapping) else None
        if isinstance(function, Mapping) and isinstance(function.get("name"), str):
            parameters = function.get("parameters")
            found[function["name"]] = parameters if isinstance(parameters, Mapping) else None
    return found
