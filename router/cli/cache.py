"""`tandem cache`: answers that are given again. What the cache takes for the same question is here; `cache_live` asks a
running router."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.cache_live import add_commands
from router.cli.classifier import BAD_ROWS
from router.cli.output import AsJson
from router.cli.screen import ended_by_errors

if TYPE_CHECKING:
    from router.core.caching.sameness import Sameness

cache = typer.Typer(no_args_is_help=True, help="Answers that are given again.")


@cache.callback()
def say_what_it_is() -> None:
    """Answers that are given again."""


add_commands(cache)


@cache.command("judge")
def judge_pairs(
    pairs: Annotated[Path, typer.Argument(help=".jsonl with `a` and `b` in each row", metavar="PAIRS")],
    as_json: AsJson = False,
) -> None:
    """Says of every pair of questions, a line each in order, whether the answer to one may be given to the other, under
    the shipped settings. Ends with 1 when a row was no pair: its line says why."""
    from router.core.errors import FileError
    from router.review.pairs_file import judge_file

    bad = 0
    with ended_by_errors():
        for found in judge_file(pairs):
            if isinstance(found, FileError):
                bad += 1
                typer.echo(f"error: {found.message}", err=True)
                typer.echo(
                    json.dumps({"hit": False, "similarity": 0.0, "reason": found.message}) if as_json else "error"
                )
                continue
            typer.echo(_as_line(found) if as_json else _as_text(found))
    raise typer.Exit(BAD_ROWS if bad else 0)


def _as_line(found: "Sameness") -> str:
    told = {"hit": found.hit, "similarity": round(found.similarity, 4), "reason": found.reason}
    return json.dumps(told, ensure_ascii=False)


def _as_text(found: "Sameness") -> str:
    return f"{'hit ' if found.hit else 'miss'}  {found.similarity:.2f}  {found.reason}"
