"""A block that a check rejects: nobody sees it, the next tier writes what is missing, and the record tells."""

import pytest

from router.core.doubt.estimate import Platt, Scorer, Scorers, Second
from router.core.errors import Rejected
from router.core.odds import log_odds_of
from router.core.policy import Objection, Then
from router.core.verdict import Finding
from tests.dispatch.scenes import Scene, asking, backend
from tests.dispatch.test_every_climb import text_of
from tests.doubles import EndlessMemory, Ends, Says, ScriptedBackend, TickingClock
from tests.examples import a_policy
from tests.vllm_wire import opening_events, text_events, usage

GATED = a_policy(otherwise=Then(("fast", "strong"), gate="block"))
WHOLE = a_policy(otherwise=Then(("fast", "strong"), gate="whole"))
FIRST = a_policy(otherwise=Then(("fast", "strong"), gate="first"))
ALONE = a_policy(otherwise=Then(("fast",), gate="block"))
ALONE_ANYHOW = a_policy(otherwise=Then(("fast",), gate="block", on_stuck="accept"))
CUT = a_policy(otherwise=Then(("fast", "strong"), gate="block", on_break="error"))

ROLE = Says(b"".join(opening_events("canvas", 1)), 0.5)


def says(text: str, model: str = "canvas") -> Says:
    return Says(b"".join(text_events(model, text, 1)), 1.0)


OTTERS, SPOILT = (
    "Otters swim well, eat fish and sleep on their backs. ",
    "They hold hands <pad><pad>, so as not to drift apart.",
)
GOOD, BAD = says(OTTERS), says(SPOILT)
WRITES = (says("and on.", "strong"), Ends(tokens=3, after_s=1.0))


def test_a_rejected_first_block_is_never_released_and_the_next_tier_writes_afresh() -> None:
    scene = Scene(backend(ROLE, BAD, GOOD), backend(*WRITES), GATED)

    scene.play()

    assert text_of(scene.answer.released) == "and on."
    ((_, envelope),) = scene.strong.asked
    assert envelope.continues is None
    assert scene.record.attempts[0].outcome == "rejected"
    assert [stream.closed for stream in scene.fast.streams] == [1]


def test_a_rejected_later_block_is_never_released_and_the_next_tier_goes_on_from_what_was() -> None:
    scene = Scene(backend(ROLE, GOOD, BAD, GOOD), backend(*WRITES), GATED)

    scene.play()

    assert text_of(scene.answer.released) == f"{OTTERS}and on."
    ((_, envelope),) = scene.strong.asked
    assert envelope.continues is not None
    assert envelope.continues.text == OTTERS
    assert scene.answer.calls == ["begin", "release", "release", "end"]


@pytest.mark.parametrize("streamed", [True, False])
def test_a_whole_answer_that_ends_badly_is_written_afresh(streamed: bool) -> None:
    scene = Scene(backend(ROLE, GOOD, BAD, Ends(tokens=9)), backend(*WRITES), WHOLE)

    scene.play(asking(streamed=streamed))

    assert text_of(scene.answer.released) == "and on."


def test_a_plain_answer_comes_as_a_stream_and_is_stopped_at_the_first_rejected_block() -> None:
    scene = Scene(backend(ROLE, GOOD, BAD, GOOD), backend(*WRITES), GATED)

    scene.play(asking(streamed=False))

    ((_, envelope),) = scene.fast.asked
    assert envelope.streams
    assert text_of(scene.answer.released) == "and on."
    assert scene.record.elapsed_s == pytest.approx(0.5 + 1.0 + 1.0 + 1.0 + 1.0)


def test_after_a_good_first_block_nothing_more_is_judged() -> None:
    scene = Scene(backend(ROLE, GOOD, BAD, Ends(tokens=9)), backend(), FIRST)

    scene.play()

    assert text_of(scene.answer.released) == OTTERS + SPOILT
    assert scene.opened == ["fast"]


def test_the_strong_tier_is_not_judged() -> None:
    scene = Scene(backend(BAD), backend(BAD, Ends(tokens=3)), GATED)

    scene.play()

    assert text_of(scene.answer.released) == SPOILT
    assert scene.record.outcome == "served"


def test_where_nobody_else_can_write_it_a_rejected_block_is_an_error() -> None:
    scene = Scene(backend(ROLE, BAD), backend(), ALONE)

    scene.play()

    assert isinstance(scene.answer.last.error, Rejected)
    assert scene.record.error == "rejected: did not pass: special_tokens"


def test_unless_the_policy_would_rather_have_it_anyhow() -> None:
    scene = Scene(backend(ROLE, BAD, GOOD, Ends(tokens=9)), backend(), ALONE_ANYHOW)

    scene.play()

    assert text_of(scene.answer.released) == SPOILT + OTTERS
    assert scene.record.outcome == "served"
    assert scene.record.attempts[0].gate is not None
    assert scene.record.attempts[0].gate.verdict.reasons == ("special_tokens",)


def test_a_policy_that_lets_breaks_be_errors_still_has_rejected_blocks_written_by_the_next_tier() -> None:
    scene = Scene(backend(ROLE, GOOD, BAD), backend(*WRITES), CUT)

    scene.play()

    assert text_of(scene.answer.released) == f"{OTTERS}and on."


def test_the_record_says_what_was_found_and_what_it_cost() -> None:
    counted = [
        Says(event.replace(b"}\n\n", b',"usage":%s}\n\n' % str(usage(n)).replace("'", '"').encode()), 1.0)
        for n, event in ((8, GOOD.data), (20, BAD.data))
    ]
    scene = Scene(backend(ROLE, *counted, GOOD), backend(*WRITES), GATED)

    scene.play()

    gate = scene.record.attempts[0].gate
    assert gate is not None
    assert gate.verdict.findings == (Finding("special_tokens", ""),)
    assert (gate.mode, gate.blocks, gate.written_tokens) == ("block", 2, 20)
    assert scene.record.wasted_tokens == gate.discarded_tokens == round(20 * len(SPOILT) / len(OTTERS + SPOILT))


def test_the_record_says_how_long_judging_took_and_each_attempt_begins_anew() -> None:
    tick_s = 0.001
    scene = Scene(backend(ROLE, GOOD, BAD), backend(*WRITES), GATED, clock=TickingClock(tick_s))

    scene.play()

    judged, unjudged = scene.record.attempts
    assert judged.gate is not None
    assert judged.gate.judging_s == pytest.approx(3 * tick_s)
    assert unjudged.gate is None


def test_the_record_says_what_was_let_out_before_the_rejection() -> None:
    before, after = (
        Scene(backend(ROLE, BAD), backend(*WRITES), GATED),
        Scene(backend(ROLE, GOOD, BAD), backend(*WRITES), GATED),
    )

    before.play()
    after.play()

    gates = [scene.record.attempts[0].gate for scene in (before, after)]
    assert [gate.released_chars for gate in gates if gate is not None] == [0, len(OTTERS)]


def test_a_good_answer_is_served_with_its_verdict_on_record() -> None:
    scene = Scene(backend(ROLE, GOOD, Ends(tokens=9)), backend(), GATED)

    scene.play()

    attempt = scene.record.attempts[0]
    assert (attempt.outcome, scene.record.wasted_tokens) == ("served", 0)
    assert attempt.gate is not None
    assert attempt.gate.verdict.is_accepted


def test_what_was_rejected_goes_straight_up_next_time() -> None:
    memory = EndlessMemory()
    scene = Scene(backend(ROLE, BAD), backend(*WRITES), GATED, memory=memory)

    scene.play()

    assert len(memory.escalations) == 1


DOUBTING = a_policy(
    otherwise=Then(
        ("fast", "strong"),
        gate="block",
        reject_when=Objection("verdict.doubt > 0.6", ("verdict.doubt",), lambda facts: facts["verdict.doubt"] > 0.6),
    )
)


def doubted(likely: float) -> Scorers:
    """What was learned: answers that are a number are wrong so often."""
    never = Second(1.0, 0.0, 0.0)
    return {"number": Scorer(0.0, {}, Platt(1.0, log_odds_of(likely)), never)}


@pytest.mark.parametrize(("likely", "tier"), [(0.8, "strong"), (0.4, "fast")])
def test_a_finished_answer_that_is_likely_wrong_goes_up_where_the_policy_objects(likely: float, tier: str) -> None:
    wrote = says("It is 12 * 7 = 84, so the answer is 84.")
    scene = Scene(backend(ROLE, wrote, Ends(tokens=9)), backend(*WRITES), DOUBTING, scorers=doubted(likely))

    scene.play(asking(streamed=False, said="A shop sells 12 boxes of 7 pens. How many pens is that?"))

    assert scene.record.tier == tier
    gate = scene.record.attempts[0].gate
    assert gate is not None
    assert gate.verdict.doubt == pytest.approx(likely)


AGREEING = a_policy(otherwise=Then(("fast", "strong"), gate="block", verify="agreement"))
SUM = "A shop sells 12 boxes of 7 pens. How many pens is that?"


def samples(*texts: str) -> Says:
    """Both samples, whole, and the end of all but the first."""
    said = []
    for index, text in enumerate(texts):
        (one,) = text_events("canvas", text, 1, "stop" if index else None)
        said.append(one.replace(b'"index":0', b'"index":%d' % index))
    return Says(b"".join(said), 1.0)


@pytest.mark.parametrize("streamed", [True, False])
def test_two_samples_that_end_in_the_same_are_one_answer(streamed: bool) -> None:
    both = samples("12 * 7 = 84. The answer is 84.", "There are 84 pens. The answer is 84.")
    scene = Scene(backend(ROLE, both, Ends(tokens=20)), backend(*WRITES), AGREEING)

    scene.play(asking(streamed=streamed, said=SUM))

    ((_, envelope),) = scene.fast.asked
    assert envelope.samples == 2
    assert text_of(scene.answer.released) == "12 * 7 = 84. The answer is 84."
    gate = scene.record.attempts[0].gate
    assert gate is not None
    assert gate.verdict.agreed


def test_two_samples_that_end_otherwise_are_no_answer() -> None:
    both = samples("12 * 7 = 84. The answer is 84.", "There are 94 pens. The answer is 94.")
    scene = Scene(backend(ROLE, both, Ends(tokens=20)), backend(*WRITES), AGREEING)

    scene.play(asking(said=SUM))

    assert text_of(scene.answer.released) == "and on."
    gate = scene.record.attempts[0].gate
    assert gate is not None
    assert gate.verdict.agreed is False
    assert gate.verdict.reasons == ("agreement",)


@pytest.mark.parametrize("said", ["Tell me about otters.", "Translate this into German: the cat sleeps."])
def test_an_open_question_has_one_sample(said: str) -> None:
    scene = Scene(backend(ROLE, GOOD, Ends(tokens=9)), backend(), AGREEING)

    scene.play(asking(said=said))

    ((_, envelope),) = scene.fast.asked
    assert envelope.samples == 1


WORST = a_policy(otherwise=Then(("fast", "strong"), gate="block", verify="agreement", second_above=0.5))
FIRST_SAMPLE = "12 * 7 = 84. The answer is 84."


def one_after_the_other(*texts: str) -> ScriptedBackend:
    """A backend that says these, one for each time it is asked."""
    return ScriptedBackend(*[[ROLE, says(text), Ends(tokens=9)] for text in texts])


def test_an_answer_that_is_not_doubted_has_no_second() -> None:
    scene = Scene(one_after_the_other(FIRST_SAMPLE), backend(), WORST, scorers=doubted(0.3))

    scene.play(asking(said=SUM))

    assert text_of(scene.answer.released) == FIRST_SAMPLE
    assert [each.outcome for each in scene.record.attempts] == ["served"]


def test_a_doubted_answer_is_made_once_more_and_passes_where_both_end_in_the_same() -> None:
    second = "7 pens in each of 12 boxes are 84. The answer is 84."
    scene = Scene(one_after_the_other(FIRST_SAMPLE, second), backend(), WORST, scorers=doubted(0.8))

    scene.play(asking(said=SUM))

    assert text_of(scene.answer.released) == second
    assert [(each.tier, each.outcome) for each in scene.record.attempts] == [("fast", "unsure"), ("fast", "served")]
    gate = scene.record.attempts[1].gate
    assert gate is not None
    assert gate.verdict.agreed


def test_a_doubted_answer_whose_second_ends_otherwise_goes_up() -> None:
    scene = Scene(one_after_the_other(FIRST_SAMPLE, "The answer is 94."), backend(*WRITES), WORST, scorers=doubted(0.8))

    scene.play(asking(said=SUM))

    assert text_of(scene.answer.released) == "and on."
    assert [each.outcome for each in scene.record.attempts] == ["unsure", "rejected", "served"]


def test_an_answer_that_has_no_second_is_still_objected_to() -> None:
    objecting = Objection("verdict.doubt > 0.3", ("verdict.doubt",), lambda facts: facts["verdict.doubt"] > 0.3)
    then = Then(("fast", "strong"), verify="agreement", second_above=0.5, reject_when=objecting)
    scene = Scene(one_after_the_other(FIRST_SAMPLE), backend(*WRITES), a_policy(otherwise=then), scorers=doubted(0.4))

    scene.play(asking(said=SUM))

    assert text_of(scene.answer.released) == "and on."
    assert [each.outcome for each in scene.record.attempts] == ["rejected", "served"]
