"""Following a board: what is adopted, when, and what happens while there is nothing to read."""

import asyncio
import threading
import time
from collections.abc import Mapping

import pytest

from router.stores.board import LocalBoard, open_board, open_following
from tests.doubles import DoubleBoard

SOON_S = 0.002

HOLD = {"hold:default": b"1"}
STOP = {"stop:candidate@1": b"{}"}

Notes = Mapping[str, bytes]


def nothing() -> Mapping[str, bytes | None]:
    """What a replica has to tell that nobody gave an order to."""
    return {}


def adopted_while(*states: dict[str, bytes] | None) -> list[Notes]:
    """What is adopted when the board stands like this, one state after the other, each for a while."""
    board, adopted = DoubleBoard(), list[Notes]()
    board.notes = states[0]

    async def follow() -> None:
        async with open_following(board, adopted.append, nothing, every_s=SOON_S):
            for state in states:
                board.notes = state
                await asyncio.sleep(20 * SOON_S)

    asyncio.run(follow())
    return adopted


@pytest.mark.parametrize(
    ("states", "adopted"),
    [
        ([{}], [{}]),
        ([HOLD, HOLD], [HOLD]),
        ([HOLD, HOLD | STOP, STOP], [HOLD, HOLD | STOP, STOP]),
        ([HOLD, {}], [HOLD, {}]),
        ([None], []),
        ([None, HOLD], [HOLD]),
        ([HOLD, None], [HOLD]),
        ([HOLD, None, HOLD], [HOLD, HOLD]),
        ([HOLD, None, STOP], [HOLD, STOP]),
    ],
)
def test_notes_are_adopted_when_they_change_and_when_they_can_be_read_again(
    states: list[dict[str, bytes] | None], adopted: list[Notes]
) -> None:
    assert adopted_while(*states) == adopted


def test_what_stands_on_the_board_already_is_adopted_before_the_router_serves() -> None:
    board, adopted = DoubleBoard(), list[Notes]()
    board.notes = dict(HOLD)

    async def look_at_once() -> list[Notes]:
        async with open_following(board, adopted.append, nothing, every_s=3600):
            return list(adopted)

    assert asyncio.run(look_at_once()) == [HOLD]


def test_whether_the_board_can_be_read_is_known() -> None:
    board = DoubleBoard()

    async def lose_and_find() -> list[bool]:
        async with open_following(board, lambda _: None, nothing, every_s=SOON_S) as follower:
            known = [follower.in_touch]
            for state in (None, {}):
                board.notes = state
                await asyncio.sleep(20 * SOON_S)
                known.append(follower.in_touch)
            return known

    assert asyncio.run(lose_and_find()) == [True, False, True]


def test_a_slow_adoption_does_not_hold_up_anybody_else() -> None:
    board, release, entered = DoubleBoard(), threading.Event(), threading.Event()

    def adopt_slowly(notes: Notes) -> None:
        if notes:
            entered.set()
            release.wait(10)

    async def serve_meanwhile() -> float:
        async with open_following(board, adopt_slowly, nothing, every_s=SOON_S):
            board.notes = dict(HOLD)
            await asyncio.to_thread(entered.wait, 5)
            started_s = time.monotonic()
            await asyncio.sleep(0)
            elapsed_s = time.monotonic() - started_s
            release.set()
            return elapsed_s

    assert asyncio.run(serve_meanwhile()) < 0.5


def test_a_bug_in_adopting_is_said_and_does_not_end_the_following(caplog: pytest.LogCaptureFixture) -> None:
    board, adopted = DoubleBoard(), list[Notes]()

    def adopt(notes: Notes) -> None:
        adopted.append(notes)
        if notes == HOLD:
            raise ZeroDivisionError

    async def go_on() -> None:
        async with open_following(board, adopt, nothing, every_s=SOON_S):
            for state in (HOLD, STOP):
                board.notes = dict(state)
                await asyncio.sleep(20 * SOON_S)

    asyncio.run(go_on())

    assert adopted == [{}, HOLD, STOP]
    assert caplog.text.count("could not be adopted") == 1
    assert "ZeroDivisionError" in caplog.text


def test_nothing_is_adopted_once_the_router_has_stopped() -> None:
    board, adopted = DoubleBoard(), list[Notes]()

    async def stop_and_post() -> None:
        async with open_following(board, adopted.append, nothing, every_s=SOON_S):
            pass
        board.notes = dict(HOLD)
        await asyncio.sleep(20 * SOON_S)

    asyncio.run(stop_and_post())

    assert adopted == [{}]


def test_a_replica_without_redis_is_alone_and_says_so() -> None:
    async def post_and_read() -> tuple[bool, bool, Notes | None]:
        async with open_board(None, "tandem", "policies") as board:
            return isinstance(board, LocalBoard), await board.post("hold:default", b"1"), await board.read()

    assert asyncio.run(post_and_read()) == (True, False, None)


def test_a_replica_without_redis_adopts_nothing() -> None:
    adopted: list[Notes] = []

    async def follow() -> None:
        async with (
            open_board(None, "tandem", "policies") as board,
            open_following(board, adopted.append, nothing, every_s=SOON_S),
        ):
            await board.post("hold:default", b"1")
            await asyncio.sleep(20 * SOON_S)

    asyncio.run(follow())

    assert adopted == []


# --- telling the others -------------------------------------------------------------------------------------------


class Replica:
    """What one replica knows: the orders it was given and the board has not told it of, and what it adopted last."""

    def __init__(self, **orders: bytes | None) -> None:
        self.orders: dict[str, bytes | None] = {f"stop:{name}": value for name, value in orders.items()}
        self.adopted: Notes = {}

    def adopt(self, notes: Notes) -> None:
        """Takes it over; orders of its own give way, as with `Notes.adopting`."""
        told = {key for key in {*notes, *self.adopted} if notes.get(key) != self.adopted.get(key)}
        self.orders = {key: value for key, value in self.orders.items() if key not in told}
        self.adopted = notes

    def unshared(self) -> Mapping[str, bytes | None]:
        """What the board does not say yet."""
        return {key: value for key, value in self.orders.items() if self.adopted.get(key) != value}


def told_by(replica: Replica, *states: Notes | None) -> Notes | None:
    """What is on the board in the end when it stands like this, one state after the other, each for a while."""
    board = DoubleBoard()
    board.notes = None if states[0] is None else dict(states[0])

    async def follow() -> None:
        async with open_following(board, replica.adopt, replica.unshared, every_s=SOON_S):
            for state in states:
                board.notes = None if state is None else dict(state)
                await asyncio.sleep(20 * SOON_S)

    asyncio.run(follow())
    return board.notes


@pytest.mark.parametrize(
    ("orders", "states", "told"),
    [
        ({"a": b"1"}, [{}], {"stop:a": b"1"}),
        ({"a": b"1"}, [None, {}], {"stop:a": b"1"}),
        ({"a": b"1", "b": b"2"}, [None, HOLD], HOLD | {"stop:a": b"1", "stop:b": b"2"}),
        ({"a": b"1"}, [{"stop:a": b"9"}], {"stop:a": b"9"}),
        ({"a": b"1"}, [None, {"stop:a": b"9"}], {"stop:a": b"9"}),
        ({"a": b"1"}, [{}, None, {}], {}),
        ({}, [HOLD], HOLD),
        ({"a": b"1"}, [None], None),
    ],
)
def test_what_only_this_replica_knows_of_is_posted_unless_somebody_has_said_otherwise_since(
    orders: dict[str, bytes | None], states: list[Notes | None], told: Notes | None
) -> None:
    assert told_by(Replica(**orders), *states) == told


def test_a_note_that_was_taken_down_here_is_taken_down_for_all() -> None:
    replica, board = Replica(), DoubleBoard()
    board.notes = {"stop:a": b"1"}

    async def take_down() -> None:
        async with open_following(board, replica.adopt, replica.unshared, every_s=SOON_S):
            replica.orders = {"stop:a": None}
            await asyncio.sleep(20 * SOON_S)

    asyncio.run(take_down())

    assert (board.notes, replica.adopted) == ({}, {})


def test_what_was_posted_is_known_at_once_so_that_its_end_is_noticed() -> None:
    """Somebody takes it down before this replica looks for the next time."""
    replica, board = Replica(a=b"1"), DoubleBoard()

    async def post_and_lose() -> tuple[bool, Notes]:
        async with open_following(board, replica.adopt, replica.unshared, every_s=3600) as follower:
            taken, known = await follower.post("stop:a", b"1"), dict(replica.adopted)
            board.notes = {}
            await follower.look()
            return taken, known

    assert asyncio.run(post_and_lose()) == (True, {"stop:a": b"1"})
    assert (replica.orders, replica.adopted) == ({}, {})
