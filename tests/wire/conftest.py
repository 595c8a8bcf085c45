"""The engines that every behaviour is asked of: simulated ones, or with `--engines real` vLLM itself.

A behaviour that differs between the two is a fault of the simulator. While writing tests, point these at real engines
that already run, with the key and the flags of `tests/wire/engines.py`: TANDEM_WIRE_FAST_PORT, TANDEM_WIRE_STRONG_PORT.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.patience import until
from tests.wire.engines import PYTHON, Kind, WireEngine, engine_at, running_engines

HERE = Path(__file__).parent
TEST_TIMEOUT_S = 60
PORTS = {"fast": "TANDEM_WIRE_FAST_PORT", "strong": "TANDEM_WIRE_STRONG_PORT"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engines",
        choices=["simulated", "real"],
        default="simulated",
        help="whose wire tests/wire looks at: the simulator's, or that of vLLM",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Engines take their time to start, so only the tests themselves are timed. What kills an engine comes last."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(TEST_TIMEOUT_S, func_only=True))
    items.sort(key=lambda item: "death" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def engine_kind(request: pytest.FixtureRequest) -> Kind:
    """Whether the engines are simulated or real."""
    asked_for: Kind = request.config.getoption("--engines")
    if asked_for == "real" and not PYTHON.exists():
        _skip_or_fail(".venv-live is missing, which holds vLLM: `make live` makes it")
    return asked_for


@pytest.fixture(scope="session")
def engines(engine_kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, WireEngine]]:
    """One engine of each tier."""
    if engine_kind == "real" and all(name in os.environ for name in PORTS.values()):
        yield {
            "fast": engine_at("fast", int(os.environ[PORTS["fast"]])),
            "strong": engine_at("strong", int(os.environ[PORTS["strong"]])),
        }
        return
    with running_engines(engine_kind, ["fast", "strong"], tmp_path_factory.mktemp("engines")) as (fast, strong):
        yield {"fast": fast, "strong": strong}


@pytest.fixture
def fast(engines: Mapping[str, WireEngine]) -> WireEngine:
    """The diffusion engine."""
    return engines["fast"]


@pytest.fixture
def strong(engines: Mapping[str, WireEngine]) -> WireEngine:
    """The autoregressive engine."""
    return engines["strong"]


@pytest.fixture(params=["fast", "strong"])
def engine(request: pytest.FixtureRequest, engines: Mapping[str, WireEngine]) -> WireEngine:
    """Either of them: what they share is said once."""
    return engines[request.param]


@pytest.fixture
def idle(engine: WireEngine) -> WireEngine:
    """Either of them, with nothing left to do of earlier tests."""
    until(engine.is_idle, within_s=20)
    return engine


def _skip_or_fail(reason: str) -> None:
    """Where nobody is looking, a test that cannot run has failed."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
