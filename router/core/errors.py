"""Every error the router raises on purpose, sorted by who must change something.

The caller (`CallerError`), a backend (`BackendError`), the author of a policy or configuration file
(`FileError`). Anything else that escapes is a bug of ours. `api/errors.py` maps these to HTTP.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal


class TandemError(Exception):
    """The root. `message` is safe to show to a caller: no address, no key, no stack."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


# --- the caller must change something -------------------------------------------------------------------------


class CallerError(TandemError):
    """The request cannot be served as it stands. `param` names what is at fault, `code` is OpenAI's code for it."""

    code: ClassVar[str | None] = None

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


class InvalidRequest(CallerError):
    """A value is missing, malformed or over a limit."""


class InvalidJson(InvalidRequest):
    """The body is not the JSON it should be."""

    code = "invalid_json"


class UnsupportedParameter(InvalidRequest):
    """No tier this key may use can honour the parameter."""

    code = "unsupported_parameter"


class ContextTooLong(InvalidRequest):
    """The prompt does not fit any tier this key may use."""

    code = "context_length_exceeded"


class Unauthenticated(CallerError):
    """No key, or one that is not known."""

    code = "invalid_api_key"


class Forbidden(CallerError):
    """The key is known and may not do this; the message names the grant."""

    code = "grant_missing"

    def __init__(self, grant: str, message: str) -> None:
        super().__init__(f"{message} (grant: {grant})", param=grant)
        self.grant = grant


class NotFound(CallerError):
    """Nothing is served at this path."""

    code = "not_found"


class MethodNotAllowed(CallerError):
    """The path exists and does not take this method."""

    code = "method_not_allowed"


class ModelNotFound(NotFound):
    """No virtual model and no backend goes by this name."""

    code = "model_not_found"


class BodyTooLarge(CallerError):
    """The body is over the limit."""

    code = "request_too_large"


class UnsupportedMedia(CallerError):
    """The body is compressed or otherwise not plain JSON."""

    code = "unsupported_media_type"


class BodyTimeout(CallerError):
    """The body did not arrive in time."""

    code = "timeout"


# --- a backend must change something --------------------------------------------------------------------------


Retry = Literal["connection", "status"]
"""Why a retry may help: the connection broke before a word was said, or the status speaks of a passing state."""


class BackendError(TandemError):
    """A backend did not do what it was asked. `outcome` is the word records, headers and metrics use for it.
    `retry` says whether asking the same backend again may help, and that it costs nothing if nothing was said yet."""

    outcome: ClassVar[str] = "failed"
    retry: Retry | None = None


def with_retry(error: BackendError, retry: Retry | None) -> BackendError:
    """The error, which says that a retry may help (None: that it does not)."""
    error.retry = retry
    return error


INPUT_TOKENS = "input_tokens"
CONTEXT_PARAMS = frozenset((INPUT_TOKENS, "input_text"))
"""The `param` by which vLLM marks a prompt that is too long (0.32 says the first; older ones the second)."""


class Refused(BackendError):
    """The engine answered 4xx: it will not serve this request, and asking it again changes nothing."""

    outcome = "refused"

    def __init__(self, message: str, status: int, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.param = param

    @property
    def is_too_long(self) -> bool:
        """Whether it is the prompt's length that the engine cannot serve."""
        return self.param in CONTEXT_PARAMS


class Unavailable(BackendError):
    """Nothing answers at the backend's address, or it says that it is not ready."""

    outcome = "unavailable"


class Overloaded(BackendError):
    """The engine answered 429. `retry_after_s` is its own word for when to come back, if it said one."""

    outcome = "overloaded"

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NotAdmitted(BackendError):
    """No backend of the tier was asked: their breakers are open, or the tier's budget of retries is spent. `backend` is
    the one that would have been (empty: that is not known), `retry_after_s` when one may be asked again."""

    outcome = "not_admitted"

    def __init__(self, message: str, retry_after_s: float | None = None, backend: str = "") -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.backend = backend


class EscalationsSpent(NotAdmitted):
    """The tier above was not asked: too many of the tenant's requests have climbed because of what they are."""

    outcome = "escalations_spent"


class Spilled(NotAdmitted):
    """No failure: the tier was not asked because a tier above had a seat first."""

    outcome = "spilled"


class TurnedAway(NotAdmitted):
    """No tier was asked: all are full, and the request may not wait, or has waited long enough. Trying other tiers
    would not help."""

    outcome = "turned_away"


class QueueFull(TurnedAway):
    """There is no place for it, whoever sends it."""


class TenantQueueFull(TurnedAway):
    """Its tenant has enough waiting."""


class DeadlineExceeded(BackendError):
    """The time for the whole answer is over."""

    outcome = "deadline_exceeded"


class EngineFailed(BackendError):
    """The engine answered 5xx, or said in its stream that it failed."""

    outcome = "failed"


class TimedOut(BackendError):
    """The engine stayed silent for longer than it may, or gave no block in the time that the rule allows."""

    outcome = "timed_out"


class Malformed(BackendError):
    """What came back is not an answer: not JSON, cut short, or not the OpenAI wire."""

    outcome = "malformed"


class Rejected(BackendError):
    """The engine answered, and a check found its answer wanting. `reasons` names the checks."""

    outcome = "rejected"

    def __init__(self, message: str, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.reasons = reasons


class Unsure(Rejected):
    """The engine answered, and a second answer of the same tier is wanted before anybody gets one."""

    outcome = "unsure"


class Cut(Rejected):
    """The engine answered, and the tier that read its answer accepts only the beginning of it."""


class Mended(BackendError):
    """No failure: the engine has written as much as it was wanted for, and another goes on from there."""

    outcome = "repaired"


class CannotRead(BackendError):
    """The engine does not read what others wrote, or not in a way that is understood here."""

    outcome = "cannot_read"


class Untrusted(BackendError):
    """What answers at the backend's address cannot prove that it is the backend. Asking again changes nothing."""


class NoTierAvailable(BackendError):
    """A tier that could serve this is needed and none is configured or within the rule."""

    outcome = "unavailable"


# --- the author of a file must change something ---------------------------------------------------------------


class FileError(TandemError):
    """A configuration, policy or key file is wrong. Lines and columns count from 1."""

    def __init__(self, file: str, line: int, column: int, message: str) -> None:
        super().__init__(f"{file}:{line}:{column}: {message}")
        self.file = file
        self.line = line
        self.column = column
        self.said = message


class FilesRefused(TandemError):
    """Files that belong together cannot be used: everything that is wrong with them, in `errors`."""

    def __init__(self, errors: Sequence[FileError]) -> None:
        super().__init__("\n".join(error.message for error in errors))
        self.errors = tuple(errors)


class SettingsError(TandemError):
    """The settings are well-formed and cannot work together."""
