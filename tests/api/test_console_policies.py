"""Policies in the console: what is in force, and orders that are given there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from router.config.live.policy_history import Version
from router.console.policy_text import differences, excerpt
from router.core.errors import FileError, InvalidRequest
from tests.conftest import Routers
from tests.console_visitor import Visitor, words_of
from tests.router_process import RouterProcess
from tests.trial import Trial, running, write_trial


@pytest.fixture(scope="module")
def trial(running_routers: Routers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A router whose policies a test may change, and which tries one as a canary."""
    path = tmp_path_factory.mktemp("console-trial")
    folder = write_trial(path / "policies", "canary", share="20%")
    with running(running_routers.settings(path), path, folder) as trial:
        yield trial


@pytest.fixture
def visitor(trial: Trial) -> Visitor:
    """Somebody at its console."""
    return Visitor(trial.router.admin)


@pytest.fixture
def folder(trial: Trial) -> Iterator[Trial]:
    """Its policies, which are as they were when the test has ended."""
    yield trial
    trial.folder.write_policy()
    trial.router.order("default/release")
    trial.router.order("default/canary/resume")
    trial.reload()


def short(version: str) -> str:
    """The hash of a version."""
    return version.partition("@")[2]


def test_every_policy_is_shown_with_its_version(router: RouterProcess) -> None:
    page = Visitor(router.admin).text("/policies")

    for each in router.policies()["policies"]:
        assert f'href="/console/policies/{each["name"]}"' in page
        assert short(each["version"]) in page


def test_a_policy_is_told_rule_by_rule(visitor: Visitor) -> None:
    words = words_of(visitor.text("/policies/default"))

    assert "1 one request.n > 0 fast" in words
    assert "otherwise no other rule decides" in words


def test_cases_are_shown_with_what_came_of_them(folder: Trial, visitor: Visitor) -> None:
    folder.folder.write_case()
    folder.reload()

    assert "1 of 1 passed" in words_of(visitor.text("/policies"))
    assert "passed" in words_of(visitor.text("/policies/default"))


def test_what_was_changed_goes_live_when_told_to(folder: Trial, visitor: Visitor) -> None:
    folder.folder.write_policy(rule="changed")

    response = visitor.order("/policies", "/policies/reload")

    assert response.status == 200
    assert f"Now in force: {folder.version('default')}" in words_of(response.body.decode())


def test_a_broken_policy_is_refused_with_its_line(folder: Trial, visitor: Visitor) -> None:
    before = folder.version("default")
    path = folder.folder.break_policy()

    response = visitor.order("/policies", "/policies/reload")
    page = response.body.decode()

    assert response.status == 422
    assert f"{path}:3:" in page
    assert re.search(r'class="wrong">\s+3  oth<', page)
    assert folder.version("default") == before


def test_a_policy_is_rolled_back_and_released(folder: Trial, visitor: Visitor) -> None:
    first = folder.version("default")
    folder.folder.write_policy(rule="second")
    folder.reload()
    second = folder.version("default")

    rolled_back = visitor.order("/policies", "/policies/default/rollback", {"to": first})
    assert f"default is held at {first}" in words_of(rolled_back.body.decode())
    assert folder.version("default") == first

    released = visitor.order("/policies", "/policies/default/release")
    assert released.status == 200
    assert folder.version("default") == second


def test_two_versions_are_compared_line_by_line(folder: Trial, visitor: Visitor) -> None:
    first = folder.version("default")
    folder.folder.write_policy(rule="second")
    folder.reload()

    page = visitor.text(f"/policies/default?before={first}&after={folder.version('default')}")

    assert 'class="removed"' in page
    assert 'class="added"' in page


def test_a_canary_is_stopped_and_tried_again(folder: Trial, visitor: Visitor) -> None:
    assert "canary: 20 % of conversations" in words_of(visitor.text("/policies"))

    assert visitor.order("/policies", "/policies/default/canary/stop").status == 200
    assert folder.rollout()["stopped"]["why"] == "stopped by hand"

    assert visitor.order("/policies", "/policies/default/canary/resume").status == 200
    assert folder.rollout()["stopped"] is None


@pytest.mark.parametrize("order", ["reload", "default/rollback", "default/release", "default/canary/stop"])
def test_no_order_is_taken_from_a_page_that_is_not_ours(trial: Trial, visitor: Visitor, order: str) -> None:
    before = trial.router.policies()

    assert visitor.send(f"/policies/{order}", {}).status == 400
    assert visitor.get(f"/policies/{order}").status in (400, 404, 405)
    assert trial.router.policies() == before


@pytest.mark.parametrize("path", ["/policies/nobody", "/policies/default?before=nothing@1"])
def test_what_is_not_there_is_said_so(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status == 400


def test_markup_in_the_name_of_a_policy_stays_text(visitor: Visitor) -> None:
    page = visitor.get("/policies/%3Cimg%20src=x%3E").body.decode()

    assert "<img" not in page


def test_only_kept_versions_are_compared() -> None:
    kept = [Version("p@1", "a\nb\n", None, 0.0), Version("p@2", "a\nc\n", None, 1.0)]

    assert [each.text for each in differences(kept, "p@1", "p@2") if each.kind != "place"] == [" a", "-b", "+c"]
    with pytest.raises(InvalidRequest):
        differences(kept, "p@1", "p@3")


def test_an_error_is_shown_among_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("\n".join("abcdefg"))

    assert excerpt(FileError(str(path), 2, 1, "wrong")).lines == ((1, "a"), (2, "b"), (3, "c"), (4, "d"))
    assert excerpt(FileError(str(tmp_path / "gone"), 2, 1, "wrong")).lines == ()
