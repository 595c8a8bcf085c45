"""The gateways that are compared: nginx, the bare relay and the router, each in front of the same mock engine."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from tests.bench.callers import Target
from tests.bench.process import ROOT, await_ready, free_port, started

UNJUDGED, KEEPING = "unjudged", "keeping"
"""The policy of what is measured, and one whose answers are kept."""


@dataclass(frozen=True)
class Gateway:
    """A running gateway: where it listens and which process tree is its own."""

    name: str
    pid: int
    target: Target


class MissingProgram(Exception):
    """A program that the benchmark compares with is not installed."""


def find_nginx() -> str:
    """The path of nginx. Raises MissingProgram."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise MissingProgram("nginx is missing: install it with your system's package manager: nginx")
    return found


def find_tandem() -> str:
    """The path of the `tandem` command of this interpreter's environment. Raises MissingProgram."""
    beside = Path(sys.executable).with_name("tandem")
    found = str(beside) if beside.exists() else shutil.which("tandem")
    if found is None:
        raise MissingProgram("the tandem command is missing: install this checkout with pip install -e .")
    return found


@contextmanager
def open_engine(core: int, scratch: Path) -> Iterator[Gateway]:
    """Run the mock engine; as a gateway it stands for asking directly."""
    port = free_port()
    log = scratch / "engine.log"
    with started([sys.executable, "-m", "tests.bench.engine", str(port)], core, log) as pid:
        await_ready(pid, port, "/health", log)
        yield Gateway("direct", pid, Target(port))


@contextmanager
def open_nginx(core: int, scratch: Path, engine_port: int) -> Iterator[Gateway]:
    """Run nginx as a proxy with one worker, kept-alive connections on both sides and no access log."""
    port = free_port()
    log = scratch / "nginx.log"
    config = scratch / "nginx.conf"
    config.write_text(_NGINX_CONFIG % {"port": port, "engine_port": engine_port, "scratch": scratch})
    with started([find_nginx(), "-e", "stderr", "-p", str(scratch), "-c", str(config)], core, log) as pid:
        await_ready(pid, port, "/health", log)
        yield Gateway("nginx", pid, Target(port))


@contextmanager
def open_relay(core: int, scratch: Path, engine_port: int) -> Iterator[Gateway]:
    """Run the bare aiohttp relay."""
    port = free_port()
    log = scratch / "relay.log"
    command = [sys.executable, "-m", "tests.bench.relay", str(port), str(engine_port)]
    with started(command, core, log) as pid:
        await_ready(pid, port, "/health", log)
        yield Gateway("relay", pid, Target(port))


@dataclass(frozen=True)
class RouterSetup:
    """What a router needs on disk, and the ports and the key it will be called with."""

    config: Path
    log: Path
    public_port: int
    admin_port: int
    key: str


def write_router_setup(scratch: Path, engine_port: int) -> RouterSetup:
    """Write a configuration with both tiers on the mock engine, and create one virtual key. Its requests are decided as
    the default policy does, but nothing is judged: what judging costs is `tests.bench.gate`'s to say, on real text."""
    _write_policies(scratch / "policies")
    public_port, admin_port = free_port(), free_port()
    config = scratch / "tandem.yaml"
    config.write_text(json.dumps(_router_config(scratch, (public_port, admin_port), engine_port)))
    return RouterSetup(config, scratch / "tandem.log", public_port, admin_port, create_key(scratch, UNJUDGED))


def write_keeping_policy(scratch: Path) -> str:
    """Add a policy that is like the one of what is measured but that answers are kept; its name."""
    policy = json.loads((scratch / "policies" / f"{UNJUDGED}.yaml").read_text())
    for then in (policy["otherwise"], *(rule["then"] for rule in policy["rules"])):
        then["cache"] = "on"
    (scratch / "policies" / f"{KEEPING}.yaml").write_text(json.dumps({**policy, "name": KEEPING}))
    return KEEPING


def create_key(scratch: Path, policy: str) -> str:
    """Create a virtual key whose requests go by this policy; its secret."""
    create = [find_tandem(), "keys", "create", "--keys", str(scratch / "keys.json"), "--tenant", "bench"]
    create += ["--policy", policy]
    return subprocess.run(create, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()[-1]


@contextmanager
def open_router(core: int, setup: RouterSetup) -> Iterator[Gateway]:
    """Run `tandem serve`, ready when /healthz answers 200. Requests carry the virtual key."""
    command = [find_tandem(), "serve", "--config", str(setup.config)]
    with started(command, core, setup.log) as pid:
        await_ready(pid, setup.public_port, "/healthz", setup.log)
        yield Gateway("router", pid, Target(setup.public_port, {"authorization": f"Bearer {setup.key}"}))


def _write_policies(folder: Path) -> None:
    """The policies that ship with their cases, and the default one without its gate."""
    shutil.copytree(ROOT / "policies", folder)
    policy = YAML(typ="safe").load(folder / "default.yaml")
    for then in (policy["otherwise"], *(rule["then"] for rule in policy["rules"])):
        then["gate"] = "off"
    (folder / f"{UNJUDGED}.yaml").write_text(json.dumps({**policy, "name": UNJUDGED}))


def _router_config(scratch: Path, ports: tuple[int, int], engine_port: int) -> dict[str, object]:
    backend = {"url": f"http://127.0.0.1:{engine_port}", "context_tokens": 32768, "concurrency": 4096}
    fast = backend | {"model": "tier1", "dialect": "vllm_diffusion"}
    strong = backend | {"model": "tier2", "dialect": "vllm"}
    return {
        "public": {"host": "127.0.0.1", "port": ports[0]},
        "admin": {"host": "127.0.0.1", "port": ports[1]},
        "keys": str(scratch / "keys.json"),
        "decision_log": str(scratch / "decisions.jsonl"),
        "audits": False,
        "policies": str(scratch / "policies"),
        "default_policy": "default",
        "tiers": {"fast": {"backends": [fast]}, "strong": {"backends": [strong]}},
    }


_NGINX_CONFIG = """
daemon off;
worker_processes 1;
pid %(scratch)s/nginx.pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path %(scratch)s/nginx-body;
    proxy_temp_path %(scratch)s/nginx-proxy;
    fastcgi_temp_path %(scratch)s/nginx-fastcgi;
    uwsgi_temp_path %(scratch)s/nginx-uwsgi;
    scgi_temp_path %(scratch)s/nginx-scgi;
    upstream engine {
        server 127.0.0.1:%(engine_port)d;
        keepalive 128;
        keepalive_requests 1000000000;
    }
    server {
        listen 127.0.0.1:%(port)d;
        location / {
            proxy_pass http://engine;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
        }
    }
}
"""
