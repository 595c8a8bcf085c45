"""What a final answer is: its one form, the place it stands in, and reading a piece of text as one."""

import re
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from router.core.doubt.form import Normal, normal_choice, normal_output, normalise, unwrap
from router.core.doubt.question import Question

Place: TypeAlias = Literal["boxed", "field", "marked", "stated", "line", "whole", "concluded", "named", "fence"]
"""Where it stands: in a box of LaTeX, in a field of JSON, behind "####", behind words such as "the answer is", alone on
the last line, as the whole answer, in a concluding sentence, as the text of an option, in a code fence."""

SENTENCE_END: Final = re.compile(r"(?<=[a-zA-Z0-9)\]}$*'\"`%])[.!](?=\s)|\n\n")

_LETTER = re.compile(
    r"[\s*_\"'$(\[\\{]{0,6}"
    r"(?:(?:(?i:option|choice|letter)[\s*:(\[]{1,3})(?P<named>[A-Pa-p])|(?:text\{|boxed\{)?(?P<letter>[A-P]))"
    r"(?=[)\]}*.:,\"'$]|\s*\Z|\s[^a-z])"
)


class FinalAnswer(Struct, frozen=True, gc=False):
    """A final answer in its one form, where it stands and from which character on."""

    normal: Normal
    place: Place
    at: int

    @property
    def shown(self) -> str:
        """As people read it, the same for answers that mean the same."""
        return self.normal.shown


def as_final(text: str, place: Place, at: int, question: Question) -> FinalAnswer | None:
    """A piece of text as the final answer to a question. None: it is nothing that can be compared."""
    if question.options:
        letter = letter_at_start(text) or option_in(text, question)
        return None if letter is None else FinalAnswer(normal_choice(letter), place, at)
    normal = normal_output(text) if question.kind == "output" else normalise(text)
    return None if normal is None else FinalAnswer(normal, place, at)


def letter_at_start(text: str) -> str | None:
    """The letter of an option that a text begins with; not "A" or "I" as a word of a sentence."""
    found = _LETTER.match(unwrap(text))
    return None if found is None else (found["letter"] or found["named"]).upper()


def option_in(text: str, question: Question) -> str | None:
    """The one option whose text is in a text; None where none is, or several that are no parts of each other."""
    low = text.casefold()
    held = {
        letter: option.casefold() for letter, option in question.options.items() if _stands_in(option.casefold(), low)
    }
    if not held:
        return None
    longest = max(held, key=lambda letter: len(held[letter]))
    return longest if all([option in held[longest] for option in held.values()]) else None  # noqa: C419 - a few


def _stands_in(option: str, text: str) -> bool:
    at = text.find(option)
    if at < 0 or len(option) < 2:
        return False
    before, after = text[max(at - 1, 0) : at], text[at + len(option) : at + len(option) + 1]
    return not (before.isalnum() or after.isalnum())
