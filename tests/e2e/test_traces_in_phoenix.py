"""Arize Phoenix gets our traces as they are, and shows each step as what it is."""

import json
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.conftest import Routers
from tests.e2e.outcomes import play
from tests.e2e.servers import phoenix, take_screenshot
from tests.patience import until
from tests.scripted_engine import ScriptedEngine

QUERY = """{ projects { edges { node { tokenCountPrompt tokenCountCompletion tokenCountTotal spans(first: 1000) {
  edges { node { name spanKind parentId spanId tokenCountPrompt tokenCountCompletion trace { traceId } } } } } } } }"""

Node = Mapping[str, Any]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Phoenix of our own."""
    with phoenix(tmp_path_factory.mktemp("phoenix")) as address:
        yield address


def project(server: str) -> Node:
    """Its one project, with all spans."""
    request = urllib.request.Request(
        f"{server}/graphql", json.dumps({"query": QUERY}).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        (found,) = json.load(response)["data"]["projects"]["edges"]
    node: Node = found["node"]
    return node


def by_trace(server: str) -> Mapping[str, list[Node]]:
    """Its spans, by the trace that each is part of."""
    found = defaultdict(list)
    for edge in project(server)["spans"]["edges"]:
        found[edge["node"]["trace"]["traceId"]].append(edge["node"])
    return found


@pytest.mark.timeout(180)
def test_phoenix_shows_every_step_of_twenty_requests_as_what_it_is(
    server: str, routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    router = routers.serve(tracing={"endpoint": server, "timeout_s": 60.0})

    expected = play(router, fast, strong)
    count = sum(len(each.kinds) for each in expected)
    until(lambda: sum(map(len, by_trace(server).values())) == count, 30.0)

    assert len(expected) == 20
    traces, totals = by_trace(server), project(server)
    for each in expected:
        spans = traces[each.trace_id]
        (root,) = [span for span in spans if span["parentId"] is None]
        assert sorted(span["spanKind"] for span in spans) == sorted(each.kinds)
        assert (root["name"], root["spanKind"]) == ("POST /v1/chat/completions", "chain")
        assert {span["parentId"] for span in spans if span is not root} == {root["spanId"]}
        assert sum(span["tokenCountPrompt"] or 0 for span in spans) == each.prompt_tokens
        assert sum(span["tokenCountCompletion"] or 0 for span in spans) == each.completion_tokens
    assert totals["tokenCountPrompt"] == sum(each.prompt_tokens for each in expected) > 0
    assert totals["tokenCountCompletion"] == sum(each.completion_tokens for each in expected) > 0
    escalated = next(each for each in expected if each.kinds.count("llm") == 2)
    picture = take_screenshot(f"{server}/redirects/traces/{escalated.trace_id}", "phoenix-escalated", "router.decide")
    assert picture.stat().st_size > 20_000
