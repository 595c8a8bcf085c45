"""The port through which the hosted process calls providers. `litellm_provider` implements it; tests have doubles."""

from collections.abc import AsyncGenerator
from typing import Any, Protocol

from msgspec import Struct

from tandem_serving.hosted.call import Call

Object = dict[str, Any]


class Told(Struct, frozen=True):
    """What came of a call: a body, or one chunk of a stream, as OpenAI has it. `cost_microusd` is of the whole call,
    once it is known: with a body, and with the chunk that ends a stream, which has usage and no choices."""

    said: Object
    cost_microusd: int | None = None


class Provider(Protocol):
    """Calls providers. Raises Refusal, and nothing else, when one does not do what it is asked."""

    async def complete(self, call: Call) -> Told:
        """The whole answer."""
        ...

    def stream(self, call: Call) -> AsyncGenerator[Told, None]:
        """The answer chunk by chunk, the last of them with its cost. Closing it closes the connection."""
        ...
