"""`tandem policy status | reload | rollback | release | canary`: what is live in a running router, asked and ordered
over its admin listener."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from router.cli.admin_client import HERE, REFUSED, AdminKey, AdminUrl, Content, Order, ask, tell
from router.cli.output import AsJson

Name = Annotated[str, typer.Argument(help="the policy's name", metavar="NAME")]


def add_commands(policy: typer.Typer) -> None:
    """Adds the commands to `tandem policy`."""
    policy.command("status")(show_status)
    policy.command("reload")(reload)
    policy.command("rollback")(roll_back)
    policy.command("release")(release)
    canary = typer.Typer(no_args_is_help=True, help="Canaries of a running router.")
    canary.command("stop")(stop_canary)
    canary.command("resume")(resume_canary)
    policy.add_typer(canary, name="canary")


def show_status(admin: AdminUrl = HERE, key: AdminKey = None, as_json: AsJson = False) -> None:
    """Shows what is in force in a running router, what is tried, and how policies were last read."""
    answer = ask(Order("GET", "/policies"), admin, key)
    tell(answer, _status_lines, as_json=as_json)


def reload(admin: AdminUrl = HERE, key: AdminKey = None, as_json: AsJson = False) -> None:
    """Has a running router read its policies again; 1 when they are wrong and the last good ones stay."""
    answer = ask(Order("POST", "/policies/reload"), admin, key)
    if as_json or answer["ok"]:
        tell(answer, _reload_lines, as_json=as_json)
    else:
        _list(answer["errors"])
    raise typer.Exit(0 if answer["ok"] else REFUSED)


def roll_back(
    name: Name,
    to: Annotated[
        str | None, typer.Option(help="the version, or the beginning of its hash; default: the one before")
    ] = None,
    admin: AdminUrl = HERE,
    key: AdminKey = None,
    as_json: AsJson = False,
) -> None:
    """Holds a policy at an earlier version until its file changes."""
    answer = ask(Order("POST", _path(name, "rollback"), {"to": to}), admin, key)
    said = "{policy} is held at {version} until its file changes from {away_from} ({scope})"
    tell(answer, lambda found: [said.format(**found)], as_json=as_json)


def release(name: Name, admin: AdminUrl = HERE, key: AdminKey = None, as_json: AsJson = False) -> None:
    """Lets a held policy go to the version that its file holds."""
    answer = ask(Order("POST", _path(name, "release")), admin, key)
    said = "{policy} goes by its file again: {version} ({scope})"
    tell(answer, lambda found: [said.format(**found)], as_json=as_json)


def stop_canary(name: Name, admin: AdminUrl = HERE, key: AdminKey = None, as_json: AsJson = False) -> None:
    """Ends the canary beside a policy, until its candidate changes."""
    answer = ask(Order("POST", _path(name, "canary/stop")), admin, key)
    said = "the canary {candidate} beside {policy} is stopped ({scope})"
    tell(answer, lambda found: [said.format(**found)], as_json=as_json)


def resume_canary(name: Name, admin: AdminUrl = HERE, key: AdminKey = None, as_json: AsJson = False) -> None:
    """Tries a candidate again that was stopped."""
    answer = ask(Order("POST", _path(name, "canary/resume")), admin, key)
    said = "the canary {candidate} beside {policy} is under way again ({scope})"
    tell(answer, lambda found: [said.format(**found)], as_json=as_json)


# --- telling ----------------------------------------------------------------------------------------------------


def _path(name: str, order: str) -> str:
    if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise typer.BadParameter(f"{name!r} is no name of a policy", param_hint="NAME")
    return f"/policies/{name}/{order}"


def _list(errors: Sequence[Content]) -> None:
    for each in errors:
        typer.echo("{file}:{line}:{column}: {said}".format(**each), err=True)


def _reload_lines(answer: Content) -> list[str]:
    changed = ", ".join(answer["changed"])
    said = f"now in force: {changed}" if changed else "nothing has changed"
    return [f"read in {answer['elapsed_s'] * 1000:.0f} ms: {said} ({answer['scope']})"]


def _status_lines(answer: Content) -> list[str]:
    policies = [
        (each["version"], f"since {_when(each['since_s'])}", ", ".join(_remarks(each))) for each in answer["policies"]
    ]
    rollouts = [(each["policy"], each["mode"], each["candidate"], _how_it_goes(each)) for each in answer["rollouts"]]
    return [*_aligned(policies), *_aligned(rollouts), *_load_lines(answer["load"]), f"orders reach {answer['scope']}"]


def _remarks(policy: Content) -> Iterator[str]:
    if policy["held"]:
        yield f"held; its file has {policy['on_disk']}"
    if policy["cannot_be_held"]:
        yield f"cannot be held: {policy['cannot_be_held']}"
    earlier = [each["version"].partition("@")[2] for each in policy["history"] if each["version"] != policy["version"]]
    if earlier:
        yield f"kept: {' '.join(reversed(earlier))}"


def _how_it_goes(rollout: Content) -> str:
    if rollout["stopped"] is not None:
        return f"stopped {_when(rollout['stopped']['at_s'])}: {rollout['stopped']['why']}"
    return "" if rollout["mode"] == "shadow" else f"{rollout['share'] * 100:g}% of conversations"


def _load_lines(load: Content) -> list[str]:
    if load["ok"]:
        return [f"read {_when(load['at_s'])}, all well"]
    errors = ["  {file}:{line}:{column}: {said}".format(**each) for each in load["errors"]]
    return [f"read {_when(load['at_s'])}, refused; the last good ones are in force:", *errors]


def _when(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
