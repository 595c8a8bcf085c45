"""How long callers wait, and whether that is what they asked for and what was predicted."""

from helm.boards.board import Board, Panel, Query
from helm.boards.promql import quantile, rate, share_of_all
from router.telemetry import names

_TIERS = "router_tier"

BOARD = Board(
    "latency",
    "Latency and budgets",
    "How long callers wait, whether that is within their budgets, and whether it was foreseen.",
    (
        Panel(
            "Duration by tier",
            "From arrival to end, of 95 in 100 requests. Points are traces.",
            "s",
            (Query(quantile(0.95, names.SERVER_DURATION, _TIERS), "{{router_tier}}", has_examples=True),),
        ),
        Panel(
            "First of an answer",
            "From arrival to the first block, which the fast tier shows only once it was judged.",
            "s",
            tuple(
                Query(quantile(q, names.SERVER_BEGINNING, _TIERS), legend + ", {{router_tier}}", has_examples=True)
                for q, legend in ((0.5, "half"), (0.95, "95%"))
            ),
        ),
        Panel(
            "Pace",
            "For each token after the first block.",
            "s",
            (Query(quantile(0.5, names.SERVER_PACE, _TIERS), "{{router_tier}}"),),
        ),
        Panel(
            "Budgets",
            "Answers to requests with a latency budget.",
            "reqps",
            (Query(rate(names.LATENCY_BUDGETS, "tier", "outcome"), "{{tier}}: {{outcome}}"),),
            "stacked",
        ),
        Panel(
            "Predicted against actual",
            "Time that answers took over the predicted median: half should be below 1.",
            "short",
            tuple(
                Query(quantile(q, names.PREDICTION_RATIO, "tier"), legend + ", {{tier}}")
                for q, legend in ((0.5, "half"), (0.9, "90%"))
            ),
        ),
        Panel(
            "Predictions kept",
            "Share of answers by the quantile they kept within: half `p50`, 1 in 10 `beyond` is right.",
            "percentunit",
            (
                Query(
                    share_of_all(rate(names.PREDICTIONS, "within"), "within", rate(names.PREDICTIONS)),
                    "{{within}}",
                ),
            ),
            "stacked",
        ),
        Panel(
            "Lengths",
            "Answers by the estimate of their length that they kept within.",
            "reqps",
            (Query(rate(names.ANSWER_LENGTHS, "within"), "{{within}}"),),
            "stacked",
        ),
        Panel(
            "Waiting for a seat",
            "Of 95 in 100 of those who waited at all.",
            "s",
            (Query(quantile(0.95, names.QUEUE_WAIT, "priority"), "{{priority}}"),),
        ),
    ),
)
