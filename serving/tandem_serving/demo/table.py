"""The page of the showcase: a table for people, objects for machines."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from router.core.record import Record
from tandem_serving.demo.course import attempt_words
from tandem_serving.demo.playing import Played
from tandem_serving.demo.reasons import reasons

WIDTH = 100
"""Characters across a page that does not go to a terminal."""

RULE_CHARS = 12
"""Rule names are broken at their hyphens."""

TIER_STYLES = {"fast": "green", "strong": "blue", None: "yellow"}
UNEXPECTED = "bold red"


def open_page() -> Console:
    """Standard output: as wide as the terminal, or `WIDTH` and without colours when it goes elsewhere."""
    console = Console(markup=False, highlight=False, emoji=False)
    return console if console.is_terminal else Console(width=WIDTH, markup=False, highlight=False, emoji=False)


def showcase_table(played: Sequence[Played]) -> Table:
    """One row a request."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), leading=1)
    table.add_column("request", width=18)
    table.add_column("stakes/\ndifficulty,\ntokens")
    table.add_column("rule", min_width=RULE_CHARS)
    table.add_column("tier", min_width=16)
    table.add_column("time", justify="right", min_width=6)
    table.add_column("why", overflow="fold")
    for each in played:
        table.add_row(*_cells(each))
    return table


def showcase_objects(played: Sequence[Played]) -> list[dict[str, Any]]:
    """One object a request, with the router's whole record and what was not as expected."""
    return [
        {
            "request": each.asked.name,
            "elapsed_s": round(each.reply.elapsed_s, 4),
            "status": each.reply.status,
            "why": reasons(each),
            "surprises": each.surprises,
            "record": msgspec.to_builtins(each.record),
        }
        for each in played
    ]


def _cells(played: Played) -> tuple[Text, ...]:
    record = played.record
    return (
        Text(played.asked.name),
        Text(_signals(record)),
        Text(fill(record.rule, RULE_CHARS) or "-"),
        Text(_tier(record), style=TIER_STYLES.get(record.tier, "")),
        Text(f"{played.reply.elapsed_s:.2f} s"),
        _why(played),
    )


def _signals(record: Record) -> str:
    if record.stakes is None:
        return "-"
    tokens = f"{record.prompt_tokens_estimate}+{record.answer_tokens_estimate}"
    return f"{record.stakes}/{record.difficulty}\n{tokens}"


def _tier(record: Record) -> str:
    """The tier alone when all went well there, else every attempt; no tier at all where the cache had the answer."""
    if record.cache in ("hit", "semantic"):
        return "cache"
    if len(record.attempts) == 1 and record.outcome == "served":
        return str(record.tier)
    return "\n".join(attempt_words(record.attempts)) or "-"


def _why(played: Played) -> Text:
    why = Text(reasons(played))
    for surprise in played.surprises:
        why.append(f"\nUNEXPECTED: {surprise}", style=UNEXPECTED)
    return why
