"""MLflow gets our traces as they are, and counts their tokens."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.conftest import Routers
from tests.e2e.outcomes import play
from tests.e2e.servers import mlflow
from tests.patience import until
from tests.scripted_engine import ScriptedEngine

WHERE = {"locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}}], "max_results": 100}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An MLflow of our own."""
    with mlflow(tmp_path_factory.mktemp("mlflow")) as address:
        yield address


def traces(server: str) -> Mapping[str, Any]:
    """What it knows of each trace."""
    request = urllib.request.Request(
        f"{server}/api/3.0/mlflow/traces/search", json.dumps(WHERE).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        found = json.load(response).get("traces", [])
    return {each["trace_id"].removeprefix("tr-"): each for each in found}


@pytest.mark.timeout(180)
def test_mlflow_counts_the_tokens_of_twenty_requests(
    server: str, routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    tracing = {"endpoint": server, "headers": {"x-mlflow-experiment-id": "0"}, "timeout_s": 60.0}
    router = routers.serve(tracing=tracing)

    expected = play(router, fast, strong)
    until(lambda: len(traces(server)) == len(expected), 30.0)

    found = traces(server)
    for each in expected:
        about = found[each.trace_id]["trace_metadata"]
        counted = json.loads(about.get("mlflow.trace.tokenUsage", "{}"))
        assert counted.get("input_tokens", 0) == each.prompt_tokens
        assert counted.get("output_tokens", 0) == each.completion_tokens
        assert about["mlflow.trace.user"]
        assert about["mlflow.trace.session"]
