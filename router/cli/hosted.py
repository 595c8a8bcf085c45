"""`tandem hosted`: the process that calls other companies' models."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from router.cli.output import fail
from router.core.errors import TandemError

HostedPath = Annotated[Path, typer.Option("--config", help="its settings file", metavar="FILE")]


def hosted(config: HostedPath = Path("hosted.yaml")) -> None:
    """Calls models of other companies for the router, by litellm, under a spending cap. Run it in an environment of its
    own."""
    from tandem_serving.hosted.server import serve
    from tandem_serving.hosted.settings import read_hosted

    def say(line: str) -> None:
        typer.echo(line)
        sys.stdout.flush()

    try:
        serve(read_hosted(config), say)
    except TandemError as error:
        fail(error)
