"""The `tandem` command. Imports what a subcommand needs only when it runs, so that `--help` is quick."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer

from router import __version__
from router.core.errors import TandemError

app = typer.Typer(no_args_is_help=True, add_completion=False, help="One OpenAI address in front of two tiers.")
keys = typer.Typer(no_args_is_help=True, help="Virtual keys.")
policy = typer.Typer(no_args_is_help=True, help="Policies.")
app.add_typer(keys, name="keys")
app.add_typer(policy, name="policy")
engine = typer.Typer(no_args_is_help=True, help="Engines.")
app.add_typer(engine, name="engine")

ConfigPath = Annotated[Path, typer.Option("--config", help="the settings file", metavar="FILE")]
KeysPath = Annotated[Path, typer.Option("--keys", help="the keys file", metavar="FILE")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command()
def serve(config: ConfigPath = Path("tandem.yaml")) -> None:
    """Serves until stopped."""
    import uvloop

    from router.config.settings import read_settings
    from router.server import serve as run

    def announce(public_url: str, admin_url: str) -> None:
        typer.echo(f"tandem {__version__} is ready: {public_url}/v1 (admin: {admin_url}/docs)")
        sys.stdout.flush()

    try:
        uvloop.run(run(read_settings(config), announce))
    except TandemError as error:
        _fail(error)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="end after the table; 1 when anything was unexpected")] = False,
    prompts: Annotated[
        Path | None,
        typer.Option(help="send yours: .txt (one a line), .jsonl or .parquet (column `prompt`)", metavar="FILE"),
    ] = None,
    profile: Annotated[str, typer.Option(help="the hardware that the engines play")] = "h200-fp8",
    as_json: AsJson = False,
) -> None:
    """Shows where requests go, with two simulated engines; then stays up to be tried."""
    from tandem_serving.demo.options import Options
    from tandem_serving.demo.run import run_demo

    raise typer.Exit(run_demo(Options(profile=profile, prompts=prompts, once=once, as_json=as_json)))


@app.command()
def version() -> None:
    """Prints the version."""
    typer.echo(__version__)


@app.command()
def check(config: ConfigPath = Path("tandem.yaml"), as_json: AsJson = False) -> None:
    """Checks the settings file, its policies and its keys without serving."""
    from router.bootstrap import open_router
    from router.config.settings import read_settings

    async def open_and_close() -> dict[str, Any]:
        settings = read_settings(config)
        async with open_router(settings) as router:
            return {"tiers": list(settings.tiers), "policies": dict(router.policies)}

    try:
        found = asyncio.run(open_and_close())
    except TandemError as error:
        _fail(error)
    if as_json:
        typer.echo(json.dumps(found))
        return
    typer.echo(f"{config}: tiers {', '.join(found['tiers'])}; policies {', '.join(found['policies'].values())}")


@keys.command("create")
def create(
    tenant: Annotated[str, typer.Option(help="who pays for what this key asks")],
    keys_file: KeysPath = Path("keys.json"),
    models: Annotated[list[str] | None, typer.Option(help="model names the key may use; repeatable")] = None,
    policies: Annotated[list[str] | None, typer.Option(help="policies the key may ask for; repeatable")] = None,
    max_tier: Annotated[Literal["fast", "strong", "hosted"], typer.Option(help="highest tier")] = "hosted",
    min_stakes: Annotated[Literal["low", "medium", "high"], typer.Option(help="stakes floor")] = "low",
    hints: Annotated[Literal["full", "raise_only", "none"], typer.Option(help="hints allowed")] = "raise_only",
    pins: Annotated[bool, typer.Option("--pins", help="may ask for a tier by name")] = False,
    engine_parameters: Annotated[
        bool, typer.Option("--engine-parameters", help="may send parameters that steer the engine")
    ] = False,
) -> None:
    """Adds a key to the file and prints it. It is shown this once: the file holds only a salted hash."""
    from router.config.keys_file import create_key
    from router.core.grants import Grants

    grants = Grants(
        models=tuple(models or ("*",)),
        policies=tuple(policies or ("*",)),
        max_tier=max_tier,
        min_stakes=min_stakes,
        hints=hints,
        pins=pins,
        engine_parameters=engine_parameters,
    )
    try:
        secret = create_key(keys_file, tenant, grants)
    except TandemError as error:
        _fail(error)
    typer.echo(f"added a key for {tenant} to {keys_file}; it is shown only now:", err=True)
    typer.echo(secret)


@keys.command("list")
def list_keys(keys_file: KeysPath = Path("keys.json"), as_json: AsJson = False) -> None:
    """Lists the keys of a file: ids, tenants and grants."""
    from msgspec import to_builtins

    from router.config.keys_file import read_keys

    try:
        entries = read_keys(keys_file)
    except TandemError as error:
        _fail(error)
    shown = [{"id": each.id, "tenant": each.tenant, **to_builtins(each.grants)} for each in entries]
    if as_json:
        typer.echo(json.dumps(shown))
        return
    for each in shown:
        typer.echo("  ".join(f"{name}={value}" for name, value in each.items()))


@policy.command("check")
def check_policy(files: Annotated[list[Path], typer.Argument(help="policy files")]) -> None:
    """Checks policy files as loading them would."""
    from router.config.policy_file import read_policy

    for file in files:
        try:
            typer.echo(f"{file}: {read_policy(file).version}")
        except TandemError as error:
            _fail(error)


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


FORWARDED = {"allow_extra_args": True, "ignore_unknown_options": True}


@engine.command("simulate", add_help_option=False, context_settings=FORWARDED)
def simulate(context: typer.Context) -> None:
    """Plays one tier on the wire of vLLM, without a model."""
    from tandem_serving.simulator.__main__ import main

    command = typer.Typer(add_completion=False)
    command.command()(main)
    command(context.args, prog_name="tandem engine simulate")


def _fail(error: TandemError) -> NoReturn:
    typer.echo(f"error: {error.message}", err=True)
    raise typer.Exit(1)
