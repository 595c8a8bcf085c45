"""The record of a finished request: one value that every reader shares, and that a log line gives back whole."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.errors import (
    ContextTooLong,
    EngineFailed,
    Forbidden,
    InvalidJson,
    InvalidRequest,
    Refused,
    TandemError,
    Unavailable,
)
from router.core.gate import Assessment
from router.core.policy import ConditionFailed, Policy, Rule, Then
from router.core.reading.reading import ReadingNote
from router.core.recall import NOTHING_RECALLED
from router.core.record import (
    AttemptRecord,
    Record,
    ShadowDecision,
    engine_s,
    hash_tenant,
    left_house,
    repairs,
    tokens_read,
    tokens_written,
    wasted_tokens,
)
from router.core.situation import note
from router.core.values import Hints, Tier, TierState, Usage
from router.core.verdict import ACCEPTED
from router.inquiry import Considered, Inquiry, Landscape
from router.ports import Asked
from router.stores.escalations import UnlimitedEscalations
from router.story import Story, describe
from tests.doubles import DoubleFleet, NothingLearned, PoliciesInForce, ScriptedBackend
from tests.examples import FAST, STRONG, a_policy, caller, chat_request
from tests.usual import measure

# --- of a decision ----------------------------------------------------------------------------------------------

CHEAP_FIRST, CAREFUL = Then(("fast", "strong"), annotate={"team": "a"}), Then(("strong",), annotate={"team": "a"})


def a_broken_rule(name: str) -> Rule:
    def cannot_tell(_facts: object) -> bool:
        raise ConditionFailed("division by zero")

    return Rule(name, "1 / 0 > 1", (), cannot_tell, CHEAP_FIRST)


def considered(policy: Policy, shadow: Policy | None = None) -> Considered:
    """What became of one small request under this policy, beside that shadow."""
    fleet = DoubleFleet(fast=ScriptedBackend([], name="fast-1"), strong=ScriptedBackend([], name="strong-1"))
    fleet.doing = {"fast": TierState(True, 4_000), "strong": TierState(True, 8_000)}
    landscape, policies = Landscape({"fast": FAST, "strong": STRONG}, {}), PoliciesInForce({"p": policy}, shadow)
    inquiry = Inquiry(
        landscape,
        fleet,
        policies,
        UnlimitedEscalations(),
        NothingLearned(),
        measure,
    )
    return inquiry.consider(inquiry.open(ASKED), NOTHING_RECALLED)


def recorded(policy: Policy, shadow: Policy | None = None) -> Record:
    """The record of that request, as a line of the decision log gives it back."""
    story = Story(ASKED, started_s=0.0, time_s=1.5)
    story.considered = considered(policy, shadow)
    record = story.record("failed", 503, 0.25, None)
    return msgspec.json.decode(msgspec.json.encode(record), type=Record)


ASKED = Asked(chat_request(max_tokens=9), Hints(latency_budget_ms=900, conversation="c-1"), caller(), "a1")


def test_a_record_says_which_policy_decided_by_which_rule_and_why() -> None:
    record = recorded(a_policy(otherwise=CHEAP_FIRST))

    assert (record.policy, record.rule, record.reason, record.ladder) == (
        "test@1",
        "otherwise",
        "otherwise",
        ("fast", "strong"),
    )
    assert (record.failed_rules, record.annotations, record.arm, record.shadow) == ((), {"team": "a"}, "", None)
    assert record.latency_budget_ms == 900


def test_a_record_names_the_rules_that_could_not_be_evaluated() -> None:
    record = recorded(a_policy(a_broken_rule("one"), a_broken_rule("two"), otherwise=CHEAP_FIRST))

    assert (record.failed_rules, record.reason, record.ladder) == (("one", "two"), "condition_failed", ("strong",))


def test_a_record_holds_the_situation_and_the_conversations_key_but_no_name() -> None:
    record = recorded(a_policy(otherwise=CHEAP_FIRST))

    assert record.situation == note(considered(a_policy(otherwise=CHEAP_FIRST)).question)
    assert re.fullmatch("[0-9a-f]{32}", record.conversation)
    assert b"c-1" not in msgspec.json.encode(record)
    assert b"acme" not in msgspec.json.encode(record)


def test_a_shadow_that_decides_alike_has_changed_nothing() -> None:
    policy = a_policy(otherwise=CHEAP_FIRST)

    assert recorded(policy, policy).shadow == ShadowDecision("test@1", "otherwise", "otherwise", ("fast", "strong"))


def test_a_shadow_says_what_it_would_have_changed_and_nothing_follows() -> None:
    shadow = a_policy(otherwise=msgspec.structs.replace(CAREFUL, thinking=True))

    record = recorded(a_policy(otherwise=CHEAP_FIRST), shadow)

    assert record.ladder == ("fast", "strong")
    assert record.shadow == ShadowDecision("test@1", "otherwise", "otherwise", ("strong",), ("ladder", "thinking"))


def test_a_shadow_that_would_not_have_served_says_why() -> None:
    record = recorded(a_policy(otherwise=CHEAP_FIRST), a_policy(otherwise=Then(("hosted",))))

    assert record.shadow is not None
    assert record.shadow.error == ("unavailable: this request needs the tier hosted, which is not configured")
    assert record.shadow.changed == ("ladder",)


# --- what it cost -----------------------------------------------------------------------------------------------

CUT = AttemptRecord(
    1,
    "fast",
    "fast-1",
    "rejected",
    0.8,
    0.3,
    gate=Assessment("block", 2, ACCEPTED, 512, 200, 1200),
    reading=ReadingNote(2, 900, 0.06, 2048, 1200, ("improbable",)),
)
MENDS = AttemptRecord(2, "strong", "strong-1", "repaired", 0.25, 0.1, Usage(400, 18))
RESUMED = AttemptRecord(
    3,
    "fast",
    "fast-1",
    "served",
    0.4,
    0.3,
    Usage(420, 256),
    gate=Assessment("block", 1, ACCEPTED, None, 0, 1000),
    reading=ReadingNote(1, 700, 0.04, 1000, 1000),
)
READ_AND_REPAIRED = (CUT, MENDS, RESUMED)


def test_tokens_are_counted_for_the_tier_that_wrote_them_by_the_gate_then_by_the_engine() -> None:
    assert tokens_written(READ_AND_REPAIRED) == {"fast": 512 + 256, "strong": 18}


def test_where_no_engine_counted_tokens_are_thought_from_characters() -> None:
    assert tokens_written([msgspec.structs.replace(RESUMED, usage=None)]) == {"fast": 250}


def test_reading_is_the_strong_tiers_time() -> None:
    seconds = engine_s(READ_AND_REPAIRED)

    assert (tokens_read(READ_AND_REPAIRED), repairs(READ_AND_REPAIRED)) == (1600, 1)
    assert seconds == {"fast": pytest.approx(1.2), "strong": pytest.approx(0.25 + 0.06 + 0.04)}


def test_what_was_mended_is_not_wasted_and_what_was_cut_is() -> None:
    assert wasted_tokens(READ_AND_REPAIRED) == 200


def test_nothing_tried_costs_nothing() -> None:
    assert (tokens_written(()), tokens_read(()), repairs(()), engine_s(())) == ({}, 0, 0, {})


# --- a value that every reader shares ---------------------------------------------------------------------------

FULL = Record(
    request_id="a1",
    time_s=1.5,
    elapsed_s=0.25,
    status=200,
    outcome="served",
    tenant=hash_tenant("acme"),
    key_id="k1",
    model="auto",
    streamed=True,
    policy="default@1",
    rule="otherwise",
    reason="otherwise",
    tier="strong",
    ladder=("fast", "strong"),
    stakes="low",
    stakes_score=0.1,
    stakes_reasons=("hint",),
    difficulty="medium",
    difficulty_score=0.5,
    difficulty_reasons=("code.write",),
    prompt_tokens_estimate=20,
    answer_tokens_estimate=250,
    latency_budget_ms=900,
    attempts=(
        AttemptRecord(1, "fast", "fast-1", "refused", 0.01),
        AttemptRecord(2, "strong", "strong-1", "served", 0.2, 0.1, Usage(20, 30)),
    ),
    dropped=("temperature",),
    excluded=("fast:seed",),
    first_block_s=0.1,
    usage=Usage(20, 30),
    wasted_tokens=0,
    tokens_written={"strong": 30},
    tokens_read=900,
    repairs=1,
    engine_s={"strong": 0.25},
    error=None,
)

LEAST = Record(request_id="a2", time_s=2.0, elapsed_s=0.0, status=401, outcome="refused")


@pytest.mark.parametrize("record", [FULL, LEAST], ids=["full", "least"])
def test_a_record_survives_json(record: Record) -> None:
    assert msgspec.json.decode(msgspec.json.encode(record), type=Record) == record


@given(text=st.text())
def test_whatever_a_caller_wrote_a_record_is_one_line_of_plain_text(text: str) -> None:
    line = msgspec.json.encode(msgspec.structs.replace(FULL, model=text, error=text))

    assert b"\n" not in line
    assert b"\r" not in line
    assert b"\x1b" not in line
    assert msgspec.json.decode(line, type=Record).model == text


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        FULL.status = 500  # type: ignore[misc]


@given(tenant=st.text())
def test_the_hash_of_a_tenant_is_short_and_the_same_every_time(tenant: str) -> None:
    assert re.fullmatch("[0-9a-f]{16}", hash_tenant(tenant))
    assert hash_tenant(tenant) == hash_tenant(tenant)


def test_two_tenants_have_two_hashes_and_neither_shows_the_name() -> None:
    assert hash_tenant("acme") != hash_tenant("acme2")
    assert "acme" not in hash_tenant("acme")


@pytest.mark.parametrize(
    ("error", "described"),
    [
        (Refused("canary is not a tool", 400, "tools"), "refused: status 400, param tools"),
        (InvalidRequest("n: canary", param="n"), "InvalidRequest: param n"),
        (InvalidJson("the body is not valid JSON: canary"), "InvalidJson: param None"),
        (ContextTooLong("canary", param="messages"), "ContextTooLong: param messages"),
        (Forbidden("pins", "this key may not pin"), "Forbidden: this key may not pin (grant: pins)"),
        (Unavailable("the backend fast-1 cannot be reached"), "unavailable: the backend fast-1 cannot be reached"),
        (EngineFailed("the engine answered with status 500"), "failed: the engine answered with status 500"),
    ],
)
def test_what_a_record_says_of_an_error_quotes_no_prompt(error: TandemError, described: str) -> None:
    assert describe(error) == described


# --- of where a request went ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "left"),
    [
        ((("strong", "served"),), False),
        ((("strong", "failed"), ("hosted", "served")), True),
        ((("hosted", "failed"), ("strong", "served")), True),
        ((("hosted", "abandoned"),), True),
        ((("hosted", "not_admitted"), ("hosted", "spilled"), ("strong", "served")), False),
        ((), False),
    ],
)
def test_a_request_left_the_house_once_a_provider_was_asked(outcomes: tuple[tuple[Tier, str], ...], left: bool) -> None:
    attempts = [AttemptRecord(at, tier, f"{tier}-1", outcome, 0.1) for at, (tier, outcome) in enumerate(outcomes, 1)]

    assert left_house(attempts) is left
