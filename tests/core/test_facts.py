"""Every name a condition may use: each can be read off every request, and is of the type it is declared with."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.chat_request import Limits, read_request
from router.core.errors import CallerError
from router.core.facts import FACTS, FactType, View, read_facts
from router.core.grants import Grants, effective_stakes
from router.core.recall import Conversation
from router.core.values import TIERS, Hints, Score, TierState
from tests.examples import a_view, caller, chat_body, chat_request, signals
from tests.usual import measure

INT64 = 2**63

IS_OF_TYPE: dict[FactType, Any] = {
    "bool": lambda value: type(value) is bool,
    "int": lambda value: type(value) is int and -INT64 <= value < INT64,
    "double": lambda value: type(value) is float,
    "string": lambda value: type(value) is str,
    "list(string)": lambda value: type(value) is list and all(type(each) is str for each in value),
}
"""CEL is strict: an `int` is not a `double`, and neither is a `bool`."""

texts = st.text(max_size=60)
roles = st.sampled_from(["system", "developer", "user", "assistant", "tool", "function"])
parts = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "image_url", "input_audio", "odd"]), "text": texts},
    optional={"image_url": st.just({"url": "data:,"})},
)
messages = st.lists(
    st.fixed_dictionaries({"role": roles, "content": texts | st.none() | st.lists(parts, max_size=3)}),
    min_size=1,
    max_size=4,
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | texts, lambda inner: st.lists(inner, max_size=2)
)
parameters = st.fixed_dictionaries(
    {},
    optional={
        "n": st.none() | st.integers(1, 16),
        "max_tokens": st.none() | st.integers(1, 2**31),
        "max_completion_tokens": st.none() | st.integers(1, 2**31),
        "stream": st.none() | st.booleans(),
        "reasoning_effort": st.none() | texts,
        "service_tier": st.none() | texts,
        "tools": st.none() | st.lists(st.dictionaries(texts, anything, max_size=2), max_size=2),
        "response_format": st.none() | st.dictionaries(texts, anything, max_size=2),
        "temperature": anything,
        "seed": anything,
        "router": st.fixed_dictionaries(
            {},
            optional={
                "stakes": st.sampled_from(["low", "medium", "high"]),
                "latency_budget_ms": st.integers(1, 86_400_000),
                "conversation": st.text("abc", min_size=1, max_size=9),
            },
        ),
    },
)


tiers = st.sampled_from(TIERS)
counts = st.integers(0, 10**9)
circumstances = st.fixed_dictionaries(
    {},
    optional={
        "tiers": st.dictionaries(tiers, st.builds(TierState, st.booleans(), counts, counts, counts)),
        "conversation": st.builds(Conversation, st.none() | tiers, counts),
        "escalated": st.booleans(),
    },
)


@settings(deadline=None)
@given(said=messages, asked=parameters, known=circumstances)
def test_every_fact_of_every_request_is_of_its_declared_type(
    said: list[Any], asked: dict[str, Any], known: dict[str, Any]
) -> None:
    try:
        request, hints = read_request(chat_body(messages=said, **asked), {}, Limits())
    except CallerError:
        return
    measured, by = measure(request), caller(min_stakes="medium")
    stakes = effective_stakes(by.grants, measured.stakes, hints.stakes)
    view = View(request, measured, hints, by, stakes, **known)

    read = read_facts(tuple(FACTS), view)

    assert {name: value for name, value in read.items() if not IS_OF_TYPE[FACTS[name].type](value)} == {}


def test_no_fact_stands_above_another() -> None:
    """`tiers.fast` beside `tiers.fast.in_flight` would be ambiguous to a condition."""
    assert [name for name in FACTS for other in FACTS if other.startswith(f"{name}.")] == []


def test_every_tier_has_the_same_facts() -> None:
    of = {
        tier: {name.removeprefix(f"tiers.{tier}.") for name in FACTS if name.startswith(f"tiers.{tier}.")}
        for tier in TIERS
    }

    assert of["fast"] == of["strong"] == of["hosted"] == {*TierState.__struct_fields__, "saturated"}


@pytest.mark.parametrize("name", list(FACTS))
def test_a_fact_is_listed_under_its_own_name_and_says_what_it_means(name: str) -> None:
    fact = FACTS[name]

    assert fact.name == name
    assert fact.meaning


DOING = {"fast": TierState(configured=True, context_tokens=4_000, in_flight=3, failures=2, limit=3)}


@pytest.mark.parametrize(
    ("name", "view", "value"),
    [
        ("request.model", a_view(chat_request(model="auto:cheap")), "auto:cheap"),
        ("request.stream", a_view(chat_request(stream=True)), True),
        ("request.n", a_view(chat_request(n=3)), 3),
        ("request.n", a_view(chat_request()), 1),
        ("request.max_tokens", a_view(chat_request(max_tokens=9)), 9),
        ("request.max_tokens", a_view(chat_request(max_completion_tokens=7)), 7),
        ("request.max_tokens", a_view(chat_request(max_tokens=9, max_completion_tokens=7)), 7),
        ("request.max_tokens", a_view(chat_request(max_tokens=None)), 0),
        ("request.reasoning_effort", a_view(measured=signals(reasoning_effort="high")), "high"),
        ("request.service_tier", a_view(measured=signals(service_tier="flex")), "flex"),
        ("signals.prompt_tokens", a_view(measured=signals(prompt_tokens=12)), 12),
        ("signals.scripts", a_view(measured=signals(scripts=("han", "latin"))), ["han", "latin"]),
        ("signals.stakes", a_view(stakes=Score(0.1, "high", ("key_floor",))), "high"),
        ("signals.stakes_score", a_view(stakes=Score(0.1, "high", ("key_floor",))), 0.1),
        ("signals.difficulty", a_view(measured=signals(difficulty=Score(0.8, "high"))), "high"),
        ("signals.difficulty_score", a_view(measured=signals(difficulty=Score(0.8, "high"))), 0.8),
        ("hints.stakes", a_view(hints=Hints(stakes="low")), "low"),
        ("hints.stakes", a_view(), ""),
        ("hints.latency_budget_ms", a_view(hints=Hints(latency_budget_ms=900)), 900),
        ("hints.latency_budget_ms", a_view(), 0),
        ("hints.conversation", a_view(hints=Hints(conversation="c-1")), "c-1"),
        ("hints.conversation", a_view(), ""),
        ("tenant.name", a_view(by=caller()), "acme"),
        ("tiers.fast.configured", a_view(tiers=DOING), True),
        ("tiers.fast.context_tokens", a_view(tiers=DOING), 4_000),
        ("tiers.fast.in_flight", a_view(tiers=DOING), 3),
        ("tiers.fast.limit", a_view(tiers=DOING), 3),
        ("tiers.fast.saturated", a_view(tiers=DOING), True),
        ("tiers.strong.saturated", a_view(tiers=DOING), False),
        ("tiers.fast.failures", a_view(tiers=DOING), 2),
        ("tiers.strong.configured", a_view(tiers=DOING), False),
        ("tiers.strong.in_flight", a_view(tiers=DOING), 0),
        ("conversation.tier", a_view(), ""),
        ("conversation.tier", a_view(conversation=Conversation("strong", 4)), "strong"),
        ("conversation.requests", a_view(), 0),
        ("conversation.requests", a_view(conversation=Conversation("strong", 4)), 4),
        ("memory.escalated", a_view(), False),
        ("memory.escalated", a_view(escalated=True), True),
    ],
)
def test_a_fact_is_read_off_the_right_place(name: str, view: View, value: Any) -> None:
    assert FACTS[name].read(view) == value


def test_stakes_are_those_after_hints_and_floor_and_not_the_measured_ones() -> None:
    measured = signals(stakes=Score(0.1, "low"))
    floored = effective_stakes(Grants(min_stakes="high"), measured.stakes, None)

    assert FACTS["signals.stakes"].read(a_view(measured=measured, stakes=floored)) == "high"


UNJUDGED = Score(0.5, "medium", ("unjudged",))


@pytest.mark.parametrize(
    ("view", "judged"),
    [
        (a_view(), True),
        (a_view(stakes=UNJUDGED), False),
        (a_view(stakes=Score(0.5, "high", ("unjudged", "key_floor"))), False),
        (a_view(stakes=Score(0.5, "high", ("unjudged", "hint")), hints=Hints(stakes="high")), True),
        (a_view(stakes=UNJUDGED, hints=Hints(stakes="medium")), True),
        (a_view(stakes=UNJUDGED, hints=Hints(stakes="low")), False),
    ],
)
def test_a_text_is_judged_by_the_scores_or_by_the_callers_own_word(view: View, judged: bool) -> None:
    assert FACTS["signals.judged"].read(view) is judged
