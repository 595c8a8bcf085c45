"""How long the answer to a question will be, judged by what is asked for. Pure.

`expected` gives two quantiles: an asked-for form ("in one word", "a table of ten rows") says it best, then the task,
then the cues of the ask. Only what `FITTED` holds was measured; the other figures are guesses.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct

from router.core.asked_form import AMOUNT, NUMBERS, UNIT_TOKENS, asked_form
from router.core.passage import Passage
from router.core.values import NOTHING_TOLD, Quantiles

USUAL_TOKENS = 250
"""The answer to a question that says nothing of its length."""

USUAL_SPREAD = 3.0
"""The 90% quantile of an answer whose length only cues tell, in medians. A guess."""


_Length = Callable[[int], int]


def _fixed(tokens: int) -> _Length:
    return lambda _: tokens


def _as_long(ask_tokens: int) -> int:
    return max(ask_tokens, 16)


def _condensed(ask_tokens: int) -> int:
    return min(max(ask_tokens // 4, 40), 400)


LENGTHS: Mapping[str, _Length] = {
    "answer.one_word": _fixed(4),
    "answer.yes_no": _fixed(4),
    "answer.terse": _fixed(8),
    "text.classification": _fixed(12),
    "greeting.only": _fixed(30),
    "text.summary": _condensed,
    "text.rewrite": _as_long,
    "text.translation": _as_long,
    "text.extraction": _fixed(120),
    "language.definition": _fixed(80),
    "answer.essay": _fixed(900),
    "facts.long_form": _fixed(900),
    "agent.plan": _fixed(700),
    "creative.joke": _fixed(80),
    "creative.fiction": _fixed(600),
    "code.write": _fixed(500),
    "code.in_language": _fixed(500),
    "code.debug": _fixed(500),
    "code.trace": _fixed(400),
    "maths.proof": _fixed(800),
    "maths.competition": _fixed(600),
    "maths.latex": _fixed(600),
    "logic.puzzle": _fixed(500),
    "answer.list": _fixed(300),
    "answer.explanation": _fixed(350),
    "facts.lookup": _fixed(60),
}
"""Tokens of the answer from the tokens of the ask, by the first cue found in it (in the order of `cues.CUES`)."""


class Span(Struct, frozen=True, gc=False):
    """How long the answers of a task are: `share` of the ask's tokens, but at least and at most so many."""

    share: float
    least: int
    most: int


def _constant(tokens: int) -> Span:
    return Span(0.0, tokens, tokens)


FITTED: Mapping[str, tuple[Span, Span]] = {
    "knowledge_quiz": (_constant(73), _constant(181)),
    "competition_maths": (_constant(250), _constant(658)),
    "code_execution": (_constant(138), _constant(267)),
}
"""The median and the 90% quantile of closed questions: of 21,657 recorded answers of 17 models that reason in the open
(MMLU-Pro, MATH level 5, CRUX), four characters to a token, answers cut at their cap at the length of the cut."""

GUESSED: Mapping[str, tuple[Span, Span]] = {
    "rewrite": (Span(1.0, 16, 8_000), Span(1.5, 60, 12_000)),
    "translation": (Span(1.0, 16, 8_000), Span(1.6, 40, 12_000)),
    "extraction": (Span(0.25, 30, 400), Span(0.8, 150, 1_500)),
    "summarise": (Span(0.15, 45, 300), Span(0.4, 150, 700)),
    "code_generation": (_constant(500), _constant(1_300)),
    "code_edit": (Span(1.2, 150, 1_500), Span(2.0, 700, 4_000)),
    "tool_use": (_constant(40), _constant(180)),
    "chat": (_constant(40), _constant(180)),
    "generation": (_constant(350), _constant(1_000)),
    "classification": (_constant(8), _constant(60)),
    "reading_qa": (_constant(30), _constant(150)),
    "science_qa": (_constant(60), _constant(260)),
    "commonsense": (_constant(40), _constant(200)),
    "multi_hop": (_constant(40), _constant(220)),
}
"""The same of tasks of which no answers could be measured: proportional to the ask where the answer repeats it."""

REPEATING = frozenset({"rewrite", "translation", "code_edit"})
"""Tasks that repeat their material: an amount in it ("a 500-word essay") is no wish unless it is put as a limit."""


def expected(ask: Passage, ask_tokens: int, task: str) -> Quantiles:
    """The tokens that the answer to an ask of so many tokens takes if nothing caps it. `task` is that of `task_rules`
    or of the learned head; "" where neither has an opinion."""
    form = asked_form(ask, closed=task in FITTED, repeating=task in REPEATING)
    if form is not None:
        return Quantiles(form.p50, form.p90, form.name)
    spans = FITTED.get(task) or GUESSED.get(task)
    if spans is not None:
        return Quantiles(_length_of(spans[0], ask_tokens), _length_of(spans[1], ask_tokens), task)
    tokens = _told_by_cues(ask, ask_tokens)
    if tokens is None:
        return Quantiles(USUAL_TOKENS, round(USUAL_TOKENS * USUAL_SPREAD), NOTHING_TOLD)
    return Quantiles(tokens, round(tokens * USUAL_SPREAD), "cues")


def capped(lengths: Quantiles, max_tokens: int) -> Quantiles:
    """The same under a cap of the caller's (not above 0: no cap)."""
    if max_tokens <= 0 or lengths.p90 <= max_tokens:
        return lengths
    return Quantiles(min(lengths.p50, max_tokens), max_tokens, lengths.why)


def expected_tokens(ask: Passage, ask_tokens: int) -> int:
    """The tokens that the answer to an ask of so many tokens is likely to take, by its cues alone."""
    told = _told_by_cues(ask, ask_tokens)
    return USUAL_TOKENS if told is None else told


def _told_by_cues(ask: Passage, ask_tokens: int) -> int | None:
    for cue in ask.cues:
        if cue.name == "answer.length" and (amount := AMOUNT.search(ask.text)):
            return _tokens_of(amount[1].lower(), amount[2].lower())
        if cue.name in LENGTHS:
            return LENGTHS[cue.name](ask_tokens)
    return None


def _length_of(span: Span, ask_tokens: int) -> int:
    return min(max(round(span.share * ask_tokens), span.least), span.most)


def _tokens_of(number: str, unit: str) -> int:
    count = int(number) if number.isdigit() else NUMBERS.get(number, 1)
    return max(count * UNIT_TOKENS[unit] * 4 // 3, 1)
