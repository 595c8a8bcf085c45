"""What every command says the same way: `--json`, and an error with its exit code."""

from typing import Annotated, NoReturn

import typer

from router.core.errors import TandemError

AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]


def fail(error: TandemError) -> NoReturn:
    """Says what is wrong and ends the command with 1."""
    typer.echo(f"error: {error.message}", err=True)
    raise typer.Exit(1)
