"""Policies that change under a running router: what callers get, what operators are told, and that nobody notices the
change itself."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from router.config.keys_file import create_key
from router.core.grants import Grants
from tests.conftest import ROOMY, Routers
from tests.faults import answers
from tests.patience import until
from tests.policy_folders import ConfigMap, PolicyFolder, case_text, policy_text
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.steady_load import Load, steady_load
from tests.wire_client import Response, ask, post, request_fields

SEEN_WITHIN_S = 15.0
"""A look a second, a look whether it has settled, and a machine that may be very busy."""

UNWATCHED = {"policy_watch_s": 0}

Start = Callable[..., AbstractContextManager[RouterProcess]]


class Live(NamedTuple):
    """A router of the test's own and its folder of policies."""

    router: RouterProcess
    folder: PolicyFolder


@pytest.fixture
def folder(tmp_path: Path) -> PolicyFolder:
    """A folder with the policy `default`."""
    return PolicyFolder(tmp_path / "policies")


@pytest.fixture
def start(running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path) -> Start:
    """Starts a router with the policies of the test, or those that its settings name."""
    usual = {"policies": str(tmp_path / "policies"), "breakers": False}

    def start_router(**settings: Any) -> AbstractContextManager[RouterProcess]:
        return serving(running_routers.settings(tmp_path, backend=ROOMY, settings={**usual, **settings}), tmp_path)

    return start_router


@pytest.fixture
def live(start: Start, folder: PolicyFolder) -> Iterator[Live]:
    """A router that watches its folder."""
    with start() as router:
        yield Live(router, folder)


@pytest.fixture
def unwatched(start: Start, folder: PolicyFolder) -> Iterator[Live]:
    """A router that reads its folder again only when it is told to."""
    with start(**UNWATCHED) as router:
        yield Live(router, folder)
        assert router.read_log() == ""


def rule_of(router: RouterProcess, key: str | None = None, **fields: Any) -> str | None:
    """The rule that decides a request."""
    return post(router.public, request_fields() | fields, key).header("x-router-rule")


def await_rule(router: RouterProcess, rule: str) -> float:
    """The seconds until requests are decided by this rule."""
    began_s = time.monotonic()
    until(lambda: rule_of(router) == rule, SEEN_WITHIN_S)
    return time.monotonic() - began_s


def load_of(router: RouterProcess) -> Any:
    """How the last reading of policies went, as an orchestrator is told."""
    readiness = router.readiness()
    assert (readiness.status, readiness.json["status"]) == (200, "ready")
    return readiness.json["policy_load"]


# --- what makes policies go live ----------------------------------------------------------------------------------


def test_a_changed_file_goes_live_by_itself(live: Live) -> None:
    assert rule_of(live.router) == "one"

    live.folder.write_policy(rule="two")

    print(f"live after {await_rule(live.router, 'two'):.2f} s")
    assert live.router.read_log() == ""


def test_the_swap_of_a_config_map_goes_live_by_itself(start: Start, tmp_path: Path) -> None:
    mounted = ConfigMap(tmp_path / "mounted")
    mounted.project(default=policy_text(rule="one"))

    with start(policies=str(mounted.path)) as router:
        before = rule_of(router)
        mounted.project(default=policy_text(rule="two"), cheap=policy_text("cheap", rule="mine"))
        await_rule(router, "two")

        assert before == "one"
        assert rule_of(router, model="auto:cheap") == "mine"
        assert router.read_log() == ""


def test_a_signal_has_policies_read_again(unwatched: Live) -> None:
    unwatched.folder.write_policy(rule="two")

    unwatched.router.ask_to_reload()

    await_rule(unwatched.router, "two")


def test_a_post_has_policies_read_again_before_it_is_answered(unwatched: Live) -> None:
    unwatched.folder.write_policy(rule="two")

    response = unwatched.router.order("reload")

    assert (response.status, response.json["ok"]) == (200, True)
    assert rule_of(unwatched.router) == "two"


def test_policies_that_come_and_go_are_models_that_come_and_go(unwatched: Live) -> None:
    router = unwatched.router
    unwatched.folder.write_policy("cheap")
    router.order("reload")
    came, served = models_of(router), rule_of(router, model="auto:cheap")
    unwatched.folder.remove("cheap.yaml")
    router.order("reload")

    assert (came, served) == ({"auto", "auto:default", "auto:cheap"}, "one")
    assert models_of(router) == {"auto", "auto:default"}
    gone = post(router.public, request_fields() | {"model": "auto:cheap"})
    assert (gone.status, gone.error["code"]) == (404, "model_not_found")


def models_of(router: RouterProcess) -> set[str]:
    listed = ask(router.public, "GET", "/v1/models").json["data"]
    return {each["id"] for each in listed if each["id"].startswith("auto")}


# --- what does not go live ----------------------------------------------------------------------------------------


def test_a_file_broken_midway_keeps_the_last_good_one_and_says_so_until_it_heals(live: Live) -> None:
    router = live.router
    broken = live.folder.break_policy()
    error = until(lambda: load_of(router)["errors"], SEEN_WITHIN_S)[0]
    metrics, log, rule = router.metrics(), router.read_log(), rule_of(router)

    live.folder.write_policy(rule="two")
    await_rule(router, "two")

    assert (error["file"], error["line"]) == (str(broken), 3)
    assert rule == "one"
    assert (metrics["router_policy_load_failed"], metrics['router_policy_loads_total{outcome="failed"}']) == (1, 1)
    assert f"{broken}:3:" in log
    assert (load_of(router)["ok"], load_of(router)["errors"]) == (True, [])
    assert router.metrics()["router_policy_load_failed"] == 0
    assert router.read_log() == ""


def test_a_policy_whose_case_fails_never_goes_live(live: Live) -> None:
    live.folder.write_policy(rule="two", tier="strong")
    case = live.folder.write_case(tier="fast")

    response = live.router.order("reload")

    (error,) = response.json["errors"]
    assert response.status == 422
    assert (error["file"], error["line"], error["column"]) == (str(case), 4, 20)
    assert error["said"] == "case 'whatever is asked' fails: the tier is 'strong', expected 'fast'"
    assert rule_of(live.router) == "one"


def test_a_router_does_not_start_with_a_policy_whose_case_fails(start: Start, folder: PolicyFolder) -> None:
    folder.write("cases/default.yaml", case_text(tier="strong"))

    with pytest.raises(AssertionError, match=r"cases/default\.yaml:4:20: case 'whatever is asked' fails"), start():
        pass


# --- who goes by which policy -------------------------------------------------------------------------------------


@pytest.fixture
def named(folder: PolicyFolder, tmp_path: Path) -> Mapping[str, str]:
    """The keys of two tenants, one with a policy of its own; `file` is where they are kept."""
    for name in ("cheap", "careful"):
        folder.write_policy(name, rule=name)
    file = tmp_path / "keys.json"
    grants = {"plain": Grants(), "own": Grants(policy="careful")}
    return {"file": str(file)} | {name: create_key(file, "acme", each) for name, each in grants.items()}


def test_a_tenant_goes_by_its_policy_and_a_key_by_its_own(start: Start, named: Mapping[str, str]) -> None:
    with start(keys=named["file"], policy_of_tenant={"acme": "cheap"}) as router:
        rules = [rule_of(router, named["plain"]), rule_of(router, named["own"])]
        asked = rule_of(router, named["plain"], model="auto:default")

    assert (rules, asked) == (["cheap", "careful"], "one")


def test_a_policy_that_keys_or_tenants_go_by_cannot_be_taken_away(
    start: Start, folder: PolicyFolder, named: Mapping[str, str]
) -> None:
    with start(keys=named["file"], policy_of_tenant={"acme": "cheap"}, **UNWATCHED) as router:
        folder.remove("cheap.yaml")
        folder.remove("careful.yaml")
        response = router.order("reload")
        rules = [rule_of(router, named["plain"]), rule_of(router, named["own"])]

    said = [each["said"] for each in response.json["errors"]]
    assert response.status == 422
    assert [each.partition(";")[0] for each in said] == [
        f"holds no policy named 'careful', which is the policy of the key {named['own'].split('-')[1]}",
        "holds no policy named 'cheap', which policy_of_tenant gives to 'acme'",
    ]
    assert rules == ["cheap", "careful"]


def test_a_tenant_whose_policy_is_not_there_keeps_the_router_from_starting(start: Start, folder: PolicyFolder) -> None:
    said = "holds no policy named 'defalt', which policy_of_tenant gives to 'acme'; did you mean 'default'?"

    with pytest.raises(AssertionError, match=said.replace("?", r"\?")), start(policy_of_tenant={"acme": "defalt"}):
        pass


# --- going back ---------------------------------------------------------------------------------------------------


def test_a_rollback_holds_until_the_file_changes(live: Live) -> None:
    router = live.router
    live.folder.write_policy(rule="two")
    router.order("reload")

    response = router.order("default/rollback")
    held, metrics = rule_of(router), router.metrics()
    router.order("reload")
    still = rule_of(router)
    live.folder.write_policy(rule="three")
    await_rule(router, "three")

    assert (response.status, response.json["scope"]) == (200, "this replica only")
    assert (held, still) == ("one", "one")
    assert metrics['router_policy_held{policy="default"}'] == 1
    assert router.metrics()['router_policy_held{policy="default"}'] == 0


def test_a_hold_and_the_versions_outlive_a_restart(start: Start, folder: PolicyFolder, tmp_path: Path) -> None:
    kept = {"policy_history": str(tmp_path / "history"), **UNWATCHED}
    with start(**kept) as router:
        folder.write_policy(rule="two")
        router.order("reload")
        router.order("default/rollback")
        before = router.policies()["policies"]

    with start(**kept) as router:
        assert rule_of(router) == "one"
        assert router.policies()["policies"] == before
        router.order("default/release")
        assert rule_of(router) == "two"


# --- nobody notices -----------------------------------------------------------------------------------------------


def test_requests_in_flight_finish_on_the_policy_they_began_with(
    unwatched: Live, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    """The one that began by the old policy goes to the fast tier, though the new one would have it go to the strong."""
    fast.does(answers("late", after_s=0.5))
    old = unwatched.router.policies()["policies"][0]["version"]

    with ThreadPoolExecutor(1) as callers:
        early = callers.submit(post, unwatched.router.public, request_fields())
        fast.await_received(1)
        unwatched.folder.write_policy(rule="two", tier="strong")
        reloaded = unwatched.router.order("reload")
        late = post(unwatched.router.public, request_fields())
        assert not early.done()
        answer = early.result()

    assert path_of(answer) == (200, old, "one", "fast")
    assert path_of(late) == (200, reloaded.json["changed"][0], "two", "strong")
    record = unwatched.router.await_record(answer.header("x-request-id"))
    assert (record["policy"], record["rule"]) == (old, "one")


def path_of(answer: Response) -> tuple[int, str | None, str | None, str | None]:
    return (answer.status, *(answer.header(f"x-router-{name}") for name in ("policy", "rule", "tier")))


RELOADS = 200
PER_SECOND = 300
MET_EACH = 2
"""So many requests, at least, are answered for each reload: three times as many come where a machine keeps up."""

PAUSE_S = 0.02
"""Between two reloads, so that they are spread over some seconds of load."""


@pytest.mark.timeout(180)
def test_two_hundred_reloads_under_three_hundred_requests_a_second_fail_nobody_and_mix_nothing(
    unwatched: Live,
) -> None:
    router = unwatched.router
    rules = {router.policies()["policies"][0]["version"]: "one"}

    with steady_load(router.public, PER_SECOND) as load:
        until(lambda: len(load.answered) > 2 * PER_SECOND, 60)
        before, took_s = len(load.answered), []
        for number in range(RELOADS):
            rule = ("two", "one")[number % 2]
            unwatched.folder.write_policy(rule=rule)
            began_s = time.monotonic()
            report = router.order("reload").json
            took_s.append(time.monotonic() - began_s)
            rules[report["changed"][0]] = rule
            time.sleep(PAUSE_S)

    tell(load, before, took_s)
    assert load.failures == []
    assert {each.status for each in load.answered} == {200}
    assert {(each.policy, each.rule) for each in load.answered} == set(rules.items())
    assert sorted(rules.values()) == ["one", "two"]
    assert len(load.answered) - before > MET_EACH * RELOADS
    assert router.policies()["load"]["ok"]


def tell(load: Load, before: int, took_s: list[float]) -> None:
    idle, busy = load.quantiles_ms(0.5, 0.99, until=before), load.quantiles_ms(0.5, 0.99, since=before)
    print(f"{len(load.answered)} requests; p50, p99 in ms without reloads {idle}, with {RELOADS} of them {busy};")
    print(f"a reload takes {sorted(took_s)[len(took_s) // 2] * 1000:.1f} ms, {max(took_s) * 1000:.1f} ms at most")
