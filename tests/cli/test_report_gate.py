"""`tandem report gate`: what became of judged answers, on the screen, as JSON and as a page."""

import json
from pathlib import Path

import msgspec
import pytest

from tests.cli.commands import ended, errors, succeeded, tandem
from tests.review.test_gate_report import SECRET, a_read, a_record, cut, judged, mends, rejected, written


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "decisions.jsonl"
    records = [a_record(judged()), a_record(judged()), a_record(judged()), a_record(rejected(), written())]
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in records) + b"not json\n")
    return path


def test_it_says_what_became_of_answers_what_rejected_them_and_what_that_cost(log: Path) -> None:
    said = " ".join(succeeded(tandem("report", "gate", log)).split())

    assert "4 answers judged in 8 blocks" in said
    assert "all 4 75.0 % 25.0 % 25.0 %" in said
    assert "repetition r1 1 25.0 %" in said
    assert "all 100 25.0 % 2.0 s 2.50 / 2.50 s 1.00 ms" in said
    assert "rows that are not requests (1)" in said
    assert SECRET not in said


def test_it_says_what_the_strong_tier_read_and_what_each_tier_did(tmp_path: Path) -> None:
    log = tmp_path / "decisions.jsonl"
    records = [a_record(cut(1200), mends(), a_read(0.1)), a_record(a_read(0.3, unread="timeout"))]
    log.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in records))

    said = " ".join(succeeded(tandem("report", "gate", log)).split())

    assert "all 3 5 2,000 33.3 % 1 33.3 %" in said
    assert "improbable r1 1 33.3 %" in said
    assert "timeout r1 1 33.3 %" in said
    assert "mean surprise: 0.20 nats a token in 2 drafts accepted, 1.00 nats a token in 1 draft cut" in said
    assert "all 700 20 6.0 s 1.5 s" in said


def test_machines_are_told_the_same(log: Path) -> None:
    told = json.loads(succeeded(tandem("report", "gate", log, "--json")))

    assert told["rows"][0]["fates"]["afresh"] == {"count": 1, "share": 0.25}
    assert told["rejections"] == [{"check": "repetition", "answers": {"count": 1, "share": 0.25}, "example": "r1"}]
    assert told["spans"] == [{"start_s": 0, "counts": {"answers": 4, "rejected": 1, "discarded": 100, "written": 400}}]


def test_a_page_is_written_where_it_is_wanted(log: Path, tmp_path: Path) -> None:
    page = tmp_path / "gate.html"

    succeeded(tandem("report", "gate", log, "--out", page))

    assert "<svg" in page.read_text("utf-8")


def test_a_page_that_cannot_be_written_is_an_error(log: Path, tmp_path: Path) -> None:
    assert "cannot be written" in errors(ended(tandem("report", "gate", log, "--out", tmp_path), 1))[0]


def test_a_log_of_good_answers_has_no_costs_to_tell(tmp_path: Path) -> None:
    log = tmp_path / "good.jsonl"
    log.write_bytes(msgspec.json.encode(a_record(judged())))

    assert "discarded" not in succeeded(tandem("report", "gate", log))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (msgspec.json.encode(a_record(written(1))), "requests of which no answer was judged (1)"),
    ],
)
def test_a_log_of_nothing_judged_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    log = tmp_path / "decisions.jsonl"
    log.write_bytes(content)

    assert f"holds no answer that was judged: {why}" in errors(ended(tandem("report", "gate", log), 1))[0]
