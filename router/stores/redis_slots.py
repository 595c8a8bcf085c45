"""Replicas that share a backend share its slots: each has some of them on lease, in Redis, and renews it four times a
second. Loaded only where a backend is shared.

What is granted is what is fair, of the replicas that are alive: no more than is wanted, equal where more is wanted than
there is, and what nobody wants in equal parts. A lease shrinks no faster than its attempts end, and INVARIANT: what is
granted together is never more than the limit. Nobody waits for a lease: while Redis is away each replica has an equal
share, and goes by what the engine says of itself. The lease of a replica that is gone is over after `LEASE_S`.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from redis import exceptions

from router.core.saturation import Lease, Occupancy
from router.ports import Clock
from router.stores.redis_door import STEP_S, explain, read_door
from router.stores.redis_line import Away, Part, RedisLine, open_line
from router.stores.redis_scripts import run_script, script
from router.stores.trouble import State

EVERY_S: Final = 0.25
LEASE_S: Final = 1.0

GRANT: Final = script("""
local mine, wanted, held = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local limit, lease_ms = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local ids, wants, granted, to_others = {mine}, {[mine] = wanted}, 0, 0
local leases = redis.call('HGETALL', KEYS[1])
for at = 1, #leases, 2 do
    local id = leases[at]
    local ends, wants_it, has = string.match(leases[at + 1], '^(%d+) (%d+) (%d+)$')
    if not ends or tonumber(ends) <= now then
        redis.call('HDEL', KEYS[1], id)
    elseif id == mine then
        granted = tonumber(has)
    else
        ids[#ids + 1], wants[id] = id, tonumber(wants_it)
        to_others = to_others + tonumber(has)
    end
end
table.sort(ids, function(a, b) return wants[a] < wants[b] or (wants[a] == wants[b] and a < b) end)
local left, place = limit, 1
local fair = 0
for at, id in ipairs(ids) do
    local share = math.min(wants[id], math.floor(left / (#ids - at + 1)))
    left = left - share
    if id == mine then fair, place = share, at end
end
fair = fair + math.floor(left / #ids) + (place > #ids - left % #ids and 1 or 0)
local grant = math.max(math.min(math.max(fair, math.min(held, granted)), limit - to_others), 0)
redis.call('HSET', KEYS[1], mine, string.format('%d %d %d', now + lease_ms, wanted, grant))
redis.call('PEXPIRE', KEYS[1], 10 * lease_ms)
return {grant, #ids}
""")
"""Key: the leases of a backend. Arguments: who asks, how many slots are wanted, how many are held, the limit, and
milliseconds that the lease is for. The slots granted, and how many replicas share them. Who wants most gets what cannot
be divided."""


class RedisSlots:
    """The leases of one replica. `shared`: the backends that are shared, by the names that replicas call them."""

    def __init__(
        self, line: RedisLine, prefix: str, replica: str, shared: Mapping[str, Occupancy], clock: Clock
    ) -> None:
        self._line = line
        self._prefix = f"{prefix}:slots:"
        self._replica = replica
        self._shared = shared
        self._clock = clock
        self._leasing = State(f"slots of shared backends cannot be leased from Redis at {line.where}")

    async def run(self) -> None:
        """Renews the leases until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.renew()

    async def renew(self) -> None:
        """Renews every lease, as far as Redis answers."""
        await asyncio.gather(*(self._renew(name, occupancy) for name, occupancy in self._shared.items()))

    async def _renew(self, name: str, occupancy: Occupancy) -> None:
        """The lease is counted from before it was asked for, so that it is over here no later than there."""
        now_s = self._clock.now_s()
        wanted, lease_ms = occupancy.wanted(now_s), round(1000 * LEASE_S)
        arguments: list[Part] = [self._replica, wanted, occupancy.ours, occupancy.whole_limit, lease_ms]
        try:
            slots, replicas = await run_script(self._line, GRANT, [self._prefix + name], arguments)
        except Away:
            return
        except exceptions.ResponseError as error:
            self._leasing.fails(explain(error))
            return
        self._leasing.works()
        occupancy.leased(Lease(slots, replicas, now_s + LEASE_S))


@asynccontextmanager
async def open_redis_slots(
    url: str, prefix: str, replica: str, shared: Mapping[str, Occupancy], clock: Clock, step_s: float = STEP_S
) -> AsyncGenerator[None, None]:
    """Has the slots of these backends leased from the Redis at this address while the block runs; once before it
    begins. `replica` is a name that no other replica has. A server that is down is no error."""
    async with open_line(read_door(url), "backends are shared in equal parts, without", step_s) as line:
        slots = RedisSlots(line, prefix, replica, shared, clock)
        await slots.renew()
        renewing = asyncio.create_task(slots.run())
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.wait((renewing,))
