"""What the commands that look at an engine have in common."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from router.core.errors import FileError

Url = Annotated[str, typer.Argument(help="the engine's address, such as http://127.0.0.1:8102", metavar="URL")]
Model = Annotated[str | None, typer.Option("--model", help="which of its models; default: the only one")]
Key = Annotated[str | None, typer.Option("--key", help="the key it asks for", envvar="TANDEM_ENGINE_KEY")]

Watch = Callable[[str, int], None]


@contextmanager
def watching() -> Iterator[Watch]:
    """A bar on standard error, where that is a terminal. What it yields is called before each step: with what it is,
    and how many there are in all."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("asking who it is", total=None, completed=-1)

        def step(what: str, total: int) -> None:
            progress.update(task, advance=1, total=total, description=what)

        yield step


def write_text(text: str, out: Path) -> None:
    """Writes a file. Raises FileError."""
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise FileError(str(out), 1, 1, f"cannot be written: {error.strerror}") from None
