"""What a check is: a row with its name, its cost, when it applies and what it looks for."""

from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from router.core.checks.written import Written

SetName = Literal["light", "standard", "strict"]
"""`light`: what is certainly broken. `standard`: what hardly ever is right. `strict`: what is often wrong, too."""

Limits: TypeAlias = Mapping[SetName, float]

Find: TypeAlias = Callable[[Written, float], str | None]
"""What is wrong with a block, in a few words, where it is worse than the limit allows; None: nothing."""


class Check(Struct, frozen=True):
    """One check. `cost_us`: median for a block of 256 tokens to which it applies, on one core. `applies`: a cheap test
    of whether there is anything to look at. `limits`: in which sets it is, with its limit there."""

    name: str
    about: str
    cost_us: float
    applies: Callable[[Written], bool]
    find: Find
    limits: Limits


EVERYWHERE: Final[Limits] = {"light": 0.0, "standard": 0.0, "strict": 0.0}
"""In every set, for checks that know no more or less."""


def always(_written: Written) -> bool:
    """For checks of every block."""
    return True


def at_the_end(written: Written) -> bool:
    """For checks of whole answers."""
    return written.is_last
