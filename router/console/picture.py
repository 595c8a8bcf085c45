"""The way of one request as a picture: a line for each tier that was asked, time from left to right. Pure; the template
draws what stands here."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

from router.core.record import AttemptRecord, Record
from router.core.values import TIERS

WIDTH: Final = 960
LEFT: Final = 120
RIGHT: Final = 40
TOP: Final = 44
LANE: Final = 52
BAR: Final = 28
SHORTEST: Final = 4.0
LETTER: Final = 7.2
"""How wide a letter is, about."""

DECISION: Final = "decision"
CACHE: Final = "cache"
TICKS: Final = 5
FURTHEST: Final = 2.0
"""What was predicted, or allowed, is drawn up to so many times what it took."""


class Lane(Struct, frozen=True):
    """A horizontal line; `y` is its middle."""

    name: str
    y: float


class Bar(Struct, frozen=True):
    """A stretch of time on a lane. `kind`: `good`, `bad`, `plain`; `steps`: where its blocks were judged."""

    x: float
    y: float
    width: float
    kind: str
    label: str
    label_x: float
    anchor: str
    steps: tuple[float, ...] = ()


class Mark(Struct, frozen=True):
    """An instant, across all lanes."""

    x: float
    label: str
    kind: str


class Link(Struct, frozen=True):
    """From the end of one attempt to the beginning of the next."""

    x1: float
    y1: float
    x2: float
    y2: float


class Picture(Struct, frozen=True):
    """Everything to draw, and the same in a sentence."""

    height: float
    lanes: tuple[Lane, ...]
    bars: tuple[Bar, ...]
    links: tuple[Link, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Mark, ...]
    said: str


class Scale(Struct, frozen=True):
    """Seconds as places."""

    span_s: float

    def x(self, at_s: float) -> float:
        """Where an instant is; what is beyond the picture is at its edge."""
        share = min(max(at_s / self.span_s, 0.0), 1.0)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def draw(record: Record) -> Picture:
    """The picture of a request."""
    lanes = tuple(Lane(name, TOP + (at + 0.5) * LANE) for at, name in enumerate(_lane_names(record)))
    scale = Scale(_span_s(record))
    y_of = {lane.name: lane.y for lane in lanes}
    bars = [*_early_bars(record, scale, y_of), *(_bar(each, scale, y_of[each.tier]) for each in record.attempts)]
    return Picture(
        TOP + len(lanes) * LANE + 30,
        lanes,
        tuple(bars),
        tuple(_links(record.attempts, scale, y_of)),
        tuple(_marks(record, scale)),
        tuple(Mark(scale.x(at), duration_words(at), "tick") for at in _ticks(scale.span_s)),
        " → ".join(path_of(record)),
    )


def path_of(record: Record) -> Iterator[str]:
    """The stations of a request, in words."""
    yield "caller"
    if record.cache is not None:
        yield f"cache: {record.cache}"
    if record.rule:
        yield f"rule {record.rule}"
    for attempt in record.attempts:
        yield f"{attempt.tier}: {attempt.outcome}"
    yield "answer" if record.outcome == "served" else record.outcome.replace("_", " ")


def duration_words(seconds: float) -> str:
    """A duration as one reads it."""
    if seconds <= 0.0:
        return "0"
    return f"{seconds:.3g} s" if seconds >= 1.0 else f"{seconds * 1000.0:.3g} ms"


def _lane_names(record: Record) -> Sequence[str]:
    asked = {each.tier for each in record.attempts} | set(record.ladder)
    tiers = [tier for tier in TIERS if tier in asked]
    return [DECISION, *([] if record.look_up is None else [CACHE]), *tiers]


def _span_s(record: Record) -> float:
    """What it took, and as far as that does not make it too small, what it was to take."""
    took_s = max(record.elapsed_s, 0.001)
    beside = [each / 1000.0 for each in (record.latency_budget_ms, record.predicted_p90_ms) if each]
    return max([took_s, *(each for each in beside if each <= FURTHEST * took_s)]) * 1.04


def _early_bars(record: Record, scale: Scale, y_of: dict[str, float]) -> Iterator[Bar]:
    if record.decided_s is not None:
        label = " → ".join(record.ladder) or "no tier"
        yield _stretch((0.0, record.decided_s), scale, y_of[DECISION], f"rule {record.rule}: {label}", "plain")
    if record.look_up is not None:
        start_s = record.look_up.start_s
        kind = "good" if record.cache in ("hit", "semantic", "shared") else "plain"
        end_s = start_s + record.look_up.elapsed_s
        yield _stretch((start_s, end_s), scale, y_of[CACHE], record.cache or "", kind)


def _bar(attempt: AttemptRecord, scale: Scale, y: float) -> Bar:
    end_s = attempt.start_s + attempt.elapsed_s
    notes = () if attempt.gate is None else attempt.gate.notes
    steps = tuple(scale.x(attempt.start_s + note.at_s) for note in notes if note.at_s)
    kind = "good" if attempt.outcome in ("served", "repaired") else "bad"
    kind = "plain" if attempt.outcome == "abandoned" else kind
    label = f"{attempt.number}. {attempt.backend}: {attempt.outcome}"
    return _stretch((attempt.start_s, end_s), scale, y, label, kind, steps)


def _stretch(
    between: tuple[float, float], scale: Scale, y: float, label: str, kind: str, steps: tuple[float, ...] = ()
) -> Bar:
    """The label stands in the bar where there is room, else beside it where there is more."""
    x, end = map(scale.x, between)
    width = max(end - x, SHORTEST)
    if len(label) * LETTER < width:
        return Bar(x, y, width, kind, label, x + 8, "start", steps)
    if x + width + len(label) * LETTER < WIDTH or x - LEFT < WIDTH - x - width:
        return Bar(x, y, width, kind, label, x + width + 6, "start", steps)
    return Bar(x, y, width, kind, label, x - 6, "end", steps)


def _links(attempts: Sequence[AttemptRecord], scale: Scale, y_of: dict[str, float]) -> Iterator[Link]:
    for one, following in pairwise(attempts):
        if one.tier != following.tier:
            end, start = scale.x(one.start_s + one.elapsed_s), scale.x(following.start_s)
            down = 1 if y_of[following.tier] > y_of[one.tier] else -1
            yield Link(end, y_of[one.tier] + down * BAR / 2, start, y_of[following.tier] - down * BAR / 2)


def _marks(record: Record, scale: Scale) -> Iterator[Mark]:
    for milliseconds, label in ((record.latency_budget_ms, "budget"), (record.predicted_p90_ms, "predicted, 9 in 10")):
        if milliseconds and milliseconds / 1000.0 <= scale.span_s:
            yield Mark(scale.x(milliseconds / 1000.0), label, label.split(",")[0])
    for attempt in record.attempts:
        if attempt.outcome == "served" and attempt.first_block_s is not None:
            yield Mark(scale.x(attempt.start_s + attempt.first_block_s), "first block", "first")


def _ticks(span_s: float) -> Iterator[float]:
    for at in range(TICKS + 1):
        yield span_s * at / TICKS
