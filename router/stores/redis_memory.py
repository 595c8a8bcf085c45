"""What replicas remember together, in Redis, with what this one remembers beside it: it is added to what Redis says,
and is all there is while Redis is away.

Nobody waits for what is remembered: it is known here at once, and to the others when Redis has heard of it. What Redis
does not hear of stays with this replica until the next answer of the conversation brings it along.

A conversation is `1 began_ms tier requests` (the 1 is the version of this form, `tier` its place in `TIERS`), an
escalation is `1`. No key holds any text, and all of a tenant's have one tag, so that they live on one server of a
cluster.
"""

import asyncio
import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from redis import exceptions

from router.core.recall import REMEMBERED_S, UNHEARD_OF, Conversation, Keys, Recalled, Thread
from router.core.record import hash_tenant
from router.core.values import TIERS
from router.ports import Memory
from router.stores.redis_door import explain
from router.stores.redis_line import Away, Part, RedisLine
from router.stores.redis_scripts import TIER, TOLD
from router.stores.trouble import SteadyState

REMEMBERED_MS: Final = int(REMEMBERED_S * 1000)
ESCALATED: Final = b"1"

_THREAD: Final = re.compile(rf"1 (\d{{1,15}}) ({TIER}) (\d{{1,9}})".encode())


class RedisMemory:
    """The port `Memory`, for all replicas with this prefix. `local` is what this one remembers."""

    def __init__(self, line: RedisLine, prefix: str, local: Memory, now_s: Callable[[], float]) -> None:
        self._line = line
        self._prefix = f"{prefix}:memory:"
        self._local = local
        self._reading = SteadyState(f"what replicas remember cannot be read from Redis at {line.where}", now_s)
        self._writing = SteadyState(f"what replicas remember cannot be written to Redis at {line.where}", now_s)

    def known(self, keys: Keys) -> Recalled:
        """See `ports.Memory`."""
        return self._local.known(keys)

    async def recall(self, keys: Keys) -> Recalled:
        """See `ports.Memory`. An escalation that is known here is not asked for."""
        known = self._local.known(keys)
        question = None if known.was_escalated else keys.question
        names = self._names(keys.tenant, keys.conversation, question)
        if not names:
            return known
        try:
            values: list[bytes | None] = await self._line.ask("MGET", *names)
        except Away:
            return known
        except exceptions.ResponseError as error:
            self._reading.fails(explain(error))
            return known
        self._reading.works()
        thread = known.thread if keys.conversation is None else known.thread.joined(_read_thread(values[0]))
        return Recalled(thread, known.was_escalated or (question is not None and values[-1] == ESCALATED))

    def note_conversation(self, key: str, news: Thread) -> None:
        """See `ports.Memory`."""
        self._local.note_conversation(key, news)

    def remember_conversation(self, tenant: str, key: str, news: Thread) -> None:
        """See `ports.Memory`."""
        self.note_conversation(key, news)
        said = news.conversation
        if said.tier is None:
            return
        name = self._name(tenant, "conversation", key)
        rest = (1, name, news.began_ms, TIERS.index(said.tier), said.requests, REMEMBERED_MS)
        self._tell(("EVALSHA", TOLD.digest, *rest), ("EVAL", TOLD.source, *rest))

    def remember_escalation(self, tenant: str, question: str) -> None:
        """See `ports.Memory`."""
        self._local.remember_escalation(tenant, question)
        self._tell(("SET", self._name(tenant, "escalated", question), ESCALATED, "PX", REMEMBERED_MS))

    def _tell(self, command: tuple[Part, ...], otherwise: tuple[Part, ...] | None = None) -> None:
        """Sends a command whose answer nobody waits for; the other one, when Redis does not know the script."""
        try:
            sent = self._line.send(*command)
        except Away:
            return
        sent.add_done_callback(partial(self._heard, otherwise))

    def _heard(self, otherwise: tuple[Part, ...] | None, sent: asyncio.Future[Any]) -> None:
        answer = sent.result()
        if isinstance(answer, exceptions.NoScriptError) and otherwise is not None:
            self._tell(otherwise)
        elif isinstance(answer, exceptions.ResponseError):
            self._writing.fails(explain(answer))
        elif not isinstance(answer, Away):
            self._writing.works()

    def _names(self, tenant: str, conversation: str | None, question: str | None) -> list[str]:
        asked = (("conversation", conversation), ("escalated", question))
        return [self._name(tenant, kind, key) for kind, key in asked if key is not None]

    def _name(self, tenant: str, kind: str, key: str) -> str:
        return f"{self._prefix}{{{hash_tenant(tenant)}}}:{kind}:{key}"


def _read_thread(value: bytes | None) -> Thread:
    """What stands there; what cannot be read is nothing."""
    said = None if value is None else _THREAD.fullmatch(value)
    if said is None:
        return UNHEARD_OF
    began_ms, tier, requests = (int(each) for each in said.groups())
    return Thread(began_ms, Conversation(TIERS[tier], requests))
