"""`tandem classifier`: trains, evaluates and asks a classifier. `train` and `evaluate` need the extra `learn`, and
`robustness` of it what reads Parquet."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.output import AsJson
from router.cli.policy_options import (
    DEFAULT,
    ClassifierFolder,
    PoliciesFolder,
    Source,
    folder_of,
    open_source,
)
from router.cli.screen import as_lines, ended_by_errors, open_screen, watched
from router.core.errors import FileError

if TYPE_CHECKING:
    from rich.console import Console

    from router.core.heads import Heads
    from router.core.values import ChatRequest
    from router.learn.evaluate import Evaluation
    from router.learn.robustness import Robustness
    from router.learn.score import Scored

classifier = typer.Typer(no_args_is_help=True, help="The signals of a request: train, evaluate, score, inspect.")

TABLES_WIDTH = 150
"""Characters across tables that do not go to a terminal."""

LEARNING_NEEDS = "training and evaluating need more packages: pip install 'tandem-router[learn]'"
ROWS_OF_A_SOURCE = 100
"""So many prompts of each source `robustness` draws unless it is said otherwise."""

BAD_ROWS = 1
"""The exit code of `score` when some rows were no requests."""

Trained = Annotated[
    Path | None,
    typer.Option("--classifier", help="folder of a classifier; default: the one that ships", metavar="DIR"),
]


@classifier.command("train")
def train_classifier(
    data: Annotated[Path, typer.Option("--data", help="folder with train/ and dev/", metavar="DIR")],
    out: Annotated[Path, typer.Option("--out", help="folder to write the classifier into", metavar="DIR")],
) -> None:
    """Trains on `train/`, sets thresholds on `dev/`. The same data gives the same file on one machine."""
    from router.config.classifier_file import MANIFEST_NAME, WEIGHTS_NAME

    with ended_by_errors(), extra_needed(data):
        from router.learn.train import train

        manifest = train(data, out, lambda done: typer.echo(done, err=True))
    for name, value in manifest.metrics.items():
        typer.echo(f"{name}: {value}")
    typer.echo(f"{out}: {WEIGHTS_NAME} and {MANIFEST_NAME}, sha256 {manifest.weights_sha256}")


@classifier.command("evaluate")
def evaluate_classifier(
    data: Annotated[Path, typer.Option("--data", help="folder of graded rows, such as dev/", metavar="DIR")],
    trained: Trained = None,
    out: Annotated[Path | None, typer.Option("--out", help="write an HTML report, too", metavar="FILE")] = None,
    as_json: AsJson = False,
) -> None:
    """Measures the signals on graded rows, source by source, with intervals."""
    with ended_by_errors(), extra_needed(data):
        evaluation = _evaluate(read_heads(trained), data)
        if out is not None:
            _write_report(evaluation, f"Classifier on {data}", out)
    if as_json:
        typer.echo(as_lines(evaluation.as_dict()))
        return
    from router.learn.evaluation_text import evaluation_text

    open_wide_screen().print(evaluation_text(evaluation))
    if out is not None:
        typer.echo(f"report: {out}")


@classifier.command("unseen")
def measure_unseen_sources(
    data: Annotated[Path, typer.Option("--data", help="folder with train/ and dev/", metavar="DIR")],
    as_json: AsJson = False,
) -> None:
    """Measures stakes on each source with heads that were not taught by it. Takes some minutes."""
    with ended_by_errors(), extra_needed(data):
        from router.learn.unseen import measure_unseen

        found = measure_unseen(data, lambda told: typer.echo(told, err=True))
    if as_json:
        typer.echo(as_lines([each.as_dict() for each in found]))
        return
    from router.learn.evaluation_text import unseen_text

    open_wide_screen().print(unseen_text(found))


@classifier.command("score")
def score_file(
    data: Annotated[
        Path,
        typer.Option("--data", help=".txt (a prompt a line), .jsonl (prompts or bodies) or .parquet", metavar="FILE"),
    ],
    out: Annotated[Path, typer.Option("--out", help="file for a line of JSON each", metavar="FILE")],
    trained: Trained = None,
) -> None:
    """Judges every row of a file, a line each in order. Ends with 1 when a row was no request: its line says why."""
    with ended_by_errors():
        scored = _score(read_heads(trained), data, out)
    typer.echo(f"{out}: {scored.rows:,} rows" + (f", {scored.bad:,} of them no requests" if scored.bad else ""))
    raise typer.Exit(BAD_ROWS if scored.bad else 0)


@classifier.command("robustness")
def measure_robustness_of_decisions(
    data: Annotated[Path, typer.Option("--data", help="folder of prompts, such as dev/", metavar="DIR")],
    policy: Annotated[str, typer.Option("--policy", help="a name or a file", metavar="NAME|FILE")] = DEFAULT,
    policies: PoliciesFolder = None,
    trained: ClassifierFolder = None,
    rows: Annotated[int, typer.Option("--rows", min=1, help="prompts of each source")] = ROWS_OF_A_SOURCE,
    as_json: AsJson = False,
) -> None:
    """Asks the same things in other words, disguised and padded, and counts the decisions that stay."""
    with ended_by_errors():
        found = _measure_robustness(data, policy, open_source(folder_of(policies), trained), rows)
    if as_json:
        typer.echo(as_lines(found.as_dict()))
        return
    from router.learn.robustness_text import robustness_text

    open_wide_screen().print(robustness_text(found))


@classifier.command("inspect")
def inspect_judgement(
    request: Annotated[
        Path | None, typer.Argument(help="file with the body of a chat completion", metavar="FILE")
    ] = None,
    prompt: Annotated[str | None, typer.Option("--prompt", help="ask just this", metavar="TEXT")] = None,
    trained: Trained = None,
    as_json: AsJson = False,
) -> None:
    """Shows what drove the judgement of one request: rules by name, n-grams by what they added."""
    from router.core.inspection import inspect_request

    if (request is None) == (prompt is None):
        raise typer.BadParameter("expected a request in one way: FILE or --prompt")
    with ended_by_errors():
        found = inspect_request(read_heads(trained), _read_request(request, prompt))
    if as_json:
        typer.echo(as_lines(found.as_dict()))
        return
    from router.cli.inspection_text import inspection_text

    open_wide_screen().print(inspection_text(found))


def read_heads(trained: Path | None) -> "Heads":
    from router.config.classifier_file import read_classifier
    from router.config.shipped import CLASSIFIER, SHIPPED_POLICIES

    return read_classifier(trained or SHIPPED_POLICIES / CLASSIFIER).heads


@contextmanager
def extra_needed(data: Path) -> Iterator[None]:
    """Raises FileError, which says what to install, when the block imports what is not."""
    try:
        yield
    except ImportError as error:
        raise FileError(str(data), 1, 1, f"{LEARNING_NEEDS} ({error})") from None


def _evaluate(heads: "Heads", data: Path) -> "Evaluation":
    from router.learn.evaluate import evaluate
    from router.learn.exam import form_opinions, read_exam

    exam = read_exam(data)
    prompts = exam.prompts
    return evaluate(exam, form_opinions(heads, watched(prompts, len(prompts), "judging")))


def _write_report(evaluation: "Evaluation", heading: str, out: Path) -> None:
    from router.learn.report import render_report

    page = render_report(evaluation, heading)
    try:
        out.write_text(page, "utf-8")
    except OSError as error:
        raise unwritable(out, error) from None


def _measure_robustness(data: Path, policy: str, source: Source, most: int) -> "Robustness":
    from router.review.sources import find_policy

    found = find_policy(policy, source.folder, source.usual).policy
    with extra_needed(data):
        from router.learn.robustness import draw_rows, measure_robustness

        rows = draw_rows(data, most)
    return measure_robustness(found, source.usual, watched(rows, len(rows), "deciding"))


def _score(heads: "Heads", data: Path, out: Path) -> "Scored":
    from router.cli.classifier_requests import count_requests, read_bodies
    from router.learn.score import write_scores

    rows = watched(read_bodies(data), count_requests(data), "judging")
    try:
        with out.open("wb") as file:
            return write_scores(heads, rows, file)
    except OSError as error:
        raise unwritable(out, error) from None


def _read_request(request: Path | None, prompt: str | None) -> "ChatRequest":
    from router.cli.classifier_requests import only_the_request
    from router.review.requests_file import read_one, read_prompt

    if prompt is not None:
        return read_prompt(prompt, only_the_request)
    try:
        body = Path(str(request)).read_bytes()
    except OSError as error:
        raise FileError(str(request), 1, 1, f"cannot be read: {error.strerror}") from None
    return read_one(str(request), body, only_the_request)


def open_wide_screen() -> "Console":
    from rich.console import Console

    console = open_screen()
    plain = Console(width=TABLES_WIDTH, markup=False, highlight=False, emoji=False)
    return console if console.is_terminal else plain


def unwritable(out: Path, error: OSError) -> FileError:
    return FileError(str(out), 1, 1, f"cannot be written: {error.strerror}")
