"""Wraps the two methods of vLLM that know of a block when it is sent. vLLM calls `register` in each of its processes.

Neither method is public. Where one is missing or is not what it was, nothing is wrapped, the log says so once, and
passes come only where vLLM itself says them: at the end of an answer.
"""

import inspect
import logging
from collections.abc import AsyncGenerator, Callable
from functools import wraps
from typing import Any

from tandem_vllm_plugin.telling import Noted, told

RESULTS = "result_generator"
WRAPPED = "_tells_passes"

_log = logging.getLogger(__name__)


def register() -> None:
    """Lets every block of a stream say its passes. May be called again, and then does nothing."""
    try:
        from vllm.entrypoints.openai.chat_completion.serving import OpenAIServingChat
        from vllm.v1.engine.output_processor import RequestState

        streamed = OpenAIServingChat.chat_completion_stream_generator
        made = RequestState._new_completion_output
    except (ImportError, AttributeError) as error:
        _log.warning("Passes are told at the end of an answer only: %s", error)
        return
    if RESULTS not in inspect.signature(streamed).parameters:
        _log.warning("Passes are told at the end of an answer only: streams no longer take `%s`", RESULTS)
        return
    if not hasattr(streamed, WRAPPED):
        RequestState._new_completion_output = counted(made)
        OpenAIServingChat.chat_completion_stream_generator = telling(streamed)


def counted(made: Callable[..., Any]) -> Callable[..., Any]:
    """The method that makes what is sent of a choice: what it makes says the passes so far, not only at its end."""

    @wraps(made)
    def with_count(state: Any, *args: Any, **options: Any) -> Any:
        output = made(state, *args, **options)
        output.spec_decode_metrics = getattr(state, "spec_decode_metrics", None)
        return output

    return with_count


def telling(streamed: Callable[..., AsyncGenerator[str, None]]) -> Callable[..., AsyncGenerator[str, None]]:
    """The method that streams a chat answer: each of its blocks says the passes of its choice so far."""
    signature = inspect.signature(streamed)

    @wraps(streamed)
    def with_passes(*args: Any, **options: Any) -> AsyncGenerator[str, None]:
        given = signature.bind(*args, **options)
        given.arguments[RESULTS] = noted = Noted(given.arguments[RESULTS])
        return told(streamed(*given.args, **given.kwargs), noted)

    setattr(with_passes, WRAPPED, True)
    return with_passes
