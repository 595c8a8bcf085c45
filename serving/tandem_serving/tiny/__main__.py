"""`python -m tandem_serving.tiny`: both tiers on this machine, until Ctrl-C."""

import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from tandem_serving.tiny.engines import Engine, EngineError, ensure_checkpoints, tiny_engines
from tandem_serving.tiny.specs import FAST, STRONG, Launch, router_configuration

MODELS = Path(".live/models")
PYTHON = Path(".venv-live/bin/python")
CHECK_INTERVAL_S = 1.0


def main(
    models: Annotated[Path, typer.Option(help="Folder of the checkpoints; written when missing.")] = MODELS,
    python: Annotated[Path, typer.Option(help="The Python that has vLLM.", exists=True)] = PYTHON,
    fast_port: Annotated[int, typer.Option(help="Port of the fast engine.")] = 8102,
    strong_port: Annotated[int, typer.Option(help="Port of the strong engine.")] = 8101,
) -> None:
    """Runs two real vLLM engines on tiny checkpoints and prints a router configuration for them."""
    logs = models.parent / "logs"
    fast = Launch(FAST, python, models, logs / "fast.log", fast_port)
    strong = Launch(STRONG, python, models, logs / "strong.log", strong_port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that `kill` also stops the engines
    try:
        with suppress(KeyboardInterrupt):
            ensure_checkpoints(python, models)
            _run(fast, strong)
    except EngineError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _run(fast: Launch, strong: Launch) -> None:
    typer.echo(f"Starting two engines, logs in {fast.log.parent}. This takes about a minute.")
    with tiny_engines(fast, strong) as engines:
        typer.echo(f"fast    {fast.address}\nstrong  {strong.address}\n")
        typer.echo(router_configuration(fast, strong))
        typer.echo("Ctrl-C stops both.")
        _watch(engines)


def _watch(engines: Sequence[Engine]) -> None:
    while True:
        time.sleep(CHECK_INTERVAL_S)
        for engine in engines:
            engine.raise_if_ended()


if __name__ == "__main__":
    typer.run(main)
