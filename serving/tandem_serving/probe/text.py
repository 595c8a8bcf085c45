"""What a probe found, as tables for a terminal. Makes renderables and prints nothing."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from router.core.capabilities import Action, Dialect, Row
from router.core.probed import Found, Outcome, Probed
from router.engines.dialects import DIALECTS
from router.engines.dialects.refine import refined
from tandem_serving.probe.identity import OPEN

STYLES: Final[Mapping[Outcome, str]] = {
    "honoured": "green",
    "taken": "",
    "ignored": "yellow",
    "refused": "blue",
    "failed": "red",
    "fatal": "bold red",
    "untried": "dim",
}
WORDS: Final[Mapping[Action, str]] = {
    "pass": "sent on",
    "drop": "left out",
    "escalate": "goes up",
    "refuse": "refused",
    "router_owned": "router's own",
}


def probe_text(probed: Probed) -> RenderableType:
    """Who the engine is, what it can do, what it makes of each parameter, and what differs from what was assumed."""
    window = "?" if probed.context_tokens is None else f"{probed.context_tokens:,}"
    who = f"{probed.engine} {probed.version or 'of no version told'}, {probed.dialect}, model {probed.model}"
    head = Text(f"{who}, window {window} tokens\n")
    rest = [*probed.features.items(), *probed.dials.items(), *probed.modalities.items()]
    return Group(head, _features(rest), Text(), _parameters(probed), Text(), *_warnings(probed))


def differing(probed: Probed) -> Iterator[str]:
    """The parameters that will be dealt with otherwise than engines of this kind are assumed to need."""
    before = DIALECTS[probed.dialect]
    after = refined(before, probed)
    for name, found in probed.parameters.items():
        now, assumed = column_of(after, name), column_of(before, name)
        if now != assumed:
            yield f"{name}: {WORDS[now]}, not {WORDS[assumed]} as assumed ({found.outcome})"


def warnings_of(probed: Probed) -> tuple[str, ...]:
    """What to see to."""
    auth = probed.features.get("auth")
    is_open = auth is not None and auth.why == OPEN
    return (f"the engine is {OPEN}",) if is_open else ()


def column_of(dialect: Dialect, parameter: str) -> Action:
    """The column that a parameter stands in, whatever its value."""
    columns: Mapping[Action, Mapping[str, Row]] = {
        "drop": dialect.drops,
        "escalate": dialect.escalates,
        "refuse": dialect.refuses,
        "router_owned": dialect.router_owned,
    }
    return next((action for action, rows in columns.items() if parameter in rows), "pass")


def _parameters(probed: Probed) -> Table:
    after = refined(DIALECTS[probed.dialect], probed)
    table = _table("parameter", "the router")
    for name, found in probed.parameters.items():
        table.add_row(name, Text(found.outcome, style=STYLES[found.outcome]), found.why, WORDS[column_of(after, name)])
    return table


def _features(rows: Iterable[tuple[str, Found]]) -> Table:
    table = _table("what")
    for name, found in rows:
        table.add_row(name, Text(found.outcome, style=STYLES[found.outcome]), found.why)
    return table


def _warnings(probed: Probed) -> list[Text]:
    found = [Text(line, style="yellow") for line in differing(probed)]
    return found + [Text(f"warning: {line}", style="bold red") for line in warnings_of(probed)]


def _table(of: str, *more: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(of, no_wrap=True)
    table.add_column("found", no_wrap=True)
    table.add_column("by what", overflow="fold")
    for name in more:
        table.add_column(name, no_wrap=True)
    return table
