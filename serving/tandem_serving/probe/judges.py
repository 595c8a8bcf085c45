"""By what it shows that an engine did what a parameter asks: answers in, a finding out. Pure.

A judge sees the answers of a trial and one to the same request without the parameter. What does not show is `taken`,
never guessed.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from router.core.probed import Found
from tandem_serving.engine_client import Page, text_of, within

Judge: TypeAlias = Callable[[Sequence[Page], Page], Found]

TAKEN: Final = Found("taken")
CHOICES: Final = ("ebb", "flow")
LIMIT_TOKENS: Final = 3
STOPS: Final = [" ", "e", "a", "o"]
"""One of these is soon written, whatever is said. More than four are refused by many engines."""


def accepted(_answers: Sequence[Page], _base: Page) -> Found:
    """Nothing more can be said."""
    return TAKEN


def of_choices(answers: Sequence[Page], _base: Page) -> Found:
    """The answer had to be one of CHOICES, bare or as JSON."""
    text = text_of(answers[0].body).strip()
    return _shown(text.strip('"') in CHOICES, "the answer is one of the two allowed", f"the answer is {_short(text)}")


def two_choices(answers: Sequence[Page], _base: Page) -> Found:
    """There had to be two answers."""
    count = len(within(answers[0].body, "choices") or ())
    return _shown(count == 2, "two choices came", f"{count} came")


def limited(answers: Sequence[Page], _base: Page) -> Found:
    """The answer had to end within LIMIT_TOKENS."""
    written = _completion_tokens(answers[0])
    if written is None:
        return TAKEN
    return _shown(written <= LIMIT_TOKENS, f"{written} tokens came", f"{written} tokens came, not {LIMIT_TOKENS}")


def repeats(answers: Sequence[Page], _base: Page) -> Found:
    """The answer had to be one token again and again."""
    text, tokens = text_of(answers[0].body), _completion_tokens(answers[0]) or 0
    unit = text[: len(text) // tokens] if tokens else ""
    is_one = bool(unit) and unit * tokens == text
    return _shown(is_one, f"the answer is {_short(unit)}, {tokens} times", "the answer has other tokens as well")


def stopped(answers: Sequence[Page], _base: Page) -> Found:
    """The answer had to end at the first of STOPS, and not to hold one."""
    text = text_of(answers[0].body)
    if any(each in text for each in STOPS):
        return Found("ignored", f"the answer went on to {_short(text)}")
    ended = within(answers[0].body, "choices", 0, "finish_reason") == "stop"
    return Found("honoured", f"the answer ended after {_short(text)}") if ended else TAKEN


def stopped_within(answers: Sequence[Page], _base: Page) -> Found:
    """As `stopped`, but what it stopped at had to be left in: at the end, and nowhere else."""
    text = text_of(answers[0].body)
    ends = text[-1:] in STOPS and sum(text.count(each) for each in STOPS) == 1
    return Found("honoured", f"the answer ends in {_short(text[-1:])}") if text and ends else TAKEN


def repeatable(answers: Sequence[Page], base: Page) -> Found:
    """Two answers had to be the same, where one without the parameter is another."""
    first, second = text_of(answers[0].body), text_of(answers[1].body)
    if first != second:
        return Found("ignored", "two answers with one seed differ")
    return Found("honoured", "two answers are the same") if text_of(base.body) != first else TAKEN


def with_logprobs(answers: Sequence[Page], _base: Page) -> Found:
    """The answer had to say how likely its tokens were."""
    content = within(answers[0].body, "choices", 0, "logprobs", "content")
    return _shown(bool(content), "each token has its log-probability", "none came")


def with_top_logprobs(answers: Sequence[Page], _base: Page) -> Found:
    """The answer had to name alternatives."""
    top = within(answers[0].body, "choices", 0, "logprobs", "content", 0, "top_logprobs")
    return _shown(bool(top), "alternatives came", "no alternatives came")


def with_prompt_logprobs(answers: Sequence[Page], _base: Page) -> Found:
    """The answer had to say how likely the prompt's tokens were."""
    scored = within(answers[0].body, "prompt_logprobs") or within(answers[0].body, "choices", 0, "prompt_logprobs")
    return _shown(bool(scored), f"{len(scored or ())} positions were scored", "none came")


def with_echo(answers: Sequence[Page], _base: Page) -> Found:
    """The last message had to be said again, the answer's own role being that of the last one."""
    text = text_of(answers[0].body)
    return _shown(text.startswith(BEGUN), "what was begun is said again", f"the answer is {_short(text)}")


def with_token_ids(answers: Sequence[Page], _base: Page) -> Found:
    """The answer had to hold ids."""
    ids = within(answers[0].body, "choices", 0, "token_ids") or within(answers[0].body, "prompt_token_ids")
    return _shown(bool(ids), "ids of tokens came", "none came")


def with_usage(answers: Sequence[Page], _base: Page) -> Found:
    """A stream had to end with usage. A stream is folded into a body of `events` and `usage`."""
    usage = within(answers[0].body, "usage", "completion_tokens")
    return _shown(usage is not None, "a last event has the usage", "no usage came")


def as_events(answers: Sequence[Page], _base: Page) -> Found:
    """The answer had to be a stream."""
    events = within(answers[0].body, "events") or 0
    return _shown(events > 0, "events came", "no event came")


def with_tool_call(answers: Sequence[Page], _base: Page) -> Found:
    """A tool had to be called."""
    calls = within(answers[0].body, "choices", 0, "message", "tool_calls")
    return _shown(bool(calls), "a tool was called", "plain text came")


def shorter_prompt(answers: Sequence[Page], base: Page) -> Found:
    """The prompt had to have fewer tokens than without the parameter."""
    return _of_prompts(answers[0], base, lambda now, before: now < before)


def other_prompt(answers: Sequence[Page], base: Page) -> Found:
    """The prompt had to be another; where it is not, its template may know no such thing."""
    found = _of_prompts(answers[0], base, lambda now, before: now != before)
    return TAKEN if found.outcome == "ignored" else found


def with_request_id(answers: Sequence[Page], _base: Page) -> Found:
    """The answer's id had to hold ours."""
    return _shown(REQUEST_ID in str(within(answers[0].body, "id")), "the answer's id holds it", "it has another id")


BEGUN: Final = "The sea is"
REQUEST_ID: Final = "tandem-probe-7"


def prompt_tokens(page: Page) -> int | None:
    """How long the engine says that the prompt was."""
    tokens = within(page.body, "usage", "prompt_tokens")
    return tokens if isinstance(tokens, int) else None


def _of_prompts(answer: Page, base: Page, holds: Callable[[int, int], bool]) -> Found:
    now, before = prompt_tokens(answer), prompt_tokens(base)
    if now is None or before is None:
        return TAKEN
    said = f"the prompt has {now} tokens, {before} without"
    return _shown(holds(now, before), said, said)


def _shown(shows: bool, so: str, otherwise: str) -> Found:  # noqa: FBT001 - what a judge saw
    return Found("honoured", so) if shows else Found("ignored", otherwise)


def _completion_tokens(page: Page) -> int | None:
    tokens = within(page.body, "usage", "completion_tokens")
    return tokens if isinstance(tokens, int) else None


def _short(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=True)
    return said if len(said) <= 40 else f'{said[:36]}..."'
