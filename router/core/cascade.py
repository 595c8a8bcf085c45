"""Everything the climb decides. It never awaits and never reads a clock.

`cascade(plan, now_s)` is a generator: it yields the commands to perform and is sent the next event. `climb.py`
maps commands to I/O. New moves (gate, deadline, warm-up, hedge) are new transitions here, not control flow there.
"""

import math
from collections.abc import Generator, Mapping
from typing import Any

from msgspec import Struct

from router.core.errors import BackendError, TimedOut
from router.core.values import Tier, Usage

# --- what the machine is told to climb ------------------------------------------------------------------------


class Plan(Struct, frozen=True):
    """`ladder`: the tiers to try, in order; `fallback`: those tried only when every one of them was unavailable.
    `commit_at_s`: the instant after which a streamed answer is committed without a block (None: never).
    `keep_alive_s`: seconds between comments once committed and still waiting. `timeout_s`: how long one attempt may
    take to its first block before it is given up for the next (None: as long as its backend may). The last one is
    waited for: a slow answer is better than none."""

    ladder: tuple[Tier, ...]
    fallback: tuple[Tier, ...]
    commit_at_s: float | None
    keep_alive_s: float
    timeout_s: float | None = None


class Attempt(Struct, frozen=True, gc=False):
    """One call to a tier. `number` counts from 1 within the request and names the attempt in events."""

    number: int
    tier: Tier


# --- commands: what the machine asks for ----------------------------------------------------------------------


class Open(Struct, frozen=True, gc=False):
    """Start this attempt; its events follow."""

    attempt: Attempt


class Close(Struct, frozen=True, gc=False):
    """Give this attempt up, now: nobody waits for it any longer, and its engine must not work for nobody. None of its
    events follow. `error` says why."""

    attempt: Attempt
    error: BackendError


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


Command = Open | Close | Release | Commit | KeepAlive | WaitUntil | Finish

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
    now_s: float


class Due(Struct, frozen=True, gc=False):
    """The instant asked for with `WaitUntil` has come."""

    now_s: float


Event = Block | Ended | Failed | Due

# --- the machine ----------------------------------------------------------------------------------------------

NEVER = math.inf

Machine = Generator[tuple[Command, ...], Event, None]


def cascade(plan: Plan, now_s: float) -> Machine:
    """Climbs the ladder: opens the next tier until one delivers. A failure before the first released byte moves
    up at no cost, and so does a tier that gives no block in time while there is another; after it the answer breaks
    off with the error, because released bytes are final."""
    error: BackendError | None = None
    closing: tuple[Command, ...] = ()
    reached = committed = False
    limit_s = NEVER if plan.timeout_s is None else plan.timeout_s
    tell_at_s = NEVER if plan.commit_at_s is None else plan.commit_at_s
    tries = plan.ladder + plan.fallback
    for number, tier in enumerate(tries, start=1):
        if number > len(plan.ladder) and reached:
            break
        is_last = number == len(tries) or (reached and number == len(plan.ladder))
        attempt, give_up_at_s = Attempt(number, tier), NEVER if is_last else now_s + limit_s
        event = yield (*closing, Open(attempt), _timer(tell_at_s, give_up_at_s))
        # Which of the two is due is not asked of the clock: a timer may go off a little early.
        while isinstance(event, Due) and tell_at_s < give_up_at_s:
            said = KeepAlive() if committed else Commit(attempt)
            committed, tell_at_s = True, event.now_s + plan.keep_alive_s
            event = yield (said, _timer(tell_at_s, give_up_at_s))
        if isinstance(event, (Block, Ended)):
            yield from _deliver(attempt, event)
            return
        error = event.error if isinstance(event, Failed) else _gave_up(tier, plan)
        closing = (Close(attempt, error),) if isinstance(event, Due) else ()
        reached, now_s = reached or not _is_unavailable(error), event.now_s
    yield (Finish(None, error),)


def _timer(tell_at_s: float, give_up_at_s: float) -> WaitUntil:
    """One timer, for whichever comes first: telling the caller that we are here, or giving the attempt up. INVARIANT:
    every attempt sets it, if only to none, or that of the attempt before would go off on it."""
    at_s = min(tell_at_s, give_up_at_s)
    return WaitUntil(None if at_s == NEVER else at_s)


def _deliver(attempt: Attempt, event: Event) -> Machine:
    """Releases the attempt's blocks as they come, and finishes with it. INVARIANT: no timer runs meanwhile, so that
    nothing but the engine can break an answer off."""
    if isinstance(event, Block):
        event = yield (WaitUntil(None), Release(attempt, event.data))
    while isinstance(event, Block):
        event = yield (Release(attempt, event.data),)
    yield (Finish(attempt, event.error if isinstance(event, Failed) else None),)


def _gave_up(tier: Tier, plan: Plan) -> BackendError:
    return TimedOut(f"the tier {tier} gave no block within {plan.timeout_s:g} s")


def _is_unavailable(error: BackendError) -> bool:
    """Degrading is for tiers that cannot be reached, not for a request that every tier refuses."""
    return error.outcome in ("unavailable", "overloaded", "timed_out", "failed")
