"""How predictions held, as a table for a terminal. Makes renderables and prints nothing."""

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from router.review.calibration import ALL, LatencyReport, Share
from router.review.text import FAINT, TIER_STYLES, left_out_text
from router.review.words import count_words, share_words


def calibration_text(report: LatencyReport) -> RenderableType:
    """A row for each size of each tier's answers, and one for all of them."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("tier")
    table.add_column("size")
    for name in ("answers", "within p50", "within p90", "predicted", "taken"):
        table.add_column(name, justify="right")
    for row in report.rows:
        table.add_row(
            Text(row.tier, style=TIER_STYLES[row.tier]),
            row.size,
            f"{row.answers:,}",
            _share_text(row.within_p50),
            _share_text(row.within_p90),
            f"{row.predicted_ms:,.0f} ms",
            f"{row.took_ms:,.0f} ms",
            style="bold" if row.size == ALL else "",
        )
    return Group(
        Text(f"{count_words(report.answers, 'answer')} of {report.source}\n"), table, left_out_text(report.left_out)
    )


def _share_text(share: Share) -> Text:
    said = Text(share_words(share.value))
    return said.append(f" [{100 * share.low:.1f}, {100 * share.high:.1f}]", style=FAINT)
