"""`python -m tandem_serving.simulator fast|strong`: one simulated engine, until Ctrl-C."""

# ruff: noqa: FBT002, PLR0913 - the options of a command are its arguments

from typing import Annotated, Literal

import typer

from router.core.errors import FileError
from tandem_serving.simulator.faults import UnknownFault, parse_fault_share
from tandem_serving.simulator.options import HOST, Options
from tandem_serving.simulator.server import serve


def main(
    tier: Annotated[Literal["fast", "strong"], typer.Argument(help="the tier to play")],
    profile: Annotated[str, typer.Option(help="the hardware to play, such as h200-fp8")] = "h200-fp8",
    host: Annotated[str, typer.Option(help="address to listen on")] = HOST,
    port: Annotated[int, typer.Option(help="port to listen on; 0 takes a free one")] = 0,
    served_model_name: Annotated[str, typer.Option(help="what callers write in `model`")] = "",
    max_model_len: Annotated[int, typer.Option(help="context in tokens; 0 takes the profile's")] = 0,
    api_key: Annotated[str, typer.Option(help="bearer token that callers need", envvar="VLLM_API_KEY")] = "",
    parsers: Annotated[bool, typer.Option(help="with the tool and reasoning parsers")] = True,
    counts_passes: Annotated[bool, typer.Option(help="reports the passes of each request")] = False,
    tells_passes: Annotated[bool, typer.Option(help="reports the passes of each block, as the plug-in does")] = False,
    caches: Annotated[bool, typer.Option(help="caches prefixes, for reads as well, as the plug-in lets it")] = False,
    cold: Annotated[bool, typer.Option(help="starts as slowly as the real one")] = False,
    speed: Annotated[float, typer.Option(help="divides every duration", min=0.01)] = 1.0,
    seed: Annotated[int, typer.Option(help="of the passes that are drawn")] = 0,
    script: Annotated[list[str] | None, typer.Option(help="a failure, such as stall:2@0.1; repeatable")] = None,
) -> None:
    """Plays one engine on the wire of vLLM 0.32. No model runs, and every answer says so."""
    try:
        options = Options(
            tier=tier,
            profile=profile,
            host=host,
            port=port,
            served_model=served_model_name,
            window_tokens=max_model_len,
            api_key=api_key,
            parsers=parsers,
            counts_passes=counts_passes,
            tells_passes=tells_passes,
            caches=caches,
            cold=cold,
            speed=speed,
            seed=seed,
            faults=tuple(map(parse_fault_share, script or ())),
        )
        serve(options, lambda address: typer.echo(f"simulating {tier} on {profile}: {address}/v1"))
    except (FileError, UnknownFault) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    typer.run(main)
