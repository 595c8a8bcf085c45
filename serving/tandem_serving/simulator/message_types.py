"""The kinds of message that vLLM 0.32 knows, named as it names them: its refusals list all that a message is not."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Required

from pydantic import BaseModel, TypeAdapter, ValidationError
from typing_extensions import TypedDict

Content = str | Iterable[Any]


class ChatCompletionDeveloperMessageParam(TypedDict, total=False):
    """What the developer says."""

    content: Required[Content]
    role: Required[Literal["developer"]]


class ChatCompletionSystemMessageParam(TypedDict, total=False):
    """What the system says."""

    content: Required[Content]
    role: Required[Literal["system"]]


class ChatCompletionUserMessageParam(TypedDict, total=False):
    """What the user says."""

    content: Required[Content]
    role: Required[Literal["user"]]


class ChatCompletionAssistantMessageParam(TypedDict, total=False):
    """What the model said."""

    role: Required[Literal["assistant"]]
    content: Content | None
    tool_calls: Iterable[Any]


class ChatCompletionToolMessageParam(TypedDict, total=False):
    """What a tool answered."""

    content: Required[Content]
    role: Required[Literal["tool"]]
    tool_call_id: Required[str]


class ChatCompletionFunctionMessageParam(TypedDict, total=False):
    """What a function answered, in the retired form."""

    content: Required[str | None]
    name: Required[str]
    role: Required[Literal["function"]]


class CustomChatCompletionMessageParam(TypedDict, total=False):
    """What anyone else says."""

    role: Required[str]
    content: str | list[Any]


class Message(BaseModel):
    """A message of another model family, which takes part in the same union."""

    author: dict[str, Any]
    content: list[Any] = []


_MESSAGES = TypeAdapter(
    list[
        ChatCompletionDeveloperMessageParam
        | ChatCompletionSystemMessageParam
        | ChatCompletionUserMessageParam
        | ChatCompletionAssistantMessageParam
        | ChatCompletionToolMessageParam
        | ChatCompletionFunctionMessageParam
        | CustomChatCompletionMessageParam
        | Message
    ]
)


def message_errors(messages: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
    """What is wrong with the messages, as pydantic says it; nothing when all are of some kind."""
    if all(map(_is_usual, messages)):
        return ()
    try:
        _MESSAGES.validate_python(messages, from_attributes=True)
    except ValidationError as error:
        return error.errors(include_url=False)
    return ()


def _is_usual(message: object) -> bool:
    return (
        isinstance(message, dict) and isinstance(message.get("role"), str) and isinstance(message.get("content"), str)
    )
