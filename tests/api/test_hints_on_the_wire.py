"""Hints: headers and the body's `router` object say the same things, and neither is ever half understood."""

from typing import Any

import pytest

from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import EXPLAIN, post, raw_post, request_fields, send_raw

BODY = b'{"model":"auto","messages":[{"role":"user","content":"hi"}]}'

WELL_SAID = [
    ("stakes", "high", "high"),
    ("latency_budget_ms", 1500, "1500"),
    ("latency_budget_ms", 86_400_000, "86400000"),
    ("policy", "hasty", "hasty"),
    ("max_tier", "strong", "strong"),
    ("conversation", "order 66", "order 66"),
]

BADLY_SAID = {
    "stakes": ["", "HIGH", "extreme", "high ; low", "\xe9"],
    "latency-budget-ms": [
        "",
        "0",
        "-1",
        "+5",
        "1.5",
        "1e3",
        "1e18",
        "NaN",
        "inf",
        "ten",
        "86400001",
        "9" * 400,
        "\xb2",
    ],
    "policy": ["", "Hasty", "../default", "a b", "x" * 65, "no-such-policy", "'; DROP TABLE policies"],
    "max-tier": ["", "best", "FAST", "strong,fast"],
    "conversation": ["", "x" * 201, "caf\xe9"],
}

BADLY_SAID_IN_BODY: list[tuple[Any, str]] = [
    ("high", "router"),
    ([], "router"),
    (7, "router"),
    ({"stake": "high"}, "router"),
    ({"stakes": "extreme"}, "router.stakes"),
    ({"stakes": 3}, "router.stakes"),
    ({"latency_budget_ms": 0}, "router.latency_budget_ms"),
    ({"latency_budget_ms": "100"}, "router.latency_budget_ms"),
    ({"latency_budget_ms": 1.5}, "router.latency_budget_ms"),
    ({"latency_budget_ms": 10**18}, "router.latency_budget_ms"),
    ({"policy": "../default"}, "router.policy"),
    ({"max_tier": "best"}, "router.max_tier"),
    ({"conversation": ""}, "router.conversation"),
]


@pytest.mark.parametrize(("name", "value", "as_header"), WELL_SAID)
def test_a_header_and_the_body_say_the_same(router: RouterProcess, name: str, value: Any, as_header: str) -> None:
    header = f"x-router-{name.replace('_', '-')}"

    by_header = post(router.public, request_fields(), headers={header: as_header}, path=EXPLAIN).json
    by_body = post(router.public, request_fields(router={name: value}), path=EXPLAIN).json

    assert by_header["hints"] == by_body["hints"]
    assert by_header["hints"][name] == value


def test_where_both_speak_the_header_counts(router: RouterProcess) -> None:
    asked = request_fields(router={"stakes": "high", "conversation": "from the body"})

    hints = post(router.public, asked, headers={"x-router-stakes": "medium"}, path=EXPLAIN).json["hints"]

    assert (hints["stakes"], hints["conversation"]) == ("medium", "from the body")


@pytest.mark.parametrize("said", [None, {}])
def test_an_empty_router_object_says_nothing(router: RouterProcess, said: Any) -> None:
    assert post(router.public, request_fields(router=said)).status == 200


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BADLY_SAID.items() for value in values])
def test_a_malformed_header_is_refused_by_name(
    router: RouterProcess, fast: ScriptedEngine, name: str, value: str
) -> None:
    response = post(router.public, request_fields(), headers={f"x-router-{name}": value})

    assert response.status == 400
    assert response.error["param"] == f"x-router-{name}"
    assert not fast.received


def test_a_budget_of_more_digits_than_python_reads_is_refused(router: RouterProcess) -> None:
    response = post(router.public, request_fields(), headers={"x-router-latency-budget-ms": "9" * 5000})

    assert response.status == 400
    assert response.error["param"] == "x-router-latency-budget-ms"


@pytest.mark.parametrize(("said", "param"), BADLY_SAID_IN_BODY)
def test_a_malformed_router_object_is_refused_by_field(router: RouterProcess, said: Any, param: str) -> None:
    response = post(router.public, request_fields(router=said))

    assert response.status == 400
    assert response.error["param"] == param


@pytest.mark.parametrize("name", ["x-router-stake", "x-router-tier", "x-router-", "x-router-latency-budget"])
def test_a_header_that_only_looks_like_a_hint_is_refused_by_name(router: RouterProcess, name: str) -> None:
    response = post(router.public, request_fields(), headers={name: "high"})

    assert (response.status, response.error["param"]) == (400, name)


@pytest.mark.parametrize("name", BADLY_SAID)
def test_a_hint_that_is_sent_twice_is_refused(router: RouterProcess, name: str) -> None:
    twice = f"x-router-{name}: high\r\nX-Router-{name.title()}: high\r\n".encode()
    data = raw_post(BODY, {"content-type": "application/json"}).replace(b"content-type:", twice + b"content-type:")

    response = send_raw(router.public, data)

    assert (response.status, response.error["param"]) == (400, f"x-router-{name}")


def test_a_model_and_a_hint_that_name_different_policies_are_refused(router: RouterProcess) -> None:
    asked = request_fields() | {"model": "auto:fast-only"}

    apart = post(router.public, asked, headers={"x-router-policy": "hasty"})
    alike = post(router.public, asked, headers={"x-router-policy": "fast-only"})

    assert (apart.status, apart.error["param"], alike.status) == (400, "x-router-policy", 200)


def test_hints_stay_here(router: RouterProcess, fast: ScriptedEngine) -> None:
    headers = {"x-router-stakes": "medium", "x-router-conversation": "c", "x-router-max-tier": "strong"}

    post(router.public, request_fields(router={"latency_budget_ms": 5000}), headers=headers)

    assert "router" not in fast.received[0].fields
    assert not [name for name in fast.received[0].headers if name.startswith("x-router")]


def test_the_latency_budget_is_in_the_record(router: RouterProcess) -> None:
    response = post(router.public, request_fields(), headers={"x-router-latency-budget-ms": "1500"})

    assert router.await_record(response.header("x-request-id"))["latency_budget_ms"] == 1500
