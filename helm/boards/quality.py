"""How good the drafts of the fast tier are, and what the candidates of policies would change."""

from helm.boards.board import Board, Panel, Query
from helm.boards.promql import quantile, rate, recorded, share
from router.telemetry import names

BOARD = Board(
    "quality",
    "Quality",
    "Escalations, checks, passes, reads, and how far candidates of policies agree.",
    (
        Panel(
            "Escalations",
            "Share of the requests that began at a tier and went up, over half an hour.",
            "percentunit",
            (Query(recorded("tandem:escalations:ratio_rate30m"), "{{tier}}"),),
        ),
        Panel(
            "Escalations by check",
            "Moves up under each check that asked for them.",
            "reqps",
            (Query(rate(names.ESCALATION_CHECKS, "check"), "{{check}}"),),
            "stacked",
        ),
        Panel(
            "Escalations by outcome",
            "By what came of the attempt below: `rejected` by the gate, or an error's word.",
            "reqps",
            (Query(rate(names.ESCALATIONS, "tier", "outcome"), "{{tier}}: {{outcome}}"),),
            "stacked",
        ),
        Panel(
            "Blocks",
            "Blocks that the gate judged. None: policies have switched it off.",
            "cps",
            (Query(rate(names.BLOCKS, "verdict"), "{{verdict}}"),),
            "stacked",
        ),
        Panel(
            "Passes",
            "Denoising passes of a block. More: the engine struggles.",
            "short",
            tuple(
                Query(quantile(q, names.BLOCK_PASSES, "kind"), legend + ", {{kind}}")
                for q, legend in ((0.5, "half"), (0.9, "90%"))
            ),
        ),
        Panel(
            "Reads",
            "Blocks of drafts that the strong tier read: accepted, cut, or not read in time.",
            "cps",
            (Query(rate(names.READS, "outcome"), "{{outcome}}"), Query(rate(names.REPAIRS), "mended")),
        ),
        Panel(
            "Shadow agreement",
            "Share of decisions that the candidate in shadow would have made alike.",
            "percentunit",
            (
                Query(
                    share(
                        rate(names.SHADOW_DECISIONS, "policy", where='changed="nothing"'),
                        rate(names.SHADOW_DECISIONS, "policy"),
                    ),
                    "{{policy}}",
                ),
            ),
        ),
        Panel(
            "Canaries",
            "Requests on either side of a canary, by what came of them.",
            "reqps",
            (Query(rate(names.ROLLOUT_REQUESTS, "policy", "arm", "outcome"), "{{policy}}, {{arm}}: {{outcome}}"),),
        ),
        Panel(
            "Audits",
            "Answers of the fast tier that were read afterwards, behind the caller's back.",
            "cps",
            (Query(rate(names.AUDITS, "outcome"), "{{outcome}}"),),
        ),
    ),
)
