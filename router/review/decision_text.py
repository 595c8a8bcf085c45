"""One decision of a log, told to whoever meets the router for the first time. Makes renderables and prints nothing."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from router.core.gate import Assessment
from router.core.record import AttemptRecord, Record
from router.core.situation import Situation
from router.log.find import Found
from router.log.words import CACHED, OUTCOMES, money_words
from router.review.log_text import BAD, OUTCOME_STYLES, TIER_STYLES, when_words
from router.review.requests_file import harmless
from router.review.text import FAINT
from router.review.words import count_words

Fields = Iterator[tuple[str, str]]


def read_decision(found: Found) -> Record | None:
    """The record; None: it is of a router whose records were others."""
    try:
        return msgspec.json.decode(found.record, type=Record)
    except msgspec.DecodeError:
        return None


def decision_text(record: Record, beside: Sequence[bytes]) -> RenderableType:
    """What happened to a request, in the order in which it happened."""
    head = Text.assemble(
        (f"request {harmless(record.request_id)}\n", "bold"),
        (f"{OUTCOMES[record.outcome]} ({record.status})", OUTCOME_STYLES.get(record.outcome, BAD)),
        f", {when_words(record.time_s)}, in {record.elapsed_s:.3f} s\n",
    )
    parts: list[RenderableType] = [head, _path(record), Text()]
    for title, fields in (
        ("asked", _asked(record)),
        ("measured", _measured(record)),
        ("decided", _decided(record)),
        ("time", _times(record)),
        ("cost", _costs(record)),
    ):
        parts.append(_block(title, fields))
    if record.attempts:
        parts += [_attempts_table(record.attempts), *_gate_parts(record.attempts)]
    parts += [Text(f"afterwards: {harmless(_afterwards(line))}") for line in beside]
    return Group(*parts)


def _path(record: Record) -> Text:
    """From the caller through every tier that was asked, and back."""
    text = Text("caller")
    if record.cache is not None:
        text.append(f" → cache: {record.cache}")
    for attempt in record.attempts:
        text.append(" → ")
        text.append(f"{attempt.tier}: {harmless(attempt.outcome)}", TIER_STYLES.get(attempt.tier, ""))
    return text.append(" → ").append("caller" if record.outcome == "served" else record.outcome)


def _asked(record: Record) -> Fields:
    yield "model", record.model
    yield "way", "streamed" if record.streamed else "plain"
    yield "tenant", f"{record.tenant} (hash)" if record.tenant else ""
    yield "key", record.key_id
    yield "conversation", f"{record.conversation} (hash)" if record.conversation else ""
    yield "latency budget", "" if record.latency_budget_ms is None else f"{record.latency_budget_ms} ms"
    yield "dropped", ", ".join(record.dropped)


def _measured(record: Record) -> Fields:
    yield "stakes", _score(record.stakes, record.stakes_score, record.stakes_reasons)
    yield "domain", record.stakes_domain
    yield "difficulty", _score(record.difficulty, record.difficulty_score, record.difficulty_reasons)
    yield "task", record.task
    yield "prompt", f"about {record.prompt_tokens_estimate:,} tokens"
    yield "answer", f"about {record.answer_tokens_estimate:,} tokens were expected"
    if record.situation is not None:
        yield "besides", ", ".join(_seen(record.situation))
    yield "no opinion", ", ".join(record.abstained)


def _seen(situation: Situation) -> Iterator[str]:
    signals = situation.signals
    yield count_words(signals.turns, "turn")
    yield from (name for name, there in (("code", signals.code), ("maths", signals.maths)) if there)
    yield from ["a JSON schema"] if signals.schema else []
    yield from (count_words(n, what) for n, what in ((signals.tools, "tool"), (signals.images, "image")) if n)
    yield from signals.scripts


def _decided(record: Record) -> Fields:
    yield "policy", f"{record.policy} ({record.arm})" if record.arm else record.policy
    yield "rule", record.rule
    yield "because of", record.reason
    yield "ladder", " → ".join(record.ladder)
    yield "left the house", "yes: a provider was asked" if record.left_house else ""
    yield "left out", ", ".join(record.excluded)
    yield "could not be evaluated", ", ".join(record.failed_rules)
    yield "notes", ", ".join(f"{name}: {value}" for name, value in record.annotations.items())
    if record.shadow is not None:
        changed = ", ".join(record.shadow.changed) or "nothing"
        yield "a candidate", f"{record.shadow.policy}, rule {record.shadow.rule}, would have changed {changed}"
    yield "error", record.error or ""


def _times(record: Record) -> Fields:
    yield "took", f"{record.elapsed_s:.3f} s"
    yield "first block", "" if record.first_block_s is None else f"after {record.first_block_s:.3f} s"
    if record.predicted_p90_ms:
        yield (
            "predicted",
            f"{record.predicted_p50_ms} ms for half of such answers, {record.predicted_p90_ms} ms for 9 in 10",
        )
    yield "cache", "" if record.cache is None else CACHED[record.cache]


def _costs(record: Record) -> Fields:
    if record.usage is not None:
        yield "usage", f"{record.usage.prompt_tokens:,} tokens in, {record.usage.completion_tokens:,} out"
    yield "engines", ", ".join(f"{tier} {seconds:.3f} s" for tier, seconds in record.engine_s.items())
    yield "written", ", ".join(f"{tier} {tokens:,} tokens" for tier, tokens in record.tokens_written.items())
    yield "wasted", f"{record.wasted_tokens:,} tokens" if record.wasted_tokens else ""
    yield "read", f"{record.tokens_read:,} tokens, by the strong tier" if record.tokens_read else ""
    yield "money", ", ".join(f"{tier} {money_words(cost)}" for tier, cost in record.tiers_microusd.items())
    yield "for nobody", money_words(record.wasted_microusd) if record.wasted_microusd else ""
    alone = record.strong_alone_microusd
    yield "strong alone", "" if alone is None else f"{money_words(alone)} for as many tokens"
    yield "audited", "yes" if record.audited else ""


def _attempts_table(attempts: Sequence[AttemptRecord]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("#", "tier", "backend", "outcome", "took", "first block", "tokens", "money", "blocks", "denoising"):
        table.add_column(heading)
    for each in attempts:
        table.add_row(
            str(each.number),
            Text(each.tier, style=TIER_STYLES.get(each.tier, "")),
            harmless(each.backend),
            harmless(each.outcome),
            f"{each.elapsed_s:.3f} s",
            "-" if each.first_block_s is None else f"{each.first_block_s:.3f} s",
            "-" if each.usage is None else str(each.usage.completion_tokens),
            "-" if each.cost_microusd is None else money_words(each.cost_microusd),
            "-" if each.gate is None else str(each.gate.blocks),
            "-" if each.denoise is None else harmless(each.denoise.why),
        )
    return table


def _gate_parts(attempts: Sequence[AttemptRecord]) -> Iterator[RenderableType]:
    for each in attempts:
        if each.gate is not None:
            yield Text(f"attempt {each.number} at the gate: {harmless(_judged(each.gate))}")
        if each.reading is not None:
            cut = f", cut by {', '.join(each.reading.reasons)}" if each.reading.reasons else ""
            chars = f"{each.reading.accepted_chars} of {each.reading.read_chars} characters accepted"
            yield Text(f"attempt {each.number} as the strong tier read it: {harmless(chars + cut)}")


def _judged(gate: Assessment) -> str:
    found = [f"{each.check} ({each.evidence})" if each.evidence else each.check for each in gate.verdict.findings]
    verdict = f"the last was rejected by {', '.join(found)}" if found else "all accepted"
    doubt = "" if gate.verdict.doubt is None else f"; doubt {gate.verdict.doubt:.2f}"
    passes = [f"{note.passes.passes:.3g}" for note in gate.notes if note.passes is not None]
    told = f"; passes {' '.join(passes)}" if passes else ""
    return f"{count_words(gate.blocks, 'block')}, {verdict}{doubt}{told}; {gate.discarded_tokens} tokens discarded"


def _score(band: str | None, score: float | None, reasons: Sequence[str]) -> str:
    if band is None:
        return ""
    told = band if score is None else f"{band} ({score:.2f})"
    return f"{told}: {', '.join(reasons)}" if reasons else told


def _block(title: str, fields: Fields) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(width=10)
    table.add_column(style=FAINT)
    table.add_column(overflow="fold")
    said = [(name, value) for name, value in fields if value]
    for number, (name, value) in enumerate(said):
        table.add_row(title if number == 0 else "", name, harmless(value))
    return table


def _afterwards(line: bytes) -> str:
    told: dict[str, Any] = msgspec.json.decode(line)
    kind = str(told.pop("kind", ""))
    shown = {name: told[name] for name in ("outcome", "agree", "similarity", "error", "elapsed_s") if told.get(name)}
    return f"{kind} " + ", ".join(f"{name} {value}" for name, value in shown.items())
