"""What holds of every climb, whatever the engines do, however slowly the caller reads, whenever it leaves."""

import json
import re
from collections.abc import Sequence
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.errors import BackendError, EngineFailed, Malformed, Overloaded, Refused, TimedOut, Unavailable
from router.core.event_stream import payloads
from router.core.policy import Then
from router.ports import Asked
from tests.dispatch.scenes import CLIMBING, IMPATIENT, STRONG_ONLY, STRONG_OR_LESS, Scene, asking
from tests.doubles import Ends, Fails, RecordingAnswer, Says, ScriptedBackend, Step
from tests.examples import a_policy
from tests.vllm_wire import text_events

ERRORS: list[BackendError] = [
    EngineFailed("x"),
    Unavailable("x"),
    Overloaded("x"),
    TimedOut("x"),
    Malformed("x"),
    Refused("x", 400),
]
DELAYS_S = [0.0, 0.0, 1.0, 7.0, 10.0, 33.0]
CUT = a_policy(otherwise=Then(("fast", "strong"), gate="off", commit_after_s=10.0, on_break="error"))
POLICIES = [
    CLIMBING,
    STRONG_ONLY,
    STRONG_OR_LESS,
    IMPATIENT,
    a_policy(otherwise=Then(("strong",), on_unavailable="degrade", commit_after_s=7.0, timeout_s=10.0)),
    a_policy(otherwise=Then(("fast", "strong"), gate="off", commit_after_s=10.0, timeout_s=10.0, max_escalations=0)),
    CUT,
]
WHOLE = re.compile(r"fail|begin (commit (keep_alive )*)?(release )*(end|break_off)")
BROKEN = re.compile(r"(fail|begin( commit( keep_alive)*)?( release)*( end| break_off)?)?")
"""The promise of `ports.Answer`, on the names of its calls: whole, and as far as it was kept when the caller left."""

delays = st.sampled_from(DELAYS_S)
blocks = st.builds(Says, st.sampled_from([event for word in "abc" for event in text_events("tier1", word, 1)]), delays)
closings = st.one_of(st.builds(Ends, st.integers(0, 9), delays), st.builds(Fails, st.sampled_from(ERRORS), delays))

requests = st.sampled_from([asking(streamed=True), asking(streamed=False)])


@st.composite
def scripts(draw: st.DrawFn) -> Sequence[Step]:
    """What an engine may do: any blocks, and then an end or an error."""
    return [*draw(st.lists(blocks, max_size=4)), draw(closings)]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Two engines that do anything, behind any policy, and a caller who reads at any pace."""
    policy = draw(st.sampled_from(POLICIES))
    fast, strong = (ScriptedBackend(draw(scripts()), closing_s=draw(delays)) for _ in range(2))
    return Scene(fast, strong, policy, RecordingAnswer(each_s=draw(delays)))


def text_of(events: bytes) -> str:
    """The text of a stream's events."""
    return "".join(json.loads(each)["choices"][0]["delta"]["content"] for each in payloads(events))


def texts_said(scene: Scene) -> list[str]:
    """What each attempt that said something said, in order."""
    calls = [zip(each.asked, each.streams, strict=True) for each in scene.backends]
    said = {attempt.number: stream.said for (attempt, _), stream in chain(*calls)}
    return [text_of(said[number]) for number in sorted(said) if said[number]]


def check_books(scene: Scene) -> None:
    """Every call was opened once, closed once and recorded once, in order, the fleet was told of both, and released
    text is what engines said, each of them once."""
    streams = [stream for each in scene.backends for stream in each.streams]
    attempts = scene.record.attempts
    assert [stream.closed for stream in streams] == [1] * len(streams)
    assert [(each.number, each.tier) for each in attempts] == list(enumerate(scene.opened, start=1))
    told = [[(each.tier, None), (each.tier, each.outcome)] for each in attempts]
    assert scene.fleet.told == [each for both in told for each in both]
    assert "".join(texts_said(scene)).startswith(text_of(scene.answer.released))


@settings(max_examples=150, deadline=None)
@given(scenes(), requests)
def test_every_climb_keeps_the_promise_of_its_answer(scene: Scene, asked: Asked) -> None:
    scene.play(asked)

    check_books(scene)
    assert WHOLE.fullmatch(" ".join(scene.answer.calls)), scene.answer.calls
    assert asked.request.streamed or "commit" not in scene.answer.calls


@settings(max_examples=150, deadline=None)
@given(scenes(), requests)
def test_the_record_says_what_the_caller_was_told(scene: Scene, asked: Asked) -> None:
    scene.play(asked)

    record, last = scene.record, scene.answer.last
    unserved = "refused" if isinstance(last.error, Refused) else "failed"
    expected = {"end": "served", "break_off": "broken", "fail": unserved}
    assert record.outcome == expected[last.call]
    if last.call == "end":
        assert record.attempts[-1].outcome == "served"
        assert record.tier == record.attempts[-1].tier
        asked_for = {attempt.number: envelope for each in scene.backends for attempt, envelope in each.asked}
        began_anew = asked_for[record.attempts[-1].number].continues is None
        assert (record.usage == record.attempts[-1].usage) == began_anew
    if last.call == "break_off":
        assert getattr(last.error, "outcome", None) in [each.outcome for each in record.attempts]
    assert [each.outcome for each in record.attempts].count("served") == (last.call == "end")


@settings(max_examples=150, deadline=None)
@given(scenes(), requests)
def test_after_the_first_text_nobody_is_called_but_to_go_on_with_it(scene: Scene, asked: Asked) -> None:
    scene.play(asked)

    said = texts_said(scene)
    assert text_of(scene.answer.released) == "".join(said)
    if not asked.request.streamed or scene.policy is CUT:
        assert len(said) <= 1
    asked_for = {attempt.number: envelope for each in scene.backends for attempt, envelope in each.asked}
    begun = [asked_for[number].continues for number in sorted(asked_for)]
    assert [each.text for each in begun if each is not None][:1] == said[:1] * any(begun)


@settings(max_examples=150, deadline=None)
@given(scenes(), requests, st.floats(0, 80))
def test_a_caller_may_leave_at_any_instant(scene: Scene, asked: Asked, left_s: float) -> None:
    left = scene.play_until(left_s, asked)

    check_books(scene)
    told_of_a_failure = scene.answer.calls == ["fail"]
    assert (scene.record.outcome == "caller_left") == (left and not told_of_a_failure)
    assert BROKEN.fullmatch(" ".join(scene.answer.calls)), scene.answer.calls
