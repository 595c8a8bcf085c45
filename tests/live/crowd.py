"""Callers who ask without a pause, while something happens to the engines."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.live.asking import Reply
from tests.patience import until

MORE_WITHIN_S = 30.0


@dataclass
class Crowd:
    """What callers were answered so far."""

    callers: int
    replies: list[Reply] = field(default_factory=list)

    def await_more(self) -> None:
        """Returns once everyone who was waiting must have been answered, and has been once more."""
        wanted = len(self.replies) + 3 * self.callers
        until(lambda: len(self.replies) >= wanted, MORE_WITHIN_S)


@contextmanager
def crowd(callers: int, ask: Callable[[], Reply]) -> Iterator[Crowd]:
    """So many callers, each of whom asks again as soon as it is answered while the block runs. Raises what any of them
    was told in place of an answer."""
    gone_home, crowd = threading.Event(), Crowd(callers)

    def keep_asking() -> None:
        while not gone_home.is_set():
            crowd.replies.append(ask())

    with ThreadPoolExecutor(callers) as pool:
        asking = [pool.submit(keep_asking) for _ in range(callers)]
        try:
            yield crowd
        finally:
            gone_home.set()
            for each in asking:
                each.result()
