"""`explain` says what would happen; these tests hold it to its word."""

from collections.abc import Mapping
from typing import Any

import pytest
from openai import OpenAI, PermissionDeniedError

from tests.live.asking import EBB_OR_FLOW, PROMPT, RISKY_PROMPT, TOOL, ask
from tests.live.routers import Router

ASKED: Mapping[str, Mapping[str, Any]] = {
    "easy": {},
    "risky": {"asked": RISKY_PROMPT},
    "hinted": {"extra_body": {"router": {"stakes": "high"}}},
    "capped": {"extra_body": {"router": {"max_tier": "fast"}}},
    "pinned": {"model": "strong"},
    "pinned by its model": {"model": "tier1"},
    "tools": {"tools": [TOOL]},
    "schema": {"response_format": EBB_OR_FLOW},
    "seed": {"seed": 7},
    "short": {"max_tokens": 5},
    "thoughtful": {"reasoning_effort": "high"},
    "cold": {"temperature": 0},
}


@pytest.mark.parametrize("name", ASKED)
def test_what_explain_says_is_what_then_happens(name: str, owner: OpenAI, open_router: Router) -> None:
    asked = {"asked": PROMPT, **ASKED[name]}
    explained = explain(owner, open_router, asked)
    reply = ask(owner, **asked)
    assert reply.tier == explained["tier"]
    assert reply.headers["x-router-rule"] == explained["rule"]
    assert reply.headers["x-router-policy"] == explained["policy"]
    assert reply.headers["x-router-decision"].partition(";")[0] == explained["reason"]
    assert reply.headers.get("x-router-dropped", "") == ", ".join(explained["dropped"][reply.tier])
    assert (reply.router or {})["excluded"] == [f"{each['tier']}:{each['parameter']}" for each in explained["excluded"]]


def test_explain_says_why_the_rules_before_did_not_match(owner: OpenAI, open_router: Router) -> None:
    explained = explain(owner, open_router, {"asked": PROMPT})
    assert explained["rule"] == "otherwise"
    assert "signals.stakes = 'low'" in explained["skipped_rules"]["high-stakes"]
    assert explained["stakes"]["band"] == "low"


def test_explain_refuses_what_would_be_refused(tenant: OpenAI, keyed_router: Router) -> None:
    with pytest.raises(PermissionDeniedError, match="pins"):
        explain(tenant, keyed_router, {"asked": PROMPT, "model": "fast"})


def explain(client: OpenAI, router: Router, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the router says would happen to a request given as one would give it to `ask`."""
    fields = {name: value for name, value in asked.items() if name not in ("asked", "extra_body")}
    body = {"model": "auto", "max_tokens": 24, **fields, **asked.get("extra_body", {})}
    body["messages"] = [{"role": "user", "content": asked["asked"]}]
    explaining = client.with_options(base_url=f"{router.address}/router/v1")
    answer: dict[str, Any] = explaining.post("/explain", body=body, cast_to=dict[str, Any])
    return answer
