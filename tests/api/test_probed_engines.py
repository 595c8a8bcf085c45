"""A router does by what was found of its engines, and says so when they are no longer those."""

import json
from pathlib import Path

import pytest

from router.core.probed import Found, Probed
from tandem_serving.probe.capability_file import written
from tests.conftest import Routers
from tests.patience import until
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post

PROBED = Probed(
    "vllm",
    "0.32.0",
    "2026-11-21T10:00:00+00:00",
    "tier2",
    "vllm",
    parameters={"structured_outputs": Found("ignored"), "top_k": Found("refused"), "verbosity": Found("honoured")},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "strong.capabilities.yaml").write_text(written(PROBED))
    return tmp_path


def settings(running_routers: Routers, folder: Path) -> dict[str, object]:
    found = running_routers.settings(folder)
    found["tiers"]["strong"]["backends"][0]["capabilities"] = "strong.capabilities.yaml"
    return found


def asked(router: RouterProcess, **parameters: object) -> object:
    body = {"model": "strong", "messages": [{"role": "user", "content": "Hello"}], **parameters}
    return post(router.public, json.dumps(body).encode())


def test_what_was_found_of_an_engine_decides_what_it_is_sent(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, folder: Path
) -> None:
    with serving(settings(running_routers, folder), folder) as router:
        reply = asked(router, structured_outputs={"choice": ["ebb", "flow"]}, verbosity="low")
        refused = asked(router, top_k=3)

    assert reply.status == 200
    assert reply.header("x-router-dropped") == "structured_outputs"
    sent = next(each.fields for each in strong.received if each.method == "POST" and "verbosity" in each.fields)
    assert sent["verbosity"] == "low"
    assert "structured_outputs" not in sent
    assert refused.status == 400
    assert json.loads(refused.body)["error"]["param"] == "top_k"


def test_an_engine_of_another_version_is_warned_of(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, folder: Path
) -> None:
    strong.pages["/version"] = b'{"version":"0.33.0"}'

    with serving(settings(running_routers, folder), folder) as router:
        said = until(router.read_log)

    assert "strong-1 is of version 0.33.0, and 0.32.0 was probed on 2026-11-21T10:00:00+00:00" in said
