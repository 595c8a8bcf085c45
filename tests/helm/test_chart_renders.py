"""The chart is what Helm and Kubernetes take, with every set of values that ships, and what somebody has looked at."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helm.chart import (
    CHART,
    RELEASE,
    ROOT,
    ROUTE,
    SETS,
    manifests,
    of_kind,
    pod_of,
    rendered,
    the,
    tool,
    value_sets,
)
from tests.helm.golden import FOLDER, kept, names, render_golden

KUBERNETES = [f"1.{minor}.0" for minor in range(30, 38)]
WARNING = 2


def test_lint_has_nothing_to_say() -> None:
    sets = value_sets()
    reports = tool("lint", chart=str(CHART), sets=[{"values": each, **RELEASE} for each in sets.values()])

    said = {
        name: [each["error"] for each in report["messages"] if each["severity"] >= WARNING] + report["errors"]
        for name, report in zip(sets, reports, strict=True)
    }
    assert {name: each for name, each in said.items() if each} == {}


@pytest.mark.timeout(300)
def test_kubernetes_takes_every_manifest_strictly() -> None:
    everything = {json.dumps(each, sort_keys=True): each for name in value_sets() for each in manifests(name)}

    assert tool("validate", manifests=list(everything.values()), versions=KUBERNETES) == []


def test_what_kubernetes_would_refuse_is_noticed() -> None:
    wrong = the("demo", "Deployment", "tandem") | {"spec": {"replica": 1}}

    (said,) = tool("validate", manifests=[wrong], versions=["1.37.0"])
    assert "replica" in said


def test_every_set_that_ships_is_rendered() -> None:
    assert {path.stem.removeprefix("values-") for path in CHART.glob("values-*.yaml")} == set(SETS)


@pytest.mark.parametrize("name", [*SETS, ROUTE])
def test_renders_are_those_that_were_looked_at(name: str) -> None:
    assert render_golden(name) == kept(name).read_text(), "python -m tests.helm.golden, and read the difference"


def test_no_render_is_kept_that_nothing_makes() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(names())


def test_nothing_is_installed_twice() -> None:
    for name in value_sets():
        found = [(each["kind"], each["metadata"]["name"]) for each in manifests(name)]
        assert len(found) == len(set(found)), name


def test_everything_stands_in_the_namespace_of_the_release() -> None:
    wrong = [
        (name, each["kind"], each["metadata"]["name"])
        for name in value_sets()
        for each in manifests(name)
        if each["metadata"].get("namespace") != RELEASE["namespace"]
    ]
    assert wrong == []


def test_an_engine_reads_the_profile_that_it_names_with_its_own_options_over_it() -> None:
    plain = the("production", "ConfigMap", "tandem-fast-profile")["data"]["h200-fp8.yaml"]
    changed = the("one-gpu", "ConfigMap", "tandem-fast-profile")["data"]["h100-fp8.yaml"]

    assert yaml.safe_load(plain) == profile("h200-fp8")
    assert yaml.safe_load(changed) == profile("h100-fp8") | {"gpu-memory-utilization": 0.46, "max-num-seqs": 4}


def profile(name: str) -> dict[str, Any]:
    """A profile, as vLLM reads it."""
    return dict(yaml.safe_load((ROOT / f"serving/profiles/{name}.yaml").read_text()))


def test_an_engine_has_the_environment_that_its_profile_needs() -> None:
    engine = pod_of(the("two-gpu", "StatefulSet", "tandem-strong"))["spec"]["containers"][0]
    needed = yaml.safe_load((ROOT / "serving/profiles/launch.yaml").read_text())["profiles"]["rtx5090-nvfp4-strong"]

    found = {each["name"]: each["value"] for each in engine["env"] if "value" in each}
    assert needed["environment"]
    assert {name: found[name] for name in needed["environment"]} == {
        name: each["value"] for name, each in needed["environment"].items()
    }


@pytest.mark.parametrize("name", SETS)
def test_no_engine_is_started_with_a_longer_window_than_its_profile_has(name: str) -> None:
    for engine in of_kind(name, "StatefulSet"):
        (container,) = pod_of(engine)["spec"]["containers"]
        if container["args"][0] == "--config":
            written = profile(Path(container["args"][1]).stem)
            words = dict(each.removeprefix("--").split("=", 1) for each in container["args"][2:])
            assert int(words["max-model-len"]) <= written["max-model-len"]
            assert words["served-model-name"] == written["served-model-name"]


def test_dashboards_are_those_of_the_repository() -> None:
    found = {
        file: text
        for each in of_kind("production", "ConfigMap")
        if each["metadata"]["labels"].get("grafana_dashboard") == "1"
        for file, text in each["data"].items()
    }
    files: dict[str, Path] = {f"tandem-{path.name}": path for path in (CHART / "dashboards").glob("*.json")}
    assert {name: text.rstrip("\n") for name, text in found.items()} == {
        name: path.read_text().rstrip("\n") for name, path in files.items()
    }


@pytest.mark.parametrize("name", SETS)
def test_the_notes_say_what_to_do_next(name: str) -> None:
    notes = rendered()[name]["tandem/templates/NOTES.txt"]

    assert "kubectl -n llm rollout status deployment/tandem" in notes
    assert "helm -n llm test tandem" in notes
    assert "/v1/chat/completions" in notes
    assert "canary" not in notes
