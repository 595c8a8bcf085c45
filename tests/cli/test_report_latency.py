"""`tandem report latency`: how predictions held, on the screen, as JSON and as a page."""

import json
from pathlib import Path

import msgspec
import pytest

from tests.cli.commands import ended, errors, succeeded, tandem
from tests.review.test_calibration import a_line


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "decisions.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(a_line(ms)) + b"\n" for ms in (50, 80, 150, 300)))
    return path


def test_it_says_by_tier_and_size_how_many_answers_kept_to_what_was_predicted(log: Path) -> None:
    said = " ".join(succeeded(tandem("report", "latency", log)).split())

    assert "4 answers of" in said
    assert "fast short 4 50.0 % [15.0, 85.0] 75.0 % [30.1, 95.4] 100 ms 115 ms" in said
    assert "fast all 4" in said


def test_machines_are_told_the_same(log: Path) -> None:
    told = json.loads(succeeded(tandem("report", "latency", log, "--json")))

    assert [(each["tier"], each["size"], each["answers"]) for each in told["rows"]] == [
        ("fast", "short", 4),
        ("fast", "all", 4),
    ]
    assert told["rows"][0]["within_p90"]["value"] == 0.75


def test_a_page_is_written_where_it_is_wanted(log: Path, tmp_path: Path) -> None:
    page = tmp_path / "latency.html"

    succeeded(tandem("report", "latency", log, "--out", page))

    assert "<svg" in page.read_text("utf-8")


def test_a_log_of_nothing_predicted_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "empty.jsonl"
    log.write_bytes(msgspec.json.encode(a_line(50, predicted=(0, 0))))

    assert (
        "holds no answer that was predicted: logged requests of which nothing was predicted (1)"
        in errors(ended(tandem("report", "latency", log), 1))[0]
    )
