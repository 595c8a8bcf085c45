"""The public listener beside the chat: models by key, health, and what is not there."""

from collections.abc import Mapping

import pytest

from tests.conftest import POLICIES
from tests.router_process import RouterProcess
from tests.wire_client import ask, post, request_fields

VIRTUAL = {"auto", *(f"auto:{name}" for name in POLICIES)}
PINS = {"fast", "strong", "tier1", "tier2"}


def bearer(key: str) -> dict[str, str]:
    """The header that carries a key."""
    return {"authorization": f"Bearer {key}"}


@pytest.mark.parametrize(
    ("key", "names"),
    [("ordinary", VIRTUAL), ("pins", VIRTUAL | PINS), ("auto-only", {"auto"})],
)
def test_a_key_sees_the_models_it_may_use(
    keyed: RouterProcess, keys: Mapping[str, str], key: str, names: set[str]
) -> None:
    listed = ask(keyed.public, "GET", "/v1/models", headers=bearer(keys[key])).json

    assert listed["object"] == "list"
    assert {each["id"] for each in listed["data"]} == names
    assert all(each["object"] == "model" and each["owned_by"] == "tandem" for each in listed["data"])


@pytest.mark.parametrize("key", ["ordinary", "pins", "auto-only"])
def test_what_a_key_sees_is_what_it_may_use(keyed: RouterProcess, keys: Mapping[str, str], key: str) -> None:
    listed = ask(keyed.public, "GET", "/v1/models", headers=bearer(keys[key])).json["data"]
    seen = {each["id"] for each in listed}

    for name in VIRTUAL | PINS:
        status = post(keyed.public, request_fields() | {"model": name}, keys[key]).status
        assert (status == 200) == (name in seen), name


def test_one_model_is_found_by_its_name(keyed: RouterProcess, keys: Mapping[str, str]) -> None:
    model = ask(keyed.public, "GET", "/v1/models/auto:hasty", headers=bearer(keys["ordinary"])).json

    assert model.keys() == {"id", "object", "created", "owned_by"}
    assert model["id"] == "auto:hasty"


@pytest.mark.parametrize("name", ["gpt-99", "fast", "auto:nothing", "auto/fast", "%2e%2e", "a" * 10_000])
def test_a_model_that_is_not_there_or_not_for_this_key_is_not_found(
    keyed: RouterProcess, keys: Mapping[str, str], name: str
) -> None:
    response = ask(keyed.public, "GET", f"/v1/models/{name}", headers=bearer(keys["ordinary"]))

    assert (response.status, response.error["code"]) == (404, "model_not_found")
    assert len(response.body) < 1000


@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/auto"])
def test_models_are_not_told_without_a_key(keyed: RouterProcess, path: str) -> None:
    response = ask(keyed.public, "GET", path)

    assert (response.status, response.error["code"]) == (401, "invalid_api_key")
    assert response.header("www-authenticate") == "Bearer"


def test_health_is_told_to_anyone(keyed: RouterProcess) -> None:
    response = ask(keyed.public, "GET", "/healthz")

    assert (response.status, response.json) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/", "/metrics", "/readyz", "/docs", "/openapi.json", "/v1", "/v1/completions"])
def test_what_is_not_served_is_not_found(keyed: RouterProcess, path: str) -> None:
    response = ask(keyed.public, "GET", path)

    assert response.status == 404
    assert response.error["type"] == "invalid_request_error"
    assert response.header("x-should-retry") == "false"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/chat/completions", "POST"),
        ("DELETE", "/v1/models", "GET"),
        ("GET", "/router/v1/explain", "POST"),
        ("POST", "/healthz", "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(keyed: RouterProcess, method: str, path: str, allowed: str) -> None:
    response = ask(keyed.public, method, path)

    assert response.status == 405
    assert response.error["type"] == "invalid_request_error"
    assert response.header("allow") == allowed
