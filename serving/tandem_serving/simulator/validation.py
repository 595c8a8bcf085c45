"""Which requests the server of vLLM 0.32 refuses before its engine sees them, in the order in which it looks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from tandem_serving.simulator.ask import Ask, begins_turn, continues, read_chat, read_completion
from tandem_serving.simulator.body import ChatFields, CompletionFields, check_messages, typed
from tandem_serving.simulator.profile import FastProfile, Profile
from tandem_serving.simulator.refusals import bad_request, unknown_model
from tandem_serving.simulator.sampling import check_sampling
from tandem_serving.simulator.tokens import texts_of

NO_ROOM = "max_tokens={0} cannot be greater than max_model_len={1}. Please request fewer output tokens."
TOO_LONG = (
    "This model's maximum context length is {0} tokens. However, your prompt contains at least {1} input tokens, "
    "which exceeds this limit even without any output tokens. Please reduce the length of the input prompt."
)
NOT_BOTH = (
    "continue_final_message and add_generation_prompt are not compatible. Use continue_final_message when you want the "
    "model to continue the final message, and add_generation_prompt when you want to add a header that will prompt it "
    "to start a new assistant message instead."
)
NO_AUDIO = (
    "Audio input was provided but the model '{0}' does not have an audio tower. Audio inference is only supported "
    "for Gemma4 models that include an audio_config (i.e., models that include an audio_config)."
)
_KNOWN_PARTS = frozenset({"text", "refusal", "image_url", "input_audio", "audio_url", "video_url", "thinking"})
_OPENAI_PARTS = (
    ("ChatCompletionContentPartTextParam", "text"),
    ("ChatCompletionContentPartImageParam", "image_url"),
    ("ChatCompletionContentPartInputAudioParam", "input_audio"),
    ("File", "file"),
)

Fields = Mapping[str, Any]


class Server(Struct, frozen=True):
    """What of a server decides on refusals. `window_tokens` is its `max_model_len`."""

    profile: Profile
    model: str
    window_tokens: int
    parsers: bool


def accept_chat(raw: Fields, server: Server) -> Ask:
    """A chat completion that the server takes on. Raises Refusal."""
    for check in _BEFORE_TYPES:
        check(raw)
    fields = typed(raw, ChatFields)
    check_messages(fields["messages"])
    _check_model(fields, server)
    _check_parsers(fields, server)
    if not fields["messages"]:
        raise bad_request("Cannot apply chat template to an empty conversation. Provide at least one message.")
    for message in fields["messages"]:
        _check_parts(message.get("content"), server)
    _check_room(fields, server)
    if continues(fields) and begins_turn(fields):
        raise bad_request(NOT_BOTH)
    return _with_room(read_chat(fields, server.profile, server.window_tokens), server)


def accept_completion(raw: Fields, server: Server) -> tuple[Ask, ...]:
    """A completion that the server takes on, prompt by prompt. Raises Refusal."""
    _check_stream_options(raw)
    if not raw.get("prompt"):
        raise bad_request("Either prompt or prompt_embeds must be provided and non-empty.", "prompt")
    fields = typed(raw, CompletionFields)
    _check_model(fields, server)
    _check_room(fields, server)
    prompt = fields["prompt"]
    prompts = [prompt] if isinstance(prompt, str) else prompt
    texts = [" ".join(map(str, prompts))] if isinstance(prompts[0], int) else prompts
    window = server.window_tokens
    return tuple(_with_room(read_completion(fields, text, server.profile, window), server) for text in texts)


def _check_messages(raw: Fields) -> None:
    messages = raw.get("messages", [])
    if not isinstance(messages, Iterable):
        raise bad_request(f"'{type(messages).__name__}' object is not iterable")


def _check_generation_prompt(raw: Fields) -> None:
    if raw.get("continue_final_message") and raw.get("add_generation_prompt"):
        raise bad_request("Cannot set both `continue_final_message` and `add_generation_prompt` to True.")


def _check_tools(raw: Fields) -> None:
    tools, choice = raw.get("tools"), raw.get("tool_choice")
    if tools == []:
        message = "`tools` must not be an empty array. Either provide at least one tool or omit the field entirely."
        raise bad_request(message, "tools")
    if choice is None or choice == "none":
        return
    if tools is None:
        raise bad_request("When using `tool_choice`, `tools` must be set.", "tool_choice")
    if isinstance(choice, dict):
        _check_named_tool(choice.get("function"), tools)
    elif choice not in ("auto", "required"):
        allowed = 'Only named tools, "none", "auto" or "required" are supported.'
        raise bad_request(f"Invalid value for `tool_choice`: {choice}! {allowed}", "tool_choice")


def _check_named_tool(function: object, tools: Sequence[Any]) -> None:
    usage = 'Correct usage: `{"type": "function", "function": {"name": "my_function"}}`'
    if not isinstance(function, dict):
        message = f"Invalid value for `function`: `{function}` in `tool_choice`! {usage}"
        raise bad_request(message, "tool_choice.function")
    if "name" not in function:
        message = f"Expected field `name` in `function` in `tool_choice`! {usage}"
        raise bad_request(message, "tool_choice.function.name")
    if function["name"] not in [_name_of(tool) for tool in tools]:
        message = "The tool specified in `tool_choice` does not match any of the specified `tools`"
        raise bad_request(message, "tool_choice")


def _name_of(tool: object) -> object:
    function = tool.get("function") if isinstance(tool, dict) else None
    return function.get("name") if isinstance(function, dict) else None


def _check_logprobs(raw: Fields) -> None:
    for name in ("prompt_logprobs", "top_logprobs"):
        if raw.get(name) is not None and not isinstance(raw[name], (int, float)):
            raise bad_request(f"`{name}` must be an integer.", name, raw[name])
    prompt, top = raw.get("prompt_logprobs"), raw.get("top_logprobs")
    if prompt is not None and raw.get("stream") and (prompt > 0 or prompt == -1):
        raise bad_request("`prompt_logprobs` are not available when `stream=True`.", "prompt_logprobs")
    for name, value in (("prompt_logprobs", prompt), ("top_logprobs", top)):
        if value is not None and value < 0 and value != -1:
            raise bad_request(f"`{name}` must be a positive value or -1.", name, value)
    if top is not None and (top == -1 or top > 0) and not raw.get("logprobs"):
        raise bad_request("when using `top_logprobs`, `logprobs` must be set to true.", "top_logprobs")


def _check_stream_options(raw: Fields) -> None:
    if raw.get("stream_options") and not raw.get("stream"):
        raise bad_request("Stream options can only be defined when `stream=True`.", "stream_options")


def _check_response_format(raw: Fields) -> None:
    form = raw.get("response_format")
    if isinstance(form, dict) and form.get("type") == "json_schema" and form.get("json_schema") is None:
        message = "When response_format type is 'json_schema', the 'json_schema' field must be provided."
        raise bad_request(message, "response_format")


_BEFORE_TYPES: tuple[Callable[[Fields], None], ...] = (
    _check_messages,
    _check_generation_prompt,
    _check_tools,
    _check_logprobs,
    _check_stream_options,
    _check_response_format,
)


def _check_model(fields: Fields, server: Server) -> None:
    if fields.get("model") and fields["model"] != server.model:
        raise unknown_model(fields["model"], server.model)


def _check_parsers(fields: Fields, server: Server) -> None:
    choice = fields.get("tool_choice") or ("auto" if fields.get("tools") else "none")
    if server.parsers or choice == "none":
        return
    if choice == "auto":
        message = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
        raise bad_request(message)
    name = f'function "{choice["function"]["name"]}"' if isinstance(choice, dict) else f'"{choice}"'
    raise bad_request(f"tool_choice={name} requires --tool-call-parser to be set")


def _check_parts(content: object, server: Server) -> None:
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    kinds = [part.get("type") for part in parts]
    for part in parts:
        if part.get("type") not in _KNOWN_PARTS:
            raise bad_request(_unknown_part(part))
    _check_media(kinds, server)
    for text in texts_of(content):
        try:
            text.encode()
        except UnicodeEncodeError:
            message = "TextEncodeInput must be Union[TextInputSequence, Tuple[InputSequence, InputSequence]]"
            raise bad_request(message) from None


def _check_media(kinds: Sequence[object], server: Server) -> None:
    images, heard = kinds.count("image_url"), "input_audio" in kinds or "audio_url" in kinds
    most = server.profile.images_per_prompt.value
    if not isinstance(server.profile, FastProfile) and most == 0 and (images or heard):
        raise bad_request(f"{server.model} is not a multimodal model")
    if heard:
        raise bad_request(NO_AUDIO.format(server.model))
    if images > most:
        raise bad_request(f"At most {most} image(s) may be provided in one prompt.", "image")


def _unknown_part(part: Fields) -> str:
    lines = [f"{2 * len(_OPENAI_PARTS)} validation errors for ValidatorIterator"]
    more = "    For further information visit https://errors.pydantic.dev/2.14/v"
    for kind, name in _OPENAI_PARTS:
        lines.append(f"0.{kind}.{name}")
        lines.append(f"  Field required [type=missing, input_value={part}, input_type=dict]\n{more}/missing")
        found = f"input_value={part.get('type')!r}, input_type={type(part.get('type')).__name__}"
        lines.append(f"0.{kind}.type")
        lines.append(f"  Input should be '{name}' [type=literal_error, {found}]\n{more}/literal_error")
    return "\n".join(lines)


def _check_room(fields: Fields, server: Server) -> None:
    asked = fields.get("max_completion_tokens")
    asked = fields.get("max_tokens") if asked is None else asked
    if asked is not None and asked > server.window_tokens:
        raise bad_request(NO_ROOM.format(asked, server.window_tokens), "max_tokens", asked)


def _with_room(ask: Ask, server: Server) -> Ask:
    """The same request, when its prompt fits and what it asks of the sampler makes sense."""
    if ask.prompt_tokens > server.window_tokens:
        least = server.window_tokens + 1
        raise bad_request(TOO_LONG.format(server.window_tokens, least), "input_tokens", least)
    check_sampling(ask.fields, ask.max_tokens)
    return ask
