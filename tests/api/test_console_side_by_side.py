"""*Try it* in the console: a request that is run on both tiers, and what each made of it."""

import asyncio
import json
import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pytest

from router.console.side_by_side import Run, SideBySide
from router.console.trial import body_of
from router.core.chat_request import Limits
from router.core.errors import InvalidRequest
from router.core.values import Hints
from router.ports import Answer, Asked
from tests import virtual_time
from tests.conftest import FAST_TEXT, STRONG_TEXT
from tests.console_visitor import FORM, TOKEN, Visitor, words_of
from tests.doubles import LoopClock
from tests.faults import answers, fails, never_answers, waits_for
from tests.patience import until
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import connected, raw_post

ASK = "Shorten: the meeting has been moved to Tuesday at ten."
LOOPS = "again and again " * 400


@pytest.fixture
def visitor(router: RouterProcess) -> Visitor:
    """Somebody at the console."""
    return Visitor(router.admin)


def page_of(visitor: Visitor, text: str = ASK, **fields: str) -> str:
    """The page that says what each tier made of it."""
    response = visitor.order("/try", "/try/run", {"text": text, **fields})
    assert response.status == 200
    return response.body.decode()


def compared(visitor: Visitor, text: str = ASK, **fields: str) -> str:
    """What it says of that, in words."""
    return words_of(page_of(visitor, text, **fields)).partition("Side by side ")[2].partition(" It would ")[0]


def line(said: str, name: str, after: str) -> str:
    """One line of the comparison."""
    return said.partition(f" {name} ")[2].partition(f" {after} ")[0]


def sent_to(engine: ScriptedEngine, known: int) -> list[dict[str, Any]]:
    """What an engine was asked since it had been asked so often."""
    return [each.fields for each in engine.received[known:]]


def test_both_tiers_answer_beside_one_another(visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine) -> None:
    said = compared(visitor)

    assert line(said, "Outcome", "Answer") == "answered answered"
    assert line(said, "Answer", "First block") == f"{FAST_TEXT} {STRONG_TEXT}"
    assert line(said, "First block", "In all").count("ms") == 2
    assert "/" in line(said, "Tokens in / out", "Passes")
    assert "tokens" in line(said, "Cost engine time, tokens written", "Its decision")


def test_each_engine_is_asked_once_whatever_the_policy_says(
    visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    known = len(fast.received), len(strong.received)

    compared(visitor, policy="strong-only", max_tier="fast")

    assert [len(sent_to(fast, known[0])), len(sent_to(strong, known[1]))] == [1, 1]


def test_what_is_run_goes_past_the_cache(visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine) -> None:
    known = len(fast.received)

    compared(visitor, policy="kept")
    compared(visitor, policy="kept")

    assert len(sent_to(fast, known)) == 2


def test_what_the_gate_says_is_shown(visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine) -> None:
    fast.does(answers(LOOPS))

    verdicts = line(compared(visitor, policy="gated"), "Verdict", "Cost")

    assert verdicts.startswith("rejected repetition")
    assert verdicts.endswith("not judged")


def test_a_failure_of_one_tier_is_told_beside_the_answer_of_the_other(
    visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    fast.does(fails())

    said = compared(visitor)

    assert line(said, "Outcome", "Answer").startswith("failed ")
    assert line(said, "Outcome", "Answer").endswith("answered")
    assert line(said, "Answer", "First block") == f"\N{EN DASH} {STRONG_TEXT}"


def test_it_is_recorded_of_a_tenant_of_its_own_and_its_decision_is_told(
    router: RouterProcess, visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    known = router.settled()

    page = page_of(visitor)

    until(lambda: len(router.decisions()) >= known + 2)
    records = router.decisions()[known:]
    assert {each["tier"] for each in records} == {"fast", "strong"}
    assert all(each["reason"] == "pin" and each["key_id"] == "console" for each in records)
    assert all(f"/console/decisions/{each['request_id']}" in page for each in records)


def test_what_is_tried_is_not_remembered_of_the_conversation(
    visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    said = [{"role": role, "content": ASK} for role in ("user", "assistant", "user")]
    text = json.dumps({"model": "auto", "messages": said})

    compared(visitor, text)

    page = words_of(visitor.order("/try", "/try", {"text": text}).body.decode())
    assert "It would go to fast → strong Rule otherwise" in page


def test_only_one_request_is_run_at_a_time(visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine) -> None:
    gate = threading.Event()
    fast.does(waits_for(gate, answers(FAST_TEXT)))
    first: list[str] = []
    known = len(fast.received)
    running = threading.Thread(target=lambda: first.append(compared(visitor)))
    running.start()
    until(lambda: len(fast.received) > known)

    second = compared(visitor)

    gate.set()
    running.join()
    assert "It was not run: somebody runs a request here already" in second
    assert line(first[0], "Outcome", "Answer") == "answered answered"


@pytest.mark.parametrize("text", ["{", '{"model": 1}', '{"model": "nobody", "messages": []}'])
def test_what_is_no_request_is_not_run(
    visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine, text: str
) -> None:
    known = len(fast.received)

    assert "It was not run" in compared(visitor, text)
    assert len(fast.received) == known


def test_a_hint_that_is_none_is_not_run(visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine) -> None:
    assert "It was not run" in compared(visitor, stakes="huge")


def test_markup_in_an_answer_stays_text(visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine) -> None:
    fast.does(answers("<script>alert(1)</script>"))

    page = page_of(visitor, "<img src=x onerror=alert(2)>")

    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_script_gets_only_what_was_made_of_it(visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine) -> None:
    found = TOKEN.search(visitor.text("/try"))
    assert found is not None

    page = visitor.send("/try/run", {"form_token": found[1], "text": ASK}, {"hx-request": "true"}).body.decode()

    assert "<html" not in page
    assert STRONG_TEXT in page


def test_nothing_is_run_for_a_page_that_is_not_ours(
    visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    known = len(fast.received)

    assert visitor.send("/try/run", {"text": ASK}).status == 400
    assert visitor.get("/try/run").status == 405
    assert len(fast.received) == known


@pytest.mark.parametrize("policy", ["default", "kept"])
def test_nobody_works_on_for_one_who_has_left(
    router: RouterProcess, visitor: Visitor, fast: ScriptedEngine, strong: ScriptedEngine, policy: str
) -> None:
    fast.does(never_answers())
    found = TOKEN.search(visitor.text("/try"))
    assert found is not None
    body = urlencode({"form_token": found[1], "text": ASK, "policy": policy}).encode()

    with connected(router.admin) as connection:
        about = {"content-type": FORM, "host": visitor.host, "origin": f"http://{visitor.host}"}
        connection.sendall(raw_post(body, about, "/console/try/run"))
        fast.await_received()

    fast.await_left()
    fast.does(answers(FAST_TEXT))
    assert line(compared(visitor), "Outcome", "Answer") == "answered answered"


def test_each_tier_is_given_up_after_a_while() -> None:
    async def serve(asked: Asked, answer: Answer) -> None:
        await asyncio.sleep(3600.0 if asked.request.model == "fast" else 1.0)
        await answer.fail(InvalidRequest("cannot be served", "model"), None)

    async def tried() -> Sequence[Run]:
        side_by_side = SideBySide(serve, ("strong", "hosted", "fast"), lambda: "0" * 32, LoopClock(), longest_s=60.0)
        return await side_by_side.run(body_of(ASK), Hints(), Limits())

    runs = virtual_time.run(tried())

    assert [(each.tier, each.elapsed_s, each.failed) for each in runs] == [
        ("fast", 60.0, "Given up after 60 s."),
        ("strong", 1.0, "cannot be served"),
    ]
