"""`explain`: what would happen to a request, without its happening."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import EXPLAIN, post, request_fields

REQUESTS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {}),
    ({"seed": 1}, {}),
    ({"temperature": 0.2}, {}),
    ({"model": "auto:strong-or-less"}, {}),
    ({"model": "strong"}, {}),
    ({}, {"x-router-stakes": "high"}),
    ({"router": {"stakes": "medium"}}, {}),
    ({}, {"x-router-policy": "hasty"}),
    ({}, {"x-router-max-tier": "fast"}),
]


def test_no_engine_is_called_and_nothing_is_recorded(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    known = router.settled()

    post(router.public, request_fields(), path=EXPLAIN)
    served = post(router.public, request_fields())

    assert router.await_next_record(known)["request_id"] == served.header("x-request-id")
    assert (len(fast.received), len(strong.received)) == (1, 0)


@pytest.mark.parametrize(("beside", "headers"), REQUESTS)
def test_what_is_explained_is_what_is_done(
    router: RouterProcess, beside: dict[str, Any], headers: dict[str, str]
) -> None:
    explained = post(router.public, request_fields(**beside), headers=headers, path=EXPLAIN).json
    served = post(router.public, request_fields(**beside), headers=headers).json["router"]

    assert (explained["tier"], explained["rule"], explained["policy"], explained["reason"]) == (
        served["tier"],
        served["rule"],
        served["policy"],
        served["decision"],
    )
    assert explained["dropped"][served["tier"]] == served["dropped"]


def test_an_explanation_names_what_was_measured_and_why_each_rule_was_passed_over(router: RouterProcess) -> None:
    explained = post(router.public, request_fields(), path=EXPLAIN).json

    assert explained["ladder"] == ["fast", "strong"]
    assert explained["skipped_rules"].keys() == {"high", "medium"}
    assert explained["facts"] == {"signals.stakes": "low"}
    assert explained["stakes"].keys() == explained["difficulty"].keys() == {"band", "score", "reasons"}
    assert explained["signals"]["prompt_tokens"] > 0
    assert explained["hints"]["stakes"] is None


def test_an_explanation_says_which_parameter_kept_a_tier_out(router: RouterProcess) -> None:
    explained = post(router.public, request_fields(seed=1), path=EXPLAIN).json

    (excluded,) = explained["excluded"]
    assert (excluded["tier"], excluded["parameter"], excluded["action"]) == ("fast", "seed", "escalate")


def test_explaining_needs_the_same_key_as_serving(keyed: RouterProcess, keys: Mapping[str, str]) -> None:
    without = post(keyed.public, request_fields(), path=EXPLAIN)
    pinned = post(keyed.public, request_fields() | {"model": "fast"}, keys["ordinary"], path=EXPLAIN)
    allowed = post(keyed.public, request_fields(), keys["ordinary"], path=EXPLAIN)

    assert (without.status, pinned.status, allowed.status) == (401, 403, 200)
    assert pinned.error["param"] == "pins"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"[]", 400), (b'{"model":"nope","messages":[{"role":"user","content":"x"}]}', 404)],
)
def test_a_request_that_cannot_be_served_cannot_be_explained(router: RouterProcess, body: bytes, status: int) -> None:
    response = post(router.public, body, path=EXPLAIN)

    assert response.status == status
    assert response.error["type"] == "invalid_request_error"
    assert response.header("x-request-id")
