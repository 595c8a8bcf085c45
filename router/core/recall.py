"""What is remembered of earlier requests, and under which keys. Pure: `ports.Memory` keeps it.

A conversation is the tenant with the caller's name for it, or, without a name, with the system prompt and the first
user message: what every later request of it repeats.
"""

from collections.abc import Iterable
from hashlib import blake2b

from msgspec import Struct

from router.core.values import SYSTEM_ROLES, TIERS, ChatRequest, Hints, Message, Tier

REMEMBERED_S = 3600.0
"""How long a conversation and an escalation are remembered after they were last heard of."""


class Conversation(Struct, frozen=True, gc=False):
    """What went before in a conversation: the highest tier that answered in it (None: none known) and how many
    requests of it were answered."""

    tier: Tier | None = None
    requests: int = 0

    def after(self, tier: Tier) -> "Conversation":
        """The same conversation once this tier has answered in it."""
        return Conversation(_higher(self.tier, tier), self.requests + 1)


NEW_CONVERSATION = Conversation()


class Thread(Struct, frozen=True, gc=False):
    """A conversation as it is remembered: with when it began (Unix milliseconds; 0: nobody knows). Conversations that
    open alike have one key; of two, the one that began later is the one that is remembered."""

    began_ms: int = 0
    conversation: Conversation = NEW_CONVERSATION

    def after(self, tier: Tier) -> "Thread":
        """The same once this tier has answered in it."""
        return Thread(self.began_ms, self.conversation.after(tier))

    def joined(self, other: "Thread") -> "Thread":
        """What two replicas know together. It does not matter which is first, nor whether one is joined again."""
        return self._with(other, max(self.conversation.requests, other.conversation.requests))

    def told(self, news: "Thread") -> "Thread":
        """What is remembered after `news` of one more answer, by someone who may not have known all of this. INVARIANT:
        nobody's news make a conversation go down, and each counts."""
        return self._with(news, max(self.conversation.requests + 1, news.conversation.requests))

    def _with(self, other: "Thread", requests: int) -> "Thread":
        if self.began_ms != other.began_ms:
            return self if self.began_ms > other.began_ms else other
        return Thread(self.began_ms, Conversation(_higher(self.conversation.tier, other.conversation.tier), requests))


UNHEARD_OF = Thread()


class Keys(Struct, frozen=True, gc=False):
    """Under which keys what matters to one request of a tenant is remembered: its conversation (None: it begins with
    this request), and whether it was escalated (None: nobody wants to know)."""

    tenant: str
    conversation: str | None = None
    question: str | None = None


class Recalled(Struct, frozen=True, gc=False):
    """What is remembered under the keys of one request."""

    thread: Thread = UNHEARD_OF
    was_escalated: bool = False


NOTHING_RECALLED = Recalled()


def conversation_key(tenant: str, request: ChatRequest, hints: Hints) -> str:
    """The key of the request's conversation: 32 hexadecimal digits that hold no text and do not depend on the
    process, so that replicas agree."""
    named = _name(request, hints)
    if named is not None:
        return _digest((tenant, "named", named))
    return _digest((tenant, "opened", *_opening(request.messages)))


def continues(request: ChatRequest, hints: Hints) -> bool:
    """Whether the request may be a later one of its conversation. One that neither is given a name by its caller nor
    holds an answer begins anew: two callers who happen to ask the same are not in conversation, and neither are all
    those of an application that sends one `prompt_cache_key`."""
    if hints.conversation:
        return True
    return any(message.role == "assistant" for message in request.messages)


NOT_ASKED = frozenset("model stream stream_options user metadata safety_identifier router".split())
"""Fields that say nothing about what is to be answered."""


def question_key(tenant: str, request: ChatRequest) -> str:
    """The key under which an escalation is remembered: the tenant and exactly this request, whichever model it names
    and however its answer is to come. A parameter that no engine takes says nothing about the messages without it."""
    digest = blake2b(digest_size=16)
    _add(digest, tenant.encode("utf-8", "surrogatepass"))
    for name in sorted(request.fields.keys() - NOT_ASKED):
        _add(digest, name.encode("utf-8", "surrogatepass"))
        _add(digest, bytes(request.fields[name]))
    return digest.hexdigest()


def _higher(one: Tier | None, other: Tier | None) -> Tier | None:
    if one is None or other is None:
        return one or other
    return one if TIERS.index(one) >= TIERS.index(other) else other


def _name(request: ChatRequest, hints: Hints) -> str | None:
    """What the caller calls the conversation; None: nothing. An empty name is none."""
    named = hints.conversation or request.parameters.get("prompt_cache_key")
    return named if isinstance(named, str) and named else None


def _opening(messages: tuple[Message, ...]) -> Iterable[str]:
    for message in messages:
        if message.role in SYSTEM_ROLES or message.role == "user":
            yield "".join([part.text or part.url for part in message.parts])
        if message.role == "user":
            return


def _digest(fields: Iterable[str]) -> str:
    digest = blake2b(digest_size=16)
    for field in fields:
        _add(digest, field.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _add(digest: blake2b, field: bytes) -> None:
    """INVARIANT: different fields never run together: each is preceded by its length."""
    digest.update(b"%d:" % len(field))
    digest.update(field)
