"""`rollouts.yaml`: which candidate is tried beside which policy, and what stops it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from router.config.policies.rollouts_file import read_rollouts
from router.config.yaml_file import parse_yaml
from router.core.errors import FileError
from router.core.rollout import Guards, Rollout

FILE = Path("rollouts.yaml")
POLICIES = dict.fromkeys(("default", "next", "cheap"), None)


def read(*rollouts: str) -> Mapping[str, Rollout]:
    """The rollouts that these lines hold, each from line 2 on, five columns in."""
    content = "rollouts:\n" + "".join(f"  - {{{each}}}\n" for each in rollouts)
    return read_rollouts(parse_yaml(FILE, content.encode()), POLICIES)


def refused(*rollouts: str) -> str:
    """What is wrong with them, from its line on."""
    with pytest.raises(FileError) as error:
        read(*rollouts)
    return error.value.message.removeprefix(f"{FILE}:")


CANARY = "policy: default, candidate: next, mode: canary"
SHADOW = "policy: default, candidate: next, mode: shadow"


def test_a_shadow_decides_everything_and_nothing_follows() -> None:
    assert read(SHADOW) == {"default": Rollout("default", "next", "shadow")}


@pytest.mark.parametrize(("written", "share"), [("0%", 0.0), ("5%", 0.05), ("100%", 1.0)])
def test_a_canary_has_its_share(written: str, share: float) -> None:
    assert read(f"{CANARY}, share: {written}") == {"default": Rollout("default", "next", "canary", share)}


def test_a_canary_has_guards() -> None:
    guards = "{error_rate: 2%, escalation_rate: 30%, p95: 8s, at_least: 20, window: 5m}"

    found = read(f"{CANARY}, share: 5%, guards: {guards}")

    assert found["default"].guards == Guards(0.02, 0.3, 8.0, 20, 300.0)


def test_guards_that_are_left_out_guard_nothing_and_look_at_ten_minutes() -> None:
    assert read(f"{CANARY}, share: 5%")["default"].guards == Guards(None, None, None, 50, 600.0)


def test_each_policy_may_have_a_candidate_of_its_own() -> None:
    assert set(read(SHADOW, "policy: cheap, candidate: next, mode: shadow")) == {"default", "cheap"}


def test_no_rollouts_are_none() -> None:
    assert read_rollouts(parse_yaml(FILE, b"rollouts: []\n"), POLICIES) == {}


@pytest.mark.parametrize(
    ("rollout", "said"),
    [
        (CANARY, "2:5: rollouts.0: expected `share` with mode canary, and with no other mode"),
        (f"{SHADOW}, share: 5%", "2:5: rollouts.0: expected `share` with mode canary, and with no other mode"),
        ("policy: next, candidate: next, mode: shadow", "2:5: rollouts.0: the candidate is the policy itself"),
        ("policy: next, mode: shadow", "2:5: rollouts.0.candidate: is required and missing"),
        ("policy: defualt, candidate: next, mode: shadow", "2:14: there is no policy 'defualt'; did you mean 'default"),
        ("policy: default, candidate: nxt, mode: shadow", "2:34: there is no policy 'nxt'; did you mean 'next'?"),
        ("policy: default, candidate: next, mode: shade", "2:46: rollouts.0.mode: Input should be 'shadow' or"),
        (f"{CANARY}, share: 0.05", "2:61: rollouts.0.share: expected a share such as 5% or 100%, found 0.05"),
        (f"{CANARY}, share: 101%", "2:61: rollouts.0.share: expected a share such as 5% or 100%, found '101%'"),
        (f"{CANARY}, shar: 5%", "2:54: rollouts.0.shar: is not a known setting; did you mean 'share'?"),
        (f"{CANARY}, share: 5%, guards: {{p95: 8}}", "2:79: rollouts.0.guards.p95: expected a duration such as"),
        (f"{CANARY}, share: 5%, guards: {{p59: 8s}}", "2:74: rollouts.0.guards.p59: is not a known setting; did you"),
        (f"{CANARY}, share: 5%, guards: {{at_least: 0}}", "2:84: rollouts.0.guards.at_least: Input should be greater"),
        (f"{CANARY}, share: 5%, guards: {{window: 0s}}", "2:82: rollouts.0.guards.window: Input should be greater"),
        (f"{CANARY}, share: 5%, guards: {{error_rate: 0.1}}", "2:86: rollouts.0.guards.error_rate: expected a share"),
    ],
)
def test_a_mistake_in_a_rollout_is_refused_at_its_line_and_column(rollout: str, said: str) -> None:
    assert refused(rollout).startswith(said)


def test_a_policy_has_one_candidate_at_a_time() -> None:
    said = "3:14: the policy 'default' has a candidate already; one is tried at a time"

    assert refused(SHADOW, "policy: default, candidate: cheap, mode: shadow") == said


@pytest.mark.parametrize("content", ["rollout: []\n", "{}\n", "rollouts:\n", "rollouts: {a: b}\n"])
def test_a_file_without_a_list_of_rollouts_is_refused_at_its_first_line(content: str) -> None:
    with pytest.raises(FileError, match=r"rollouts\.yaml:1:1: "):
        read_rollouts(parse_yaml(FILE, content.encode()), POLICIES)


def test_a_shadow_with_guards_is_refused_because_nothing_can_go_wrong() -> None:
    assert "expected no `guards` with mode shadow" in refused(f"{SHADOW}, guards: {{error_rate: 2%}}")


def test_one_candidate_is_the_canary_of_one_policy_only() -> None:
    said = refused(f"{CANARY}, share: 5%", "policy: cheap, candidate: next, mode: canary, share: 5%")

    assert said == "3:32: 'next' is the canary of another policy already; records could not tell the two apart"
