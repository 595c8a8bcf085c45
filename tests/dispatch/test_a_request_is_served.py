"""Serving one request: who is called, what the caller is told in which order, and what the record says."""

import pytest

from router.core.denoise import FIXED, Chosen
from router.core.errors import (
    BackendError,
    EngineFailed,
    Forbidden,
    Malformed,
    ModelNotFound,
    NoTierAvailable,
    Overloaded,
    Refused,
    TimedOut,
    Unavailable,
)
from router.core.grants import Caller, Grants
from router.core.policy import Denoise, Then
from router.core.trace import Trace
from router.core.values import Hints, Usage
from tests.dispatch.scenes import CLIMBING, DENOISING, STRONG_ONLY, STRONG_OR_LESS, Scene, asking, backend, status_of
from tests.doubles import EPOCH_S, Ends, Fails, RecordingAnswer, Says
from tests.examples import a_policy

ERRORS: list[BackendError] = [
    EngineFailed("it failed"),
    Unavailable("it is away"),
    Overloaded("it has too much to do", 2.0),
    TimedOut("it was silent"),
    Malformed("it spoke in tongues"),
    Refused("it will not", 400, "top_p"),
]


def told(error: BackendError) -> str:
    """What the record says of an error: of a refusal no words, because an engine's may quote the prompt."""
    said = "status 400, param top_p" if isinstance(error, Refused) else error.message
    return f"{error.outcome}: {said}"


BY_NAME = [pytest.param(error, id=error.outcome) for error in ERRORS]
GOOD = (Says(b"one ", 1.0), Says(b"two", 1.0), Ends(tokens=2, after_s=1.0))


def test_a_good_answer_is_released_block_by_block_and_ended() -> None:
    scene = Scene(backend(*GOOD), backend(*GOOD))

    scene.play()

    assert scene.answer.calls == ["begin", "release", "release", "end"]
    assert scene.answer.released == b"one two"
    assert [each.at_s for each in scene.answer.told] == [1.0, 1.0, 2.0, 3.0]
    assert scene.opened == ["fast"]
    assert [stream.closed for stream in scene.fast.streams] == [1]


def test_the_record_of_a_served_request_says_everything_about_it() -> None:
    scene = Scene(backend(*GOOD), backend(*GOOD))

    scene.play(asking(hints=Hints(latency_budget_ms=9_000)))

    record, (attempt,) = scene.record, scene.record.attempts
    assert (record.outcome, record.status, record.error) == ("served", 200, None)
    assert (record.request_id, record.key_id, record.model, record.streamed) == ("r1", "none", "auto", True)
    assert (record.policy, record.rule, record.reason) == ("test@1", "otherwise", "otherwise")
    assert (record.tier, record.ladder) == ("fast", ("fast", "strong"))
    assert (record.time_s, record.elapsed_s, record.first_block_s) == (EPOCH_S, 3.0, 1.0)
    assert (record.usage, record.wasted_tokens) == (Usage(18, 2), 0)
    assert (record.tokens_written, record.tokens_read, record.repairs) == ({"fast": 2}, 0, 0)
    assert record.engine_s == {"fast": 3.0}
    assert record.latency_budget_ms == 9_000
    assert record.tenant not in ("", "local")
    assert (attempt.number, attempt.tier, attempt.backend, attempt.outcome) == (1, "fast", "fast-1", "served")
    assert (attempt.elapsed_s, attempt.first_block_s, attempt.usage) == (3.0, 1.0, Usage(18, 2))


def test_the_caller_is_told_of_the_way_its_request_took() -> None:
    scene = Scene(backend(Fails(Unavailable("away"))), backend(*GOOD))

    scene.play(asking(parameters={"temperature": 0.5}))

    begun, ended = scene.answer.told[0].head, scene.answer.last.head
    assert begun is not None
    assert ended is not None
    assert (begun.tier, begun.rule, begun.policy, begun.reason) == ("strong", "otherwise", "test@1", "otherwise")
    assert [each.outcome for each in begun.attempts] == ["unavailable"]
    assert [each.outcome for each in ended.attempts] == ["unavailable", "served"]
    assert (begun.dropped, begun.excluded) == ((), ())


def test_what_an_engine_gets_is_the_request_under_its_id() -> None:
    scene = Scene(backend(Fails(EngineFailed("no"))), backend(*GOOD))
    trace = Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", is_sampled=True, state="vendor=1")
    asked = asking(parameters={"temperature": 0.5}, trace=trace)

    scene.play(asked)

    ((first, to_fast),), ((second, to_strong),) = scene.fast.asked, scene.strong.asked
    assert (first.number, first.tier, second.number, second.tier) == (1, "fast", 2, "strong")
    assert to_fast.request_id == to_strong.request_id == "r1"
    assert (to_fast.dropped, to_strong.dropped) == (("temperature",), ())
    for attempt, envelope in ((first, to_fast), (second, to_strong)):
        assert envelope.request is asked.request
        assert envelope.tenant == "local"
        assert (envelope.traceparent, envelope.tracestate) == (trace.traceparent(attempt.number), "vendor=1")


def test_whether_the_model_thinks_goes_to_every_engine_and_how_it_denoises_to_those_that_do() -> None:
    then = Then(("fast", "strong"), gate="off", denoise=Denoise(steps=8), thinking=False)
    scene = Scene(backend(Fails(EngineFailed("no"))), backend(*GOOD), a_policy(otherwise=then), tiers=DENOISING)

    scene.play()

    envelopes = [envelope for each in scene.backends for _, envelope in each.asked]
    assert [each.thinking for each in envelopes] == [False, False]
    assert [each.denoise for each in envelopes] == [Chosen(8, None, FIXED), None]
    assert [each.denoise for each in scene.record.attempts] == [Chosen(8, None, FIXED), None]


def test_a_policy_that_sets_nothing_of_the_answer_leaves_it_to_the_caller() -> None:
    scene = Scene(backend(*GOOD), backend(*GOOD))

    scene.play()

    ((_, envelope),) = scene.fast.asked
    assert (envelope.denoise, envelope.thinking) == (None, None)


@pytest.mark.parametrize("error", BY_NAME)
def test_a_tier_that_fails_before_its_first_block_is_followed_by_the_next(error: BackendError) -> None:
    scene = Scene(backend(Fails(error, 0.5)), backend(*GOOD))

    scene.play()

    assert scene.answer.calls == ["begin", "release", "release", "end"]
    assert scene.opened == ["fast", "strong"]
    trail = [(each.number, each.tier, each.outcome, each.elapsed_s) for each in scene.record.attempts]
    assert trail == [(1, "fast", error.outcome, 0.5), (2, "strong", "served", 3.0)]
    assert (scene.record.outcome, scene.record.tier, scene.record.first_block_s) == ("served", "strong", 1.0)
    assert scene.record.error is None


@pytest.mark.parametrize("error", BY_NAME)
def test_when_every_tier_has_failed_the_caller_gets_the_last_error(error: BackendError) -> None:
    scene = Scene(backend(Fails(Unavailable("away"))), backend(Fails(error)))

    scene.play()

    assert scene.answer.calls == ["fail"]
    assert scene.answer.last.error is error
    assert scene.answer.last.head is not None
    assert scene.answer.last.head.tier is None
    assert [each.outcome for each in scene.answer.last.head.attempts] == ["unavailable", error.outcome]
    outcome = "refused" if isinstance(error, Refused) else "failed"
    assert (scene.record.outcome, scene.record.status, scene.record.tier) == (outcome, status_of(error), None)
    assert scene.record.error == told(error)


@pytest.mark.parametrize("error", BY_NAME)
def test_a_failure_after_the_first_block_breaks_the_answer_off(error: BackendError) -> None:
    scene = Scene(backend(Says(b"so far"), Fails(error, 1.0)), backend(*GOOD))

    scene.play()

    assert scene.answer.calls == ["begin", "release", "break_off"]
    assert scene.answer.last.error is error
    assert scene.answer.released == b"so far"
    assert scene.opened == ["fast"]
    assert (scene.record.outcome, scene.record.status) == ("broken", 200)
    assert [each.outcome for each in scene.record.attempts] == [error.outcome]
    assert scene.record.error == told(error)


@pytest.mark.parametrize("error", BY_NAME)
def test_only_a_tier_that_could_not_serve_is_replaced_by_a_lower_one(error: BackendError) -> None:
    scene = Scene(backend(*GOOD), backend(Fails(error)), STRONG_OR_LESS)

    scene.play()

    degrades = error.outcome not in ("refused", "malformed")
    assert scene.opened == (["strong", "fast"] if degrades else ["strong"])
    assert (scene.record.outcome == "served") == degrades


@pytest.mark.parametrize("error", BY_NAME)
def test_a_rule_that_must_not_be_degraded_fails_with_its_tier(error: BackendError) -> None:
    scene = Scene(backend(*GOOD), backend(Fails(error)), STRONG_ONLY)

    scene.play()

    assert scene.opened == ["strong"]
    assert scene.answer.last.error is error


def test_an_answer_without_a_block_is_an_answer() -> None:
    scene = Scene(backend(Ends(after_s=1.0)), backend(*GOOD))

    scene.play()

    assert scene.record.outcome == "served"
    assert scene.answer.calls[-1:] == ["end"]


def test_a_request_that_cannot_be_decided_on_calls_nobody() -> None:
    scene = Scene(backend(*GOOD), backend(*GOOD))

    scene.play(asking(model="gpt-99"))

    assert isinstance(scene.answer.last.error, ModelNotFound)
    assert (scene.answer.calls, scene.answer.last.head) == (["fail"], None)
    assert (scene.record.outcome, scene.record.status) == ("refused", status_of(scene.answer.last.error))
    assert (scene.record.attempts, scene.record.policy, scene.opened) == ((), "", [])


def test_a_key_without_the_grant_calls_nobody() -> None:
    scene = Scene(backend(*GOOD), backend(*GOOD))

    scene.play(asking(caller=Caller("acme", "k", Grants()), parameters={"priority": 1}))

    assert isinstance(scene.answer.last.error, Forbidden)
    assert scene.record.outcome == "refused"
    assert scene.record.error is not None
    assert scene.record.error.startswith("Forbidden: ")


def test_a_tier_that_is_needed_and_not_configured_is_a_failure_of_ours() -> None:
    scene = Scene(backend(*GOOD), backend(*GOOD), a_policy(otherwise=Then(("hosted",))))

    scene.play()

    assert isinstance(scene.answer.last.error, NoTierAvailable)
    assert (scene.record.outcome, scene.opened) == ("failed", [])


def test_a_bug_in_a_backend_is_raised_and_recorded() -> None:
    scene = Scene(backend(Says(b"so far"), Fails(ZeroDivisionError("bug"))), backend(*GOOD))

    with pytest.raises(ZeroDivisionError):
        scene.play()

    assert (scene.record.outcome, scene.record.status) == ("failed", 500)
    assert [stream.closed for stream in scene.fast.streams] == [1]


@pytest.mark.parametrize("breaks_at", ["begin", "release", "end", "commit", "keep_alive"])
def test_a_bug_in_an_answer_closes_the_stream_and_is_recorded(breaks_at: str) -> None:
    script = (Says(b"one ", 30.0), *GOOD)
    scene = Scene(backend(*script), backend(*GOOD), CLIMBING, RecordingAnswer(breaks_at=breaks_at))

    with pytest.raises(ZeroDivisionError):
        scene.play()

    assert (scene.record.outcome, scene.record.status) == ("failed", 500)
    assert [stream.closed for stream in scene.fast.streams] == [1]
    assert len(scene.record.attempts) == 1


@pytest.mark.parametrize("breaks_at", ["fail", "break_off"])
def test_a_bug_in_telling_of_a_failure_leaves_one_record(breaks_at: str) -> None:
    script = (Fails(EngineFailed("no")),) if breaks_at == "fail" else (Says(b"one "), Fails(EngineFailed("no")))
    scene = Scene(backend(*script), backend(*script), CLIMBING, RecordingAnswer(breaks_at=breaks_at))

    with pytest.raises(ZeroDivisionError):
        scene.play()

    assert len(scene.log.records) == 1


def test_tokens_of_an_answer_nobody_got_are_wasted() -> None:
    scene = Scene(backend(*GOOD), backend(*GOOD))

    scene.play()

    assert scene.record.wasted_tokens == 0
    assert scene.record.usage == Usage(18, 2)


def test_the_record_says_when_each_attempt_began_and_which_trace_it_was_part_of() -> None:
    trace = Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
    scene = Scene(backend(Fails(EngineFailed("no"), after_s=0.25)), backend(*GOOD))

    scene.play(asking(trace=trace, parameters={"temperature": 0.5, "top_p": "high", "top_k": 10**30}))

    record = scene.record
    assert [each.start_s for each in record.attempts] == [0.0, 0.25]
    assert (record.trace, record.decided_s, record.look_up) == (trace, 0.0, None)
    assert record.parameters == {"temperature": 0.5}
