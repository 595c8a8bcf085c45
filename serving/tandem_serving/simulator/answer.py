"""The whole of one answer, token by token, before the engine has spent any time on it. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, structs

from tandem_serving.simulator.ask import Ask
from tandem_serving.simulator.json_text import instance_of, instance_text
from tandem_serving.simulator.task import Task, read_task
from tandem_serving.simulator.text import NOTICE, compose, garbled, go_on, reasoning_for
from tandem_serving.simulator.tokens import texts_of, token_id, tokens_of

_NO_PARAMETERS = {"type": "object", "properties": {}}
END = ""
"""The token that ends a turn: it counts, and says nothing."""


class Answer(Struct, frozen=True):
    """The tokens of one choice, in order: `thought` of them reasoning, then either text or one tool call.

    `call` is the name of the tool that is called; the first token after the reasoning then stands for the name, and
    those behind it are the arguments. `beside_call` is the content that comes with a call. `stop_reason` is what
    vLLM says of a stop: a string, an id of a token or None.
    """

    tokens: tuple[str, ...]
    finish: str
    stop_reason: str | int | None = None
    thought: int = 0
    call: str | None = None
    beside_call: str | None = None

    @property
    def text(self) -> str:
        """All that it says, reasoning left out."""
        return "".join(self.tokens[self.thought :])

    @property
    def reasoning(self) -> str | None:
        """What it thought first; None when it did not."""
        return "".join(self.tokens[: self.thought]) or None


class Traits(Struct, frozen=True, gc=False):
    """What of an engine shows in its answers: its parsers for tools and reasoning, its ids."""

    parsers: bool
    vocabulary: int
    end_of_turn: int


def read_and_answer(ask: Ask, traits: Traits) -> tuple[Task, tuple[Answer, ...]]:
    """The task of a request and one answer for each of its choices."""
    task = read_task(ask.messages)
    return task, tuple(_answer(ask, task, traits, variant) for variant in range(ask.choices))


def with_garbage(answer: Answer, first: int, end: int) -> Answer:
    """The same answer, with noise in this range of its tokens."""
    kept = [at for at in range(first, min(end, len(answer.tokens))) if answer.tokens[at] != END]
    tokens = garbled(answer.tokens, first, kept[-1] + 1) if kept else answer.tokens
    return structs.replace(answer, tokens=tokens)


def _answer(ask: Ask, task: Task, traits: Traits, variant: int) -> Answer:
    called = _called_tool(ask, task) if traits.parsers else None
    if called is not None:
        function = called["function"]
        arguments = json.dumps(instance_of(function.get("parameters") or _NO_PARAMETERS))
        name = function["name"]
        finish = "stop" if ask.tool_choice == name else "tool_calls"
        beside = None if ask.tool_choice == "auto" else ""
        tokens = (name, *tokens_of(arguments), END)
        return _bounded(Answer(tokens, finish, traits.end_of_turn, call=name, beside_call=beside), ask)
    thought = tokens_of(reasoning_for(task)) if ask.thinks else []
    text = _stopped(_text(ask, task, variant), thought, ask, traits)
    return _bounded(text, ask)


def _text(ask: Ask, task: Task, variant: int) -> str:
    if ask.options:
        return ask.options[variant % len(ask.options)]
    if ask.schema is not None:
        return instance_text(ask.schema)
    whole = compose(task, variant)
    return whole if ask.begun is None else go_on(whole, ask.begun)


def _stopped(text: str, thought: Sequence[str], ask: Ask, traits: Traits) -> Answer:
    """The text up to the first of the caller's stops, or up to its own end."""
    tokens = [*thought, *_lengthened(tokens_of(text), len(thought), ask)]
    shown = len(thought) if traits.parsers else 0
    cut = _first_stop(tokens, len(thought), ask)
    if cut is not None:
        return Answer(cut[0], "stop", cut[1], shown)
    ids = set(ask.fields.get("stop_token_ids") or ())
    for at, token in enumerate(tokens) if ids else ():
        if (found := token_id(token, traits.vocabulary)) in ids:
            return Answer((*tokens[:at], END), "stop", found, shown)
    return Answer((*tokens, END), "stop", traits.end_of_turn, shown)


def _lengthened(tokens: Sequence[str], thought: int, ask: Ask) -> list[str]:
    """As many tokens as the caller insists on, the text beginning again when it is over."""
    wanted = ask.max_tokens if ask.fields.get("ignore_eos") else min(ask.fields.get("min_tokens") or 0, ask.max_tokens)
    longer = list(tokens)
    again = tokens_of(f" {NOTICE}") if not tokens else [" ", *tokens]
    while len(longer) + thought < wanted:
        longer.extend(again)
    return longer[: max(wanted - thought, 0)] if ask.fields.get("ignore_eos") else longer


def _first_stop(tokens: Sequence[str], thought: int, ask: Ask) -> tuple[tuple[str, ...], str] | None:
    """The tokens that are generated until the first stop string is complete, their text cut where it begins."""
    stops = ask.fields.get("stop") or ()
    stops = [stops] if isinstance(stops, str) else stops
    text = "".join(tokens[thought:])
    found = [(at, stop) for stop in stops if (at := text.find(stop)) >= 0]
    if not found:
        return None
    at, stop = min(found)
    shown = at + len(stop) if ask.fields.get("include_stop_str_in_output") else at
    kept = list(tokens[:thought])
    length = 0
    for token in tokens[thought:]:
        kept.append(token[: max(shown - length, 0)])
        length += len(token)
        if length >= at + len(stop):
            break
    return tuple(kept), stop


def _bounded(answer: Answer, ask: Ask) -> Answer:
    if len(answer.tokens) <= ask.max_tokens:
        return answer
    tokens = tuple(token for token in answer.tokens if token != END)[: ask.max_tokens]
    return structs.replace(answer, tokens=tokens or (END,), finish="length", stop_reason=None)


def _called_tool(ask: Ask, task: Task) -> Mapping[str, Any] | None:
    """The tool to call: the one that is named, any where one is required, else one that the prompt speaks of."""
    choice = ask.tool_choice
    if choice == "none" or not ask.tools:
        return None
    if choice == "required":
        return ask.tools[0]
    if choice != "auto":
        return next(tool for tool in ask.tools if tool["function"]["name"] == choice)
    if not ask.messages or ask.messages[-1].get("role") == "tool":
        return None
    words = set(" ".join(texts_of(ask.messages[-1].get("content"))).lower().split())
    return next((tool for tool in ask.tools if words & _words_of(tool)), None)


def _words_of(tool: Mapping[str, Any]) -> set[str]:
    name = str(tool.get("function", {}).get("name", ""))
    return {word for word in name.lower().replace("-", "_").split("_") if len(word) > 3}
