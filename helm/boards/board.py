"""What a dashboard is, as a value, and how Grafana has it."""

from typing import Final, Literal

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import Dashboard as Model
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    DataSourceRef,
    VariableRefresh,
)
from grafana_foundation_sdk.models.dashboard import Panel as PanelModel
from msgspec import Struct

from router.telemetry.names import BUILD

TAG: Final = "tandem"
HEIGHT: Final = 8
SOURCE: Final = DataSourceRef("prometheus", "${source}")

Shape = Literal["lines", "stacked", "number"]
Unit = Literal["reqps", "percentunit", "s", "short", "cps", "currencyUSD"]


class Query(Struct, frozen=True):
    """One line, or set of lines, of a panel. `legend`: what they are called, with labels in braces; `has_examples`:
    whether its buckets point to traces."""

    expr: str
    legend: str = ""
    has_examples: bool = False


class Panel(Struct, frozen=True):
    """One picture. `about` says what it shows and when that is bad. Numbers take a quarter of the width, all else a
    half."""

    title: str
    about: str
    unit: Unit
    queries: tuple[Query, ...]
    shape: Shape = "lines"


class Board(Struct, frozen=True):
    """One dashboard. `name` is that of its file, and with `tandem-` before it Grafana's id."""

    name: str
    title: str
    about: str
    panels: tuple[Panel, ...]


def render(board: Board) -> str:
    """The dashboard in JSON, as Grafana takes it; the same for the same."""
    return JSONEncoder(sort_keys=True, indent=2).encode(_model(board)) + "\n"


def _model(board: Board) -> Model:
    made = (
        dashboard.Dashboard(f"Tandem / {board.title}")
        .uid(f"tandem-{board.name}")
        .description(board.about)
        .tags([TAG])
        .time("now-3h", "now")
        .refresh("30s")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
        .link(
            dashboard.DashboardLink("Tandem").type(DashboardLinkType.DASHBOARDS).tags([TAG]).keep_time(keep_time=True)
        )
        .with_variable(dashboard.DatasourceVariable("source").label("Prometheus").type("prometheus"))
        .with_variable(_jobs())
    )
    for number, panel in enumerate(board.panels, start=1):
        made = made.with_panel(_panel(number, panel))
    return made.build()


def _jobs() -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable("job")
        .label("Deployment")
        .datasource(SOURCE)
        .query(f"label_values({BUILD}, job)")
        .refresh(VariableRefresh.ON_DASHBOARD_LOAD)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(".*")
    )


def _panel(number: int, panel: Panel) -> Builder[PanelModel]:
    made = _numbers() if panel.shape == "number" else _lines(panel.shape)
    made = made.id(number).title(panel.title).description(panel.about).unit(panel.unit).datasource(SOURCE)
    for letter, query in zip("ABCDEFGH", panel.queries, strict=False):
        made = made.with_target(_target(letter, query))
    return made


def _numbers() -> stat.Panel:
    reduced = common.ReduceDataOptions().calcs(["lastNotNull"])
    return stat.Panel().height(HEIGHT // 2).span(6).reduce_options(reduced)


def _lines(shape: Shape) -> timeseries.Panel:
    legend = (
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(show_legend=True)
    )
    tooltip = common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI)
    made = timeseries.Panel().height(HEIGHT).span(12).min(0).legend(legend).tooltip(tooltip)
    if shape == "lines":
        return made.fill_opacity(5)
    return made.fill_opacity(40).stacking(common.StackingConfig().mode(StackingMode.NORMAL))


def _target(letter: str, query: Query) -> prometheus.Dataquery:
    made = prometheus.Dataquery().ref_id(letter).expr(query.expr).legend_format(query.legend or "__auto")
    return made.datasource(SOURCE).exemplar(query.has_examples).range()
