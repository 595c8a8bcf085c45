"""Where commands write for people, and how they end when files are wrong."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from router.cli.output import refuse
from router.core.errors import FileError, FilesRefused, TandemError

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 100
"""Characters across a page that does not go to a terminal."""

Each = TypeVar("Each")


def open_screen() -> "Console":
    """Standard output: as wide as the terminal, or `WIDTH` and without colours when it goes elsewhere."""
    from rich.console import Console

    console = Console(markup=False, highlight=False, emoji=False)
    return console if console.is_terminal else Console(width=WIDTH, markup=False, highlight=False, emoji=False)


def watched(rows: Iterable[Each], total: int, doing: str) -> Iterable[Each]:
    """The same rows, with a bar on standard error, when that is a terminal, of how many have gone by."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(rows, doing, total, console=console, transient=True, disable=not console.is_terminal)


def as_lines(value: Any) -> str:
    """JSON that people can read, too."""
    from msgspec import json

    return json.format(json.encode(value), indent=2).decode()


@contextmanager
def ended_by_errors(code: int = 1) -> Iterator[None]:
    """Ends the command with this code, and a line for everything that is wrong, when the block raises TandemError."""
    try:
        yield
    except FilesRefused as refused:
        refuse(refused.errors, code)
    except TandemError as error:
        refuse((error,), code)


def warn(warnings: Iterable[FileError]) -> None:
    """Says what is not wrong and yet worth knowing."""
    for warning in warnings:
        typer.echo(f"warning: {warning.message}", err=True)
