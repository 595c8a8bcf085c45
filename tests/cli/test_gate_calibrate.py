"""`tandem gate calibrate`: limits from the audits of a log or from pairs, and logs that hold audits elsewhere."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from router.core.audit import Audit
from router.core.record import Record
from router.core.values import Usage
from tests.cli.commands import ended, errors, succeeded, tandem
from tests.review.logs import a_log_line
from tests.review.test_calibration import a_line
from tests.review.test_gate_report import judged
from tests.review.texts import CAREFUL, CODE, POEM, a_policy_of, rows_of

Write = Callable[[Sequence[Any]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A log, or another file, of these lines."""

    def written(lines: Sequence[Any]) -> Path:
        path = tmp_path / "lines.jsonl"
        path.write_bytes(
            b"".join(each if isinstance(each, bytes) else msgspec.json.encode(each) + b"\n" for each in lines)
        )
        return path

    return written


def an_audit(number: int = 0, **about: Any) -> Audit:
    told = {
        "figures": {"mean": number / 1_000},
        "agree": True,
        "similarity": 0.9,
        "strong": Usage(10, 100),
        "tokens_read": 40,
    } | about
    return Audit(f"r{number}", 0.0, "careful@1", "otherwise", "maths", told.pop("propensity", 0.01), **told)


def calibrated(*arguments: Any) -> Any:
    result = tandem("gate", "calibrate", *arguments, "--json")
    assert result.exit_code in (0, 1), result.output
    return json.loads(result.stdout)


# --- what it reads ----------------------------------------------------------------------------------------------


def test_audits_that_do_not_end_in_the_same_are_worse(write: Write) -> None:
    log = write([an_audit(at, agree=at < 190) for at in range(200)])

    told = calibrated("--log", log)

    assert (told["answers"], told["worse"]) == (200, 10)
    assert told["strong_tokens"] == 100.0
    assert told["chosen"]["limits"]["mean"] < 0.19


@pytest.mark.parametrize(("option", "answers", "worse"), [((), 0, 0), (("--worse-below", "0.3"), 2, 1)])
def test_open_answers_count_where_it_is_said_how_alike_they_are_to_be(
    write: Write, option: tuple[str, ...], answers: int, worse: int
) -> None:
    log = write([an_audit(1, agree=None, similarity=0.2), an_audit(2, agree=None, similarity=0.4)])

    told = calibrated("--log", log, *option)

    assert (told["answers"], told["worse"]) == (answers, worse)


def test_what_audits_lack_is_counted(write: Write) -> None:
    record = Record("r9", 0.0, 0.1, 200, "served", audit=0.01, audited=True)
    failed = an_audit(1, agree=None, similarity=None, figures={}, error="failed")
    log = write([record, record, record, failed, an_audit(2, figures={}), an_audit(3, propensity=0.0), b"{\n"])

    left = {each["which"]: each["count"] for each in calibrated("--log", log)["left_out"]}

    assert left == {
        "audits without an answer of the strong tier": 1,
        "audits of answers that were not read": 1,
        "rows that are not requests": 2,
    }


def test_audits_that_were_drawn_and_never_written_are_missed(write: Write) -> None:
    record = Record("r9", 0.0, 0.1, 200, "served", audit=0.01, audited=True)

    told = calibrated("--log", write([record, record, an_audit()]))

    assert told["left_out"] == [{"count": 1, "which": "audits that were drawn and of which the log says nothing more"}]


def test_pairs_may_hold_figures_or_the_reading_they_come_from(write: Write) -> None:
    tokens = [
        {"start": at * 6, "end": at * 6 + 6, "logprob": -2.0, "rank": 5, "best_logprob": -0.2} for at in range(20)
    ]
    reading = {"tokens": tokens, "tokens_read": 30}
    line = {"reading": reading, "text": "otters" * 20, "worse": True, "propensity": 0.5}

    told = calibrated("--pairs", write([line]))

    assert (told["answers"], told["worse"]) == (1, 1)
    assert set(told["points"][0]["limits"]) >= {"mean", "worst_window", "out_of_top", "improbable_run"}


def test_a_line_that_is_no_pair_is_counted(write: Write) -> None:
    pairs = write([{"worse": True}, {"figures": {"mean": 1.0}}, {"figures": {"mean": 1.0}, "worse": False}])

    told = calibrated("--pairs", pairs)

    assert told["answers"] == 1
    assert told["left_out"] == [{"count": 2, "which": "rows that are not requests"}]


# --- what it says -----------------------------------------------------------------------------------------------


def test_limits_that_are_proved_end_it_with_0_and_a_page_is_written(write: Write, tmp_path: Path) -> None:
    page = tmp_path / "limits.html"
    log = write([an_audit(at) for at in range(400)])

    said = " ".join(succeeded(tandem("gate", "calibrate", "--log", log, "--html", page)).split())

    assert "criteria: {mean: " in said
    assert "at most 2 % of released answers worse, 95 % sure" in said
    assert "<svg" in page.read_text("utf-8")


def test_without_enough_evidence_it_says_so_and_ends_with_1(write: Write) -> None:
    log = write([an_audit(at) for at in range(20)])

    said = " ".join(ended(tandem("gate", "calibrate", "--log", log), 1).stdout.split())

    assert "No limits are proved to keep the target" in said
    assert "149 answers are needed, and there are 20" in said


def test_a_wider_target_needs_less(write: Write) -> None:
    log = write([an_audit(at) for at in range(60)])

    succeeded(tandem("gate", "calibrate", "--log", log, "--target", "0.1", "--sure", "0.9"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    said = errors(ended(tandem("gate", "calibrate", "--log", tmp_path / "none.jsonl"), 1))

    assert "none.jsonl:1:1: cannot be read" in said[0]


@pytest.mark.parametrize("given", [(), ("--log", "a", "--pairs", "b")])
def test_either_a_log_or_pairs_are_wanted(given: tuple[str, ...]) -> None:
    assert tandem("gate", "calibrate", *given).exit_code == 2


# --- logs that hold audits --------------------------------------------------------------------------------------


def test_reports_pass_audits_by(write: Write) -> None:
    gated = Record("r1", 0.0, 1.0, 200, "served", attempts=(judged(),), tier="fast")
    log = write([gated, an_audit(), a_line(50)])

    latency = json.loads(succeeded(tandem("report", "latency", log, "--json")))
    assert (latency["answers"], [each["count"] for each in latency["left_out"]]) == (1, [1])
    told = json.loads(succeeded(tandem("report", "gate", log, "--json")))
    assert told["rows"][0]["requests"] == 1
    assert [each["which"] for each in told["left_out"]] == ["requests of which no answer was judged"]


def test_policies_are_asked_about_the_requests_of_a_log_and_not_about_its_audits(policies: Path, write: Write) -> None:
    policy = a_policy_of(CAREFUL)
    questions = [row.question for row in rows_of(CODE, POEM)]
    lines = [a_log_line(each, policy) + b"\n" for each in questions if each is not None]
    log = write([lines[0], an_audit(), lines[1]])

    told = json.loads(succeeded(tandem("policy", "diff", "careful", "quick", "--requests", log, "--json")))
    covered = json.loads(tandem("policy", "coverage", "--requests", log, "--json").stdout)

    assert (told["reports"][0]["asked"], told["left_out"]) == (2, [])
    assert covered["left_out"] == []


def test_shadows_are_summed_up_without_audits(policies: Path, write: Write) -> None:
    question = rows_of(POEM)[0].question
    assert question is not None
    log = write([a_log_line(question, a_policy_of(CAREFUL)) + b"\n", an_audit()])

    told = tandem("policy", "diff", "--log", log, "--json")

    assert "rows that are not requests" not in told.output
