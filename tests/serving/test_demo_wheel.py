"""The wheel, installed into a folder of its own and used from outside the checkout: it carries all the demo needs."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tandem_serving.demo.showcase import SHOWCASE
from tandem_serving.demo.table import WIDTH

ROOT = Path(__file__).parents[2]
WHERE = "import router, tandem_serving; print(router.__file__, tandem_serving.__file__)"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the built wheel and nothing else; what it depends on is where these tests run."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], ROOT, os.environ)
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps")
    run([*pip, "--target", str(target), str(wheel)], folder, os.environ)
    return target


@pytest.mark.timeout(120)
def test_the_demo_runs_from_an_installed_wheel(installed: Path, tmp_path: Path) -> None:
    surroundings = os.environ | {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}

    where = run([sys.executable, "-c", WHERE], tmp_path, surroundings).stdout.split()
    done = run([str(installed / "bin" / "tandem"), "demo", "--once"], tmp_path, surroundings)

    lines = done.stdout.splitlines()
    assert all(file.startswith(str(installed)) for file in where)
    assert lines[-1].startswith(f"{len(SHOWCASE)} requests")
    assert "all as expected" in lines[-1]
    assert max(map(len, lines)) <= WIDTH
    assert "\x1b" not in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_wheel_carries_all_that_the_console_shows(installed: Path) -> None:
    folders = ("router/console/templates", "router/console/static")
    files = [each.relative_to(ROOT) for folder in folders for each in (ROOT / folder).rglob("*") if each.is_file()]

    assert len(files) > 20
    assert [each for each in files if not (installed / each).is_file()] == []


def test_the_wheel_carries_the_profiles_that_engines_are_launched_from(installed: Path, tmp_path: Path) -> None:
    surroundings = os.environ | {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    asked = ("engine", "launch", "strong", "--profile", "h200-fp8-31b-mtp", "--print")

    line = run([str(installed / "bin" / "tandem"), *asked], tmp_path, surroundings).stdout

    file = installed / "tandem_serving/_profiles/h200-fp8-31b-mtp-strong.yaml"
    assert f"serve --config {file} --host 127.0.0.1" in line
    assert file.is_file()


def run(command: list[str], folder: Path, surroundings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done
