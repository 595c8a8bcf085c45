"""What the gate rejected, in records and on the pages that are made of them: nothing of it unless somebody wants it."""

import json

import pytest

from tests.conftest import Routers
from tests.console_visitor import Visitor, words_of
from tests.faults import answers
from tests.patience import until
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields

CANARY = "c4n4ry-r3j3ct3d"
CARD = "4000123412341234"
SPOILED = f"<script>{CANARY}</script> pays with {CARD} <pad><pad>"
ON = {"content": True, "redact": [r"\b\d{16}\b"]}
POLICIES = pytest.mark.parametrize("policy", ["gated", "gated-whole"])


def rejected(router: RouterProcess, fast: ScriptedEngine, policy: str, spoiled: str = SPOILED) -> tuple[str, str]:
    """The text that the record of a rejected answer has, and the page of its decision."""
    fast.does(answers(spoiled))
    response = post(router.public, request_fields(model=f"auto:{policy}"))
    assert CANARY not in response.body.decode()
    request_id = response.header("x-request-id")
    record = router.await_record(request_id)
    assert record["attempts"][0]["outcome"] == "rejected"
    until(lambda: Visitor(router.admin).get(f"/decisions/{request_id}").status == 200)
    text: str = record["attempts"][0]["gate"]["rejected"]
    return text, Visitor(router.admin).text(f"/decisions/{request_id}")


@POLICIES
def test_by_default_nothing_of_it_is_anywhere(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, policy: str
) -> None:
    text, page = rejected(router, fast, policy)

    assert text == ""
    assert "What was rejected is not kept" in page
    assert CANARY not in page
    assert CANARY.encode() not in router.decision_log()
    assert CANARY not in router.metrics_text()
    assert CANARY not in Visitor(router.admin).text("/decisions")


@POLICIES
def test_where_somebody_wants_it_it_is_told_without_what_is_redacted(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, policy: str
) -> None:
    router = routers.serve(records=ON)

    text, page = rejected(router, fast, policy)

    assert text == SPOILED.replace(CARD, "__REDACTED__")
    assert f"&lt;script&gt;{CANARY}" in page
    assert f"<script>{CANARY}" not in page
    assert "What was rejected &lt;" not in page
    assert CARD.encode() not in router.decision_log()


def test_no_more_of_it_is_told_than_was_agreed(routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine) -> None:
    router = routers.serve(records=ON | {"content_chars": 20})

    text, page = rejected(router, fast, "gated", f"{CARD} {CANARY} {SPOILED}")

    assert text == f"__REDACTED__ {CANARY}"[:19] + "\N{HORIZONTAL ELLIPSIS}"
    assert text in words_of(page)


def test_of_an_answer_that_was_good_nothing_is_kept(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    router = routers.serve(records=ON)
    fast.does(answers(f"A good answer, {CANARY}."))

    response = post(router.public, request_fields(model="auto:gated"))

    record = router.await_record(response.header("x-request-id"))
    assert record["attempts"][0]["outcome"] == "served"
    assert CANARY not in json.dumps(record)
