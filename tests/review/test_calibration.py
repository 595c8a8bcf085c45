"""How predictions held, as a decision log tells it: shares by tier and size, and a page that stands alone."""

from pathlib import Path

import msgspec
import pytest

from router.core.errors import FileError
from router.core.record import AttemptRecord, Record
from router.review.calibration import Calibration, LatencyReport, calibrate, read_latencies, share_of
from router.review.calibration_page import render_calibration, x_of
from router.review.intake import LeftOut
from tests.review.test_diff_page import Page

NASTY = "<script>alert('x')</script>.jsonl"


def a_line(took_ms: float, tier: str = "fast", tokens: int = 100, outcome: str = "served", predicted=(100, 200)):
    """The line about an answer that took so long, where the median and the 90% quantile were predicted."""
    attempt = AttemptRecord(1, tier, f"{tier}-1", outcome, took_ms / 1000)
    p50, p90 = predicted
    return Record(
        "r1", 0.0, 1.0, 200, "served", predicted_p50_ms=p50, predicted_p90_ms=p90, answer_tokens_estimate=tokens,
        attempts=(attempt,),
    )  # fmt: skip


def report_of(tmp_path: Path, *records: Record, more: bytes = b"") -> LatencyReport:
    log = tmp_path / "decisions.jsonl"
    log.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in records) + more)
    return calibrate(read_latencies(log), str(log))


def row(report: LatencyReport, tier: str, size: str) -> Calibration:
    return next(each for each in report.rows if (each.tier, each.size) == (tier, size))


def test_answers_are_counted_within_the_quantiles_that_were_predicted_of_them(tmp_path: Path) -> None:
    found = row(report_of(tmp_path, *(a_line(ms) for ms in (50, 100, 150, 300))), "fast", "all")

    assert (found.answers, found.within_p50.value, found.within_p90.value) == (4, 0.5, 0.75)
    assert (found.predicted_ms, found.took_ms) == (100, 125)


def test_tiers_and_sizes_are_told_apart_and_each_tier_as_a_whole_comes_last(tmp_path: Path) -> None:
    lines = [a_line(50, "strong", 2_000), a_line(300, "fast", 100), a_line(50, "fast", 700)]
    report = report_of(tmp_path, *lines)

    assert [(each.tier, each.size, each.answers) for each in report.rows] == [
        ("fast", "short", 1),
        ("fast", "middle", 1),
        ("fast", "all", 2),
        ("strong", "long", 1),
        ("strong", "all", 1),
    ]
    assert report.answers == 3
    assert row(report, "fast", "middle").within_p90.value == 1.0
    assert row(report, "fast", "short").within_p90.value == 0.0


def test_what_tells_nothing_of_a_prediction_is_left_out_and_counted(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        a_line(50),
        a_line(50, predicted=(0, 0)),
        Record("r2", 0.0, 0.0, 403, "refused"),
        a_line(50, outcome="abandoned"),
        a_line(50, outcome="deadline_exceeded"),
        a_line(50, outcome="failed"),
        more=b"not json\n",
    )

    assert report.answers == 1
    assert set(report.left_out) == {
        LeftOut(2, "logged requests of which nothing was predicted"),
        LeftOut(2, "answers that were given up, by the caller or at the deadline"),
        LeftOut(1, "requests that the tier tried first did not serve"),
        LeftOut(1, "rows that are not requests"),
    }


def test_a_log_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        calibrate(read_latencies(tmp_path / "none.jsonl"), "none")


def test_the_interval_is_wilsons() -> None:
    share = share_of(9, 10)

    assert (share.low, share.high) == (pytest.approx(0.5958, abs=1e-4), pytest.approx(0.9821, abs=1e-4))
    assert (share_of(0, 5).low, share_of(5, 5).high) == (0.0, pytest.approx(1.0))


def test_the_page_says_all_of_it_stands_alone_and_escapes_what_it_is_told(tmp_path: Path) -> None:
    told = report_of(tmp_path, a_line(50), a_line(300), a_line(50, "strong"), more=b"not json\n")
    html = render_calibration(msgspec.structs.replace(told, source=NASTY))
    page = Page(html)

    assert page.open == []
    assert {"script", "link", "img", "iframe", "object", "form"}.isdisjoint(name for name, _ in page.elements)
    assert "default-src 'none'" in html
    assert NASTY in page.words
    assert page.count("circle") == 2 * len(told.rows)
    assert "rows that are not requests (1)" in page.words
    assert "50.0 %" in page.words


def test_the_picture_has_a_dot_where_the_share_is(tmp_path: Path) -> None:
    page = Page(render_calibration(report_of(tmp_path, a_line(50), a_line(150))))

    dots = [about for name, about in page.elements if name == "circle"][:2]
    assert [float(each["cx"] or 0) for each in dots] == [x_of(0.5), x_of(1.0)]
