"""What the chart writes is read by those for whom it is written: the router, Prometheus."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from router.assembly.policies import usual_of
from router.config.keys_file import create_key
from router.config.policies.policy_reader import read_policy_set
from router.config.settings import Settings, read_settings
from router.core.grants import Grants
from tests.helm.chart import OWN_POLICIES, ROOT, merged, of_kind, pod_of, render, shipped, the, value_sets
from tests.helm.folders import lay_out
from tests.needed import need

PROMTOOL = Path("/usr/bin/promtool")
SECRETS = {"redis-url": "redis://user:password@redis:6379/0"}


def settings_of(name: str, folder: Path) -> Settings:
    """The settings of a set, as its router reads them."""
    lay_out(name, folder, SECRETS)
    return read_settings(folder / "settings/tandem.yaml")


@pytest.mark.parametrize("name", list(value_sets()))
def test_the_router_takes_its_settings(name: str, tmp_path: Path) -> None:
    settings = settings_of(name, tmp_path)

    assert (settings.public.port, settings.admin.port) == (8080, 8081)
    assert settings.admin.key is not None
    assert settings.cache_salt_secret is not None
    assert {tier: len(spec.backends) for tier, spec in settings.tiers.items()} == expected_backends(name)


def expected_backends(name: str) -> dict[str, int]:
    """How many backends each tier of a set has."""
    plain = {"fast": 1, "strong": 1}
    return {"production": {"fast": 2, "strong": 2}, "route": plain | {"hosted": 1}}.get(name, plain)


def test_each_engine_is_a_backend_that_replicas_share(tmp_path: Path) -> None:
    backends = settings_of("production", tmp_path).tiers["fast"].backends

    assert [each.url for each in backends] == [f"http://tandem-fast-{at}.tandem-fast:8000" for at in (0, 1)]
    assert [each.shared_as for each in backends] == ["tandem-fast-0", "tandem-fast-1"]
    assert all(each.api_key is not None for each in backends)


def test_addresses_elsewhere_have_the_key_of_their_entry_or_none(tmp_path: Path) -> None:
    tiers = settings_of("route", tmp_path).tiers

    (hosted,) = tiers["hosted"].backends
    assert hosted.api_key is not None
    assert hosted.api_key.get_secret_value() == "canary-hosted-0123456789"
    (stack,) = settings_of("production-stack", tmp_path / "other").tiers["fast"].backends
    assert stack.api_key is None


@pytest.mark.parametrize("wrong", ["4 minutes", -1])
def test_what_the_router_would_refuse_the_schema_refuses(wrong: object) -> None:
    (answer,) = render([merged(shipped("demo"), {"settings": {"keep_alive_s": wrong}})])

    assert "/settings/keep_alive_s" in answer["error"]


def test_policies_are_mounted_as_the_folder_that_the_router_reads(tmp_path: Path) -> None:
    settings = settings_of(OWN_POLICIES, tmp_path)
    assert settings.policies == Path(tmp_path / "policies")

    found = read_policy_set(settings.policies, settings.default_policy, usual_of(settings))

    shipping = ROOT / "policies"
    assert set(found.policies) == {path.stem for path in shipping.glob("*.yaml")}
    assert {name for name, each in found.policies.items() if each.cases} == {
        path.stem for path in (shipping / "cases").glob("*.yaml")
    }
    assert [failure for each in found.policies.values() for failure in each.failures] == []


def test_policies_of_somebody_elses_config_maps_are_mounted_with_their_cases(tmp_path: Path) -> None:
    settings = settings_of("route", tmp_path)
    assert settings.policies is not None

    found = read_policy_set(settings.policies, settings.default_policy, usual_of(settings))

    assert {name: bool(each.cases) for name, each in found.policies.items()} == {"default": True}


def test_virtual_keys_are_what_tandem_keys_writes(tmp_path: Path) -> None:
    create_key(tmp_path / "keys.json", "me", Grants())
    values = merged(shipped("demo"), {"secrets": {"create": {"keysJson": (tmp_path / "keys.json").read_text()}}})

    (answer,) = render([values])

    made = yaml.safe_load(answer["texts"]["tandem/templates/secret.yaml"])
    assert made["stringData"]["keys.json"] == (tmp_path / "keys.json").read_text()


def test_prometheus_takes_its_rules(tmp_path: Path) -> None:
    need(PROMTOOL, "install prometheus (Debian's package has promtool)")
    (rules,) = of_kind("production", "PrometheusRule")
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump(rules["spec"]))

    done = subprocess.run([PROMTOOL, "check", "rules", file], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    written: list[Any] = [
        group
        for path in sorted((ROOT / "helm/tandem/rules").glob("*.yaml"))
        for group in yaml.safe_load(path.read_text())["groups"]
    ]
    assert rules["spec"]["groups"] == written


def test_a_changed_policy_restarts_nothing_and_changed_settings_do() -> None:
    def template(over: dict[str, Any]) -> dict[str, Any]:
        (answer,) = render([merged(shipped("demo"), over)])
        pod: dict[str, Any] = pod_of(yaml.safe_load(answer["texts"]["tandem/templates/router.yaml"]))
        return pod

    first, second = ({"policies": {"files": {"default.yaml": f"name: {each}"}}} for each in ("one", "two"))
    assert template(first) == template(second)
    assert template(first) != template(first | {"settings": {"breakers": False}})


def test_the_image_goes_by_its_digest_where_there_is_one() -> None:
    digest = f"sha256:{'0a' * 32}"
    (answer,) = render(
        [merged(shipped("demo"), {"image": {"digest": digest, "repository": "registry.example/tandem"}})]
    )

    assert f"image: registry.example/tandem@{digest}" in answer["texts"]["tandem/templates/router.yaml"]
    router = pod_of(the("demo", "Deployment", "tandem"))["spec"]["containers"][0]
    assert router["image"] == "tandem-router:0.1.0"
