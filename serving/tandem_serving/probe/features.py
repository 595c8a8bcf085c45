"""What an engine can do beyond single parameters: go on, read, count, and tell of itself."""

import asyncio
from collections.abc import Mapping
from typing import Final

from router.core.probed import Feature, Found
from router.engines.dialects import DIALECTS
from tandem_serving.engine_client import CHAT, Event, within
from tandem_serving.probe.judges import REQUEST_ID, prompt_tokens
from tandem_serving.probe.passes import NARROW
from tandem_serving.probe.trials import BASE, CONTINUED, GO_ON
from tandem_serving.probe.trying import DEAD, Bench

STREAMED_TOKENS: Final = 2 * NARROW
LOAD_TOKENS: Final = 256
READ_LAST: Final = 4


async def try_continuing(bench: Bench) -> Found:
    """Whether it goes on with an answer that broke off: the last turn must not be closed."""
    page = await bench.ask(GO_ON)
    refused = await bench.verdict(page)
    if refused is not None:
        return refused
    now, before = prompt_tokens(page), prompt_tokens(await bench.ask(CONTINUED))
    if now is None or before is None:
        return Found("taken")
    return Found("honoured" if now < before else "ignored", f"the prompt has {now} tokens, {before} with a new turn")


async def try_reading(bench: Bench) -> Mapping[Feature, Found]:
    """Whether it says how likely a text is to it, and of the end of one alone. One that may die of it is not asked."""
    table = DIALECTS[bench.dialect]
    if bench.is_gone:
        return {"reads": DEAD, "reads_last": DEAD}
    if not table.reads:
        not_asked = Found("untried", f"engines of the kind {table.name} are never asked to")
        return {"reads": not_asked, "reads_last": not_asked}
    page = await bench.ask({**GO_ON, "prompt_logprobs": 1, "max_tokens": 1})
    refused = await bench.verdict(page)
    if refused is not None:
        return {"reads": refused, "reads_last": Found("untried", "it does not read")}
    scored, tokens = within(page.body, "prompt_logprobs") or (), prompt_tokens(page)
    reads = Found("honoured" if scored and len(scored) == tokens else "ignored", f"{len(scored)} of {tokens} positions")
    return {"reads": reads, "reads_last": await _try_end(bench, len(scored))}


async def _try_end(bench: Bench, whole: int) -> Found:
    dial = DIALECTS[bench.dialect].reads_last
    if dial is None or not whole:
        return Found("untried", "it does not read")
    page = await bench.ask({**GO_ON, "prompt_logprobs": 1, "max_tokens": 1, **dial.turned(READ_LAST)})
    refused = await bench.verdict(page)
    if refused is not None:
        return refused
    scored = sum(bool(each) for each in within(page.body, "prompt_logprobs") or ())
    said = f"{scored} positions scored where {READ_LAST} were asked for"
    return Found("honoured" if 0 < scored < whole - 1 else "ignored", said)


async def try_counting(bench: Bench) -> Mapping[Feature, Found]:
    """What a stream tells with each of its blocks: tokens so far, and the passes that they took."""
    narrow = DIALECTS[bench.dialect].dials.get("denoise.canvas")
    turned = narrow.turned(NARROW) if narrow else {}
    options = {"include_usage": True, "continuous_usage_stats": True}
    asked = {**BASE, "model": bench.model, "max_tokens": STREAMED_TOKENS, "stream_options": options, **turned}
    streamed = await bench.client.stream({**asked, "ignore_eos": True})
    if streamed.error:
        failed = Found("failed", streamed.error)
        return {"counts_blocks": failed, "passes": failed}
    counts = bool(streamed.blocks) and all(within(each.body, "usage", "completion_tokens") for each in streamed.blocks)
    said = "each block has its usage" if counts else "blocks come without usage"
    return {
        "counts_blocks": Found("honoured" if counts else "ignored", said),
        "passes": _passes_told(streamed.blocks, streamed.events, is_diffusion=narrow is not None),
    }


def _passes_told(blocks: tuple[Event, ...], events: tuple[Event, ...], *, is_diffusion: bool) -> Found:
    if not is_diffusion:
        return Found("untried", "it writes token by token")
    if any(_tells(each) for each in blocks):
        return Found("honoured", "told with each block, by the plug-in")
    if any(_tells(each) for each in events):
        return Found("honoured", "told at the end of an answer")
    return Found("ignored", "no passes are told; serving/vllm_plugin has vLLM tell them")


def _tells(event: Event) -> bool:
    return bool(within(event.body, "metrics", "speculative_decoding", "per_step_accepted"))


async def try_pages(bench: Bench) -> Mapping[Feature, Found]:
    """What the server has beside completions."""
    return {
        "tokenizer": await _try_tokenizer(bench),
        "load": await _try_load(bench),
        "metrics": await _try_metrics(bench),
        "request_ids": await _try_ids(bench),
    }


async def _try_tokenizer(bench: Bench) -> Found:
    page = await bench.client.post("/tokenize", {"model": bench.model, "prompt": "The sea."})
    count = within(page.body, "count")
    return Found("honoured", f"{count} tokens") if page.is_ok and count else Found("refused", page.said)


async def _try_load(bench: Bench) -> Found:
    """While an answer is being written the page must not say 0."""
    if not (await bench.client.get("/load")).is_ok:
        return Found("refused", "there is no page /load")
    asked = {**BASE, "model": bench.model, "max_tokens": LOAD_TOKENS, "ignore_eos": True}
    writing = asyncio.create_task(bench.client.stream(asked))
    most = 0
    while not writing.done():
        said = within((await bench.client.get("/load")).body, "server_load")
        most = max(most, said if isinstance(said, int) else 0)
        await asyncio.sleep(0.01)
    await writing
    return (
        Found("honoured", f"it said {most}") if most else Found("ignored", "it says 0: --enable-server-load-tracking")
    )


async def _try_metrics(bench: Bench) -> Found:
    page = await bench.client.get("/metrics")
    has_gauge = page.is_ok and "num_requests_running" in page.text
    return Found("honoured", "requests that run are counted") if has_gauge else Found("refused", page.said)


async def _try_ids(bench: Bench) -> Found:
    page = await bench.client.post(CHAT, {**BASE, "model": bench.model}, {"X-Request-Id": REQUEST_ID})
    if not page.is_ok:
        return await bench.verdict(page) or Found("failed", page.said)
    in_header = page.headers.get("x-request-id") == REQUEST_ID
    in_body = REQUEST_ID in str(within(page.body, "id"))
    where = " and ".join([name for name, is_there in (("header", in_header), ("body", in_body)) if is_there])
    return Found("honoured", f"ours, in {where}") if where else Found("ignored", "it uses ids of its own")
