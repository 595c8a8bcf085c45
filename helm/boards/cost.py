"""What requests take of the engines, and what the strong tier alone would take."""

from helm.boards.board import Board, Panel, Query
from helm.boards.promql import rate, rate_of, share, sum_of
from router.telemetry import names

_STRONG = 'tier="strong"'
_COMPLETION = 'type="completion"'
_STRONG_A_TOKEN = share(rate(names.ENGINE_SECONDS, where=_STRONG), rate(names.TOKENS_WRITTEN, where=_STRONG))
_BY_TYPE = ("router_tier", "gen_ai_token_type")
_TOKENS_A_CALL = share(sum_of(names.CLIENT_TOKENS, *_BY_TYPE), rate_of(names.CLIENT_TOKENS, *_BY_TYPE))

BOARD = Board(
    "cost",
    "Cost and saving",
    "Engine time and tokens by tier, what was for nobody, and what the strong tier alone would take.",
    (
        Panel(
            "Engine time",
            "Seconds a second that engines were kept at it: so many requests at once, on average.",
            "short",
            (Query(rate(names.ENGINE_SECONDS, "tier"), "{{tier}}"),),
            "stacked",
        ),
        Panel(
            "Engine time against the strong tier alone",
            "An estimate: all served tokens at what one takes the strong tier now. It has fewer requests than it would "
            "have then, and so is faster.",
            "short",
            (
                Query(rate(names.ENGINE_SECONDS), "both tiers"),
                Query(f"{rate(names.TOKENS, where=_COMPLETION)} * {_STRONG_A_TOKEN}", "the strong tier alone"),
            ),
        ),
        Panel(
            "Served tokens",
            "Of answers that callers got.",
            "cps",
            (Query(rate(names.TOKENS, "tier", "type"), "{{tier}}: {{type}}"),),
            "stacked",
        ),
        Panel(
            "Written tokens",
            "That engines generated, for whomever.",
            "cps",
            (Query(rate(names.TOKENS_WRITTEN, "tier"), "{{tier}}"),),
            "stacked",
        ),
        Panel(
            "Wasted",
            "Share of what a tier wrote that nobody got.",
            "percentunit",
            (Query(share(rate(names.TOKENS_WASTED, "tier"), rate(names.TOKENS_WRITTEN, "tier")), "{{tier}}"),),
        ),
        Panel(
            "Behind answers",
            "Tokens that reading drafts and upgrading kept answers took.",
            "cps",
            (
                Query(rate(names.TOKENS_READ), "read"),
                Query(rate(names.CACHE_UPGRADE_TOKENS, "type"), "upgrades: {{type}}"),
            ),
        ),
        Panel(
            "Tokens of a call",
            "On average, by the engine's count.",
            "short",
            (Query(_TOKENS_A_CALL, "{{router_tier}}: {{gen_ai_token_type}}"),),
        ),
    ),
)
