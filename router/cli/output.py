"""What every command says the same way: `--json`, and an error with its exit code."""

from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from router.core.errors import FilesRefused, TandemError

AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]


def fail(error: TandemError) -> NoReturn:
    """Says everything that is wrong, a line each, and ends the command with 1."""
    refuse(error.errors if isinstance(error, FilesRefused) else (error,))


def refuse(errors: Sequence[TandemError], code: int = 1) -> NoReturn:
    """Says everything that is wrong, a line each, and ends the command with this code."""
    for error in errors:
        typer.echo(f"error: {error.message}", err=True)
    raise typer.Exit(code)
