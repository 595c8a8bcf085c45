"""`tandem policy`: policies as code."""

import json
from pathlib import Path
from typing import Annotated

import typer

from router.cli.output import AsJson, fail
from router.core.errors import TandemError

policy = typer.Typer(no_args_is_help=True, help="Policies.")


@policy.command("check")
def check_policy(files: Annotated[list[Path], typer.Argument(help="policy files")]) -> None:
    """Checks policy files as loading them would."""
    from router.config.policy_file import read_policy

    for file in files:
        try:
            typer.echo(f"{file}: {read_policy(file).version}")
        except TandemError as error:
            fail(error)


@policy.command("names")
def names(as_json: AsJson = False) -> None:
    """Prints every name a condition may use, with its type and meaning."""
    from router.core.facts import FACTS

    if as_json:
        rows = [{"name": each.name, "type": each.type, "meaning": each.meaning} for each in FACTS.values()]
        typer.echo(json.dumps(rows))
        return
    for fact in FACTS.values():
        typer.echo(f"{fact.name:<28} {fact.type:<14} {fact.meaning}")
