"""What a request says in numbers of how its answer is to be made. Pure."""

from collections.abc import Mapping
from typing import Any, Final, TypeGuard

NUMBERS: Final = (
    "max_completion_tokens",
    "max_tokens",
    "temperature",
    "top_p",
    "top_k",
    "frequency_penalty",
    "presence_penalty",
    "seed",
    "n",
)
"""The parameters of a request that say how its answer is made, and are nothing but numbers."""

_MOST: Final = 1 << 63


def asked_numbers(parameters: Mapping[str, Any]) -> dict[str, float]:
    """Those that the caller has sent, as far as they are what they should be. No text: a record may have them."""
    return {name: value for name in NUMBERS if _is_number(value := parameters.get(name))}


def _is_number(value: Any) -> TypeGuard[float]:
    return type(value) in (int, float) and -_MOST < value < _MOST
