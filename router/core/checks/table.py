"""Every check there is, the sets of them that policies name, and judging a block by one."""

from typing import Final

from msgspec import Struct

from router.core.checks import (
    arithmetic,
    calls,
    code_words,
    convergence,
    data_code,
    json_text,
    kept,
    openings,
    options,
    python_code,
    surface,
    tables,
)
from router.core.checks.check import Check, SetName
from router.core.checks.written import Written
from router.core.verdict import ACCEPTED, Finding, Verdict

CHECKS: Final[tuple[Check, ...]] = (
    *surface.ROWS,
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


class CheckSet(Struct, frozen=True):
    """The checks that judge, each with the limit from which it rejects."""

    name: str
    rows: tuple[tuple[Check, float], ...]


def check_set(name: SetName) -> CheckSet:
    """The checks of a set that policies name."""
    return CheckSet(name, tuple([(check, check.limits[name]) for check in CHECKS if name in check.limits]))


def judge(written: Written, checks: CheckSet) -> Verdict:
    """What the checks find in a block."""
    seen = [
        Finding(check.name, said)
        for check, limit in checks.rows
        if check.applies(written) and (said := check.find(written, limit)) is not None
    ]
    return Verdict(tuple(seen)) if seen else ACCEPTED
