"""Replicas tell each other which backends they leave alone, in Redis. Loaded only where a backend is shared.

Each says twice a second what it leaves alone, and hears what the others do; what a replica that is gone has said is
over after `HEARD_S`. While Redis is away what was heard is forgotten, and each finds out for itself.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Final

from redis import exceptions

from router.stores.redis_door import STEP_S, explain, read_door
from router.stores.redis_line import Away, Part, RedisLine, open_line
from router.stores.redis_scripts import run_script, script
from router.stores.trouble import State

EVERY_S: Final = 0.5
HEARD_S: Final = 2.0

EXCHANGE: Final = script("""
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local found = {}
local said = redis.call('HGETALL', KEYS[1])
for at = 1, #said, 2 do
    local ends, names = string.match(said[at + 1], '^(%d+) (.*)$')
    if not ends or tonumber(ends) <= now then
        redis.call('HDEL', KEYS[1], said[at])
    elseif said[at] ~= ARGV[1] then
        for name in string.gmatch(names, '%S+') do found[#found + 1] = name end
    end
end
if ARGV[3] == '' then
    redis.call('HDEL', KEYS[1], ARGV[1])
else
    redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %s', now + tonumber(ARGV[2]), ARGV[3]))
    redis.call('PEXPIRE', KEYS[1], 10 * tonumber(ARGV[2]))
end
return found
""")
"""Key: what replicas leave alone. Arguments: who says it, milliseconds that it holds, and the names of what it leaves
alone, with a space between them. The names of what others leave alone."""


class RedisTroubles:
    """What one replica says and hears. `left_alone` tells the names, by which all replicas know them, of the backends
    that it leaves alone; `heard` is told of those that others do, or None when they cannot be heard."""

    def __init__(
        self,
        line: RedisLine,
        prefix: str,
        replica: str,
        left_alone: Callable[[], Sequence[str]],
        heard: Callable[[Collection[str] | None], None],
    ) -> None:
        self._line = line
        self._key = f"{prefix}:backends:left-alone"
        self._replica = replica
        self._left_alone = left_alone
        self._heard = heard
        self._exchanging = State(f"replicas cannot tell each other what they leave alone, in Redis at {line.where}")

    async def run(self) -> None:
        """Says and hears, until cancelled."""
        while True:
            await self.exchange()
            await asyncio.sleep(EVERY_S)

    async def exchange(self) -> None:
        """Says and hears once, as far as Redis answers."""
        arguments: list[Part] = [self._replica, round(1000 * HEARD_S), " ".join(self._left_alone())]
        try:
            names: Sequence[bytes] = await run_script(self._line, EXCHANGE, [self._key], arguments)
        except Away:
            self._heard(None)
            return
        except exceptions.ResponseError as error:
            self._exchanging.fails(explain(error))
            self._heard(None)
            return
        self._exchanging.works()
        self._heard(frozenset(name.decode(errors="replace") for name in names))


@asynccontextmanager
async def open_redis_troubles(
    url: str,
    prefix: str,
    replica: str,
    left_alone: Callable[[], Sequence[str]],
    heard: Callable[[Collection[str] | None], None],
    step_s: float = STEP_S,
) -> AsyncGenerator[None, None]:
    """Has replicas tell each other while the block runs; see `RedisTroubles`. `replica` is a name that no other replica
    has. A server that is down is no error."""
    async with open_line(read_door(url), "each replica finds out for itself what fails, without", step_s) as line:
        telling = asyncio.create_task(RedisTroubles(line, prefix, replica, left_alone, heard).run())
        try:
            yield
        finally:
            telling.cancel()
            await asyncio.wait((telling,))
