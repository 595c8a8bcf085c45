"""The texts of requests and answers, for traces that are to hold them: heard on their way, shortened, and with what is
not for others left out."""

import json
import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from router.core.values import ChatRequest, Message
from router.overhearing import Heard, Overheard
from router.ports import Answer, Asked
from router.telemetry.spans import Transcript

REDACTED: Final = "__REDACTED__"
MOST_HEARD: Final = 4096
"""Requests that are listened to at once; the oldest give way."""


class Redaction(Struct, frozen=True):
    """What is replaced in texts before anybody gets them, and how many characters of each are told at most."""

    patterns: tuple[re.Pattern[str], ...]
    most_chars: int

    def told(self, text: str) -> str:
        """As much of a text as is told. INVARIANT: it is shortened last, so that no half of a secret is left over."""
        for pattern in self.patterns:
            text = pattern.sub(REDACTED, text)
        return text if len(text) <= self.most_chars else text[: self.most_chars - 1] + "…"


class Spoken(Struct, frozen=True):
    """What was asked, and what was heard of the answer."""

    request: ChatRequest
    heard: Heard


class Transcripts:
    """Listens to answers, until the records of their requests are written."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._spoken: OrderedDict[str, Spoken] = OrderedDict()

    def listen(self, asked: Asked, answer: Answer) -> Answer:
        """The answer, listened to."""
        overheard = Overheard(answer)
        self._spoken[asked.request_id] = Spoken(asked.request, overheard.heard)
        if len(self._spoken) > MOST_HEARD:
            self._spoken.popitem(last=False)
        return overheard

    def claim(self, request_id: str) -> Spoken | None:
        """What was heard of a request, which is then forgotten."""
        return self._spoken.pop(request_id, None)

    def told(self, spoken: Spoken) -> Transcript:
        """What may be told of it. Of an answer that is not text alone, or that broke off, nothing is."""
        redaction, messages = self._redaction, spoken.request.messages
        answer = redaction.told(spoken.heard.text or "")
        asked = [each for each in messages if each.role == "user"]
        said = [{"role": "assistant", "parts": _parts(answer)}] if answer else []
        return Transcript(
            redaction.told(_text_of(asked[-1])) if asked else "",
            answer,
            json.dumps(self._messages(messages), ensure_ascii=False),
            json.dumps(said, ensure_ascii=False) if said else "",
        )

    def _messages(self, messages: Sequence[Message]) -> list[dict[str, Any]]:
        """The latest messages, as many as are told in all."""
        room, told = self._redaction.most_chars, []
        for message in reversed(messages):
            text = self._redaction.told(_text_of(message))[:room]
            told.append({"role": message.role, "parts": _parts(text)})
            room -= len(text)
            if room <= 0:
                break
        return told[::-1]


def _parts(text: str) -> list[dict[str, str]]:
    return [{"type": "text", "content": text}]


def _text_of(message: Message) -> str:
    return "\n".join([part.text for part in message.parts if part.text])
