"""Who sends what."""

from helm.boards.board import Board, Panel, Query
from helm.boards.promql import rate, top
from router.telemetry import names

_FAILED = 'outcome=~"failed|broken"'

BOARD = Board(
    "tenants",
    "Tenants",
    "The ten largest tenants that have keys, by their hashes as in the decision log; `_OTHER`: all others together.",
    (
        Panel(
            "Requests",
            "Finished requests.",
            "reqps",
            (Query(top(10, rate(names.TENANT_REQUESTS, "tenant")), "{{tenant}}"),),
            "stacked",
        ),
        Panel(
            "Failures",
            "Requests that failed or broke off.",
            "reqps",
            (Query(top(10, rate(names.TENANT_REQUESTS, "tenant", where=_FAILED)), "{{tenant}}"),),
            "stacked",
        ),
        Panel(
            "Tokens",
            "Of served answers, prompts included.",
            "cps",
            (Query(top(10, rate(names.TENANT_TOKENS, "tenant")), "{{tenant}}"),),
            "stacked",
        ),
        Panel(
            "Engine time",
            "Seconds a second that engines were kept at it.",
            "short",
            (Query(top(10, rate(names.TENANT_ENGINE_SECONDS, "tenant")), "{{tenant}}"),),
            "stacked",
        ),
        Panel(
            "Money",
            "US dollars an hour, as on the dashboard of cost.",
            "currencyUSD",
            (Query(f"{top(10, rate(names.TENANT_COST, 'tenant'))} * 3600 / 1e6", "{{tenant}}"),),
            "stacked",
        ),
    ),
)
