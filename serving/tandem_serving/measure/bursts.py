"""Sends answers to be written at once, and follows each of them step by step."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Final

from msgspec import Struct

from router.core.errors import SettingsError
from router.engines.dialects import DIALECTS
from tandem_serving.engine_client import EngineClient, Event, Streamed, within
from tandem_serving.measure.counters import Watch, alone_by_counters, by_counters
from tandem_serving.measure.figures import Point, Track

FILLER: Final = " and the sea"
WRITE: Final = "Write a long and detailed account of a harbour town through a whole year, month by month."


class Load(Struct, frozen=True):
    """What is asked for: so many answers at once, each of so many tokens, to prompts of about so many; `fields`: what
    is sent besides."""

    running: int
    answer_tokens: int
    filler: int = 0
    prompt: str = WRITE
    fields: Mapping[str, Any] = {}


class Burst(Struct, frozen=True):
    """What came of it. `ran`: the most that were seen to run at once (None: the engine does not say)."""

    tracks: tuple[Track, ...]
    ran: int | None


class Range:
    """The engine that is measured. `alone_s`: the time of a step of a request alone, once it is known.

    INVARIANT: no two prompts begin alike, or its prefix cache would read them."""

    def __init__(self, client: EngineClient, model: str, dialect: str) -> None:
        self.client = client
        self.model = model
        self.is_diffusion = DIALECTS[dialect].canvas_tokens is not None
        self.alone_s: float | None = None
        self._numbers = count(1)

    async def burst(self, load: Load) -> Burst:
        """Sends a load. Raises SettingsError for an engine that refuses it, or does not tell what it takes."""
        asked = [self._fields(load) for _ in range(load.running)]
        watch = Watch(self.client)
        await watch.look()
        watching = asyncio.create_task(watch.run())
        try:
            streams = await asyncio.gather(*[self.client.stream(fields) for fields in asked])
        finally:
            watching.cancel()
        failed = next((each.error for each in streams if each.error or each.page.status != 200), None)
        if failed is not None:
            raise SettingsError(f"{self.client.url} does not write {load.running} answers at once: {failed}")
        return Burst(await self._tracks(streams, watch), watch.ran)

    async def time(self, load: Load) -> float:
        """Seconds that a single answer takes, whole. Raises SettingsError."""
        streamed = await self.client.stream(self._fields(load))
        if streamed.error:
            raise SettingsError(f"{self.client.url} does not write an answer: {streamed.error}")
        return streamed.page.elapsed_s

    def _fields(self, load: Load) -> dict[str, Any]:
        said = f"Account {next(self._numbers)}. {load.prompt}{FILLER * load.filler}"
        return {
            "model": self.model,
            "messages": [{"role": "user", "content": said}],
            "max_tokens": load.answer_tokens,
            "ignore_eos": True,
            "stream_options": {"include_usage": True, "continuous_usage_stats": True},
            **load.fields,
        }

    async def _tracks(self, streams: Sequence[Streamed], watch: Watch) -> tuple[Track, ...]:
        tracks = tuple([self._track(each) for each in streams])
        if not self.is_diffusion or all(track.points for track in tracks):
            return tracks
        await watch.settle()
        counted = watch.points
        if not counted:
            raise SettingsError(
                f"{self.client.url} tells neither the passes of a block nor, at /metrics, how many there were in all: "
                "serving/vllm_plugin has vLLM tell them"
            )
        if len(streams) == 1:
            return (alone_by_counters(streams[0], tracks[0].prompt_tokens, counted, self.alone_s),)
        both = zip(streams, tracks, strict=True)
        return tuple([by_counters(each, track.prompt_tokens, counted, len(streams)) for each, track in both])

    def _track(self, streamed: Streamed) -> Track:
        blocks = enumerate(streamed.blocks, start=1)
        points = [Point(streamed.began_s + each.at_s, self._steps(at, each)) for at, each in blocks]
        prompt = within(streamed.usage, "prompt_tokens")
        return Track(prompt or 0, streamed.began_s, tuple([point for point in points if point.steps]))

    def _steps(self, at: int, event: Event) -> int:
        """Steps up to this block: passes, or tokens. 0: it does not say how many passes."""
        if not self.is_diffusion:
            return within(event.body, "usage", "completion_tokens") or at
        return len(within(event.body, "metrics", "speculative_decoding", "per_step_accepted") or ())
