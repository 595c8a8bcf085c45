"""`tandem report`: what a decision log tells."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.output import AsJson
from router.cli.screen import as_lines, ended_by_errors, open_screen, watched
from router.core.errors import FileError

if TYPE_CHECKING:
    from router.review.calibration import LatencyReport

report = typer.Typer(no_args_is_help=True, help="What a decision log tells.")


@report.callback()
def of_a_log() -> None:
    """What a decision log tells."""


@report.command("latency")
def report_latency(
    log: Annotated[Path, typer.Argument(help="the decision log", metavar="LOG")],
    out: Annotated[Path | None, typer.Option("--out", help="file for a page with a picture", metavar="FILE")] = None,
    as_json: AsJson = False,
) -> None:
    """Says how well predictions of how long answers take have held, by tier and size."""
    with ended_by_errors():
        found = _calibrate(log)
        if out is not None:
            _write_page(found, out)
    if as_json:
        typer.echo(as_lines(found.as_dict()))
        return
    _show(found)


def _calibrate(log: Path) -> "LatencyReport":
    from router.review.calibration import calibrate, read_latencies
    from router.review.requests_file import count_lines

    found = calibrate(watched(read_latencies(log), count_lines(log), "reading"), str(log))
    if not found.rows:
        left = "; ".join(f"{each.which} ({each.count:,})" for each in found.left_out)
        raise FileError(str(log), 1, 1, f"holds no answer that was predicted: {left or 'it is empty'}")
    return found


def _write_page(found: "LatencyReport", out: Path) -> None:
    from router.review.calibration_page import render_calibration

    try:
        out.write_text(render_calibration(found), "utf-8")
    except OSError as error:
        raise FileError(str(out), 1, 1, f"cannot be written: {error.strerror}") from None


def _show(found: "LatencyReport") -> None:
    from router.review.calibration_text import calibration_text

    open_screen().print(calibration_text(found))
