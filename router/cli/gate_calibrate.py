"""`tandem gate calibrate`: limits for the criteria of reading, from evidence."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.output import AsJson
from router.cli.screen import as_lines, ended_by_errors, open_screen, watched
from router.core.errors import FileError

if TYPE_CHECKING:
    from router.review.limits import LimitReport, Target

NO_LIMITS = 1
"""The exit code where no limits are proved to keep the target."""

Log = Annotated[Path | None, typer.Option("--log", help="a decision log: its audits count", metavar="LOG")]
PairsFile = Annotated[
    Path | None,
    typer.Option(
        "--pairs",
        help=".jsonl with `worse`, and `figures` by criterion or the `reading` of a `text`; `propensity` if drawn",
        metavar="FILE",
    ),
]
TargetRate = Annotated[
    float, typer.Option("--target", help="share of released answers that may be worse", min=0.0001, max=0.9999)
]
Sure = Annotated[float, typer.Option("--sure", help="how sure that has to be", min=0.5, max=0.9999)]
WorseBelow = Annotated[
    float | None,
    typer.Option(
        "--worse-below", help="open answers less similar than this are worse; else they do not count", min=0.0, max=1.0
    ),
]
Html = Annotated[Path | None, typer.Option("--html", help="file for a page with a picture", metavar="FILE")]


def calibrate_limits(
    log: Log = None,
    pairs: PairsFile = None,
    target: TargetRate = 0.02,
    sure: Sure = 0.95,
    worse_below: WorseBelow = None,
    html: Html = None,
    as_json: AsJson = False,
) -> None:
    """Chooses the laxest limits for reading that keep a target. Ends with 1 where none are proved to."""
    from router.review.limits import Target
    from router.review.limits_text import limits_text

    if (log is None) == (pairs is None):
        raise typer.BadParameter("give either --log or --pairs")
    with ended_by_errors():
        wanted = Target(target, sure)
        found = _of_pairs(pairs, wanted) if log is None else _of_log(log, worse_below, wanted)
        if html is not None:
            _write_page(found, html)
    if as_json:
        typer.echo(as_lines(found.as_dict()))
    else:
        open_screen().print(limits_text(found))
    raise typer.Exit(0 if found.chosen is not None else NO_LIMITS)


def _of_log(log: Path, worse_below: float | None, target: "Target") -> "LimitReport":
    from router.core.reading.criteria import STANDARD
    from router.log.reader import count_lines
    from router.review.limits import fit_limits
    from router.review.pairs import read_audited

    lines = watched(read_audited(log, worse_below), count_lines(log), "reading")
    return fit_limits(lines, str(log), target, STANDARD)


def _of_pairs(pairs: Path | None, target: "Target") -> "LimitReport":
    from router.core.reading.criteria import STANDARD
    from router.log.reader import count_lines
    from router.review.limits import fit_limits
    from router.review.pairs import read_pairs

    assert pairs is not None
    return fit_limits(watched(read_pairs(pairs), count_lines(pairs), "reading"), str(pairs), target, STANDARD)


def _write_page(found: "LimitReport", html: Path) -> None:
    from router.review.limits_page import render_limits

    try:
        html.write_text(render_limits(found), "utf-8")
    except OSError as error:
        raise FileError(str(html), 1, 1, f"cannot be written: {error.strerror}") from None
