"""What tests share: two scripted engines, routers in front of them, and the keys and policies those know."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from router.config.keys_file import create_key
from router.core.grants import Grants
from tests.faults import answers
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import EngineRoom, ScriptedEngine

FAST_TEXT = "said by the fast tier"
STRONG_TEXT = "said by the strong tier"

ENGINE_KEY = "the engines' own key"
ADMIN_KEY = "the admin's own key"
MEDIA_HOST = "img.example"

BOTH_WAYS = pytest.mark.parametrize("way", [{}, {"stream": True}], ids=["plain", "streamed"])
"""For what must hold however an answer is asked for: `way` is added to the request."""

Way = Mapping[str, Any]

ROOMY: Mapping[str, Any] = {"concurrency": 100_000, "connect_s": 30.0}
"""Settings of backends for tests of many callers at once: scripted engines serve any number, others of their kind do
not, and share a process with all those callers."""

POLICIES: Mapping[str, Mapping[str, Any]] = {
    "default": {
        "rules": [
            {"name": "high", "when": 'signals.stakes == "high"', "then": {"tier": "strong"}},
            {
                "name": "medium",
                "when": 'signals.stakes == "medium"',
                "then": {"ladder": ["fast", "strong"], "gate": "off"},
            },
        ],
        "otherwise": {"ladder": ["fast", "strong"], "gate": "off"},
    },
    "fast-only": {"rules": [], "otherwise": {"tier": "fast", "gate": "off"}},
    "strong-only": {"rules": [], "otherwise": {"tier": "strong"}},
    "strong-or-less": {"rules": [], "otherwise": {"tier": "strong", "on_unavailable": "degrade"}},
    "not-when-full": {
        "rules": [{"name": "full", "when": "tiers.fast.saturated", "then": {"tier": "strong"}}],
        "otherwise": {"ladder": ["fast", "strong"], "gate": "off"},
    },
    "hasty": {"rules": [], "otherwise": {"ladder": ["fast", "strong"], "commit_after": "150ms", "gate": "off"}},
    "breaks-off": {"rules": [], "otherwise": {"ladder": ["fast", "strong"], "on_break": "error", "gate": "off"}},
    "spends": {
        "rules": [],
        "otherwise": {
            "ladder": ["fast", "strong"],
            "denoise": "auto",
            "over_budget": "best_effort",
            "gate": "off",
        },
    },
    "gated": {"rules": [], "otherwise": {"ladder": ["fast", "strong"], "gate": "block"}},
    "agreeing": {"rules": [], "otherwise": {"ladder": ["fast", "strong"], "verify": "agreement"}},
    "audited": {"rules": [], "otherwise": {"ladder": ["fast", "strong"], "gate": "off", "audit": 1}},
    "kept": {"rules": [], "otherwise": {"ladder": ["fast", "strong"], "gate": "off", "cache": "on"}},
    "kept-alike": {
        "rules": [],
        "otherwise": {"ladder": ["fast", "strong"], "gate": "off", "cache": {"semantic": "on"}},
    },
    "popular": {
        "rules": [],
        "otherwise": {"ladder": ["fast", "strong"], "gate": "off", "cache": {"upgrade": "on"}},
    },
    "alike": {
        "rules": [],
        "otherwise": {"ladder": ["fast", "strong"], "gate": "off", "cache": {"mode": "on", "semantic": "on"}},
    },
    "remembers": {
        "rules": [{"name": "went-up-before", "when": "memory.escalated", "then": {"tier": "strong"}}],
        "otherwise": {"ladder": ["fast", "strong"], "gate": "off"},
    },
    "gated-whole": {"rules": [], "otherwise": {"ladder": ["fast", "strong"], "gate": "whole"}},
    "read": {"rules": [], "otherwise": {"ladder": ["fast", "strong"], "verify": "read", "audit": 0}},
}
"""By name. `hasty` commits soon; `default` never does within a test. `breaks-off` tells the caller when an engine broke
off its answer. Only `gated` and `gated-whole` judge what the fast tier wrote, and `read` has it read as well."""

GRANTS: Mapping[str, Grants] = {
    "ordinary": Grants(),
    "full": Grants(hints="full", pins=True, engine_parameters=True),
    "other": Grants(),
    "no-hints": Grants(hints="none"),
    "auto-only": Grants(models=("auto",), pins=True),
    "one-policy": Grants(policies=("fast-*",)),
    "up-to-fast": Grants(max_tier="fast"),
    "high-stakes": Grants(min_stakes="high", pins=True),
    "pins": Grants(pins=True),
}
"""The virtual keys of the keyed router: name, which is also the tenant's, and rights."""


def pytest_configure() -> None:
    """What hypothesis draws is judged, never how long that takes: machines that run tests are busy."""
    settings.register_profile("unhurried", settings(), deadline=None, suppress_health_check=(HealthCheck.too_slow,))
    settings.load_profile("unhurried")


class Routers:
    """Starts routers and keeps them for the tests that follow: one process for each different set of settings."""

    def __init__(self, folder: Path, tiers: Mapping[str, Any], stack: ExitStack) -> None:
        self._folder = folder
        self._tiers = tiers
        self._stack = stack
        self._running: dict[str, RouterProcess] = {}
        self._in_use: list[RouterProcess] = []
        for name, policy in POLICIES.items():
            (folder / "policies").mkdir(exist_ok=True)
            (folder / "policies" / f"{name}.yaml").write_text(json.dumps({"name": name, **policy}))

    def serve(self, backend: Mapping[str, Any] | None = None, **settings: Any) -> RouterProcess:
        """A router with these settings; `backend` is added to those of both tiers. Tests share it, and one whose engine
        fails must not keep the next from asking it, or from climbing: it has no breakers and no limit on escalations
        unless told to."""
        settings = {"breakers": False, "escalations": {"limited": False}, **settings}
        name = json.dumps([backend, settings], sort_keys=True)
        if name not in self._running:
            folder = self._folder / f"router-{len(self._running)}"
            folder.mkdir()
            self._running[name] = self._stack.enter_context(serving(self.settings(folder, backend, settings), folder))
        self._in_use.append(self._running[name])
        return self._running[name]

    def settings(
        self, folder: Path, backend: Mapping[str, Any] | None = None, settings: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The whole content of a settings file for a router whose files are in `folder`. It audits nothing unless told
        to: an engine is asked what a test asks, and no more."""
        tiers = {tier: {"backends": [{**spec, **(backend or {})}]} for tier, spec in self._tiers.items()}
        return {
            "public": {"port": 0},
            "admin": {"port": 0},
            "tiers": tiers,
            "policies": str(self._folder / "policies"),
            "decision_log": str(folder / "decisions.jsonl"),
            "cache_salt_secret": "pepper",
            "keep_alive_s": 0.1,
            "stop_grace_s": 5,
            "audits": False,
            **(settings or {}),
        }

    def check_and_release(self) -> None:
        """What must hold of a router after any test: it has nothing to complain of and nothing left to do."""
        used, self._in_use = self._in_use, []
        for each in used:
            each.await_idle()
            assert each.read_log() == ""


@pytest.fixture(scope="session")
def engine_room() -> Iterator[EngineRoom]:
    """Where scripted engines live."""
    with EngineRoom() as room:
        yield room


@pytest.fixture(scope="session")
def engines(engine_room: EngineRoom) -> Mapping[str, ScriptedEngine]:
    """One scripted engine for each tier."""
    return {"fast": engine_room.open_engine(), "strong": engine_room.open_engine()}


@pytest.fixture(scope="session")
def running_routers(engines: Mapping[str, ScriptedEngine], tmp_path_factory: Any) -> Iterator[Routers]:
    """Every router of a test run."""
    usual = {"context_tokens": 8192, "connect_s": 1.0, "idle_s": 10.0, "load": "off", "warm_up": "off"}
    tiers = {
        "fast": {"url": engines["fast"].url, "model": "tier1", "dialect": "vllm_diffusion", **usual},
        "strong": {"url": engines["strong"].url, "model": "tier2", "dialect": "vllm", **usual},
    }
    with ExitStack() as stack:
        yield Routers(tmp_path_factory.mktemp("routers"), tiers, stack)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: Any) -> Mapping[str, str]:
    """The secrets of the virtual keys, and under `file` where they are kept hashed."""
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    return {"file": str(file)} | {name: create_key(file, name, grants) for name, grants in GRANTS.items()}


@pytest.fixture
def routers(running_routers: Routers, engine_room: EngineRoom) -> Iterator[Routers]:
    """Serves routers. What must hold of every one of them is checked when the test has ended."""
    yield running_routers
    running_routers.check_and_release()
    engine_room.check()


@pytest.fixture
def fast(engines: Mapping[str, ScriptedEngine]) -> ScriptedEngine:
    """The engine of the fast tier, which answers well until a test tells it otherwise."""
    engines["fast"].does(answers(FAST_TEXT))
    return engines["fast"]


@pytest.fixture
def strong(engines: Mapping[str, ScriptedEngine]) -> ScriptedEngine:
    """The engine of the strong tier, which answers well until a test tells it otherwise."""
    engines["strong"].does(answers(STRONG_TEXT))
    return engines["strong"]


@pytest.fixture
def router(routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine) -> RouterProcess:
    """A router without keys: everyone is its owner."""
    return routers.serve()


@pytest.fixture
def keyed(routers: Routers, keys: Mapping[str, str], fast: ScriptedEngine, strong: ScriptedEngine) -> RouterProcess:
    """A router that knows the virtual keys of `keys`."""
    return routers.serve(keys=keys["file"])


@pytest.fixture
def impatient(routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine) -> RouterProcess:
    """A router that waits for half a second of silence and no longer, and whose caps are quickly reached."""
    caps = {"body_mb": 1, "body_s": 0.4, "messages": 5, "parts": 3, "tools": 2, "choices": 2}
    return routers.serve(backend={"idle_s": 0.5}, limits=caps)


@pytest.fixture
def elaborate(routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine) -> RouterProcess:
    """A router that makes use of what most do without: an admin key, keys for its engines, media from one host."""
    return routers.serve(
        backend={"api_key": ENGINE_KEY, "accepts": ["image", "audio", "video"]},
        admin={"port": 0, "key": ADMIN_KEY},
        limits={"media_hosts": [MEDIA_HOST]},
    )
