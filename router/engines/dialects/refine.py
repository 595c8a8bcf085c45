"""Lays what was found of an engine over the table of its dialect: what was tried counts before what is assumed. Pure.

What an engine refuses, breaks on or dies of is not sent to it; what has no effect there is left out and reported; what
it was seen to honour is sent although engines of its kind do not. What is the router's own stays so, and what no tier
does. Abilities are only ever taken away: an engine is asked to read, to go on or to denoise otherwise where its dialect
has the words for it, and the words were heeded.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from router.core.capabilities import Dial, Dialect, DialName, Row, always
from router.core.probed import UNTRIED, Feature, Found, Outcome, Probed
from router.engines.dialects.vllm import LABELS
from router.engines.dialects.vllm_diffusion import DROPS, ESCALATES

WORDS: Final[Mapping[Outcome, str]] = {
    "refused": "is refused by this engine",
    "failed": "breaks on this engine",
    "fatal": "ends this engine's process",
    "ignored": "has no effect on this engine",
}
NOT_SO: Final = frozenset(("ignored", "refused", "failed", "fatal"))
"""Outcomes that show that an ability is not there."""


def refined(dialect: Dialect, probed: Probed) -> Dialect:
    """The same dialect, as this engine speaks it."""
    columns = _Columns(dialect)
    for name, found in probed.parameters.items():
        columns.lay(name, found)

    def has(feature: Feature) -> bool:
        return probed.features.get(feature, UNTRIED).outcome not in NOT_SO

    return replace(
        dialect,
        passes=frozenset(columns.passes),
        drops=columns.drops,
        escalates=columns.escalates,
        dials=_dials(dialect.dials, probed.dials),
        continues=dialect.continues and has("continues"),
        counts_blocks=dialect.counts_blocks and has("counts_blocks"),
        reads=dialect.reads and has("reads"),
        canvas_tokens=probed.canvas_tokens or dialect.canvas_tokens,
    )


class _Columns:
    """Three columns of a table while findings are laid over them."""

    def __init__(self, dialect: Dialect) -> None:
        self._fixed = dialect.refuses.keys() | dialect.router_owned.keys()
        self.passes = set(dialect.passes)
        self.drops = dict(dialect.drops)
        self.escalates = dict(dialect.escalates)

    def lay(self, name: str, found: Found) -> None:
        """Moves a parameter to where a finding puts it."""
        if name in self._fixed or found.outcome in ("untried", "taken"):
            return
        if found.outcome == "honoured":
            self._move(name)
            self.passes.add(name)
        elif found.outcome == "ignored":
            self._leave_out(name)
        elif name not in self.drops:
            self._raise(name, WORDS[found.outcome])

    def _leave_out(self, name: str) -> None:
        """A label is not meant to have an effect, and what goes up goes up for what it means."""
        if name in LABELS or name in self.escalates or name in self.drops:
            return
        self._move(name)
        self.drops[name] = Row(WORDS["ignored"], _said_of(name))

    def _raise(self, name: str, why: str) -> None:
        known = self.escalates.get(name)
        self._move(name)
        self.escalates[name] = known or Row(why, _said_of(name))

    def _move(self, name: str) -> None:
        self.passes.discard(name)
        self.drops.pop(name, None)
        self.escalates.pop(name, None)


def _said_of(name: str) -> Callable[[Any], bool]:
    """Which values ask for anything: as the strictest of the dialects has it."""
    row = DROPS.get(name) or ESCALATES.get(name)
    return always if row is None else row.when


def _dials(known: Mapping[DialName, Dial], found: Mapping[DialName, Found]) -> Mapping[DialName, Dial]:
    return {name: dial for name, dial in known.items() if found.get(name, UNTRIED).outcome not in NOT_SO}
