"""Entries in the memory of this process: bounded, for all and for each tenant, forgetting the longest unused first."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from router.core.caching.entry import Entry, Place, Which

MIB: Final = 1024 * 1024

OVERHEAD_BYTES: Final = 1000
"""What an entry takes besides its body: its fields, its place and what finds it. Measured with CPython 3.11."""


class Bounds(Struct, frozen=True):
    """How much a store may keep: bytes and entries of all tenants, and bytes of any one of them."""

    max_bytes: int
    max_entries: int
    tenant_max_bytes: int


class Held(Struct, frozen=True, gc=False):
    """An entry on a shelf, what it counts for, and when it was put there (of whichever clock its owner goes by)."""

    entry: Entry
    size_bytes: int
    since_s: float


def fits(which: Which, place: Place, made_s: float) -> bool:
    """Whether this entry is one of those that are meant."""
    return (
        which.tenant in (None, place.tenant)
        and which.policy in (None, place.policy)
        and (which.made_before_s is None or made_s < which.made_before_s)
    )


class Shelf:
    """Entries by their place. It knows no time: whoever owns it looks at theirs. Taking one is O(1)."""

    def __init__(self, bounds: Bounds) -> None:
        self.size_bytes = 0
        self._bounds = bounds
        self._held: OrderedDict[Place, Held] = OrderedDict()
        self._tenants: dict[str, _Section] = {}

    def __len__(self) -> int:
        return len(self._held)

    def take(self, place: Place) -> Held | None:
        """What is held there, which is then the last to be forgotten."""
        held = self._held.get(place)
        if held is not None:
            self._held.move_to_end(place)
            self._tenants[place.tenant].places.move_to_end(place)
        return held

    def put(self, place: Place, entry: Entry, since_s: float) -> bool:
        """Holds this entry in place of whatever was there; whether it is small enough to be held at all."""
        self.remove(place)
        held = Held(entry, len(entry.body) + OVERHEAD_BYTES, since_s)
        if held.size_bytes > min(self._bounds.max_bytes, self._bounds.tenant_max_bytes):
            return False
        self._held[place] = held
        self.size_bytes += held.size_bytes
        self._tenants.setdefault(place.tenant, _Section()).add(place, held.size_bytes)
        self._make_room(place.tenant)
        return True

    def remove(self, place: Place) -> None:
        """Forgets what is held there, if anything is."""
        held = self._held.pop(place, None)
        if held is None:
            return
        self.size_bytes -= held.size_bytes
        section = self._tenants[place.tenant]
        section.drop(place, held.size_bytes)
        if not section.places:
            del self._tenants[place.tenant]

    def found(self, which: Which) -> Iterator[Place]:
        """The places of those that are meant, of all that are there now; others may come and go meanwhile."""
        section = self._held if which.tenant is None else self._places_of(which.tenant)
        for place in tuple(section):
            held = self._held.get(place)
            if held is not None and fits(which, place, held.entry.made_s):
                yield place

    def _places_of(self, tenant: str) -> OrderedDict[Place, None]:
        section = self._tenants.get(tenant)
        return OrderedDict() if section is None else section.places

    def _make_room(self, tenant: str) -> None:
        section = self._tenants[tenant]
        while section.size_bytes > self._bounds.tenant_max_bytes:
            self.remove(next(iter(section.places)))
        while self.size_bytes > self._bounds.max_bytes or len(self._held) > self._bounds.max_entries:
            self.remove(next(iter(self._held)))


class _Section:
    """What one tenant holds: the places, the longest unused first, and their size."""

    def __init__(self) -> None:
        self.places: OrderedDict[Place, None] = OrderedDict()
        self.size_bytes = 0

    def add(self, place: Place, size_bytes: int) -> None:
        self.places[place] = None
        self.size_bytes += size_bytes

    def drop(self, place: Place, size_bytes: int) -> None:
        del self.places[place]
        self.size_bytes -= size_bytes
