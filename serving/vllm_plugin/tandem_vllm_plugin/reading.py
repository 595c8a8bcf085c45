"""Lets vLLM read the end of a prompt, and take what stands before it from the prefix cache.

Whoever asks for the log-probabilities of a prompt pays for all of it: vLLM passes the prefix cache by for such a
request, since what is not computed has none. A request that says `vllm_xargs: {"tandem_read_last": n}` beside
`prompt_logprobs` gets those of the last `n` tokens of its prompt, null for all before, and the cache serves it up to
there. `register` wraps the methods that this takes; vLLM calls it in each of its processes. None of them is public:
where one is missing or no longer takes what it took, nothing is wrapped, the log says so, and whoever asks gets all.
"""

import inspect
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

LAST = "tandem_read_last"
WRAPPED = "_reads_the_end"

_log = logging.getLogger(__name__)


def register() -> None:
    """Lets requests have the end of their prompt read. May be called again, and then does nothing."""
    try:
        from vllm.v1.core.kv_cache_manager import KVCacheManager
        from vllm.v1.engine.logprobs import LogprobsProcessor

        looked_up, recorded = KVCacheManager.get_computed_blocks, KVCacheManager.record_prefix_cache_stats
        began, took = LogprobsProcessor.from_new_request, LogprobsProcessor._update_prompt_logprobs
    except (ImportError, AttributeError) as error:
        _log.warning("Prompts are read whole: %s", error)
        return
    wanted = (["self", "request"], ["self", "request", "num_hits"], ["tokenizer", "request"])
    if [list(inspect.signature(each).parameters) for each in (looked_up, recorded, began)] != list(wanted):
        _log.warning("Prompts are read whole: what this vLLM's prefix cache takes is not known")
        return
    if hasattr(looked_up, WRAPPED):
        return
    KVCacheManager.get_computed_blocks = up_to_the_end(looked_up)
    KVCacheManager.record_prefix_cache_stats = up_to_the_end(recorded)
    LogprobsProcessor.from_new_request = staticmethod(with_places(began))
    LogprobsProcessor._update_prompt_logprobs = of_the_end(took)


def read_last(request: Any) -> int:
    """How many tokens at the end of its prompt a request wants read, at most those that have a log-probability; 0
    where it wants all or nothing read, or says what makes no sense."""
    params = request.sampling_params
    if (
        params is None
        or params.prompt_logprobs is None
        or getattr(params, "prompt_logprob_token_ids", None) is not None
    ):
        return 0
    last = (params.extra_args or {}).get(LAST)
    known = len(request.prompt_token_ids or ())
    return min(last, known - 1) if type(last) is int and last > 0 and known > 1 else 0


class Front:
    """A request as the prefix cache sees it while it looks for a hit: one token longer than what it may take from
    there, since vLLM itself never takes a whole prompt, and not told to pass the cache by.

    INVARIANT: a hit ends before the token from which the first one to be read is foretold. The request itself still
    says that it passes the cache by, so that no other cache, which knows no such end, serves it.
    """

    skip_reading_prefix_cache = False

    def __init__(self, request: Any, last: int) -> None:
        self._request = request
        self.num_tokens = len(request.prompt_token_ids) - last

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)


def up_to_the_end(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method of the prefix cache that is given a request: one whose end is to be read is given up to there."""

    @wraps(method)
    def of_the_front(cache: Any, request: Any, *args: Any) -> Any:
        last = read_last(request)
        return method(cache, Front(request, last) if last else request, *args)

    setattr(of_the_front, WRAPPED, True)
    return of_the_front


def with_places(began: Callable[..., Any]) -> Callable[..., Any]:
    """The method that makes what collects the log-probabilities of a request: with null for what is not read."""

    @wraps(began)
    def begin(tokenizer: Any, request: Any) -> Any:
        collected = began(tokenizer, request)
        last = read_last(request)
        setattr(collected, LAST, last)
        if last:
            collected.prompt_logprobs.extend([None] * (len(request.prompt_token_ids) - 1 - last))
        return collected

    return begin


def of_the_end(took: Callable[..., Any]) -> Callable[..., Any]:
    """The method that takes the log-probabilities of a prompt from the engine: of those that are to be read alone.

    One model runner of vLLM sends a row for each token of the prompt, and in those that it did not compute whatever
    its memory held; the other leaves these rows out. Counted from the end they are the same.
    """

    @wraps(took)
    def take(collected: Any, rows: Any) -> None:
        last = getattr(collected, LAST, 0)
        if last:
            ids, logprobs, ranks, *_ = rows
            rows = type(rows)(ids[-last:], logprobs[-last:], ranks[-last:])
        took(collected, rows)

    return take
