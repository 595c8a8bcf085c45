"""Tiers of several backends, each a simulated engine in a process of its own: what a caller notices of one that dies,
or crawls, is nothing."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.bench.process import free_port
from tests.conftest import Routers
from tests.patience import until
from tests.router_process import RouterProcess
from tests.serving.simulated_engine import SimulatedEngine, simulated
from tests.upstream.conftest import kept_idle
from tests.wire_client import Response, post, request_fields

NAMES = ("strong-1", "strong-2")
CALLERS = 6
SPEED = "40"
CRAWL = "0.5"
"""Eighty times slower."""

STILL_JOINING = 0.4
"""The share up to which one that has come back must get less than half of what the other gets."""

ASKED: dict[str, Any] = {"model": "auto:strong-only", "max_tokens": 40}


class Room:
    """Two simulated engines, which can be killed and started again, and the router before them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.ports = {name: free_port() for name in NAMES}
        self._folder = folder
        self._stack = stack
        self._running: dict[str, SimulatedEngine] = {}
        self._starts = count(1)

    def start(self, name: str, speed: str = SPEED) -> None:
        """Starts an engine, at the address where the router expects it."""
        folder = self._folder / f"{name}-{next(self._starts)}"
        folder.mkdir()
        arguments = ("strong", "--port", str(self.ports[name]), "--speed", speed, "--served-model-name", "tier2")
        self._running[name] = self._stack.enter_context(simulated(folder, *arguments))

    def kill(self, name: str) -> None:
        """Kills it, whatever it is at."""
        self._running[name].process.kill()
        self._running[name].await_exit()

    def settings(self, routers: Routers) -> dict[str, Any]:
        """Of a router whose strong tier these two are, and that has no other."""
        whole = routers.settings(self._folder, {"connect_s": 0.4, "idle_s": 30.0})
        (spec,) = whole["tiers"]["strong"]["backends"]
        backends = [{**spec, "url": f"http://127.0.0.1:{port}"} for port in self.ports.values()]
        return {**whole, "tiers": {"strong": {"backends": backends}}}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with ExitStack() as stack:
        yield Room(tmp_path, stack)


@contextmanager
def tandem(room: Room, routers: Routers, folder: Path) -> Iterator[RouterProcess]:
    with kept_idle(room.settings(routers), folder) as router:
        yield router


class Crowd:
    """Callers who ask one thing after the other, each in a conversation of its own, until they are told to stop."""

    def __init__(self, router: RouterProcess, stack: ExitStack) -> None:
        self.statuses: list[int] = []
        self._router = router
        self._stop = threading.Event()
        pool = stack.enter_context(ThreadPoolExecutor(CALLERS))
        stack.callback(self._stop.set)
        self._asking = [pool.submit(self._ask, caller) for caller in range(CALLERS)]

    def _ask(self, caller: int) -> None:
        for turn in count():
            if self._stop.is_set():
                return
            way = {"stream": True} if turn % 2 else {}
            self.statuses.append(said(self._router, f"caller {caller} asks {turn}", **way).status)

    def await_answers(self, more: int, within_s: float = 60.0) -> None:
        """Returns once so many more have been answered."""
        goal = len(self.statuses) + more
        until(lambda: len(self.statuses) >= goal, within_s)

    def leave(self) -> Sequence[int]:
        """Has them stop; the statuses of all answers. Raises what a caller has met that is no answer."""
        self._stop.set()
        for each in self._asking:
            each.result(30.0)
        return self.statuses


def said(router: RouterProcess, question: str, **beside: Any) -> Response:
    """An answer, which is whole if its status is 200."""
    response = post(router.public, request_fields(question, **ASKED, **beside))
    assert response.status != 200 or response.text
    return response


def served(router: RouterProcess, name: str) -> float:
    """How many answers a backend has given."""
    return router.metrics().get(f'router_backend_attempts_total{{backend="{name}",outcome="served"}}', 0.0)


def share(router: RouterProcess, name: str) -> float:
    """The part of its due that a backend gets now."""
    return router.metrics()[f'router_backend_share{{backend="{name}"}}']


def has_counted(router: RouterProcess, answers: float) -> bool:
    """Whether both have given so many. An answer is counted behind its caller's back."""
    return sum(served(router, each) for each in NAMES) >= answers


def test_one_that_is_killed_under_load_is_missed_by_nobody_and_let_in_slowly_when_it_is_back(
    room: Room, running_routers: Routers, tmp_path: Path
) -> None:
    room.start("strong-1")
    room.start("strong-2")
    with tandem(room, running_routers, tmp_path) as router, ExitStack() as stack:
        crowd = Crowd(router, stack)
        crowd.await_answers(60)
        room.kill("strong-2")
        crowd.await_answers(60)
        until(lambda: share(router, "strong-2") == 0.0, 10.0)
        assert router.readiness().json["tiers"]["strong"]["backends"] == {"strong-1": True, "strong-2": False}

        room.start("strong-2")
        until(lambda: 0.0 < share(router, "strong-2") < 1.0, 20.0)
        before, at_first = [served(router, each) for each in NAMES], share(router, "strong-2")
        until(lambda: has_counted(router, sum(before) + 60) or share(router, "strong-2") > STILL_JOINING, 60.0)
        usual, joining = (served(router, each) - had for each, had in zip(NAMES, before, strict=True))
        assert joining < usual / 2
        until(lambda: served(router, "strong-2") > before[1], 20.0)
        assert until(lambda: share(router, "strong-2") > at_first, 10.0)
        assert set(crowd.leave()) == {200}


def test_one_that_crawls_is_ejected(room: Room, running_routers: Routers, tmp_path: Path) -> None:
    room.start("strong-1")
    room.start("strong-2", CRAWL)
    with tandem(room, running_routers, tmp_path) as router, ExitStack() as stack:
        crowd = Crowd(router, stack)
        until(lambda: share(router, "strong-2") == 0.0, 120.0)
        assert share(router, "strong-1") == 1.0
        assert set(crowd.leave()) == {200}


def test_where_both_are_dead_it_is_a_503(room: Room, running_routers: Routers, tmp_path: Path) -> None:
    with tandem(room, running_routers, tmp_path) as router:
        answers = [said(router, f"question {at}") for at in range(12)]

        assert {each.status for each in answers} == {503}
        assert router.readiness().status == 503
        assert "the backends of the tier strong keep failing" in answers[-1].error["message"]
        assert answers[-1].header("retry-after") is not None
