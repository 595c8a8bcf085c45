"""Policies that change while they are in use: what is in force is always one whole folder that passed its cases, or
that folder but for what was held or stopped."""

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.config.live.live_policies import LivePolicies
from router.config.live.policies_status import PolicyStatus
from router.config.live.policy_history import History
from router.config.live.policy_notes import encode
from router.config.policies.policy_reader import Demands
from router.core.errors import FilesRefused, InvalidRequest
from router.core.guard import Canary
from router.core.rollout import Guards
from tests.doubles import EPOCH_S, HandClock
from tests.policy_folders import PolicyFolder, case_text, policy_text
from tests.usual import USUAL

Open = Callable[..., LivePolicies]


@pytest.fixture
def folder(tmp_path: Path) -> PolicyFolder:
    """A folder with the policy `default`."""
    return PolicyFolder(tmp_path / "policies")


@pytest.fixture
def clock() -> HandClock:
    """Time as the test wants it."""
    return HandClock()


@pytest.fixture
def open_live(folder: PolicyFolder, clock: HandClock) -> Open:
    """Opens the policies of the folder, as a router does when it starts."""

    def open_policies(history: Path | None = None, asked_for: Mapping[str, str] | None = None) -> LivePolicies:
        return LivePolicies(folder.path, "default", USUAL, History(history), clock, Demands(others=asked_for or {}))

    return open_policies


def rule_of(live: LivePolicies, name: str | None = None, conversation: str = "") -> str:
    """The rule that decides requests: which tells the versions of a policy apart."""
    return live.assign(name, conversation).policy.rules[0].name


def status_of(live: LivePolicies, name: str = "default") -> PolicyStatus:
    return live.status().policies[name]


def refused(order: Callable[[], object]) -> str:
    """Why an order is refused."""
    with pytest.raises(InvalidRequest) as error:
        order()
    return error.value.message


def wrong(live: LivePolicies) -> list[str]:
    """What is wrong when the folder is read, from the name of each file on."""
    report = live.reload()
    assert not report.ok
    assert report.changed == ()
    return [f"{Path(each.file).name}:{each.line}:{each.column}: {each.said}" for each in report.errors]


# --- at the start -----------------------------------------------------------------------------------------------


def test_requests_are_decided_by_the_policy_they_name_or_by_the_default(folder: PolicyFolder, open_live: Open) -> None:
    folder.write_policy("cheap", rule="mine")

    live = open_live()

    assert (rule_of(live), rule_of(live, "default"), rule_of(live, "cheap")) == ("one", "one", "mine")
    assert sorted(live.names()) == ["cheap", "default"]
    assert live.assign(None, "").arm == ""


def test_a_policy_that_is_not_there_is_the_callers_mistake(open_live: Open) -> None:
    live = open_live()

    with pytest.raises(InvalidRequest, match=r"no policy 'cheep'; there are: default") as error:
        live.assign("cheep", "")

    assert error.value.param == "x-router-policy"


def test_a_wrong_folder_does_not_start_and_everything_that_is_wrong_is_said(
    folder: PolicyFolder, open_live: Open
) -> None:
    folder.break_policy("first")
    folder.break_policy("second")

    with pytest.raises(FilesRefused) as error:
        open_live()

    assert [Path(each.file).name for each in error.value.errors] == ["first.yaml", "second.yaml"]


def test_a_policy_that_somebody_is_to_use_must_be_there_at_the_start(open_live: Open) -> None:
    with pytest.raises(FilesRefused, match=r"no policy named 'defalt', which the tenant acme uses; did you mean"):
        open_live(asked_for={"defalt": "the tenant acme uses"})


# --- reading again ----------------------------------------------------------------------------------------------


def test_a_changed_policy_goes_live_and_who_was_decided_by_the_old_one_keeps_it(
    folder: PolicyFolder, open_live: Open
) -> None:
    live = open_live()
    before = live.assign(None, "")

    folder.write_policy(rule="two")
    report = live.reload()

    assert report.ok
    assert report.changed == (live.assign(None, "").policy.version,)
    assert rule_of(live) == "two"
    assert before.policy.rules[0].name == "one"


def test_policies_come_and_go(folder: PolicyFolder, open_live: Open) -> None:
    live = open_live()

    folder.write_policy("cheap")
    live.reload()
    came = live.names()
    folder.remove("cheap.yaml")
    live.reload()

    assert (sorted(came), live.names()) == (["cheap", "default"], ("default",))


def test_what_has_not_changed_is_not_compiled_again(folder: PolicyFolder, open_live: Open) -> None:
    folder.write_policy("other")
    folder.write_case("other")
    live = open_live()
    other, default = live.assign("other", "").policy, live.assign(None, "").policy

    folder.write_policy(rule="two")
    report = live.reload()

    assert [each.partition("@")[0] for each in report.changed] == ["default"]
    assert live.assign("other", "").policy is other
    assert live.assign(None, "").policy is not default


def test_a_comment_makes_no_new_version(folder: PolicyFolder, open_live: Open) -> None:
    live = open_live()
    version = status_of(live).version

    folder.write("default.yaml", "# why\n" + policy_text())

    assert live.reload().changed == ()
    assert status_of(live).version == version


def test_a_file_broken_midway_leaves_the_last_good_policies_in_force_until_it_is_mended(
    folder: PolicyFolder, open_live: Open
) -> None:
    folder.write_policy("other")
    live = open_live()

    folder.break_policy()
    folder.write_policy("other", rule="two")
    said = wrong(live)
    rules = (rule_of(live), rule_of(live, "other"))
    folder.write_policy(rule="three")
    report = live.reload()

    assert len(said) == 1
    assert said[0].startswith("default.yaml:3:")
    assert rules == ("one", "one")
    assert report.ok
    assert (rule_of(live), rule_of(live, "other")) == ("three", "two")


def test_a_policy_whose_case_fails_never_goes_live(folder: PolicyFolder, open_live: Open) -> None:
    folder.write_case(tier="fast")
    live = open_live()

    folder.write_policy(rule="two", tier="strong")

    assert wrong(live) == [
        "default.yaml:4:20: case 'whatever is asked' fails: the tier is 'strong', expected 'fast'",
    ]
    assert rule_of(live) == "one"


def test_a_policy_that_somebody_is_to_use_cannot_be_taken_away(folder: PolicyFolder, open_live: Open) -> None:
    folder.write_policy("cheap")
    live = open_live(asked_for={"cheap": "the tenant acme uses"})

    folder.remove("cheap.yaml")

    assert wrong(live) == [
        "policies:1:1: holds no policy named 'cheap', which the tenant acme uses; there are: default"
    ]
    assert "cheap" in live.names()


def test_a_folder_that_is_gone_leaves_the_last_good_policies_in_force(folder: PolicyFolder, open_live: Open) -> None:
    live = open_live()

    folder.path.rename(folder.path.with_name("elsewhere"))

    assert wrong(live) == ["policies:1:1: is not a folder of policies"]
    assert rule_of(live) == "one"


def test_the_status_says_how_reading_went_and_when(folder: PolicyFolder, open_live: Open, clock: HandClock) -> None:
    live = open_live()
    clock.pass_s(5)
    folder.break_policy()
    live.reload()

    status = live.status()

    assert (status.load.ok, status.load.at_s, status.loads) == (False, EPOCH_S + 5, {"ok": 1, "failed": 1})
    assert status.versions == {"default": live.assign(None, "").policy.version}
    assert status.policies["default"].since_s == EPOCH_S


def test_readers_never_see_a_mixture(folder: PolicyFolder, open_live: Open) -> None:
    """Two policies that change together, read by threads all the while: each reading is of one moment."""
    folder.write_policy("next")
    folder.write_rollout("shadow")
    live, over = open_live(), Event()

    def read() -> set[tuple[str, str]]:
        found = set()
        while not over.is_set():
            assigned = live.assign(None, "")
            assert assigned.shadow is not None
            found.add((assigned.policy.rules[0].name, assigned.shadow.rules[0].name))
        return found

    with ThreadPoolExecutor(2) as threads:
        readers = [threads.submit(read) for _ in range(2)]
        for number in range(30):
            folder.write_policy(rule=f"r{number}")
            folder.write_policy("next", rule=f"r{number}")
            live.reload()
        over.set()
        seen = set.union(*(each.result() for each in readers))

    assert {pair for pair in seen if pair[0] != pair[1]} == set()


# --- candidates -------------------------------------------------------------------------------------------------


@pytest.fixture
def trying(folder: PolicyFolder, open_live: Open) -> Iterator[LivePolicies]:
    """Policies with a canary that decides every conversation."""
    folder.write_policy("next", rule="tried")
    folder.write_rollout(share="100%", guards={"error_rate": "5%"})
    return open_live()


@pytest.mark.parametrize(("share", "rule", "arm"), [("100%", "tried", "canary"), ("0%", "one", "stable")])
def test_a_canary_decides_its_share_of_conversations(
    folder: PolicyFolder, open_live: Open, share: str, rule: str, arm: str
) -> None:
    folder.write_policy("next", rule="tried")
    folder.write_rollout(share=share)

    live = open_live()

    assigned = live.assign(None, "some conversation")
    assert (assigned.policy.rules[0].name, assigned.arm, assigned.shadow) == (rule, arm, None)


def test_a_candidate_asked_for_by_its_name_is_no_canary(trying: LivePolicies) -> None:
    assert trying.assign("next", "").arm == ""


def test_a_shadow_decides_nothing_and_is_asked_too(folder: PolicyFolder, open_live: Open) -> None:
    folder.write_policy("next", rule="tried")
    folder.write_rollout("shadow")

    assigned = open_live().assign(None, "")

    assert (assigned.policy.rules[0].name, assigned.arm) == ("one", "")
    assert assigned.shadow is not None
    assert assigned.shadow.name == "next"


def test_a_stopped_canary_decides_nothing_until_it_is_resumed(trying: LivePolicies, clock: HandClock) -> None:
    version = trying.assign("next", "").policy.version

    stop = trying.stop_canary("default", "too many errors")
    stopped = trying.assign(None, "")
    shown = trying.status().rollouts[0].stopped
    key = trying.resume_canary("default")

    assert stop is not None
    assert (stop.policy, stop.candidate, stop.why, stop.at_s) == ("default", version, "too many errors", clock.unix_s())
    assert (stopped.policy.name, stopped.arm) == ("default", "")
    assert shown == stop
    assert key == stop.key == f"stop:{version}"
    assert trying.assign(None, "").arm == "canary"


def test_the_canaries_under_way_are_those_not_stopped(trying: LivePolicies) -> None:
    version = trying.assign("next", "").policy.version

    assert trying.canaries() == [Canary("default", version, Guards(error_rate=0.05))]
    trying.stop_canary("default", "too many errors")
    assert trying.canaries() == []


def test_a_canary_is_stopped_once_and_only_where_one_is_under_way(trying: LivePolicies) -> None:
    trying.stop_canary("default", "too many errors")

    assert trying.stop_canary("default", "too slow") is None
    assert trying.stop_canary("next", "too slow") is None
    assert trying.stop_canary("nobody", "too slow") is None


def test_only_a_stopped_canary_is_resumed(trying: LivePolicies) -> None:
    assert refused(lambda: trying.resume_canary("default")) == "no canary beside the policy 'default' is stopped"


def test_a_stop_holds_for_one_version_of_the_candidate(folder: PolicyFolder, trying: LivePolicies) -> None:
    trying.stop_canary("default", "too many errors")
    trying.reload()
    still = trying.assign(None, "").arm

    folder.write_policy("next", rule="mended")
    trying.reload()

    assert (still, rule_of(trying)) == ("", "mended")


# --- going back -------------------------------------------------------------------------------------------------


@pytest.fixture
def three(folder: PolicyFolder, open_live: Open, clock: HandClock) -> LivePolicies:
    """Policies whose default has had three versions: the rules `one`, `two` and `three`, ten seconds apart."""
    return take_three(folder, open_live(), clock)


def take_three(folder: PolicyFolder, live: LivePolicies, clock: HandClock) -> LivePolicies:
    for rule in ("two", "three"):
        clock.pass_s(10)
        folder.write_policy(rule=rule)
        live.reload()
    return live


def test_the_versions_that_went_live_are_kept_with_the_time(three: LivePolicies) -> None:
    history = status_of(three).history

    assert [each.live_at_s - EPOCH_S for each in history] == [0, 10, 20]
    assert history[-1].version == status_of(three).version


def test_a_policy_goes_back_to_the_version_before(three: LivePolicies, clock: HandClock) -> None:
    clock.pass_s(10)
    latest = status_of(three).version

    hold = three.roll_back("default", None)

    status = status_of(three)
    assert rule_of(three) == "two"
    assert (hold.version, hold.away_from) == (status.version, latest)
    assert (status.on_disk, status.hold, status.since_s) == (latest, hold, clock.unix_s())
    assert hold.text == policy_text(rule="two")


def test_going_back_twice_goes_back_two_versions_and_not_further_than_there_are(three: LivePolicies) -> None:
    three.roll_back("default", None)
    three.roll_back("default", None)

    assert rule_of(three) == "one"
    assert "no version before default@" in refused(lambda: three.roll_back("default", None))
    assert rule_of(three) == "one"


@pytest.mark.parametrize("part", [slice(None), slice(8, None), slice(8, 14), slice(0, 14)])
def test_a_policy_goes_back_to_the_version_that_is_named(three: LivePolicies, part: slice) -> None:
    first = status_of(three).history[0].version

    three.roll_back("default", first[part])

    assert rule_of(three) == "one"


@pytest.mark.parametrize("named", ["nothing", "", "@", "zz"])
def test_a_version_that_is_not_kept_is_refused_and_those_that_are_are_listed(three: LivePolicies, named: str) -> None:
    said = refused(lambda: three.roll_back("default", named))

    assert "is no version that is known to this replica" in said
    assert all(each.version in said for each in status_of(three).history)


def test_a_beginning_that_several_versions_share_is_refused(three: LivePolicies) -> None:
    assert "means more than one version" in refused(lambda: three.roll_back("default", "default@"))


def test_what_is_in_force_or_in_the_file_is_nothing_to_go_back_to(three: LivePolicies) -> None:
    latest = status_of(three).version
    in_force = refused(lambda: three.roll_back("default", latest))
    three.roll_back("default", None)

    assert in_force == f"{latest} is in force already"
    assert "release the policy instead" in refused(lambda: three.roll_back("default", latest))


def test_only_a_policy_that_is_there_goes_back(three: LivePolicies) -> None:
    assert "no policy 'nobody'" in refused(lambda: three.roll_back("nobody", None))


def test_a_hold_survives_reloads_of_unchanged_files_and_of_others(folder: PolicyFolder, three: LivePolicies) -> None:
    three.roll_back("default", None)

    folder.write_policy("other")
    folder.write("default.yaml", "# only a comment\n" + policy_text(rule="three"))
    three.reload()

    assert rule_of(three) == "two"
    assert status_of(three).hold is not None


def test_a_hold_ends_when_the_file_says_something_new(folder: PolicyFolder, three: LivePolicies) -> None:
    three.roll_back("default", None)

    folder.write_policy(rule="four")
    report = three.reload()

    assert rule_of(three) == "four"
    assert status_of(three).hold is None
    assert report.changed == (status_of(three).version,)


def test_a_hold_stays_while_the_file_is_broken(folder: PolicyFolder, three: LivePolicies) -> None:
    three.roll_back("default", None)

    folder.break_policy()

    assert not three.reload().ok
    assert rule_of(three) == "two"


def test_a_released_policy_goes_by_its_file(three: LivePolicies, clock: HandClock) -> None:
    three.roll_back("default", None)
    clock.pass_s(10)

    three.release("default")

    assert rule_of(three) == "three"
    assert (status_of(three).hold, status_of(three).since_s) == (None, clock.unix_s())


def test_a_policy_that_is_not_held_cannot_be_released(three: LivePolicies) -> None:
    assert refused(lambda: three.release("default")) == "the policy 'default' is not held"


def test_a_version_goes_back_with_the_cases_it_had(folder: PolicyFolder, open_live: Open) -> None:
    folder.write_case(tier="fast")
    live = open_live()
    folder.write_case(tier="strong")
    folder.write_policy(rule="two", tier="strong")
    live.reload()

    hold = live.roll_back("default", None)

    assert hold.cases == case_text(tier="fast")
    assert rule_of(live) == "one"


def test_a_held_candidate_is_the_one_that_is_tried(folder: PolicyFolder, trying: LivePolicies) -> None:
    folder.write_policy("next", rule="later")
    trying.reload()

    trying.roll_back("next", None)

    assert rule_of(trying) == "tried"
    assert trying.status().rollouts[0].candidate == trying.assign("next", "").policy.version


def test_a_version_whose_cases_no_longer_pass_is_refused(folder: PolicyFolder, open_live: Open, tmp_path: Path) -> None:
    """As after an update that decides otherwise."""
    open_live(tmp_path / "history")
    kept = tmp_path / "history" / "default.json"
    past = json.loads(kept.read_text())
    (first,) = past["versions"]
    kept.write_text(json.dumps(past | {"versions": [first | {"cases": case_text(tier="strong")}]}))
    folder.write_policy(rule="two")
    live = open_live(tmp_path / "history")

    said = refused(lambda: live.roll_back("default", None))

    assert said.startswith(f"{first['version']} can no longer be used: cases/{first['version']}.yaml:4:20: case")
    assert rule_of(live) == "two"


# --- after a restart --------------------------------------------------------------------------------------------


def test_versions_and_holds_outlive_a_restart(
    folder: PolicyFolder, open_live: Open, clock: HandClock, tmp_path: Path
) -> None:
    before = take_three(folder, open_live(tmp_path / "history"), clock)
    clock.pass_s(10)
    before.roll_back("default", None)
    clock.pass_s(10)

    live = open_live(tmp_path / "history")

    assert rule_of(live) == "two"
    assert status_of(live) == status_of(before)
    live.release("default")
    assert rule_of(open_live(tmp_path / "history")) == "three"


def test_a_stopped_canary_stays_stopped_after_a_restart(folder: PolicyFolder, open_live: Open, tmp_path: Path) -> None:
    folder.write_policy("next")
    folder.write_rollout(share="100%")
    open_live(tmp_path / "history").stop_canary("default", "too many errors")

    live = open_live(tmp_path / "history")

    assert live.assign(None, "").arm == ""
    live.resume_canary("default")
    assert open_live(tmp_path / "history").assign(None, "").arm == "canary"


def test_without_a_folder_for_it_a_restart_forgets(folder: PolicyFolder, open_live: Open, clock: HandClock) -> None:
    take_three(folder, open_live(), clock).roll_back("default", None)

    live = open_live()

    assert rule_of(live) == "three"
    assert len(status_of(live).history) == 1


def test_a_hold_of_a_text_that_is_refused_now_is_passed_over_and_said(
    folder: PolicyFolder, open_live: Open, clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    take_three(folder, open_live(tmp_path / "history"), clock).roll_back("default", None)
    kept = tmp_path / "history" / "_notes.json"
    kept.write_text(kept.read_text().replace("request.n", "request.m"))

    live = open_live(tmp_path / "history")

    assert rule_of(live) == "three"
    assert "request.m" in live.status().unusable["default"]
    assert "cannot be held" in caplog.text


# --- what other replicas say --------------------------------------------------------------------------------------


def test_what_another_replica_holds_is_held_here_until_it_is_released_there(
    folder: PolicyFolder, open_live: Open, three: LivePolicies
) -> None:
    hold = three.roll_back("default", None)
    other = open_live()

    other.adopt({hold.key: encode(hold)})
    held = rule_of(other)
    other.adopt({})

    assert (held, rule_of(other)) == ("two", "three")


def test_a_canary_that_another_replica_stopped_is_stopped_here(trying: LivePolicies, open_live: Open) -> None:
    stop = trying.stop_canary("default", "too many errors")
    other = open_live()
    assert stop is not None

    other.adopt({stop.key: encode(stop)})

    assert other.assign(None, "").arm == ""
    assert other.status().rollouts[0].stopped == stop


def test_a_replica_whose_file_is_still_another_one_is_not_held(folder: PolicyFolder, three: LivePolicies) -> None:
    hold = three.roll_back("default", None)
    folder.write_policy(rule="five")
    three.reload()

    three.adopt({hold.key: encode(hold)})

    assert rule_of(three) == "five"


def test_notes_that_nobody_here_understands_are_left_out(three: LivePolicies, caplog: pytest.LogCaptureFixture) -> None:
    three.adopt({"hold:default": b"{}", "stop:x": b"\xff", "else:1": b"1"})

    assert rule_of(three) == "three"
    assert caplog.text.count("cannot be read") == 2


def test_an_order_of_ones_own_stands_until_the_board_says_something_new(three: LivePolicies) -> None:
    """A board that was read just before it was told does not undo what was ordered here."""
    three.adopt({})
    hold = three.roll_back("default", None)
    three.adopt({})
    early = rule_of(three)
    three.adopt({hold.key: encode(hold)})
    three.adopt({})

    assert (early, rule_of(three)) == ("two", "three")


def test_a_release_of_ones_own_stands_until_the_board_says_something_new(three: LivePolicies) -> None:
    hold = three.roll_back("default", None)
    three.adopt({hold.key: encode(hold)})

    three.release("default")
    three.adopt({hold.key: encode(hold)})
    early = rule_of(three)
    three.adopt({})
    three.adopt({hold.key: encode(hold)})

    assert (early, rule_of(three)) == ("three", "two")


ORDERS = st.permutations(["reload", "adopt", "reload", "adopt"])


@settings(max_examples=25, deadline=None)
@given(orders=ORDERS, others=ORDERS)
def test_replicas_that_know_the_same_agree_whatever_they_learned_first(
    tmp_path_factory: pytest.TempPathFactory, orders: list[str], others: list[str]
) -> None:
    folder, clock = PolicyFolder(tmp_path_factory.mktemp("agree") / "policies"), HandClock()
    replicas = [LivePolicies(folder.path, "default", USUAL, History(), clock) for _ in range(3)]
    folder.write_policy(rule="two")
    replicas[0].reload()
    hold = replicas[0].roll_back("default", None)
    steps = {"reload": LivePolicies.reload, "adopt": lambda live: live.adopt({hold.key: encode(hold)})}

    for live, order in zip(replicas[1:], (orders, others), strict=True):
        for step in order:
            steps[step](live)

    assert {status_of(live).version for live in replicas} == {hold.version}
