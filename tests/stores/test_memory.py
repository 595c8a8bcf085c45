"""What the router remembers, whichever store it is in: for an hour after it was last heard of, and of a conversation
the highest tier. In this process it is no more than there is room for."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.recall import REMEMBERED_S, UNHEARD_OF, Recalled, Thread
from router.ports import Memory
from router.stores.memory import MAX_KEPT, LocalMemory
from tests.doubles import HandClock
from tests.redis_server import RedisServer
from tests.remembered import ACME, heard, in_redis, thread, wanted, was_escalated
from tests.stores.conftest import Run

ON_FAST, ON_STRONG = thread("fast", 1), thread("strong", 2)

Play = Callable[[Memory], Coroutine[Any, Any, Any]]
Played = Callable[[Play], Any]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=["local", "redis"])
def played(request: pytest.FixtureRequest, run: Run[Any], clock: HandClock) -> Played:
    """What comes of a scene that is played with either memory."""

    async def play(scene: Play) -> Any:
        if request.param == "local":
            return await scene(LocalMemory(clock))
        server: RedisServer = request.getfixturevalue("redis")
        async with in_redis(server, clock) as memory:
            return await scene(memory)

    return lambda scene: run(play(scene))


def test_what_was_never_heard_of_is_as_if_it_had_never_been(played: Played) -> None:
    async def nothing(memory: Memory) -> Any:
        return await memory.recall(wanted("a", "a")), await memory.recall(wanted()), memory.known(wanted("a", "a"))

    assert played(nothing) == (Recalled(), Recalled(), Recalled())


def test_a_conversation_is_remembered_as_it_was_last_told(played: Played) -> None:
    async def two(memory: Memory) -> Any:
        memory.remember_conversation(ACME, "a", ON_FAST)
        memory.remember_conversation(ACME, "a", ON_STRONG)
        return await heard(memory, "a"), await heard(memory, "b")

    assert played(two) == (ON_STRONG, UNHEARD_OF)


def test_what_is_noted_is_known_here(played: Played) -> None:
    async def note(memory: Memory) -> Any:
        memory.note_conversation("a", ON_STRONG)
        return memory.known(wanted("a")), await heard(memory, "a")

    assert played(note) == (Recalled(ON_STRONG), ON_STRONG)


def test_an_escalation_is_remembered(played: Played) -> None:
    async def one(memory: Memory) -> Any:
        memory.remember_escalation(ACME, "a")
        return await was_escalated(memory, "a"), await was_escalated(memory, "b")

    assert played(one) == (True, False)


def test_a_conversation_and_a_question_of_one_key_are_two_things(played: Played) -> None:
    async def both(memory: Memory) -> Any:
        memory.remember_escalation(ACME, "a")
        memory.remember_conversation(ACME, "b", ON_FAST)
        return await memory.recall(wanted("a", "b")), await memory.recall(wanted("b", "a"))

    assert played(both) == (Recalled(), Recalled(ON_FAST, was_escalated=True))


def test_what_is_not_asked_for_is_not_told(played: Played) -> None:
    async def half(memory: Memory) -> Any:
        memory.remember_escalation(ACME, "a")
        memory.remember_conversation(ACME, "a", ON_FAST)
        return await memory.recall(wanted("a")), await memory.recall(wanted(question="a"))

    assert played(half) == (Recalled(ON_FAST), Recalled(was_escalated=True))


def test_answers_of_a_conversation_that_end_at_the_same_time_all_count_and_the_highest_tier_stays(
    played: Played,
) -> None:
    async def race(memory: Memory) -> Any:
        memory.remember_conversation(ACME, "a", thread("strong", 3))
        memory.remember_conversation(ACME, "a", thread("fast", 3))
        return await heard(memory, "a")

    assert played(race) == thread("strong", 4)


def test_a_conversation_that_opens_like_an_earlier_one_is_another(played: Played) -> None:
    async def two(memory: Memory) -> Any:
        memory.remember_conversation(ACME, "a", thread("strong", 5, began_ms=1_700_000_000_000))
        memory.remember_conversation(ACME, "a", thread("fast", 1, began_ms=1_700_000_000_001))
        memory.remember_conversation(ACME, "a", thread("strong", 6, began_ms=1_700_000_000_000))
        return await heard(memory, "a")

    assert played(two) == thread("fast", 1, began_ms=1_700_000_000_001)


# --- forgetting, here ---------------------------------------------------------------------------------------------


@pytest.fixture
def memory(clock: HandClock) -> LocalMemory:
    return LocalMemory(clock)


def known(memory: LocalMemory, key: str) -> Thread:
    return memory.known(wanted(key)).thread


def was_up(memory: LocalMemory, question: str) -> bool:
    return memory.known(wanted(question=question)).was_escalated


def test_everything_is_forgotten_an_hour_after_it_was_last_told(memory: LocalMemory, clock: HandClock) -> None:
    memory.remember_conversation(ACME, "a", ON_FAST)
    memory.remember_escalation(ACME, "a")

    clock.pass_s(REMEMBERED_S)
    assert memory.known(wanted("a", "a")) == Recalled(ON_FAST, was_escalated=True)

    clock.pass_s(1)
    assert memory.known(wanted("a", "a")) == Recalled()


def test_what_is_told_again_is_remembered_for_another_hour(memory: LocalMemory, clock: HandClock) -> None:
    memory.remember_conversation(ACME, "a", ON_FAST)
    clock.pass_s(REMEMBERED_S)
    memory.remember_conversation(ACME, "a", ON_STRONG)
    clock.pass_s(REMEMBERED_S)

    assert known(memory, "a") == ON_STRONG


def test_asking_does_not_keep_anything_alive(memory: LocalMemory, clock: HandClock) -> None:
    memory.remember_conversation(ACME, "a", ON_FAST)
    clock.pass_s(REMEMBERED_S)
    memory.known(wanted("a"))
    clock.pass_s(1)

    assert known(memory, "a") == UNHEARD_OF


def test_when_there_is_no_room_what_was_not_heard_of_for_longest_goes(clock: HandClock) -> None:
    memory = LocalMemory(clock, max_kept=3)
    for key in ("a", "b", "c", "a", "d"):
        memory.remember_conversation(ACME, key, ON_FAST)
        memory.remember_escalation(ACME, key)

    assert [key for key in "abcd" if known(memory, key) != UNHEARD_OF] == ["a", "c", "d"]
    assert [key for key in "abcd" if was_up(memory, key)] == ["a", "c", "d"]


@given(
    told=st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 2_000)), max_size=30),
    room=st.integers(1, 4),
)
def test_what_is_remembered_is_the_latest_that_is_young_enough_and_fits(told: list[tuple[str, int]], room: int) -> None:
    clock, heard = HandClock(), dict[str, float]()
    memory = LocalMemory(clock, room)
    for key, waited_s in told:
        clock.pass_s(waited_s)
        memory.remember_conversation(ACME, key, ON_FAST)
        heard.pop(key, None)
        heard[key] = clock.now_s()

    latest = list(heard)[-room:]
    young = {key for key in latest if heard[key] >= clock.now_s() - REMEMBERED_S}

    assert {key for key in "abcdef" if known(memory, key) != UNHEARD_OF} == young


def test_there_is_room_for_the_conversations_of_a_busy_hour() -> None:
    assert MAX_KEPT >= 100_000
