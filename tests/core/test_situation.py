"""What is kept of a request: enough for any policy to decide it again, and not a word of its prompt."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.capabilities import Row, TierFacts
from router.core.case import Case, Expectation, Setting, Usual, put
from router.core.chat_request import Limits, read_request
from router.core.decision import decide
from router.core.errors import TandemError
from router.core.facts import FACTS, read_facts
from router.core.grants import OWNER, Caller, Grants
from router.core.policy import Policy
from router.core.recall import Conversation
from router.core.situation import UNRECORDED, Question, Situation, note, reopen
from router.core.values import BANDS, TIERS, Tier
from router.engines.dialects import USUAL_TIERS
from tests.examples import FAST, HOSTED, STRONG, caller, chat_body
from tests.policy_texts import SHIPPED, a_policy_of
from tests.usual import SCALE, USUAL, measure

NOSY = a_policy_of("""\
name: nosy
rules:
  - name: costly
    when: signals.stakes == "high" || !signals.judged
    then: {tier: strong, sticky: off}
  - name: many
    when: request.n > 1 || request.max_tokens > 100
    then: {ladder: [strong, hosted], on_unavailable: degrade}
  - name: busy
    when: tiers.fast.in_flight > 2 || tiers.strong.failures > 1
    then: {tier: hosted, on_unavailable: degrade}
  - name: again
    when: memory.escalated || conversation.requests > 2 || conversation.tier == "hosted"
    then: {ladder: [fast, strong], max_escalations: 0}
  - name: asked
    when: request.stream && request.reasoning_effort == "high" || request.service_tier == "flex"
    then: {ladder: [strong, fast]}
  - name: broken
    when: 10 / signals.tools > 4
    then: {tier: fast}
  - name: hinted
    when: hints.latency_budget_ms > 0 && request.body_bytes > 100
    then: {tier: fast, on_unavailable: degrade}
otherwise: {ladder: [fast, strong]}
""")
"""Looks at everything that a situation holds."""

POLICIES: Mapping[str, Policy] = {
    "nosy": NOSY,
    **{path.stem: a_policy_of(path.read_bytes()) for path in sorted(SHIPPED.glob("*.yaml"))},
}

FEW_CHOICES = replace(
    FAST.dialect, escalates={"n": Row("asks for choices", lambda value: value != 1), "stream": Row("?")}
)
DEPLOYMENTS: list[Mapping[Tier, TierFacts]] = [
    USUAL_TIERS,
    {"fast": FAST, "strong": STRONG, "hosted": HOSTED},
    {"fast": replace(FAST, dialect=FEW_CHOICES), "strong": STRONG},
    {"strong": STRONG},
    {"fast": FAST},
]


def kept(question: Question) -> Situation:
    """The situation as a decision log gives it back."""
    return msgspec.json.decode(msgspec.json.encode(note(question)), type=Situation)


def answer(policy: Policy, question: Question) -> Any:
    """All that comes of a question, but for what each tier drops."""
    try:
        decision = decide(policy, question.view, question.reach, question.pin)
    except TandemError as error:
        return type(error).__name__, error.message
    told = decision.as_dict()
    del told["dropped"]
    return told


# --- any request ------------------------------------------------------------------------------------------------

WORDS = [
    "Tell me a story.",
    "In one word: what is the opposite of north?",
    "Prove it.",
    "Write a haiku.",
    "How much ibuprofen may a child of 12 kg have?",
    "Сколько будет дважды два?",
    "A day at the sea. " * 2_000,
]
texts = st.sampled_from(WORDS)
media = st.sampled_from(["image_url", "video_url", "audio_url"]).map(
    lambda kind: {"type": kind, "text": "look", kind: {"url": "data:,x"}}
)
messages = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["system", "user", "assistant"]),
            "content": texts | st.lists(media | texts.map(lambda text: {"type": "text", "text": text}), max_size=2),
        }
    ),
    min_size=1,
    max_size=4,
)
parameters = st.fixed_dictionaries(
    {},
    optional={
        "model": st.sampled_from(["auto", "fast", "strong"]),
        "n": st.integers(1, 3),
        "max_tokens": st.integers(1, 300),
        "max_completion_tokens": st.integers(1, 300),
        "stream": st.booleans(),
        "reasoning_effort": st.sampled_from(["low", "high"]),
        "service_tier": st.sampled_from(["flex", "auto"]),
        "tools": st.lists(st.just({"type": "function", "function": {"name": "look_up"}}), max_size=3),
        "temperature": st.just(0.2),
        "seed": st.just(1),
        "audio": st.sampled_from([None, None, None, {"voice": "x"}]),
        "response_format": st.just({"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}),
        "context": st.just("the caller's own"),
        "prompt_cache_key": st.just("app"),
    },
)
hints = st.fixed_dictionaries(
    {},
    optional={
        "stakes": st.sampled_from(BANDS),
        "latency_budget_ms": st.integers(1, 9_000),
        "max_tier": st.sampled_from(TIERS),
        "conversation": st.just("c-1"),
    },
)
callers: st.SearchStrategy[Caller] = st.just(OWNER) | st.builds(
    lambda max_tier, floor, may: caller(max_tier=max_tier, min_stakes=floor, hints=may, pins=True),
    st.sampled_from(TIERS),
    st.sampled_from(BANDS),
    st.sampled_from(["full", "raise_only"]),
)
circumstances = st.builds(
    lambda doing, conversation, escalated: Setting({}, doing, conversation, escalated),
    st.dictionaries(
        st.sampled_from(TIERS), st.fixed_dictionaries({"in_flight": st.integers(0, 5), "failures": st.integers(0, 3)})
    ),
    st.builds(Conversation, st.none() | st.sampled_from(TIERS), st.integers(0, 5)),
    st.booleans(),
)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """The question of any request at all, wherever it comes from and whatever the tiers are doing."""
    said, asked, hinted = draw(messages), draw(parameters), draw(hints)
    request, hints_ = read_request(chat_body(**asked | {"messages": said}, router=hinted), {}, Limits())
    case = Case("any", request, hints_, draw(callers), draw(circumstances), Expectation())
    return put(case, Usual(draw(st.sampled_from(DEPLOYMENTS)), measure, SCALE))


@settings(deadline=None, max_examples=200)
@given(questions(), st.sampled_from(sorted(POLICIES)))
def test_a_policy_decides_a_request_again_as_it_decided_it_first(question: Question, name: str) -> None:
    assert answer(POLICIES[name], reopen(kept(question))) == answer(POLICIES[name], question)


@settings(deadline=None, max_examples=100)
@given(questions())
def test_every_fact_but_those_that_name_people_is_kept(question: Question) -> None:
    names = tuple(name for name in FACTS if name not in UNRECORDED)

    assert read_facts(names, reopen(kept(question)).view) == read_facts(names, question.view)


@settings(deadline=None, max_examples=50)
@given(questions())
def test_a_situation_can_be_kept_and_opened_again_and_again(question: Question) -> None:
    situation = kept(question)

    assert situation == note(question)
    assert kept(reopen(situation)) == situation


# --- what is not kept -------------------------------------------------------------------------------------------

CANARY = "canary-7f3a"


def a_question(body: bytes, by: Caller = OWNER) -> Question:
    request, hinted = read_request(body, {}, Limits())
    return put(Case("one", request, hinted, by, Setting(), Expectation()), USUAL)


@pytest.mark.parametrize(
    "body",
    [
        chat_body(f"My {CANARY} is a secret."),
        chat_body([{"type": "text", "text": CANARY}, {"type": "image_url", "image_url": {"url": f"data:,{CANARY}"}}]),
        chat_body(messages=[{"role": "system", "content": CANARY}, {"role": "user", "content": "hi", "name": CANARY}]),
        chat_body(tools=[{"type": "function", "function": {"name": CANARY, "description": CANARY}}]),
        chat_body(stop=[CANARY], user=CANARY, metadata={CANARY: CANARY}, prompt_cache_key=CANARY),
        chat_body(response_format={"type": "json_schema", "json_schema": {"name": CANARY, "schema": {}}}),
        chat_body(logit_bias={CANARY: 1}, **{CANARY: CANARY}),
        chat_body(router={"conversation": CANARY}),
    ],
)
def test_no_word_of_a_prompt_and_no_name_is_kept(body: bytes) -> None:
    question = a_question(body, Caller(CANARY, CANARY, Grants(engine_parameters=True)))

    assert CANARY.encode() not in msgspec.json.encode(note(question))


def test_a_situation_is_small_however_much_a_caller_sends() -> None:
    long = "x" * 100_000
    body = chat_body(long, reasoning_effort=long, service_tier=long, stop=[long], tools=[{"name": long}] * 9)

    assert len(msgspec.json.encode(note(a_question(body)))) < 4_000


@pytest.mark.parametrize("name", sorted(UNRECORDED))
def test_what_is_not_kept_is_a_fact_that_a_condition_could_have_used(name: str) -> None:
    question = a_question(chat_body(router={"conversation": "c-1"}))

    assert FACTS[name].read(question.view) != ""
    assert FACTS[name].read(reopen(kept(question)).view) == ""
