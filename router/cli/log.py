"""`tandem log`: the decisions that a router has written down. `tail` and `show` are here, `search` is in
`log_search`, what adds up and tidies in `log_upkeep`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.log_options import (
    ConfigPath,
    Escalated,
    LogPath,
    Outcome,
    Policy,
    Rule,
    Since,
    Tenant,
    TierName,
    log_at,
    select,
)
from router.cli.log_search import search_log
from router.cli.log_upkeep import add_commands
from router.cli.output import AsJson
from router.cli.screen import as_lines, ended_by_errors, open_screen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from router.log.find import Found
    from router.log.reader import Line
    from router.log.rows import Row
    from router.log.selection import Selection

POLL_S = 0.3

log = typer.Typer(no_args_is_help=True, help="The decisions that a router has written down.")


@log.callback()
def say_what_it_is() -> None:
    """The decisions that a router has written down."""


add_commands(log)
log.command("search")(search_log)


@log.command("tail")
def follow_log(
    path: LogPath = None,
    config: ConfigPath = Path("tandem.yaml"),
    tier: TierName = None,
    rule: Rule = None,
    policy: Policy = None,
    outcome: Outcome = None,
    tenant: Tenant = None,
    escalated: Escalated = False,
    since: Since = None,
    lines: Annotated[int, typer.Option("--lines", min=0, help="so many past ones first; with --since: all")] = 10,
    follow: Annotated[bool, typer.Option(help="go on with those that come")] = True,
    as_json: AsJson = False,
) -> None:
    """Shows the latest decisions, then each as it is made, until stopped."""
    with ended_by_errors():
        selection = select(
            tier=tier, rule=rule, policy=policy, outcome=outcome, tenant=tenant, escalated=escalated, since=since
        )
        try:
            _tell(_watch(log_at(path, config), selection, None if since else lines, follows=follow), as_json=as_json)
        except KeyboardInterrupt:
            raise typer.Exit from None


@log.command("show")
def show_decision(
    request_id: Annotated[str, typer.Argument(help="the request's id: the header x-request-id", metavar="ID")],
    path: LogPath = None,
    config: ConfigPath = Path("tandem.yaml"),
    as_json: AsJson = False,
) -> None:
    """Tells one decision: its path, what was measured and decided, each attempt and what it cost."""
    from router.core.errors import FileError
    from router.log.find import find

    with ended_by_errors():
        log = log_at(path, config)
        found = find(log, request_id)
        if found is None:
            raise FileError(str(log), 1, 1, f"holds no request {request_id!r}: too recent, removed, or of another log")
    if as_json:
        typer.echo(as_lines(_as_dict(found)))
    else:
        _print_decision(found)


def _watch(log: Path, selection: "Selection", past: int | None, *, follows: bool) -> "Iterator[tuple[Row, Line]]":
    """The last `past` selected requests (None: all of them), then those that come. Raises FileError."""
    import sys
    import time
    from contextlib import closing

    from router.log.find import latest, selected
    from router.log.follow import Follower

    with closing(Follower(log)) as follower:  # before the past is read: what comes meanwhile is not missed
        told = set[str]()
        for row, line in latest(log, selection, sys.maxsize if past is None else past):
            told.add(row.request_id)
            yield row, line
        while follows:
            for row, line in selected(follower.read(), selection):
                if row.request_id not in told:
                    yield row, line
            time.sleep(POLL_S)


def _tell(found: "Iterable[tuple[Row, Line]]", *, as_json: bool) -> None:
    from router.review.log_text import row_text

    screen = open_screen()
    for row, line in found:
        if as_json:
            typer.echo(line.text)
        else:
            screen.print(row_text(row), soft_wrap=True)
        screen.file.flush()


def _as_dict(found: "Found") -> dict[str, object]:
    from msgspec import json

    return {"record": json.decode(found.record), "beside": [json.decode(line) for line in found.beside]}


def _print_decision(found: "Found") -> None:
    from router.review.decision_text import decision_text, read_decision

    record = read_decision(found)
    if record is None:
        typer.echo(as_lines(_as_dict(found)))
    else:
        open_screen().print(decision_text(record, found.beside))
