"""What litellm raises, translated once: class before status, and never a provider's wording but of a 4xx."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Final

import litellm

from tandem_serving.hosted.refusals import SPENT, Refusal, bad_request

MAX_MESSAGE_CHARS: Final = 500
MAX_RETRY_AFTER_S: Final = 3600.0

_CALLERS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (litellm.ContextWindowExceededError, "context_length_exceeded"),
    (litellm.ContentPolicyViolationError, "content_filter"),
    (litellm.UnsupportedParamsError, "unsupported_parameter"),
    (litellm.BadRequestError, "invalid_value"),
    (litellm.UnprocessableEntityError, "invalid_value"),
)
"""What the caller must change."""

_NOT_ALLOWED: Final = "the provider does not accept the key that is configured, or not for this model"

_PROVIDERS: Final[tuple[tuple[type[Exception], int, str, str], ...]] = (
    (litellm.AuthenticationError, 502, "provider_key", _NOT_ALLOWED),
    (litellm.PermissionDeniedError, 502, "provider_key", _NOT_ALLOWED),
    (litellm.NotFoundError, 502, "provider_model", "the provider has no such model as is configured"),
    (litellm.Timeout, 504, "provider_timeout", "the provider did not answer in time"),
    (litellm.exceptions.MidStreamFallbackError, 502, "provider_failed", "the provider broke off its answer"),
    (litellm.ServiceUnavailableError, 503, "provider_unavailable", "the provider is not available"),
    (litellm.BadGatewayError, 502, "provider_failed", "the provider failed"),
    (litellm.APIConnectionError, 502, "provider_unreachable", "the provider cannot be reached, or broke off"),
    (litellm.APIError, 502, "provider_failed", "the provider failed"),
)
"""What the provider, or whoever configured it here, must change."""

_PREFIX: Final = re.compile(r"^(?:litellm\.\w+: |\w*(?:Exception|Error) - |\w+Error: )+")
_SECRET: Final = re.compile(r"(?i)\b(?:bearer\s+\S+|(?:sk|pk|key|gsk|xai)-[\w*-]{6,})")


def refusal_of(error: Exception, secrets: Iterable[str]) -> Refusal:
    """What is answered for what litellm raised; a refusal stays what it is."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, litellm.RateLimitError):
        return Refusal(429, "the provider's rate limit is reached", "rate_limit_exceeded", None, _retry_after_s(error))
    if isinstance(error, litellm.exceptions.PaymentRequiredError):
        return Refusal(429, "the provider's account has no money left", SPENT)
    code = next((code for kind, code in _CALLERS if isinstance(error, kind)), None)
    return _of_the_provider(error) if code is None else bad_request(_clean(str(error), secrets), None, code)


def _of_the_provider(error: Exception) -> Refusal:
    if getattr(error, "status_code", None) == 403:  # litellm has no class for that of every provider
        return Refusal(502, _NOT_ALLOWED, "provider_key")
    found = (Refusal(status, said, code) for kind, status, code, said in _PROVIDERS if isinstance(error, kind))
    return next(found, Refusal(502, "the provider failed", "provider_failed"))


def _retry_after_s(error: Exception) -> float | None:
    headers: Mapping[str, str] = getattr(error, "litellm_response_headers", None) or {}
    try:
        said = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return None if math.isnan(said) else min(max(said, 0.0), MAX_RETRY_AFTER_S)


def _clean(message: str, secrets: Iterable[str]) -> str:
    """A sentence without litellm's names, keys, and what does not print."""
    said = _PREFIX.sub("", message)
    for secret in secrets:
        said = said.replace(secret, "[key]")
    printable = "".join(each if each.isprintable() else " " for each in _SECRET.sub("[key]", said))
    return " ".join(printable.split())[:MAX_MESSAGE_CHARS] or "the provider refused the request"
