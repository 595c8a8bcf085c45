"""Tokens as the simulator counts them: words, short numbers, signs. Not Gemma's, but about as many."""

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

_TOKEN = re.compile(r" ?[A-Za-z]{1,9}| ?[0-9]{1,3}| ?[^\sA-Za-z0-9]|\s+")

OPENING = ("<bos>",)
GENERATION = ("<|turn>", "model", "\n")
"""What the chat template puts in front of a conversation, and in front of an answer."""

MEDIA = ("<|image|>",) * 280
"""What one picture takes."""


def tokens_of(text: str) -> list[str]:
    """The text in tokens; joined they are the text again."""
    return _TOKEN.findall(text)


def token_id(token: str, vocabulary: int) -> int:
    """Always the same id for the same token, clear of the ids below 256 that control the model."""
    number = int.from_bytes(blake2b(token.encode("utf-8", "surrogatepass"), digest_size=4).digest())
    reserved = min(256, vocabulary // 2)
    return reserved + number % (vocabulary - reserved)


def texts_of(content: Any) -> list[str]:
    """The texts in the content of a message, whatever its shape."""
    if isinstance(content, str):
        return [content]
    if not isinstance(content, list):
        return []
    return [part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)]


def chat_prompt(messages: Sequence[Mapping[str, Any]], tools: object) -> list[str]:
    """The tokens of a conversation that waits for an answer, the tools on offer first."""
    return [*closed_chat_prompt(messages, tools), *GENERATION]


def closed_chat_prompt(messages: Sequence[Mapping[str, Any]], tools: object) -> list[str]:
    """The tokens of a conversation that nobody has begun to answer."""
    offered = tokens_of(str(tools)) if tools else []
    turns = [token for message in messages for token in (*_opened_turn(message), "<turn|>", "\n")]
    return [*OPENING, *offered, *turns]


def open_chat_prompt(messages: Sequence[Mapping[str, Any]], tools: object) -> list[str]:
    """The tokens of a conversation whose last message is to be gone on with."""
    return [*closed_chat_prompt(messages[:-1], tools), *_opened_turn(messages[-1])]


def _opened_turn(message: Mapping[str, Any]) -> list[str]:
    content, calls = message.get("content"), message.get("tool_calls")
    said = [token for text in texts_of(content) for token in tokens_of(text)]
    shown = [token for part in content if _is_media(part) for token in MEDIA] if isinstance(content, list) else []
    return ["<|turn>", str(message.get("role")), "\n", *said, *shown, *(tokens_of(str(calls)) if calls else ())]


def _is_media(part: object) -> bool:
    return isinstance(part, dict) and "text" not in part
