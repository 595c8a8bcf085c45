"""The chart as its users see it: sets of values in, manifests out."""

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from tests.needed import need

ROOT: Final = Path(__file__).resolve().parents[2]
CHART: Final = ROOT / "helm/tandem"
TOOL: Final = Path(__file__).with_name("helm_tool.py")
PYTHON: Final = ROOT / ".venv-helm/bin/python"
RELEASE: Final = {"name": "tandem", "namespace": "llm"}
WORKLOADS: Final = ("Deployment", "StatefulSet", "Pod")

Manifest = dict[str, Any]
Values = dict[str, Any]

CANARIES: Final = {name: f"canary-{name.lower()}-0123456789" for name in ("adminKey", "engineKey", "cacheSalt")}
PASSWORD: Final = "canary0redis0password"
"""Secrets that are looked for where they must not be."""

SETS: Final = ("demo", "one-gpu", "two-gpu", "production", "production-stack", "llm-d")
"""The sets of values that ship."""

OWN_POLICIES: Final = "own-policies"
ROUTE: Final = "route"


def tool(do: str, **order: object) -> Any:
    """What the tool answers to an order."""
    need(PYTHON, "run `make chart`, which sets up .venv-helm")
    done = subprocess.run(
        [PYTHON, TOOL], input=json.dumps({"do": do, **order}), capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def merged(values: Values, over: Mapping[str, Any]) -> Values:
    """Values with others over them, as Helm does it: mappings grow together, all else gives way."""
    out = deepcopy(values)
    for name, each in over.items():
        is_both = isinstance(each, Mapping) and isinstance(out.get(name), dict)
        out[name] = merged(out[name], each) if is_both else deepcopy(each)
    return out


def shipped(name: str) -> Values:
    """A set of values that ships, with what its user has to add."""
    values: Values = _yaml().load((CHART / f"values-{name}.yaml").read_text()) or {}
    if values.get("secrets", {}).get("existing"):
        return values
    create = {"keysJson": "[]", **CANARIES}
    mode = values.get("redis", {}).get("mode", "external")
    if mode == "external":
        create["redisUrl"] = f"redis://user:{PASSWORD}@redis.redis:6379/0"
    if mode == "bundled":
        create["redisPassword"] = PASSWORD
    return merged(values, {"secrets": {"create": create}})


def value_sets() -> dict[str, Values]:
    """All sets that are rendered by tests: those that ship, and two for what none of them has."""
    demo = shipped("demo")
    others = {OWN_POLICIES: merged(demo, own_policies()), ROUTE: merged(demo, THE_REST)}
    return {name: shipped(name) for name in SETS} | others


def own_policies() -> Values:
    """The policies that ship, as if they were somebody's own."""
    folder = ROOT / "policies"
    cases = {path.name: path.read_text() for path in sorted((folder / "cases").glob("*.yaml"))}
    return {
        "policies": {"files": {path.name: path.read_text() for path in sorted(folder.glob("*.yaml"))}, "cases": cases}
    }


THE_REST: Final[Values] = {
    "route": {"enabled": True, "parentRefs": [{"name": "public"}], "hostnames": ["tandem.example.com"]},
    "tiers": {
        "hosted": {
            "backend": {"model": "any", "dialect": "vllm", "context_tokens": 128000, "load": "off", "warm_up": "off"},
            "external": [{"url": "https://hosted.llm", "secretEntry": "hosted-key"}],
        }
    },
    "settings": {"cache": {"embeddings": {"kind": "openai", "url": "http://embedder:9000", "model": "e"}}},
    "secrets": {"create": {"extra": {"hosted-key": "canary-hosted-0123456789"}}},
    "router": {"readiness": {"needsEngines": True}, "env": {"OTEL_RESOURCE_ATTRIBUTES": "k8s.cluster.name=a"}},
    "decisionLog": {"enabled": True},
    "policies": {"existing": {"configMap": "theirs", "casesConfigMap": "their-cases", "cases": ["default.yaml"]}},
}
"""A Gateway's route, a third tier, a server of embeddings, a log that goes with the pod, others' ConfigMaps."""


def render(sets: Iterable[Values]) -> list[dict[str, Any]]:
    """What each comes to: {texts} by template, or {error}."""
    return list(tool("render", chart=str(CHART), sets=[{"values": each, **RELEASE} for each in sets]))


@cache
def rendered() -> dict[str, dict[str, str]]:
    """The text of every template, by set and by template."""
    sets = value_sets()
    found = dict(zip(sets, render(sets.values()), strict=True))
    wrong = {name: each["error"] for name, each in found.items() if "error" in each}
    assert not wrong, wrong
    return {name: each["texts"] for name, each in found.items()}


@cache
def manifests(name: str) -> tuple[Manifest, ...]:
    """The manifests of a set. Duplicate keys are refused."""
    texts = rendered()[name]
    return tuple(each for path, text in texts.items() if not path.endswith(".txt") for each in documents(text))


def documents(text: str) -> Iterator[Manifest]:
    """The documents of a text, without those that are empty."""
    return (each for each in _yaml().load_all(StringIO(text)) if each)


def of_kind(name: str, *kinds: str) -> list[Manifest]:
    """The manifests of these kinds in a set."""
    return [each for each in manifests(name) if each["kind"] in kinds]


def the(name: str, kind: str, called: str) -> Manifest:
    """The one manifest of this kind and name in a set."""
    (found,) = [each for each in of_kind(name, kind) if each["metadata"]["name"] == called]
    return found


def pod_of(workload: Manifest) -> Manifest:
    """The pod that a workload makes: {metadata, spec}."""
    if workload["kind"] == "Pod":
        return {"metadata": workload["metadata"], "spec": workload["spec"]}
    return dict(workload["spec"]["template"])


def _yaml() -> YAML:
    return YAML(typ="safe", pure=True)
