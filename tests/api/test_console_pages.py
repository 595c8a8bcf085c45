"""What a decision's page makes of everything a record can hold, and the picture on it."""

import asyncio
import hashlib
import re
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from router.console.app import STATIC
from router.console.decision_pages import DecisionPages
from router.console.picture import LEFT, RIGHT, WIDTH, draw
from router.console.printer import Printer
from router.console.recent import Recent
from router.console.sessions import sessions_of
from router.core.checks.written import Passes
from router.core.gate import Assessment, BlockNote
from router.core.reading.reading import ReadingNote
from router.core.record import AttemptRecord, LookUp, Record, ShadowDecision
from router.core.trace import Trace
from router.core.values import Usage
from router.core.verdict import Finding, Verdict
from tests.console_visitor import words_of
from tests.doubles import PoliciesInForce

ID = "a" * 32
MARKUP = "<b onmouseover=alert(1)>"
VERSIONS = STATIC / "vendor/VERSIONS.md"

REJECTED = Assessment(
    mode="block",
    blocks=2,
    verdict=Verdict((Finding("improbable_run", MARKUP),), doubt=0.7),
    written_tokens=400,
    discarded_tokens=180,
    notes=(BlockNote(900, Passes(12.0, 48, "exact"), 0.2), BlockNote(800, None, 0.4)),
)
CLIMBED = (
    AttemptRecord(1, "fast", "fast-1", "rejected", 0.5, 0.2, Usage(20, 400), REJECTED, start_s=0.01),
    AttemptRecord(2, "strong", "strong-1", "served", 1.0, 0.1, Usage(20, 200), start_s=0.52),
)


def record(**fields: Any) -> Record:
    """A request that was rejected on the fast tier and served by the strong one."""
    usual = {
        "request_id": ID,
        "time_s": 1_000_000.0,
        "elapsed_s": 1.6,
        "status": 200,
        "outcome": "served",
        "policy": "default@1",
        "rule": "otherwise",
        "reason": "otherwise",
        "tier": "strong",
        "ladder": ("fast", "strong"),
        "attempts": CLIMBED,
        "decided_s": 0.005,
    }
    return Record(**usual | fields)


def page_of(shown: Record) -> str:
    """The page of a decision."""
    recent = Recent()
    recent.take([shown])
    pages = DecisionPages(recent, None, PoliciesInForce({}), Printer(sessions_of("key"), asks_for_key=True))
    scope = {"type": "http", "method": "GET", "path": f"/console/decisions/{ID}", "headers": [], "query_string": b""}
    request = Request(scope | {"path_params": {"request_id": ID}, "session_token": "token"})
    response = asyncio.run(pages.show_one(request))
    return bytes(response.body).decode()


def test_blocks_are_told_with_their_passes_and_verdicts() -> None:
    words = words_of(page_of(record()))

    assert "1 200 ms 900 12 of 48 accepted" in words
    assert re.search(r"2 400 ms 800 \S rejected improbable_run", words)
    assert "180 tokens were written for nobody" in words
    assert "what it wrote did not pass the checks (improbable_run)" in words


def test_what_a_check_quotes_stays_text() -> None:
    page = page_of(record())

    assert "<b onmouse" not in page
    assert "&lt;b onmouse" in page


def test_everything_else_that_a_record_holds_is_told() -> None:
    words = words_of(
        page_of(
            record(
                attempts=(
                    AttemptRecord(
                        1,
                        "fast",
                        "fast-1",
                        "served",
                        0.5,
                        reading=ReadingNote(1, 9, 0.1, 300, 200, ("mean",)),
                        cost_microusd=1_250,
                    ),
                ),
                cost_microusd=1_550,
                tiers_microusd={"fast": 1_250, "strong": 300},
                wasted_microusd=25,
                strong_alone_microusd=9_000,
                cache="miss",
                look_up=LookUp(0.001, 0.002),
                shadow=ShadowDecision("next@2", "tried", "rule", ("strong",), ("ladder",)),
                trace=Trace("f" * 32),
                arm="stable",
                annotations={"team": MARKUP},
                latency_budget_ms=1000,
                predicted_p50_ms=300,
                predicted_p90_ms=900,
                waited_s=0.2,
                audited=True,
                usage=Usage(10, 20),
                engine_s={"fast": 0.5},
            )
        )
    )

    for said in (
        "200 of 300 characters accepted, cut by mean",
        "nothing that is kept answers it",
        "next@2, rule tried, would have changed ladder",
        "f" * 32,
        "1,000 ms, missed",
        "300 ms for half of such answers, 900 ms for 9 in 10",
        "10 in, 20 out",
        "Money, fast $0.001250",
        "Money, strong $0.000300",
        "Money for nobody $0.000025",
        "The strong tier alone $0.009000 for as many tokens",
    ):
        assert said in words, said


def test_a_request_that_was_never_decided_has_a_page_too() -> None:
    refused = Record(ID, 0.0, 0.0, 400, "refused", error="InvalidJson")

    assert "InvalidJson" in page_of(refused)
    assert '<svg class="path"' not in page_of(refused)


def test_the_picture_goes_from_tier_to_tier() -> None:
    picture = draw(record())

    assert picture.said == "caller → rule otherwise → fast: rejected → strong: served → answer"
    assert [lane.name for lane in picture.lanes] == ["decision", "fast", "strong"]
    assert [bar.kind for bar in picture.bars] == ["plain", "bad", "good"]
    (link,) = picture.links
    assert link.y2 > link.y1
    assert len(picture.bars[1].steps) == 2


@given(
    st.floats(0, 1e5),
    st.floats(0, 1e5),
    st.floats(0, 1e5),
    st.none() | st.integers(1, 10**8),
    st.integers(0, 10**8),
)
def test_nothing_is_drawn_beside_the_picture(
    elapsed_s: float, start_s: float, took_s: float, budget_ms: int | None, p90_ms: int
) -> None:
    attempt = AttemptRecord(1, "fast", "fast-1", "served", took_s, took_s / 2, start_s=start_s)

    picture = draw(
        record(elapsed_s=elapsed_s, attempts=(attempt,), latency_budget_ms=budget_ms, predicted_p90_ms=p90_ms)
    )

    edge = WIDTH - RIGHT
    assert all(LEFT <= bar.x <= bar.x + bar.width <= edge + 4 for bar in picture.bars)
    assert all(LEFT <= mark.x <= edge for mark in (*picture.marks, *picture.ticks))


def test_what_is_vendored_is_what_was_published() -> None:
    said = re.findall(r"`dist/([^`]+)` \| `([0-9a-f]{64})`", VERSIONS.read_text())
    files = {each.name: each for each in Path(STATIC / "vendor").rglob("*.*") if each.suffix in (".js", ".css")}

    assert {name for name, _ in said} == files.keys()
    for name, digest in said:
        assert hashlib.sha256(files[name].read_bytes()).hexdigest() == digest
