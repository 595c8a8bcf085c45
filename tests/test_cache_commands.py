"""`tandem cache stats | get | invalidate`: what they say of a router, and how they end."""

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from router.cli import app
from tests.bench.process import free_port
from tests.conftest import FAST_TEXT, Routers
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields

_numbers = count()

Run = Callable[..., Result]


@pytest.fixture
def keeper(routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine) -> RouterProcess:
    """A router whose cache no other test looks at."""
    return routers.serve(cache={"store": "memory", "max_mb": 7})


@pytest.fixture
def run(keeper: RouterProcess) -> Run:
    """Runs a command of `tandem cache` beside that router."""

    def runs(*arguments: str) -> Result:
        return tandem_cache(*arguments, "--admin", f"http://{keeper.admin.host}:{keeper.admin.port}")

    return runs


@pytest.fixture
def request_file(tmp_path: Path) -> Path:
    """A request that was not made before."""
    file = tmp_path / "request.json"
    file.write_text(json.dumps(request_fields(f"What is the {next(_numbers)}th?", model="auto:kept")))
    return file


def tandem_cache(*arguments: str) -> Result:
    """What `tandem cache` comes to."""
    return CliRunner().invoke(app, ("cache", *arguments), env={"TANDEM_ADMIN_KEY": None})


def kept(router: RouterProcess, file: Path) -> None:
    """Has the answer to the request in a file kept."""
    fields: dict[str, Any] = json.loads(file.read_text())
    assert post(router.public, fields).header("x-router-cache") == "miss"


def test_the_statistics_say_what_is_held_and_what_was_lost(keeper: RouterProcess, run: Run, request_file: Path) -> None:
    run("invalidate", "--all")
    kept(keeper, request_file)

    lines = run("stats").stdout.splitlines()

    assert lines == ["store    memory (well)", "entries  1, 0.0 MB", "lost     nothing"]


def test_what_is_kept_for_a_request_is_shown_without_its_text(
    keeper: RouterProcess, run: Run, request_file: Path
) -> None:
    kept(keeper, request_file)

    result = run("get", str(request_file))

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("tier    fast (not verified)\nmade    by kept@")
    assert FAST_TEXT not in result.stdout


def test_its_text_is_shown_to_who_asks_for_it(keeper: RouterProcess, run: Run, request_file: Path) -> None:
    kept(keeper, request_file)

    assert run("get", str(request_file), "--text").stdout.endswith(f"\n{FAST_TEXT}\n")
    assert json.loads(run("get", str(request_file), "--text", "--json").stdout)["texts"] == [FAST_TEXT]


@pytest.mark.parametrize("of", [(), ("--tenant", "somebody-else"), ("--policy", "default")])
def test_what_is_not_kept_is_said_and_ends_with_one(run: Run, request_file: Path, of: tuple[str, ...]) -> None:
    result = run("get", str(request_file), *of)

    assert (result.exit_code, result.stdout) == (1, "nothing is kept for this request\n")


def test_a_tenants_entries_are_forgotten_and_no_others(keeper: RouterProcess, run: Run, request_file: Path) -> None:
    kept(keeper, request_file)

    others, own = run("invalidate", "--tenant", "somebody-else"), run("invalidate", "--tenant", "local")

    assert others.stdout.startswith("0 answers forgotten")
    assert not own.stdout.startswith("0 answers forgotten")
    assert run("get", str(request_file)).exit_code == 1


def test_what_is_young_is_not_forgotten_for_its_age(keeper: RouterProcess, run: Run, request_file: Path) -> None:
    kept(keeper, request_file)

    assert run("invalidate", "--older-than", "1h").stdout.startswith("0 answers forgotten")
    assert run("get", str(request_file)).exit_code == 0


@pytest.mark.parametrize("arguments", [("invalidate",), ("invalidate", "--older-than", "long")])
def test_nothing_is_forgotten_unless_it_is_said_what(arguments: tuple[str, ...]) -> None:
    assert tandem_cache(*arguments).exit_code == 2


@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), ("{", "is not JSON")])
def test_a_file_without_a_request_is_a_mistake_in_the_command(tmp_path: Path, content: str | None, why: str) -> None:
    file = tmp_path / "mine.json"
    if content is not None:
        file.write_text(content)

    result = tandem_cache("get", str(file))

    assert result.exit_code == 2
    assert why in " ".join(result.stderr.replace("\u2502", " ").split())


def test_what_the_router_refuses_is_said_in_one_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text('{"model": "auto"}')

    result = run("get", str(file))

    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


def test_a_router_that_cannot_be_reached_is_said(request_file: Path) -> None:
    result = tandem_cache("get", str(request_file), "--admin", f"http://127.0.0.1:{free_port()}")

    assert result.exit_code == 2
    assert "is the router running?" in result.stderr
