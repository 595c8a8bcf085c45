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
        reached = tier if self.tier is None or TIERS.index(tier) > TIERS.index(self.tier) else self.tier
        return Conversation(reached, self.requests + 1)


NEW_CONVERSATION = Conversation()


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
