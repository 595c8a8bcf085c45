"""Whose turn it is among tenants who wait for the same thing. Pure."""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final, Generic, TypeVar

MOST_WAITING: Final = 64
MOST_OF_ONE: Final = 8
"""How much may wait in all, and of any one tenant."""

Item = TypeVar("Item")


class Turns(Generic[Item]):
    """What waits, in order of arrival for each tenant; tenants take turns."""

    def __init__(self, most: int = MOST_WAITING, most_of_one: int = MOST_OF_ONE) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._waiting: OrderedDict[str, deque[Item]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def add(self, tenant: str, item: Item) -> bool:
        """Whether there was room for it."""
        own = self._waiting.get(tenant, ())
        if len(own) >= self._most_of_one or len(self) >= self._most:
            return False
        self._waiting.setdefault(tenant, deque()).append(item)
        return True

    def take(self, may: Callable[[str], bool]) -> Item | None:
        """The next of the tenant who waits longest for a turn among those who may have one; None: nobody may."""
        tenant = next(filter(may, self._waiting), None)
        if tenant is None:
            return None
        own = self._waiting.pop(tenant)
        item = own.popleft()
        if own:
            self._waiting[tenant] = own
        return item
