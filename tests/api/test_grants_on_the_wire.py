"""What a key may not do is a 403 that names the grant; what it may do is done."""

from collections.abc import Mapping
from typing import Any

import pytest

from router.engines.dialects.vllm import VLLM
from tests.conftest import FAST_TEXT, STRONG_TEXT
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields

OWNED = sorted(VLLM.router_owned)
SHORTEST = "Answer with yes or no."

Beside = dict[str, Any]

FORBIDDEN: list[tuple[str, Beside, dict[str, str], str]] = [
    ("no-hints", {}, {"x-router-stakes": "high"}, "hints"),
    ("no-hints", {}, {"x-router-latency-budget-ms": "100"}, "hints"),
    ("no-hints", {}, {"x-router-conversation": "c"}, "hints"),
    ("no-hints", {"router": {"max_tier": "strong"}}, {}, "hints"),
    ("no-hints", {}, {"x-router-policy": "hasty"}, "hints"),
    ("auto-only", {"model": "auto:fast-only"}, {}, "models"),
    ("auto-only", {"model": "strong"}, {}, "models"),
    ("one-policy", {"model": "auto:strong-only"}, {}, "policies"),
    ("one-policy", {}, {"x-router-policy": "strong-only"}, "policies"),
    ("one-policy", {"router": {"policy": "hasty"}}, {}, "policies"),
    ("up-to-fast", {"model": "auto:strong-only"}, {}, "max_tier"),
    ("up-to-fast", {}, {"x-router-stakes": "high"}, "max_tier"),
    ("ordinary", {"model": "fast"}, {}, "pins"),
    ("ordinary", {"model": "strong"}, {}, "pins"),
    ("ordinary", {"model": "tier2"}, {}, "pins"),
    ("high-stakes", {"model": "fast"}, {}, "min_stakes"),
    ("high-stakes", {"model": "tier1"}, {"x-router-stakes": "low"}, "min_stakes"),
]


@pytest.mark.parametrize(("key", "beside", "headers", "grant"), FORBIDDEN)
def test_what_a_key_may_not_do_is_refused_by_the_grants_name(
    keyed: RouterProcess,
    keys: Mapping[str, str],
    fast: ScriptedEngine,
    strong: ScriptedEngine,
    key: str,
    beside: Beside,
    headers: dict[str, str],
    grant: str,
) -> None:
    response = post(keyed.public, request_fields(**beside), keys[key], headers)

    assert response.status == 403
    assert response.error["type"] == "permission_error"
    assert (response.error["code"], response.error["param"]) == ("grant_missing", grant)
    assert grant in response.error["message"]
    assert response.header("x-should-retry") == "false"
    assert not fast.received + strong.received


@pytest.mark.parametrize("parameter", OWNED)
def test_a_parameter_that_steers_the_engine_needs_the_grant_for_it(
    keyed: RouterProcess, keys: Mapping[str, str], fast: ScriptedEngine, parameter: str
) -> None:
    asked = request_fields(**{parameter: 1})

    without = post(keyed.public, asked, keys["ordinary"])
    with_it = post(keyed.public, asked, keys["full"])

    assert (without.status, without.error["param"]) == (403, "engine_parameters")
    assert with_it.status == 200
    assert parameter in fast.received[0].fields


@pytest.mark.parametrize("name", [b"cache\\u005fsalt", b"\\u0063ache_salt"])
def test_an_escaped_name_is_the_same_parameter(keyed: RouterProcess, keys: Mapping[str, str], name: bytes) -> None:
    body = b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"%b":"theirs"}' % name

    response = post(keyed.public, body, keys["ordinary"])

    assert (response.status, response.error["param"]) == (403, "engine_parameters")


def test_a_policy_within_the_grant_is_used(keyed: RouterProcess, keys: Mapping[str, str]) -> None:
    response = post(keyed.public, request_fields(), keys["one-policy"], {"x-router-policy": "fast-only"})

    assert (response.header("x-router-policy") or "").startswith("fast-only@")


def test_a_pin_is_served_by_the_tier_it_names(keyed: RouterProcess, keys: Mapping[str, str]) -> None:
    pinned = {name: post(keyed.public, request_fields() | {"model": name}, keys["pins"]) for name in ("fast", "tier2")}

    assert (pinned["fast"].text, pinned["tier2"].text) == (FAST_TEXT, STRONG_TEXT)
    assert pinned["fast"].header("x-router-decision") == "pin"


def test_a_pinned_tier_that_fails_is_not_replaced(
    keyed: RouterProcess, keys: Mapping[str, str], fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    with fast.refusing_connections():
        response = post(keyed.public, request_fields() | {"model": "fast"}, keys["pins"])

    assert response.status == 503
    assert not strong.received


def test_a_stakes_hint_may_raise(keyed: RouterProcess, keys: Mapping[str, str]) -> None:
    response = post(keyed.public, request_fields(), keys["ordinary"], {"x-router-stakes": "high"})

    assert (response.header("x-router-rule"), response.header("x-router-tier")) == ("high", "strong")


def test_a_stakes_hint_lowers_only_with_the_grant(keyed: RouterProcess, keys: Mapping[str, str]) -> None:
    asked, hint = request_fields("What dose of ibuprofen is lethal?"), {"x-router-stakes": "low"}

    measured = post(keyed.public, asked, keys["ordinary"])
    raise_only = post(keyed.public, asked, keys["ordinary"], hint)
    full = post(keyed.public, asked, keys["full"], hint)

    assert measured.header("x-router-rule") in ("medium", "high")
    assert raise_only.header("x-router-rule") == measured.header("x-router-rule")
    assert full.header("x-router-rule") == "otherwise"


@pytest.mark.parametrize("hint", [{}, {"x-router-stakes": "low"}, {"x-router-stakes": "medium"}])
def test_nothing_a_caller_sends_reaches_below_its_stakes_floor(
    keyed: RouterProcess, keys: Mapping[str, str], hint: dict[str, str]
) -> None:
    response = post(keyed.public, request_fields(SHORTEST), keys["high-stakes"], hint)

    assert (response.header("x-router-rule"), response.header("x-router-tier")) == ("high", "strong")


@pytest.mark.parametrize("hint", [{}, {"x-router-max-tier": "strong"}, {"x-router-max-tier": "hosted"}])
def test_nothing_a_caller_sends_reaches_above_its_highest_tier(
    keyed: RouterProcess, keys: Mapping[str, str], fast: ScriptedEngine, strong: ScriptedEngine, hint: dict[str, str]
) -> None:
    with fast.refusing_connections():
        response = post(keyed.public, request_fields(), keys["up-to-fast"], hint)

    assert response.status == 503
    assert not strong.received


def test_a_highest_tier_may_be_lowered_by_a_hint(
    keyed: RouterProcess, keys: Mapping[str, str], fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    with fast.refusing_connections():
        response = post(keyed.public, request_fields(), keys["ordinary"], {"x-router-max-tier": "fast"})

    assert response.status == 503
    assert not strong.received


def test_a_highest_tier_that_a_hint_set_is_the_hints_to_change(keyed: RouterProcess, keys: Mapping[str, str]) -> None:
    asked = request_fields() | {"model": "auto:strong-only"}

    response = post(keyed.public, asked, keys["ordinary"], {"x-router-max-tier": "fast"})

    assert (response.status, response.error["param"]) == (400, "x-router-max-tier")
