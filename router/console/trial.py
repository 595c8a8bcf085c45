"""What would happen to a request that somebody has made up: under a policy, with hints, while tiers are full. Pure but
for whoever is asked to consider it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from router.core.chat_request import Limits, read_request
from router.core.decision import Decision, decide
from router.core.errors import TandemError
from router.core.grants import OWNER
from router.core.model_names import AUTO
from router.core.situation import Question
from router.core.values import TIERS, ChatRequest, Hints, TierState
from router.inquiry import Considered
from router.ports import Asked, Policies

Consider = Callable[[Asked], Awaitable[Considered]]


class Tried(Struct, frozen=True):
    """What somebody fills in. `text` is a prompt, or a whole request in JSON; `full`: the tiers that are to be thought
    full."""

    text: str
    hints: Hints = Hints()
    full: frozenset[str] = frozenset()


class Verdict(Struct, frozen=True):
    """What a policy would do: a decision, or why it would refuse."""

    policy: str
    decision: Decision | None
    refused: str = ""


class Outcome(Struct, frozen=True):
    """What came of it: the request as it was read with its hints, by the policy asked for, and by every other."""

    request: ChatRequest
    hints: Hints
    chosen: Verdict
    others: Sequence[Verdict]


def tried_by(fields: Mapping[str, str]) -> Tried:
    """The form as it was filled in. Raises InvalidRequest."""
    said = {name: fields[name] for name in ("stakes", "max_tier", "policy") if fields.get(name)}
    budget = fields.get("latency_budget_ms", "").strip()
    hints: dict[str, Any] = said | ({"latency_budget_ms": budget} if budget else {})
    full = frozenset(tier for tier in TIERS if f"full_{tier}" in fields)
    headers = {f"x-router-{name.replace('_', '-')}".encode(): value.encode() for name, value in hints.items()}
    _, read = read_request(body_of("x"), headers, Limits())
    return Tried(fields.get("text", ""), read, full)


async def try_out(tried: Tried, consider: Consider, policies: Policies, limits: Limits) -> Outcome:
    """Nothing is served and nothing recorded. Raises CallerError where it is no request."""
    request, own_hints = read_request(body_of(tried.text), {}, limits)
    hints = Hints(**{name: getattr(tried.hints, name) or getattr(own_hints, name) for name in Hints.__struct_fields__})
    considered = await consider(Asked(request, hints, OWNER, "0" * 32))
    question = _while_full(considered.question, tried.full)
    chosen = _decide(considered.assignment.policy.name, question, policies)
    others = [_decide(name, question, policies) for name in policies.names() if name != chosen.policy]
    return Outcome(request, hints, chosen, others)


def body_of(text: str) -> bytes:
    """The body of a request with this prompt; of a whole request in JSON, itself."""
    if text.lstrip().startswith("{"):
        return text.encode()
    return msgspec.json.encode({"model": AUTO, "messages": [{"role": "user", "content": text}]})


def _decide(name: str, question: Question, policies: Policies) -> Verdict:
    policy = policies.assign(name, "").policy
    try:
        return Verdict(name, decide(policy, question.view, question.reach, question.pin))
    except TandemError as error:
        return Verdict(name, None, error.message)


def _while_full(question: Question, full: frozenset[str]) -> Question:
    if not full:
        return question
    tiers = {tier: _full(state) if tier in full else state for tier, state in question.view.tiers.items()}
    return replace(question, view=replace(question.view, tiers=tiers))


def _full(state: TierState) -> TierState:
    limit = max(state.limit, 1)
    return replace(state, limit=limit, in_flight=max(state.in_flight, limit))
