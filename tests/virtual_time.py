"""An event loop whose time passes only when there is nothing left to do: an hour of waiting takes no time at all, and
what is due at one instant happens at that instant."""

import asyncio
import selectors
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

Result = TypeVar("Result")


class Stuck(Exception):
    """Everyone waits, and nothing is due: what is being tested would hang for ever."""


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs `work` from instant 0 on. Raises Stuck, and AssertionError when a task came to harm unseen."""
    complaints: list[Mapping[str, Any]] = []
    with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
        runner.get_loop().set_exception_handler(lambda _, context: complaints.append(context))
        result = runner.run(work)
    assert complaints == []
    return result


class _LeapingSelector(selectors.DefaultSelector):
    """Waits by setting the clock forward."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise Stuck
        if not ready and timeout is not None:
            self.now_s += timeout
        return ready


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._leaping = _LeapingSelector()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.now_s
