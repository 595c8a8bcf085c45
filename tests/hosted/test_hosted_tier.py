"""The router with a tier `hosted`: over a Unix socket to the real litellm, and never a line of litellm in itself."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from router.config.keys_file import create_key
from router.core.grants import Grants
from tests.conftest import BOTH_WAYS, STRONG_TEXT, Way
from tests.faults import answers, fails, never_answers
from tests.hosted_process import PYTHON, HostedProcess, hosted_settings, hosting
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import EngineRoom, ScriptedEngine
from tests.vllm_wire import PROMPT_TOKENS
from tests.wire_client import EXPLAIN, asked, post, request_fields

HOSTED_TEXT = "said by another company"
USUAL = {"context_tokens": 8192, "connect_s": 1.0, "idle_s": 10.0}
CLIMBING = {"name": "default", "rules": [], "otherwise": {"ladder": ["strong", "hosted"]}}


def tandem_yaml(folder: Path, strong: ScriptedEngine, hosted_url: str) -> dict[str, Any]:
    """Settings of a router with the tiers `strong` and `hosted`."""
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "default.yaml").write_text(json.dumps(CLIMBING))
    local = {"url": strong.url, "model": "tier2", "dialect": "vllm", "load": "off", "warm_up": "off", **USUAL}
    other = {"url": hosted_url, "model": "best", "dialect": "openai", **USUAL}
    return {
        "public": {"port": 0},
        "admin": {"port": 0},
        "tiers": {"strong": {"backends": [local]}, "hosted": {"backends": [other]}},
        "policies": str(folder / "policies"),
        "decision_log": str(folder / "decisions.jsonl"),
        "breakers": False,
        "audits": False,
        "keep_alive_s": 0.1,
    }


@pytest.fixture(scope="session")
def strong(engine_room: EngineRoom) -> ScriptedEngine:
    """The engine of our own."""
    return engine_room.open_engine()


@pytest.fixture(scope="session")
def with_hosted(strong: ScriptedEngine, hosted: HostedProcess, tmp_path_factory: Any) -> Iterator[RouterProcess]:
    """A router without keys: everyone is the owner."""
    folder = tmp_path_factory.mktemp("with-hosted")
    with serving(tandem_yaml(folder, strong, hosted.url), folder) as router:
        yield router


@BOTH_WAYS
def test_where_our_own_engine_fails_the_hosted_tier_answers_and_says_so(
    with_hosted: RouterProcess, strong: ScriptedEngine, provider: ScriptedEngine, way: Way
) -> None:
    strong.does(fails(500))
    provider.does(answers(HOSTED_TEXT))

    response = post(with_hosted.public, request_fields(**way))

    assert (response.status, response.text) == (200, HOSTED_TEXT)
    assert (response.header("x-router-tier"), response.header("x-router-left-house")) == ("hosted", "true")
    record = with_hosted.await_record(response.header("x-request-id"))
    assert (record["tier"], record["left_house"]) == ("hosted", True)
    assert record["attempts"][-1]["cost_microusd"] == record["cost_microusd"] == PROMPT_TOKENS * 10 + 100
    assert record["tiers_microusd"] == {"hosted": record["cost_microusd"]}


@BOTH_WAYS
def test_what_our_own_engine_answers_does_not_leave_the_house(
    with_hosted: RouterProcess, strong: ScriptedEngine, provider: ScriptedEngine, way: Way
) -> None:
    strong.does(answers(STRONG_TEXT))
    provider.does(answers(HOSTED_TEXT))

    response = post(with_hosted.public, request_fields(**way))

    assert (response.header("x-router-tier"), response.header("x-router-left-house")) == ("strong", None)
    assert with_hosted.await_record(response.header("x-request-id"))["left_house"] is False
    assert provider.received == []


def test_explain_says_beforehand_that_it_may_leave_the_house(with_hosted: RouterProcess) -> None:
    explained = post(with_hosted.public, request_fields(), path=EXPLAIN).json

    assert explained["may_leave_house"] == ["hosted"]


def test_nothing_of_the_routers_own_reaches_the_provider(with_hosted: RouterProcess, provider: ScriptedEngine) -> None:
    provider.does(answers(HOSTED_TEXT))

    post(with_hosted.public, request_fields(model="hosted", metadata={"tag": "t"}, user="u"), headers={"x-secret": "s"})

    (received,) = provider.received
    assert received.fields.keys() <= {
        "model",
        "messages",
        "max_tokens",
        "max_completion_tokens",
        "stream",
        "stream_options",
    }
    assert not [name for name in received.headers if name.startswith(("x-secret", "x-router", "traceparent"))]


def test_a_caller_who_leaves_the_router_is_felt_by_the_provider(
    with_hosted: RouterProcess, provider: ScriptedEngine
) -> None:
    provider.does(never_answers())

    with asked(with_hosted.public, request_fields(model="hosted", stream=True)):
        provider.await_received()

    provider.await_left(within_s=5.0)


def test_money_that_is_spent_is_an_outage_of_the_tier_and_no_overload(
    strong: ScriptedEngine, provider: ScriptedEngine, tmp_path: Path
) -> None:
    strong.does(fails(500))
    provider.does(answers(HOSTED_TEXT))
    (tmp_path / "h").mkdir()
    poor = hosted_settings(provider.url, spending={"cap_microusd": 1})

    with (
        hosting(poor, tmp_path / "h") as process,
        serving(tandem_yaml(tmp_path, strong, process.url), tmp_path) as router,
    ):
        response = post(router.public, request_fields(model="hosted"))

    assert (response.status, provider.received) == (503, [])
    assert response.error["message"] == "what may be spent there is spent"


# --- who may reach it -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def keyed(
    strong: ScriptedEngine, hosted: HostedProcess, tmp_path_factory: Any
) -> Iterator[tuple[RouterProcess, Mapping[str, str]]]:
    """A router with a key as it is made, one with all rights but this one, and one that was granted the hosted tier."""
    folder = tmp_path_factory.mktemp("keyed-hosted")
    file = folder / "keys.json"
    keys = {
        "ordinary": create_key(file, "ordinary", Grants()),
        "full": create_key(file, "full", Grants(hints="full", pins=True, engine_parameters=True)),
        "granted": create_key(file, "granted", Grants(max_tier="hosted")),
    }
    settings = {**tandem_yaml(folder, strong, hosted.url), "keys": str(file)}
    with serving(settings, folder) as router:
        yield router, keys


AROUND: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {}),
    ({"stream": True}, {}),
    ({"model": "hosted"}, {}),
    ({"model": "best"}, {}),
    ({}, {"x-router-max-tier": "hosted"}),
    ({"router": {"max_tier": "hosted", "stakes": "high"}}, {}),
    ({"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "AA=="}}]}]}, {}),
]


@pytest.mark.parametrize("key", ["ordinary", "full"])
@pytest.mark.parametrize(("beside", "headers"), AROUND)
def test_no_key_reaches_it_that_was_not_granted_it(
    keyed: tuple[RouterProcess, Mapping[str, str]],
    strong: ScriptedEngine,
    provider: ScriptedEngine,
    key: str,
    beside: dict[str, Any],
    headers: dict[str, str],
) -> None:
    router, keys = keyed
    strong.does(fails(500))
    provider.does(answers(HOSTED_TEXT))

    response = post(router.public, request_fields(**beside), keys[key], headers)

    assert response.status >= 400
    assert provider.received == []


def test_a_key_that_was_granted_it_does(
    keyed: tuple[RouterProcess, Mapping[str, str]], strong: ScriptedEngine, provider: ScriptedEngine
) -> None:
    router, keys = keyed
    strong.does(fails(500))
    provider.does(answers(HOSTED_TEXT))

    assert post(router.public, request_fields(), keys["granted"]).text == HOSTED_TEXT


# --- where litellm is not -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "requests"), [("auto", 1_000), ("hosted", 100)])
def test_the_router_never_imports_litellm_where_it_could(
    strong: ScriptedEngine,
    provider: ScriptedEngine,
    hosted: HostedProcess,
    tmp_path: Path,
    model: str,
    requests: int,
) -> None:
    """In the very environment in which litellm is installed."""
    strong.does(answers(STRONG_TEXT))
    provider.does(answers(HOSTED_TEXT))
    config = tmp_path / "tandem.yaml"
    config.write_text(json.dumps(tandem_yaml(tmp_path, strong, hosted.url)))
    told_to = ["tests.modules_loaded", str(config), str(requests), model, "litellm", "openai"]

    done = subprocess.run([str(PYTHON), "-m", *told_to], capture_output=True, text=True, check=False, timeout=55)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["statuses"] == {"200": requests}
    assert told["loaded"] == []
    assert len(provider.received) == (requests if model == "hosted" else 0)
