"""`tandem backends list | drain | resume`: the backends of a running router, asked over its admin listener."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

import typer

from router.cli.admin_client import HERE, AdminKey, AdminUrl, Content, Order, ask, tell
from router.cli.output import AsJson

BACKENDS = "/router/v1/backends"
HEAD = ("backend", "tier", "standing", "open", "limit", "share", "breaker", "p50 ms", "p90 ms", "")

Name = Annotated[str, typer.Argument(help="what `tandem backends list` calls it", metavar="BACKEND")]

backends = typer.Typer(no_args_is_help=True, help="The backends of a running router.")


@backends.command("list")
def list_backends(admin: AdminUrl = HERE, key: AdminKey = None, as_json: AsJson = False) -> None:
    """Shows how each backend is doing; p50 and p90 are of an answer of 200 to 400 tokens to a prompt of 500."""
    tell(ask(Order("GET", BACKENDS), admin, key), _table, as_json=as_json)


@backends.command("drain")
def drain(
    name: Name,
    force: Annotated[bool, typer.Option("--force", help="also the last one of its tier")] = False,
    admin: AdminUrl = HERE,
    key: AdminKey = None,
    as_json: AsJson = False,
) -> None:
    """Gives a backend nothing new, until it is resumed or this router starts again. What it has open goes on."""
    _order(name, "drain", {"force": force}, admin, key, as_json=as_json)


@backends.command("resume")
def resume(name: Name, admin: AdminUrl = HERE, key: AdminKey = None, as_json: AsJson = False) -> None:
    """Gives a drained backend requests again, few at first."""
    _order(name, "resume", {}, admin, key, as_json=as_json)


def _order(name: str, what: str, fields: Content, admin: str, key: str | None, *, as_json: bool) -> None:
    answer = ask(Order("POST", f"{BACKENDS}/{quote(name, safe='')}/{what}", fields), admin, key)
    tell(answer, _line, as_json=as_json)


def _line(one: Content) -> Sequence[str]:
    return [f"{one['name']}: {_standing(one)}, {one['in_flight']} open ({one['scope']})"]


def _table(answer: Content) -> Sequence[str]:
    rows = [HEAD, *(_row(each) for each in answer["backends"])]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEAD))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(one: Content) -> tuple[str, ...]:
    figures = (one["in_flight"], one["limit"], f"{one['share']:.0%}", one["breaker"])
    predicted = (one["predicted_p50_ms"], one["predicted_p90_ms"])
    return (one["name"], one["tier"], _standing(one), *map(_cell, (*figures, *predicted)), _when(one))


def _standing(one: Content) -> str:
    return str(one["standing"]).replace("_", " ")


def _cell(value: Any) -> str:
    return "-" if value is None else str(value)


def _when(one: Content) -> str:
    if one["drained_since_s"] is not None:
        return f"since {_clock(one['drained_since_s'])}"
    if one["ejected_until_s"] is not None:
        return f"until {_clock(one['ejected_until_s'])}"
    return "another replica leaves it alone" if one["suspected"] else ""


def _clock(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s).astimezone().isoformat(timespec="seconds")
