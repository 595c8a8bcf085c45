"""Where everything stands in the pictures of what the strong tier read: where it cut drafts, and how surprised it was
by those that it accepted and those that it cut."""

from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct

from router.review.readings import PLACES, SURPRISES, Readings, Surprise
from router.review.words import share_words

WIDTH: Final = 760.0
HEIGHT: Final = 130.0
GAP: Final = 6.0
PAIR_GAP: Final = 2.0

Kind = Literal["accepted", "cut"]


class Bar(Struct, frozen=True):
    """A bar, with what it says when it is pointed at. `kind`: of which drafts."""

    kind: Kind
    x: float
    y: float
    width: float
    height: float
    says: str


class Mark(Struct, frozen=True):
    """What stands below the axis."""

    x: float
    text: str


class DrawnReadings(Struct, frozen=True):
    """Both pictures; one that has nothing to show has no bars. `most_cuts` and `most_share` are where their scales
    end."""

    cuts: tuple[Bar, ...]
    places: tuple[Mark, ...]
    most_cuts: int
    surprises: tuple[Bar, ...]
    bounds: tuple[Mark, ...]
    most_share: float


def draw_readings(readings: Readings) -> DrawnReadings:
    """Where everything stands."""
    kinds: list[tuple[Kind, Surprise]] = []
    if readings.accepted is not None:
        kinds.append(("accepted", readings.accepted))
    if readings.cut is not None:
        kinds.append(("cut", readings.cut))
    shares = [count / each.drafts for _, each in kinds for count in each.counts]
    most_share, room = max(shares, default=0.0), WIDTH / (len(SURPRISES) + 1)
    return DrawnReadings(
        _draw_cuts(readings.places),
        tuple([Mark(WIDTH * at / PLACES, _percent(at)) for at in range(0, PLACES + 1, PLACES // 2)]),
        max(readings.places),
        tuple([bar for kind, each in kinds for bar in _draw_surprises(kind, each, most_share)]),
        tuple([Mark(round(room * (at + 1), 1), f"{bound:g}") for at, bound in enumerate(SURPRISES)]),
        most_share,
    )


def _draw_cuts(places: Sequence[int]) -> tuple[Bar, ...]:
    most, room = max(places), WIDTH / PLACES
    bars = []
    for at, count in enumerate(places):
        if count:
            height = HEIGHT * count / most
            says = (
                f"{count:,} cut between {share_words(at / PLACES)} and {share_words((at + 1) / PLACES)} of the answer"
            )
            x = room * at + GAP / 2
            bars.append(
                Bar("cut", round(x, 1), round(HEIGHT - height, 1), round(room - GAP, 1), round(height, 1), says)
            )
    return tuple(bars)


def _percent(place: int) -> str:
    return f"{100 * place // PLACES} %"


def _draw_surprises(kind: Kind, surprise: Surprise, most: float) -> list[Bar]:
    """Side by side with those of the other kind: the accepted ones on the left."""
    room = WIDTH / (len(SURPRISES) + 1)
    width, bars = (room - GAP - PAIR_GAP) / 2, []
    for at, count in enumerate(surprise.counts):
        if count:
            share = count / surprise.drafts
            height = HEIGHT * share / most
            x = room * at + GAP / 2 + (width + PAIR_GAP if kind == "cut" else 0.0)
            says = f"{count:,} of {surprise.drafts:,} drafts {kind}, {share_words(share)}: {_between(at)} nats a token"
            bars.append(Bar(kind, round(x, 1), round(HEIGHT - height, 1), round(width, 1), round(height, 1), says))
    return bars


def _between(at: int) -> str:
    if at == len(SURPRISES):
        return f"over {SURPRISES[-1]:g}"
    return f"{SURPRISES[at - 1] if at else 0:g} to {SURPRISES[at]:g}"
