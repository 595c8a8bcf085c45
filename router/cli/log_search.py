"""`tandem log search`: older decisions, by what stands in them."""

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
from router.cli.output import AsJson
from router.cli.screen import ended_by_errors, open_screen

if TYPE_CHECKING:
    from router.log.search import Found


def search_log(
    text: Annotated[str, typer.Argument(help="stands in an id, a rule, a task, an error, a backend", metavar="TEXT")],
    path: LogPath = None,
    config: ConfigPath = Path("tandem.yaml"),
    tier: TierName = None,
    rule: Rule = None,
    policy: Policy = None,
    outcome: Outcome = None,
    tenant: Tenant = None,
    escalated: Escalated = False,
    since: Since = None,
    lines: Annotated[int, typer.Option("--lines", min=1, help="so many at most, the latest")] = 20,
    within: Annotated[float, typer.Option("--within", min=0, help="seconds after which it looks no further")] = 60.0,
    as_json: AsJson = False,
) -> None:
    """Finds decisions in which a text stands, the newest first, and says how far it looked."""
    import time

    from router.log.search import search
    from router.log.wanted import Wanted

    until_s = time.monotonic() + within
    with ended_by_errors():
        selection = select(
            tier=tier, rule=rule, policy=policy, outcome=outcome, tenant=tenant, escalated=escalated, since=since
        )
        found = search(log_at(path, config), Wanted(selection, text), lines, lambda: time.monotonic() > until_s)
    _tell(found, as_json=as_json)


def _tell(found: "Found", *, as_json: bool) -> None:
    from msgspec import Raw, json
    from msgspec.structs import asdict

    from router.log.rows import row_of
    from router.log.search import how_far
    from router.review.log_text import row_text

    if as_json:
        typer.echo(json.encode(asdict(found) | {"lines": [Raw(line) for line in found.lines]}))
        return
    screen = open_screen()
    for line in found.lines:
        screen.print(row_text(row_of(line)), soft_wrap=True)
    typer.echo(how_far(found), err=True)
    for each in found.unread:
        typer.echo(f"error: {each}", err=True)
