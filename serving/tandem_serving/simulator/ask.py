"""One accepted request, as far as it decides what is answered: read once from its checked fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from tandem_serving.simulator.profile import FastProfile, Profile
from tandem_serving.simulator.tokens import (
    OPENING,
    chat_prompt,
    closed_chat_prompt,
    open_chat_prompt,
    texts_of,
    tokens_of,
)
from tandem_serving.simulator.work import Dials

Fields = Mapping[str, Any]


class Ask(Struct, frozen=True):
    """What to answer, how much of it and in which form. `prompt` is what the engine reads, in tokens.

    `begun` is the text of an assistant's last message that is to be gone on with, None when a new one is asked for.
    `role` is who speaks in the answer, `echoed` what is said again before it.
    `top_logprobs` is None without log-probabilities; `prompt_logprobs` likewise for those of the prompt.
    `schema` is what a structured answer must match, `options` what it must be one of, `tool` the one to call.
    """

    fields: Fields
    messages: Sequence[Fields]
    prompt: Sequence[str]
    max_tokens: int
    dials: Dials
    begun: str | None = None
    role: str = "assistant"
    echoed: str = ""
    top_logprobs: int | None = None
    prompt_logprobs: int | None = None
    schema: Fields | None = None
    options: Sequence[str] = ()
    tools: Sequence[Fields] = ()
    thinks: bool = False

    @property
    def prompt_tokens(self) -> int:
        """How long the prompt is."""
        return len(self.prompt)

    @property
    def streamed(self) -> bool:
        """Whether the caller wants a stream."""
        return self.fields.get("stream") is True

    @property
    def choices(self) -> int:
        """How many choices it wants."""
        return self.fields.get("n") or 1

    @property
    def read_last(self) -> int:
        """How many tokens at the end of the prompt are to be scored; 0: all of them. A wish that the plug-in grants."""
        wanted = (self.fields.get("vllm_xargs") or {}).get("tandem_read_last")
        return wanted if type(wanted) is int and wanted > 0 else 0

    @property
    def usage_wanted(self) -> bool:
        """Whether a stream ends with a usage chunk."""
        return bool((self.fields.get("stream_options") or {}).get("include_usage"))

    @property
    def usage_everywhere(self) -> bool:
        """Whether every chunk of a stream carries the usage so far."""
        return self.usage_wanted and bool(self.fields["stream_options"].get("continuous_usage_stats"))

    @property
    def tool_choice(self) -> str:
        """`auto`, `none`, `required` or the name of a tool."""
        choice = self.fields.get("tool_choice")
        if isinstance(choice, Mapping):
            return str(choice["function"]["name"])
        return str(choice or ("auto" if self.tools else "none"))


def continues(fields: Fields) -> bool:
    """Whether the last message is to be gone on with."""
    return bool(fields.get("continue_final_message"))


def begins_turn(fields: Fields) -> bool:
    """Whether the prompt ends in the opening of a turn of the assistant's."""
    return bool(fields.get("add_generation_prompt", True))


def read_chat(fields: Fields, profile: Profile, window_tokens: int) -> Ask:
    """A chat completion. Its fields have been checked."""
    messages = fields["messages"]
    last = messages[-1]
    role = "assistant" if begins_turn(fields) else str(last.get("role"))
    continued = continues(fields) and role == "assistant"
    said = "\n".join(texts_of(last.get("content")))
    tools = fields.get("tools") or ()
    prompt = _chat_prompt(fields, messages, tools)
    logprobs = (fields.get("top_logprobs") or 0) if fields.get("logprobs") else None
    return Ask(
        fields=fields,
        messages=messages[:-1] if continued else messages,
        prompt=prompt,
        max_tokens=_max_tokens(fields, window_tokens - len(prompt)),
        dials=_dials(fields, profile),
        begun=said if continued else None,
        role=role,
        echoed=said if fields.get("echo") and last.get("role") == role else "",
        top_logprobs=logprobs,
        prompt_logprobs=_prompt_logprobs(fields, fields.get("top_logprobs") or 0),
        schema=_schema(fields),
        options=_options(fields),
        tools=tools,
        thinks=(fields.get("chat_template_kwargs") or {}).get("enable_thinking") is True,
    )


def read_completion(fields: Fields, prompt: str, profile: Profile, window_tokens: int) -> Ask:
    """A completion of one prompt, seen as one message of the user's."""
    tokens = [*OPENING, *tokens_of(prompt)]
    bounded = fields if fields.get("max_tokens") is not None else {**fields, "max_tokens": 16}
    logprobs = fields.get("logprobs")
    return Ask(
        fields=fields,
        messages=({"role": "user", "content": prompt},),
        prompt=tokens,
        max_tokens=_max_tokens(bounded, window_tokens - len(tokens)),
        dials=_dials(fields, profile),
        top_logprobs=logprobs,
        prompt_logprobs=_prompt_logprobs(fields, logprobs),
        schema=_schema(fields),
        options=_options(fields),
    )


def _chat_prompt(fields: Fields, messages: Sequence[Fields], tools: Sequence[Fields]) -> list[str]:
    if continues(fields):
        return open_chat_prompt(messages, tools)
    return chat_prompt(messages, tools) if begins_turn(fields) else closed_chat_prompt(messages, tools)


def _max_tokens(fields: Fields, room_tokens: int) -> int:
    asked = fields.get("max_completion_tokens")
    asked = fields.get("max_tokens") if asked is None else asked
    return min(room_tokens if asked is None else asked, room_tokens)


def _prompt_logprobs(fields: Fields, for_echo: int | None) -> int | None:
    """`echo` asks for the prompt's log-probabilities as well."""
    asked: int | None = fields.get("prompt_logprobs")
    return for_echo if asked is None and fields.get("echo") else asked


def _dials(fields: Fields, profile: Profile) -> Dials:
    xargs = fields.get("vllm_xargs") or {}
    if not isinstance(profile, FastProfile):
        return Dials()
    return Dials(xargs.get("diffusion_max_steps"), xargs.get("diffusion_canvas_length"))


def _schema(fields: Fields) -> Fields | None:
    form = fields.get("response_format") or {}
    if form.get("type") == "json_object":
        return {"type": "object"}
    if form.get("type") == "json_schema":
        schema = (form.get("json_schema") or {}).get("schema")
        return schema if isinstance(schema, Mapping) else {"type": "object"}
    wanted = (fields.get("structured_outputs") or {}).get("json")
    return wanted if isinstance(wanted, Mapping) else None


def _options(fields: Fields) -> Sequence[str]:
    wanted = (fields.get("structured_outputs") or {}).get("choice")
    return wanted if isinstance(wanted, list) else ()
