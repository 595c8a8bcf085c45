"""People who look at the console, in a process of their own: each keeps *Now* open, which renews itself, goes on to
another page as often, asks what would happen to a request, opens a decision and searches the decision log."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from typing import Final

from tests.console_visitor import Visitor
from tests.wire_client import Address

EVERY_S: Final = 2.0
PAGES: Final = ("/policies", "/policies/default", "/engines", "/decisions?tier=fast&text=otherwise", "/try")
LOG: Final = "/decisions?where=log&text=nothing-is-called-so"
DECISION: Final = re.compile(r"/console(/decisions/[0-9a-f]{32})")
SCRIPT: Final = {"hx-request": "true"}


@contextmanager
def viewing(admin: Address, viewers: int) -> Iterator[Callable[[], int]]:
    """So many look at this console while the block runs. Yields what tells how many pages they have got."""
    context = get_context("spawn")
    over, opened = context.Event(), context.Value("l", 0)
    process = context.Process(target=_view, args=(admin, viewers, over, opened), daemon=True)
    process.start()
    try:
        while process.is_alive() and opened.value < viewers:
            over.wait(0.01)
        yield lambda: int(opened.value)
    finally:
        over.set()
        process.join()
    assert process.exitcode == 0, "a viewer got no page"


def _view(admin: Address, viewers: int, over: Event, opened: "Synchronized[int]") -> None:
    faults: list[Exception] = []

    def look(at: int) -> None:
        over.wait(EVERY_S * at / viewers)
        try:
            for pages in cycle(_rounds(Visitor(admin))):
                with opened.get_lock():
                    opened.value += pages()
                if over.wait(EVERY_S):
                    return
        except Exception as error:
            faults.append(error)
            raise

    threads = [threading.Thread(target=look, args=(at,)) for at in range(viewers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if faults:
        raise SystemExit(1)


def _rounds(visitor: Visitor) -> list[Callable[[], int]]:
    """What a viewer does every `EVERY_S`, in turn; each returns how many pages that were."""

    def stay() -> int:
        assert visitor.get("/now", SCRIPT).status == visitor.get("/now/series").status == 200
        return 2

    def open_page(path: str) -> int:
        visitor.text(path)
        return 1 + stay()

    def open_decision() -> int:
        found = DECISION.search(visitor.text("/decisions"))
        return 1 + (0 if found is None else open_page(found[1]))

    def consider() -> int:
        assert visitor.order("/try", "/try", {"text": "Shorten this report.", "stakes": "high"}).status == 200
        return 2 + stay()

    opens = [lambda path=path: open_page(path) for path in (*PAGES, LOG)]
    return [*opens, open_decision, consider]
