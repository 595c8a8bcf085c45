"""Everything the climb decides. It never awaits and never reads a clock.

`cascade(plan, now_s)` is a generator: it yields the commands to perform and is sent the next event. `dispatch.py`
maps commands to I/O. New moves (gate, deadline, warm-up, hedge) are new transitions here, not control flow there.
"""

from collections.abc import Generator, Mapping
from typing import Any, Literal

from msgspec import Struct

from router.core.errors import BackendError
from router.core.values import Tier, Usage

# --- what the machine is told to climb ------------------------------------------------------------------------


class Plan(Struct, frozen=True):
    """`ladder`: the tiers to try, in order; `fallback`: those tried only when every one of them was unavailable.
    `commit_at_s`: the instant after which a streamed answer is committed without a block (None: never).
    `keep_alive_s`: seconds between comments once committed and still waiting."""

    ladder: tuple[Tier, ...]
    fallback: tuple[Tier, ...]
    commit_at_s: float | None
    keep_alive_s: float


class Attempt(Struct, frozen=True, gc=False):
    """One call to a tier. `number` counts from 1 within the request and names the attempt in events."""

    number: int
    tier: Tier


# --- commands: what the machine asks for ----------------------------------------------------------------------


class Open(Struct, frozen=True, gc=False):
    """Start this attempt; its events follow."""

    attempt: Attempt


class Release(Struct, frozen=True, gc=False):
    """Hand these bytes to the caller. INVARIANT: released bytes are final."""

    attempt: Attempt
    data: bytes


class Commit(Struct, frozen=True, gc=False):
    """Send the status and the role chunk now: the caller has waited long enough to be told that we are here."""

    attempt: Attempt


class KeepAlive(Struct, frozen=True, gc=False):
    """Send a comment, so that nothing between us and the caller closes an idle connection."""


class WaitUntil(Struct, frozen=True, gc=False):
    """Send `Due` at this instant, whatever else happens before. Replaces an earlier one; None: no longer."""

    t_s: float | None


class Finish(Struct, frozen=True):
    """The climb is over. `served` is the attempt whose answer was delivered; `error` why none was, or why it
    broke off after its first bytes."""

    served: Attempt | None
    error: BackendError | None


Command = Open | Release | Commit | KeepAlive | WaitUntil | Finish

# --- events: what the machine is told -------------------------------------------------------------------------


class Block(Struct, frozen=True, gc=False):
    """Part of an answer: whole events of a stream, or a whole plain body."""

    attempt: int
    data: bytes


class Ended(Struct, frozen=True):
    """The attempt is complete. Of a stream, the last finish event and the usage chunk were kept back for the end
    (see `chat_stream.StreamReader`): they carry the router's final facts."""

    attempt: int
    finish_event: bytes
    usage_chunk: Mapping[str, Any] | None
    usage: Usage | None


class Failed(Struct, frozen=True, gc=False):
    """The attempt failed."""

    attempt: int
    error: BackendError


class Due(Struct, frozen=True, gc=False):
    """The instant asked for with `WaitUntil` has come."""

    now_s: float


Event = Block | Ended | Failed | Due

# --- the machine ----------------------------------------------------------------------------------------------

Phase = Literal["silent", "committed", "released"]


def cascade(plan: Plan) -> Generator[tuple[Command, ...], Event, None]:
    """Climbs the ladder: opens the next tier until one delivers. A failure before the first released byte moves
    up at no cost; after it the answer breaks off with the error, because released bytes are final."""
    phase: Phase = "silent"
    error: BackendError | None = None
    reached = False
    for number, tier in enumerate(_tiers_to_try(plan), start=1):
        if number > len(plan.ladder) and reached:
            break
        attempt = Attempt(number, tier)
        event = yield _opening(plan, attempt, phase)
        while isinstance(event, Due):
            waiting = KeepAlive() if phase == "committed" else Commit(attempt)
            phase = "committed"
            event = yield (waiting, WaitUntil(event.now_s + plan.keep_alive_s))
        if isinstance(event, Block):
            phase = "released"
            event = yield (WaitUntil(None), Release(attempt, event.data))
        while isinstance(event, Block):
            event = yield (Release(attempt, event.data),)
        error = event.error if isinstance(event, Failed) else None
        if error is None or phase == "released":
            yield (Finish(attempt, error),)
            return
        reached = reached or not _is_unavailable(error)
    yield (Finish(None, error),)


def _tiers_to_try(plan: Plan) -> tuple[Tier, ...]:
    return plan.ladder + plan.fallback


def _is_unavailable(error: BackendError) -> bool:
    """Degrading is for tiers that cannot be reached, not for a request that every tier refuses."""
    return error.outcome in ("unavailable", "overloaded", "timed_out", "failed")


def _opening(plan: Plan, attempt: Attempt, phase: Phase) -> tuple[Command, ...]:
    if phase == "silent" and plan.commit_at_s is not None:
        return (Open(attempt), WaitUntil(plan.commit_at_s))
    return (Open(attempt),)
