"""What is remembered, in short, and the memory in Redis: what the tests of memories share."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from router.core.recall import Conversation, Keys, Thread
from router.core.values import Tier
from router.ports import Clock, Memory
from router.stores.memory import LocalMemory
from router.stores.redis_door import read_door
from router.stores.redis_line import open_line
from router.stores.redis_memory import RedisMemory
from tests.cached import PATIENT_S, PREFIX
from tests.redis_server import RedisServer

ACME = "acme"


def thread(tier: Tier, requests: int, began_ms: int = 1_700_000_000_000) -> Thread:
    """A conversation that reached this tier in so many requests."""
    return Thread(began_ms, Conversation(tier, requests))


def wanted(conversation: str | None = None, question: str | None = None) -> Keys:
    """What a request of the tenant wants to know."""
    return Keys(ACME, conversation, question)


async def heard(memory: Memory, conversation: str) -> Thread:
    """What all remember of a conversation."""
    return (await memory.recall(wanted(conversation))).thread


async def was_escalated(memory: Memory, question: str) -> bool:
    """Whether any of them remembers that."""
    return (await memory.recall(wanted(question=question))).was_escalated


@asynccontextmanager
async def in_redis(server: RedisServer, clock: Clock, step_s: float = PATIENT_S) -> AsyncGenerator[RedisMemory, None]:
    """The memory in this Redis, of one more replica."""
    async with open_line(read_door(server.url), "this replica is alone, without", step_s) as line:
        yield RedisMemory(line, PREFIX, LocalMemory(clock), clock.now_s)
