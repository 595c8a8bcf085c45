"""litellm's chunks, written as OpenAI writes them. Pure: it looks at litellm's objects and imports none of it."""

from typing import Any, Final

from tandem_serving.hosted.provider import Object, Told
from tandem_serving.hosted.refusals import Refusal

OF_A_CHUNK: Final = ("id", "object", "created", "model", "system_fingerprint")


class ChunkReader:
    """Reads a stream. `ends` are the chunks that end choices, held back until the stream is known to be whole; `usage`
    is what was counted at last, `last` the last chunk (None: there is none)."""

    def __init__(self) -> None:
        self.ends: list[Told] = []
        self.usage: Any = None
        self.last: Any = None

    def take(self, chunk: Any) -> list[Told]:
        """What of it may be sent on now."""
        self.last, self.usage = chunk, getattr(chunk, "usage", None) or self.usage
        choices = [written(each) for each in chunk.choices]
        if any(each.finish_reason for each in chunk.choices):
            self.ends.append(Told(written_chunk(chunk, choices)))
            return []
        says_something = any(each.get("delta") for each in choices)
        return [Told(written_chunk(chunk, choices))] if says_something else []

    def check_finished(self, stream: Any) -> None:
        """Raises Refusal where the provider did not say that it had finished: litellm then ends the stream all the
        same, with a `stop` of its own."""
        if not (stream.received_finish_reason or stream.intermittent_finish_reason):
            raise Refusal(502, "the provider broke off its answer", "provider_failed")


def written_chunk(chunk: Any, choices: list[Object]) -> Object:
    """A chunk with these choices."""
    said = {name: value for name in OF_A_CHUNK if (value := getattr(chunk, name, None)) is not None}
    return {**said, "choices": choices}


def written(value: Any) -> Object:
    """As OpenAI writes it: without what litellm keeps of a provider's own wire."""
    found = _without_asides(value.model_dump(exclude_none=True))
    assert isinstance(found, dict)
    return found


def _without_asides(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_asides(each) for name, each in value.items() if name != "provider_specific_fields"}
    return [_without_asides(each) for each in value] if isinstance(value, list) else value
