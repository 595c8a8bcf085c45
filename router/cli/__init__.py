"""The `tandem` command. Imports what a subcommand needs only when it runs, so that `--help` is quick."""

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from router import __version__
from router.cli.backends import backends
from router.cli.cache import cache
from router.cli.classifier import classifier
from router.cli.config import ConfigPath, check, config
from router.cli.engine_launch import launch
from router.cli.engine_measure import measure
from router.cli.engine_probe import probe
from router.cli.engine_tune import tune
from router.cli.gate import gate
from router.cli.hosted import hosted
from router.cli.keys import keys
from router.cli.log import log
from router.cli.output import AsJson, fail
from router.cli.policy import policy
from router.cli.report import report
from router.core.errors import TandemError

app = typer.Typer(no_args_is_help=True, add_completion=False, help="One OpenAI address in front of two tiers.")
app.add_typer(keys, name="keys")
app.add_typer(policy, name="policy")
app.add_typer(classifier, name="classifier")
app.add_typer(report, name="report")
app.add_typer(gate, name="gate")
app.add_typer(cache, name="cache")
app.add_typer(backends, name="backends")
app.add_typer(log, name="log")
app.add_typer(config, name="config")
app.command("check")(check)
app.command("hosted")(hosted)
engine = typer.Typer(no_args_is_help=True, help="Engines.")
app.add_typer(engine, name="engine")
engine.command("launch", context_settings={"allow_extra_args": True})(launch)
engine.command("probe")(probe)
engine.command("measure")(measure)
engine.command("tune")(tune)


@app.command()
def serve(config: ConfigPath = Path("tandem.yaml")) -> None:
    """Serves until stopped."""
    gc.disable()  # nothing that start-up builds is garbage, and looking for some takes a twentieth of it
    import uvloop

    from router.config.settings import read_settings
    from router.server import serve as run

    def announce(public_url: str, admin_url: str) -> None:
        typer.echo(f"tandem {__version__} is ready: {public_url}/v1 (admin: {admin_url}/docs)")
        sys.stdout.flush()

    try:
        uvloop.run(run(read_settings(config), announce))
    except TandemError as error:
        fail(error)


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


FORWARDED = {"allow_extra_args": True, "ignore_unknown_options": True}


@engine.command("simulate", add_help_option=False, context_settings=FORWARDED)
def simulate(context: typer.Context) -> None:
    """Plays one tier on the wire of vLLM, without a model."""
    from tandem_serving.simulator.__main__ import main

    command = typer.Typer(add_completion=False)
    command.command()(main)
    command(context.args, prog_name="tandem engine simulate")
