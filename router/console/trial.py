"""What would happen to a request that somebody has made up: under a policy, with hints, under another load. Pure but
for whoever is asked to consider it, and for how full backends are."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from router.console.load_form import filled, read_load
from router.core.chat_request import Limits, read_request
from router.core.decision import Decision, decide
from router.core.errors import TandemError
from router.core.grants import OWNER
from router.core.model_names import AUTO
from router.core.situation import Question
from router.core.values import TIERS, ChatRequest, Hints, Tier, TierState
from router.engines.fleet import Pools
from router.engines.pool import Load
from router.inquiry import Considered
from router.ports import Asked, Policies

Consider = Callable[[Asked], Awaitable[Considered]]


class Tried(Struct, frozen=True):
    """What somebody fills in. `text` is a prompt, or a whole request in JSON; `load`: how full backends and queues are
    to be thought, `full` the tiers that are to be thought full whatever else is said of them."""

    text: str
    hints: Hints = Hints()
    load: Load = Load()
    full: frozenset[str] = frozenset()


class Deciding(Struct, frozen=True):
    """Who decides, by which policies, and the backends that it looks at."""

    consider: Consider
    policies: Policies
    fleet: Pools


class Verdict(Struct, frozen=True):
    """What a policy would do: a decision, or why it would refuse."""

    policy: str
    decision: Decision | None
    refused: str = ""


class Outcome(Struct, frozen=True):
    """What came of it: the request as it was read with its hints, by the policy asked for, and by every other;
    and how each tier was thought to do, with what is predicted of this answer."""

    request: ChatRequest
    hints: Hints
    chosen: Verdict
    others: Sequence[Verdict]
    tiers: Mapping[Tier, TierState]


def tried_by(fields: Mapping[str, str]) -> Tried:
    """The form as it was filled in. Raises InvalidRequest."""
    said = {name: fields[name] for name in ("stakes", "max_tier", "policy") if fields.get(name)}
    budget = fields.get("latency_budget_ms", "").strip()
    hints: dict[str, Any] = said | ({"latency_budget_ms": budget} if budget else {})
    full = frozenset(tier for tier in TIERS if f"full_{tier}" in fields)
    headers = {f"x-router-{name.replace('_', '-')}".encode(): value.encode() for name, value in hints.items()}
    _, read = read_request(body_of("x"), headers, Limits())
    return Tried(fields.get("text", ""), read, read_load(fields), full)


async def try_out(tried: Tried, deciding: Deciding, limits: Limits) -> Outcome:
    """Nothing is served and nothing recorded. Raises CallerError where it is no request."""
    request, own_hints = read_request(body_of(tried.text), {}, limits)
    hints = Hints(**{name: getattr(tried.hints, name) or getattr(own_hints, name) for name in Hints.__struct_fields__})
    considered = await deciding.consider(Asked(request, hints, OWNER, "0" * 32))
    question, policies = _under_load(considered, tried, deciding.fleet), deciding.policies
    chosen = _decide(considered.assignment.policy.name, question, policies)
    others = [_decide(name, question, policies) for name in policies.names() if name != chosen.policy]
    return Outcome(request, hints, chosen, others, _foreseen(chosen.decision, question.view.tiers))


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


def _foreseen(decision: Decision | None, tiers: Mapping[Tier, TierState]) -> Mapping[Tier, TierState]:
    return tiers if decision is None else {tier: decision.foreseen(tier, state) for tier, state in tiers.items()}


def _under_load(considered: Considered, tried: Tried, fleet: Pools) -> Question:
    question, load = considered.question, filled(tried.load, tried.full, fleet.statuses())
    if load == Load():
        return question
    states = fleet.states_under(load, considered.conversation, question.view.signals)
    tiers = {tier: _full(state) if tier in tried.full else state for tier, state in states.items()}
    return replace(question, view=replace(question.view, tiers=tiers))


def _full(state: TierState) -> TierState:
    """A tier of which nobody knows how much it bears can be thought full as well."""
    limit = max(state.limit, 1)
    return replace(state, limit=limit, in_flight=max(state.in_flight, limit))
