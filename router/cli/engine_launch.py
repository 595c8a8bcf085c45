"""`tandem engine launch`: a real engine from a profile."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from router.cli.output import fail
from router.core.errors import TandemError

KEY_FILE = Path(".tandem/engine.key")


class EngineTier(StrEnum):
    """The tiers that an engine of one's own can serve."""

    FAST = "fast"
    STRONG = "strong"


def launch(
    context: typer.Context,
    tier: Annotated[EngineTier, typer.Argument(help="fast: DiffusionGemma; strong: Gemma 4")],
    profile: Annotated[
        str, typer.Option(help="which one, as rtx5090-nvfp4; a name that is none lists them all", metavar="NAME")
    ],
    print_only: Annotated[
        bool,
        typer.Option("--print", help="print the command, and what was found on stderr; starts nothing, needs no GPU"),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="print command, findings and memory as JSON, start nothing")
    ] = False,
    model: Annotated[
        str | None, typer.Option(help="a folder of weights, in place of what vLLM would fetch", metavar="PATH")
    ] = None,
    host: Annotated[str, typer.Option(help="loopback or a private address of this machine")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="8102 for fast, 8101 for strong", show_default=False)] = 0,
    key_file: Annotated[
        Path, typer.Option(help="holds the key that the engine asks for; made when it is missing", metavar="FILE")
    ] = KEY_FILE,
    no_key: Annotated[bool, typer.Option("--no-key", help="asks for no key; on loopback alone")] = False,
    settings: Annotated[
        Path | None, typer.Option(help="the router's settings, to which the engine is added", metavar="FILE")
    ] = None,
    python: Annotated[
        Path | None, typer.Option(help="the Python that has vLLM; else that of the `vllm` on the PATH", metavar="PATH")
    ] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="start in spite of what should stop it")] = False,
) -> None:
    """Checks this machine, then becomes `vllm serve`. What follows -- goes to vLLM: -- --max-num-seqs 2"""
    from tandem_serving.launch.launching import Asked, become, may_start, print_command, print_json, situation

    asked = Asked(
        tier=tier.value,
        profile=profile,
        model=model,
        host=host,
        port=port,
        key_file=None if no_key else key_file,
        python=python,
        extra=tuple(context.args),
    )
    try:
        found = situation(asked)
        if as_json:
            print_json(found)
        elif print_only:
            raise typer.Exit(0 if print_command(found) else 1)
        elif may_start(found, anyway=anyway):
            become(found, settings)
        else:
            raise typer.Exit(1)
    except TandemError as error:
        fail(error)
