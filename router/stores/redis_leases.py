"""The leases of those who share a cache in Redis: a key each, which is over soon after nobody renews it."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

from redis import exceptions

from router.core.caching.entry import Place
from router.ports import Clock, Lease
from router.stores.redis_door import explain
from router.stores.redis_line import Away, Part, RedisLine
from router.stores.trouble import SteadyState

LEASE_S: Final = 2.0
"""How soon others go on when a replica has died. One that hundreds ask at once may be busy for a second."""

RENEWED_EACH_S: Final = LEASE_S / 4
"""A replica may be busy for three times as long without losing what it has."""

_LEASE_MS: Final = int(LEASE_S * 1000)

_RENEW: Final = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2])"
_GIVE_BACK: Final = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1])"
"""INVARIANT: only whoever has a lease renews it and gives it back: it may be another's meanwhile."""


class RedisLeases:
    """The port `Leases`. Where Redis is away, or refuses, everybody is granted everything."""

    def __init__(self, line: RedisLine, prefix: str, clock: Clock) -> None:
        self._line = line
        self._prefix = f"{prefix}:lease:"
        self._state = SteadyState(
            f"replicas do not wait for each other's answers in Redis at {line.where}", clock.now_s
        )

    async def take(self, place: Place) -> Lease | None:
        """See `ports.Leases`."""
        lease = _RedisLease(self._line, f"{self._prefix}{{{place.tenant}}}:{place.policy}:{place.key}")
        try:
            is_free = await lease.take()
        except Away:
            return lease
        except exceptions.ResponseError as error:
            self._state.fails(explain(error))
            return lease
        self._state.works()
        return lease if is_free else None


class _RedisLease:
    """The port `Lease`. The token is its own, so that nobody takes it for another's."""

    def __init__(self, line: RedisLine, key: str) -> None:
        self._line = line
        self._key = key
        self._token = secrets.token_bytes(16)

    async def take(self) -> bool:
        """Whether it was free. Raises what `RedisLine.ask` raises."""
        return await self._line.ask("SET", self._key, self._token, "NX", "PX", _LEASE_MS) is not None

    @asynccontextmanager
    async def held(self) -> AsyncGenerator[None, None]:
        """See `ports.Lease`."""
        renewing = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            renewing.cancel()
            await self._ask(_GIVE_BACK)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEWED_EACH_S)
            await self._ask(_RENEW, _LEASE_MS)

    async def _ask(self, script: str, *arguments: Part) -> None:
        """Where that fails, the lease is over by itself."""
        with suppress(Away, exceptions.ResponseError):
            await self._line.ask("EVAL", script, 1, self._key, self._token, *arguments)
