"""Which words of a request a named reason was found in. Pure; for people who ask why, not for serving: it reads the
request again some dozens of times for each reason.

The rules say that they have found something, not where. So words are left out for as long as the reason is still found:
what is left is as little as is enough for it. There may be other words of which that is true as well.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from router.core.prompt_reader import read_prompt
from router.core.values import ChatRequest, Message, Part

MOST_WORDS: Final = 400
"""Of a longer request nothing is quoted: it takes 50 ms of a processor for one of so many, and soon half a second."""

MOST_QUOTED: Final = 8
"""What needs more words is there because of all that is said, not because of these."""

BLANK: Final = "qq"
"""What stands for a word that is left out, so that the others stay as far apart as they were. It means nothing."""

_WORDS = re.compile(r"\w+")


def quote(request: ChatRequest, reasons: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """For each of these reasons that rules or cues found in what the user said, as few words as are enough for it, in
    their order. Left out are those that need no word or too many, and all where the request is too long."""
    said = [word for message in request.messages if message.role == "user" for word in _words_of(message)]
    found = _names_in(request)
    if len(said) > MOST_WORDS:
        return {}
    quoted = {name: tuple(said[at] for at in _enough(request, len(said), name)) for name in reasons if name in found}
    return {name: words for name, words in quoted.items() if 0 < len(words) <= MOST_QUOTED}


def _enough(request: ChatRequest, count: int, name: str) -> Sequence[int]:
    """The places of the words that are kept when each that is not needed is left out."""

    def holds(kept: Sequence[int]) -> bool:
        return name in _names_in(_only(request, frozenset(kept)))

    return _least(tuple(range(count)), holds)


def _least(kept: tuple[int, ...], holds: Callable[[Sequence[int]], bool]) -> tuple[int, ...]:
    """What is left when pieces are taken away for as long as it holds: halves first, single ones last."""
    size = len(kept)
    while size:
        at = 0
        while at < len(kept):
            without = kept[:at] + kept[at + size :]
            if holds(without):
                kept = without
            else:
                at += size
        size //= 2
    return kept


def _only(request: ChatRequest, kept: frozenset[int]) -> ChatRequest:
    """The same request with no other words of the user's than these."""
    places = iter(range(MOST_WORDS + 1))

    def word_or_blank(found: re.Match[str]) -> str:
        return found[0] if next(places) in kept else BLANK

    def blanked(part: Part) -> Part:
        return replace(part, text=_WORDS.sub(word_or_blank, part.text)) if part.text else part

    messages = [
        Message(each.role, tuple(map(blanked, each.parts))) if each.role == "user" else each
        for each in request.messages
    ]
    return replace(request, messages=tuple(messages))


def _names_in(request: ChatRequest) -> frozenset[str]:
    prompt = read_prompt(request)
    findings = [each.name for each in (*prompt.findings, *prompt.offered)]
    return frozenset([*findings, *(cue.name for cue in prompt.ask.cues)])


def _words_of(message: Message) -> Iterable[str]:
    return (word for part in message.parts for word in _WORDS.findall(part.text))
