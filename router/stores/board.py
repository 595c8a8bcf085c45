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
async def open_board(redis_url: str | None, prefix: str, topic: str) -> AsyncGenerator[Board, None]:
    """The board for notes about `topic` that all replicas with this Redis and this prefix share; without Redis, one for
    this replica."""
    if redis_url is None:
        yield LocalBoard()
        return
    from router.stores.redis_board import open_redis_board

    async with open_redis_board(redis_url, prefix, topic) as board:
        yield board


Notes = Mapping[str, bytes]
Orders = Mapping[str, bytes | None]
"""What is to stand under each key; None: nothing."""


class Follower:
    """The port `Board`, for a replica that goes by what stands on another board. It has the notes there adopted: when
    they have changed, and when they can be read again. While they cannot be read, what was adopted stays. What only
    this replica knows of is posted until the board takes it. `in_touch`: whether it could be read the last time."""

    def __init__(self, board: Board, adopt: Callable[[Notes], None], unshared: Callable[[], Orders]) -> None:
        self.in_touch = False
        self._board = board
        self._adopt = adopt
        self._unshared = unshared
        self._adopted: Notes | None = None
        self._looking = asyncio.Lock()

    async def post(self, key: str, value: bytes | None) -> bool:
        """See `ports.Board`. What the board has taken is adopted at once: when somebody takes it down before the next
        look, this replica must have known that it stood there."""
        taken = await self._board.post(key, value)
        if taken:
            await self.look()
        return taken

    async def read(self) -> Notes | None:
        """See `ports.Board`."""
        return await self._board.read()

    async def look(self) -> None:
        """Reads the board once."""
        async with self._looking:
            notes = await self._board.read()
            is_known = self.in_touch and notes == self._adopted
            self.in_touch = notes is not None
            if notes is not None and not is_known:
                self._adopted = notes
                await asyncio.to_thread(self._adopt, notes)

    async def run(self, every_s: float) -> None:
        """Looks at the board until cancelled. A bug that a note brings to light must not end this for good."""
        while True:
            await asyncio.sleep(every_s)
            try:
                await self.look()
                await self._share()
            except Exception:  # noqa: BLE001 - the end of what one look does
                _log.exception("the notes of other replicas could not be adopted")

    async def _share(self) -> None:
        """After a look, because what somebody has posted since makes an order of our own out of date."""
        if self.in_touch:
            for key, value in self._unshared().items():
                await self.post(key, value)


@asynccontextmanager
async def open_following(
    board: Board, adopt: Callable[[Notes], None], unshared: Callable[[], Orders], every_s: float = LOOK_EVERY_S
) -> AsyncGenerator[Follower, None]:
    """Follows the board while the block runs; what stands there already is adopted before it begins. `adopt` is
    called in a thread, one call at a time."""
    follower = Follower(board, adopt, unshared)
    await follower.look()
    following = asyncio.create_task(follower.run(every_s))
    try:
        yield follower
    finally:
        following.cancel()
        await asyncio.wait((following,))
