"""`tandem gate`: what the gate says of recorded answers, how well it does, and training what it has learned. `evaluate`
and `train` need the extra `learn`, and `check` of it what reads Parquet."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from router.cli.classifier import BAD_ROWS, Trained, extra_needed, open_wide_screen, read_heads, unwritable
from router.cli.gate_calibrate import calibrate_limits
from router.cli.output import AsJson
from router.cli.screen import as_lines, ended_by_errors, watched

if TYPE_CHECKING:
    from router.core.doubt.estimate import Scorers
    from router.learn.gate_evaluate import GateEvaluation
    from router.review.answer_checks import Checked

gate = typer.Typer(no_args_is_help=True, help="What is judged before anyone sees it, by what, and how well.")

gate.command("calibrate")(calibrate_limits)

Checks = Annotated[Literal["light", "standard", "strict"], typer.Option("--checks", help="which set of checks judges")]
Learned = Annotated[
    Path | None, typer.Option("--doubt", help="folder of what was learned; default: what ships", metavar="DIR")
]


@gate.command("check")
def check_file(
    answers: Annotated[
        Path,
        typer.Argument(
            help=".jsonl or .parquet with `prompt` and `answer`, and `task`, `finish` if known", metavar="FILE"
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="file for a line of JSON each", metavar="FILE")],
    checks: Checks = "standard",
    learned: Learned = None,
) -> None:
    """Judges every answer of a file, a line each in order. Ends with 1 when a row was no answer: its line says why."""
    with ended_by_errors():
        done = _check(answers, out, checks, learned)
    told = f"{done.rows:,} rows, {done.rejected:,} rejected, an opinion on {done.doubted:,}"
    typer.echo(f"{out}: {told}" + (f", {done.bad:,} no answers" if done.bad else ""))
    raise typer.Exit(BAD_ROWS if done.bad else 0)


@gate.command("checks")
def list_checks(as_json: AsJson = False) -> None:
    """Prints every check that policies may name: its limit in each set, what it costs a block, what it looks for."""
    from router.core.checks.table import CHECKS

    if as_json:
        rows = [
            {"name": each.name, "about": each.about, "cost_us": each.cost_us, "limits": dict(each.limits)}
            for each in CHECKS
        ]
        typer.echo(as_lines(rows))
        return
    for each in CHECKS:
        limits = ", ".join(f"{name} {limit:g}" for name, limit in each.limits.items())
        typer.echo(f"{each.name:<20} {each.cost_us:>7.1f} us  {limits:<42} {each.about}")


@gate.command("criteria")
def list_criteria(as_json: AsJson = False) -> None:
    """Prints every criterion by which what was read is judged, as policies name it: its usual limit, what it means."""
    from router.core.reading.criteria import ROWS

    if as_json:
        typer.echo(as_lines(ROWS))
        return
    for each in ROWS:
        typer.echo(f"{each.name:<16} {each.limit!s:>4} {each.unit:<12}  {each.meaning}")


@gate.command("evaluate")
def evaluate_on_answers(
    data: Annotated[Path, typer.Option("--data", help="folder with answers.parquet, such as dev/", metavar="DIR")],
    checks: Checks = "standard",
    learned: Learned = None,
    trained: Trained = None,
    out: Annotated[Path | None, typer.Option("--out", help="write an HTML report, too", metavar="FILE")] = None,
    as_json: AsJson = False,
) -> None:
    """Measures doubt and checks on graded answers, beside length alone and prompt alone, with intervals."""
    with ended_by_errors(), extra_needed(data):
        evaluation = _evaluate(data, checks, learned, trained)
        if out is not None:
            _write_report(evaluation, f"The gate on {data}", out)
    if as_json:
        typer.echo(as_lines(evaluation.as_dict()))
        return
    from router.learn.gate_text import gate_text

    open_wide_screen().print(gate_text(evaluation))
    if out is not None:
        typer.echo(f"report: {out}")


@gate.command("unseen")
def measure_on_unseen(
    data: Annotated[Path, typer.Option("--data", help="folder with train/ and dev/", metavar="DIR")],
    as_json: AsJson = False,
) -> None:
    """Measures doubt on answers whose item and model, or whose source, it was not taught by."""
    with ended_by_errors(), extra_needed(data):
        from router.learn.doubt_unseen import measure_unseen_answers

        found = measure_unseen_answers(data, lambda told: typer.echo(told, err=True))
    if as_json:
        typer.echo(as_lines([each.as_dict() for each in found]))
        return
    from router.learn.gate_text import unseen_answers_text

    open_wide_screen().print(unseen_answers_text(found))


@gate.command("train")
def train_on_answers(
    data: Annotated[Path, typer.Option("--data", help="folder with train/ and dev/", metavar="DIR")],
    out: Annotated[Path, typer.Option("--out", help="folder to write into", metavar="DIR")],
) -> None:
    """Learns doubt from `train/` and measures it on `dev/`. The same data gives the same file on one machine."""
    with ended_by_errors(), extra_needed(data):
        from router.learn.doubt_train import train_doubt

        manifest = train_doubt(data, out, lambda done: typer.echo(done, err=True))
    for name, value in manifest.metrics.items():
        typer.echo(f"{name}: {value}")
    typer.echo(f"{out}: sha256 {manifest.weights_sha256}")


def _read_scorers(learned: Path | None) -> "Scorers":
    from router.config.doubt_file import read_doubt
    from router.config.shipped import DOUBT, SHIPPED_POLICIES

    return read_doubt(learned or SHIPPED_POLICIES / DOUBT).scorers


def _check(answers: Path, out: Path, checks: Literal["light", "standard", "strict"], learned: Path | None) -> "Checked":
    from router.core.checks.table import check_set
    from router.review.answer_checks import write_checks
    from router.review.answers_file import count_answers, read_answers

    scorers, total = _read_scorers(learned), count_answers(answers)
    rows = watched(read_answers(answers), total, "judging")
    try:
        with out.open("wb") as file:
            return write_checks(scorers, check_set(checks), rows, file)
    except OSError as error:
        raise unwritable(out, error) from None


def _evaluate(
    data: Path, checks: Literal["light", "standard", "strict"], learned: Path | None, trained: Path | None
) -> "GateEvaluation":
    from router.core.checks.table import check_set
    from router.learn.answer_rows import read_recorded
    from router.learn.gate_evaluate import evaluate_gate, think

    scorers, rows = _read_scorers(learned), read_recorded(data)
    thoughts = think(scorers, watched(rows, len(rows), "judging"))
    return evaluate_gate(
        scorers, read_heads(trained), check_set(checks), thoughts, lambda told: typer.echo(told, err=True)
    )


def _write_report(evaluation: "GateEvaluation", heading: str, out: Path) -> None:
    from router.learn.gate_report import render_gate_report

    page = render_gate_report(evaluation, heading)
    try:
        out.write_text(page, "utf-8")
    except OSError as error:
        raise unwritable(out, error) from None
