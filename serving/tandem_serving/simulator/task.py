"""What a prompt asks for, read with the router's own eyes: what kind of text, how long and how hard it is."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from router.core.answer_length import expected_tokens
from router.core.prompt_reader import read_prompt
from router.core.scoring import difficulty
from router.core.values import Band, ChatRequest, Message, Part
from tandem_serving.simulator.tokens import texts_of

Kind = Literal["chat", "summary", "rewrite", "translation", "code", "maths", "list", "short"]

_KIND_OF_CUE: Mapping[str, Kind] = {
    "text.summary": "summary",
    "text.rewrite": "rewrite",
    "text.translation": "translation",
    "answer.list": "list",
    "answer.one_word": "short",
    "answer.yes_no": "short",
    "answer.terse": "short",
    "text.classification": "short",
}
_KIND_OF_SUBJECT: Mapping[str, Kind] = {"code": "code", "maths": "maths"}


class Task(Struct, frozen=True):
    """What is asked for. `material` is what the last user said, `tokens` the length that the answer should have."""

    kind: Kind
    material: str
    tokens: int
    difficulty: Band


def read_task(messages: Sequence[Mapping[str, Any]]) -> Task:
    """The task of a conversation."""
    said = tuple(Message(str(each.get("role", "")), _parts(each.get("content"))) for each in messages)
    asked = [message for message in said if message.role == "user"]
    material = "\n".join(part.text for part in asked[-1].parts) if asked else ""
    prompt = read_prompt(ChatRequest("", said, {}, {}, 0))
    kinds = (_KIND_OF_CUE.get(cue.name) or _KIND_OF_SUBJECT.get(cue.subject) for cue in prompt.ask.cues)
    kind: Kind = next((found for found in kinds if found is not None), "chat")
    return Task(kind, material, expected_tokens(prompt.ask, prompt.ask_tokens), difficulty(prompt).band)


def _parts(content: object) -> tuple[Part, ...]:
    return tuple(Part("text", text) for text in texts_of(content)) or (Part("text"),)
