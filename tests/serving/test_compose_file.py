"""`serving/compose.yaml`, read as Compose would, for want of a container engine: its schema, and that every file, port,
variable, secret, network and address in it, and in what it mounts, leads somewhere."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jsonschema import Draft7Validator

from router.config.keys_file import read_keys
from router.config.settings import read_settings
from tandem_serving.simulator.__main__ import main as simulate

ROOT: Final = Path(__file__).resolve().parents[2]
SERVING: Final = ROOT / "serving"
TEXT: Final = (SERVING / "compose.yaml").read_text()
SCHEMA: Final = Path(__file__).with_name("compose_spec") / "compose-spec.json"
VARIABLE: Final = re.compile(r"(?<!\$)\$\{(?P<name>[A-Z_]+):-(?P<usual>[^}]*)\}")
SECRETS: Final = ("admin-key", "cache-salt", "engine-key", "grafana-password", "keys.json", "redis-url", "redis.conf")

Service = dict[str, Any]


def project() -> dict[str, Any]:
    """The file with its variables filled in, each with what it is when nobody sets it."""
    return dict(filled(yaml.safe_load(TEXT)))


def filled(value: Any) -> Any:
    """A value with its variables filled in: after the YAML was read, as Compose does it."""
    if isinstance(value, dict):
        return {name: filled(each) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each) for each in value]
    return VARIABLE.sub(lambda found: found["usual"], value) if isinstance(value, str) else value


def services() -> dict[str, Service]:
    """What it runs."""
    return dict(project()["services"])


def mounts(service: Service) -> Iterator[tuple[str, str]]:
    """What a service mounts: where from, where to."""
    for each in service.get("volumes", []):
        source, target, *_ = each.split(":")
        yield source, target


def secrets_in(service: Service) -> Iterator[tuple[str, str]]:
    """The secrets of a service: their names, and where they are mounted."""
    for each in service.get("secrets", []):
        name = each if isinstance(each, str) else each["source"]
        yield name, f"/run/secrets/{name}" if isinstance(each, str) else each["target"]


def test_it_is_what_the_specification_says() -> None:
    wrong = [each.message for each in Draft7Validator(json.loads(SCHEMA.read_text())).iter_errors(project())]

    assert wrong == []


def test_every_variable_has_a_usual_value_and_no_other_dollar_is_left() -> None:
    rest = VARIABLE.sub("", TEXT).replace("$$", "")

    assert "$" not in rest
    assert len(set(VARIABLE.findall(TEXT))) == len({name for name, _ in VARIABLE.findall(TEXT)}), "two usual values"


def test_what_a_command_takes_from_the_environment_is_there() -> None:
    for name, service in services().items():
        used = set(re.findall(r"\$\$([A-Z_]+)", json.dumps(service.get("command", []))))
        assert used <= set(service.get("environment", {})), name


def test_every_file_that_is_mounted_is_there() -> None:
    volumes = set(project()["volumes"])
    found = [source for service in services().values() for source, _ in mounts(service)]

    assert [each for each in found if each.startswith(".") and not (SERVING / each).exists()] == []
    assert {each for each in found if not each.startswith(".")} == volumes


def test_every_secret_is_a_file_and_those_are_all_that_are_made() -> None:
    made = project()["secrets"]
    used = {name for service in services().values() for name, _ in secrets_in(service)}

    assert set(made) == used == set(SECRETS)
    assert {name: each["file"] for name, each in made.items()} == {
        name: f"./compose/secrets/{name}" for name in SECRETS
    }
    assert re.search(r"(?i)(password|key|salt)\s*[:=]\s*[0-9a-f]{16}", TEXT) is None


def test_everything_is_published_on_loopback_only_and_each_port_once() -> None:
    published = [each for service in services().values() for each in service.get("ports", [])]

    assert all(each.startswith("127.0.0.1:") for each in published), published
    outer = [each.split(":")[1] for each in published]
    assert len(outer) == len(set(outer))
    assert not any("ports" in each for name, each in services().items() if name.startswith(("fast", "strong", "redis")))


def test_images_are_versions() -> None:
    for name, service in services().items():
        _, _, tag = service["image"].rpartition(":")
        assert re.search(r"\d+\.\d+", tag), name


def test_networks_are_declared_and_only_the_router_reaches_engines_and_redis() -> None:
    declared = set(project()["networks"])
    joined = {name: set(service.get("networks", [])) for name, service in services().items()}

    assert set().union(*joined.values()) == declared
    assert {name for name, each in joined.items() if "shared" in each} == {"router", "redis"}
    assert {name for name, each in joined.items() if "engines" in each and not name.startswith(("fast", "strong"))} == {
        "router"
    }


def test_nothing_has_more_rights_than_it_needs() -> None:
    for name, service in services().items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_services_that_are_waited_for_are_started_with_whoever_waits() -> None:
    known = services()
    for service in known.values():
        for needed in service.get("depends_on", {}):
            assert set(known[needed].get("profiles", [])) <= set(service.get("profiles", []))


@pytest.fixture
def laid_out(tmp_path: Path) -> Path:
    """The router's files where it reads them, in a folder of the test's own, with secrets as the script makes them."""
    script = tmp_path / "compose/secrets.sh"
    script.parent.mkdir()
    script.write_text((SERVING / "compose/secrets.sh").read_text())
    environment = os.environ | {"TANDEM": str(Path(sys.executable).with_name("tandem"))}
    for _ in range(2):
        subprocess.run(["/bin/sh", script], check=True, capture_output=True, env=environment)
    settings = tmp_path / "tandem.yaml"
    text = (SERVING / "compose/tandem.yaml").read_text()
    for name, target in secrets_in(services()["router"]):
        text = text.replace(target, str(tmp_path / "compose/secrets" / name))
    settings.write_text(text)
    return settings


def test_the_router_takes_its_settings_and_the_secrets_that_the_script_makes(laid_out: Path) -> None:
    secrets = laid_out.parent / "compose/secrets"
    settings = read_settings(laid_out)

    assert {path.name for path in secrets.iterdir()} == set(SECRETS)
    assert secrets.stat().st_mode & 0o777 == 0o700
    assert len(read_keys(secrets / "keys.json")) == 1, "the script makes each secret once"
    assert settings.redis is not None
    password = (secrets / "redis.conf").read_text().split()[1]
    assert settings.redis.url.get_secret_value() == f"redis://:{password}@redis:6379/0"


def test_its_settings_lead_to_services_on_its_networks_at_ports_where_they_listen() -> None:
    text = (SERVING / "compose/tandem.yaml").read_text()
    known = services()
    listening = {"fast": 8000, "strong": 8000, "phoenix": 6006}

    for host, port in re.findall(r"https?://([a-z]+):(\d+)", text):
        assert int(port) == listening[host]
        assert set(known["router"]["networks"]) & set(known[host]["networks"]), host
    assert [each.rpartition(":")[2] for each in known["router"]["ports"]] == ["8080", "8081"]
    written = {target for _, target in secrets_in(known["router"])}
    assert set(re.findall(r"/etc/tandem/secrets/[a-z.-]+", text)) == written
    assert "/var/lib/tandem" in {target for _, target in mounts(known["router"])}


@pytest.mark.parametrize(("tier", "stands_in"), [("fast", "fast-simulated"), ("strong", "strong-simulated")])
def test_a_simulated_engine_stands_in_for_the_real_one(tier: str, stands_in: str) -> None:
    real, simulated = services()[tier], services()[stands_in]
    (backend,) = yaml.safe_load((SERVING / "compose/tandem.yaml").read_text())["tiers"][tier]["backends"]

    assert (real["profiles"], simulated["profiles"]) == (["gpu"], ["demo"])
    assert simulated["networks"]["engines"]["aliases"] == [tier]
    for each in (real, simulated):
        assert each["environment"]["MODEL"] == backend["model"]
        assert int(each["environment"]["WINDOW"]) == backend["context_tokens"]
    options = {f"--{name.replace('_', '-')}" for name in simulate.__annotations__}
    assert set(re.findall(r"--[a-z-]+", " ".join(simulated["command"]))) <= options


@pytest.mark.parametrize("name", ["fast", "strong", "fast-simulated", "strong-simulated"])
def test_a_shell_makes_of_an_engines_command_what_is_meant(name: str, tmp_path: Path) -> None:
    service = services()[name]
    (tmp_path / "engine-key").write_text("the key\n")
    for program in ("vllm", "tandem"):
        (tmp_path / program).write_text('#!/bin/sh\nprintf "%s\\n" "$VLLM_API_KEY" "$@"\n')
        (tmp_path / program).chmod(0o755)
    (command,) = service["command"]
    words = [*service["entrypoint"], command.replace("$$", "$").replace("/run/secrets", str(tmp_path))]
    environment = {**service["environment"], "PATH": f"{tmp_path}:{os.environ['PATH']}", "OPTIONS": "--max-num-seqs 2"}

    said = subprocess.run(words, capture_output=True, text=True, check=True, env=environment).stdout.splitlines()

    key, *rest = said
    about = service["environment"]
    options = dict(zip(rest[rest.index("--host") :: 2], rest[rest.index("--host") + 1 :: 2], strict=True))
    assert key == "the key"
    assert options["--port"] == "8000"
    assert options["--served-model-name"] == about["MODEL"]
    assert options["--max-model-len"] == about["WINDOW"]
    if name in ("fast", "strong"):
        assert rest[:3] == ["serve", "--config", f"/profiles/{about['PROFILE']}.yaml"]
        assert options["--max-num-seqs"] == "2"
    else:
        assert rest[:5] == ["engine", "simulate", about["TIER"], "--profile", about["PROFILE"]]


@pytest.mark.parametrize("tier", ["fast", "strong"])
def test_an_engine_has_the_profile_that_it_reads(tier: str) -> None:
    service = services()[tier]

    assert (SERVING / "profiles" / f"{service['environment']['PROFILE']}.yaml").exists()
    assert dict(mounts(service))["./profiles"] == "/profiles"


def test_prometheus_finds_the_router_its_key_and_its_rules() -> None:
    scraping = yaml.safe_load((SERVING / "compose/prometheus.yml").read_text())
    service = services()["prometheus"]
    (job,) = scraping["scrape_configs"]

    assert job["static_configs"] == [{"targets": ["router:8081"]}]
    assert job["authorization"]["credentials_file"] in dict(map(reversed, secrets_in(service)))  # type: ignore[call-overload]
    where = {target: source for source, target in mounts(service)}
    (rules,) = scraping["rule_files"]
    assert list((SERVING / where[str(Path(rules).parent)]).glob("*.yaml"))
    assert "--config.file=/etc/prometheus/prometheus.yml" in service["command"]
    assert "/etc/prometheus/prometheus.yml" in where
    assert "--storage.tsdb.path=/prometheus" in service["command"]


def test_grafana_finds_prometheus_and_the_dashboards() -> None:
    service = services()["grafana"]
    where = {target: SERVING / source for source, target in mounts(service)}
    sources = yaml.safe_load((where["/etc/grafana/provisioning/datasources"] / "prometheus.yaml").read_text())
    boards = yaml.safe_load((where["/etc/grafana/provisioning/dashboards"] / "tandem.yaml").read_text())

    assert sources["datasources"][0]["url"] == "http://prometheus:9090"
    assert set(service["networks"]) & set(services()["prometheus"]["networks"])
    folder = where[boards["providers"][0]["options"]["path"]]
    assert len(list(folder.glob("*.json"))) == 7
    assert service["environment"]["GF_SECURITY_ADMIN_PASSWORD__FILE"] in {to for _, to in secrets_in(service)}
