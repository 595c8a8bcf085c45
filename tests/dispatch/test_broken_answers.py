"""A stream that its engine broke off: who is asked to go on with what, what goes out, and what the record says."""

import pytest

from router.core.continuation import Begun
from router.core.errors import BackendError, EngineFailed, Refused, TimedOut
from router.core.policy import Then
from router.core.values import Usage
from tests.dispatch.scenes import CLIMBING, Scene, asking, backend
from tests.doubles import NEVER, Ends, Fails, Says, ScriptedBackend
from tests.examples import a_policy
from tests.vllm_wire import text_events

BROKE = EngineFailed("it broke off")
SO_FAR = (Says(b"".join(text_events("canvas", "so far ", 1)), 1.0), Fails(BROKE, 1.0))
AND_ON = (Says(b"".join(text_events("strong", "and on", 1)), 1.0), Ends(tokens=3, after_s=1.0))
CUT = a_policy(otherwise=Then(("fast", "strong"), gate="off", on_break="error"))
THINKING = a_policy(otherwise=Then(("fast", "strong"), gate="off", thinking=True))
ONE_TIER = a_policy(otherwise=Then(("fast", "strong"), gate="off", max_escalations=0))


def begun_for(scene: Scene) -> Begun | None:
    """What the strong tier was asked to go on with."""
    ((_, envelope),) = scene.strong.asked
    return envelope.continues


def test_the_strong_tier_is_asked_to_go_on_with_the_text_that_is_out() -> None:
    scene = Scene(backend(*SO_FAR), backend(*AND_ON))

    scene.play()

    begun = begun_for(scene)
    assert begun is not None
    assert (begun.text, begun.tokens) == ("so far ", 1)
    assert scene.opened == ["fast", "strong"]


def test_what_goes_out_is_one_stream_under_the_name_it_began_with() -> None:
    scene = Scene(backend(*SO_FAR), backend(*AND_ON))

    scene.play()

    assert scene.answer.calls == ["begin", "release", "release", "end"]
    assert [each.at_s for each in scene.answer.told] == [1.0, 1.0, 3.0, 4.0]
    assert b'"model":"strong"' not in scene.answer.released
    assert [stream.closed for each in scene.backends for stream in each.streams] == [1, 1]


def test_the_record_tells_both_attempts_and_counts_what_the_caller_was_given() -> None:
    scene = Scene(backend(*SO_FAR), backend(*AND_ON))

    scene.play()

    record = scene.record
    assert (record.outcome, record.status, record.tier, record.error) == ("served", 200, "strong", None)
    assert [(each.tier, each.outcome) for each in record.attempts] == [("fast", "failed"), ("strong", "served")]
    assert record.attempts[-1].usage == Usage(18, 3)
    assert record.usage == Usage(17, 4)
    assert scene.answer.last.ended is not None
    assert scene.answer.last.ended.usage == record.usage


@pytest.mark.parametrize("policy", [CUT, ONE_TIER], ids=["on_break: error", "max_escalations: 0"])
def test_a_policy_may_have_it_end_there(policy: object) -> None:
    scene = Scene(backend(SO_FAR[0], Fails(TimedOut("silent"))), backend(*AND_ON), policy)  # type: ignore[arg-type]

    scene.play()

    assert scene.answer.calls == ["begin", "release", "break_off"]
    assert scene.opened == ["fast"]
    assert scene.record.outcome == "broken"


def test_an_answer_whose_text_has_begun_has_been_thought_about() -> None:
    scene = Scene(backend(*SO_FAR), backend(*AND_ON), THINKING)

    scene.play()

    assert [envelope.thinking for _, envelope in scene.fast.asked + scene.strong.asked] == [True, False]


def test_a_backend_that_is_left_alone_is_not_asked_to_go_on() -> None:
    scene = Scene(backend(*SO_FAR), backend(*AND_ON))
    scene.fleet.left_alone = {"strong"}

    scene.play()

    assert scene.answer.calls == ["begin", "release", "break_off"]
    assert scene.answer.last.error is BROKE
    assert [each.outcome for each in scene.record.attempts] == ["failed", "not_admitted"]
    assert scene.record.attempts[-1].first_block_s is None


def test_the_last_backend_goes_on_itself_as_far_as_its_retries_are_not_spent() -> None:
    for spares_retries, outcome in [(True, "served"), (False, "broken")]:
        scene = Scene(ScriptedBackend(SO_FAR, AND_ON), backend(*AND_ON), ONE_TIER)
        scene.fleet.spares_retries = spares_retries

        scene.play()

        assert scene.record.outcome == outcome
        assert not scene.strong.asked


@pytest.mark.parametrize(
    "rest",
    [
        (Says(b"data: {\n\n"), Ends()),
        (Says(b'data: {"choices":[{"index":0,"delta":{"reasoning":"hm"}}]}\n\n'), Ends()),
        (Fails(Refused("no", 400)),),
    ],
    ids=["odd", "reasoning", "refused"],
)
def test_a_rest_that_is_none_leaves_the_error_with_which_it_broke_off(rest: tuple[Says, Ends]) -> None:
    scene = Scene(backend(*SO_FAR), backend(*rest))

    scene.play()

    assert scene.answer.calls == ["begin", "release", "break_off"]
    assert scene.answer.last.error is BROKE
    assert [stream.closed for each in scene.backends for stream in each.streams] == [1, 1]
    assert scene.record.outcome == "broken"


def test_a_caller_may_leave_while_another_goes_on() -> None:
    scene = Scene(backend(*SO_FAR), backend(NEVER))

    assert scene.play_until(9.0)

    assert [each.outcome for each in scene.record.attempts] == ["failed", "abandoned"]
    assert [stream.closed for each in scene.backends for stream in each.streams] == [1, 1]


def test_a_plain_answer_is_asked_for_anew() -> None:
    scene = Scene(backend(Says(b'{"choices":', 1.0), Fails(BROKE)), backend(*AND_ON))

    scene.play(asking(streamed=False))

    assert not scene.strong.asked


@pytest.mark.parametrize("error", [BROKE, TimedOut("silent")], ids=lambda error: error.outcome)
def test_a_stream_that_nobody_can_go_on_with_breaks_off_with_its_own_error(error: BackendError) -> None:
    scene = Scene(backend(SO_FAR[0], Fails(error)), backend(Fails(EngineFailed("too"))), CLIMBING)

    scene.play()

    assert scene.answer.last.error is error
