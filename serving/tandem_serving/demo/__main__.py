"""`python -m tandem_serving.demo`: what `tandem demo` runs."""

# ruff: noqa: FBT002 - the options of a command are its arguments

from pathlib import Path
from typing import Annotated

import typer

from tandem_serving.demo.options import DEFAULT_PROFILE, Options
from tandem_serving.demo.run import run_demo


def main(
    once: Annotated[bool, typer.Option("--once", help="end after the table; 1 when anything was unexpected")] = False,
    prompts: Annotated[
        Path | None, typer.Option(help="your own prompts: .txt, .jsonl or .parquet", metavar="FILE")
    ] = None,
    profile: Annotated[str, typer.Option(help="the hardware that the engines play")] = DEFAULT_PROFILE,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Shows where the router sends what, with two simulated engines; then stays up to be tried."""
    raise typer.Exit(run_demo(Options(profile=profile, prompts=prompts, once=once, as_json=as_json)))


if __name__ == "__main__":
    typer.run(main)
