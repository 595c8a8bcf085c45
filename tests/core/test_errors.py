"""What an error carries: a sentence that is safe to show, and what programs branch on."""

from collections.abc import Iterator

import pytest

from router.core.errors import (
    BackendError,
    CallerError,
    FileError,
    Forbidden,
    InvalidRequest,
    NoTierAvailable,
    Overloaded,
    Refused,
    TandemError,
)


def kinds_of(root: type[TandemError]) -> Iterator[type[TandemError]]:
    yield root
    for kind in root.__subclasses__():
        if kind.__module__ == root.__module__:
            yield from kinds_of(kind)


@pytest.mark.parametrize("kind", list(kinds_of(TandemError)), ids=lambda kind: kind.__name__)
def test_every_error_says_in_a_sentence_what_it_means(kind: type[TandemError]) -> None:
    assert kind.__doc__


@pytest.mark.parametrize("kind", list(kinds_of(CallerError)), ids=lambda kind: kind.__name__)
def test_every_error_of_a_caller_but_the_general_ones_has_a_code(kind: type[CallerError]) -> None:
    assert (kind.code is None) == (kind in (CallerError, InvalidRequest))


@pytest.mark.parametrize("kind", list(kinds_of(BackendError)), ids=lambda kind: kind.__name__)
def test_every_error_of_a_backend_has_one_lower_case_word_for_its_outcome(kind: type[BackendError]) -> None:
    assert kind.outcome.replace("_", "").isalpha()
    assert kind.outcome.islower()


@pytest.mark.parametrize(
    "error",
    [
        InvalidRequest("n is 17", param="n"),
        Refused("no", 400, "seed"),
        Overloaded("busy", 3.0),
        NoTierAvailable("none"),
        FileError("a.yaml", 3, 7, "wrong"),
    ],
)
def test_an_error_reads_as_its_message(error: TandemError) -> None:
    assert str(error) == error.message


def test_a_missing_right_is_named_in_the_message_and_as_the_parameter() -> None:
    error = Forbidden("pins", "this key may not pin")

    assert error.message == "this key may not pin (grant: pins)"
    assert (error.grant, error.param) == ("pins", "pins")


def test_an_error_in_a_file_says_where_as_editors_and_terminals_read_it() -> None:
    error = FileError("policies/p.yaml", 3, 7, "wrong")

    assert error.message == "policies/p.yaml:3:7: wrong"
    assert (error.file, error.line, error.column) == ("policies/p.yaml", 3, 7)
