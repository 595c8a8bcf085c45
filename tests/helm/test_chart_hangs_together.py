"""Whatever one manifest names, another one has; and nobody reaches, or reads, what is not for them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.helm.chart import CANARIES, PASSWORD, WORKLOADS, Manifest, manifests, of_kind, pod_of, the, value_sets

SETS = list(value_sets())
SCHEMES = {"http": 80, "https": 443}
GIVEN_BY_OTHERS = {
    "production": {
        "Secret": {"tandem": ("keys.json", "admin-key", "cache-salt", "engine-key", "redis-url")},
        "PersistentVolumeClaim": {"tandem-decisions": ()},
    },
    "route": {"ConfigMap": {"theirs": ("default.yaml",), "their-cases": ("default.yaml",)}},
}
"""What the values of a set say that somebody else has made."""


def entries(name: str, kind: str) -> dict[str, set[str]]:
    """The entries of the ConfigMaps or Secrets of a set, by their names."""
    made = {
        each["metadata"]["name"]: set(each.get("data", {}) | each.get("stringData", {})) for each in of_kind(name, kind)
    }
    return made | {called: set(each) for called, each in GIVEN_BY_OTHERS.get(name, {}).get(kind, {}).items()}


def workloads(name: str) -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    """What a set runs: a name for people, the pod's spec and its labels."""
    for each in of_kind(name, *WORKLOADS):
        pod = pod_of(each)
        yield f"{each['kind']}/{each['metadata']['name']}", pod["spec"], pod["metadata"]["labels"]


def sources(volume: dict[str, Any]) -> Iterator[tuple[str, str, set[str]]]:
    """What a volume is filled with: the kind, its name, and the entries that are asked for."""
    for part in [volume, *volume.get("projected", {}).get("sources", [])]:
        for kind, given in (("ConfigMap", part.get("configMap")), ("Secret", part.get("secret"))):
            if given is not None:
                yield kind, given.get("secretName") or given["name"], {each["key"] for each in given.get("items", [])}


def selected(name: str, labels: dict[str, str]) -> list[dict[str, Any]]:
    """The specs of the pods that these labels select."""
    return [spec for _, spec, own in workloads(name) if labels.items() <= own.items()]


def port_names(spec: dict[str, Any]) -> dict[str, int]:
    """The ports of a pod by their names."""
    return {port["name"]: port["containerPort"] for each in spec["containers"] for port in each.get("ports", [])}


@pytest.mark.parametrize("name", SETS)
def test_every_volume_is_filled_by_something_that_is_there(name: str) -> None:
    there = {kind: entries(name, kind) for kind in ("ConfigMap", "Secret")}
    missing = [
        (who, kind, called, asked - there[kind].get(called, set()))
        for who, spec, _ in workloads(name)
        for volume in spec["volumes"]
        for kind, called, asked in sources(volume)
        if called not in there[kind] or asked - there[kind][called]
    ]
    assert missing == []


@pytest.mark.parametrize("name", SETS)
def test_secrets_are_read_by_their_owner_and_group_alone(name: str) -> None:
    volumes = [each["secret"] for _, spec, _ in workloads(name) for each in spec["volumes"] if "secret" in each]
    assert {each["defaultMode"] for each in volumes} == {0o440}


def test_a_claim_is_that_of_the_values() -> None:
    volumes = [each for _, spec, _ in workloads("production") for each in spec["volumes"]]
    named = [each["persistentVolumeClaim"]["claimName"] for each in volumes if "persistentVolumeClaim" in each]
    assert named == list(GIVEN_BY_OTHERS["production"]["PersistentVolumeClaim"])


@pytest.mark.parametrize("name", SETS)
def test_every_mount_has_its_volume_and_every_volume_a_mount(name: str) -> None:
    for workload in of_kind(name, *WORKLOADS):
        spec = pod_of(workload)["spec"]
        claims = [each["metadata"]["name"] for each in workload["spec"].get("volumeClaimTemplates", [])]
        volumes = {each["name"] for each in spec["volumes"]} | set(claims)
        mounts = [each for container in spec["containers"] for each in container["volumeMounts"]]
        assert {each["name"] for each in mounts} == volumes, workload["metadata"]["name"]
        assert all("subPath" not in each for each in mounts), "what is mounted by subPath never changes"


@pytest.mark.parametrize("name", SETS)
def test_every_secret_in_the_environment_has_its_entry(name: str) -> None:
    there = entries(name, "Secret")
    for who, spec, _ in workloads(name):
        for variable in (each for container in spec["containers"] for each in container.get("env", [])):
            if "valueFrom" in variable:
                asked = variable["valueFrom"]["secretKeyRef"]
                assert asked["key"] in there[asked["name"]], (who, variable["name"])


@pytest.mark.parametrize("name", SETS)
def test_every_service_has_pods_and_they_listen_there(name: str) -> None:
    for service in of_kind(name, "Service"):
        pods = selected(name, service["spec"]["selector"])
        assert len(pods) == 1, service["metadata"]["name"]
        for port in service["spec"]["ports"]:
            assert port["targetPort"] in port_names(pods[0])


@pytest.mark.parametrize("name", SETS)
def test_every_probe_asks_at_a_port_that_is_there(name: str) -> None:
    for who, spec, _ in workloads(name):
        for container in spec["containers"]:
            probes = [container[kind] for kind in container if kind.endswith("Probe")]
            asked = [way["port"] for each in probes for way in each.values() if isinstance(way, dict) and "port" in way]
            assert set(asked) <= set(port_names(spec)), who


@pytest.mark.parametrize("name", SETS)
def test_what_scales_guards_or_leads_somewhere_names_what_is_there(name: str) -> None:
    services = {each["metadata"]["name"]: each["spec"]["ports"] for each in of_kind(name, "Service")}
    for each in of_kind(name, "HorizontalPodAutoscaler"):
        target = each["spec"]["scaleTargetRef"]
        assert "replicas" not in the(name, target["kind"], target["name"])["spec"]
    for each in of_kind(name, "PodDisruptionBudget"):
        assert len(selected(name, each["spec"]["selector"]["matchLabels"])) == 1
    for each in of_kind(name, "StatefulSet"):
        assert each["spec"]["serviceName"] in services
    for each in of_kind(name, "ServiceMonitor"):
        (seen,) = [one for one in of_kind(name, "Service") if _selects(each, one)]
        assert [one["port"] for one in each["spec"]["endpoints"]] == [one["name"] for one in seen["spec"]["ports"]]
        asked = each["spec"]["endpoints"][0]["authorization"]["credentials"]
        assert asked["key"] in entries(name, "Secret")[asked["name"]]
    accounts = {each["metadata"]["name"] for each in of_kind(name, "ServiceAccount")}
    assert {spec["serviceAccountName"] for _, spec, _ in workloads(name)} <= accounts


def _selects(monitor: Manifest, service: Manifest) -> bool:
    return bool(monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items())


@pytest.mark.parametrize("name", SETS)
def test_the_selector_of_a_workload_selects_its_own_pods_and_no_others(name: str) -> None:
    for workload in of_kind(name, "Deployment", "StatefulSet"):
        labels = workload["spec"]["selector"]["matchLabels"]
        assert selected(name, labels) == [pod_of(workload)["spec"]]


@pytest.mark.parametrize("name", SETS)
def test_the_admin_listener_is_led_to_by_no_entrance(name: str) -> None:
    entrances = of_kind(name, "Ingress", "HTTPRoute")
    leading = {each["name"] for entrance in entrances for each in _leads_to(entrance["spec"])}
    assert leading <= {"tandem"}
    assert "admin" not in json.dumps(entrances)
    assert [port["name"] for port in the(name, "Service", "tandem")["spec"]["ports"]] == ["http"]
    assert the(name, "Service", "tandem-admin")["spec"]["type"] == "ClusterIP"


def _leads_to(value: Any) -> Iterator[dict[str, Any]]:
    """Every Service that stands anywhere in an entrance."""
    if isinstance(value, dict):
        yield from [value["service"]] if "service" in value else value.get("backendRefs", [])
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _leads_to(each)


class Traffic:
    """What the network policies of a set let in."""

    def __init__(self, name: str) -> None:
        self._policies = of_kind(name, "NetworkPolicy")

    def into(self, labels: dict[str, str]) -> list[tuple[Any, Any]]:
        """Who may reach a pod with these labels, as (ports, from). None at all if no policy says that only some may."""
        chosen = [
            one["spec"] for one in self._policies if _chooses(one, labels) and "Ingress" in one["spec"]["policyTypes"]
        ]
        assert chosen, f"anyone reaches {labels}"
        return [
            ([port["port"] for port in rule["ports"]], rule.get("from")) for one in chosen for rule in one["ingress"]
        ]


def _chooses(policy: Manifest, labels: dict[str, str]) -> bool:
    return bool(policy["spec"]["podSelector"]["matchLabels"].items() <= labels.items())


@pytest.mark.parametrize("name", SETS)
def test_only_the_router_reaches_engines_and_redis(name: str) -> None:
    traffic = Traffic(name)
    for _, _, labels in workloads(name):
        if labels["app.kubernetes.io/component"] in ("engine", "redis"):
            ((_, senders),) = traffic.into(labels)
            (only,) = senders
            assert selected(name, only["podSelector"]["matchLabels"]) == [_router(name)]
            assert "namespaceSelector" not in only


@pytest.mark.parametrize("name", SETS)
def test_only_monitoring_and_the_test_reach_the_admin_listener(name: str) -> None:
    labels = pod_of(the(name, "Deployment", "tandem"))["metadata"]["labels"]
    ((_, senders),) = [each for each in Traffic(name).into(labels) if "admin" in each[0]]

    assert {json.dumps(each.get("namespaceSelector", {}).get("matchLabels")) for each in senders} == {
        '{"kubernetes.io/metadata.name": "monitoring"}',
        "null",
    }
    own = [each["podSelector"]["matchLabels"] for each in senders if "podSelector" in each]
    assert [each["app.kubernetes.io/component"] for each in own] == ["test"]


@pytest.mark.parametrize("name", SETS)
def test_every_pod_is_under_a_policy_both_ways(name: str) -> None:
    for who, _, labels in workloads(name):
        chosen = [one["spec"]["policyTypes"] for one in of_kind(name, "NetworkPolicy") if _chooses(one, labels)]
        assert chosen == [["Ingress", "Egress"]], who


def _router(name: str) -> dict[str, Any]:
    spec: dict[str, Any] = pod_of(the(name, "Deployment", "tandem"))["spec"]
    return spec


@pytest.mark.parametrize("name", SETS)
def test_the_router_may_go_wherever_its_settings_send_it_and_no_further(name: str) -> None:
    (policy,) = [one for one in of_kind(name, "NetworkPolicy") if one["metadata"]["name"] == "tandem-router"]
    allowed = {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]}
    settings = the(name, "ConfigMap", "tandem-settings")["data"]["tandem.yaml"]
    named = {int(port or SCHEMES[scheme]) for scheme, port in re.findall(r"(https?)://[^\s/:]+(?::(\d+))?", settings)}

    assert allowed == named | {53, 8000} | ({6379} if "redis-url" in settings else set())


@pytest.mark.parametrize("name", SETS)
def test_no_secret_stands_where_everybody_reads(name: str) -> None:
    canaries = (*CANARIES.values(), PASSWORD, "canary-")
    readable = {each["kind"] for each in manifests(name) for canary in canaries if canary in json.dumps(each)}
    assert readable <= {"Secret"}


@pytest.mark.parametrize("name", SETS)
def test_nothing_runs_with_more_than_it_needs(name: str) -> None:
    for who, spec, _ in workloads(name):
        assert spec["automountServiceAccountToken"] is False, who
        assert spec["enableServiceLinks"] is False, who
        assert spec["securityContext"]["runAsNonRoot"] is True, who
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, who
        for container in spec["containers"]:
            held = container["securityContext"]
            assert held["readOnlyRootFilesystem"] is True, who
            assert held["allowPrivilegeEscalation"] is False, who
            assert held["capabilities"] == {"drop": ["ALL"]}, who


@pytest.mark.parametrize("name", SETS)
def test_a_pod_that_goes_has_time_for_what_the_router_needs_to_drain(name: str) -> None:
    spec = _router(name)
    text = the(name, "ConfigMap", "tandem-settings")["data"]["tandem.yaml"]
    (line,) = [each for each in text.splitlines() if each.startswith("stop_grace_s:")]
    pause = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]

    assert spec["terminationGracePeriodSeconds"] > pause + int(line.split()[1])


def test_an_engine_may_take_half_an_hour_to_start() -> None:
    for engine in of_kind("production", "StatefulSet"):
        probe = pod_of(engine)["spec"]["containers"][0]["startupProbe"]
        assert probe["periodSeconds"] * probe["failureThreshold"] >= 1800
