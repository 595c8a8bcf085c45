"""Whether an answer may take the place of one that its callers were content with. Pure."""

from typing import Final

from router.core.chat_chunk import Object, choices_of, decoded, fields
from router.core.event_stream import MalformedStream

NO_ANSWER: Final = "no_answer"
CUT_SHORT: Final = "cut_short"
"""What may be wrong with it: it says nothing, or less than it had to say."""

_SAYS: Final = ("content", "tool_calls", "function_call", "refusal")


def fault_of(body: bytes | None) -> str:
    """What is wrong with the body of a plain answer; None is none. Empty: nothing is."""
    try:
        choices = [] if body is None else choices_of(decoded(body))
        if not choices or not all(map(_says_something, choices)):
            return NO_ANSWER
    except MalformedStream:
        return NO_ANSWER
    return CUT_SHORT if any(each.get("finish_reason") == "length" for each in choices) else ""


def _says_something(choice: Object) -> bool:
    """Raises MalformedStream."""
    message = fields(choice.get("message"), "message")
    said = [message.get(name) for name in _SAYS]
    return any(each.strip() if isinstance(each, str) else each for each in said)
