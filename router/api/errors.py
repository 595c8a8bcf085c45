"""Errors as OpenAI's wire has them: one table from class to status, one body shape with all four keys."""

from collections.abc import Mapping
from math import ceil

import orjson

from router.core.errors import (
    CONTEXT_PARAMS,
    BackendError,
    BodyTimeout,
    BodyTooLarge,
    CallerError,
    ContextTooLong,
    DeadlineExceeded,
    EngineFailed,
    Forbidden,
    InvalidRequest,
    Malformed,
    MethodNotAllowed,
    NotAdmitted,
    NotFound,
    NoTierAvailable,
    Overloaded,
    Refused,
    Rejected,
    TandemError,
    TenantQueueFull,
    TimedOut,
    TooManyWrongKeys,
    Unauthenticated,
    Unavailable,
    UnknownHost,
    UnsupportedMedia,
    Untrusted,
)

STATUS: Mapping[type[TandemError], int] = {
    InvalidRequest: 400,
    ContextTooLong: 400,
    Unauthenticated: 401,
    TooManyWrongKeys: 429,
    Forbidden: 403,
    UnknownHost: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    BodyTimeout: 408,
    BodyTooLarge: 413,
    UnsupportedMedia: 415,
    Refused: 400,
    Overloaded: 429,
    NotAdmitted: 503,
    TenantQueueFull: 429,
    DeadlineExceeded: 504,
    EngineFailed: 502,
    Malformed: 502,
    Rejected: 502,
    Untrusted: 502,
    Unavailable: 503,
    NoTierAvailable: 503,
    TimedOut: 504,
}
"""Nearest class along the MRO counts; anything else is 500."""

TYPE: Mapping[int, str] = {
    403: "permission_error",
    408: "timeout",
    413: "request_too_large",
    429: "rate_limit_error",
}

CODE: Mapping[type[BackendError], str] = {
    Overloaded: "rate_limit_exceeded",
    TimedOut: "deadline_exceeded",
    DeadlineExceeded: "deadline_exceeded",
    NotAdmitted: "overloaded",
    TenantQueueFull: "rate_limit_exceeded",
    Unavailable: "overloaded",
    NoTierAvailable: "no_tier_available",
    Rejected: "answer_rejected",
    BackendError: "upstream_error",
}

RETRYABLE = frozenset((429, 500, 502, 503, 504))
"""Statuses after which sending the same request again can help."""


def status_of(error: TandemError) -> int:
    """The HTTP status of an error."""
    return next((STATUS[cls] for cls in type(error).__mro__ if cls in STATUS), 500)


def code_of(error: TandemError) -> str | None:
    """OpenAI's `code` for an error: what programs branch on."""
    if isinstance(error, CallerError):
        return error.code
    if isinstance(error, Refused):
        return ContextTooLong.code if error.is_too_long else None
    return next((CODE[cls] for cls in type(error).__mro__ if cls in CODE), "internal_error")


def type_of(status: int) -> str:
    """OpenAI's `type` for a status."""
    return TYPE.get(status, "server_error" if status >= 500 else "invalid_request_error")


def error_body(error: TandemError) -> bytes:
    """OpenAI's error object, all four keys."""
    param = getattr(error, "param", None)
    if param in CONTEXT_PARAMS:
        param = "messages"
    return orjson.dumps(
        {
            "error": {
                "message": error.message,
                "type": type_of(status_of(error)),
                "param": param,
                "code": code_of(error),
            }
        }
    )


def error_headers(error: TandemError) -> list[tuple[bytes, bytes]]:
    """What tells a client whether, and when, to try again."""
    status = status_of(error)
    headers = []
    if status not in RETRYABLE:
        headers.append((b"x-should-retry", b"false"))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if isinstance(error, Overloaded | NotAdmitted) and error.retry_after_s is not None:
        headers.append((b"retry-after", b"%d" % max(1, round(error.retry_after_s))))
    if isinstance(error, TooManyWrongKeys):
        headers.append((b"retry-after", b"%d" % max(1, ceil(error.retry_after_s))))
    return headers


class InternalError(TandemError):
    """A bug of ours. The caller learns only the request id to quote."""

    def __init__(self) -> None:
        super().__init__("the router failed on this request; quote the x-request-id when you report it")
