"""`serving/Dockerfile`, read instruction by instruction, for want of a container engine; and the steps of it that need
none, carried out."""

import json
import re
import subprocess
import sys
import venv
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
DOCKERFILE: Final = ROOT / "serving/Dockerfile"
IGNORE: Final = ROOT / "serving/Dockerfile.dockerignore"
LOCKS: Final = ("requirements/serve.lock", "requirements/build.lock")


def instructions() -> list[tuple[str, str]]:
    """What it says, line by line: the word, and what comes after."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def stage(name: str) -> list[tuple[str, str]]:
    """The instructions of one stage."""
    out: list[tuple[str, str]] = []
    inside = False
    for word, rest in instructions():
        if word == "FROM":
            inside = rest.endswith(f" AS {name}")
        elif inside:
            out.append((word, rest))
    return out


def test_bases_are_versions() -> None:
    bases = [rest.split()[0] for word, rest in instructions() if word == "FROM"]

    assert len(bases) == 3
    assert all(re.search(r":v?\d+\.\d+\.\d+", each) for each in bases)


def test_what_is_copied_is_there_and_is_let_through_to_the_builder() -> None:
    allowed = [line[1:] for line in IGNORE.read_text().splitlines() if line.startswith("!")]
    for rest in (rest for word, rest in instructions() if word == "COPY" and "--from=" not in rest):
        *sources, _ = rest.split()
        for source in sources:
            assert (ROOT / source).exists(), source
            assert any(fnmatch(source, each) for each in allowed), source


def test_everything_that_is_fetched_is_locked_by_its_hash() -> None:
    installs = [
        json.loads(rest) for word, rest in instructions() if word == "RUN" and '"install"' in rest and "pip" in rest
    ]

    for words in installs:
        assert "--require-hashes" in words or "--no-index" in words or "--no-build-isolation" in words, words
    for lock in LOCKS:
        pinned = re.findall(r"^[a-z0-9-]+==", (ROOT / lock).read_text(), re.MULTILINE | re.IGNORECASE)
        assert len(pinned) <= (ROOT / lock).read_text().count("--hash=sha256:")
        assert "://" not in (ROOT / lock).read_text()


@pytest.mark.parametrize("name", ["engine", "router"])
def test_an_image_is_nobodys_and_needs_no_shell(name: str) -> None:
    said = stage(name)
    words = dict(said)

    assert words["USER"] == "10001:10001"
    assert not any(word == "RUN" for word, _ in said)
    probe = words["HEALTHCHECK"].partition("CMD ")[2]
    for command in (words["ENTRYPOINT"], probe):
        assert json.loads(command)[0] not in ("sh", "bash", "/bin/sh", "curl", "wget")


def test_the_router_is_what_an_image_is_by_itself() -> None:
    (last,) = [rest for word, rest in instructions() if word == "FROM"][-1:]
    assert last.endswith(" AS router")


def test_its_health_is_asked_by_a_command_that_it_has(tmp_path: Path) -> None:
    (probe,) = [rest.partition("CMD ")[2] for word, rest in stage("router") if word == "HEALTHCHECK"]
    _, *words = json.loads(probe)
    (tmp_path / "key").write_text("k")
    words = [each.replace("/etc/tandem/secrets/admin-key", str(tmp_path / "key")) for each in words]

    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("cannot be asked: ")


def test_the_lock_holds_all_that_serving_imports() -> None:
    wanted = subprocess.run(
        [sys.executable, "-m", "pip", "show", "tandem-router"], capture_output=True, text=True, check=True
    ).stdout
    needs = re.search(r"^Requires: (.*)$", wanted, re.MULTILINE)
    assert needs is not None
    locked = (ROOT / "requirements/serve.lock").read_text().lower()
    assert [each for each in needs[1].split(", ") if f"{each.lower()}==" not in locked] == []


@pytest.mark.timeout(300)
def test_the_plug_in_is_found_where_the_engine_image_puts_it(tmp_path: Path) -> None:
    venv.create(tmp_path / "engine", with_pip=False)
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target",
         tmp_path / "plugin", ROOT / "serving/vllm_plugin"],
        check=True,
    )  # fmt: skip
    asked = "from importlib.metadata import entry_points as e; print(sorted(x.name for x in e(group=GROUP)))"
    asked = asked.replace("GROUP", "'vllm.general_plugins'")

    said = subprocess.run(
        [tmp_path / "engine/bin/python", "-c", asked],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(tmp_path / "plugin")},
    )

    assert said.stdout == "['tandem_passes', 'tandem_reading']\n"
