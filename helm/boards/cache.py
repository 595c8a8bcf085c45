"""What the cache answers, and what it loses."""

from helm.boards.board import Board, Panel, Query
from helm.boards.promql import rate, recorded, total
from router.telemetry import names

BOARD = Board(
    "cache",
    "Cache",
    "What the cache answers, what it loses, and whether Redis is there.",
    (
        Panel(
            "Hits",
            "Share of the requests that looked for an answer and got one, over half an hour.",
            "percentunit",
            (Query(recorded("tandem:cache_hits:ratio_rate30m"), "hits"),),
        ),
        Panel(
            "Requests by how they met the cache",
            "`semantic`: the answer to another question that asks the same; `shared`: one that was on its way.",
            "reqps",
            (Query(rate(names.CACHE, "outcome"), "{{outcome}}"),),
            "stacked",
        ),
        Panel(
            "Losses",
            "Look-ups and entries that were lost; `unread`: the store did not answer.",
            "cps",
            (Query(rate(names.CACHE_LOST, "why"), "{{why}}"),),
        ),
        Panel(
            "Redis",
            "1: a replica reaches it. 0: it keeps and remembers for itself alone.",
            "short",
            (Query(total(names.REDIS_UP, "instance"), "{{instance}}"),),
        ),
        Panel(
            "Upgrades",
            "Popular answers of the fast tier that the strong one wrote again.",
            "cps",
            (Query(rate(names.CACHE_UPGRADES, "outcome"), "{{outcome}}"),),
        ),
    ),
)
