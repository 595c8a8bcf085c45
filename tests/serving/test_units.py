"""The systemd units, by systemd's own tools."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.needed import need

UNITS: Final = Path(__file__).resolve().parents[2] / "serving/systemd"
ANALYZE: Final = Path("/usr/bin/systemd-analyze")
NAMES: Final = ("tandem@", "tandem-engine@")
EXPOSURE: Final = {"tandem@": 15, "tandem-engine@": 40}
"""The most that `systemd-analyze security` may find, of 100: an engine compiles as it runs, and needs its GPU."""


@pytest.fixture(params=NAMES)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """One instance of a unit, whose commands exist."""
    need(ANALYZE, "install systemd (for systemd-analyze)")
    text = (UNITS / f"{request.param}.service").read_text()
    instance = tmp_path / f"{request.param}blue.service"
    instance.write_text(re.sub(r"/opt/[a-z-]+/bin/[a-z]+", "/bin/true", text))
    return request.param, instance


def analyze(*words: object) -> subprocess.CompletedProcess[str]:
    """What the tool says."""
    return subprocess.run([ANALYZE, *map(str, words)], capture_output=True, text=True, check=False)


def test_systemd_takes_it(unit: tuple[str, Path]) -> None:
    done = analyze("verify", unit[1])

    assert (done.returncode, done.stderr) == (0, "")


def test_it_is_exposed_to_little(unit: tuple[str, Path]) -> None:
    done = analyze("security", "--offline=yes", f"--threshold={EXPOSURE[unit[0]]}", "--no-pager", unit[1])

    assert done.returncode == 0, done.stdout


def test_an_engine_listens_on_loopback_with_a_key() -> None:
    text = (UNITS / "tandem-engine@.service").read_text()

    assert "--host 127.0.0.1" in text
    assert "EnvironmentFile=/etc/tandem/engine-key.env" in text
    used = set(re.findall(r"\$\{([A-Z_]+)\}", text))
    assert {name for name in used if f"#   {name}=" not in text} == set(), "the head says what to set"


def test_a_router_has_time_to_finish_what_it_has() -> None:
    text = (UNITS / "tandem@.service").read_text()
    grace = re.search(r"TimeoutStopSec=(\d+)", text)

    assert grace is not None
    assert int(grace[1]) > 60
