"""`tandem engine measure`: how fast an engine is, and from where on another is the faster one."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from router.cli.engine_options import Key, Model, Url, watching, write_text
from router.cli.output import AsJson
from router.cli.screen import as_lines, ended_by_errors, open_screen


def measure(
    url: Url,
    model: Model = None,
    key: Key = None,
    against: Annotated[
        str | None, typer.Option(help="an engine of the other kind, to find which is quicker when", metavar="URL")
    ] = None,
    against_key: Annotated[str | None, typer.Option(help="the key that one asks for")] = None,
    most: Annotated[int, typer.Option(help="requests at once, at most", min=1, max=256)] = 16,
    rounds: Annotated[int, typer.Option(help="how often each load is sent", min=1)] = 3,
    answers: Annotated[
        int, typer.Option(help="answers that nobody caps, for the passes of each prompt; 0: none", min=0)
    ] = 3,
    out: Annotated[Path | None, typer.Option("--out", help="file for a page with pictures", metavar="FILE")] = None,
    profile_out: Annotated[
        Path | None, typer.Option(help="file for the figures, NAME.priors.yaml, as router and simulator load them")
    ] = None,
    like: Annotated[
        str | None, typer.Option(help="profile whose figures stand where none was measured; default: the nearest")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measures pace by how many ask at once and by prompt size, the knee, and where another engine overtakes. Nobody
    else should use the engines meanwhile."""
    from tandem_serving.measure.course import Plan, Wanted, study
    from tandem_serving.measure.page import render_study
    from tandem_serving.measure.priors_file import check_name, nearest, write_priors
    from tandem_serving.measure.text import study_text

    other = None if against is None else Wanted(against, None, against_key)
    with ended_by_errors():
        if profile_out is not None:
            check_name(profile_out)
        with watching() as watch:
            found = asyncio.run(study(Wanted(url, model, key), other, Plan(most, rounds, answers), watch))
        if out is not None:
            write_text(render_study(found), out)
        if profile_out is not None:
            write_priors(found.measured, profile_out, like or nearest(found.measured))
    if as_json:
        typer.echo(as_lines(found))
        return
    open_screen().print(study_text(found))
