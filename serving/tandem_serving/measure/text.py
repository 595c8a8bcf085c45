"""What was measured, as tables for a terminal. Makes renderables and prints nothing."""

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tandem_serving.measure.course import Study
from tandem_serving.measure.figures import LONGEST, Crossover, Measured


def study_text(study: Study) -> RenderableType:
    """A part for each engine, and where one overtakes the other."""
    both = [each for each in (study.measured, study.against) if each is not None]
    parts: list[RenderableType] = [_engine(each) for each in both]
    if study.crossovers:
        parts += [Text("Where the diffusion engine is the quicker one", style="bold"), _crossovers(study.crossovers)]
    return Group(*parts)


def knee_words(measured: Measured) -> str:
    """Where another request at once stops paying."""
    if measured.knee is None:
        return f"beyond {measured.most} at once"
    return f"{measured.knee} at once"


def crossover_words(each: Crossover) -> str:
    """From how many tokens on it pays."""
    if each.first is None:
        return f"never, up to {LONGEST:,} tokens"
    if each.always is None:
        return f"from {each.first} tokens on, but not for all longer ones"
    said = f"from {each.first} tokens on"
    return said if each.always <= each.first else f"{said}, and for all from {each.always}"


def latency_lines(measured: Measured) -> Iterator[str]:
    """What to write under `latency` of a backend in tandem.yaml."""
    alone_s, knee = measured.curve[1], measured.knee or max(measured.step_s)
    yield f"step_ms: {1000 * alone_s:.4g}"
    if knee > 1:
        yield f"crowding: {(measured.at(knee) / alone_s - 1) / (knee - 1):.3g}"
    if measured.slots is not None:
        yield f"slots: {measured.slots}"
    if measured.prefill_tokens_per_s is not None:
        yield f"prefill_tokens_per_s: {measured.prefill_tokens_per_s:.4g}"
    if measured.passes:
        drawn = sorted(each for passes in measured.passes.values() for each in passes)
        yield f"passes: {measured.passes_p50:g}"
        yield f"passes_p90: {max(drawn[len(drawn) * 9 // 10], measured.passes_p50):g}"


def _engine(measured: Measured) -> RenderableType:
    kind = "diffusion, a step is a pass" if measured.tier == "fast" else "autoregressive, a step is a token"
    head = Text(f"{measured.model} at {measured.url}: {kind}", style="bold")
    slots = "more than were sent" if measured.slots is None else f"{measured.slots}"
    rate = measured.prefill_tokens_per_s
    reads = "reading takes no time that shows" if rate is None else f"a prompt is read at {rate:,.0f} tokens a second"
    said = f"knee {knee_words(measured)}; slots {slots}; {reads}"
    setting = Text("for tandem.yaml: latency: {" + ", ".join(latency_lines(measured)) + "}\n", style="dim")
    return Group(head, Text(said), _paces(measured), _readings(measured), _lengths(measured), setting)


def _paces(measured: Measured) -> Table:
    table = _table("at once", "step, ms", "times alone", "tokens/s each", "tokens/s in all")
    for running, step_s in sorted(measured.step_s.items()):
        each = measured.block_tokens / (measured.passes_p50 * step_s)
        row = (f"{1000 * step_s:.2f}", f"{step_s / measured.step_s[1]:.2f}", f"{each:,.0f}", f"{running * each:,.0f}")
        table.add_row(str(running), *row, style="bold" if running == measured.knee else "")
    return table


def _readings(measured: Measured) -> Table:
    table = _table("prompt tokens", "read in, ms", "step after it, ms")
    for each in measured.readings:
        table.add_row(f"{each.prompt_tokens:,}", f"{1000 * each.prefill_s:.1f}", f"{1000 * each.step_s:.2f}")
    return table


def _lengths(measured: Measured) -> Table:
    table = _table("answer tokens", "took, s")
    for each in measured.lengths:
        table.add_row(f"{each.tokens:,}", f"{each.seconds:.3f}")
    return table


def _crossovers(crossovers: tuple[Crossover, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("at once on either", justify="right")
    table.add_column("for answers")
    for each in crossovers:
        table.add_row(str(each.running), crossover_words(each))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right")
    return table
