"""`tandem config`: the settings file, checked, begun, shown with where each value comes from, and documented."""

import asyncio
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from router.cli.output import AsJson, fail
from router.cli.screen import open_screen
from router.core.errors import TandemError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

    from router.config.effective import InForce

config = typer.Typer(no_args_is_help=True, help="The settings file.")

ConfigPath = Annotated[Path, typer.Option("--config", help="the settings file", metavar="FILE")]

REFERENCE: Final = Path(__file__).parents[1] / "config" / "REFERENCE.md"


@config.command("check")
def check(path: ConfigPath = Path("tandem.yaml"), as_json: AsJson = False) -> None:
    """Checks the settings file, its policies and its keys without serving."""
    from router.bootstrap import open_router
    from router.config.settings import read_settings

    async def open_and_close() -> dict[str, Any]:
        settings = read_settings(path)
        async with open_router(settings.only_looked_at()) as router:
            return {"tiers": list(settings.tiers), "policies": dict(router.policies)}

    try:
        found = asyncio.run(open_and_close())
    except TandemError as error:
        fail(error)
    if as_json:
        typer.echo(json.dumps(found))
        return
    typer.echo(f"{path}: tiers {', '.join(found['tiers'])}; policies {', '.join(found['policies'].values())}")


@config.command("init")
def init(
    path: Annotated[Path, typer.Argument(help="where to write it", metavar="FILE")] = Path("tandem.yaml"),
) -> None:
    """Writes a commented settings file for one machine. Never over one that is there."""
    from router.config.starter import STARTER

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(STARTER)
    except FileExistsError:
        typer.echo(f"error: {path} is there already and is left as it is; name another file", err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        typer.echo(f"error: {path} cannot be written: {error.strerror}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"wrote {path}: put your engines' addresses in, then `tandem config check` and `tandem serve`")


@config.command("show")
def show(
    path: ConfigPath = Path("tandem.yaml"),
    changed: Annotated[bool, typer.Option("--changed", help="only what is not as it is by default")] = False,
    as_json: AsJson = False,
) -> None:
    """Prints every setting that is in force and where it comes from: environment, file or default. No secrets."""
    try:
        found = [each for each in _in_force(path) if not changed or each.origin != "default"]
    except TandemError as error:
        fail(error)
    if as_json:
        typer.echo(json.dumps([each.as_dict() for each in found], ensure_ascii=False))
        return
    _print_settings(found)


@config.command("reference")
def reference(
    only_check: Annotated[
        bool, typer.Option("--check", help=f"print nothing; 1 when {REFERENCE.name} is stale")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help=f"write {REFERENCE.name}")] = False,
) -> None:
    """Prints every setting there is, with its meaning, its values, its default and an example, as Markdown."""
    from router.config.reference import reference_text

    text = reference_text(documented())
    if write:
        REFERENCE.write_text(text, "utf-8")
    elif only_check:
        if not REFERENCE.exists() or REFERENCE.read_text("utf-8") != text:
            typer.echo(f"{REFERENCE}: is stale; run `tandem config reference --write`", err=True)
            raise typer.Exit(1)
    else:
        typer.echo(text, nl=False)


def documented() -> "Mapping[str, type[BaseModel]]":
    """The files that have settings, and what may stand in each."""
    from router.config.settings import Settings
    from tandem_serving.hosted.settings import HostedSettings

    return {"tandem.yaml": Settings, "hosted.yaml": HostedSettings}


def _in_force(path: Path) -> "Sequence[InForce]":
    from router.config.effective import in_force
    from router.config.settings import read_settings
    from router.config.yaml_file import read_yaml

    settings = read_settings(path)
    return list(in_force(settings, read_yaml(path).data, os.environ))


def _print_settings(found: "Sequence[InForce]") -> None:
    from rich.table import Table

    from router.config.reference import written

    table = Table("setting", "value", "from", box=None, pad_edge=False, header_style="bold")
    for each in found:
        style = "dim" if each.origin == "default" else ""
        table.add_row(each.name, written(each.value), each.variable or each.origin, style=style)
    open_screen().print(table)
