"""What is remembered of earlier requests, and under which keys: the same for all of one conversation, never the same
for two tenants, and without a word of the text."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.chat_request import Limits, read_request
from router.core.recall import NEW_CONVERSATION, Conversation, Thread, continues, conversation_key, question_key
from router.core.values import TIERS, ChatRequest, Hints, Tier
from tests.examples import chat_body

NO_HINTS = Hints()
NAMED = Hints(conversation="c-1")


def read(*messages: dict[str, Any], **fields: Any) -> ChatRequest:
    request, _ = read_request(chat_body(messages=list(messages), **fields), {}, Limits())
    return request


def said(role: str, content: Any) -> dict[str, Any]:
    return {"role": role, "content": content}


HELLO = said("user", "Hello")

# --- a conversation ---------------------------------------------------------------------------------------------


def test_nothing_is_known_of_a_new_conversation() -> None:
    assert Conversation(tier=None, requests=0) == NEW_CONVERSATION


def test_a_conversation_remembers_the_highest_tier_and_counts_its_answers() -> None:
    after = NEW_CONVERSATION.after("fast").after("strong").after("fast")

    assert after == Conversation("strong", 3)


@given(st.lists(st.sampled_from(TIERS), min_size=1))
def test_a_conversation_never_forgets_how_high_it_was(answered: list[Tier]) -> None:
    conversation = NEW_CONVERSATION
    for tier in answered:
        conversation = conversation.after(tier)

    assert conversation == Conversation(max(answered, key=TIERS.index), len(answered))


# --- a conversation that several replicas remember ---------------------------------------------------------------

threads = st.builds(
    Thread, st.sampled_from((0, 1, 2)), st.builds(Conversation, st.sampled_from((None, *TIERS)), st.integers(0, 5))
)


@given(threads, threads, threads)
def test_in_which_order_and_how_often_replicas_hear_of_each_other_makes_no_difference(
    one: Thread, two: Thread, three: Thread
) -> None:
    assert one.joined(two) == two.joined(one)
    assert one.joined(two).joined(three) == one.joined(two.joined(three))
    assert one.joined(one) == one
    assert one.joined(two).joined(two) == one.joined(two)


@given(threads, st.lists(st.sampled_from(TIERS), min_size=1, max_size=4))
def test_answers_that_end_at_the_same_time_all_count_and_none_brings_the_conversation_down(
    known: Thread, tiers: list[Tier]
) -> None:
    told = known
    for tier in tiers:
        told = told.told(known.after(tier))

    highest = max([*tiers, *([known.conversation.tier] if known.conversation.tier else [])], key=TIERS.index)
    assert told == Thread(known.began_ms, Conversation(highest, known.conversation.requests + len(tiers)))


@given(threads, threads)
def test_of_two_conversations_with_one_key_the_later_is_remembered(one: Thread, two: Thread) -> None:
    if one.began_ms < two.began_ms:
        assert one.told(two) == two.told(one) == one.joined(two) == two


# --- its key ----------------------------------------------------------------------------------------------------

texts = st.text(max_size=20)
tenants = st.text(max_size=8)
openings = st.lists(st.builds(said, st.sampled_from(["system", "developer", "assistant"]), texts), max_size=3)
turns = st.lists(st.builds(said, st.sampled_from(["user", "assistant", "system", "tool"]), texts), max_size=4)


@given(tenant=tenants, opening=openings, asked=texts, later=turns)
def test_every_turn_of_a_conversation_has_the_key_of_the_first(
    tenant: str, opening: list[Any], asked: str, later: list[Any]
) -> None:
    first = [*opening, said("user", asked)]

    assert conversation_key(tenant, read(*first), NO_HINTS) == conversation_key(
        tenant, read(*first, *later, stream=True, max_tokens=9, model="fast"), NO_HINTS
    )


@given(one=tenants, other=tenants, opening=openings, asked=texts, hints=st.sampled_from([NO_HINTS, NAMED]))
def test_two_tenants_never_share_a_conversation(
    one: str, other: str, opening: list[Any], asked: str, hints: Hints
) -> None:
    request = read(*opening, said("user", asked), prompt_cache_key="app")

    same = conversation_key(one, request, hints) == conversation_key(other, request, hints)

    assert same == (one == other)


@given(
    st.tuples(tenants, st.none() | texts, texts),
    st.tuples(tenants, st.none() | texts, texts),
)
def test_two_openings_have_two_keys_wherever_their_parts_end(
    one: tuple[str, str | None, str], other: tuple[str, str | None, str]
) -> None:
    keys = set()
    for tenant, system, asked in (one, other):
        opening = [] if system is None else [said("system", system)]
        keys.add(conversation_key(tenant, read(*opening, said("user", asked)), NO_HINTS))

    assert len(keys) == len({one, other})


@pytest.mark.parametrize(
    "other",
    [
        [said("system", "Be brief."), HELLO],
        [said("system", "Be long."), said("user", "Hello")],
        [said("user", "Hello there")],
        [said("user", [{"type": "text", "text": "Hello"}, {"type": "image_url", "image_url": {"url": "data:,x"}}])],
    ],
)
def test_conversations_that_open_otherwise_have_other_keys(other: list[Any]) -> None:
    assert conversation_key("acme", read(HELLO), NO_HINTS) != conversation_key("acme", read(*other), NO_HINTS)


def test_a_text_is_the_same_opening_however_it_is_sent() -> None:
    parts = said("user", [{"type": "text", "text": "Hello"}])

    assert conversation_key("acme", read(HELLO), NO_HINTS) == conversation_key("acme", read(parts), NO_HINTS)


def test_a_name_is_the_conversation_whatever_is_said_in_it() -> None:
    one = conversation_key("acme", read(HELLO), NAMED)

    assert one == conversation_key("acme", read(said("user", "Something else")), NAMED)
    assert one == conversation_key("acme", read(HELLO, prompt_cache_key="c-1"), NO_HINTS)
    assert one != conversation_key("acme", read(HELLO), Hints(conversation="c-2"))
    assert one != conversation_key("acme", read(HELLO), NO_HINTS)


def test_the_callers_own_name_counts_before_the_cache_key() -> None:
    request = read(HELLO, prompt_cache_key="c-2")

    assert conversation_key("acme", request, NAMED) == conversation_key("acme", read(HELLO), NAMED)


@pytest.mark.parametrize("name", [None, "", 5, ["c-1"], {}])
def test_a_cache_key_that_names_nothing_is_no_name(name: Any) -> None:
    request = read(HELLO, prompt_cache_key=name)

    assert conversation_key("acme", request, NO_HINTS) == conversation_key("acme", read(HELLO), NO_HINTS)
    assert not continues(request, NO_HINTS)


def test_a_name_is_never_mistaken_for_an_opening() -> None:
    """Whoever opens a conversation with the words of another's name is not in it."""
    named = conversation_key("acme", read(HELLO), Hints(conversation="Hello"))

    assert named != conversation_key("acme", read(HELLO), NO_HINTS)
    assert named != conversation_key("acme", read(said("system", "named"), HELLO), NO_HINTS)


@given(tenant=tenants, opening=openings, asked=texts)
def test_a_key_is_32_digits_and_holds_no_text(tenant: str, opening: list[Any], asked: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", conversation_key(tenant, read(*opening, said("user", asked)), NO_HINTS))


def test_a_key_is_the_same_in_every_process_so_that_replicas_agree() -> None:
    assert conversation_key("acme", read(HELLO), NAMED) == "8d8fe8f00cc874c2e43f3b8319031abf"


def test_a_conversation_without_a_user_has_a_key_too() -> None:
    assert re.fullmatch("[0-9a-f]{32}", conversation_key("acme", read(said("assistant", "Hi")), NO_HINTS))


# --- whether it goes on -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "hints", "goes_on"),
    [
        (read(HELLO), NO_HINTS, False),
        (read(said("system", "Be brief."), HELLO), NO_HINTS, False),
        (read(HELLO, said("user", "Are you there?")), NO_HINTS, False),
        (read(HELLO, said("assistant", "Hi"), said("user", "How are you?")), NO_HINTS, True),
        (read(HELLO), NAMED, True),
        (read(HELLO, prompt_cache_key="c-1"), NO_HINTS, False),
        (read(HELLO, prompt_cache_key=""), NO_HINTS, False),
        (read(HELLO, prompt_cache_key=5), NO_HINTS, False),
    ],
)
def test_a_request_goes_on_when_it_names_its_conversation_or_holds_an_answer(
    request_: ChatRequest, hints: Hints, goes_on: bool
) -> None:
    assert continues(request_, hints) is goes_on


# --- a question -------------------------------------------------------------------------------------------------

TOOL = {"type": "function", "function": {"name": "look_up"}}


def test_a_question_is_all_that_is_asked_and_not_how_the_answer_is_to_come() -> None:
    one = question_key("acme", read(HELLO, tools=[TOOL]))

    assert one == question_key("acme", read(HELLO, tools=[TOOL], stream=True, user="u-1", model="fast"))
    assert one != question_key("acme", read(HELLO, tools=[TOOL], max_tokens=9))
    assert one != question_key("acme", read(HELLO))
    assert one != question_key("acme", read(said("user", "Hello!"), tools=[TOOL]))
    assert one != question_key("acme", read(HELLO, said("assistant", "Hi"), tools=[TOOL]))
    assert one != question_key("other", read(HELLO, tools=[TOOL]))
    assert re.fullmatch("[0-9a-f]{32}", one)


@given(one=st.tuples(tenants, texts, texts), other=st.tuples(tenants, texts, texts))
def test_two_questions_have_two_keys(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    keys = {question_key(tenant, read(said("user", asked), tools=[tool])) for tenant, asked, tool in (one, other)}

    assert len(keys) == len({one, other})


def test_the_parts_of_a_question_do_not_run_together() -> None:
    body = json.dumps([HELLO])
    request = read(HELLO)

    assert question_key("acme", request) != question_key(f"acme\0{len(body)}:{body}", request)
