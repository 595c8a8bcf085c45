"""A caller who leaves in any instant: the stream that was open is closed exactly once, and one record is written."""

import asyncio

import pytest

from router.core.errors import EngineFailed
from router.core.policy import Then
from router.ports import Asked
from tests import virtual_time
from tests.dispatch.scenes import CLIMBING, COMMIT_AFTER_S, Scene, asking, backend
from tests.doubles import NEVER, Ends, Fails, RecordingAnswer, Says
from tests.examples import a_policy

STEP_S = 4.0
"""Everything takes as long: waiting for a block, telling the answer of it, closing a stream."""

LAST_STEP = 14


STRONG = (Says(b"one ", STEP_S), Says(b"two", STEP_S), Ends(2, STEP_S))


def failing_scene() -> Scene:
    """The fast tier fails after the commit, the strong one answers in two blocks; every await takes a step."""
    fast = backend(Fails(EngineFailed("no"), 3 * STEP_S), closing_s=STEP_S)
    return Scene(fast, backend(*STRONG, closing_s=STEP_S), CLIMBING, RecordingAnswer(each_s=STEP_S))


def silent_scene() -> Scene:
    """The same, but that the fast tier is given up after the commit."""
    policy = a_policy(
        otherwise=Then(("fast", "strong"), gate="off", commit_after_s=COMMIT_AFTER_S, timeout_s=3 * STEP_S)
    )
    fast = backend(NEVER, closing_s=STEP_S)
    return Scene(fast, backend(*STRONG, closing_s=STEP_S), policy, RecordingAnswer(each_s=STEP_S))


SCENES = {"failed": failing_scene, "timed_out": silent_scene}


@pytest.mark.parametrize("asked", [asking(streamed=False), asking(streamed=True)], ids=["plain", "streamed"])
@pytest.mark.parametrize("step", range(LAST_STEP))
@pytest.mark.parametrize("first", SCENES)
def test_whenever_a_caller_leaves_what_was_open_is_closed_once(first: str, step: int, asked: Asked) -> None:
    scene = SCENES[first]()

    left = scene.play_until((step + 0.5) * STEP_S, asked)

    streams = [stream for each in scene.backends for stream in each.streams]
    assert [stream.closed for stream in streams] == [1] * len(streams)
    assert len(scene.record.attempts) == len(streams)
    assert scene.record.outcome == ("caller_left" if left else "served")
    assert scene.record.status == (499 if left else 200)
    assert [each.outcome for each in scene.record.attempts][:-1] == [first][: len(streams) - 1]


@pytest.mark.parametrize("first", SCENES)
def test_the_steps_reach_from_the_first_await_to_beyond_the_last(first: str) -> None:
    scene = SCENES[first]()

    assert SCENES[first]().play_until(0.5 * STEP_S)
    assert not scene.play_until((LAST_STEP - 0.5) * STEP_S)
    assert scene.answer.calls == ["begin", "commit", "keep_alive", "release", "release", "end"]


@pytest.mark.parametrize("left_s", [0.0, 5.0, 12.0])
def test_an_attempt_that_was_open_is_recorded_as_abandoned(left_s: float) -> None:
    scene = Scene(backend(NEVER), backend(NEVER))

    assert scene.play_until(left_s)

    assert [(each.tier, each.outcome, each.elapsed_s) for each in scene.record.attempts] == [
        ("fast", "abandoned", left_s)
    ]
    assert scene.fast.streams[0].closed == 1
    assert scene.opened == ["fast"]


def test_what_was_released_before_the_caller_left_is_all_it_was_told() -> None:
    scene = Scene(backend(Says(b"so far"), NEVER), backend(NEVER))

    assert scene.play_until(3.0)

    assert scene.answer.calls == ["begin", "release"]
    assert scene.record.outcome == "caller_left"


@pytest.mark.parametrize("first", SCENES)
def test_no_task_outlives_the_request_it_was_made_for(first: str) -> None:
    async def left_behind(left_s: float) -> int:
        scene = SCENES[first]()
        serving = asyncio.ensure_future(scene.serve(asking()))
        await asyncio.wait((serving,), timeout=left_s)
        serving.cancel()
        await asyncio.wait((serving,))
        return len(asyncio.all_tasks()) - 1

    for step in range(LAST_STEP):
        assert virtual_time.run(left_behind((step + 0.5) * STEP_S)) == 0, step
