"""More requests than can be served, from tenants that do not care: what each of them gets, and how soon it is told."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import aiohttp

from tests.wire_client import CHAT, Address, request_fields

TIMEOUT_S = 60.0


class Met(NamedTuple):
    """What one request met: its status (0: none came), after how long, the tokens it was given, and when it was told to
    come again (None: it was not)."""

    tenant: str
    status: int
    elapsed_s: float
    tokens: int = 0
    retry_after_s: int | None = None


async def overload(
    to: Address, keys: Mapping[str, str], per_second: float, seconds: float, seed: int = 1, **fields: Any
) -> Sequence[Met]:
    """So many requests a second of each tenant, at random moments, whatever becomes of them. `keys`: the secret of
    each."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(TIMEOUT_S)
    ) as session:
        greedy = [
            _greed(session, to, tenant, key, random.Random(f"{tenant}-{seed}"), per_second, seconds, fields)
            for tenant, key in keys.items()
        ]
        return [met for found in await asyncio.gather(*greedy) for met in found]


async def _greed(
    session: aiohttp.ClientSession,
    to: Address,
    tenant: str,
    key: str,
    chance: random.Random,
    per_second: float,
    seconds: float,
    fields: Mapping[str, Any],
) -> Sequence[Met]:
    loop, asking = asyncio.get_running_loop(), []
    ends_s = due_s = loop.time()
    ends_s += seconds
    while (due_s := due_s + chance.expovariate(per_second)) < ends_s:
        await asyncio.sleep(max(due_s - loop.time(), 0.0))
        body = request_fields(f"Write story number {len(asking)} about a garden.", **fields)
        asking.append(asyncio.ensure_future(_ask(session, to, tenant, key, body)))
    return await asyncio.gather(*asking)


async def _ask(session: aiohttp.ClientSession, to: Address, tenant: str, key: str, body: Mapping[str, Any]) -> Met:
    loop, headers = asyncio.get_running_loop(), {"authorization": f"Bearer {key}"}
    asked_s = loop.time()
    try:
        async with session.post(f"http://{to.host}:{to.port}{CHAT}", json=body, headers=headers) as response:
            answer = await response.json()
            told = response.headers.get("retry-after")
            tokens = answer.get("usage", {}).get("completion_tokens", 0)
            return Met(tenant, response.status, loop.time() - asked_s, tokens, None if told is None else int(told))
    except (aiohttp.ClientError, TimeoutError):
        return Met(tenant, 0, loop.time() - asked_s)


def jain(amounts: Sequence[float]) -> float:
    """Jain's index of fairness: 1 where all have the same, 1/n where one of n has all."""
    return sum(amounts) ** 2 / (len(amounts) * sum([each * each for each in amounts]))


def fairness(met: Sequence[Met], tenants: Sequence[str]) -> float:
    """How evenly the tokens went to these tenants."""
    tokens = Counter[str]()
    for each in met:
        tokens[each.tenant] += each.tokens
    return jain([tokens[tenant] for tenant in tenants])


def refusals_s(met: Sequence[Met]) -> Sequence[float]:
    """How long those took that were refused, the longest last."""
    return sorted([each.elapsed_s for each in met if each.status in (429, 503)])


def at_share(ordered: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
