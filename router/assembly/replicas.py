"""What replicas tell each other of backends, put together: which are drained, and which are left alone."""

import secrets
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from router.api.backend_admin import BackendDesk
from router.assembly.loads import shared_names
from router.config.redis_settings import RedisSpec
from router.config.settings import Settings
from router.engines.drains import Drains
from router.engines.fleet import Pools
from router.ports import Board, Clock
from router.stores.board import open_board, open_following


def board_of(redis: RedisSpec | None, topic: str) -> AbstractAsyncContextManager[Board]:
    """The board for notes about `topic`, shared where there is a Redis."""
    return (
        open_board(None, "", topic) if redis is None else open_board(redis.url.get_secret_value(), redis.prefix, topic)
    )


@asynccontextmanager
async def open_backend_desk(settings: Settings, pools: Pools, clock: Clock) -> AsyncGenerator[BackendDesk, None]:
    """What operators see of backends and do with them. While the block runs, replicas with one Redis go by each other's
    orders about the backends that they share, and by what the others have found of them."""
    shared = shared_names(settings.tiers)
    drains = Drains(pools, shared, clock)
    async with AsyncExitStack() as stack:
        board = await stack.enter_async_context(board_of(settings.redis if shared else None, "backends"))
        following = await stack.enter_async_context(open_following(board, drains.adopt, drains.unshared))
        if shared and settings.redis is not None:
            from router.stores.redis_troubles import open_redis_troubles

            hearsay = Hearsay(pools, shared)
            url, prefix = settings.redis.url.get_secret_value(), settings.redis.prefix
            troubles = open_redis_troubles(url, prefix, secrets.token_hex(8), hearsay.left_alone, hearsay.heard)
            await stack.enter_async_context(troubles)
        yield BackendDesk(pools, drains, following)


class Hearsay:
    """Between the breakers here and what replicas tell each other, in the names that all of them know."""

    def __init__(self, pools: Pools, shared: Mapping[str, str]) -> None:
        self._pools = pools
        self._shared = shared

    def left_alone(self) -> Sequence[str]:
        """The shared backends whose breakers are not closed here."""
        return [
            self._shared[each.name]
            for each in self._pools.members()
            if each.name in self._shared and each.breaker.state != "closed"
        ]

    def heard(self, names: Collection[str] | None) -> None:
        """Notes which of them others leave alone; None: nobody tells any more."""
        for name, shared_as in self._shared.items():
            self._pools.heard(name, is_left_alone=None if names is None else shared_as in names)
