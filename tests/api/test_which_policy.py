"""Which policy decides a request, and that everything that tells of the decision tells the same."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from router.config.keys_file import create_key
from router.core.grants import Grants
from tests.conftest import BOTH_WAYS, Routers, Way
from tests.policy_folders import PolicyFolder
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import Response, payload, post, request_fields

POLICIES = ("of-tenant", "of-key", "asked", "other")
"""Besides `default`; the one rule of each has its name."""

LABELS = {"team": "payments", "cause": "every request"}

KEYS: Mapping[str, tuple[str, Grants]] = {
    "plain": ("somebody", Grants()),
    "tenants": ("acme", Grants()),
    "own": ("acme", Grants(policy="of-key")),
    "narrow": ("acme", Grants(policy="of-key", policies=("asked",))),
    "pins": ("acme", Grants(policy="of-key", pins=True)),
}
"""By name: the tenant, which has a policy if it is acme, and the rights."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> PolicyFolder:
    """Policies that differ in the names of their rules; that of `of-key` carries labels."""
    folder = PolicyFolder(tmp_path_factory.mktemp("which") / "policies")
    for name in POLICIES:
        folder.write_policy(name, rule=name)
    rule = {"name": "of-key", "when": "true", "then": {"tier": "fast", "annotate": LABELS}}
    folder.write("of-key.yaml", json.dumps({"name": "of-key", "rules": [rule], "otherwise": {"tier": "strong"}}))
    return folder


@pytest.fixture(scope="module")
def keyring(folder: PolicyFolder) -> Mapping[str, str]:
    """The secrets of the keys, and under `file` where they are kept."""
    file = folder.path.parent / "keys.json"
    return {"file": str(file)} | {name: create_key(file, tenant, rights) for name, (tenant, rights) in KEYS.items()}


@pytest.fixture(scope="module")
def shared(running_routers: Routers, folder: PolicyFolder, keyring: Mapping[str, str]) -> Iterator[RouterProcess]:
    """A router for all tests here."""
    path: Path = folder.path.parent
    settings = {
        "policies": str(folder.path),
        "policy_watch_s": 0,
        "keys": keyring["file"],
        "policy_of_tenant": {"acme": "of-tenant"},
    }
    with serving(running_routers.settings(path, settings=settings), path) as router:
        yield router


@pytest.fixture
def router(shared: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine) -> RouterProcess:
    """The router, in front of engines that answer well."""
    return shared


# --- which one decides --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "asked", "header", "rule"),
    [
        ("plain", {}, None, "one"),
        ("tenants", {}, None, "of-tenant"),
        ("own", {}, None, "of-key"),
        ("narrow", {}, None, "of-key"),
        ("pins", {"model": "fast"}, None, "of-key"),
        ("plain", {}, "asked", "asked"),
        ("tenants", {}, "asked", "asked"),
        ("own", {}, "asked", "asked"),
        ("narrow", {}, "asked", "asked"),
        ("own", {"router": {"policy": "asked"}}, None, "asked"),
        ("own", {"router": {"policy": "other"}}, "asked", "asked"),
        ("pins", {"model": "fast"}, "asked", "asked"),
        ("plain", {"model": "auto:asked"}, None, "asked"),
        ("tenants", {"model": "auto:asked"}, None, "asked"),
        ("own", {"model": "auto:asked"}, None, "asked"),
        ("narrow", {"model": "auto:asked"}, None, "asked"),
        ("own", {"model": "auto:asked"}, "asked", "asked"),
        ("tenants", {"model": "auto:default"}, None, "one"),
        ("own", {}, "default", "one"),
    ],
)
def test_what_is_asked_for_comes_before_the_keys_own_that_before_the_tenants_and_that_before_the_default(
    router: RouterProcess, keyring: Mapping[str, str], key: str, asked: Mapping[str, Any], header: str | None, rule: str
) -> None:
    headers = {} if header is None else {"x-router-policy": header}

    response = post(router.public, {**request_fields(), **asked}, keyring[key], headers)

    assert (response.status, response.header("x-router-rule")) == (200, rule)


@pytest.mark.parametrize(
    ("key", "asked", "header", "refusal"),
    [
        ("narrow", {}, "other", (403, "policies")),
        ("narrow", {"router": {"policy": "other"}}, None, (403, "policies")),
        ("narrow", {"model": "auto:other"}, None, (403, "policies")),
        ("narrow", {"model": "auto:of-key"}, None, (403, "policies")),
        ("own", {"model": "fast"}, None, (403, "pins")),
        ("own", {"model": "auto:asked"}, "other", (400, "x-router-policy")),
        ("own", {}, "nobody", (400, "x-router-policy")),
        ("own", {"model": "auto:nobody"}, None, (404, "model")),
    ],
)
def test_what_is_asked_for_stays_within_the_grants_and_makes_sense(
    router: RouterProcess,
    keyring: Mapping[str, str],
    fast: ScriptedEngine,
    key: str,
    asked: Mapping[str, Any],
    header: str | None,
    refusal: tuple[int, str],
) -> None:
    headers = {} if header is None else {"x-router-policy": header}

    response = post(router.public, {**request_fields(), **asked}, keyring[key], headers)

    assert (response.status, response.error["param"]) == refusal
    assert not fast.received


# --- what is told of it -------------------------------------------------------------------------------------------


def router_object(response: Response) -> dict[str, Any]:
    """The router's own words at the end of an answer, plain or streamed."""
    if response.header("content-type") == "application/json":
        return dict(response.json["router"])
    chunks = [payload(each) for each in response.body.decode().split("\n\n")]
    (said,) = [json.loads(each)["router"] for each in chunks if '"router"' in each]
    return dict(said)


@BOTH_WAYS
@pytest.mark.parametrize(("key", "policy"), [("own", "of-key"), ("tenants", "of-tenant"), ("plain", "default")])
def test_the_header_the_router_object_and_the_record_name_the_version_in_force(
    router: RouterProcess, keyring: Mapping[str, str], key: str, policy: str, way: Way
) -> None:
    versions = {each["name"]: each["version"] for each in router.policies()["policies"]}

    response = post(router.public, request_fields(**way), keyring[key])

    record = router.await_record(response.header("x-request-id"))
    named = response.header("x-router-policy"), router_object(response)["policy"], record["policy"]
    assert named == (versions[policy],) * 3
    assert versions[policy].partition("@")[0] == policy


@BOTH_WAYS
def test_the_labels_of_a_rule_are_in_the_router_object_and_in_the_record(
    router: RouterProcess, keyring: Mapping[str, str], way: Way
) -> None:
    response = post(router.public, request_fields(**way), keyring["own"])

    assert router_object(response)["annotations"] == LABELS
    assert router.await_record(response.header("x-request-id"))["annotations"] == LABELS


@BOTH_WAYS
def test_a_rule_without_labels_has_none(router: RouterProcess, keyring: Mapping[str, str], way: Way) -> None:
    response = post(router.public, request_fields(**way), keyring["tenants"])

    assert "annotations" not in router_object(response)
    assert router.await_record(response.header("x-request-id"))["annotations"] == {}
