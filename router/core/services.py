"""What a request that was served tells about how full the backend was that served it. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from router.core.concurrency_limit import Service
from router.core.denoise import Chosen
from router.core.latency import COMMIT, Pace, canvases_of
from router.core.record import AttemptRecord, Record, found_open
from router.core.values import Usage


class SeenService(Struct, frozen=True, gc=False):
    """An answer and the name of the backend that gave it."""

    backend: str
    service: Service


def service_seen(record: Record, paces: Mapping[str, Pace]) -> SeenService | None:
    """What the last attempt of a request tells. None: it was no whole answer, nobody counted its tokens, or there were
    several choices, which take longer than one."""
    situation = record.situation
    if situation is None or situation.choices != 1 or not record.attempts:
        return None
    attempt = record.attempts[-1]
    pace, found = paces.get(attempt.backend), found_open(attempt, situation)
    if pace is None or found is None or not _is_whole(record) or attempt.usage is None:
        return None
    alone_ms = _alone_ms(pace, attempt.usage, attempt.denoise)
    return SeenService(attempt.backend, Service(1000.0 * attempt.elapsed_s, alone_ms, found))


def refusals_seen(record: Record) -> list[str]:
    """The names of the backends that called themselves overloaded."""
    return [each.backend for each in record.attempts if each.outcome == "overloaded"]


def _is_whole(record: Record) -> bool:
    """An attempt after one that gave a block may only have had the rest to write."""
    *before, last = record.attempts
    return last.outcome == "served" and not any(map(_has_begun, before))


def _has_begun(attempt: AttemptRecord) -> bool:
    return attempt.first_block_s is not None


def _alone_ms(pace: Pace, usage: Usage, denoise: Chosen | None) -> float:
    """What this very answer was expected to take alone: its length is known now, its passes are the usual ones."""
    passes, canvas_tokens = pace.passes, pace.canvas_tokens
    if denoise is not None:
        canvas_tokens = denoise.canvas or canvas_tokens
        passes = passes if denoise.steps is None else min(passes, denoise.steps + COMMIT)
    prefill_ms = 1000.0 * usage.prompt_tokens / pace.prefill_tokens_per_s
    return prefill_ms + canvases_of(usage.completion_tokens, canvas_tokens) * passes * pace.step_ms
