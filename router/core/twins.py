"""Two samples of one answer, asked for at once: the first is what the caller may get, the second its witness. Pure."""

import orjson

from router.core.chat_chunk import Object, choices_of, decoded, usage_of
from router.core.event_stream import each_event, event, payload
from router.core.spoken import spoken_of
from router.core.values import Usage

SAMPLES = 2


class Twins:
    """Takes the two samples apart as they come. `finish` is the event that ends the first, b"" before it came; `texts`
    is what each says, `tokens` how many each took, where the engine says so.

    INVARIANT: what `first_of` answers, and then `finish`, are the events of an answer with one choice."""

    def __init__(self) -> None:
        self.texts = [""] * SAMPLES
        self.tokens = [0] * SAMPLES
        self.finish = b""

    def first_of(self, events: bytes) -> bytes:
        """Of some events those of the first sample, less its end. Raises MalformedStream for what is no chunk."""
        return b"".join([self._first_of(one) for one in each_event(events)])

    def usage_of_first(self, usage: Usage | None) -> Usage | None:
        """What the caller is given of what both took."""
        return usage if usage is None or not self.tokens[0] else Usage(usage.prompt_tokens, self.tokens[0])

    def _first_of(self, one: bytes) -> bytes:
        data = payload(one)
        if data is None:
            return one
        chunk = decoded(data)
        choices = choices_of(chunk)
        for choice in choices:
            self._note(choice, chunk)
        mine = [choice for choice in choices if spoken_of(choice).index == 0]
        if not mine and choices:
            return b""
        kept = one if len(mine) == len(choices) else event(orjson.dumps({**chunk, "choices": mine}))
        if not any(choice.get("finish_reason") for choice in mine):
            return kept
        self.finish += kept
        return b""

    def _note(self, choice: Object, chunk: Object) -> None:
        said = spoken_of(choice)
        if said.index < SAMPLES:
            self.texts[said.index] += said.text
            if chunk.get("usage") is not None:
                self.tokens[said.index] = usage_of(chunk["usage"]).completion_tokens
