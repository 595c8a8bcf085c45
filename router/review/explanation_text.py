"""One explanation as a page for a terminal: what was measured, which rules were tried, and what came of it."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from router.core.budget import budget_ms_of
from router.core.decision import Decision
from router.core.denoise import Chosen
from router.core.facts import View
from router.core.policy import OTHERWISE
from router.core.prospect import prospect_of
from router.core.values import ChatRequest, Hints, Quantiles, Score, Signals, TierState
from router.engines.dialects import USUAL_TIERS
from router.review.explanation import Explanation
from router.review.text import FAINT, indented, ladder_text, name_value_table, setting_rows
from router.review.words import setting_words

Rows = list[tuple[str, RenderableType]]


def explanation_text(explanation: Explanation, settings: Mapping[str, Any]) -> RenderableType:
    """The page; `settings` are those to show."""
    sections: list[tuple[str, RenderableType]] = [
        ("signals", name_value_table(_signal_rows(explanation))),
        ("rules", _rules_table(explanation)),
        ("decision", name_value_table(_decision_rows(explanation))),
    ]
    if settings:
        sections.append(("settings", name_value_table(setting_rows(settings))))
    sections.append(("assumed", name_value_table(_assumed_rows(explanation))))
    pages = [part for name, body in sections for part in (Text(name, style="bold"), indented(body), Text())]
    return Group(Text(explanation.policy.version, style="bold"), Text(), *pages[:-1])


def _signal_rows(explanation: Explanation) -> Rows:
    view = explanation.question.view
    signals: Signals = view.signals
    rows: Rows = [("stakes", _score_text(view.stakes)), ("difficulty", _score_text(signals.difficulty))]
    for name in signals.__struct_fields__:
        value = getattr(signals, name)
        if name not in ("stakes", "difficulty") and value not in ("", ()):
            rows.append((name, Text(_plain(value))))
    if signals.abstained:
        rows.append(("abstained", Text(_plain(signals.abstained))))
    return rows + [(f"hint: {name}", Text(value)) for name, value in _hints_given(view.hints)]


def _score_text(score: Score) -> Text:
    text = Text(f"{score.band} ({score.score:.2f})")
    return text.append(f": {', '.join(score.reasons)}", style=FAINT) if score.reasons else text


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Quantiles):
        return f"{value.p50}, 90% within {value.p90} ({value.why})"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _hints_given(hints: Hints) -> Iterable[tuple[str, str]]:
    for name in hints.__struct_fields__:
        value = getattr(hints, name)
        if value is not None:
            yield name, str(value)


def _rules_table(explanation: Explanation) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, why in explanation.match.why_skipped().items():
        table.add_row(Text("no", style=FAINT), Text(name), Text(why, style=FAINT))
    decided = explanation.match.rule
    why = "no rule before it holds" if decided == OTHERWISE else f"{explanation.condition} is true"
    table.add_row(Text("yes", style="bold green"), Text(decided, style="bold"), Text(why))
    if explanation.untried:
        table.add_row(Text("-", style=FAINT), Text("not tried", style=FAINT), Text(", ".join(explanation.untried)))
    return table


def _decision_rows(explanation: Explanation) -> Rows:
    decision, error = explanation.decision, explanation.error
    if decision is None:
        said = "" if error is None else f"refused with {type(error).__name__}: {error.message}"
        return [("rule", Text(explanation.match.rule)), ("ladder", Text(said, style="red"))]
    rows: Rows = [
        ("rule", Text(decision.rule)),
        ("reason", Text(decision.reason)),
        ("ladder", ladder_text(decision.tiers)),
    ]
    if decision.spilled_from is not None:
        rows.append(("spilled", Text(_spill_words(decision, explanation.question.view))))
    if chances := _chance_words(decision, explanation.question.view):
        rows.append(("in time", Text(chances)))
    return rows + _ladder_rows(decision)


def _ladder_rows(decision: Decision) -> Rows:
    """What became of the rule's tiers and of parameters on the way."""
    ladder = decision.ladder
    rows: Rows = [("left out", Text(f"{each.tier}: {each.parameter} {each.why}")) for each in ladder.exclusions]
    rows += [("dropped", Text(f"on {fit.tier}: {', '.join(fit.dropped)}")) for fit in ladder.fits if fit.dropped]
    rows += [("denoise", Text(_denoise_words(tier, each))) for tier, each in decision.denoised().items()]
    if ladder.fallback:
        rows.append(("if unreachable", ladder_text([fit.tier for fit in ladder.fallback])))
    if decision.leaving:
        rows.append(
            ("leaves the house", Text(f"{', '.join(decision.leaving)}: what is asked there goes to a provider"))
        )
    return rows


def _chance_words(decision: Decision, view: View) -> str:
    """How likely each tier has an answer in time, where the rule begins with the likeliest."""
    budget_ms = budget_ms_of(decision.then, view.caller.grants, view.hints)
    if decision.then.begin != "in_time" or budget_ms is None:
        return ""
    tiers = [fit.tier for fit in decision.ladder.fallback + decision.ladder.fits]
    states = {tier: decision.foreseen(tier, view.tiers[tier]) for tier in tiers if tier in view.tiers}
    likely = [
        prospect_of(tier, state, view.signals.difficulty, budget_ms)
        for tier, state in states.items()
        if state.predicted_p50_ms > 0
    ]
    return ", ".join(f"{each.tier} {each.in_time:.0%}{'' if each.has_seat else ', which is full'}" for each in likely)


def _spill_words(decision: Decision, view: View) -> str:
    full, first = decision.spilled_from, decision.tiers[0]
    assert full is not None
    there, here = (decision.foreseen(tier, view.tiers[tier]).predicted_p50_ms for tier in (full, first))
    return (
        f"from {full}, which has {view.tiers[full].in_flight} in flight of at most {view.tiers[full].limit} and would "
        f"take about {there:,} ms; {first} about {here:,} ms"
    )


def _denoise_words(tier: str, chosen: Chosen) -> str:
    asked = {name: value for name, value in (("steps", chosen.steps), ("canvas", chosen.canvas)) if value is not None}
    return f"on {tier}: {setting_words(asked)}: {chosen.why}" if asked else f"on {tier}: {chosen.why}"


def _assumed_rows(explanation: Explanation) -> Rows:
    view = explanation.question.view
    went_before = view.conversation
    rows: Rows = [(f"tier {tier}", Text(_state_words(view.tiers.get(tier)))) for tier in USUAL_TIERS]
    conversation = f"has reached {went_before.tier}" if went_before.tier else "begins with this request"
    rows.append(("conversation", Text(conversation)))
    if view.escalated:
        rows.append(("memory", Text("this request went up not long ago")))
    rows.append(("tenant", Text(view.caller.tenant)))
    rows.append(("model", Text(_model_words(view.request, explanation.question.pin))))
    return rows


def _model_words(request: ChatRequest, pin: str | None) -> str:
    if pin is not None:
        return f"{pin}, which pins the tier"
    sent = msgspec.json.decode(request.fields["model"]) if "model" in request.fields else request.model
    return sent if sent == request.model else f"{sent}, taken for {request.model}"


def _state_words(state: TierState | None) -> str:
    if state is None:
        return "not configured"
    of_limit = f" of at most {state.limit}" if state.limit else ""
    waiting = f", {state.waiting} waiting" if state.waiting else ""
    in_flight = f"{state.in_flight}{of_limit} in flight{waiting}"
    said = f"window {state.context_tokens:,}, {in_flight}, {state.failures} failures in a row"
    if state.predicted_p90_ms == 0:
        return said
    return f"{said}, {state.predicted_p50_ms:,} ms predicted, 90% within {state.predicted_p90_ms:,} ms"
