"""`tandem engine tune`: how few passes do, on one's own prompts."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from router.cli.engine_options import Key, Model, Url, watching, write_text
from router.cli.output import AsJson
from router.cli.screen import as_lines, ended_by_errors, open_screen
from router.core.errors import SettingsError


def tune(
    url: Url,
    prompts: Annotated[
        Path, typer.Option(help=".txt, one a line; .jsonl with `prompt` and `reference`", metavar="FILE")
    ],
    model: Model = None,
    key: Key = None,
    grader: Annotated[
        str | None,
        typer.Option(help="a strong engine that reads the answers, where there are no references", metavar="URL"),
    ] = None,
    grader_key: Annotated[str | None, typer.Option(help="the key that one asks for")] = None,
    caps: Annotated[str, typer.Option(help="caps to try, in passes of a canvas")] = "4,8,12,16,24,32,48",
    margin: Annotated[float, typer.Option(help="share of the quality that may be lost", min=0.001, max=0.5)] = 0.05,
    answer_tokens: Annotated[int, typer.Option(help="the most an answer may have", min=1)] = 1024,
    out: Annotated[Path | None, typer.Option("--out", help="file for a page with pictures", metavar="FILE")] = None,
    as_json: AsJson = False,
) -> None:
    """Sets quality and latency against the cap on passes, and says which cap to take, or that there are too few
    prompts to say so."""
    from tandem_serving.measure.course import Wanted
    from tandem_serving.tune.asked import read_asked
    from tandem_serving.tune.run import Plan
    from tandem_serving.tune.run import tune as run
    from tandem_serving.tune.text import curve_text, render_curve

    reader = None if grader is None else Wanted(grader, None, grader_key)
    with ended_by_errors():
        asked, plan = read_asked(prompts), Plan(_caps(caps), margin, answer_tokens)
        with watching() as watch:
            found = asyncio.run(run(Wanted(url, model, key), reader, asked, plan, watch))
        if out is not None:
            write_text(render_curve(found), out)
    if as_json:
        typer.echo(as_lines(found))
        return
    open_screen().print(curve_text(found))


def _caps(said: str) -> tuple[int, ...]:
    parts = [part.strip() for part in said.split(",")]
    if not all(part.isdigit() and int(part) > 0 for part in parts) or len(set(parts)) < 2:
        raise SettingsError(f"--caps {said!r}: expected two or more different numbers of passes, such as 8,16,48")
    return tuple(sorted({int(part) for part in parts}))
