"""What an engine's error answer means: status first, then the shape of its body, never the wording."""

import math
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from router.core.errors import (
    INPUT_TOKENS,
    BackendError,
    EngineFailed,
    Overloaded,
    Refused,
    TimedOut,
    Unavailable,
    with_retry,
)

MAX_MESSAGE_CHARS = 500
MAX_RETRY_AFTER_S = 120.0
"""OpenAI's clients give up on anything longer, so nothing longer is passed on."""

PASSING = frozenset((500, 502, 503, 504))
"""Statuses of a state that may have passed when the engine is asked again."""

_TOO_LONG = ("context_length_exceeded", "exceed_context_size_error")
"""What OpenAI's `code` and llama.cpp's `type` say of a prompt that does not fit."""

OVERLOADED = frozenset((429, 529))
"""529 is what some hosted APIs say where others say 503."""

_ADDRESS = re.compile(r"https?://\S+|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\b[\w.-]+:\d{2,5}\b|/(?:[\w.-]+/){2,}\S*")
_SECRET = re.compile(r"(?i)\b(?:bearer\s+\S+|sk-[\w-]+|tdm-[\w-]+)")


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> BackendError:
    """The error that an answer of this status stands for. Its message has lost addresses and keys."""
    if status in (400, 413, 422):
        said, param = _read_error(body)
        return Refused(said or "the engine refused the request", status, param)
    if status == 429 and _code(body) == _SPENT:
        return Unavailable("what may be spent there is spent")
    if status in OVERLOADED:
        return with_retry(Overloaded("the engine is overloaded", _retry_after_s(headers)), "status")
    kind, said = _MEANING.get(status, (EngineFailed, f"the engine answered with status {status}"))
    return with_retry(kind(said), "status" if status in PASSING else None)


_MEANING: Mapping[int, tuple[type[BackendError], str]] = {
    401: (EngineFailed, "the engine does not accept the router's key"),
    402: (EngineFailed, "the provider wants to be paid"),
    403: (EngineFailed, "the engine does not accept the router's key"),
    404: (EngineFailed, "the engine does not serve the model it is configured for"),
    408: (TimedOut, "the engine gave up waiting"),
    503: (Unavailable, "the engine is not ready"),
    504: (TimedOut, "the engine gave up waiting"),
}


def _read_error(body: bytes) -> tuple[str, str | None]:
    """Message and parameter, from OpenAI's error object or from what vLLM sends in its place: a bare string under
    `error`, FastAPI's `{"detail": ...}`, or the object without `error` around it."""
    try:
        decoded: Any = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return "", None
    error = decoded.get("error", decoded) if isinstance(decoded, dict) else decoded
    if isinstance(error, str):
        return _clean(error), None
    if not isinstance(error, dict):
        return "", None
    message, param = error.get("message") or error.get("detail"), error.get("param")
    if error.get("code") in _TOO_LONG or error.get("type") in _TOO_LONG:
        param = INPUT_TOKENS
    return _clean(message if isinstance(message, str) else ""), param if isinstance(param, str) else None


_SPENT = "insufficient_quota"
"""OpenAI's word for money that is spent, and our hosted process's. No load: asking again soon, or less, does not help
against it."""


def _code(body: bytes) -> object:
    try:
        decoded: Any = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return None
    error = decoded.get("error") if isinstance(decoded, dict) else None
    return error.get("code") if isinstance(error, dict) else None


def _clean(message: str) -> str:
    without = _SECRET.sub("[key]", _ADDRESS.sub("[address]", message))
    printable = "".join(each if each.isprintable() else " " for each in without)
    return " ".join(printable.split())[:MAX_MESSAGE_CHARS]


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    try:
        said = float(headers.get("Retry-After", ""))
    except ValueError:
        return None
    return None if math.isnan(said) else min(max(said, 0.0), MAX_RETRY_AFTER_S)
