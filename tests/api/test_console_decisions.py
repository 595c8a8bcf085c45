"""The decisions in the console: found, listed, and told to somebody who meets the router for the first time."""

import pytest

from router.console.recent import Recent
from router.core.record import Record
from tests.console_visitor import Visitor, words_of
from tests.patience import until
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields

MARKUP = "<script>alert(1)</script>\"'<img src=x onerror=alert(2)>"


@pytest.fixture
def visitor(router: RouterProcess) -> Visitor:
    """Somebody at the console."""
    return Visitor(router.admin)


def asked(router: RouterProcess, **fields: object) -> str:
    """The id of a request that has ended, and is known to the console."""
    request_id = post(router.public, request_fields(**fields)).header("x-request-id")
    assert request_id is not None
    until(lambda: Visitor(router.admin).get(f"/decisions/{request_id}").status == 200)
    return request_id


def test_a_request_is_listed_as_soon_as_it_has_ended(router: RouterProcess, visitor: Visitor) -> None:
    request_id = asked(router)

    page = visitor.text("/decisions")

    assert f"/console/decisions/{request_id}" in page


def test_a_list_can_be_searched_by_anything_that_names_a_request(router: RouterProcess, visitor: Visitor) -> None:
    served, refused = asked(router), asked(router, model="nobody")

    def found(query: str) -> tuple[bool, bool]:
        page = visitor.text(f"/decisions?{query}")
        return served in page, refused in page

    assert found(f"text={served}") == (True, False)
    assert found("outcome=refused") == (False, True)
    assert found("tier=fast&outcome=") == (True, False)
    assert found("tier=strong") == (False, False)
    assert found("text=NOBODY") == (False, True)
    assert found("rule=otherwise&policy=default") == (True, False)


def test_a_script_gets_only_the_list(visitor: Visitor) -> None:
    page = visitor.get("/decisions?text=nothing-is-called-so", {"hx-request": "true"}).body.decode()

    assert "<html" not in page
    assert "is like this" in page or "No request" in page


def test_a_decision_is_told_from_its_coming_to_its_end(router: RouterProcess, visitor: Visitor) -> None:
    page = visitor.text(f"/decisions/{asked(router)}")
    words = words_of(page)

    assert "A whole answer was given" in words
    assert "Rule otherwise of policy default@" in words
    assert "fast (fast-1): its answer went to the caller" in words
    assert "Stakes" in words
    assert "Difficulty" in words
    assert '<svg class="path"' in page
    assert "caller → rule otherwise → fast: served → answer" in page


def test_an_escalation_is_drawn_from_tier_to_tier(
    router: RouterProcess, visitor: Visitor, fast: ScriptedEngine
) -> None:
    with fast.refusing_connections():
        page = visitor.text(f"/decisions/{asked(router)}")

    assert "fast: unavailable → strong: served" in page
    assert 'class="link"' in page
    assert "nothing answered at its address" in words_of(page)


def test_it_is_said_why_no_words_of_the_prompt_are_shown(router: RouterProcess, visitor: Visitor) -> None:
    ask = [{"role": "user", "content": "What dose of warfarin may I give my mother?"}]

    page = words_of(visitor.text(f"/decisions/{asked(router, messages=ask)}"))

    assert "medical.dosage" in page
    assert "warfarin" not in page
    assert "no words of the prompt" in page


def test_rules_that_were_passed_over_say_why(router: RouterProcess, visitor: Visitor) -> None:
    words = words_of(visitor.text(f"/decisions/{asked(router)}"))

    assert "passed over" in words
    assert "is false" in words


def test_markup_that_callers_send_stays_text(router: RouterProcess, visitor: Visitor) -> None:
    request_id = asked(router, model=MARKUP)

    page = visitor.text(f"/decisions/{request_id}")

    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_what_was_searched_for_stays_text(visitor: Visitor) -> None:
    page = visitor.text("/decisions?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&tenant=%3Cimg%20src=x%3E")

    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize("name", ["0" * 32, "nothing", "..%2f..%2fetc", "%3Cscript%3E"])
def test_what_nobody_knows_is_not_found(visitor: Visitor, name: str) -> None:
    response = visitor.get(f"/decisions/{name}")

    assert response.status == 404
    assert b"<script>" not in response.body


def test_a_request_may_be_told_from_the_log_with_what_was_done_afterwards(
    router: RouterProcess, visitor: Visitor
) -> None:
    request_id = asked(router)
    router.await_record(request_id)

    of_memory, of_log = (visitor.text(f"/decisions/{request_id}{query}") for query in ("", "?where=log"))

    assert "what was done afterwards" in of_memory
    assert "what was done afterwards" not in of_log
    assert "A whole answer was given" in words_of(of_log)


def test_a_list_may_be_of_the_log(router: RouterProcess, visitor: Visitor) -> None:
    served, refused = asked(router), asked(router, model="nobody")
    router.settled()

    page = visitor.text(f"/decisions?where=log&outcome=served&text={served}")

    assert served in page
    assert refused not in page
    assert "1 found in the decision log; looked through" in words_of(page)
    assert "that is the whole log" in page


@pytest.mark.parametrize("value", ["--help", "-", "%24(id)", "a%20--json"])
def test_what_is_searched_for_in_the_log_is_no_order(visitor: Visitor, value: str) -> None:
    assert "is like this" in words_of(visitor.text(f"/decisions?where=log&rule={value}"))


def test_no_more_records_are_kept_than_agreed() -> None:
    recent = Recent(kept=3)

    recent.take([Record(str(number), 0.0, 0.0, 200, "served") for number in range(5)])

    assert [each.request_id for each in recent.newest_first()] == ["4", "3", "2"]
    assert recent.find("1") is None
