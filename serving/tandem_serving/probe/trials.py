"""A trial for each parameter that some dialect knows: what is sent, and by what it shows that it was heeded."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from router.engines.dialects import DIALECTS
from tandem_serving.probe.judges import (
    BEGUN,
    CHOICES,
    LIMIT_TOKENS,
    REQUEST_ID,
    STOPS,
    Judge,
    accepted,
    as_events,
    limited,
    of_choices,
    other_prompt,
    repeatable,
    repeats,
    shorter_prompt,
    stopped,
    stopped_within,
    two_choices,
    with_echo,
    with_logprobs,
    with_prompt_logprobs,
    with_request_id,
    with_token_ids,
    with_tool_call,
    with_top_logprobs,
    with_usage,
)

TOKENS: Final = 8
"""Of an answer to a trial."""

ROOM_TOKENS: Final = 32
"""Where the answer has to have a form."""

USER: Final = {"role": "user", "content": "Tell me about the sea and its tides."}
BASE: Final[Mapping[str, Any]] = {"messages": [USER], "max_tokens": TOKENS}
CONTINUED: Final[Mapping[str, Any]] = {"messages": [USER, {"role": "assistant", "content": BEGUN}]}
GO_ON: Final[Mapping[str, Any]] = {**CONTINUED, "continue_final_message": True, "add_generation_prompt": False}
SCHEMA: Final = {"enum": list(CHOICES)}
TOOL: Final = {
    "type": "function",
    "function": {
        "name": "add_numbers",
        "description": "Adds two numbers.",
        "parameters": {
            "type": "object",
            "properties": {"one": {"type": "number"}, "other": {"type": "number"}},
            "required": ["one", "other"],
        },
    },
}
"""Of no use for what is asked: whoever calls it was made to."""

A_TOKEN: Final = 65
"""The id of a token that every vocabulary has."""


class Trial(Struct, frozen=True):
    """`fields` are added to BASE and sent `times` times. `base` is added on both sides of a comparison."""

    fields: Mapping[str, Any]
    judge: Judge = accepted
    times: int = 1
    base: Mapping[str, Any] = {}
    takes_object: bool = False

    @property
    def wrong(self) -> Any:
        """A value of a kind that an engine refuses which knows the parameter."""
        return "not this" if self.takes_object else {"not": "this"}


def _sent(judge: Judge = accepted, /, **fields: Any) -> dict[str, Trial]:
    """The trial of a parameter, named first, that takes a number, a text, a list or a switch."""
    return {next(iter(fields)): Trial(fields, judge)}


def _object(judge: Judge = accepted, /, **fields: Any) -> dict[str, Trial]:
    """The trial of a parameter, named first, that takes an object."""
    return {next(iter(fields)): Trial(fields, judge, takes_object=True)}


_SAMPLING: Final = {
    **_sent(temperature=0.5),
    **_sent(top_p=0.9),
    **_sent(top_k=20),
    **_sent(min_p=0.1),
    "seed": Trial({"seed": 7, "max_tokens": ROOM_TOKENS}, repeatable, times=2, base={"max_tokens": ROOM_TOKENS}),
    **_sent(two_choices, n=2),
    **_sent(stopped, stop=STOPS, max_tokens=ROOM_TOKENS),
    **_sent(stop_token_ids=[A_TOKEN]),
    **_sent(ignore_eos=True),
    **_sent(limited, max_tokens=LIMIT_TOKENS),
    "max_completion_tokens": Trial({"max_completion_tokens": LIMIT_TOKENS, "max_tokens": None}, limited),
    **_sent(min_tokens=2),
    **_sent(presence_penalty=0.5),
    **_sent(frequency_penalty=0.5),
    **_sent(repetition_penalty=1.1),
    **_sent(length_penalty=1.1),
    **_object(repeats, logit_bias={str(A_TOKEN): 100}),
    **_sent(bad_words=["sea"]),
    **_sent(repeats, allowed_token_ids=[A_TOKEN]),
    **_sent(with_logprobs, logprobs=True),
    **_sent(with_top_logprobs, top_logprobs=2, logprobs=True),
    **_sent(with_prompt_logprobs, prompt_logprobs=1),
    "echo": Trial({**GO_ON, "echo": True, "logprobs": True, "top_logprobs": 1}, with_echo),
    "use_beam_search": Trial({"use_beam_search": True, "n": 2}, two_choices),
    **_sent(skip_special_tokens=False),
    **_sent(spaces_between_special_tokens=False),
    **_sent(stopped_within, include_stop_str_in_output=True, stop=STOPS, max_tokens=ROOM_TOKENS),
    **_sent(shorter_prompt, truncate_prompt_tokens=4),
}
_SHAPE: Final = {
    **_sent(as_events, stream=True),
    **_object(with_usage, stream_options={"include_usage": True}, stream=True),
    **_object(
        of_choices,
        response_format={"type": "json_schema", "json_schema": {"name": "tide", "schema": SCHEMA}},
        max_tokens=ROOM_TOKENS,
    ),
    **_object(of_choices, structured_outputs={"choice": list(CHOICES)}, max_tokens=ROOM_TOKENS),
    **_object(of_choices, guided_json=SCHEMA, max_tokens=ROOM_TOKENS),
    **_sent(of_choices, guided_regex="ebb|flow", max_tokens=ROOM_TOKENS),
    **_sent(of_choices, guided_choice=list(CHOICES), max_tokens=ROOM_TOKENS),
    **_sent(of_choices, guided_grammar='root ::= "ebb" | "flow"', max_tokens=ROOM_TOKENS),
    **_sent(of_choices, regex="ebb|flow", max_tokens=ROOM_TOKENS),
    **_sent(of_choices, ebnf='root ::= "ebb" | "flow"', max_tokens=ROOM_TOKENS),
    **_sent(of_choices, grammar='root ::= "ebb" | "flow"', max_tokens=ROOM_TOKENS),
    **_object(of_choices, json_schema=SCHEMA, max_tokens=ROOM_TOKENS),
    **_sent(stop_regex="[a-z]"),
    **_sent(other_prompt, enable_thinking=True),
    **_sent(tools=[TOOL]),
    **_sent(with_tool_call, tool_choice="required", tools=[TOOL], max_tokens=2 * ROOM_TOKENS),
    **_sent(parallel_tool_calls=False),
    "continue_final_message": Trial(GO_ON, shorter_prompt, base=CONTINUED),
    **_sent(shorter_prompt, add_generation_prompt=False),
    **_sent(other_prompt, add_special_tokens=True),
    **_object(other_prompt, chat_template_kwargs={"enable_thinking": True}),
    **_sent(other_prompt, documents=[{"title": "Tides", "text": "They come and go."}]),
    **_sent(include_reasoning=False),
    **_sent(other_prompt, reasoning_effort="low"),
    **_sent(with_token_ids, return_token_ids=True),
}
_LABELS: Final = {
    **_sent(user="tandem-probe"),
    **_object(metadata={"sent-by": "tandem-probe"}),
    **_sent(service_tier="auto"),
    **_sent(safety_identifier="tandem-probe"),
    **_sent(prompt_cache_key="tandem-probe"),
    **_object(prompt_cache_options={}),
    **_sent(store=True),
    **_sent(verbosity="low"),
    **_object(prediction={"type": "content", "content": BEGUN}),
    **_object(moderation={}),
    **_sent(prompt_cache_retention="24h"),
}
_NOBODY: Final = {
    **_object(audio={"voice": "ash", "format": "wav"}),
    **_sent(modalities=["text"]),
    **_sent(functions=[TOOL["function"]]),
    **_sent(function_call="auto"),
    **_object(web_search_options={}),
}
_OWNED: Final = {
    **_sent(priority=0),
    **_object(vllm_xargs={"tandem_probe": 1}),
    **_sent(cache_salt="tandem-probe"),
    **_object(kv_transfer_params={}),
    **_object(ec_transfer_params={}),
    **_sent(other_prompt, chat_template="{{ messages[0]['content'] }}"),
    **_sent(with_request_id, request_id=REQUEST_ID),
    **_object(mm_processor_kwargs={}),
    **_sent(logits_processors=[]),
    **_object(media_io_kwargs={}),
    **_sent(data_parallel_rank=0),
}
TRIALS: Final[Mapping[str, Trial]] = {**_SAMPLING, **_SHAPE, **_LABELS, **_NOBODY, **_OWNED}

DANGEROUS: Final[Mapping[str, frozenset[str]]] = {
    "prompt_logprobs": frozenset(("vllm_diffusion",)),
    "echo": frozenset(("vllm_diffusion",)),
    "use_beam_search": frozenset(("vllm_diffusion",)),
}
"""Trials that may end an engine, by the dialects of which that is so: they come last, and only where wanted."""


def parameters_of(dialect: str) -> tuple[str, ...]:
    """Every parameter in the table of a dialect that there is a trial for, those that may end its engine last. What
    steers an engine itself has none but where it is known to be safe: the router never sends it."""
    table = DIALECTS[dialect]
    columns = (table.passes, table.drops, table.escalates, table.refuses, table.router_owned)
    named = {name for column in columns for name in column}
    return tuple(sorted([name for name in TRIALS if name in named], key=lambda name: is_dangerous(name, dialect)))


def is_dangerous(parameter: str, dialect: str) -> bool:
    """Whether an engine of this dialect may die of it."""
    return dialect in DANGEROUS.get(parameter, ())
