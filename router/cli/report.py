"""`tandem report`: what a decision log tells."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.output import AsJson
from router.cli.screen import as_lines, ended_by_errors, open_screen, watched
from router.core.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from router.review.calibration import LatencyReport
    from router.review.gate_report import GateReport
    from router.review.intake import LeftOut
    from router.review.value import Terms, ValueReport

Log = Annotated[Path, typer.Argument(help="the decision log", metavar="LOG")]
Out = Annotated[Path | None, typer.Option("--out", help="file for a page with a picture", metavar="FILE")]

report = typer.Typer(no_args_is_help=True, help="What a decision log tells.")


@report.callback()
def of_a_log() -> None:
    """What a decision log tells."""


@report.command("latency")
def report_latency(log: Log, out: Out = None, as_json: AsJson = False) -> None:
    """Says how well predictions of how long answers take have held, by tier and size."""
    from router.review.calibration_text import calibration_text

    with ended_by_errors():
        found = _calibrate(log)
        if out is not None:
            from router.review.calibration_page import render_calibration

            _write_page(render_calibration(found), out)
    if as_json:
        typer.echo(as_lines(found.as_dict()))
        return
    open_screen().print(calibration_text(found))


@report.command("gate")
def report_gate(log: Log, out: Out = None, as_json: AsJson = False) -> None:
    """Says what became of the answers that were judged, what rejected them, and what that cost."""
    from router.review.gate_text import gate_text

    with ended_by_errors():
        found = _sum_up(log)
        if out is not None:
            from router.review.gate_page import render_gate

            _write_page(render_gate(found), out)
    if as_json:
        typer.echo(as_lines(found.as_dict()))
        return
    open_screen().print(gate_text(found))


@report.command("value")
def report_value(
    log: Log,
    seats: Annotated[
        float, typer.Option(help="answers that one GPU of the strong tier writes at once: its knee", min=0.1)
    ] = 32.0,
    fast_gpus: Annotated[float, typer.Option(help="GPUs that the fast tier holds", min=0.01)] = 1.0,
    price: Annotated[
        float, typer.Option(help="price of a GPU of the fast tier, in those of the strong tier", min=0.0001)
    ] = 1.0,
    strong_priors: Annotated[
        Path | None,
        typer.Option(help="NAME.priors.yaml of the strong tier, for a log with too few answers of it", metavar="FILE"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Says whether the fast tier is worth its GPU on this traffic, against the strong tier alone, with an interval."""
    from router.review.value import Terms
    from router.review.value_text import value_text

    with ended_by_errors():
        found = _value(log, Terms(seats, fast_gpus, price), strong_priors)
    if as_json:
        typer.echo(as_lines(found.as_dict()))
        return
    open_screen().print(value_text(found))


def _calibrate(log: Path) -> "LatencyReport":
    from router.log.reader import count_lines
    from router.review.calibration import calibrate, read_latencies

    found = calibrate(watched(read_latencies(log), count_lines(log), "reading"), str(log))
    if not found.rows:
        raise _nothing(log, "was predicted", found.left_out)
    return found


def _sum_up(log: Path) -> "GateReport":
    from router.log.reader import count_lines
    from router.review.gate_report import sum_up
    from router.review.judgements import read_judged

    found = sum_up(watched(read_judged(log), count_lines(log), "reading"), str(log))
    if not found.rows:
        raise _nothing(log, "was judged", found.left_out)
    return found


def _value(log: Path, terms: "Terms", strong_priors: Path | None) -> "ValueReport":
    from router.config.pace_file import read_pace
    from router.log.reader import count_lines
    from router.review.value import FEWEST, Line, TooFew, read_values, value_of

    given = None if strong_priors is None else Line(0.0, read_pace(strong_priors, "vllm")["step_ms"] / 1000.0, 0)
    lines = watched(read_values(log), count_lines(log), "reading")
    found = value_of(lines, str(log), terms, given)
    if isinstance(found, TooFew):
        said = (
            f"holds {found.fast} answers that were begun on the fast tier and {found.strong} of the strong tier alone: "
            f"a comparison takes one and {FEWEST}, or --strong-priors"
        )
        raise FileError(str(log), 1, 1, said)
    return found


def _nothing(log: Path, wanted: str, left_out: "Iterable[LeftOut]") -> FileError:
    left = "; ".join(f"{each.which} ({each.count:,})" for each in left_out)
    return FileError(str(log), 1, 1, f"holds no answer that {wanted}: {left or 'it is empty'}")


def _write_page(page: str, out: Path) -> None:
    try:
        out.write_text(page, "utf-8")
    except OSError as error:
        raise FileError(str(out), 1, 1, f"cannot be written: {error.strerror}") from None
