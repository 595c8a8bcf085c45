"""What Redis does in one go: Lua, how it is run, and the scripts of the cache. INVARIANT: all keys of a script have one
tag, `{tenant}`, so that they live on one server of a cluster.

A value begins as `core.caching.value` writes it: version, rank, when it was made (eight bytes, the highest first). The
index of a tenant is a sorted set: a member `size:policy:key` for each value, whose score is when it ends by the clock
of Redis, and a member without a name, whose score is the size of them all, negative. Members of values that are gone
(over, or evicted) leave when their time is over.
"""

from collections.abc import Sequence
from hashlib import sha1
from typing import Any, Final, NamedTuple

from redis import exceptions

from router.stores.redis_line import Part, RedisLine

_INDEX: Final = """
local index = KEYS[1]
local kind = redis.call('TYPE', index).ok
if kind ~= 'zset' and kind ~= 'none' then redis.call('DEL', index) end
local total = -(tonumber(redis.call('ZSCORE', index, '') or '0'))
local function strike(member)
    if redis.call('ZREM', index, member) == 1 then
        total = math.max(total - tonumber(string.match(member, '^%d+')), 0)
    end
end
local function head_of(key)
    local head = redis.pcall('GETRANGE', key, 0, 9)
    return type(head) == 'string' and head or false
end
"""

_PUT: Final = """
local key, value, name = KEYS[2], ARGV[1], ARGV[2]
local rank, ttl_ms, most = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local head = head_of(key)
local is_value = head and #head == 10
if is_value and head:byte(1) == value:byte(1) and head:byte(2) > rank then return 0 end
redis.call('ZADD', index, -total, '') -- fails here, before anything is struck, where memory is full
if is_value then strike(redis.call('STRLEN', key) .. ':' .. name) end
for _, member in ipairs(redis.call('ZRANGEBYSCORE', index, '(0', now, 'LIMIT', 0, 64)) do strike(member) end
while total + #value > most do
    local victim = redis.call('ZRANGEBYSCORE', index, '(0', '+inf', 'LIMIT', 0, 1)[1]
    if not victim then total = 0 break end
    redis.call('DEL', string.sub(key, 1, -#name - 1) .. string.match(victim, '^%d+:(.*)$'))
    strike(victim)
end
redis.call('SET', key, value, 'PX', ttl_ms)
redis.call('ZADD', index, now + ttl_ms / 1000, #value .. ':' .. name, -(total + #value), '')
if redis.call('PTTL', index) < ttl_ms then redis.call('PEXPIRE', index, ttl_ms) end
return 1
"""

_FORGET: Final = """
local before, removed = tonumber(ARGV[1]), 0
for at = 2, #KEYS do
    local head = head_of(KEYS[at])
    if not before or not head or #head < 10 or struct.unpack('>d', string.sub(head, 3)) < before then
        local size = head and redis.call('STRLEN', KEYS[at]) or 0
        removed = removed + redis.call('DEL', KEYS[at])
        strike(size .. ':' .. ARGV[at])
    end
end
if total == 0 then
    redis.call('DEL', index)
elseif type(redis.pcall('ZADD', index, -total, '')) == 'table' then
    redis.call('ZREM', index, '') -- memory is full: rather too small a sum than one that stays too large
end
return removed
"""


class Script(NamedTuple):
    """A script, and the name that Redis gives it."""

    source: str
    digest: str


def script(source: str) -> Script:
    """A script with the name that Redis will give it."""
    return Script(source, sha1(source.encode(), usedforsecurity=False).hexdigest())


async def run_script(line: RedisLine, what: Script, keys: Sequence[str], arguments: Sequence[Part]) -> Any:
    """What a script answers. Redis forgets scripts when it is started anew; then it is told again. Raises as
    `RedisLine.ask`."""
    rest = (len(keys), *keys, *arguments)
    try:
        return await line.ask("EVALSHA", what.digest, *rest)
    except exceptions.NoScriptError:
        return await line.ask("EVAL", what.source, *rest)


PUT: Final = script(_INDEX + _PUT)
"""Keys: index, value. Arguments: the value, its name (`policy:key`), its rank, milliseconds to live, most bytes of a
tenant. 1 when it is kept now, 0 when one of a higher rank stays. To make room, what ends soonest goes first."""

FORGET: Final = script(_INDEX + _FORGET)
"""Keys: index, then values of its tenant. Arguments: Unix seconds (only what was made before; or nothing), then the
name of each value. How many were removed."""

SUM: Final = script(
    _INDEX + "return {redis.call('ZCARD', index) - (redis.call('ZSCORE', index, '') and 1 or 0), total}"
)
"""Key: index. How many values, and how many bytes of them."""
