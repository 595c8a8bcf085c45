"""The routers that meet the upstream faults. What must hold after every one of them is checked here: no engine works
for nobody, nothing is in flight, nothing was logged, and the next requests are served as ever."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import FAST_TEXT, STRONG_TEXT, Routers
from tests.faults import answers
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.upstream.fault import QUICK
from tests.wire_client import post, request_fields

GOOD_ANSWERS = 8
"""After each fault, for each tier: twice the attempts that a case lets fail, so that no breaker opens by chance
over the cases of one router."""


@pytest.fixture
def tandem(routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine) -> Iterator[RouterProcess]:
    """A router of two tiers."""
    router = routers.serve(backend=QUICK)
    yield router
    fast.await_free()
    strong.await_free()
    fast.does(answers(FAST_TEXT))
    strong.does(answers(STRONG_TEXT))
    for text, model in [(FAST_TEXT, "auto:fast-only"), (STRONG_TEXT, "auto:strong-only")] * GOOD_ANSWERS:
        assert post(router.public, request_fields() | {"model": model}).text == text


@pytest.fixture
def lone(routers: Routers, strong: ScriptedEngine) -> Iterator[RouterProcess]:
    """A router of the strong tier alone."""
    tiers = routers.settings(Path(), QUICK)["tiers"]
    router = routers.serve(tiers={"strong": tiers["strong"]})
    yield router
    strong.await_free()
    strong.does(answers(STRONG_TEXT))
    for _ in range(GOOD_ANSWERS):
        assert post(router.public, request_fields()).text == STRONG_TEXT


@pytest.fixture
def fresh(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> Iterator[RouterProcess]:
    """A router of two tiers to which nothing has happened yet, for what it remembers of its engines."""
    with kept_idle(running_routers.settings(tmp_path, QUICK), tmp_path) as router:
        yield router
        fast.await_free()


@contextmanager
def kept_idle(settings: dict[str, Any], folder: Path, **how: Any) -> Iterator[RouterProcess]:
    """A router of one's own. In the end it has nothing to complain of and nothing left to do."""
    with serving(settings, folder, **how) as router:
        yield router
        router.await_idle()
        assert router.read_log() == ""
