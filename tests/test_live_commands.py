"""`tandem policy status | reload | rollback | release | canary`: what they say of a router, and how they end."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from router.cli.live import add_commands
from tests.bench.process import free_port
from tests.conftest import ADMIN_KEY, Routers
from tests.policy_folders import PolicyFolder
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine

NOW = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
VERSION = r"default@[0-9a-f]{12}"


class Operator:
    """Someone at a shell, with a router beside them that has an admin key."""

    def __init__(self, router: RouterProcess, folder: PolicyFolder) -> None:
        self.router = router
        self.folder = folder

    def runs(self, *arguments: str, key: str | None = ADMIN_KEY) -> Result:
        """What a command comes to."""
        where = ("--admin", f"http://{self.router.admin.host}:{self.router.admin.port}")
        return tandem_policy(*arguments, *where, key=key)

    def change(self, rule: str) -> None:
        """Has the default go live with another rule."""
        self.folder.write_policy(rule=rule)
        assert self.runs("reload").exit_code == 0


def tandem_policy(*arguments: str, key: str | None = None) -> Result:
    """What `tandem policy` comes to."""
    app = typer.Typer()
    add_commands(app)
    return CliRunner().invoke(app, arguments, env={"TANDEM_ADMIN_KEY": key})


@pytest.fixture(scope="module")
def router(
    running_routers: Routers, engines: dict[str, ScriptedEngine], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operator]:
    """A router for all tests here, one after the other."""
    path = tmp_path_factory.mktemp("live")
    folder = PolicyFolder(path / "policies")
    settings = {
        "policies": str(folder.path),
        "policy_watch_s": 0,
        "admin": {"port": 0, "key": ADMIN_KEY},
    }
    with serving(running_routers.settings(path, settings=settings), path) as running:
        yield Operator(running, folder)


@pytest.fixture
def operator(router: Operator) -> Operator:
    """An operator whose router has had two versions of its default, and has a canary under way."""
    router.folder.write_policy("next", rule="tried")
    router.folder.write_rollout(share="5%")
    for rule in ("one", "two"):
        router.change(rule)
    for order in ("default/release", "default/canary/resume"):
        router.router.order(order)
    return router


def said(result: Result) -> str:
    """What a command that succeeded prints."""
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return result.stdout


def refused(result: Result, code: int = 1) -> str:
    """What a command that ended with this code says."""
    assert (result.exit_code, result.stdout) == (code, "")
    assert isinstance(result.exception, SystemExit)
    return result.stderr


def test_the_status_fits_on_a_few_aligned_lines(operator: Operator) -> None:
    first, second, canary, read, scope = said(operator.runs("status")).splitlines()

    assert re.fullmatch(rf"{VERSION}  since {NOW}  kept: [0-9a-f]{{12}}", first)
    assert re.fullmatch(rf"next@[0-9a-f]{{12}}     since {NOW}", second)
    assert re.fullmatch(r"default  canary  next@[0-9a-f]{12}  5% of conversations", canary)
    assert re.fullmatch(rf"read {NOW}, all well", read)
    assert scope == "orders reach this replica only"


def test_the_status_tells_machines_what_the_listener_tells(operator: Operator) -> None:
    assert json.loads(said(operator.runs("status", "--json"))) == operator.router.policies()


def test_a_reload_says_what_is_in_force_now(operator: Operator) -> None:
    operator.folder.write_policy(rule="three")
    changed = said(operator.runs("reload"))
    unchanged = said(operator.runs("reload"))

    assert re.fullmatch(rf"read in \d+ ms: now in force: {VERSION} \(this replica only\)\n", changed)
    assert re.fullmatch(r"read in \d+ ms: nothing has changed \(this replica only\)\n", unchanged)


def test_a_reload_that_is_refused_lists_what_is_wrong_as_compilers_do(operator: Operator) -> None:
    broken = [operator.folder.break_policy(), operator.folder.break_policy("other")]

    result, machines = operator.runs("reload"), operator.runs("reload", "--json")
    status = said(operator.runs("status"))
    operator.folder.remove("other.yaml")
    operator.change("one")

    lines = refused(result).splitlines()
    assert [line.partition(":3:")[0] for line in lines] == [str(path) for path in broken]
    assert (machines.exit_code, json.loads(machines.stdout)["ok"]) == (1, False)
    assert "refused; the last good ones are in force:" in status
    assert all(f"  {line}" in status for line in lines)


def test_a_policy_goes_back_and_is_let_go(operator: Operator) -> None:
    back = said(operator.runs("rollback", "default"))
    status = said(operator.runs("status"))
    let_go = said(operator.runs("release", "default"))

    assert re.fullmatch(
        rf"default is held at {VERSION} until its file changes from {VERSION} \(this replica only\)\n", back
    )
    assert re.search(rf"held; its file has {VERSION}", status)
    assert re.fullmatch(rf"default goes by its file again: {VERSION} \(this replica only\)\n", let_go)


def test_a_policy_goes_back_to_the_version_that_is_named(operator: Operator) -> None:
    earlier = operator.router.policies()["policies"][0]["history"][0]["version"]

    answer = json.loads(said(operator.runs("rollback", "default", "--to", earlier.partition("@")[2], "--json")))

    assert answer["version"] == earlier


def test_a_canary_is_stopped_and_resumed(operator: Operator) -> None:
    stopped = said(operator.runs("canary", "stop", "default"))
    status = said(operator.runs("status"))
    resumed = said(operator.runs("canary", "resume", "default"))

    assert re.fullmatch(r"the canary next@\w{12} beside default is stopped \(this replica only\)\n", stopped)
    assert re.search(rf"stopped {NOW}: stopped by hand", status)
    assert re.fullmatch(r"the canary next@\w{12} beside default is under way again \(this replica only\)\n", resumed)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("rollback", "nobody"), "there is no policy 'nobody'; there are: default, next"),
        (("rollback", "default", "--to", "x"), "'x' is no version that is known to this replica"),
        (("release", "default"), "the policy 'default' is not held"),
        (("canary", "stop", "next"), "no canary is under way beside the policy 'next'"),
        (("canary", "resume", "default"), "no canary beside the policy 'default' is stopped"),
    ],
)
def test_what_is_refused_is_said_in_one_line(operator: Operator, arguments: tuple[str, ...], why: str) -> None:
    line = refused(operator.runs(*arguments))

    assert line.startswith(f"error: {why}")
    assert line.count("\n") == 1


COMMANDS = [
    ("status",),
    ("reload",),
    ("rollback", "default"),
    ("release", "default"),
    ("canary", "stop", "default"),
    ("canary", "resume", "default"),
]


@pytest.mark.parametrize("key", [None, "wrong"])
@pytest.mark.parametrize("command", COMMANDS)
def test_without_the_key_nothing_is_done(operator: Operator, command: tuple[str, ...], key: str | None) -> None:
    assert refused(operator.runs(*command, key=key)) == (
        "error: the admin listener needs its own key; give it with --key or TANDEM_ADMIN_KEY\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_router_that_cannot_be_reached_is_said_with_what_to_do(command: tuple[str, ...]) -> None:
    url = f"http://127.0.0.1:{free_port()}"

    line = refused(tandem_policy(*command, "--admin", url), 2)

    assert line.startswith(f"error: {url} cannot be reached: Connection refused; is the router running?")
    assert line.count("\n") == 1


def test_the_public_listener_is_not_the_admin_listener(operator: Operator) -> None:
    public = f"http://127.0.0.1:{operator.router.public.port}"

    assert "is no admin listener" in refused(tandem_policy("status", "--admin", public), 2)


@pytest.mark.parametrize("url", ["", "127.0.0.1:8081", "ftp://a", "http://", "http://a:b", "http://[::1"])
def test_what_is_no_address_is_a_mistake_in_the_command(url: str) -> None:
    result = tandem_policy("status", "--admin", url)

    assert result.exit_code == 2
    assert "expected an address such as" in result.stderr


@pytest.mark.parametrize("name", ["../metrics", "", "a b", "a?b=c", "schlüssel"])
def test_what_no_policy_can_be_called_is_a_mistake_in_the_command(name: str) -> None:
    result = tandem_policy("rollback", name)

    assert result.exit_code == 2
    assert f"{name!r} is no name of a policy" in result.stderr


def test_a_key_that_no_header_can_carry_is_said_in_one_line(tmp_path: Path) -> None:
    line = refused(tandem_policy("status", "--key", "schlüssel \N{KEY}"), 2)

    assert line.count("\n") == 1
