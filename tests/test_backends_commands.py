"""`tandem backends list | drain | resume` and the endpoints behind it: a backend is taken out of use, and nobody is
harmed."""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from router.cli import app
from tests.conftest import FAST_TEXT, STRONG_TEXT, Routers
from tests.faults import finishes_without_done, opens_and_then
from tests.patience import until
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import Exchange, ScriptedEngine
from tests.wire_client import ask, open_stream, post, request_fields

BACKENDS = "/router/v1/backends"
NAMES = ("blue", "green")


class Operator:
    """Someone at a shell, beside a router whose strong tier has two backends and whose fast tier has one."""

    def __init__(self, router: RouterProcess) -> None:
        self.router = router

    def runs(self, *arguments: str) -> Result:
        """What `tandem backends` comes to."""
        where = ("--admin", f"http://{self.router.admin.host}:{self.router.admin.port}")
        return CliRunner().invoke(app, ("backends", *arguments, *where), env={"TANDEM_ADMIN_KEY": None})

    def sees(self, name: str) -> dict[str, Any]:
        """What is listed of a backend."""
        listed = json.loads(self.runs("list", "--json").stdout)["backends"]
        (found,) = [each for each in listed if each["name"] == name]
        return dict(found)

    def served_by(self, policy: str = "strong-only", conversations: int = 12) -> set[str]:
        """The texts of the answers to so many new conversations; an error's is its status."""
        asked = [
            post(self.router.public, request_fields(f"{at}?", model=f"auto:{policy}")) for at in range(conversations)
        ]
        return {each.text if each.status == 200 else str(each.status) for each in asked}


async def finish(exchange: Exchange, gate: threading.Event) -> None:
    """The rest of a stream, once the gate is open."""
    await asyncio.to_thread(gate.wait, 5.0)
    await finishes_without_done(exchange)


@pytest.fixture
def operator(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> Iterator[Operator]:
    """Blue is the engine of the fast tier as well; green answers as the strong one."""
    settings = running_routers.settings(tmp_path)
    (spec,) = settings["tiers"]["strong"]["backends"]
    urls = (fast.url, strong.url)
    backends = [{**spec, "name": name, "url": url} for name, url in zip(NAMES, urls, strict=True)]
    settings["tiers"]["strong"]["backends"] = backends
    with serving(settings, tmp_path) as router:
        yield Operator(router)
        router.await_idle()
        assert router.read_log() == ""


def test_the_list_says_how_each_backend_is_doing(operator: Operator) -> None:
    head, *rows = operator.runs("list").stdout.splitlines()

    assert head.split() == "backend tier standing open limit share breaker p50 ms p90 ms".split()
    assert [row.split()[:2] for row in rows] == [["fast-1", "fast"], ["blue", "strong"], ["green", "strong"]]
    assert re.fullmatch(r"blue +strong +in use +0 +256 +100% +closed +\d+ +\d+", rows[1])
    assert operator.sees("blue") == operator.sees("green") | {"name": "blue"}


def test_a_drained_backend_gets_nothing_new_and_comes_back_when_it_is_resumed(operator: Operator) -> None:
    assert operator.served_by() == {FAST_TEXT, STRONG_TEXT}

    drained = operator.runs("drain", "blue")
    assert (drained.exit_code, drained.stdout) == (0, "blue: drained, 0 open (this replica only)\n")
    assert operator.served_by() == {STRONG_TEXT}
    assert operator.sees("blue")["drained_since_s"] > 1e9
    assert re.search(r"^blue .*drained.* since \d{4}-\d\d-\d\dT", operator.runs("list").stdout, re.MULTILINE)

    resumed = operator.runs("resume", "blue")
    assert (resumed.exit_code, resumed.stdout) == (0, "blue: joining, 0 open (this replica only)\n")
    assert operator.served_by(conversations=60) == {FAST_TEXT, STRONG_TEXT}
    assert 0 < operator.sees("blue")["share"] < 1


def test_a_drained_backend_finishes_what_it_has(
    operator: Operator, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    operator.runs("drain", "green")
    gate = threading.Event()
    fast.does(opens_and_then("a long ", then=lambda exchange: finish(exchange, gate)))
    with open_stream(operator.router.public, request_fields(model="auto:strong-only")) as stream:
        stream.next_event()
        operator.runs("resume", "green")
        operator.runs("drain", "blue")
        assert (operator.sees("blue")["in_flight"], operator.served_by()) == (1, {STRONG_TEXT})
        gate.set()
        assert stream.payloads()[-1] == "[DONE]"

    assert until(lambda: operator.sees("blue")["in_flight"] == 0)


def test_the_last_backend_of_a_tier_is_drained_only_by_force(operator: Operator) -> None:
    operator.runs("drain", "blue")

    refused = operator.runs("drain", "green")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "green is the last backend of the tier strong that is not drained" in refused.stderr
    assert operator.served_by() == {STRONG_TEXT}

    assert operator.runs("drain", "green", "--force").exit_code == 0
    assert operator.served_by() == {"503"}
    assert operator.served_by("strong-or-less") == {FAST_TEXT}


def test_a_tier_that_is_drained_by_force_is_left_out_of_ladders(operator: Operator, strong: ScriptedEngine) -> None:
    assert operator.runs("drain", "fast-1", "--force").exit_code == 0

    assert operator.served_by("gated") <= {FAST_TEXT, STRONG_TEXT}
    assert operator.sees("fast-1")["standing"] == "drained"
    assert operator.router.readiness().json["status"] == "ready"


@pytest.mark.parametrize("what", ["drain", "resume"])
def test_a_backend_that_is_not_there_is_refused_with_those_that_are(operator: Operator, what: str) -> None:
    refused = operator.runs(what, "red")

    assert refused.exit_code == 1
    assert refused.stderr == "error: there is no backend 'red', only fast-1, blue, green\n"


@pytest.mark.parametrize(("body", "said"), [(b"{", "not JSON"), (b'{"forse":1}', "forse"), (b'{"force":1}', "force")])
def test_an_order_that_cannot_be_read_changes_nothing(operator: Operator, body: bytes, said: str) -> None:
    response = ask(operator.router.admin, "POST", f"{BACKENDS}/blue/drain", body)

    assert response.status == 400
    assert said in response.error["message"]
    assert operator.sees("blue")["standing"] == "in_use"


def test_a_page_of_another_site_drains_nothing(operator: Operator) -> None:
    response = ask(operator.router.admin, "POST", f"{BACKENDS}/blue/drain", headers={"origin": "http://evil.example"})

    assert response.status == 400
    assert operator.sees("blue")["standing"] == "in_use"
