"""What a target does to limits, as a table for a terminal. Makes renderables and prints nothing."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from router.review.limits import LimitReport, Point
from router.review.text import FAINT, left_out_text
from router.review.words import count_words, share_words

MOST_SHOWN: Final = 24
"""So many steps of the path are shown; the page and JSON have all."""


def limits_text(report: LimitReport) -> RenderableType:
    """The path of limits with what each would release, and which were chosen."""
    parts: list[RenderableType] = [Text(f"{source_words(report)}\n")]
    if report.points:
        parts += [_path_table(report), Text(legend(report), style=FAINT), Text()]
    return Group(*parts, Text(verdict_words(report), style="bold"), *_notes(report), left_out_text(report.left_out))


def source_words(report: LimitReport) -> str:
    """How many answers of what, and how many of them were worse."""
    return f"{count_words(report.answers, 'answer')} of {report.source}, {report.worse:,} worse than the strong tier's"


def target_words(report: LimitReport) -> str:
    """What is to be kept."""
    target = report.target
    return f"at most {_percent(target.rate)} of released answers worse, {_percent(target.sure)} sure"


def limits_words(limits: Mapping[str, float]) -> str:
    """As a policy file spells them."""
    return "{" + ", ".join([f"{name}: {limit:g}" for name, limit in limits.items()]) + "}"


def factor_words(point: Point) -> str:
    """How strict limits are beside those that ship."""
    return f"× {point.factor:g}"  # noqa: RUF001 - a multiplication sign


def saved_words(point: Point) -> str:
    """How much strong-tier writing limits save."""
    return "" if point.saved is None else share_words(point.saved)


def verdict_words(report: LimitReport) -> str:
    """The limits that were chosen with what they promise, or why there are none."""
    chosen = report.chosen
    if chosen is None:
        return f"No limits are proved to keep the target ({target_words(report)}). {_why_none(report)}"
    saved = "" if chosen.saved is None else f" and save {share_words(chosen.saved)} of what the strong tier writes"
    return (
        f"criteria: {limits_words(chosen.limits)}\n"
        f"These, the limits that ship {factor_words(chosen)}, release {share_words(chosen.released)} of the answers"
        f"{saved}: {target_words(report)}; "
        f"{chosen.worse:,} of {chosen.rows:,} were worse, {_interval(chosen)}."
    )


def note_words(report: LimitReport) -> tuple[str, ...]:
    """What else should be known of the figures."""
    notes = []
    if report.in_force:
        notes.append(
            "The path ends at the limits by which answers were read when they were served: of what they cut, "
            "nobody knows whether it was worse."
        )
    if not report.is_even:
        notes.append(
            "Answers were drawn with different shares and count by their inverse; tests and intervals allow for it."
        )
    if report.strong_tokens is not None and report.tokens_read is not None:
        notes.append(
            f"An answer of the strong tier took {report.strong_tokens:,.0f} tokens to write; reading one took in "
            f"{report.tokens_read:,.0f}, prompt included."
        )
    return tuple(notes)


def legend(report: LimitReport) -> str:
    """What the columns say."""
    return (
        "limits: those that ship, times this. "
        f"worse: the share of released answers; each end of its interval holds with {_percent(report.target.sure)} "
        "by itself. saved: of the tokens that the strong tier wrote. kept: proved to keep the target."
    )


def _why_none(report: LimitReport) -> str:
    shortfall = report.shortfall
    assert shortfall is not None
    nearest, needed = shortfall.nearest, shortfall.needed
    if nearest is None:
        return f"There are no answers; at the least, {needed:,} are needed, none of them worse."
    near = (
        f"The nearest, those that ship {factor_words(nearest)}, release {nearest.rows:,} answers of which "
        f"{nearest.worse:,} were worse, {_interval(nearest)}."
    )
    if needed is None:
        return f"{near} If that is the true rate, no number of answers will do: the criteria must get better."
    if needed <= report.answers:
        return f"{near} It was near; more answers than these {report.answers:,} are needed."
    return f"{near} If that is the true rate, about {needed:,} answers are needed, and there are {report.answers:,}."


def _interval(point: Point) -> str:
    return f"{share_words(point.rate)} [{_percent(point.low)}, {_percent(point.high)}]"


def _path_table(report: LimitReport) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in ("limits", "answers", "released", "worse", "saved", "kept"):
        table.add_column(name, justify="right", no_wrap=True)
    for point in _shown(report.points, report.chosen):
        table.add_row(
            factor_words(point),
            f"{point.rows:,}",
            share_words(point.released),
            _worse_text(point),
            saved_words(point),
            "yes" if point.passes else "",
            style="bold" if point is report.chosen else "",
        )
    return table


def _worse_text(point: Point) -> Text:
    said = Text(share_words(point.rate))
    return said.append(f" [{100 * point.low:.1f}, {100 * point.high:.1f}]", style=FAINT)


def _shown(points: Sequence[Point], chosen: Point | None) -> list[Point]:
    """Evenly many of them, the last and the chosen one included."""
    every = -(-len(points) // MOST_SHOWN)
    return [point for at, point in enumerate(points) if (len(points) - 1 - at) % every == 0 or point is chosen]


def _notes(report: LimitReport) -> list[Text]:
    return [Text(note, style=FAINT) for note in note_words(report)]


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
