"""The hot endpoints, as raw ASGI: `POST /v1/chat/completions` and `POST /router/v1/explain`."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from random import getrandbits
from typing import Any

import orjson
from msgspec import to_builtins

from router.api.answers import JSON, PlainAnswer, Send, StreamedAnswer, send_error, send_whole, tag_headers
from router.api.errors import InternalError, status_of
from router.api.incoming import CallerLeft, Gate, Receive, Scope, Tag, read_asked
from router.core.errors import CallerError, TandemError, Unavailable
from router.core.record import Record
from router.core.trace import RANDOM_BITS, Sampling
from router.core.values import Score, TierState
from router.dispatch import Dispatch
from router.ports import Answer, Asked, Clock, DecisionLog
from router.story import describe

_log = logging.getLogger(__name__)

Listen = Callable[[Asked, Answer], Answer]
"""An answer as it is, to which somebody listens besides."""

UNTRACED = Sampling()
"""No spans are made; a caller's trace is handed on."""


class ChatEndpoint:
    """Reads a request, has it served, and stops everything done for it the moment its caller leaves."""

    def __init__(
        self,
        gate: Gate,
        dispatch: Dispatch,
        log: DecisionLog,
        clock: Clock,
        sampling: Sampling = UNTRACED,
        listen: Listen | None = None,
    ) -> None:
        self.in_flight = 0
        self._gate = gate
        self._dispatch = dispatch
        self._decision_log = log
        self._clock = clock
        self._sampling = sampling
        self._listen = listen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tag = Tag(new_request_id(), self._sampling.begin(dict(scope["headers"]), getrandbits(RANDOM_BITS)))
        self.in_flight += 1
        try:
            await errors_answered(self._complete(scope, receive, send, tag), send, tag)
        finally:
            self.in_flight -= 1

    async def _complete(self, scope: Scope, receive: Receive, send: Send, tag: Tag) -> None:
        started_s, time_s = self._clock.now_s(), self._clock.unix_s()
        try:
            asked = await read_asked(scope, receive, tag, self._gate)
        except CallerError as error:
            elapsed_s = self._clock.now_s() - started_s
            status, told = status_of(error), describe(error)
            self._decision_log.write(
                Record(tag.request_id, time_s, elapsed_s, status, "refused", error=told, trace=tag.trace)
            )
            raise
        if asked.request.streamed:
            answer: Answer = StreamedAnswer(send, asked, int(time_s))
        else:
            answer = PlainAnswer(send, asked)
        if self._listen is not None:
            answer = self._listen(asked, answer)
        await while_present(receive, self._dispatch.serve(asked, answer))


class ExplainEndpoint:
    """Answers what would happen to a request and why. No engine is called and nothing is recorded."""

    def __init__(self, gate: Gate, dispatch: Dispatch) -> None:
        self._gate = gate
        self._dispatch = dispatch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tag = Tag(new_request_id())
        await errors_answered(self._explain(scope, receive, send, tag), send, tag)

    async def _explain(self, scope: Scope, receive: Receive, send: Send, tag: Tag) -> None:
        asked = await read_asked(scope, receive, tag, self._gate)
        body = orjson.dumps(await self.explanation(asked), option=orjson.OPT_INDENT_2)
        await send_whole(send, 200, [JSON, *tag_headers(tag)], body)

    async def explanation(self, asked: Asked) -> dict[str, Any]:
        """The decision with everything that led to it. Raises what deciding raises."""
        considered = await self._dispatch.consider(asked)
        decision = considered.decision
        signals = decision.signals
        return {
            "model": asked.request.model,
            "tier": decision.tiers[0],
            **decision.as_dict(),
            "arm": considered.assignment.arm or None,
            "stakes": _score(decision.stakes),
            "difficulty": _score(signals.difficulty),
            "signals": {
                name: value for name, value in to_builtins(signals).items() if name not in ("stakes", "difficulty")
            }
            | {"abstained": signals.abstained},
            "predicted": {
                tier: _prediction(decision.foreseen(tier, state))
                for tier, state in considered.question.view.tiers.items()
            },
            "hints": {name: getattr(asked.hints, name) for name in asked.hints.__struct_fields__},
        }


def _prediction(state: TierState) -> dict[str, int]:
    return {
        "p50_ms": state.predicted_p50_ms,
        "p90_ms": state.predicted_p90_ms,
        "seen_answers": state.seen_answers,
    }


def _score(score: Score) -> dict[str, Any]:
    return {"band": score.band, "score": round(score.score, 4), "reasons": score.reasons}


def new_request_id() -> str:
    """128 random bits: ours, never the caller's, so that it is safe in logs and unique across tenants. It is no
    secret, so it need not come from the kernel."""
    return f"{getrandbits(128):032x}"


async def errors_answered(work: Coroutine[Any, Any, None], send: Send, tag: Tag) -> None:
    """Runs `work` and answers what it raises. A bug is logged with its stack and answered without it; once a
    response has begun, the server closes the connection instead. A request cut off because the grace of a stop is
    over ends here too: there is nobody above to tell."""
    try:
        await work
    except CallerLeft:
        return
    except asyncio.CancelledError:
        # The grace of a stop is over: who has been told nothing yet is told to try elsewhere.
        with contextlib.suppress(RuntimeError):
            await send_error(send, tag, Unavailable("the router is being stopped"))
    except TandemError as error:
        await send_error(send, tag, error)
    except Exception:  # noqa: BLE001 - a request ends here, and one bug must not end the others
        _log.exception("request %s met a bug", tag.request_id)
        with contextlib.suppress(RuntimeError):
            await send_error(send, tag, InternalError())


async def while_present(receive: Receive, work: Coroutine[Any, Any, None]) -> None:
    """Runs `work`, and cancels it when the caller leaves: `send` does not tell, only `receive` does. The watch ends
    by itself: when a response is complete, `receive` says so in the same words."""
    task = asyncio.current_task()
    assert task is not None
    watch = _Watch(task)
    watcher = asyncio.create_task(watch.run(receive))
    try:
        await work
        watch.over = True
    except asyncio.CancelledError:
        if not watch.left:
            watcher.cancel()
            raise
        task.uncancel()
    except BaseException:
        watcher.cancel()
        raise


class _Watch:
    """Waits for the caller to leave, as long as there is work to cancel."""

    def __init__(self, task: asyncio.Task[Any]) -> None:
        self.left = False
        self.over = False
        self._task = task

    async def run(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        if not self.over:
            self.left = True
            self._task.cancel()
