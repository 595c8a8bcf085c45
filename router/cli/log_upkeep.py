"""`tandem log stats | compact | schema`: what a log adds up to, its segments as Parquet, and what its lines hold."""

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
from router.cli.screen import as_lines, ended_by_errors, open_screen

if TYPE_CHECKING:
    from router.log.compaction import Compacted
    from router.log.stats import By

SCHEMA_FILE = Path("router/log/SCHEMA.md")
MIB = 1024 * 1024


def add_commands(log: typer.Typer) -> None:
    """Adds the commands to `tandem log`."""
    log.command("stats")(add_up)
    log.command("compact")(compact_log)
    log.command("schema")(print_schema)


def add_up(
    path: LogPath = None,
    config: ConfigPath = Path("tandem.yaml"),
    tier: TierName = None,
    rule: Rule = None,
    policy: Policy = None,
    outcome: Outcome = None,
    tenant: Tenant = None,
    escalated: Escalated = False,
    since: Since = None,
    until: Annotated[str | None, typer.Option("--until", help="begun before, as --since", metavar="WHEN")] = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", help="group by: tier, rule, policy, tenant, hour, task, model")
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="the largest groups of each; of hours the latest")] = 24,
    as_json: AsJson = False,
) -> None:
    """Adds up decisions: requests, tiers, escalations, budgets, latencies, tokens, engines' time, cache."""
    from router.log.stats import read_stats
    from router.review.log_text import stats_text

    with ended_by_errors():
        selection = select(
            tier=tier,
            rule=rule,
            policy=policy,
            outcome=outcome,
            tenant=tenant,
            escalated=escalated,
            since=since,
            until=until,
        )
        found = read_stats(log_at(path, config), selection, _groups(by or []), top)
    if as_json:
        typer.echo(as_lines(found.as_dict()))
    else:
        open_screen().print(stats_text(found))


def compact_log(path: LogPath = None, config: ConfigPath = Path("tandem.yaml"), as_json: AsJson = False) -> None:
    """Makes Parquet files of the closed segments of a folder, also while routers write there. Ends with 1 when one of
    them cannot be read or written, and goes on with the others."""
    from router.core.errors import FileError
    from router.log.compaction import compact

    failed = False
    with ended_by_errors():
        folder = log_at(path, config)
        if not folder.is_dir():
            raise FileError(str(folder), 1, 1, "is one file; only the segments of a folder are compacted")
        for each in compact(folder):
            if isinstance(each, FileError):
                failed = True
                typer.echo(f"error: {each.message}", err=True)
            else:
                typer.echo(as_lines(each) if as_json else _compacted_line(each))
    raise typer.Exit(1 if failed else 0)


def print_schema(
    check: Annotated[bool, typer.Option("--check", help=f"print nothing; 1 when {SCHEMA_FILE} is stale")] = False,
    write: Annotated[bool, typer.Option("--write", help=f"write {SCHEMA_FILE}")] = False,
    as_json: AsJson = False,
) -> None:
    """Prints what the lines of a log hold, and the columns of compacted segments; with --json as JSON Schema."""
    from router.log.schema import json_schema, schema_text

    if write:
        SCHEMA_FILE.write_text(schema_text(), "utf-8")
    elif check:
        if not SCHEMA_FILE.exists() or SCHEMA_FILE.read_text("utf-8") != schema_text():
            typer.echo(f"{SCHEMA_FILE}: is stale; run `tandem log schema --write`", err=True)
            raise typer.Exit(1)
    else:
        typer.echo(as_lines(json_schema()) if as_json else schema_text(), nl=as_json)


def _groups(by: list[str]) -> "tuple[By, ...]":
    from router.log.stats import EVERY, USUAL

    wrong = [each for each in by if each not in EVERY]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]!r} is none of {', '.join(EVERY)}", param_hint="--by")
    return tuple(each for each in EVERY if each in by) or USUAL


def _compacted_line(found: "Compacted") -> str:
    sizes = f"{found.bytes_before / MIB:.1f} to {found.bytes_after / MIB:.1f} MiB"
    return f"{found.file}: {found.lines:,} lines, {sizes}"
