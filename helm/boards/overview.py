"""Is all well, and if not, where to look."""

from helm.boards.board import Board, Panel, Query
from helm.boards.promql import quantile, rate, rate_of, recorded, total
from router.telemetry import names

BOARD = Board(
    "overview",
    "Overview",
    "Is all well, and if not, where to look.",
    (
        Panel("Requests", "Finished requests a second.", "reqps", (Query(rate(names.REQUESTS)),), "number"),
        Panel(
            "Errors",
            "Share of requests that failed or broke off, over half an hour. The goal is 0.5%.",
            "percentunit",
            (Query(recorded("tandem:errors:ratio_rate30m")),),
            "number",
        ),
        Panel(
            "Budgets missed",
            "Share of answers that came after the budget of their callers, over half an hour. The goal is 5%.",
            "percentunit",
            (Query(recorded("tandem:budget_misses:ratio_rate30m")),),
            "number",
        ),
        Panel("In flight", "Requests being served now.", "short", (Query(total(names.IN_FLIGHT)),), "number"),
        Panel(
            "Traffic by tier",
            "By the tier that served; `none`: no tier did.",
            "reqps",
            (Query(rate(names.REQUESTS, "tier"), "{{tier}}"),),
            "stacked",
        ),
        Panel(
            "Outcomes",
            "`failed` and `broken` are ours or our engines', `refused` and `caller_left` the callers'.",
            "reqps",
            (Query(rate(names.REQUESTS, "outcome"), "{{outcome}}"),),
            "stacked",
        ),
        Panel(
            "Latency",
            "From a request's arrival to its end. Points are traces.",
            "s",
            tuple(
                Query(quantile(q, names.SERVER_DURATION), legend, has_examples=True)
                for q, legend in ((0.5, "half"), (0.95, "95%"), (0.99, "99%"))
            ),
        ),
        Panel(
            "Errors by kind",
            "By the status that callers were told; `broken`: after a good one.",
            "reqps",
            (Query(rate_of(names.SERVER_DURATION, "error_type", where='error_type!=""'), "{{error_type}}"),),
            "stacked",
        ),
        Panel(
            "Decisions by rule",
            "The first rule whose condition held; a sudden change is a new policy, or other requests.",
            "reqps",
            (Query(rate(names.DECISIONS, "policy", "rule"), "{{policy}}: {{rule}}"),),
            "stacked",
        ),
        Panel(
            "Escalations and spills",
            "Moves up the ladder, and requests that began above a tier that was full.",
            "reqps",
            (
                Query(rate(names.ESCALATIONS, "tier"), "escalations from {{tier}}"),
                Query(rate(names.SPILLS, "tier"), "spills from {{tier}}"),
            ),
        ),
        Panel(
            "Event loop",
            "How late a replica's loop wakes up who sleeps, at the 99th percentile. All it serves is late by that.",
            "s",
            (Query(recorded("tandem:event_loop_lag_seconds:p99_5m"), "{{instance}}"),),
        ),
        Panel(
            "Policies",
            "How often policies were read, and whether what was read last was refused.",
            "short",
            (
                Query(rate(names.POLICY_LOADS, "outcome"), "{{outcome}}"),
                Query(total(names.POLICY_LOAD_FAILED, "instance"), "refused on {{instance}}"),
            ),
        ),
        Panel(
            "Telemetry",
            "Records that were dropped or not written. Anything but 0 is a loss.",
            "short",
            (
                Query(total(names.LOG_DROPPED, "instance"), "dropped on {{instance}}"),
                Query(total(names.LOG_UNWRITTEN, "instance"), "not written on {{instance}}"),
            ),
        ),
        Panel("Versions", "Replicas by version.", "short", (Query(total(names.BUILD, "version"), "{{version}}"),)),
    ),
)
