"""Situations that a policy may be asked to decide in, drawn for Hypothesis: everyday ones with a few things out of the
ordinary, for where everything is, the first rule decides and no other is ever asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from router.core.case import Case, Expectation, Setting
from router.core.grants import OWNER, Caller
from router.core.recall import NEW_CONVERSATION, Conversation
from router.core.values import BANDS, TIERS, ChatRequest, Hints
from tests.examples import caller, chat_request

REQUESTS: tuple[ChatRequest, ...] = (
    chat_request(),
    chat_request(stream=True),
    chat_request(max_tokens=1999),
    chat_request(stream=True, max_tokens=2000),
    chat_request(temperature=0),
)
"""Requests that every tier can serve."""

DEMANDING: tuple[ChatRequest, ...] = (
    *REQUESTS,
    chat_request(seed=1),
    chat_request(response_format={"type": "json_object"}),
)
"""And some that only the strong tier can."""

CALLERS: tuple[Caller, ...] = (
    OWNER,
    caller(),
    caller(min_stakes="medium"),
    caller(min_stakes="high"),
    caller(max_tier="fast"),
    caller(max_tier="strong"),
)
"""Callers of all kinds of keys."""

_SCORES = st.sampled_from((0.0, 0.33, 0.65, 0.66, 0.74, 0.75, 1.0))
_SIGNALS: Mapping[str, st.SearchStrategy[Any]] = {
    "stakes_score": _SCORES,
    "difficulty_score": _SCORES,
    "judged": st.booleans(),
    "prompt_tokens": st.sampled_from((20, 6000, 6001, 8000, 8001, 24000, 24001, 32768, 64001, 200_000)),
    "answer_tokens": st.sampled_from((4, 16, 17, 60, 61, 150, 151, 400)) | st.integers(1, 4000),
    "tools": st.integers(0, 2),
    "reasoning_effort": st.sampled_from(("", "low", "medium", "high")),
    "service_tier": st.sampled_from(("", "default", "flex", "fast", "priority")),
}
_MOST_UNUSUAL = 3

_CONVERSATIONS = st.just(NEW_CONVERSATION) | st.builds(Conversation, st.sampled_from(TIERS), st.integers(1, 9))
_STATES = st.fixed_dictionaries({"in_flight": st.integers(0, 5), "failures": st.integers(0, 4)})

NO_HINTS = st.just(Hints())
ANY_HINTS = st.builds(
    Hints,
    stakes=st.none() | st.sampled_from(BANDS),
    latency_budget_ms=st.none() | st.sampled_from((1, 300, 750, 1999, 2000, 60_000)),
    max_tier=st.sampled_from((None, None, None, "fast", "strong", "hosted")),
)

BOTH, FAST_ALONE, STRONG_ALONE = ("fast", "strong"), ("fast",), ("strong",)
"""Which of the usual tiers are configured."""


def situations(
    *,
    requests: Sequence[ChatRequest] = DEMANDING,
    callers: Sequence[Caller] = CALLERS,
    hints: st.SearchStrategy[Hints] = ANY_HINTS,
    configured: Sequence[tuple[str, ...]] = (BOTH, FAST_ALONE, STRONG_ALONE),
    **signals: st.SearchStrategy[Any],
) -> st.SearchStrategy[Case]:
    """Cases that expect nothing: one of these requests by one of these callers, with signals drawn from these
    strategies. None of them asks for a tier by name."""
    tiers = st.sampled_from(configured).flatmap(_states_of)
    setting = st.builds(Setting, _measured(signals), tiers, _CONVERSATIONS, st.sampled_from((False, False, True)))
    request, by = st.sampled_from(requests), st.sampled_from(callers)
    return st.builds(Case, st.just("drawn"), request, hints, by, setting, st.just(Expectation()))


def _measured(wanted: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Those wanted, a few others, and otherwise what is measured of a harmless request for 400 tokens."""
    names = st.lists(st.sampled_from(sorted(_SIGNALS)), unique=True, max_size=_MOST_UNUSUAL)
    few = names.flatmap(lambda drawn: st.fixed_dictionaries({name: _SIGNALS[name] for name in drawn}))
    return st.builds(
        lambda some, these: {"answer_tokens": 400, **some, **these}, few, st.fixed_dictionaries(dict(wanted))
    )


def _states_of(configured: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    there = dict.fromkeys(configured, _STATES)
    missing = {tier: st.just({"configured": False}) for tier in BOTH if tier not in configured}
    return st.fixed_dictionaries({**there, **missing})
