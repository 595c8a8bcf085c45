"""The demo, run without a cluster: the commands of its manifests as processes of this machine, with the files that the
kubelet would mount, other ports, and addresses of loopback where names would be. What a cluster does besides (names,
network policies, volumes) is not tried."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from router.config.keys_file import create_key
from router.core.grants import Grants
from tests.bench.process import free_port
from tests.helm.chart import CANARIES, PASSWORD, ROOT, Manifest, pod_of, the
from tests.helm.folders import lay_out
from tests.needed import need
from tests.patience import until
from tests.wire_client import Address, ask, post, request_fields

REDIS = Path("/usr/bin/redis-server")
BIN = Path(sys.executable).parent


class Cluster:
    """The processes of the demo. `ports` are those that its addresses have here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        names = ("tandem-fast-0.tandem-fast:8000", "tandem-strong-0.tandem-strong:8000", "tandem-redis:6379")
        self.ports = {name: free_port() for name in (*names, "tandem:80", "tandem-admin:8081")}

    def here(self, text: str) -> str:
        """A text of a manifest, as it has to be here."""
        for name, port in self.ports.items():
            text = text.replace(name, f"127.0.0.1:{port}")
        text = text.replace("/etc/tandem", str(self.folder)).replace("/etc/redis", str(self.folder / "secrets"))
        return text.replace("host: 0.0.0.0", "host: 127.0.0.1")

    def command(self, workload: Manifest, port: int | None = None) -> list[str]:
        """The command of a workload's container; where it names its port, this one instead."""
        container = pod_of(workload)["spec"]["containers"][0]
        words = [self.here(each) for each in [*container["command"], *container["args"]]]
        swaps = {"--port=8000": f"--port={port}", "--host=0.0.0.0": "--host=127.0.0.1"}
        return [str(BIN / words[0]) if words[0] in ("tandem", "python") else words[0]] + [
            swaps.get(each, each) for each in words[1:]
        ]

    def probe(self) -> subprocess.CompletedProcess[str]:
        """The router's readiness probe."""
        container = pod_of(the("demo", "Deployment", "tandem"))["spec"]["containers"][0]
        _, *words = map(self.here, container["readinessProbe"]["exec"]["command"])
        return run([str(BIN / "python"), *words, f"--admin=http://127.0.0.1:{self.ports['tandem-admin:8081']}"])


def run(words: list[str]) -> subprocess.CompletedProcess[str]:
    """What a command comes to."""
    paths = {"PYTHONPATH": f"{ROOT}:{ROOT / 'serving'}"}
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=30, env=os.environ | paths)


@contextmanager
def started(words: list[str], log: Path, env: Mapping[str, str]) -> Iterator[None]:
    """A process, ended when the block ends."""
    paths = {"PYTHONPATH": f"{ROOT}:{ROOT / 'serving'}"}
    with log.open("wb") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, env=os.environ | paths | env, cwd=log.parent)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A virtual key, and the file that knows it."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    return create_key(path, "me", Grants()), path.read_text()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, key: tuple[str, str]) -> Iterator[Cluster]:
    """The demo, up and ready."""
    need(REDIS, "install redis-server")
    folder = tmp_path_factory.mktemp("pod")
    made = Cluster(folder)
    lay_out("demo", folder, {})
    secrets = folder / "secrets"
    (secrets / "keys.json").write_text(key[1])
    (secrets / "redis-url").write_text(made.here((secrets / "redis-url").read_text()))
    settings = folder / "settings/tandem.yaml"
    ports = {"port: 8080": made.ports["tandem:80"], "port: 8081": made.ports["tandem-admin:8081"]}
    text = made.here(settings.read_text())
    for written, port in ports.items():
        text = text.replace(written, f"port: {port}")
    settings.write_text(text)
    with ExitStack() as stack:
        stack.enter_context(_redis(made))
        for tier in ("fast", "strong"):
            stack.enter_context(_engine(made, tier))
        words = made.command(the("demo", "Deployment", "tandem"))
        stack.enter_context(started(words, folder / "router.log", {}))
        ready = until(lambda: made.probe().returncode == 0, within_s=60)
        assert ready, (folder / "router.log").read_text() + made.probe().stderr
        yield made


def _redis(made: Cluster) -> Any:
    words = made.command(the("demo", "Deployment", "tandem-redis"))
    port = str(made.ports["tandem-redis:6379"])
    return started([*words, "--port", port, "--bind", "127.0.0.1"], made.folder / "redis.log", {})


def _engine(made: Cluster, tier: str) -> Any:
    port = made.ports[f"tandem-{tier}-0.tandem-{tier}:8000"]
    words = made.command(the("demo", "StatefulSet", f"tandem-{tier}"), port)
    return started(words, made.folder / f"{tier}.log", {"VLLM_API_KEY": CANARIES["engineKey"]})


@pytest.mark.timeout(120)
def test_a_caller_with_a_key_is_answered(cluster: Cluster, key: tuple[str, str]) -> None:
    address = Address("127.0.0.1", cluster.ports["tandem:80"])
    fields = request_fields("Shorten: the meeting has been moved to Tuesday at ten.")

    refused, served = post(address, fields), post(address, fields, key=key[0])

    assert refused.status == 401
    assert served.status == 200
    assert served.header("x-router-tier") in ("fast", "strong")


def test_the_test_of_the_chart_passes(cluster: Cluster) -> None:
    done = run(cluster.command(the("demo", "Pod", "tandem-test")))

    assert (done.returncode, done.stdout) == (0, "ready\n"), done.stderr


def test_engines_and_redis_ask_for_their_keys(cluster: Cluster) -> None:
    engine = Address("127.0.0.1", cluster.ports["tandem-fast-0.tandem-fast:8000"])
    assert ask(engine, "GET", "/v1/models").status == 401
    port = str(cluster.ports["tandem-redis:6379"])
    assert "NOAUTH" in run(["redis-cli", "-p", port, "get", "a"]).stdout
    known = run(["redis-cli", "-p", port, "-a", PASSWORD, "--no-auth-warning", "config", "get", "maxmemory-policy"])
    assert known.stdout.split() == ["maxmemory-policy", "allkeys-lru"]


def test_the_router_shares_through_that_redis(cluster: Cluster) -> None:
    assert until(lambda: "tandem" in _redis_keys(cluster), within_s=20), (cluster.folder / "router.log").read_text()


def _redis_keys(cluster: Cluster) -> str:
    port = str(cluster.ports["tandem-redis:6379"])
    return run(["redis-cli", "-p", port, "-a", PASSWORD, "--no-auth-warning", "keys", "*"]).stdout


def test_without_its_key_a_probe_is_not_let_in(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("another")
    admin = f"--admin=http://127.0.0.1:{cluster.ports['tandem-admin:8081']}"

    done = run([str(BIN / "python"), "-m", "tandem_serving.healthcheck", admin, f"--key-file={tmp_path / 'key'}"])

    assert done.returncode == 1
    assert "is the key right?" in done.stderr
