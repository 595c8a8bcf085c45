"""Notes that come up in other threads: how they reach the board, and when they are given up."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import pytest

from router.ports import Board
from router.stores.board import Messenger, open_messenger
from tests.doubles import DoubleBoard
from tests.stores.conftest import Run

SOON_S = 0.002
STOP = "stop:candidate@1"
HOLD = "hold:default"


class Ledger(DoubleBoard):
    """A board that keeps count of what it was asked to post, taken or not."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def post(self, key: str, value: bytes | None) -> bool:
        """See `ports.Board`."""
        self.asked.append(key)
        return await super().post(key, value)


class StuckBoard(DoubleBoard):
    """A board at which nobody who posts a hold is ever answered."""

    async def post(self, key: str, value: bytes | None) -> bool:
        """See `ports.Board`."""
        if key == HOLD:
            await asyncio.Event().wait()
        return await super().post(key, value)


@asynccontextmanager
async def messenger_to(board: Board) -> AsyncIterator[Messenger]:
    """An impatient messenger to this board, while the block runs."""
    messenger = Messenger(board, SOON_S)
    try:
        yield messenger
    finally:
        await messenger.stop()


def always() -> bool:
    return True


async def stands(board: DoubleBoard, notes: Mapping[str, bytes]) -> None:
    """Returns once these notes are on the board."""
    async with asyncio.timeout(5):
        while board.notes != notes:  # noqa: ASYNC110 - boards tell nobody
            await asyncio.sleep(SOON_S)


async def while_the_messenger_tries(board: Ledger) -> None:
    """Returns once it has tried a few times more."""
    tried = len(board.asked)
    async with asyncio.timeout(5):
        while len(board.asked) < tried + 3:  # noqa: ASYNC110 - boards tell nobody
            await asyncio.sleep(SOON_S)


def in_another_thread(work: Callable[[], None]) -> None:
    """Does this elsewhere, and waits for it."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()


def test_a_note_from_another_thread_reaches_the_board(run: Run[None]) -> None:
    board = DoubleBoard()

    async def send() -> None:
        async with open_messenger(board) as messenger:
            await asyncio.to_thread(messenger.send, STOP, b"{}", always)
            await stands(board, {STOP: b"{}"})

    run(send())


def test_whoever_sends_does_not_wait_for_the_board() -> None:
    """The thread has ended before the event loop could do anything at all."""
    board = DoubleBoard()

    async def send() -> Mapping[str, bytes] | None:
        async with messenger_to(board) as messenger:
            in_another_thread(lambda: messenger.send(STOP, b"{}", always))
            at_once = dict(board.notes or {})
            await stands(board, {STOP: b"{}"})
            return at_once

    assert asyncio.run(send()) == {}


def test_a_note_that_the_board_has_taken_is_not_posted_again() -> None:
    board = Ledger()

    async def send() -> None:
        async with messenger_to(board) as messenger:
            messenger.send(STOP, b"{}", always)
            await asyncio.sleep(20 * SOON_S)

    asyncio.run(send())

    assert board.asked == [STOP]


def test_a_note_is_posted_again_until_the_board_takes_it() -> None:
    board = Ledger()
    board.notes = None

    async def lose_and_find() -> None:
        async with messenger_to(board) as messenger:
            messenger.send(STOP, b"{}", always)
            await while_the_messenger_tries(board)
            board.notes = {}
            await stands(board, {STOP: b"{}"})

    asyncio.run(lose_and_find())


@pytest.mark.parametrize("tries_first", [True, False])
def test_a_note_that_is_out_of_date_is_not_posted(tries_first: bool) -> None:
    board, current = Ledger(), {STOP} if tries_first else set[str]()
    board.notes = None

    async def outdate() -> None:
        async with messenger_to(board) as messenger:
            messenger.send(STOP, b"{}", lambda: STOP in current)
            if tries_first:
                await while_the_messenger_tries(board)
            current.clear()
            board.notes = {}
            await asyncio.sleep(20 * SOON_S)

    asyncio.run(outdate())

    assert board.notes == {}


def test_one_note_does_not_hold_up_another() -> None:
    board = StuckBoard()

    async def send_two() -> None:
        async with messenger_to(board) as messenger:
            messenger.send(HOLD, b"1", always)
            messenger.send(STOP, b"{}", always)
            await stands(board, {STOP: b"{}"})

    asyncio.run(send_two())


# --- the end ------------------------------------------------------------------------------------------------------


async def left_running() -> int:
    """How many tasks there are besides the one that asks, once everything that was due has happened."""
    await asyncio.sleep(5 * SOON_S)
    return len(asyncio.all_tasks()) - 1


@pytest.mark.parametrize("board", [StuckBoard(), Ledger()], ids=["stuck", "out of reach"])
def test_what_the_board_has_not_taken_is_given_up_at_the_end(board: DoubleBoard, run: Run[int]) -> None:
    board.notes = None

    async def end() -> int:
        async with messenger_to(board) as messenger:
            messenger.send(HOLD, b"1", always)
            await asyncio.sleep(5 * SOON_S)
        return await left_running()

    assert run(end()) == 0


def test_a_note_that_comes_up_at_the_very_end_does_not_outlive_it(run: Run[int]) -> None:
    """The last batch of the decision log is handed on while the router stops."""
    board = Ledger()
    board.notes = None

    async def end() -> int:
        async with messenger_to(board) as messenger:
            messenger.send(STOP, b"{}", always)
        return await left_running()

    assert run(end()) == 0


def test_a_note_that_comes_up_after_the_end_is_not_posted(run: Run[int]) -> None:
    board = Ledger()

    async def end_and_send() -> int:
        async with messenger_to(board) as messenger:
            pass
        messenger.send(STOP, b"{}", always)
        return await left_running()

    assert run(end_and_send()) == 0
    assert board.asked == []
