"""What the live tests stand on: real engines, routers in front of them, and OpenAI clients in front of those.

Engines are started once, those that the selected tests need, side by side. While writing tests, point these at
engines that already run (`python -m tandem_serving.tiny`) and nothing is started in their place:
TANDEM_LIVE_FAST_PORT, TANDEM_LIVE_STRONG_PORT, and TANDEM_LIVE_SLOW_PORT for one that serves `tiny-diffusiongemma`
with the plug-in.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from openai import OpenAI

from router.core.checks.table import NAMES, NON_CONVERGENCE
from tandem_serving.demo.distribution import Routed, distribution
from tandem_serving.demo.prompts import PromptsError, read_prompts
from tests.live.asking import openai_client
from tests.live.engines import PYTHON, SPEC_OF, LiveEngine, live_engines, ports_given, skip_or_fail
from tests.live.routers import Router, create_key, running_router, shipped_policies

HERE = Path(__file__).parent
DEFAULT_PROMPTS = HERE / "prompts.jsonl"
PROMPTS = pytest.StashKey[Sequence[str]]()
ROUTED = pytest.StashKey[Sequence[Routed]]()

TEST_TIMEOUT_S = 60

LAST = ("killed_by_probe", "killed_reader", "killed", "killed_strong", "back")
"""Fixtures that leave engines dead behind them, in the order in which what uses them comes last."""

LADDER_POLICY = """\
name: ladder
description: No rules at all.
rules: []
otherwise: {ladder: [fast, strong], gate: off}
"""
BREAKS_OFF_POLICY = """\
name: breaks-off
description: Tells the caller when an engine broke off its answer.
rules: []
otherwise: {ladder: [fast, strong], on_break: error, gate: off}
"""
STRONG_OR_LESS_POLICY = """\
name: strong-or-less
description: The strong tier, and where it cannot be reached the fast one.
rules: []
otherwise: {tier: strong, on_unavailable: degrade, gate: off}
"""
SPENDS_POLICY = f"""\
name: spends
description: Spends a latency budget as passes, and notes how many there were.
rules: []
otherwise:
  ladder: [fast, strong]
  denoise: auto
  checks: {{set: light, without: {sorted(NAMES - {NON_CONVERGENCE})}}}
  converge_at: 1000
"""
HASTY_POLICY = """\
name: hasty
description: Tells the caller after a moment that somebody is there.
rules: []
otherwise: {ladder: [fast, strong], commit_after: 200ms, gate: off}
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--prompts",
        type=Path,
        metavar="FILE",
        help="prompts to route: .txt, one a line; .jsonl or .parquet, one column `prompt`",
    )


def pytest_configure(config: pytest.Config) -> None:
    file = config.getoption("--prompts")
    if file is None:
        return
    try:
        config.stash[PROMPTS] = read_prompts(file)
    except PromptsError as error:
        raise pytest.UsageError(f"--prompts: {error}") from None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Engines take their time to start, and have a limit of their own: only the tests themselves are timed here.
    What kills engines comes last."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(TEST_TIMEOUT_S, func_only=True))
    items.sort(key=lambda item: max(map(LAST.index, {*LAST} & {*getattr(item, "fixturenames", ())}), default=-1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    routed = config.stash.get(ROUTED, ())
    if not routed:
        return
    file = config.getoption("--prompts") or DEFAULT_PROMPTS
    terminalreporter.section(f"how {len(routed)} prompts of {file.name} were routed")
    for line in distribution(routed):
        terminalreporter.write_line(line)


# --- engines --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def engines(request: pytest.FixtureRequest) -> Iterator[Mapping[str, LiveEngine]]:
    """The engines that the selected tests ask for, by role."""
    needed = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    roles = [role for role in SPEC_OF if f"{role}_engine" in needed]
    ports = ports_given(os.environ)
    if not PYTHON.exists() and not set(roles) <= set(ports):
        skip_or_fail(".venv-live is missing, which holds vLLM: `make live` makes it")
    with live_engines(roles, ports) as running:
        yield running


@pytest.fixture(scope="session")
def fast_engine(engines: Mapping[str, LiveEngine]) -> LiveEngine:
    """A diffusion engine that is quick and sure."""
    return engines["fast"]


@pytest.fixture(scope="session")
def strong_engine(engines: Mapping[str, LiveEngine]) -> LiveEngine:
    """An autoregressive engine."""
    return engines["strong"]


@pytest.fixture(scope="session")
def fitted_engine(engines: Mapping[str, LiveEngine]) -> LiveEngine:
    """An autoregressive engine that finds likely what it learnt."""
    return engines["fitted"]


@pytest.fixture(scope="session")
def slow_engine(engines: Mapping[str, LiveEngine]) -> LiveEngine:
    """A diffusion engine that takes seconds for each canvas."""
    return engines["slow"]


# --- routers --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default policy that ships, with its gate open, one without rules, one that breaks off, one that commits
    early, one that spends budgets as passes, and one that makes do with the fast tier."""
    folder = shipped_policies(tmp_path_factory.mktemp("shipped"))
    for file in folder.iterdir():
        if file.name != "default.yaml":
            file.unlink()
    (folder / "ladder.yaml").write_text(LADDER_POLICY)
    (folder / "breaks-off.yaml").write_text(BREAKS_OFF_POLICY)
    (folder / "hasty.yaml").write_text(HASTY_POLICY)
    (folder / "spends.yaml").write_text(SPENDS_POLICY)
    (folder / "strong-or-less.yaml").write_text(STRONG_OR_LESS_POLICY)
    return folder


@pytest.fixture(scope="session")
def open_router(
    fast_engine: LiveEngine, strong_engine: LiveEngine, policies: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Router]:
    """A router without keys: everyone is its owner."""
    folder = tmp_path_factory.mktemp("open")
    with running_router(folder, fast_engine, strong_engine, policies=str(policies)) as router:
        yield router


@pytest.fixture(scope="session")
def keys_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "keys.json"


@pytest.fixture(scope="session")
def secrets(keys_file: Path) -> Mapping[str, str]:
    """Keys by what is special about them."""
    return {
        "default": create_key(keys_file, "--tenant", "shop"),
        "pins": create_key(keys_file, "--tenant", "lab", "--pins"),
        "floor": create_key(keys_file, "--tenant", "clinic", "--min-stakes", "high", "--hints", "none"),
        "capped": create_key(keys_file, "--tenant", "trial", "--max-tier", "fast"),
    }


@pytest.fixture(scope="session")
def keyed_router(
    fast_engine: LiveEngine,
    strong_engine: LiveEngine,
    keys_file: Path,
    secrets: Mapping[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Router]:
    """A router that asks for keys, with the policies that ship, their gates open."""
    folder = tmp_path_factory.mktemp("keyed")
    with running_router(folder, fast_engine, strong_engine, keys=str(keys_file)) as router:
        yield router


@pytest.fixture(scope="session")
def slow_router(
    slow_engine: LiveEngine, strong_engine: LiveEngine, policies: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Router]:
    """A router without keys whose fast tier takes seconds for each canvas."""
    folder = tmp_path_factory.mktemp("slow")
    settings = {"policies": str(policies), "keep_alive_s": 0.3}
    with running_router(folder, slow_engine, strong_engine, **settings) as router:
        yield router


# --- clients --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def owner(open_router: Router) -> Iterator[OpenAI]:
    """A client of the router without keys: it may do everything."""
    with openai_client(open_router.address) as client:
        yield client


@pytest.fixture(scope="session")
def tenant(keyed_router: Router, secrets: Mapping[str, str]) -> Iterator[OpenAI]:
    """A client with a key of default grants: hints may raise, no pins."""
    with openai_client(keyed_router.address, secrets["default"]) as client:
        yield client


@pytest.fixture(scope="session")
def slow_owner(slow_router: Router) -> Iterator[OpenAI]:
    """A client of the router whose fast tier is slow."""
    with openai_client(slow_router.address) as client:
        yield client


# --- prompts --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def prompts(pytestconfig: pytest.Config) -> Sequence[str]:
    """The prompts of `--prompts FILE`, or those that come with the tests."""
    return pytestconfig.stash.get(PROMPTS, None) or read_prompts(DEFAULT_PROMPTS)


@pytest.fixture
def report_routing(pytestconfig: pytest.Config) -> Callable[[Sequence[Routed]], None]:
    """Takes what is to be shown at the end of the run."""

    def report(routed: Sequence[Routed]) -> None:
        pytestconfig.stash[ROUTED] = routed

    return report
