"""`tandem policy explain`: what a policy makes of one request and why, or of many."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

import typer

from router.cli.output import AsJson
from router.cli.policy_options import (
    DEFAULT,
    ClassifierFolder,
    PoliciesFolder,
    RequestsFile,
    SkipBad,
    Source,
    folder_of,
    open_rows,
    open_source,
)
from router.cli.screen import as_lines, ended_by_errors, open_screen
from router.core.errors import FileError

if TYPE_CHECKING:
    from router.core.situation import Question
    from router.review.circumstances import Circumstances
    from router.review.explanation import Explanation
    from router.review.requests_file import Row
    from router.review.survey import Keep, Survey

STANDARD_INPUT = "-"


Request = Annotated[
    str | None, typer.Argument(help="file with the body of a chat completion; -: standard input", metavar="REQUEST")
]
PolicyNamed = Annotated[
    str | None, typer.Option("--policy", help="a name or a file; default: what the request asks for, else default")
]
Prompt = Annotated[str | None, typer.Option("--prompt", help="ask just this", metavar="TEXT")]
Tiers = Annotated[
    list[str] | None,
    typer.Option(
        "--tier",
        help="how a tier is doing: fast.in_flight=9, strong.configured=false ...; repeatable",
        metavar="TIER.FIELD=VALUE",
    ),
]
ConversationTier = Annotated[
    Literal["fast", "strong"] | None, typer.Option(help="the tier that the conversation has reached")
]
Escalated = Annotated[bool, typer.Option("--escalated", help="this request went up not long ago")]
Tenant = Annotated[str, typer.Option(help="the tenant of the key", metavar="NAME")]
Out = Annotated[
    Path | None, typer.Option("--out", help="with --requests: file for a line of JSON each", metavar="FILE")
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="all settings, not only those set")]


def explain_requests(
    request: Request = None,
    policy: PolicyNamed = None,
    policies: PoliciesFolder = None,
    classifier: ClassifierFolder = None,
    prompt: Prompt = None,
    tier: Tiers = None,
    conversation_tier: ConversationTier = None,
    escalated: Escalated = False,
    tenant: Tenant = "local",
    requests: RequestsFile = None,
    out: Out = None,
    skip_bad: SkipBad = False,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Says what a policy makes of a request, and why, calling no engine; or counts what it makes of many."""
    from router.review.circumstances import assume

    _check_source(request, prompt, requests)
    if out is not None and requests is None:
        raise typer.BadParameter("goes with --requests", param_hint="--out")
    with ended_by_errors():
        source = open_source(folder_of(policies), classifier)
        try:
            assumed = assume(source.usual, tenant, tier or (), conversation_tier, escalated=escalated)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--tier") from None
        if requests is None:
            explanation = _explain_one(_read_one(request, prompt, assumed), policy, source)
            _show_explanation(explanation, verbose=verbose, as_json=as_json)
        else:
            rows = open_rows(requests, assumed.question, skip_bad=skip_bad)
            _show_survey(_explain_many(policy or DEFAULT, source, rows, requests, out), as_json=as_json)


def _check_source(request: str | None, prompt: str | None, requests: Path | None) -> None:
    given = sum(each is not None for each in (request, prompt, requests))
    if given > 1 or (given == 0 and sys.stdin.isatty()):
        raise typer.BadParameter("expected a request in one way: REQUEST, --prompt, --requests or standard input")


def _read_one(request: str | None, prompt: str | None, assumed: "Circumstances") -> "Question":
    from router.review.requests_file import read_one, read_prompt

    if prompt is not None:
        return read_prompt(prompt, assumed.question)
    if request in (None, STANDARD_INPUT):
        return read_one("<stdin>", sys.stdin.buffer.read(), assumed.question)
    try:
        return read_one(str(request), Path(str(request)).read_bytes(), assumed.question)
    except OSError as error:
        raise FileError(str(request), 1, 1, f"cannot be read: {error.strerror}") from None


def _explain_one(question: "Question", named: str | None, source: Source) -> "Explanation":
    from router.review.explanation import asked_policy, explain
    from router.review.sources import find_policy

    name = named or asked_policy(question) or DEFAULT
    return explain(find_policy(name, source.folder, source.usual).policy, question)


def _explain_many(
    named: str, source: Source, rows: "Iterable[Row | FileError]", requests: Path, out: Path | None
) -> "Survey":
    from router.review.sources import find_policy
    from router.review.survey import take_survey

    policy = find_policy(named, source.folder, source.usual).policy
    with _kept(out) as keep:
        return take_survey(policy, rows, str(requests), keep)


@contextmanager
def _kept(out: Path | None) -> "Iterator[Keep]":
    """What writes each explanation into the file as a line of JSON, if there is to be one. Raises FileError."""
    from msgspec.json import Encoder

    if out is None:
        yield lambda _row, _explanation: None
        return
    encode = Encoder().encode
    try:
        with out.open("wb") as file:
            yield lambda row, explanation: _write(file, encode, row, explanation)
    except OSError as error:
        raise FileError(str(out), 1, 1, f"cannot be written: {error.strerror}") from None


def _write(file: BinaryIO, encode: Callable[[Any], bytes], row: "Row", explanation: "Explanation") -> None:
    file.write(encode({"number": row.number, "label": row.label, **explanation.as_dict()}) + b"\n")


def _show_explanation(explanation: "Explanation", *, verbose: bool, as_json: bool) -> None:
    from router.review.explanation_text import explanation_text

    if as_json:
        typer.echo(as_lines(explanation.as_dict()))
        return
    settings = explanation.then.settings() if verbose else explanation.unusual_settings
    open_screen().print(explanation_text(explanation, settings))


def _show_survey(survey: "Survey", *, as_json: bool) -> None:
    from router.review.text import survey_text

    if as_json:
        typer.echo(as_lines(survey.as_dict()))
        return
    open_screen().print(survey_text(survey))
