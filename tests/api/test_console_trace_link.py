"""The way from a decision in the console to its trace, where somebody has said where that is looked at."""

from collections.abc import Iterator

import pytest

from tests.collector import Collector, collecting
from tests.conftest import Routers
from tests.console_visitor import Visitor
from tests.faults import answers, fails
from tests.patience import until
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields

LINK = "http://viewer.test:6006/redirects/traces/{trace_id}"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Takes what it gets."""
    with collecting() as running:
        yield running


def page_of(router: RouterProcess) -> tuple[str, str]:
    """The page of a request that has just ended, and the id of its trace."""
    response = post(router.public, request_fields())
    path, visitor = f"/decisions/{response.header('x-request-id')}", Visitor(router.admin)
    until(lambda: visitor.get(path).status == 200)
    return visitor.text(path), response.header("x-trace-id") or ""


def test_a_trace_that_was_sent_is_linked(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, collector: Collector
) -> None:
    page, trace_id = page_of(routers.serve(tracing={"endpoint": collector.endpoint, "link": LINK}))

    assert f'href="http://viewer.test:6006/redirects/traces/{trace_id}"' in page


def test_a_trace_that_nobody_kept_is_not_and_one_of_an_escalation_is(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, collector: Collector
) -> None:
    router = routers.serve(tracing={"endpoint": collector.endpoint, "link": LINK, "share": 0})

    usual, trace_id = page_of(router)
    fast.does(fails())
    climbed, climbed_id = page_of(router)

    assert trace_id in usual
    assert "viewer.test" not in usual
    assert f"/redirects/traces/{climbed_id}" in climbed


def test_without_a_setting_there_is_the_id_alone(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, collector: Collector
) -> None:
    fast.does(answers("said"))

    page, trace_id = page_of(routers.serve(tracing={"endpoint": collector.endpoint}))

    assert trace_id in page
    assert f"{trace_id}</a>" not in page
