"""`tandem engine probe`: what an engine can do, by trying it."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from router.cli.engine_options import Key, Model, Url, watching, write_text
from router.cli.output import AsJson
from router.cli.screen import as_lines, ended_by_errors, open_screen


def probe(
    url: Url,
    model: Model = None,
    key: Key = None,
    dialect: Annotated[str | None, typer.Option(help="its kind, where it does not show by itself")] = None,
    dangerous: Annotated[
        bool, typer.Option("--dangerous", help="last of all, also try what may end the engine")
    ] = False,
    return_within_s: Annotated[
        float,
        typer.Option("--return-within", help="seconds to wait for an engine that ended to be started again", min=0),
    ] = 120.0,
    out: Annotated[
        Path | None, typer.Option("--out", help="file for what was found, a backend's `capabilities`", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Finds out what an engine can do: each parameter in a request of its own, of a few tokens."""
    from tandem_serving.probe.capability_file import written
    from tandem_serving.probe.run import Wanted
    from tandem_serving.probe.run import probe as run
    from tandem_serving.probe.text import probe_text
    from tandem_serving.probe.trying import Conduct

    wanted = Wanted(url, model, key, dialect, Conduct(dangerous, return_within_s))
    with ended_by_errors():
        with watching() as watch:
            found = asyncio.run(run(wanted, watch))
        if out is not None:
            write_text(written(found), out)
    if as_json:
        typer.echo(as_lines(found))
        return
    open_screen().print(probe_text(found))
    if out is not None:
        typer.echo(f"\nwritten to {out}: name it as `capabilities` of the backend")
