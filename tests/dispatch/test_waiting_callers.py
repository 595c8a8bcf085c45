"""A caller who waits long for the first block is told that we are here, at the instants the policy says."""

import pytest

from router.core.errors import EngineFailed, Refused
from router.core.policy import Then
from tests.dispatch.scenes import Scene, asking, backend
from tests.doubles import NEVER, Ends, Fails, Says
from tests.examples import a_policy

GOOD = (Says(b"text"), Ends())


def timeline(scene: Scene) -> list[tuple[float, str]]:
    """What the answer was told, and when."""
    return [(each.at_s, each.call) for each in scene.answer.told]


def test_nothing_is_sent_before_the_commit() -> None:
    scene = Scene(backend(Says(b"text", 9.9), Ends()), backend(*GOOD))

    scene.play()

    assert timeline(scene) == [(9.9, "begin"), (9.9, "release"), (9.9, "end")]


def test_at_the_commit_the_answer_begins_and_is_kept_alive_until_the_first_block() -> None:
    scene = Scene(backend(Says(b"text", 41.0), Ends(after_s=60.0)), backend(*GOOD))

    scene.play()

    assert timeline(scene) == [
        (10.0, "begin"),
        (10.0, "commit"),
        (25.0, "keep_alive"),
        (40.0, "keep_alive"),
        (41.0, "release"),
        (101.0, "end"),
    ]
    assert (scene.record.first_block_s, scene.record.outcome) == (41.0, "served")


def test_a_plain_answer_is_waited_for_in_silence() -> None:
    scene = Scene(backend(Says(b"body", 100.0), Ends()), backend(*GOOD))

    scene.play(asking(streamed=False))

    assert timeline(scene) == [(100.0, "begin"), (100.0, "release"), (100.0, "end")]


def test_the_commit_is_counted_from_the_request_and_not_from_the_attempt() -> None:
    scene = Scene(backend(Fails(EngineFailed("no"), 6.0)), backend(Says(b"text", 6.0), Ends()))

    scene.play()

    assert timeline(scene) == [(10.0, "begin"), (10.0, "commit"), (12.0, "release"), (12.0, "end")]
    assert scene.answer.told[0].head is not None
    assert scene.answer.told[0].head.tier == "strong"


def test_a_tier_that_fails_after_the_commit_is_followed_by_the_next_without_a_second_beginning() -> None:
    scene = Scene(backend(Fails(EngineFailed("no"), 30.0)), backend(Says(b"text", 30.0), Ends()))

    scene.play()

    assert timeline(scene) == [
        (10.0, "begin"),
        (10.0, "commit"),
        (25.0, "keep_alive"),
        (40.0, "keep_alive"),
        (55.0, "keep_alive"),
        (60.0, "release"),
        (60.0, "end"),
    ]
    assert scene.answer.last.head is not None
    assert scene.answer.last.head.tier == "strong"
    assert (scene.record.tier, scene.record.outcome) == ("strong", "served")


def test_when_every_tier_fails_after_the_commit_the_answer_breaks_off() -> None:
    scene = Scene(backend(Fails(EngineFailed("no"), 12.0)), backend(Fails(Refused("never", 400), 1.0)))

    scene.play()

    assert timeline(scene) == [(10.0, "begin"), (10.0, "commit"), (13.0, "break_off")]
    assert (scene.record.outcome, scene.record.status, scene.record.tier) == ("broken", 200, None)


@pytest.mark.parametrize("commit_after_s", [0.001, 5.0, 600.0])
def test_the_policy_says_when_to_commit(commit_after_s: float) -> None:
    policy = a_policy(otherwise=Then(("fast",), gate="off", commit_after_s=commit_after_s))
    scene = Scene(backend(Says(b"text", 700.0), Ends()), backend(*GOOD), policy)

    scene.play()

    commit = scene.answer.told[1]
    assert (commit.call, commit.at_s) == ("commit", pytest.approx(commit_after_s))


def test_an_engine_that_never_speaks_is_waited_for_until_the_caller_leaves() -> None:
    scene = Scene(backend(NEVER), backend(*GOOD))

    assert scene.play_until(3600.0)

    assert scene.answer.calls[:2] == ["begin", "commit"]
    assert set(scene.answer.calls[2:]) == {"keep_alive"}
    assert scene.record.outcome == "caller_left"
