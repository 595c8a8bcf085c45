"""An answer of the fast tier that is answered by the strong one as well: behind the caller's back, for the log."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from router.auditing.audits import AT_ONCE, IDLE, MOST_S, MOST_WAITING, Audits, open_audits
from router.core.audit import Audit
from router.core.errors import CannotRead, EngineFailed
from router.core.policy import Policy, Reads, Then
from router.core.reading.criteria import STANDARD
from router.core.values import TierState, Usage
from router.ports import Asked
from tests import virtual_time
from tests.dispatch.scenes import Scene, asking, backend
from tests.doubles import CountedEscalations, DoubleReader, Ends, Fails, Says, ScriptedBackend
from tests.examples import a_policy, caller
from tests.vllm_wire import opening_events, plain_body, text_events

QUESTION = "What is the value of 6 times 7?"
EIGHT, NINE = "6 times 7 makes: the answer is 48.", "Six times seven. The answer is 42."
NO_ANSWER = "I would have to think about that for a while. Bear with me, and I will come back to it later."
QUIET_S = 1_000.0
"""Longer than any audit takes."""


def audited(share: float, **then: Any) -> Policy:
    return a_policy(otherwise=Then(("fast", "strong"), gate="off", audit=share, **then))


ALWAYS, NEVER = audited(1.0), audited(0.0)


def writes(text: str, tokens: int = 7, after_s: float = 1.0) -> ScriptedBackend:
    events = b"".join([*opening_events("m", 1), *text_events("m", text, 1, "stop")])
    return backend(Says(events, after_s), Ends(tokens))


def a_scene(
    policy: Policy = ALWAYS,
    fast: ScriptedBackend | None = None,
    strong: ScriptedBackend | None = None,
    chance: Callable[[], float] = lambda: 0.5,
    **about: Any,
) -> Scene:
    scene = Scene(fast or writes(EIGHT), strong or writes(NINE, 9), policy, **about)
    scene.fleet.readers["strong"] = DoubleReader("48")
    scene.audits = Audits(scene.fleet, scene.log, scene.clock, chance)
    return scene


def play(scene: Scene, *asked: Asked, quiet_s: float = QUIET_S) -> None:
    """Serves the requests one after the other, and lets so much time pass before the server is stopped."""
    virtual_time.run(_play(scene, asked or (asking(said=QUESTION),), quiet_s))


async def _play(scene: Scene, asked: tuple[Asked, ...], quiet_s: float) -> None:
    assert isinstance(scene.audits, Audits)
    async with open_audits(scene.audits):
        for each in asked:
            await scene.serve(each)
        await asyncio.sleep(quiet_s)


def only(scene: Scene) -> Audit:
    (audit,) = scene.log.audits
    return audit


# --- what it says -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("gate", ["off", "block"])
def test_the_strong_tier_answers_the_same_request_and_reads_what_the_fast_one_said(streamed: bool, gate: Any) -> None:
    policy = a_policy(otherwise=Then(("fast", "strong"), gate=gate, audit=0.25))
    scene = a_scene(policy, chance=lambda: 0.2)

    play(scene, asking(said=QUESTION, streamed=streamed))

    found = only(scene)
    assert (found.request_id, found.policy, found.rule) == ("r1", policy.version, "otherwise")
    assert found.propensity == 0.25
    assert found.figures["out_of_top"] > STANDARD.limits["out_of_top"] > found.figures["mean"]
    assert (found.fast, found.strong, found.tokens_read) == (Usage(18, 7), Usage(18, 9), 28)
    assert (found.answered_s, found.error) == (1.0, "")
    reader = scene.fleet.readers["strong"]
    assert isinstance(reader, DoubleReader)
    assert reader.texts == [("", EIGHT)]


def test_an_answer_in_one_body_is_audited_as_a_streamed_one_is() -> None:
    message = {"content": EIGHT}
    fast = backend(Says(plain_body("m", message, 1, "stop", 7)), Ends(7))
    scene = a_scene(fast=fast)

    play(scene, asking(said=QUESTION, streamed=False))

    assert (only(scene).agree, only(scene).error) == (False, "")


@pytest.mark.parametrize(("strong", "agree"), [(NINE, False), (f"Let us see. {EIGHT}", True), (NO_ANSWER, None)])
def test_it_says_whether_both_end_in_the_same_and_of_any_two_answers_how_alike_they_are(
    strong: str, agree: bool | None
) -> None:
    scene = a_scene(strong=writes(strong))

    play(scene)

    assert only(scene).agree is agree
    assert only(scene).similarity is not None


def test_no_text_of_either_answer_is_logged() -> None:
    scene = a_scene(strong=writes("Forty-two otters."))

    play(scene)

    assert "otters" not in repr(scene.log.audits)
    assert "times" not in repr(scene.log.audits)


# --- when it happens --------------------------------------------------------------------------------------------


def test_it_begins_when_the_caller_has_the_whole_answer_and_nobody_waits_for_it() -> None:
    scene = a_scene(strong=writes(NINE, after_s=60.0))

    play(scene)

    assert scene.record.elapsed_s == 1.0
    assert scene.answer.last.at_s == 1.0
    assert scene.answer.calls == ["begin", "release", "end"]
    assert only(scene).answered_s == 60.0


def test_it_costs_the_tenant_no_escalation_and_its_answer_goes_to_nobody() -> None:
    scene = a_scene(escalations=CountedEscalations(0))

    play(scene)

    assert b"48" in scene.answer.released
    assert b"42" not in scene.answer.released
    assert isinstance(scene.escalations, CountedEscalations)
    assert [told for _, told in scene.escalations.told] == ["asked"]
    assert only(scene).error == ""


def test_callers_come_first_while_the_strong_tier_is_busy() -> None:
    scene = a_scene()
    scene.fleet.doing["strong"] = TierState(configured=True, in_flight=IDLE)

    play(scene, quiet_s=MOST_S / 2)

    assert (scene.strong.asked, scene.log.audits) == ([], [])


def test_one_that_finds_no_quiet_moment_is_given_up() -> None:
    scene = a_scene()
    scene.fleet.doing["strong"] = TierState(configured=True, in_flight=IDLE)

    play(scene)

    assert only(scene).error == "timed_out"


# --- the draw ---------------------------------------------------------------------------------------------------


def test_records_say_how_likely_an_audit_was_whether_or_not_it_was_drawn() -> None:
    chances = iter([0.3, 0.1])
    scene = a_scene(audited(0.25), chance=lambda: next(chances))

    play(scene, asking(said=QUESTION), asking(said=QUESTION))

    assert [(each.audit, each.audited) for each in scene.log.records] == [(0.25, False), (0.25, True)]
    assert len(scene.log.audits) == 1


def test_the_share_of_a_policy_is_the_share_that_is_drawn() -> None:
    scene = a_scene(audited(0.2), chance=random.Random(8).random)

    play(scene, *[asking(said=QUESTION)] * 400)

    assert 55 <= len(scene.log.audits) <= 105
    assert sum(each.audited for each in scene.log.records) == len(scene.log.audits)


@pytest.mark.parametrize(
    ("policy", "asked"),
    [
        (NEVER, asking(said=QUESTION)),
        (ALWAYS, asking(said=QUESTION, parameters={"tools": [{"type": "function"}]})),
        (ALWAYS, asking(said=QUESTION, parameters={"response_format": {"type": "json_object"}})),
        (ALWAYS, asking(said=QUESTION, parameters={"n": 2})),
        (ALWAYS, asking(said=QUESTION, caller=caller(max_tier="fast"))),
    ],
    ids=["policy without audits", "tools", "JSON", "two choices", "key that ends at the fast tier"],
)
def test_of_some_requests_nothing_is_drawn(policy: Policy, asked: Asked) -> None:
    scene = a_scene(policy)

    play(scene, asked)

    assert (scene.record.audit, scene.record.audited, scene.log.audits) == (None, False, [])
    assert scene.strong.asked == []


def test_an_answer_in_which_the_strong_tier_had_a_part_is_not_audited() -> None:
    scene = a_scene(fast=backend(Fails(EngineFailed("x"))))

    play(scene)

    assert (scene.record.tier, scene.record.audit, scene.log.audits) == ("strong", None, [])


READ = a_policy(otherwise=Then(("fast", "strong"), verify="read", reads=Reads(), audit=1.0))


def test_of_an_answer_that_was_read_and_passed_the_limits_in_force_are_kept() -> None:
    scene = a_scene(READ)
    scene.fleet.readers["strong"] = DoubleReader()

    play(scene)

    assert only(scene).limits == STANDARD.limits


def test_an_answer_that_was_read_and_cut_is_not_audited() -> None:
    scene = a_scene(READ)

    play(scene)

    assert [each.tier for each in scene.record.attempts] == ["fast", "strong"]
    assert (scene.record.audit, scene.log.audits) == (None, [])


# --- what goes wrong --------------------------------------------------------------------------------------------


def test_a_failure_of_the_strong_tier_is_noted_and_told_to_its_breaker() -> None:
    scene = a_scene(strong=backend(Fails(EngineFailed("x"))))

    play(scene)

    assert (only(scene).error, only(scene).agree, only(scene).figures) == ("failed", None, {})
    assert scene.fleet.told[-2:] == [("strong", None), ("strong", "failed")]
    assert (scene.record.outcome, scene.record.audited) == ("served", True)


def test_a_strong_tier_that_is_left_alone_is_not_asked() -> None:
    scene = a_scene()
    scene.fleet.left_alone.add("strong")

    play(scene)

    assert only(scene).error == "not_admitted"
    assert scene.strong.asked == []


def test_what_the_strong_tier_cannot_read_is_compared_nevertheless() -> None:
    scene = a_scene()
    scene.fleet.readers["strong"] = DoubleReader(error=CannotRead("x"))

    play(scene)

    assert (only(scene).error, only(scene).agree, only(scene).figures) == ("cannot_read", False, {})


def test_a_bug_in_one_audit_does_not_end_the_others(caplog: pytest.LogCaptureFixture) -> None:
    strong = ScriptedBackend([Fails(ZeroDivisionError())], [Says(b"".join(text_events("m", NINE, 1))), Ends(3)])
    scene = a_scene(strong=strong)

    play(scene, asking(said=QUESTION), asking(said=QUESTION))

    assert [each.error for each in scene.log.audits] == ["bug", ""]
    assert "an audit failed" in caplog.text


def test_beyond_what_may_wait_audits_are_dropped_and_counted() -> None:
    scene = a_scene(strong=writes(NINE, after_s=200.0), fast=writes(EIGHT, after_s=0.0))

    play(scene, *[asking(said=QUESTION)] * (AT_ONCE + MOST_WAITING + 3), quiet_s=250.0)

    assert isinstance(scene.audits, Audits)
    dropped = scene.audits.counts["dropped"]
    assert dropped >= 3
    assert sum(each.audited for each in scene.log.records) == len(scene.log.records) - dropped
    assert max(stream.closed for stream in scene.strong.streams) == 1
    assert len(scene.strong.streams) <= 2 * AT_ONCE


def test_what_is_under_way_when_the_server_stops_is_cancelled_at_once() -> None:
    scene = a_scene(strong=writes(NINE, after_s=200.0))

    play(scene, quiet_s=5.0)

    assert scene.log.audits == []
    assert [stream.closed for stream in scene.strong.streams] == [1]
    assert scene.fleet.told[-1] == ("strong", "abandoned")
