"""How far the demo is, on standard error: whole lines, and on a terminal a bar that is gone when all is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn


def open_notes() -> Console:
    """Standard error."""
    return Console(stderr=True, markup=False, highlight=False, emoji=False)


@contextmanager
def bar(notes: Console, total: int) -> Iterator[Callable[[str], None]]:
    """A bar of `total` requests; what it yields is called at each of them, with what it is."""
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=notes, transient=True, disable=not notes.is_terminal) as progress:
        task = progress.add_task("", total=total)

        def step(what: str) -> None:
            progress.update(task, advance=1, description=what)

        yield step
