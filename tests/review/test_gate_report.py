"""What the gate did, as a decision log tells it: fates, checks and costs, and a page that stands alone."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from router.core.errors import FileError
from router.core.gate import Assessment
from router.core.reading.reading import Profile, ReadingNote
from router.core.record import AttemptRecord, Record
from router.core.values import Usage
from router.core.verdict import ACCEPTED, Finding, Verdict
from router.review.costs import Part, ReadCosts
from router.review.gate_page import draw, render_gate, span_words
from router.review.gate_report import GateReport, Row, Wait, sum_up
from router.review.gate_text import gate_text
from router.review.intake import LeftOut
from router.review.judgements import read_judged
from router.review.named import Named
from router.review.reading_page import HEIGHT, WIDTH, draw_readings
from router.review.readings import Surprise
from tests.dispatch.scenes import Scene, backend
from tests.dispatch.test_rejected_blocks import BAD, GATED, GOOD, ROLE, WRITES
from tests.review.test_diff_page import Page

NASTY = "<script>alert('x')</script>.jsonl"
SECRET = "the patient's name is"
LOOPS = Verdict((Finding("repetition", SECRET),))


def judged(verdict: Verdict = ACCEPTED, outcome: str = "served", discarded: int = 0, **about: Any) -> AttemptRecord:
    """An attempt of the fast tier that took 2 s for 100 tokens, of which so many were discarded."""
    gate = Assessment("block", 2, verdict, 100, discarded, 4 * (100 - discarded), judging_s=0.001)
    return AttemptRecord(1, "fast", "fast-1", outcome, 2.0, 0.3, gate=msgspec.structs.replace(gate, **about))


def rejected(discarded: int = 100) -> AttemptRecord:
    return judged(LOOPS, "rejected", discarded)


def written(number: int = 2, outcome: str = "served", first_block_s: float | None = 0.5) -> AttemptRecord:
    """An attempt of the strong tier."""
    return AttemptRecord(number, "strong", "strong-1", outcome, 4.0, first_block_s, Usage(10, 300))


def a_read(mean: float, *, chars: int = 400, unread: str = "") -> AttemptRecord:
    """An attempt of the fast tier that the strong one read in two goes and accepted."""
    note = ReadingNote(2, 700, 0.25, chars, chars, (), Profile(100, mean, 1.0, 0), unread)
    return msgspec.structs.replace(judged(released_chars=chars), reading=note)


def cut(accepted_chars: int, mean: float = 1.0) -> AttemptRecord:
    """An attempt of the fast tier of 2,000 characters that was read and cut."""
    note = ReadingNote(1, 600, 0.5, 2000, accepted_chars, ("improbable",), Profile(500, mean, 7.0, accepted_chars))
    found = Verdict((Finding("improbable", SECRET),))
    discarded = 500 - accepted_chars // 4
    attempt = judged(found, "rejected", discarded, written_tokens=500, released_chars=accepted_chars)
    return msgspec.structs.replace(attempt, reading=note)


def mends(tokens: int = 20) -> AttemptRecord:
    """The strong tier's end of a sentence."""
    return AttemptRecord(2, "strong", "strong-1", "repaired", 0.5, 0.1, Usage(10, tokens))


def a_record(*attempts: AttemptRecord, outcome: Any = "served", **about: Any) -> Record:
    tier = attempts[-1].tier if attempts and outcome == "served" else None
    return Record("r1", 0.0, 1.0, 200, outcome, attempts=attempts, tier=tier, **about)


def report_of(tmp_path: Path, *records: Record, more: bytes = b"") -> GateReport:
    log = tmp_path / "decisions.jsonl"
    log.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in records) + more)
    return sum_up(read_judged(log), str(log))


def whole_of(tmp_path: Path, *records: Record) -> Row:
    return report_of(tmp_path, *records).rows[0]


def older(record: Record) -> bytes:
    """The line that a router wrote which knew nothing of what went out, block by block, or of time."""
    line = msgspec.to_builtins(record)
    for attempt in line["attempts"]:
        for name in ("released_chars", "notes", "judging_s"):
            (attempt["gate"] or {}).pop(name, None)
    return msgspec.json.encode(line) + b"\n"


# --- fates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "fate"),
    [
        (a_record(judged()), "accepted"),
        (a_record(rejected(), written()), "afresh"),
        (a_record(rejected(40), written()), "continued"),
        (a_record(cut(1200), mends(), judged()), "repaired"),
        (a_record(cut(0), mends(), judged()), "repaired"),
        (a_record(cut(1200), written()), "continued"),
        (a_record(cut(0), written()), "afresh"),
        (a_record(cut(1200), outcome="broken"), "failed"),
        (a_record(judged(LOOPS)), "let_out"),
        (a_record(judged(LOOPS, "failed"), outcome="broken"), "let_out"),
        (a_record(rejected(), outcome="failed"), "failed"),
        (a_record(rejected(40), written(outcome="failed"), outcome="broken"), "failed"),
        (a_record(rejected(), written(outcome="abandoned"), outcome="caller_left"), "unfinished"),
        (a_record(judged(outcome="failed"), written()), "unfinished"),
    ],
)
def test_what_became_of_an_answer_follows_from_its_verdict_and_what_came_after(
    tmp_path: Path, record: Record, fate: str
) -> None:
    fates = whole_of(tmp_path, record).fates

    assert {name for name, part in fates.items() if part.count} - {"accepted"} == {fate} - {"accepted"}
    assert fates["accepted"].count == (fate in ("accepted", "repaired"))


def test_the_rest_of_an_answer_that_is_rejected_is_continued_too(tmp_path: Path) -> None:
    broken = judged(outcome="failed")

    fates = whole_of(tmp_path, a_record(broken, rejected(100), written(3))).fates

    assert (fates["unfinished"].count, fates["continued"].count, fates["afresh"].count) == (1, 1, 0)


def test_an_attempt_of_which_nothing_came_to_be_judged_is_no_answer(tmp_path: Path) -> None:
    report = report_of(tmp_path, a_record(judged(outcome="unavailable", blocks=0), written()))

    assert (report.rows, report.left_out) == ((), (LeftOut(1, "requests of which no answer was judged"),))


def test_what_a_router_wrote_is_understood(tmp_path: Path) -> None:
    afresh, continued = (Scene(backend(*said), backend(*WRITES), GATED) for said in ((ROLE, BAD), (ROLE, GOOD, BAD)))
    afresh.play()
    continued.play()

    report = report_of(tmp_path, afresh.record, continued.record)

    row = report.rows[0]
    assert (row.blocks, row.fates["afresh"].count, row.fates["continued"].count) == (3, 1, 1)
    assert row.afresh_wait == Wait(1, 2.5, 2.5)
    assert row.continued_wait == Wait(1, 1.0, 1.0)
    assert [each.check for each in report.rejections] == ["special_tokens"]


# --- costs ------------------------------------------------------------------------------------------------------


def test_discarded_tokens_are_a_share_of_all_that_the_judged_tier_wrote(tmp_path: Path) -> None:
    unjudged = AttemptRecord(1, "fast", "fast-1", "served", 1.0, 0.1, Usage(10, 250))

    row = whole_of(tmp_path, a_record(judged()), a_record(rejected(50), written()), a_record(unjudged))

    assert (row.written_tokens, row.discarded) == (450, Part(50, 50 / 450))


def test_engine_time_is_wasted_as_far_as_tokens_were_discarded(tmp_path: Path) -> None:
    row = whole_of(tmp_path, a_record(rejected(100), written()), a_record(rejected(25), written()), a_record(judged()))

    assert row.wasted_s == pytest.approx(2.0 + 0.5)


def test_where_the_engine_counts_nothing_tokens_are_estimated_from_characters(tmp_path: Path) -> None:
    uncounted = judged(LOOPS, "rejected", 30, written_tokens=None, released_chars=280)

    row = whole_of(tmp_path, a_record(uncounted, written()))

    assert (row.written_tokens, row.discarded.count) == (100, 30)


def test_callers_wait_from_the_opening_for_a_new_answer_and_from_the_rejection_for_the_rest_of_one(
    tmp_path: Path,
) -> None:
    row = whole_of(
        tmp_path,
        *(a_record(rejected(), written(first_block_s=at)) for at in (0.1, 0.2, 0.3, 0.4)),
        a_record(rejected(40), written(first_block_s=0.5)),
    )

    assert row.afresh_wait == Wait(4, 2.2, 2.4)
    assert row.continued_wait == Wait(1, 0.5, 0.5)


def test_attempts_that_said_nothing_are_part_of_the_wait(tmp_path: Path) -> None:
    silent = written(outcome="unavailable", first_block_s=None)

    assert whole_of(tmp_path, a_record(rejected(), silent, written(3))).afresh_wait == Wait(1, 6.5, 6.5)


def test_requests_went_up_when_a_tier_above_served_them(tmp_path: Path) -> None:
    row = whole_of(
        tmp_path, a_record(judged()), a_record(rejected(), written()), a_record(judged(outcome="failed"), written()),
        a_record(rejected(), outcome="failed"),
    )  # fmt: skip

    assert (row.requests, row.went_up) == (4, Part(2, 0.5))


def test_judging_is_averaged_over_the_answers_of_which_it_is_known(tmp_path: Path) -> None:
    records = [a_record(judged(judging_s=seconds)) for seconds in (0.001, 0.003)]

    report = report_of(tmp_path, *records, more=older(a_record(judged())))

    assert report.rows[0].judging_ms == pytest.approx(2.0)


# --- reading ----------------------------------------------------------------------------------------------------


def test_reading_is_counted_by_drafts_reads_and_tokens_and_repairs_by_mended_sentences(tmp_path: Path) -> None:
    row = whole_of(tmp_path, a_record(cut(1200), mends(), a_read(0.1)), a_record(a_read(0.2)), a_record(judged()))

    assert row.reading == ReadCosts(3, 5, 2000, Part(1, 1 / 3), Part(0, 0.0), 1)


def test_each_tier_is_charged_what_it_wrote_and_the_strong_one_its_reading(tmp_path: Path) -> None:
    row = whole_of(tmp_path, a_record(cut(1200), mends(), a_read(0.1)), a_record(rejected(), written()))

    assert row.tokens_by_tier == {"fast": 500 + 100 + 100, "strong": 20 + 300}
    assert row.engine_s == {"fast": pytest.approx(6.0), "strong": pytest.approx(0.5 + 0.25 + 0.5 + 4.0)}


def test_what_reading_cuts_is_rejected_but_by_no_check(tmp_path: Path) -> None:
    report = report_of(tmp_path, a_record(cut(1200), written()))

    assert (report.rows[0].rejected, report.rejections) == (Part(1, 1.0), ())
    assert report.readings is not None
    assert report.readings.reasons == (Named("improbable", 1, "r1"),)
    assert SECRET not in str(report.as_dict())


def test_what_was_not_read_is_named_by_its_error(tmp_path: Path) -> None:
    report = report_of(tmp_path, a_record(a_read(0.1, unread="timeout")), a_record(a_read(0.1)))

    assert report.readings is not None
    assert report.readings.unread == (Named("timeout", 1, "r1"),)
    assert report.rows[0].reading is not None
    assert report.rows[0].reading.unread == Part(1, 0.5)


def test_surprise_is_told_apart_for_drafts_that_were_accepted_and_cut(tmp_path: Path) -> None:
    records = [a_record(a_read(mean)) for mean in (0.0, 0.05, 0.07, 9.0)]
    found = report_of(tmp_path, *records, a_record(cut(1200, 0.9), written())).readings

    assert found is not None
    assert found.accepted == Surprise(pytest.approx(2.28), (2, 1, 0, 0, 0, 0, 0, 1))
    assert found.cut == Surprise(0.9, (0, 0, 0, 0, 0, 1, 0, 0))


@pytest.mark.parametrize(
    ("attempts", "places"),
    [
        ([cut(0), written()], [0]),
        ([cut(1200), written()], [5]),
        ([cut(1200), mends(20), a_read(0.1, chars=2720)], [3]),
        ([cut(1000), mends(20), cut(1000), written()], [3, 6]),
        ([cut(2000)], []),
        ([a_read(0.1)], []),
    ],
)
def test_a_cut_is_placed_by_what_the_caller_has_before_it(
    tmp_path: Path, attempts: list[AttemptRecord], places: list[int]
) -> None:
    outcome = "served" if attempts[-1].outcome == "served" else "broken"
    found = report_of(tmp_path, a_record(*attempts, outcome=outcome)).readings

    assert found is not None
    assert found.places == tuple([places.count(at) for at in range(10)])


def test_where_nothing_was_to_be_read_the_report_says_nothing_of_it(tmp_path: Path) -> None:
    report = report_of(tmp_path, a_record(judged()))

    assert (report.readings, report.rows[0].reading) == (None, None)
    assert "reader" not in render_gate(report)


# --- groups -----------------------------------------------------------------------------------------------------


def test_rules_and_tasks_are_told_apart_and_versions_of_a_policy_are_not(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        a_record(judged(), policy="p@1", rule="easy", task="chat"),
        a_record(rejected(), written(), policy="p@2", rule="easy"),
        a_record(judged(), policy="q@1", rule="easy", task="chat"),
        a_record(written(1), policy="p@1", rule="hard", task="maths"),
    )

    assert [(row.by, row.name, row.answers) for row in report.rows] == [
        ("all", "", 3),
        ("rule", "p: easy", 2),
        ("rule", "q: easy", 1),
        ("task", "chat", 2),
        ("task", "none", 1),
    ]
    assert report.rows[1].rejected == Part(1, 0.5)


def test_checks_are_counted_once_an_answer_and_name_a_request_but_no_evidence(tmp_path: Path) -> None:
    twice = Verdict((Finding("repetition", SECRET), Finding("repetition", SECRET), Finding("json", SECRET)))

    report = report_of(
        tmp_path, a_record(judged()), a_record(judged(twice, "rejected"), written()), a_record(judged(LOOPS))
    )

    assert [(each.check, each.answers.count, each.example) for each in report.rejections] == [
        ("repetition", 2, "r1"),
        ("json", 1, "r1"),
    ]
    assert SECRET not in str(report.as_dict())
    assert SECRET not in render_gate(report)


# --- logs -------------------------------------------------------------------------------------------------------


def test_older_logs_are_read_and_what_went_out_is_told_from_the_tokens(tmp_path: Path) -> None:
    lines = [a_record(judged()), a_record(rejected(), written()), a_record(rejected(40), written())]

    row = report_of(tmp_path, more=b"".join(map(older, lines))).rows[0]

    assert [row.fates[fate].count for fate in ("accepted", "afresh", "continued")] == [1, 1, 1]
    assert row.judging_ms is None


@pytest.mark.parametrize("line", [b"not json", b"{}", b"\xff", b"[" * 100_000, b'{"request_id": "r", "attempts": 1}'])
def test_a_bad_line_is_counted_and_the_rest_is_read(tmp_path: Path, line: bytes) -> None:
    report = report_of(tmp_path, a_record(judged()), more=line + b"\n\n" + msgspec.json.encode(a_record(judged())))

    assert report.rows[0].answers == 2
    assert report.left_out == (LeftOut(1, "rows that are not requests"),)


def test_a_log_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        sum_up(read_judged(tmp_path / "none.jsonl"), "none")


def test_names_of_a_log_move_no_cursor(tmp_path: Path) -> None:
    report = report_of(tmp_path, a_record(judged(), rule="\x1b[2J", task="\x1b[2J"))

    assert all("\x1b" not in row.name for row in report.rows)


# --- the page ---------------------------------------------------------------------------------------------------


def test_the_page_says_all_of_it_stands_alone_and_escapes_what_it_is_told(tmp_path: Path) -> None:
    told = report_of(
        tmp_path, a_record(judged()), a_record(rejected(), written(), rule=NASTY), a_record(), more=b"not json\n"
    )
    html = render_gate(msgspec.structs.replace(told, source=NASTY))
    page = Page(html)

    assert page.open == []
    assert {"script", "link", "img", "iframe", "object", "form"}.isdisjoint(name for name, _ in page.elements)
    assert "default-src 'none'" in html
    assert NASTY in page.words
    assert "rows that are not requests (1)" in page.words
    assert "50.0 %" in page.words
    assert "Tokens discarded, in spans of 1 minute" in page.words


def test_a_page_about_good_answers_says_so(tmp_path: Path) -> None:
    page = Page(render_gate(report_of(tmp_path, a_record(judged()))))

    assert "Every judged answer was accepted." in page.words
    assert page.count("svg") == 0


def test_the_page_shows_where_drafts_were_cut_and_how_surprised_the_reader_was(tmp_path: Path) -> None:
    records = [a_record(cut(1200), mends(), a_read(0.1, chars=720)), a_record(a_read(0.3, unread="timeout"))]
    page = Page(render_gate(report_of(tmp_path, *records)))

    assert page.open == []
    for said in (
        "Where in the answer drafts were cut",
        "accepted, 0.20 on average",
        "improbable",
        "timeout",
        "repaired",
    ):
        assert said in page.words, said


def test_bars_of_surprise_stand_side_by_side_and_within_the_picture(tmp_path: Path) -> None:
    records = [a_record(a_read(mean)) for mean in (0.01, 0.3, 0.3)] + [
        a_record(cut(8 * at), written()) for at in (1, 99)
    ]
    found = report_of(tmp_path, *records).readings
    assert found is not None

    drawn = draw_readings(found)

    bars = sorted(drawn.surprises, key=lambda bar: bar.x)
    assert {bar.kind for bar in bars} == {"accepted", "cut"}
    assert all(one.x + one.width <= other.x for one, other in pairwise(bars))
    assert all(bar.y >= 0 and bar.y + bar.height == pytest.approx(HEIGHT, abs=0.2) for bar in (*bars, *drawn.cuts))
    assert max(bar.x + bar.width for bar in (*bars, *drawn.cuts)) <= WIDTH


def test_a_log_in_which_everything_read_was_accepted_has_no_picture_of_cuts(tmp_path: Path) -> None:
    page = Page(render_gate(report_of(tmp_path, a_record(a_read(0.1)))))

    assert "No draft that came to a whole answer was cut." in page.words


def test_bars_are_as_long_as_the_shares_they_stand_for(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        a_record(judged(), task="chat"),
        a_record(rejected(), written(), task="chat"),
        a_record(rejected(), written(), task="maths"),
        a_record(judged(LOOPS), task="maths"),
    )

    drawn = {each.label: [(piece.fate, piece.width) for piece in each.pieces] for each in draw(report).rows}

    (whole,), both = drawn["task chat"], drawn["task maths"]
    assert [fate for fate, _ in both] == ["afresh", "let_out"]
    assert both[0][1] == both[1][1] == whole[1]


def test_a_picture_of_times_that_never_were_is_drawn(tmp_path: Path) -> None:
    never = msgspec.structs.replace(a_record(rejected(), written()), time_s=1e300)

    assert Page(render_gate(report_of(tmp_path, never, a_record(judged())))).open == []


@pytest.mark.parametrize(("length_s", "words"), [(60, "1 minute"), (6 * 3600, "6 hours"), (7 * 86_400, "7 days")])
def test_spans_are_called_by_their_length(length_s: int, words: str) -> None:
    assert span_words(length_s) == words


# --- money ------------------------------------------------------------------------------------------------------


def test_money_is_summed_by_the_tier_that_it_was_spent_at_and_shown(tmp_path: Path) -> None:
    paid = {"tiers_microusd": {"fast": 1_000, "strong": 500}, "wasted_microusd": 250}

    report = report_of(tmp_path, a_record(rejected(), written(), **paid), a_record(judged(), **paid))

    assert (report.rows[0].microusd, report.rows[0].wasted_microusd) == ({"fast": 2_000, "strong": 1_000}, 500)
    with (console := Console(width=200)).capture() as captured:
        console.print(gate_text(report))
    assert re.search(r"all +\$0.002000 +\$0.001000 +\$0.000500", captured.get())


def test_without_prices_no_money_is_shown(tmp_path: Path) -> None:
    with (console := Console(width=200)).capture() as captured:
        console.print(gate_text(report_of(tmp_path, a_record(judged()))))

    assert "$" not in captured.get()
