"""`tandem policy diff` and `tandem policy coverage`: what a change of policy does, and which rules nothing hits."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.output import AsJson
from router.cli.policy_options import (
    POLICIES,
    ClassifierFolder,
    PoliciesFolder,
    RequestsFile,
    SkipBad,
    Source,
    folder_of,
    open_rows,
    open_source,
)
from router.cli.screen import as_lines, ended_by_errors, open_screen, watched
from router.core.errors import FileError

if TYPE_CHECKING:
    from router.review.comparison import Comparison
    from router.review.coverage import Coverage
    from router.review.requests_file import Row

PAGE = Path("policy-diff.html")

TROUBLE = 2
"""The exit code when policies could not be compared: with --exit-code, 1 says that they differ."""

Side = typer.Argument(help="a name in the folder of policies, or a policy file", metavar="POLICY")


def diff_policies(
    before: Annotated[str | None, Side] = None,
    after: Annotated[str | None, Side] = None,
    requests: RequestsFile = None,
    shadow: Annotated[
        Path | None, typer.Option("--shadow", help="summarise the shadow decisions of a decision log", metavar="LOG")
    ] = None,
    policies: PoliciesFolder = None,
    classifier: ClassifierFolder = None,
    out: Annotated[Path, typer.Option("--out", help="the HTML page to write", metavar="FILE")] = PAGE,
    skip_bad: SkipBad = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="1 when anything changes")] = False,
    as_json: AsJson = False,
) -> None:
    """Compares two policies over the same requests, on the screen and as a page. Ends with 2 when it cannot."""
    from router.review.circumstances import Circumstances

    with ended_by_errors(TROUBLE):
        if shadow is not None:
            if before is not None or requests is not None:
                raise typer.BadParameter("goes with no policies and no --requests", param_hint="--shadow")
            comparison, heading = _compare_shadows(shadow, skip_bad=skip_bad), "Shadow decisions"
        elif before is None or after is None or requests is None:
            raise typer.BadParameter("expected two policies and --requests, or --shadow")
        else:
            source = open_source(folder_of(policies), classifier)
            rows = open_rows(requests, Circumstances(source.usual).question, skip_bad=skip_bad)
            comparison, heading = _compare(before, after, source, rows, requests), "Policy diff"
        _check_compared(comparison)
        _write_page(comparison, heading, out)
    if as_json:
        typer.echo(as_lines({**comparison.as_dict(), "page": str(out)}))
    else:
        _show(comparison, out)
    raise typer.Exit(1 if exit_code and comparison.changes else 0)


def cover_policies(
    folder: Annotated[Path, typer.Argument(help="the folder of policies", metavar="FOLDER")] = POLICIES,
    requests: RequestsFile = None,
    classifier: ClassifierFolder = None,
    skip_bad: SkipBad = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="how often each rule is hit")] = False,
    as_json: AsJson = False,
) -> None:
    """Names the rules that no case and no request ever hits; 1 when there are any."""
    with ended_by_errors():
        coverage = _measure(open_source(folder, classifier), requests, skip_bad=skip_bad)
    if as_json:
        typer.echo(as_lines(coverage.as_dict()))
    else:
        _show_coverage(coverage, verbose=verbose)
    raise typer.Exit(1 if coverage.never_hit else 0)


def _compare(
    before: str, after: str, source: Source, rows: "Iterable[Row | FileError]", requests: Path
) -> "Comparison":
    from router.review.diff import compare
    from router.review.sources import find_policy

    one, other = [find_policy(named, source.folder, source.usual).policy for named in (before, after)]
    return compare(one, other, rows, str(requests))


def _compare_shadows(log: Path, *, skip_bad: bool) -> "Comparison":
    from router.log.reader import count_lines
    from router.review.intake import strictly
    from router.review.shadow import read_shadows, summarise

    lines = watched(read_shadows(log), count_lines(log), "reading")
    return summarise(lines if skip_bad else strictly(lines), str(log))


def _check_compared(comparison: "Comparison") -> None:
    """Raises FileError when nothing was."""
    if not any(report.asked for report in comparison.reports):
        left = "; ".join(f"{each.which} ({each.count:,})" for each in comparison.left_out)
        raise FileError(comparison.source, 1, 1, f"holds nothing to compare: {left or 'it is empty'}")


def _write_page(comparison: "Comparison", heading: str, out: Path) -> None:
    from router.review.page import render_page

    try:
        out.write_text(render_page(comparison, heading), "utf-8")
    except OSError as error:
        raise FileError(str(out), 1, 1, f"cannot be written: {error.strerror}") from None


def _show(comparison: "Comparison", out: Path) -> None:
    from router.review.text import comparison_text

    open_screen().print(comparison_text(comparison))
    typer.echo(f"page: {out}")


def _measure(source: Source, requests: Path | None, *, skip_bad: bool) -> "Coverage":
    from router.config.policies.policy_reader import read_policies
    from router.review.circumstances import Circumstances
    from router.review.coverage import measure_coverage

    policies = list(read_policies(source.folder, source.usual).policies.values())
    rows = () if requests is None else open_rows(requests, Circumstances(source.usual).question, skip_bad=skip_bad)
    return measure_coverage(policies, rows, source.usual)


def _show_coverage(coverage: "Coverage", *, verbose: bool) -> None:
    from router.review.text import coverage_text, left_out_text

    open_screen().print(coverage_text(coverage) if verbose else left_out_text(coverage.left_out))
    for each in coverage.never_hit:
        typer.echo(each.place.message)
    hit = len(coverage.rules) - len(coverage.never_hit)
    typer.echo(f"{hit} of {len(coverage.rules)} rules are hit")
