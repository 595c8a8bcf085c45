"""What replicas tell each other: opening the board, and following what stands on it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager

from router.ports import Board

LOOK_EVERY_S = 1.0
"""How often the board is looked at, and so how soon a replica knows what another has posted."""

_log = logging.getLogger(__name__)


class LocalBoard:
    """The port `Board` of a replica that is alone: nobody else sees what it posts."""

    async def post(self, key: str, value: bytes | None) -> bool:
        """See `ports.Board`."""
        return False

    async def read(self) -> Mapping[str, bytes] | None:
        """See `ports.Board`."""
        return None


@asynccontextmanager
async def open_board(redis_url: str | None, prefix: str) -> AsyncGenerator[Board, None]:
    """The board that all replicas with this Redis and this prefix share; without Redis, one for this replica."""
    if redis_url is None:
        yield LocalBoard()
        return
    from router.stores.redis_board import open_redis_board

    async with open_redis_board(redis_url, prefix) as board:
        yield board


class Messenger:
    """Takes notes to the board that come up in other threads."""

    def __init__(self, board: Board, every_s: float = LOOK_EVERY_S) -> None:
        """Must be made on the event loop that it shall work on."""
        self._board = board
        self._every_s = every_s
        self._loop = asyncio.get_running_loop()
        self._under_way: set[asyncio.Task[None]] = set()

    def send(self, key: str, value: bytes, is_current: Callable[[], bool]) -> None:
        """Posts a note, again and again until the board takes it or it is out of date. Returns at once."""
        self._loop.call_soon_threadsafe(self._begin, key, value, is_current)

    async def stop(self) -> None:
        """Gives up what the board has not taken yet."""
        for task in tuple(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _begin(self, key: str, value: bytes, is_current: Callable[[], bool]) -> None:
        task = self._loop.create_task(self._post(key, value, is_current))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _post(self, key: str, value: bytes, is_current: Callable[[], bool]) -> None:
        while is_current() and not await self._board.post(key, value):  # noqa: ASYNC110 - nothing tells when it would
            await asyncio.sleep(self._every_s)


@asynccontextmanager
async def open_messenger(board: Board) -> AsyncGenerator[Messenger, None]:
    """A messenger to this board, while the block runs."""
    messenger = Messenger(board)
    try:
        yield messenger
    finally:
        await messenger.stop()


class Follower:
    """Has the notes of a board adopted: when they have changed, and when they can be read again. While they cannot be
    read, what was adopted stays. `in_touch`: whether they could be read the last time."""

    def __init__(self, board: Board, adopt: Callable[[Mapping[str, bytes]], None]) -> None:
        self.in_touch = False
        self._board = board
        self._adopt = adopt
        self._adopted: Mapping[str, bytes] | None = None

    async def look(self) -> None:
        """Reads the board once."""
        notes = await self._board.read()
        is_known = self.in_touch and notes == self._adopted
        self.in_touch = notes is not None
        if notes is not None and not is_known:
            self._adopted = notes
            await asyncio.to_thread(self._adopt, notes)

    async def run(self, every_s: float) -> None:
        """Reads the board until cancelled. A bug that a note brings to light must not end this for good."""
        while True:
            await asyncio.sleep(every_s)
            try:
                await self.look()
            except Exception:  # noqa: BLE001 - the end of what one look does
                _log.exception("the notes of other replicas could not be adopted")


@asynccontextmanager
async def open_following(
    board: Board, adopt: Callable[[Mapping[str, bytes]], None], every_s: float = LOOK_EVERY_S
) -> AsyncGenerator[Follower, None]:
    """Follows the board while the block runs; what stands there already is adopted before it begins. `adopt` is
    called in a thread, one call at a time."""
    follower = Follower(board, adopt)
    await follower.look()
    following = asyncio.create_task(follower.run(every_s))
    try:
        yield follower
    finally:
        following.cancel()
        await asyncio.wait((following,))
