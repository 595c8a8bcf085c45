"""Values that are wrong are refused before anything is installed, by a message that says where, or what to do."""

from typing import Any, Final

import pytest

from tests.helm.chart import ROOT, merged, render, shipped


def at(path: str, value: object) -> dict[str, Any]:
    """The values that set one: at("a.b", 1) is {"a": {"b": 1}}."""
    first, _, rest = path.partition(".")
    return {first: at(rest, value) if rest else value}


CREATE: Final = "secrets.create"
ENGINE: Final = "tiers.fast.engine"

WRONG: Final[dict[str, tuple[dict[str, Any], tuple[str, ...]]]] = {
    # What is misspelt or of the wrong kind.
    "a misspelt part": (at("routr.replicas", 2), ("routr",)),
    "a misspelt value": (at("router.replica", 2), ("/router", "replica")),
    "a word for a number": (at("router.replicas", "two"), ("/router/replicas", "integer")),
    "no replica": (at("router.replicas", 0), ("/router/replicas", "minimum")),
    "a word for yes": (at("networkPolicy.enabled", "yes"), ("/networkPolicy/enabled", "boolean")),
    "the tag latest": (at("image.tag", "latest"), ("image.tag is latest", "name a version")),
    "half a digest": (at("image.digest", "sha256:abc"), ("/image/digest", "pattern")),
    "an odd quantity": (at(f"{ENGINE}.sharedMemory", "8 gigs"), ("/tiers/fast/engine/sharedMemory", "pattern")),
    "no limit of memory": (
        at("router.resources", {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": None}}),
        ("/router/resources/limits", "memory"),
    ),
    "a service that is none": (at("router.service.type", "Public"), ("/router/service/type", "ClusterIP")),
    "a port beyond ports": (at("router.service.port", 70000), ("/router/service/port", "maximum")),
    "a tier that is none": (at("tiers.slow", {"backend": {}}), ("/tiers", "slow")),
    "a kind of engine that is none": (at(f"{ENGINE}.kind", "ollama"), ("/tiers/fast/engine/kind", "simulator")),
    "an option that the chart sets": (
        at(f"{ENGINE}.config", {"api-key": "x"}),
        ("tiers.fast.engine.config.api-key is set by the chart",),
    ),
    "an argument that opens the engine": (
        at(f"{ENGINE}.args", ["--host=::"]),
        ("tiers.fast.engine.args: --host is set by the chart",),
    ),
    "a key in the environment": (at("router.env", {"MY_API_KEY": "x"}), ("router.env.MY_API_KEY looks like a secret",)),
    "a password that breaks addresses": (
        at(f"{CREATE}.redisPassword", "p@ss/word"),
        ("/secrets/create/redisPassword",),
    ),
    "a short key": (at(f"{CREATE}.adminKey", "admin"), ("/secrets/create/adminKey", "pattern")),
    # What the router would refuse.
    "a dialect that is none": (at("tiers.fast.backend.dialect", "tgi"), ("/tiers/fast/backend/dialect",)),
    "a setting that is none": (at("settings.cahe", {}), ("/settings", "cahe")),
    "a secret in the settings": (
        at("settings.tracing", {"endpoint": "http://c:4318", "headers": {"authorization": "Bearer x"}}),
        ("/settings/tracing/headers/authorization", "object"),
    ),
    "a listener in the settings": (at("settings.public", {"port": 1}), ("/settings", "public")),
    "an address without a scheme": (
        {"tiers": {"fast": {"external": [{"url": "host:8000"}], "engine": {"enabled": False}}}},
        ("/tiers/fast/external/0/url", "pattern"),
    ),
    "an address with a key in it": (
        {"tiers": {"fast": {"external": [{"url": "http://a", "api_key": "x"}], "engine": {"enabled": False}}}},
        ("/tiers/fast/external/0", "api_key"),
    ),
    # What does not go together.
    "no virtual keys": (at(f"{CREATE}.keysJson", ""), ("secrets.create.keysJson is missing", "tandem keys create")),
    "no admin key": (at(f"{CREATE}.adminKey", ""), ("secrets.create.adminKey is missing", "openssl rand")),
    "an open engine": (at(f"{CREATE}.engineKey", ""), ("secrets.create.engineKey is missing", "never open")),
    "two places for secrets": (at("secrets.existing", "mine"), ("secrets.existing and secrets.create are both given",)),
    "an engine here and elsewhere": (
        at("tiers.fast.external", [{"url": "http://a:1"}]),
        ("tiers.fast has an engine of this chart and external addresses", "tiers.fast.engine.enabled=false"),
    ),
    "a tier without an engine": (at(f"{ENGINE}.enabled", False), ("tiers.fast has no engine", "tiers.fast=null")),
    "no tier": (at("tiers", {"fast": None, "strong": None}), ("tiers is empty",)),
    "a profile that is none": (
        {"tiers": {"fast": {"engine": {"kind": "vllm", "profile": "h100-fp4"}}}},
        ("tiers.fast.engine.profile", "h100-fp4", "there are:"),
    ),
    "a claim without a name": (
        {"tiers": {"fast": {"engine": {"kind": "vllm", "modelCache": {"kind": "existingClaim"}}}}},
        ("tiers.fast.engine.modelCache.existingClaim is missing",),
    ),
    "a Redis without an address": (at("redis.mode", "external"), ("secrets.create.redisUrl is missing", "bundled")),
    "a cache in a Redis that is none": (
        {"redis": {"mode": "none"}, "settings": {"cache": {"store": "redis"}}},
        ("settings.cache.store is redis, and redis.mode is none",),
    ),
    "fewer at most than at least": (
        at("router.autoscaling", {"enabled": True, "minReplicas": 9, "maxReplicas": 3}),
        ("router.autoscaling.minReplicas (9) is more than maxReplicas (3)",),
    ),
    "policies in two places": (
        at("policies", {"files": {"a.yaml": "name: a"}, "existing": {"configMap": "b"}}),
        ("keep policies in one place",),
    ),
    "cases of nothing": (at("policies.cases", {"a.yaml": "cases: []"}), ("policies.cases without policies.files",)),
    "an Ingress without a host": (at("ingress.enabled", True), ("ingress.hosts is empty",)),
    "a route to nowhere": (at("route.enabled", True), ("route.parentRefs is empty",)),
    "a log without a claim": (
        at("decisionLog", {"enabled": True, "kind": "existingClaim"}),
        ("decisionLog.existingClaim is missing", "ReadWriteMany"),
    ),
}


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """What the chart says of each."""
    answers = render([merged(shipped("demo"), values) for values, _ in WRONG.values()])
    return {name: answer.get("error", "") for name, answer in zip(WRONG, answers, strict=True)}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_value_is_refused_by_name(what: str, said: dict[str, str]) -> None:
    assert said[what], "was not refused"
    assert [each for each in WRONG[what][1] if each not in said[what]] == [], said[what]


def test_a_refusal_never_repeats_a_secret(said: dict[str, str]) -> None:
    assert [name for name, message in said.items() if "canary" in message] == []


def test_every_value_of_the_chart_is_in_its_schema_and_told_of_in_words() -> None:
    values = (ROOT / "helm/tandem/values.yaml").read_text()
    (answer,) = render([merged(shipped("demo"), {"unknown": {}})])

    assert "unknown" in answer["error"]
    assert values.count("#") > 60
