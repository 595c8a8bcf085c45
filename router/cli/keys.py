"""`tandem keys`: virtual keys."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from router.cli.output import AsJson, fail
from router.core.errors import TandemError

if TYPE_CHECKING:
    from router.core.grants import Grants

keys = typer.Typer(no_args_is_help=True, help="Virtual keys.")

KeysPath = Annotated[Path, typer.Option("--keys", help="the keys file", metavar="FILE")]


@keys.command("create")
def create(
    tenant: Annotated[str, typer.Option(help="who pays for what this key asks")],
    keys_file: KeysPath = Path("keys.json"),
    models: Annotated[list[str] | None, typer.Option(help="model names the key may use; repeatable")] = None,
    policies: Annotated[
        list[str] | None, typer.Option(help="policies the key may ask for; repeatable; default: that of --policy")
    ] = None,
    policy: Annotated[
        str | None, typer.Option(help="the policy that decides when none is asked for", metavar="NAME")
    ] = None,
    max_tier: Annotated[
        Literal["fast", "strong", "hosted"], typer.Option(help="highest tier; hosted: its data may leave the house")
    ] = "strong",
    min_stakes: Annotated[Literal["low", "medium", "high"], typer.Option(help="stakes floor")] = "low",
    hints: Annotated[Literal["full", "raise_only", "none"], typer.Option(help="hints allowed")] = "raise_only",
    pins: Annotated[bool, typer.Option("--pins", help="may ask for a tier by name")] = False,
    engine_parameters: Annotated[
        bool, typer.Option("--engine-parameters", help="may send parameters that steer the engine")
    ] = False,
    latency_budget_ms: Annotated[
        int | None, typer.Option(min=1, help="deadline of requests that hint no budget; default: the policy's")
    ] = None,
    max_priority: Annotated[
        Literal["priority", "default", "flex"], typer.Option(help="most urgent service_tier that counts")
    ] = "default",
    weight: Annotated[
        float, typer.Option(min=0.001, max=1000.0, help="what is due to the tenant beside others where requests wait")
    ] = 1.0,
) -> None:
    """Adds a key to the file and prints it. It is shown this once: the file holds only a salted hash."""
    from router.core.grants import Grants

    grants = Grants(
        models=tuple(models or ("*",)),
        policies=tuple(policies or (policy or "*",)),
        policy=policy,
        max_tier=max_tier,
        min_stakes=min_stakes,
        hints=hints,
        pins=pins,
        engine_parameters=engine_parameters,
        latency_budget_ms=latency_budget_ms,
        max_priority=max_priority,
        weight=weight,
    )
    _add(keys_file, tenant, grants)


def _add(keys_file: Path, tenant: str, grants: "Grants") -> None:
    from router.config.keys_file import create_key

    try:
        secret = create_key(keys_file, tenant, grants)
    except TandemError as error:
        fail(error)
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
        fail(error)
    shown = [{"id": each.id, "tenant": each.tenant, **to_builtins(each.grants)} for each in entries]
    if as_json:
        typer.echo(json.dumps(shown))
        return
    for each in shown:
        typer.echo("  ".join(f"{name}={value}" for name, value in each.items()))
