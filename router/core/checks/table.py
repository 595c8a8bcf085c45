"""Every check there is, the sets of them that policies name, and judging a block by one."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from router.core.checks import (
    arithmetic,
    calls,
    code_words,
    convergence,
    data_code,
    endings,
    json_text,
    kept,
    language,
    likelihood,
    noise,
    openings,
    options,
    python_code,
    refusals,
    repetition,
    seams,
    spelling,
    surface,
    tables,
    word_order,
)
from router.core.checks.check import Check, SetName
from router.core.checks.written import Written
from router.core.verdict import ACCEPTED, Finding, Verdict

CHECKS: Final[tuple[Check, ...]] = (
    *surface.ROWS,
    *spelling.ROWS,
    *noise.ROWS,
    *word_order.ROWS,
    *repetition.ROWS,
    *seams.ROWS,
    *language.ROWS,
    *refusals.ROWS,
    *endings.ROWS,
    *likelihood.ROWS,
    *json_text.ROWS,
    *calls.ROWS,
    *convergence.ROWS,
    *openings.ROWS,
    *tables.ROWS,
    *python_code.ROWS,
    *data_code.ROWS,
    *code_words.ROWS,
    *arithmetic.ROWS,
    *kept.ROWS,
    *options.ROWS,
)
"""In the order in which they look."""


_NONE: Final[Mapping[str, float]] = MappingProxyType({})

NAMES: Final = frozenset(check.name for check in CHECKS)

NON_CONVERGENCE: Final = "non_convergence"
"""The check whose limit policies call `converge_at`."""


class CheckSet(Struct, frozen=True):
    """The checks that judge, each with the limit from which it rejects. `name` is that of the set it began as; without
    the checks in `without`, and with other `limits` for some."""

    name: SetName
    rows: tuple[tuple[Check, float], ...]
    without: tuple[str, ...] = ()
    limits: Mapping[str, float] = {}

    def written(self) -> Any:
        """As a policy file spells it."""
        if not self.without and not self.limits:
            return self.name
        return {"set": self.name, "without": list(self.without), "limits": dict(self.limits)}


def check_set(name: SetName, without: Iterable[str] = (), limits: Mapping[str, float] = _NONE) -> CheckSet:
    """The checks of a set that policies name, less some, some with another limit. A check with a limit of its own is
    among them whatever the set says."""
    left_out = tuple(sorted(without))
    rows = [
        (check, limits.get(check.name, check.limits.get(name, 0.0)))
        for check in CHECKS
        if check.name not in left_out and (name in check.limits or check.name in limits)
    ]
    return CheckSet(name, tuple(rows), left_out, limits)


STANDARD: Final = check_set("standard")


def judge(written: Written, checks: CheckSet) -> Verdict:
    """What the checks find in a block."""
    seen = [
        Finding(check.name, said)
        for check, limit in checks.rows
        if check.applies(written) and (said := check.find(written, limit)) is not None
    ]
    return Verdict(tuple(seen)) if seen else ACCEPTED
