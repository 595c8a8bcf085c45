"""Every error the router raises on purpose has a status, a body of four keys and advice on trying again."""

from collections.abc import Iterator

import orjson
import pytest

from router.api.errors import InternalError, error_body, error_headers, status_of
from router.core import errors
from router.core.errors import TandemError

SPECIMENS: dict[type[TandemError], TandemError] = {
    errors.Forbidden: errors.Forbidden("pins", "said"),
    errors.Refused: errors.Refused("said", 400, "top_p"),
    errors.Overloaded: errors.Overloaded("said", 2.0),
    errors.TooManyWrongKeys: errors.TooManyWrongKeys("said", 2.0),
    errors.FileError: errors.FileError("policy", 1, 1, "said"),
    errors.FilesRefused: errors.FilesRefused([errors.FileError("policy", 1, 1, "said")]),
    InternalError: InternalError(),
}
"""Those that are built from more than their message."""

TABLE = [
    (errors.InvalidRequest, 400, "invalid_request_error", None),
    (errors.InvalidJson, 400, "invalid_request_error", "invalid_json"),
    (errors.UnsupportedParameter, 400, "invalid_request_error", "unsupported_parameter"),
    (errors.ContextTooLong, 400, "invalid_request_error", "context_length_exceeded"),
    (errors.Unauthenticated, 401, "invalid_request_error", "invalid_api_key"),
    (errors.Forbidden, 403, "permission_error", "grant_missing"),
    (errors.NotFound, 404, "invalid_request_error", "not_found"),
    (errors.ModelNotFound, 404, "invalid_request_error", "model_not_found"),
    (errors.TooManyWrongKeys, 429, "rate_limit_error", "rate_limit_exceeded"),
    (errors.UnknownHost, 403, "permission_error", "unknown_host"),
    (errors.MethodNotAllowed, 405, "invalid_request_error", "method_not_allowed"),
    (errors.BodyTimeout, 408, "timeout", "timeout"),
    (errors.BodyTooLarge, 413, "request_too_large", "request_too_large"),
    (errors.UnsupportedMedia, 415, "invalid_request_error", "unsupported_media_type"),
    (errors.Refused, 400, "invalid_request_error", None),
    (errors.Overloaded, 429, "rate_limit_error", "rate_limit_exceeded"),
    (InternalError, 500, "server_error", "internal_error"),
    (errors.EngineFailed, 502, "server_error", "upstream_error"),
    (errors.Malformed, 502, "server_error", "upstream_error"),
    (errors.Rejected, 502, "server_error", "answer_rejected"),
    (errors.Unsure, 502, "server_error", "answer_rejected"),
    (errors.Cut, 502, "server_error", "answer_rejected"),
    (errors.Untrusted, 502, "server_error", "upstream_error"),
    (errors.Unavailable, 503, "server_error", "overloaded"),
    (errors.NoTierAvailable, 503, "server_error", "no_tier_available"),
    (errors.NotAdmitted, 503, "server_error", "overloaded"),
    (errors.EscalationsSpent, 503, "server_error", "overloaded"),
    (errors.QueueFull, 503, "server_error", "overloaded"),
    (errors.TenantQueueFull, 429, "rate_limit_error", "rate_limit_exceeded"),
    (errors.TimedOut, 504, "server_error", "deadline_exceeded"),
    (errors.DeadlineExceeded, 504, "server_error", "deadline_exceeded"),
]
"""Class, status, type and code: what programs branch on, and therefore a promise."""

UNREACHED = {
    TandemError,
    errors.CallerError,
    errors.BackendError,
    errors.CannotRead,
    errors.Mended,
    errors.Spilled,
    errors.TurnedAway,
    errors.FileError,
    errors.FilesRefused,
    errors.SettingsError,
}
"""Roots, what no caller is told, and what is raised only while a router starts or reads its policies again."""


def every_class(root: type[TandemError] = TandemError) -> Iterator[type[TandemError]]:
    """A class and all that come from it."""
    yield root
    for each in root.__subclasses__():
        yield from every_class(each)


def specimen(cls: type[TandemError]) -> TandemError:
    """An error of this class."""
    return SPECIMENS.get(cls) or cls("said")


@pytest.mark.parametrize("cls", sorted(set(every_class()), key=lambda cls: cls.__name__))
def test_every_error_has_a_status_and_a_body_of_four_keys(cls: type[TandemError]) -> None:
    error = specimen(cls)

    body = orjson.loads(error_body(error))

    assert 400 <= status_of(error) <= 599
    assert list(body) == ["error"]
    assert list(body["error"]) == ["message", "type", "param", "code"]
    assert body["error"]["message"] == error.message


def test_the_table_knows_every_error_a_request_can_meet() -> None:
    assert {row[0] for row in TABLE} == set(every_class()) - UNREACHED


@pytest.mark.parametrize(("cls", "status", "kind", "code"), TABLE)
def test_each_error_says_what_programs_branch_on(
    cls: type[TandemError], status: int, kind: str, code: str | None
) -> None:
    error = specimen(cls)

    said = orjson.loads(error_body(error))["error"]

    assert (status_of(error), said["type"], said["code"]) == (status, kind, code)


@pytest.mark.parametrize(("cls", "status"), [row[:2] for row in TABLE])
def test_a_client_is_told_not_to_try_again_where_that_cannot_help(cls: type[TandemError], status: int) -> None:
    headers = dict(error_headers(specimen(cls)))

    advice = None if status in (429, 500, 502, 503, 504) else b"false"
    assert headers.get(b"x-should-retry") == advice


@pytest.mark.parametrize(
    ("retry_after_s", "header"), [(None, None), (0.0, b"1"), (0.2, b"1"), (2.0, b"2"), (119.6, b"120")]
)
def test_an_overloaded_engines_word_on_when_to_come_back_is_whole_seconds(
    retry_after_s: float | None, header: bytes | None
) -> None:
    headers = dict(error_headers(errors.Overloaded("said", retry_after_s)))

    assert headers.get(b"retry-after") == header


@pytest.mark.parametrize("param", ["input_tokens", "input_text"])
def test_a_prompt_the_engine_finds_too_long_has_openais_code(param: str) -> None:
    said = orjson.loads(error_body(errors.Refused("too long", 400, param)))["error"]

    assert (said["code"], said["param"]) == ("context_length_exceeded", "messages")


def test_only_an_unknown_key_is_asked_for_a_bearer() -> None:
    asking = {cls for cls in every_class() if b"www-authenticate" in dict(error_headers(specimen(cls)))}

    assert asking == {errors.Unauthenticated}
