"""Failure scripts: what they look like, and what they do to work and words."""

from random import Random

import pytest

from tandem_serving.simulator.faults import (
    Fault,
    FaultShare,
    UnknownFault,
    deadly_block,
    draw_fault,
    parse_fault,
    parse_fault_share,
    spoil_job,
)
from tandem_serving.simulator.profile_file import find_profile
from tandem_serving.simulator.scheduler import NEVER, Job

PROFILE = find_profile("fast", "h200-fp8")
JOB = Job(100, (5, 6, 7))


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("die", Fault("die", 0)),
        ("die:2", Fault("die", 2)),
        ("hang", Fault("hang", 0)),
        ("stall:2", Fault("stall", 2)),
        ("garbage:1", Fault("garbage", 1)),
        ("wrong:2", Fault("wrong", 2)),
        ("wrong:0.25", Fault("wrong", 0.25)),
        ("never-converge", Fault("never-converge", 0)),
        ("slow-pass:5", Fault("slow-pass", 5)),
        (" slow-pass ", Fault("slow-pass", 5)),
    ],
)
def test_scripts_are_read(script: str, fault: Fault) -> None:
    assert parse_fault(script) == fault


@pytest.mark.parametrize("script", ["", "explode", "stall:", "stall:x", "stall:-1", "hang:1", "garbage:nan", "die:inf"])
def test_what_nobody_can_play_is_refused(script: str) -> None:
    with pytest.raises(UnknownFault):
        parse_fault(script)


def test_a_share_says_how_many_requests_play_it() -> None:
    assert parse_fault_share("stall:2@0.1") == FaultShare(Fault("stall", 2), 0.1)
    assert parse_fault_share("hang") == FaultShare(Fault("hang", 0), 1.0)
    with pytest.raises(UnknownFault):
        parse_fault_share("hang@2")


def test_a_share_of_requests_is_hit() -> None:
    chance = Random(1)

    hit = sum(draw_fault((parse_fault_share("hang@0.2"),), chance) is not None for _ in range(1000))

    assert 150 < hit < 250


@pytest.mark.parametrize(
    ("script", "passes"),
    [
        ("hang", (NEVER, 6, 7)),
        ("stall:2", (5, 6, NEVER)),
        ("stall:9", (5, 6, NEVER)),
        ("never-converge", (49, 49, 49)),
        ("garbage:1", (5, 6, 7)),
    ],
)
def test_scripts_change_the_passes(script: str, passes: tuple[int, ...]) -> None:
    assert spoil_job(JOB, parse_fault(script), PROFILE).passes == passes


def test_a_slow_pass_is_slower() -> None:
    assert spoil_job(JOB, parse_fault("slow-pass:3"), PROFILE).slowness == 3


@pytest.mark.parametrize(("script", "block"), [("die", 0), ("die:2", 2), ("die:9", 2), ("hang", None)])
def test_a_deadly_script_names_the_block_that_kills(script: str, block: int | None) -> None:
    assert deadly_block(parse_fault(script), blocks=3) == block
