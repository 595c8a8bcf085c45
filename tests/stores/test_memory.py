"""What one replica remembers: for an hour after it was last heard of, and no more than it has room for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.recall import NEW_CONVERSATION, REMEMBERED_S, Conversation
from router.stores.memory import MAX_KEPT, LocalMemory
from tests.doubles import HandClock

ON_FAST, ON_STRONG = Conversation("fast", 1), Conversation("strong", 2)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def memory(clock: HandClock) -> LocalMemory:
    return LocalMemory(clock)


def test_what_was_never_heard_of_is_as_if_it_had_never_been(memory: LocalMemory) -> None:
    assert memory.conversation("a") == NEW_CONVERSATION
    assert memory.was_escalated("a") is False


def test_a_conversation_is_remembered_as_it_was_last_told(memory: LocalMemory) -> None:
    memory.remember_conversation("a", ON_FAST)
    memory.remember_conversation("a", ON_STRONG)

    assert memory.conversation("a") == ON_STRONG
    assert memory.conversation("b") == NEW_CONVERSATION


def test_an_escalation_is_remembered(memory: LocalMemory) -> None:
    memory.remember_escalation("a")

    assert memory.was_escalated("a")
    assert not memory.was_escalated("b")


def test_a_conversation_and_a_question_of_one_key_are_two_things(memory: LocalMemory) -> None:
    memory.remember_escalation("a")
    memory.remember_conversation("b", ON_FAST)

    assert memory.conversation("a") == NEW_CONVERSATION
    assert not memory.was_escalated("b")


def test_everything_is_forgotten_an_hour_after_it_was_last_told(memory: LocalMemory, clock: HandClock) -> None:
    memory.remember_conversation("a", ON_FAST)
    memory.remember_escalation("a")

    clock.pass_s(REMEMBERED_S)
    assert (memory.conversation("a"), memory.was_escalated("a")) == (ON_FAST, True)

    clock.pass_s(1.0)
    assert (memory.conversation("a"), memory.was_escalated("a")) == (NEW_CONVERSATION, False)


def test_what_is_told_again_is_remembered_for_another_hour(memory: LocalMemory, clock: HandClock) -> None:
    memory.remember_conversation("a", ON_FAST)
    clock.pass_s(REMEMBERED_S - 1)
    memory.remember_conversation("a", ON_STRONG)
    clock.pass_s(REMEMBERED_S - 1)

    assert memory.conversation("a") == ON_STRONG


def test_asking_does_not_keep_anything_alive(memory: LocalMemory, clock: HandClock) -> None:
    memory.remember_conversation("a", ON_FAST)
    clock.pass_s(REMEMBERED_S - 1)
    memory.conversation("a")
    clock.pass_s(2.0)

    assert memory.conversation("a") == NEW_CONVERSATION


def test_when_there_is_no_room_what_was_not_heard_of_for_longest_goes(clock: HandClock) -> None:
    memory = LocalMemory(clock, max_kept=3)
    for key in ("a", "b", "c", "a", "d"):
        memory.remember_conversation(key, ON_FAST)
        memory.remember_escalation(key)

    assert [key for key in "abcd" if memory.conversation(key) == ON_FAST] == ["a", "c", "d"]
    assert [key for key in "abcd" if memory.was_escalated(key)] == ["a", "c", "d"]


@given(
    told=st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 2_000)), max_size=30),
    room=st.integers(1, 4),
)
def test_what_is_remembered_is_the_latest_that_is_young_enough_and_fits(told: list[tuple[str, int]], room: int) -> None:
    clock, heard = HandClock(), dict[str, float]()
    memory = LocalMemory(clock, room)
    for key, waited_s in told:
        clock.pass_s(waited_s)
        memory.remember_conversation(key, ON_FAST)
        heard.pop(key, None)
        heard[key] = clock.now_s()

    latest = list(heard)[-room:]
    young = {key for key in latest if heard[key] >= clock.now_s() - REMEMBERED_S}

    assert {key for key in "abcdef" if memory.conversation(key) == ON_FAST} == young


def test_there_is_room_for_the_conversations_of_a_busy_hour() -> None:
    assert MAX_KEPT >= 100_000
