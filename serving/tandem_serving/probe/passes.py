"""How a diffusion engine denoises, and whether a request may say how: passes and widths, counted before and after."""

import asyncio
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any, Final

from msgspec import Struct

from router.core.capabilities import Dial, DialName
from router.core.probed import Found
from router.engines.dialects import DIALECTS
from tandem_serving.engine_client import EngineClient, sum_of, within
from tandem_serving.probe.judges import TAKEN
from tandem_serving.probe.trying import DEAD, Bench

STEPS: Final = "vllm:diffusion_num_denoising_steps_total"
COMMITTED: Final = "vllm:diffusion_num_committed_tokens_total"
COUNTERS_WITHIN_S: Final = 2.0
"""How long the server's counters may take to tell of an answer that was given."""

NARROW: Final = 32
"""Tokens of the canvas that is asked for: the least that the models were made for."""

PASS_AND_COMMIT: Final = 2
"""The least that a canvas takes: no cap makes it less."""

TIMED: Final = 3
FASTER: Final = 0.6
"""A request with a dial turned down that takes this part of the time shows that the dial turns."""


class Work(Struct, frozen=True):
    """What one canvas took: passes, its commit included, and its width. `by`: who counted."""

    passes: int
    tokens: int
    by: str


async def work_of(bench: Bench, fields: Mapping[str, Any]) -> Work | None:
    """One canvas, denoised as `fields` say. None: the engine does not say what it took."""
    before = await _counted(bench.client)
    page = await bench.ask(fields)
    if not page.is_ok:
        await bench.verdict(page)
        return None
    steps = within(page.body, "metrics", "speculative_decoding", "per_step_accepted")
    if isinstance(steps, list) and steps:
        return Work(len(steps), max(steps), "by its own count")
    after = await _moved(bench.client, before)
    if before is None or after is None:
        return None
    return Work(after[0] - before[0], after[1] - before[1], "by its server's counters")


async def try_dials(bench: Bench) -> tuple[Mapping[DialName, Found], Work | None]:
    """Whether the dials over canvases turn anything, and what a canvas takes that nobody turned."""
    table = DIALECTS[bench.dialect].dials
    dials: dict[DialName, Dial] = {name: dial for name, dial in table.items() if name != "thinking"}
    if not dials or bench.is_gone:
        return dict.fromkeys(dials, DEAD), None
    usual = await work_of(bench, {})
    found: dict[DialName, Found] = {name: await _try_dial(bench, name, dial, usual) for name, dial in dials.items()}
    return found, usual


async def _try_dial(bench: Bench, name: DialName, dial: Dial, usual: Work | None) -> Found:
    fields = dial.turned(1 if name == "denoise.steps" else NARROW)
    refused = await bench.verdict(await bench.ask(fields))
    if refused is not None:
        return refused
    turned = await work_of(bench, fields)
    if usual is None or turned is None:
        return await _by_time(bench, fields)
    if name == "denoise.steps":
        return _of_passes(turned, usual)
    said = f"a canvas of {turned.tokens} tokens where {NARROW} were asked for, {usual.tokens} else, {turned.by}"
    return Found("honoured" if turned.tokens == NARROW else "ignored", said)


def _of_passes(turned: Work, usual: Work) -> Found:
    said = f"{turned.passes} passes and commits with a cap of 1, {usual.passes} without, {turned.by}"
    if turned.passes < usual.passes:
        return Found("honoured", said)
    return Found("ignored", said) if usual.passes > PASS_AND_COMMIT else Found("taken", said)


async def _by_time(bench: Bench, fields: Mapping[str, Any]) -> Found:
    turned, usual = await _times(bench, fields), await _times(bench, {})
    if not turned or not usual:
        return TAKEN
    said = f"{median(turned):.3f} s with it, {median(usual):.3f} s without, by the time of {TIMED} answers each"
    return Found("honoured" if median(turned) < FASTER * median(usual) else "taken", said)


async def _times(bench: Bench, fields: Mapping[str, Any]) -> Sequence[float]:
    pages = [await bench.ask(fields) for _ in range(TIMED)]
    return [page.elapsed_s for page in pages if page.is_ok]


async def _counted(client: EngineClient) -> tuple[int, int] | None:
    """Passes and committed tokens so far, of the whole server. None: it does not count."""
    page = await client.get("/metrics")
    steps, committed = sum_of(STEPS, page.text), sum_of(COMMITTED, page.text)
    return None if steps is None or committed is None else (steps, committed)


async def _moved(client: EngineClient, before: tuple[int, int] | None) -> tuple[int, int] | None:
    """The counters once they have moved on and stand still again."""
    loop = asyncio.get_running_loop()
    until_s, last = loop.time() + COUNTERS_WITHIN_S, before
    while before is not None and loop.time() < until_s:
        await asyncio.sleep(0.1)
        now = await _counted(client)
        if now == last and now != before:
            return now
        last = now
    return None
