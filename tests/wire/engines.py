"""The engines whose wire is described here: simulated ones, or real vLLM servers with tiny models."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tandem_serving.tiny.engines import ensure_checkpoints, tiny_engines
from tandem_serving.tiny.specs import CONTEXT_TOKENS, FAST_COUNTING, HOST, STRONG, EngineSpec, Launch
from tests.serving.simulated_engine import simulated
from tests.wire.page import Samples
from tests.wire_client import CHAT, NO_HEADERS, Address, Headers, Response, Stream, ask, open_stream, post

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-live/bin/python"
MODELS = ROOT / ".live/models"
LOGS = ROOT / ".live/logs"

KEY = "sekrit"
"""All engines want it, so that one start shows both how they serve and how they refuse."""

PROMPT = "What is the capital of France?"
FEW_TOKENS = 4

Kind = Literal["simulated", "real"]
Tier = Literal["fast", "strong"]

SPEC_OF: Mapping[Tier, EngineSpec] = {"fast": FAST_COUNTING, "strong": STRONG}
CANVAS_TOKENS: Mapping[Tier, int] = {"fast": 256, "strong": 1}
SIMULATOR = ("--profile", "cpu-tiny", "--speed", "3", "--api-key", KEY)
SIMULATED_AS: Mapping[Tier, Sequence[str]] = {"fast": ("--no-parsers", "--counts-passes"), "strong": ()}
"""The simulator's options that stand for the flags of the real ones."""


@dataclass(frozen=True)
class WireEngine:
    """A running engine, and what may differ from one to the next."""

    tier: Tier
    address: Address
    model: str
    context_tokens: int
    canvas_tokens: int

    def fields(self, **beside: Any) -> dict[str, Any]:
        """A small legal request; a field that is None in `beside` is null on the wire."""
        messages = [{"role": "user", "content": PROMPT}]
        return {"model": self.model, "messages": messages, "max_tokens": FEW_TOKENS, **beside}

    def chat(self, headers: Headers = NO_HEADERS, **beside: Any) -> Response:
        """Asks for a chat completion and reads the whole answer."""
        return post(self.address, self.fields(**beside), KEY, headers)

    def streaming(self, **beside: Any) -> Response:
        """The same, streamed."""
        return self.chat(stream=True, **beside)

    def send(self, body: bytes, path: str = CHAT, headers: Headers = NO_HEADERS) -> Response:
        """Posts these bytes as JSON, unless the headers say otherwise."""
        return post(self.address, body, KEY, headers, path)

    def post_to(self, path: str, **fields: Any) -> Response:
        """Posts to another path than that of chat completions."""
        return self.send(json.dumps({"model": self.model, **fields}).encode(), path)

    def get(self, path: str, headers: Headers = NO_HEADERS) -> Response:
        """Fetches a page, with the key."""
        return ask(self.address, "GET", path, None, {"authorization": f"Bearer {KEY}", **headers})

    @contextmanager
    def opened(self, **beside: Any) -> Iterator[Stream]:
        """A stream from its headers on. Leaving the block hangs up."""
        with open_stream(self.address, self.fields(**beside), KEY) as stream:
            yield stream

    def samples(self) -> Samples:
        """Its metrics now."""
        return Samples(self.get("/metrics").body.decode())

    def load(self) -> int:
        """Requests in flight, as its server counts them."""
        found: int = self.get("/load").json["server_load"]
        return found

    def is_idle(self) -> bool:
        """Whether neither its server nor its scheduler has anything to do."""
        samples = self.samples()
        busy = samples.of("vllm:num_requests_running") + samples.of("vllm:num_requests_waiting")
        return busy + self.load() == 0


@contextmanager
def running_engines(kind: Kind, tiers: Sequence[Tier], folder: Path) -> Iterator[Sequence[WireEngine]]:
    """One engine for each tier, in this order, started side by side. `folder` gets the logs of simulated ones.

    Raises EngineError, with the end of its log, when a real one does not start.
    """
    running = _simulators(tiers, folder) if kind == "simulated" else _real_engines(tiers)
    with running as addresses:
        yield [_engine(tier, address) for tier, address in zip(tiers, addresses, strict=True)]


def engine_at(tier: Tier, port: int) -> WireEngine:
    """A real engine that somebody else has started."""
    return _engine(tier, Address(HOST, port))


@contextmanager
def _simulators(tiers: Sequence[Tier], folder: Path) -> Iterator[Sequence[Address]]:
    with ExitStack() as stack:
        yield [stack.enter_context(_simulator(tier, folder / tier)).address for tier in tiers]


def _simulator(tier: Tier, folder: Path) -> Any:
    folder.mkdir()
    return simulated(folder, tier, *SIMULATOR, *SIMULATED_AS[tier])


@contextmanager
def _real_engines(tiers: Sequence[Tier]) -> Iterator[Sequence[Address]]:
    ensure_checkpoints(PYTHON, MODELS)
    launches = [Launch(SPEC_OF[tier], PYTHON, MODELS, LOGS / f"wire-{tier}.log", api_key=KEY) for tier in tiers]
    with tiny_engines(*launches):
        yield [Address(HOST, launch.port) for launch in launches]


def _engine(tier: Tier, address: Address) -> WireEngine:
    return WireEngine(tier, address, SPEC_OF[tier].served_model, CONTEXT_TOKENS, CANVAS_TOKENS[tier])
