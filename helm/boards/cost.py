"""What requests take of the engines, and what the strong tier alone would take."""

from helm.boards.board import Board, Panel, Query
from helm.boards.promql import rate, rate_of, share, sum_of
from router.telemetry import names

_STRONG = 'tier="strong"'
_COMPLETION = 'type="completion"'
_STRONG_A_TOKEN = share(rate(names.ENGINE_SECONDS, where=_STRONG), rate(names.TOKENS_WRITTEN, where=_STRONG))
_BY_TYPE = ("router_tier", "gen_ai_token_type")
_TOKENS_A_CALL = share(sum_of(names.CLIENT_TOKENS, *_BY_TYPE), rate_of(names.CLIENT_TOKENS, *_BY_TYPE))

_USD_AN_HOUR = "* 3600 / 1e6"

BOARD = Board(
    "cost",
    "Cost and saving",
    "Money, engine time and tokens by tier, what was for nobody, and what the strong tier alone would take.",
    (
        Panel(
            "Money",
            "US dollars an hour, as providers state them or by the prices in the settings; empty without either. "
            "Reading counts for the tier that reads; idle engines, audits and upgrades are not in it.",
            "currencyUSD",
            (Query(f"{rate(names.COST, 'tier')} {_USD_AN_HOUR}", "{{tier}}"),),
            "stacked",
        ),
        Panel(
            "Money against the strong tier alone",
            "US dollars an hour, of answers by engines whose cost is known: what they cost, with all that was tried "
            "for them, and what the strong tier charges by the token for the same prompts and answers as long. Empty "
            "where the strong tier is paid for by the hour.",
            "currencyUSD",
            (Query(f"{rate(names.COST_COMPARED, 'way')} {_USD_AN_HOUR}", "{{way}}"),),
        ),
        Panel(
            "Money for nobody",
            "Share of the money that wrote what nobody got, prompts included.",
            "percentunit",
            (Query(share(rate(names.COST_WASTED), rate(names.COST)), "of all tiers"),),
        ),
        Panel(
            "Money of a request",
            "US dollars, on average over all requests, whatever became of them; those that the cache answers are free.",
            "currencyUSD",
            (Query(f"{share(rate(names.COST), rate(names.REQUESTS))} / 1e6", "a request"),),
        ),
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
