"""What the cascade asks for, and what it is told: values that pass between the machine and whoever performs it."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from router.core.continuation import Begun
from router.core.denoise import Chosen
from router.core.errors import BackendError
from router.core.gate import Assessment
from router.core.reading.reading import Excerpt, Reading, ReadingNote
from router.core.values import Imprint, Tier, Usage


class Attempt(Struct, frozen=True, gc=False):
    """One call to a tier. `number` counts from 1 within the request and names the attempt in events. `is_retry`: the
    tier has failed it a moment ago."""

    number: int
    tier: Tier
    is_retry: bool = False


# --- commands: what the machine asks for ----------------------------------------------------------------------


class Open(Struct, frozen=True):
    """Start this attempt; its events follow. `begun`: it goes on with this answer, of which its blocks are the rest.
    `denoise`: how its engine is to denoise; None: as it was started, or it does not. `mends`: it is wanted up to the
    end of a sentence, and is to say as it goes what it has used up."""

    attempt: Attempt
    begun: Begun | None = None
    denoise: Chosen | None = None
    mends: bool = False


class Read(Struct, frozen=True):
    """Have this of the open attempt read by another tier; `WasRead` follows within so many seconds, unless the attempt
    is given up before."""

    attempt: Attempt
    tier: Tier
    excerpt: Excerpt
    patience_s: float


class Close(Struct, frozen=True, gc=False):
    """Give this attempt up, now: nobody waits for it any longer, and its engine must not work for nobody. None of its
    events follow, and nobody reads it any more. `error` says why; `usage`: what is known to have been used up for
    it."""

    attempt: Attempt
    error: BackendError
    usage: Usage | None = None


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


class Expire(Struct, frozen=True, gc=False):
    """End the open attempt at this instant, with `Due` for its last event: nobody waits for what it may still say."""

    t_s: float


class Assess(Struct, frozen=True):
    """Note what the gate made of this attempt, and what came of having it read, where it was to be."""

    attempt: Attempt
    assessment: Assessment
    reading: ReadingNote | None = None


class Finish(Struct, frozen=True):
    """The climb is over. `served` is the attempt whose answer was delivered; `error` why none was, or why it
    broke off after its first bytes. `ended`: how the answer is to end; None: as the attempt did."""

    served: Attempt | None
    error: BackendError | None
    ended: "Ended | None" = None


Command = Open | Read | Close | Release | Commit | KeepAlive | WaitUntil | Expire | Assess | Finish

# --- events: what the machine is told -------------------------------------------------------------------------


class Block(Struct, frozen=True, gc=False):
    """Part of an answer: whole events of a stream, or a whole plain body. `now_s`: when it came, which is told only of
    attempts that are judged."""

    attempt: int
    data: bytes
    now_s: float = 0.0


class Ended(Struct, frozen=True):
    """The attempt is complete. Of a stream, the last finish event and the usage chunk were kept back for the end
    (see `chat_stream.StreamReader`): they carry the router's final facts. `imprint`: None where
    nobody has looked."""

    attempt: int
    finish_event: bytes
    usage_chunk: Mapping[str, Any] | None
    usage: Usage | None
    now_s: float = 0.0
    imprint: Imprint | None = None


class Failed(Struct, frozen=True, gc=False):
    """The attempt failed."""

    attempt: int
    error: BackendError
    now_s: float


class WasRead(Struct, frozen=True):
    """What was to be read was, or could not be, which `error` says why (None: it was). It took so many seconds, of
    which `shared_s` are its share where the engine had other attempts as well."""

    attempt: int
    reading: Reading | None
    error: BackendError | None
    elapsed_s: float
    now_s: float
    shared_s: float = 0.0


class Due(Struct, frozen=True, gc=False):
    """The instant asked for with `WaitUntil` or `Expire` has come."""

    now_s: float


Heard = Block | Ended | Failed | Due
"""What is said of an attempt, and all that the cascade hears."""

Event = Heard | WasRead
