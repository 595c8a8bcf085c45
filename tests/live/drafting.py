"""A fast tier that drafts what a test tells it, where it matters what a draft says: engines of random weights write
gibberish. It speaks as a diffusion engine does, a canvas an event, and goes on with what others have begun."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tandem_serving.tiny.specs import FAST, Launch
from tests import vllm_wire
from tests.engine_http import STREAM_HEAD, end_stream
from tests.live.engines import LOGS, MODELS, PYTHON, LiveEngine
from tests.scripted_engine import EngineRoom, Exchange, Reply

_END = re.compile(r"\.(?=\s|\Z)")


@dataclass
class Drafter:
    """The scripted engine as routers reach it, and what it answers with. It has an answer before a test gives it one:
    routers ask it for its first."""

    engine: LiveEngine
    canvases: Sequence[str] = ("Yes.",)

    def drafts(self, *canvases: str) -> None:
        """From now on it answers with these, whatever is asked. Who is being answered hears the rest of the old."""
        self.canvases = canvases


@contextmanager
def drafter() -> Iterator[Drafter]:
    """One that listens while the block runs."""
    with EngineRoom() as room:
        script = room.open_engine()
        started = Drafter(LiveEngine(Launch(FAST, PYTHON, MODELS, LOGS / "no-engine.log", script.port)))
        script.does(_writes(lambda: started.canvases))
        yield started
        room.check()


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with the blank before it."""
    return re.findall(r"\s*[^.]+\.", text)


def tokens_in(text: str) -> int:
    """How many tokens it says that a text took."""
    return len(text.split())


def _writes(canvases: Callable[[], Sequence[str]]) -> Reply:
    """A streamed answer of what these are by then. Of one that has begun it leaves out as many canvases as that has
    sentences."""

    async def reply(exchange: Exchange) -> None:
        fields = exchange.request.fields
        last = fields["messages"][-1]
        begun = len(_END.findall(last["content"])) if last["role"] == "assistant" else 0
        said = canvases()[begun:]
        await exchange.send(STREAM_HEAD)
        await exchange.send_chunk(b"".join(vllm_wire.opening_events(fields["model"], 1)))
        for number, text in enumerate(said, 1):
            finish = "stop" if number == len(said) else None
            await exchange.send_chunk(_canvas(fields["model"], text, tokens_in("".join(said[:number])), finish))
        await end_stream(exchange, tokens_in("".join(said)))

    return reply


def _canvas(model: str, text: str, tokens: int, finish: str | None) -> bytes:
    """One canvas, with the tokens of all up to it."""
    (event,) = vllm_wire.text_events(model, text, 1, finish)
    return vllm_wire.event(json.loads(event.removeprefix(b"data: ")) | {"usage": vllm_wire.usage(tokens)})
