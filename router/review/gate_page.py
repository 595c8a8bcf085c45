"""What the gate did as one HTML page that stands alone, with pictures: what became of answers that did not pass, what
rejected them, when tokens were discarded, and what the strong tier made of drafts that it read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined
from msgspec import Struct

from router.review.gate_report import GateReport, Rejection, Row
from router.review.gate_text import FATE_WORDS, judging_words, row_name, tiers_seen, wait_words
from router.review.judgements import FATES, Fate
from router.review.reading_page import HEIGHT, draw_readings
from router.review.timeline import DAY_S, HOUR_S, Span
from router.review.words import count_words, share_words

TEMPLATE = "gate.html.jinja"
WIDTH = 760.0
LABEL_WIDTH = 200.0
FIGURE_WIDTH = 110.0
ROW_HEIGHT = 30.0
TIME_HEIGHT = 150.0
SHOWN: Final[tuple[Fate, ...]] = tuple([fate for fate in FATES if fate != "accepted"])
"""The fates in the picture. Most answers are accepted, and beside them one would not see the others."""

LABEL_CHARS = 28


class Piece(Struct, frozen=True):
    """The part of a bar that stands for one fate."""

    fate: Fate
    x: float
    width: float
    says: str


class DrawnRow(Struct, frozen=True):
    """One group of requests in the picture."""

    row: Row
    label: str
    y: float
    pieces: tuple[Piece, ...]
    end: float


class DrawnRejection(Struct, frozen=True):
    """One check in the picture."""

    rejection: Rejection
    y: float
    width: float


class DrawnSpan(Struct, frozen=True):
    """One span of time in the picture."""

    x: float
    y: float
    width: float
    height: float
    says: str


class Drawn(Struct, frozen=True):
    """All that is in the pictures. `most_share` is where the scale of the first ends, `most_tokens` that of the last;
    `first` and `last` are between which times that is."""

    rows: tuple[DrawnRow, ...]
    rejections: tuple[DrawnRejection, ...]
    spans: tuple[DrawnSpan, ...]
    most_share: float
    most_tokens: int
    first: str
    last: str


def render_gate(report: GateReport) -> str:
    """The whole page of a report that has rows."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"share": share_words, "count": count_words, "name": row_name, "wait": wait_words}
    environment.filters["judging"] = judging_words
    template = environment.from_string(files("router.review").joinpath(TEMPLATE).read_text("utf-8"))
    return template.render(
        report=report,
        all=report.rows[0],
        drawn=draw(report),
        readings=report.readings,
        pictures=None if report.readings is None else draw_readings(report.readings),
        picture_height=HEIGHT,
        tiers=tiers_seen(report),
        fates=FATE_WORDS,
        shown=SHOWN,
        span=span_words(report.span_s),
        width=WIDTH,
        label_width=LABEL_WIDTH,
        row_height=ROW_HEIGHT,
        time_height=TIME_HEIGHT,
    )


def draw(report: GateReport) -> Drawn:
    """Where everything stands in the pictures."""
    most_share = max(1.0 - row.fates["accepted"].share for row in report.rows)
    most_tokens = max((span.counts["discarded"] for span in report.spans), default=0)
    ends = [span.start_s for span in report.spans]
    return Drawn(
        tuple([_draw_row(at, row, most_share) for at, row in enumerate(report.rows)]),
        tuple([_draw_rejection(at, each, report.rejections[0]) for at, each in enumerate(report.rejections)]),
        tuple(_draw_spans(report.spans, report.span_s, most_tokens)),
        most_share,
        most_tokens,
        _time_words(ends[0]) if ends else "",
        _time_words(ends[-1] + report.span_s) if ends else "",
    )


def span_words(length_s: int) -> str:
    """How long a span is."""
    if length_s >= DAY_S:
        return count_words(length_s // DAY_S, "day")
    return count_words(length_s // HOUR_S, "hour") if length_s >= HOUR_S else count_words(length_s // 60, "minute")


def _draw_row(at: int, row: Row, most_share: float) -> DrawnRow:
    room, pieces, x = WIDTH - LABEL_WIDTH - FIGURE_WIDTH, [], LABEL_WIDTH
    for fate in SHOWN:
        part = row.fates[fate]
        if part.count:
            width = room * part.share / most_share
            says = f"{FATE_WORDS[fate]}: {part.count:,} of {row.answers:,}, {share_words(part.share)}"
            pieces.append(Piece(fate, round(x, 1), round(width, 1), says))
            x += width
    return DrawnRow(row, _short(row_name(row)), ROW_HEIGHT * at, tuple(pieces), round(x, 1))


def _draw_rejection(at: int, each: Rejection, most: Rejection) -> DrawnRejection:
    room = WIDTH - LABEL_WIDTH - FIGURE_WIDTH
    return DrawnRejection(each, ROW_HEIGHT * at, round(room * each.answers.count / most.answers.count, 1))


def _draw_spans(spans: Sequence[Span], length_s: int, most: int) -> list[DrawnSpan]:
    if not spans or not most:
        return []
    first_s = spans[0].start_s
    wide = WIDTH / ((spans[-1].start_s - first_s) / length_s + 1.0)
    return [_draw_span(span, (span.start_s - first_s) / length_s * wide, wide, most) for span in spans]


def _draw_span(span: Span, x: float, wide: float, most: int) -> DrawnSpan:
    counts = span.counts
    height = TIME_HEIGHT * counts["discarded"] / most
    says = (
        f"{_time_words(span.start_s)}: {counts['discarded']:,} of {counts['written']:,} tokens discarded, "
        f"{counts['rejected']:,} of {counts['answers']:,} answers rejected"
    )
    return DrawnSpan(
        round(x, 1), round(TIME_HEIGHT - height, 1), round(max(wide - 1.0, 0.5), 1), round(height, 1), says
    )


def _short(label: str) -> str:
    return label if len(label) <= LABEL_CHARS else label[: LABEL_CHARS - 1] + "…"


def _time_words(time_s: int) -> str:
    try:
        return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return "at no time that there is"
