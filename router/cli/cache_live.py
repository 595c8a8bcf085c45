"""`tandem cache stats | get | invalidate`: the cache of a running router, asked over its admin listener."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from router.cli.admin_client import HERE, REFUSED, AdminKey, AdminUrl, Content, Order, ask, tell
from router.cli.output import AsJson


def add_commands(cache: typer.Typer) -> None:
    """Adds the commands to `tandem cache`."""
    cache.command("stats")(show_stats)
    cache.command("get")(show_entry)
    cache.command("invalidate")(invalidate)


def show_stats(admin: AdminUrl = HERE, key: AdminKey = None, as_json: AsJson = False) -> None:
    """Shows what the cache of a running router holds, and what it has lost."""
    tell(ask(Order("GET", "/cache"), admin, key), _stats_lines, as_json=as_json)


def show_entry(
    request: Annotated[Path, typer.Argument(help="a chat completion body as it would be sent", metavar="FILE")],
    tenant: Annotated[str | None, typer.Option(help="whose; not needed without keys", metavar="NAME")] = None,
    policy: Annotated[str | None, typer.Option(help="the policy that decides it", metavar="NAME")] = None,
    text: Annotated[bool, typer.Option("--text", help="what was answered as well")] = False,
    admin: AdminUrl = HERE,
    key: AdminKey = None,
    as_json: AsJson = False,
) -> None:
    """Shows what a running router has kept for a request; 1 when there is nothing."""
    fields = {"tenant": tenant, "policy": policy, "request": _request_in(request), "text": text}
    answer = ask(Order("POST", "/cache/entry", fields), admin, key)
    tell(answer, _entry_lines, as_json=as_json)
    raise typer.Exit(0 if answer["found"] else REFUSED)


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
    from router.config.policies.duration import seconds_of

    try:
        return seconds_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--older-than") from None


def _request_in(file: Path) -> Any:
    try:
        return json.loads(file.read_bytes())
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}", param_hint="FILE") from None
    except ValueError as error:
        raise typer.BadParameter(f"{file} is not JSON: {error}", param_hint="FILE") from None


def _entry_lines(answer: Content) -> Sequence[str]:
    if not answer["found"]:
        return ["nothing is kept for this request"]
    said = "verified" if answer["verified"] else "not verified"
    return [
        f"tier    {answer['tier']} ({said})",
        f"made    by {answer['policy']}, {answer['rule']}, for the model {answer['model']}",
        f"age     {answer['age_s']:.0f} s, {answer['left_s']:.0f} s left",
        f"size    {answer['size_bytes']} bytes",
        *answer.get("texts", ()),
    ]


def _stats_lines(answer: Content) -> Sequence[str]:
    lost = ", ".join(f"{count} {name}" for name, count in answer["lost"].items() if count)
    state = "degraded: answers are not found for now" if answer["degraded"] else "well"
    size_mb = answer["size_bytes"] / 2**20
    return [
        f"store    {answer['store']} ({state})",
        f"entries  {answer['entries']}, {size_mb:.1f} MB",
        f"lost     {lost or 'nothing'}",
    ]
