"""`tandem cache stats | invalidate`: the cache of a running router, asked over its admin listener."""

from collections.abc import Sequence
from typing import Annotated

import typer

from router.cli.admin_client import HERE, AdminKey, AdminUrl, Content, Order, ask, tell
from router.cli.output import AsJson
from router.config.policies.duration import seconds_of


def add_commands(cache: typer.Typer) -> None:
    """Adds the commands to `tandem cache`."""
    cache.command("stats")(show_stats)
    cache.command("invalidate")(invalidate)


def show_stats(admin: AdminUrl = HERE, key: AdminKey = None, as_json: AsJson = False) -> None:
    """Shows what the cache of a running router holds, and what it has lost."""
    tell(ask(Order("GET", "/cache"), admin, key), _stats_lines, as_json=as_json)


def invalidate(
    tenant: Annotated[str | None, typer.Option(help="only this tenant's", metavar="NAME")] = None,
    policy: Annotated[str | None, typer.Option(help="only what this policy made", metavar="NAME")] = None,
    older_than: Annotated[str | None, typer.Option(help="only what is older: 90s, 12h", metavar="TIME")] = None,
    every: Annotated[bool, typer.Option("--all", help="all there is")] = False,
    admin: AdminUrl = HERE,
    key: AdminKey = None,
    as_json: AsJson = False,
) -> None:
    """Has a running router forget answers it has kept: those that fit all that is given."""
    if not every and tenant is None and policy is None and older_than is None:
        raise typer.BadParameter("say which: --tenant, --policy, --older-than, or --all")
    fields = {"tenant": tenant, "policy": policy, "older_than_s": None if older_than is None else _seconds(older_than)}
    answer = ask(Order("POST", "/cache/invalidate", fields), admin, key)
    tell(answer, lambda found: [f"{found['forgotten']} answers forgotten ({found['scope']})"], as_json=as_json)


def _seconds(text: str) -> float:
    try:
        return seconds_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--older-than") from None


def _stats_lines(answer: Content) -> Sequence[str]:
    lost = ", ".join(f"{count} {name}" for name, count in answer["lost"].items() if count)
    state = "degraded: answers are not found for now" if answer["degraded"] else "well"
    size_mb = answer["size_bytes"] / 2**20
    return [
        f"store    {answer['store']} ({state})",
        f"entries  {answer['entries']}, {size_mb:.1f} MB",
        f"lost     {lost or 'nothing'}",
    ]
