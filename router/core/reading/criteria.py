"""By what a text that was read is judged: criteria by their names, each with its limit. Plain values."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Criteria(Struct, frozen=True):
    """The limits in force, by the name of the criterion."""

    limits: Mapping[str, float]

    def written(self) -> Any:
        """As a policy file spells it."""
        return dict(self.limits)


STANDARD = Criteria({"improbable": 6.0})
