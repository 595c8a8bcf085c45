"""How values are put into words, the same on screens and pages. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any


def setting_words(value: Any) -> str:
    """The value of a setting, as `Then.settings` has it."""
    if value is None or value == {}:
        return "not set"
    if isinstance(value, Mapping):
        return ", ".join([f"{name} {setting_words(each)}" for name, each in value.items()])
    return str(value)


def ladder_words(ladder: Sequence[str], error: str = "") -> str:
    """The tiers in the order they are tried, or that the request is refused and with what."""
    return ", ".join(ladder) or (f"refused ({error})" if error else "refused")


def share_words(share: float) -> str:
    """A share in per cent, never so rounded that something looks like nothing or like all."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.999 < share < 1:
        return "> 99.9 %"
    return f"{share:.1%}".replace("%", " %")


def count_words(count: int, noun: str) -> str:
    """`1 request`, `12,345 requests`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
