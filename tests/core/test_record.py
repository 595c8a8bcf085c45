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
from router.core.record import AttemptRecord, Record
from router.core.values import Usage
from router.dispatch import describe, hash_tenant

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
