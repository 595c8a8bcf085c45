"""The sliders of *Try it*: how full backends and queues are, and how full somebody imagines them. Pure.

A slider that was not moved stands for whatever is the case when the form comes: beside each stands where it was."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from router.core.errors import InvalidRequest
from router.core.values import TIERS, Tier
from router.engines.member import BackendStatus
from router.engines.pool import Load

IN_FLIGHT: Final = "in_flight:"
WAITING: Final = "waiting:"
WAS: Final = "was:"
LEAST_TOP: Final = 16
MOST: Final = 1_000_000
"""More than any engine serves."""


class Slider(Struct, frozen=True):
    """One of them. `was`: what is the case; `value`: what is imagined; `limit`: from where on it is full (0: nobody
    knows, or it has no such limit)."""

    name: str
    title: str
    tier: Tier
    was: int
    value: int
    top: int
    limit: int = 0


def read_load(fields: Mapping[str, str]) -> Load:
    """What is imagined by a form. Raises InvalidRequest."""
    moved = {name: said for name, said in fields.items() if _is_moved(name, said, fields)}
    in_flight = {name.removeprefix(IN_FLIGHT): _number(name, moved) for name in moved if name.startswith(IN_FLIGHT)}
    waiting: dict[Tier, int] = {tier: _number(WAITING + tier, moved) for tier in TIERS if WAITING + tier in moved}
    return Load(in_flight, waiting)


def sliders_of(statuses: Sequence[BackendStatus], waiting: Mapping[Tier, int], load: Load) -> Sequence[Slider]:
    """Those of these backends, and of the queue of each of their tiers, as a form left them."""
    return [*_of_backends(statuses, load), *_of_queues(statuses, waiting, load)]


def filled(load: Load, full: Container[str], statuses: Sequence[BackendStatus]) -> Load:
    """The same with as many attempts open at each backend of these tiers as it bears, or more."""
    in_flight = {
        each.name: max(load.in_flight.get(each.name, each.in_flight), each.limit)
        for each in statuses
        if each.tier in full
    }
    return replace(load, in_flight={**load.in_flight, **in_flight})


def _is_moved(name: str, said: str, fields: Mapping[str, str]) -> bool:
    return name.startswith((IN_FLIGHT, WAITING)) and said != fields.get(WAS + name)


def _number(name: str, fields: Mapping[str, str]) -> int:
    said = fields[name].strip()
    if not (said.isascii() and said.isdecimal() and int(said) <= MOST):
        raise InvalidRequest(f"{name}: expected a number from 0 on", name)
    return int(said)


def _of_backends(statuses: Iterable[BackendStatus], load: Load) -> Iterable[Slider]:
    for each in statuses:
        name, was = IN_FLIGHT + each.name, each.in_flight
        value = load.in_flight.get(each.name, was)
        yield Slider(name, each.name, each.tier, was, value, _top(was, value, each.limit), each.limit)


def _of_queues(statuses: Sequence[BackendStatus], waiting: Mapping[Tier, int], load: Load) -> Iterable[Slider]:
    for tier in dict.fromkeys(each.tier for each in statuses):
        was, limit = waiting.get(tier, 0), sum(each.limit for each in statuses if each.tier == tier)
        value = load.waiting.get(tier, was)
        yield Slider(WAITING + tier, "waiting for a seat", tier, was, value, _top(was, value, limit))


def _top(was: int, value: int, limit: int) -> int:
    return max(2 * limit, was, value, LEAST_TOP)
