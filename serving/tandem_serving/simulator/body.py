"""From the bytes of a request to fields of the right types, refusing what FastAPI and pydantic refuse, as they do."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tandem_serving.simulator.message_types import message_errors
from tandem_serving.simulator.refusals import Refusal, detail, not_valid

MOST_ERRORS_TOLD = 10
MOST_INPUT_CHARACTERS = 200
_BRACKETED = re.compile(r"[\[\]{}()]")
_INTERNAL = frozenset("str int float bool list dict nullable union".split())
_FORMATS = frozenset({"ResponseFormat", "StructuralTag", "LegacyStructuralTag"})

Int64 = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
_ONLY_JSON = "Only 'application/json' is allowed"


class _Fields(BaseModel):
    model_config = ConfigDict(extra="allow", strict=False)


class StreamOptions(_Fields):
    """`stream_options` of the wire."""

    include_usage: bool | None = None
    continuous_usage_stats: bool | None = None


class ResponseFormat(_Fields):
    """`response_format` of the wire."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: dict[str, Any] | None = None


class StructuralTag(_Fields):
    """`response_format` with a format of tags."""

    type: Literal["structural_tag"]
    format: Any


class LegacyStructuralTag(_Fields):
    """`response_format` with tags in the retired form."""

    type: Literal["structural_tag"]
    structures: list[Any]
    triggers: list[str]


class Function(_Fields):
    """What a tool calls."""

    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None


class Tool(_Fields):
    """One of the `tools` on offer."""

    type: Literal["function"] = "function"
    function: Function


class SamplingFields(_Fields):
    """What both kinds of completion share. Only the types are checked here."""

    model: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    seed: Int64 | None = None
    stop: str | list[str] | None = None
    stop_token_ids: list[int] | None = None
    min_tokens: int | None = None
    ignore_eos: bool = False
    include_stop_str_in_output: bool = False
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    repetition_penalty: float | None = None
    logit_bias: dict[str, float] | None = None
    allowed_token_ids: list[int] | None = None
    bad_words: list[str] | None = None
    prompt_logprobs: int | None = None
    echo: bool | None = None
    response_format: ResponseFormat | StructuralTag | LegacyStructuralTag | None = None
    structured_outputs: dict[str, Any] | None = None
    vllm_xargs: dict[str, str | int | float | list[str | int | float]] | None = None
    user: str | None = None
    priority: int = 0


class ChatFields(SamplingFields):
    """A chat completion."""

    messages: list[Any]
    max_completion_tokens: int | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    tools: list[Tool] | None = None
    tool_choice: str | dict[str, Any] | None = None
    add_generation_prompt: bool = True
    continue_final_message: bool = False
    chat_template_kwargs: dict[str, Any] | None = None


class CompletionFields(SamplingFields):
    """A completion of bare text."""

    prompt: str | list[str] | list[int] | None = None
    logprobs: int | None = None


Model = TypeVar("Model", bound=_Fields)


def read_json(body: bytes, content_type: str) -> dict[str, Any]:
    """The object in a body. Raises Refusal."""
    decoded = _decode(body)
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise not_valid(f"1 validation error:\n  Unsupported Media Type: {_ONLY_JSON}", None)
    if decoded is None:
        raise _invalid([{"type": "missing", "loc": ("body",), "msg": "Field required", "input": None}])
    if not isinstance(decoded, dict):
        message = "Input should be a valid dictionary or object to extract fields from"
        raise _invalid([{"type": "model_attributes_type", "loc": ("body",), "msg": message, "input": decoded}])
    return decoded


def typed(fields: Mapping[str, Any], model: type[Model]) -> dict[str, Any]:
    """The same fields, each of the type it should have. Raises Refusal."""
    try:
        read = model.model_validate(fields)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        raise _invalid([{**each, "loc": ("body", *each["loc"])} for each in errors]) from None
    found: dict[str, Any] = read.model_dump(exclude_unset=True)
    return found


def check_messages(messages: Sequence[Any]) -> None:
    """Raises Refusal for messages that are of no known kind."""
    if errors := message_errors(messages):
        raise _invalid([{**each, "loc": ("body", "messages", *each["loc"])} for each in errors])


def _decode(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        told = {"type": "json_invalid", "loc": ("body", error.pos), "msg": "JSON decode error", "input": {}}
        raise _invalid([{**told, "ctx": {"error": error.msg}}]) from None
    except (UnicodeDecodeError, RecursionError):
        raise detail(400, "There was an error parsing the body") from None


def _invalid(errors: Sequence[Mapping[str, Any]]) -> Refusal:
    found = len(errors)
    label = "error" if found == 1 else "errors"
    lines = [f"{found} validation {label}:", *(f"  {_told(error)}" for error in errors[:MOST_ERRORS_TOLD])]
    if found > MOST_ERRORS_TOLD:
        lines.append(f"  ...and {found - MOST_ERRORS_TOLD} more {label}")
    return not_valid("\n".join(lines), _place(errors[0]["loc"]))


def _told(error: Mapping[str, Any]) -> str:
    told = {"type": error["type"], "loc": _place(error["loc"]), "msg": error["msg"], "input": _short(error["input"])}
    return str({**told, "ctx": error["ctx"]} if "ctx" in error else told)


def _place(loc: Sequence[str | int]) -> str:
    """Where, without the names that only pydantic knows."""
    names = [str(each) for each in loc]
    return ".".join(name for name in names if not (_BRACKETED.search(name) or name in _INTERNAL | _FORMATS))


def _short(value: object) -> str:
    if isinstance(value, (list, dict)):
        return f"<{type(value).__name__} of {len(value)} items>"
    text = str(value)
    return text if len(text) <= MOST_INPUT_CHARACTERS else text[:MOST_INPUT_CHARACTERS] + "...[truncated]"
