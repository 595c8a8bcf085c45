"""What is tried beside a policy in force, in a running router: shadows, canaries, and the guards that end those."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import succeeded, tandem
from tests.conftest import STRONG_TEXT, Routers
from tests.faults import answers, fails
from tests.scripted_engine import ScriptedEngine
from tests.trial import CONVERSATIONS, GUARDS, STOPPED, Trial, running, write_trial

Start = Callable[..., AbstractContextManager[Trial]]


@pytest.fixture
def start(running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path) -> Start:
    """Starts a router that tries the policy `next`."""

    def start_trial(mode: str, **rollout: Any) -> AbstractContextManager[Trial]:
        folder = write_trial(tmp_path / "policies", mode, **rollout)
        return running(running_routers.settings(tmp_path), tmp_path, folder)

    return start_trial


# --- shadows ------------------------------------------------------------------------------------------------------


def test_a_shadow_decides_every_request_too_and_is_never_acted_on(
    start: Start, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    with start("shadow") as trial:
        stable, candidate = trial.version("default"), trial.version("next")
        answered = [trial.ask(name, **way) for name in CONVERSATIONS[:5] for way in ({}, {"stream": True})]
        records = [trial.router.await_record(each.header("x-request-id")) for each in answered]

    told = {tuple(each.header(f"x-router-{name}") for name in ("policy", "rule", "tier")) for each in answered}
    assert told == {(stable, "one", "fast")}
    assert (len(fast.received), len(strong.received)) == (10, 0)
    assert {(each["policy"], each["rule"], each["tier"], each["arm"]) for each in records} == {
        (stable, "one", "fast", "")
    }
    assert [each["shadow"] for each in records] == [
        {
            "policy": candidate,
            "rule": "tried",
            "reason": "rule",
            "ladder": ["strong"],
            "changed": ["ladder"],
            "error": None,
        }
    ] * 10


def test_the_log_of_a_shadow_is_what_a_diff_summarises(start: Start, tmp_path: Path) -> None:
    """Two in six stream; only those would the candidate send elsewhere."""
    rule = {"name": "streams", "when": "request.stream", "then": {"tier": "strong"}}
    picky = {"name": "next", "rules": [rule], "otherwise": {"tier": "fast"}}
    with start("shadow") as trial:
        trial.folder.write("next.yaml", json.dumps(picky))
        trial.reload()
        versions = (trial.version("default"), trial.version("next"))
        answered = [trial.ask(name, stream=at % 3 == 0) for at, name in enumerate(CONVERSATIONS[:6])]
        trial.router.await_record(answered[-1].header("x-request-id"))
        moved = [answered[at].header("x-request-id") for at in (0, 3)]

    log, page = tmp_path / "decisions.jsonl", tmp_path / "page.html"
    said = json.loads(succeeded(tandem("policy", "diff", "--shadow", log, "--out", page, "--json")))
    (report,) = said["reports"]
    (group,) = report["groups"]
    assert (report["before"], report["after"]) == versions
    assert [report[name] for name in ("asked", "moved", "adjusted", "unchanged")] == [6, 2, 0, 4]
    assert (group["before"]["rule"], group["after"]["rule"], group["count"]) == ("one", "streams", 2)
    assert [each["label"] for each in group["examples"]] == moved
    assert said["left_out"] == []
    assert versions[1] in page.read_text()


def test_a_shadow_whose_tier_is_down_harms_nobody(start: Start, strong: ScriptedEngine) -> None:
    strong.does(fails())

    with start("shadow") as trial:
        answered = [trial.ask(name) for name in CONVERSATIONS[:5]]

    assert {each.status for each in answered} == {200}


# --- canaries -----------------------------------------------------------------------------------------------------


def in_canary(trial: Trial, deciders: dict[str, str | None]) -> set[str]:
    """The conversations that the candidate decided; all others the policy in force did."""
    candidate, stable = trial.version("next"), trial.version("default")
    assert set(deciders.values()) <= {candidate, stable}
    return {name for name, version in deciders.items() if version == candidate}


def test_a_canary_decides_its_share_of_conversations_and_those_stay_with_it_as_the_share_grows(start: Start) -> None:
    with start("canary", share="25%") as trial:
        first = in_canary(trial, trial.deciders())
        again = in_canary(trial, trial.deciders())
        trial.folder.write_rollout(share="60%")
        trial.reload()
        more = in_canary(trial, trial.deciders())
        trial.folder.write_rollout(share="100%")
        trial.reload()
        all_of_them = in_canary(trial, trial.deciders())

    print(f"of {len(CONVERSATIONS)} conversations: {len(first)} at 25%, {len(more)} at 60%")
    assert 0.15 < len(first) / len(CONVERSATIONS) < 0.35
    assert 0.5 < len(more) / len(CONVERSATIONS) < 0.7
    assert again == first
    assert more > first
    assert all_of_them == set(CONVERSATIONS)


def test_what_the_canary_decides_is_acted_on_and_its_record_says_so(
    start: Start, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    with start("canary", share="50%") as trial:
        stable, candidate = trial.version("default"), trial.version("next")
        answered = [trial.ask(name) for name in CONVERSATIONS[:20]]
        records = [trial.router.await_record(each.header("x-request-id")) for each in answered]

    seen = [(each["arm"], each["policy"], each["rule"], each["tier"]) for each in records]
    assert set(seen) == {("stable", stable, "one", "fast"), ("canary", candidate, "tried", "strong")}
    assert [each["policy"] for each in records] == [each.header("x-router-policy") for each in answered]
    assert len(fast.received) == [arm for arm, *_ in seen].count("stable")
    assert len(strong.received) == [arm for arm, *_ in seen].count("canary")
    assert {each["shadow"] for each in records} == {None}


# --- guards -------------------------------------------------------------------------------------------------------


def test_a_canary_whose_requests_fail_is_stopped_by_itself_and_everyone_is_told_why(
    start: Start, strong: ScriptedEngine
) -> None:
    strong.does(fails())

    with start("canary", share="50%", guards=GUARDS) as trial:
        stable, candidate = trial.version("default"), trial.version("next")
        before = trial.router.metrics()[STOPPED]
        failed = [each for each in map(trial.ask, CONVERSATIONS) if each.status != 200]
        stopped = trial.await_stop()
        afterwards = [trial.ask(name) for name in CONVERSATIONS]
        metrics, log = trial.router.metrics(), trial.router.read_log()

    assert len(failed) >= 10
    assert {each.header("x-router-policy") for each in failed} == {candidate}
    assert stopped["why"].startswith("error rate 100% (")
    assert stopped["why"].endswith(" requests) is over 20%")
    assert {(each.status, each.header("x-router-policy")) for each in afterwards} == {(200, stable)}
    assert (before, metrics[STOPPED]) == (0, 1)
    assert f"the canary {candidate} of policy default is stopped: {stopped['why']}" in log


def test_requests_of_the_stable_arm_do_not_stop_the_canary(start: Start, fast: ScriptedEngine) -> None:
    fast.does(fails())

    with start("canary", share="50%", guards=GUARDS) as trial:
        answered = [trial.ask(name) for name in CONVERSATIONS]
        trial.router.await_record(answered[-1].header("x-request-id"))
        rollout = trial.rollout()

    assert len([each for each in answered if each.status != 200]) >= 10
    assert rollout["stopped"] is None


def test_a_stopped_canary_stays_stopped_over_a_reload_until_its_candidate_changes(
    start: Start, strong: ScriptedEngine
) -> None:
    with start("canary", share="50%", guards=GUARDS) as trial:
        first = in_canary(trial, trial.deciders())
        strong.does(fails())
        trial.deciders()
        stopped = trial.await_stop()
        trial.folder.write_policy(rule="two")
        trial.folder.write_rollout(share="80%", guards={"error_rate": "99%"})
        trial.reload()
        still, stable = trial.rollout()["stopped"], in_canary(trial, trial.deciders())
        trial.folder.write_policy("next", rule="mended", tier="fast")
        trial.folder.write_rollout(share="50%", guards=GUARDS)
        trial.reload()
        tried_again, metrics = in_canary(trial, trial.deciders()), trial.router.metrics()
        rollout = trial.rollout()

    assert (still, stable) == (stopped, set())
    assert (rollout["stopped"], metrics[STOPPED]) == (None, 0)
    assert tried_again == first


def test_a_command_resumes_a_canary_which_can_then_be_stopped_again(start: Start, strong: ScriptedEngine) -> None:
    with start("canary", share="50%", guards=GUARDS) as trial:
        first = in_canary(trial, trial.deciders())
        strong.does(fails())
        trial.deciders()
        trial.await_stop()
        strong.does(answers(STRONG_TEXT))
        said = succeeded(tandem("policy", "canary", "resume", "default", "--admin", trial.admin_url))
        candidate = trial.version("next")
        resumed, metrics = in_canary(trial, trial.deciders()), trial.router.metrics()
        strong.does(fails())
        trial.deciders()
        again = trial.await_stop()

    assert said == f"the canary {candidate} beside default is under way again (this replica only)\n"
    assert (resumed, metrics[STOPPED]) == (first, 0)
    assert again["why"].startswith("error rate ")
