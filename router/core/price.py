"""Prices of backends, and amounts that providers state: all in millionths of a US dollar, as integers. Pure."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

MICROUSD: Final = 1_000_000
"""Millionths of a US dollar in one."""

MOST_USD: Final = 1e6
"""No call costs more: what a provider states above it is a mistake."""

_PER_TOKENS: Final = 1_000_000
_S_PER_HOUR: Final = 3600.0


class Price(Struct, frozen=True, gc=False):
    """What a backend charges: by the token, in millionths of a US dollar for a million tokens, as providers publish
    prices; or by the hour of its engine, as GPUs are paid for (None: not so)."""

    input_microusd_per_mtok: int = 0
    output_microusd_per_mtok: int = 0
    engine_microusd_per_hour: int | None = None

    @property
    def is_by_tokens(self) -> bool:
        """Whether it is known what a call would cost that was not made."""
        return self.engine_microusd_per_hour is None

    def of_tokens(self, taken: int, written: int) -> int:
        """What so many tokens of a prompt and of an answer cost, rounded, by the token."""
        cost = taken * self.input_microusd_per_mtok + written * self.output_microusd_per_mtok
        return (cost + _PER_TOKENS // 2) // _PER_TOKENS

    def of_time(self, shared_s: float) -> int:
        """What so many seconds of an engine cost, rounded, by the hour."""
        return round(shared_s * (self.engine_microusd_per_hour or 0) / _S_PER_HOUR)


class Prices(Struct, frozen=True):
    """`backends`: by their names; `reader`: what reading costs, and what the strong tier alone would have; None: not
    known, or not the same at each of its backends."""

    backends: Mapping[str, Price] = {}
    reader: Price | None = None


UNKNOWN: Final = Prices()


def microusd_stated(usd: object) -> int | None:
    """What a provider states in US dollars; None: that is no amount."""
    if not isinstance(usd, int | float) or isinstance(usd, bool) or not 0 <= usd <= MOST_USD:
        return None
    return round(usd * MICROUSD)


def usd_of(microusd: int | None) -> float | None:
    """Dollars; None: not known."""
    return None if microusd is None else microusd / MICROUSD
