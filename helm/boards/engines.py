"""How full the engines are, and how they do."""

from helm.boards.board import Board, Panel, Query
from helm.boards.promql import quantile, rate, rate_of, total
from router.telemetry import names

_CALLED = ("server_address", "server_port")
_CALLED_AS = "{{server_address}}:{{server_port}}"

BOARD = Board(
    "engines",
    "Engines and knee",
    "How full the backends are, against the knee past which they only get slower, and how they do.",
    (
        Panel(
            "In flight and limit",
            "Attempts open at a backend, and how many may be before requests spill or wait.",
            "short",
            (
                Query(total(names.BACKEND_IN_FLIGHT, "backend"), "{{backend}}"),
                Query(total(names.BACKEND_LIMIT, "backend"), "{{backend}}: limit"),
            ),
        ),
        Panel(
            "Full",
            "Share of the limit that is in use. At 1 a backend gets nothing new.",
            "percentunit",
            (
                Query(
                    f"{total(names.BACKEND_IN_FLIGHT, 'backend')} / {total(names.BACKEND_LIMIT, 'backend')}",
                    "{{backend}}",
                ),
            ),
        ),
        Panel(
            "Spills",
            "Requests that began above a tier that was full.",
            "reqps",
            (Query(rate(names.SPILLS, "tier"), "{{tier}}"),),
        ),
        Panel(
            "Queue",
            "Requests that wait for a seat, and those that got none, by why.",
            "short",
            (
                Query(total(names.QUEUE_WAITING, "priority"), "waiting: {{priority}}"),
                Query(rate(names.QUEUE_REFUSED, "reason"), "refused a second: {{reason}}"),
            ),
        ),
        Panel(
            "Outcomes by backend",
            "What came of the calls to each.",
            "reqps",
            (Query(rate(names.BACKEND_ATTEMPTS, "backend", "outcome"), "{{backend}}: {{outcome}}"),),
            "stacked",
        ),
        Panel(
            "Duration of calls",
            "Of 95 in 100. Points are traces.",
            "s",
            (Query(quantile(0.95, names.CLIENT_DURATION, *_CALLED), _CALLED_AS, has_examples=True),),
        ),
        Panel(
            "First of a call",
            "From a call to the first of its answer: what an engine's queue and a prompt take. Half of all.",
            "s",
            (Query(quantile(0.5, names.CLIENT_FIRST_CHUNK, *_CALLED), _CALLED_AS),),
        ),
        Panel(
            "Between blocks",
            "From one judged block to the next: a canvas of a diffusion engine. Half of all.",
            "s",
            (Query(quantile(0.5, names.CLIENT_PER_CHUNK, *_CALLED), _CALLED_AS),),
        ),
        Panel(
            "Errors of engines",
            "Calls by the kind of their error.",
            "reqps",
            (
                Query(
                    rate_of(names.CLIENT_DURATION, *_CALLED, "error_type", where='error_type!=""'),
                    _CALLED_AS + " {{error_type}}",
                ),
            ),
            "stacked",
        ),
        Panel(
            "Breakers",
            "1: so many replicas keep requests from the backend.",
            "short",
            (Query(total(names.BACKEND_BREAKER_OPEN, "backend"), "{{backend}}"),),
        ),
        Panel(
            "Part of its due",
            "That a backend gets; it grows after a start, and is 0 while it is left alone, ejected or drained.",
            "short",
            (Query(total(names.BACKEND_SHARE, "backend"), "{{backend}}"),),
        ),
        Panel(
            "Warm-ups",
            "First answers that engines were asked for after a start.",
            "cps",
            (Query(rate(names.WARM_UPS, "outcome"), "{{outcome}}"),),
        ),
    ),
)
