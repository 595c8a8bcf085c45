"""What an engine does wrong, and what becomes of it: another tier answers, or the caller is told what happened."""

import gzip
from typing import NamedTuple

import pytest

from tests.conftest import BOTH_WAYS, STRONG_TEXT, Way
from tests.faults import (
    cannot_parse,
    ends_early,
    fails,
    is_overloaded,
    opens_and_then,
    redirects_to,
    refuses,
    refuses_with,
    says_it_failed,
    sends,
    sends_html,
    sends_truncated_json,
    wants_a_key,
)
from tests.odd_answers import announces_a_giant_body, promises_more_than_it_sends
from tests.router_process import RouterProcess
from tests.scripted_engine import Reply, ScriptedEngine
from tests.wire_client import post, request_fields

MEGABYTE = 1024 * 1024
GZIP_BOMB = gzip.compress(b" " * 10 * MEGABYTE)
ALONE = {"model": "auto:fast-only"}
"""A request that only the fast tier may answer."""


class Fault(NamedTuple):
    """What an engine does, the word for it, and the status and code a caller sees when nobody else may answer."""

    reply: Reply
    outcome: str
    status: int
    code: str | None


def failed(reply: Reply) -> Fault:
    """The engine is at fault and says so, or something stands in its place."""
    return Fault(reply, "failed", 502, "upstream_error")


def malformed(reply: Reply) -> Fault:
    """What came back is no answer."""
    return Fault(reply, "malformed", 502, "upstream_error")


def refused(reply: Reply, code: str | None = None) -> Fault:
    """The engine finds fault with the request."""
    return Fault(reply, "refused", 400, code)


FAULTS = {
    "500": failed(fails(500)),
    "503": Fault(fails(503), "unavailable", 503, "overloaded"),
    "504": Fault(fails(504), "timed_out", 504, "deadline_exceeded"),
    "401": failed(wants_a_key()),
    "403": failed(refuses(403, {"detail": "Forbidden"})),
    "404": failed(refuses(404, {"detail": "Not Found"})),
    "307": failed(redirects_to("http://127.0.0.1:1/elsewhere")),
    "429": Fault(is_overloaded(), "overloaded", 429, "rate_limit_exceeded"),
    "400": refused(refuses_with("top_p must be in (0, 1]", "top_p")),
    "400 too long": refused(refuses_with("4097 tokens are too many", "input_tokens"), "context_length_exceeded"),
    "400 detail": refused(cannot_parse()),
    "413": refused(refuses(413, {"error": "too large"})),
    "422": refused(refuses(422, {"detail": [{"loc": ["body"], "msg": "no"}]})),
    "html": malformed(sends_html()),
    "half a body": malformed(sends_truncated_json()),
    "empty body": malformed(sends(200, b"")),
    "a list": malformed(sends(200, b"[]")),
    "no choices": malformed(sends(200, b'{"object":"error","message":"no"}')),
    "no text": malformed(sends(200, b"\xff" * 100)),
    "gzip bomb": malformed(sends(200, GZIP_BOMB, headers={"content-encoding": "gzip"})),
    "less than promised": failed(promises_more_than_it_sends()),
    "too much promised": malformed(announces_a_giant_body(100 * MEGABYTE)),
    "empty stream": malformed(opens_and_then(then=ends_early)),
    "error in a stream": failed(opens_and_then(then=says_it_failed("no", code=500))),
    "refusal in a stream": refused(opens_and_then(then=says_it_failed("logit_bias is out of range", code=400))),
}

PASSING = ("500", "503", "504", "429", "error in a stream")
"""Those that may have passed when the engine is asked again, which is done once where nobody else may answer."""


def tries(name: str) -> int:
    return 2 if name in PASSING else 1


@BOTH_WAYS
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_before_the_first_text_is_a_real_status(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, name: str, way: Way
) -> None:
    reply, outcome, status, code = FAULTS[name]
    fast.does(reply)

    response = post(router.public, request_fields(**way) | ALONE)

    assert (response.status, response.error["code"]) == (status, code)
    assert response.header("x-router-attempts") == ", ".join([f"fast:{outcome}"] * tries(name))
    assert response.header("x-router-tier") is None
    assert not strong.received


@BOTH_WAYS
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_before_the_first_text_takes_the_request_up(
    router: RouterProcess, fast: ScriptedEngine, name: str, way: Way
) -> None:
    reply, outcome, _, _ = FAULTS[name]
    fast.does(reply)

    response = post(router.public, request_fields(**way))

    assert (response.status, response.text) == (200, STRONG_TEXT)
    assert response.header("x-router-tier") == "strong"
    assert (response.header("x-router-attempts") or "").startswith(f"fast:{outcome}, strong:")


def test_every_fault_is_recorded_under_its_word(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(*[fault.reply for name, fault in FAULTS.items() for _ in range(tries(name))])
    responses = [post(router.public, request_fields() | ALONE) for _ in FAULTS]

    for (name, fault), response in zip(FAULTS.items(), responses, strict=True):
        record = router.await_record(response.header("x-request-id"))
        outcome = "refused" if fault.outcome == "refused" else "failed"
        assert (record["outcome"], record["status"], record["tier"]) == (outcome, fault.status, None)
        assert [each["outcome"] for each in record["attempts"]] == [fault.outcome] * tries(name)
        assert record["error"].startswith(f"{fault.outcome}: ")


def test_what_the_engine_refuses_is_named_as_it_names_it(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(refuses_with("top_p must be in (0, 1], got 2.0.", "top_p"))

    error = post(router.public, request_fields() | ALONE).error

    assert (error["message"], error["param"]) == ("top_p must be in (0, 1], got 2.0.", "top_p")


@pytest.mark.parametrize(
    ("said", "passed_on"),
    [
        ("1", "1"),
        ("2.4", "2"),
        ("0", "1"),
        ("-5", "1"),
        ("3600", "120"),
        ("1e9", "120"),
        ("inf", "120"),
        ("nan", None),
        ("soon", None),
        ("", None),
    ],
)
def test_an_overloaded_engines_word_on_when_to_come_back_is_passed_on_within_reason(
    router: RouterProcess, fast: ScriptedEngine, said: str, passed_on: str | None
) -> None:
    fast.does(is_overloaded(said))

    response = post(router.public, request_fields() | ALONE)

    assert response.status == 429
    assert response.error["type"] == "rate_limit_error"
    assert response.header("retry-after") == passed_on
    assert response.header("x-should-retry") is None
