"""Which characters of a text the tokens are that an engine took it for. Pure.

Engines say token by token what each decodes to by itself. That is its exact text, but for tokens that end within a
character: of these vLLM says nothing (""), and adds what they hold to the token that completes the character
(`LogprobsProcessor._correct_decoded_token`). So is every byte of a SentencePiece vocabulary's byte fallback (Gemma's),
and every piece of a byte-level vocabulary, unless it begins within one character and ends with another: for such a
token engines say U+FFFD, which is not in the text, and so the text is not aligned. Nor is a text that holds U+FFFD
itself: what engines say could then be true of it by accident.

INVARIANT: what is aligned is exact. Every token that is not "" has to be the text that it is aligned with.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from router.core.reading.reading import Excerpt, ReadToken

UNDECODED = "\ufffd"
"""What stands for bytes that are no character."""


SPACE_MARK = "\u2581"
"""What SentencePiece writes a space as, so that this character itself decodes to a space."""

WHOLE: Final = "whole"

Extent: TypeAlias = int | Literal["whole"]
"""Of how many tokens at the end of its prompt an engine is to say how likely they were. It may take from its prefix
cache what stands before those, and only that."""

_SPARE_TOKENS = 32
"""For short texts, of which many are all digits and marks."""

_TOKENS_BEFORE = 4
"""Those of the character before a text, which show where it begins: none has more bytes in UTF-8."""


class Unaligned(ValueError):
    """The tokens do not spell the text."""


class Undecoded(Unaligned):
    """An engine cannot say what a token of this text is: it would be the same with every engine of its vocabulary."""


class Untold(Unaligned):
    """Of the beginning of the text, or of what shows where it begins, an engine says nothing."""


class ScoredToken(Struct, frozen=True, gc=False):
    """One token of a prompt: what it decodes to, and how likely it was to the engine (see `ReadToken`)."""

    piece: str
    logprob: float
    rank: int
    best_logprob: float


def sent_text(excerpt: Excerpt) -> str:
    """What of an excerpt is sent to be read. Chat templates cut off blanks at the ends of a message or keep them, and
    those at its end are no part of what was written but of what comes next."""
    return (excerpt.before + excerpt.text).rstrip()


def extent_of(excerpt: Excerpt) -> int:
    """Enough for the tokens of the excerpt's text, but for a rare one. A token has a byte at least, so the bytes are a
    safe bound, and a loose one: prose has three to five of them a token, code two to three, and each token too many is
    one that the prefix cache may not serve. Only what is mostly digits or unknown characters has more tokens than half
    its bytes; then `align` raises Untold, and the text is to be read once more."""
    size = len(excerpt.text.encode())
    return min(size, size // 2 + _SPARE_TOKENS) + _TOKENS_BEFORE


def align(backwards: Iterable[ScoredToken | None], excerpt: Excerpt) -> tuple[ReadToken, ...]:
    """The tokens of the excerpt's text, given those of a prompt that ends with what was sent of it, the last one first.
    No more of them are taken than it needs: up to the one before the text, since until then another part of its first
    character may come. A token that begins before the text is given as beginning with it. Raises Unaligned."""
    if UNDECODED in excerpt.text:
        raise Undecoded("what the tokens of U+FFFD are is not told")
    sent = sent_text(excerpt)
    joint = len(excerpt.before)
    margin = len(sent) - len(sent.lstrip())
    wanted = max(joint, margin)
    if len(sent) <= wanted:
        return ()
    found = [
        ReadToken(max(start - joint, 0), end - joint, token.logprob, token.rank, token.best_logprob)
        for token, start, end in _spans(iter(backwards), _unmarked(sent), margin, wanted)
    ]
    return tuple(reversed(found))


def _spans(
    backwards: Iterator[ScoredToken | None], sent: str, margin: int, wanted: int
) -> Iterator[tuple[ScoredToken, int, int]]:
    """The tokens from the last one to the one in which the character `wanted` begins, each with where it begins and
    ends. Nothing is known of the blanks before `margin`. Of the first token of a prompt there is nothing to tell."""
    start = end = len(sent)
    for token in backwards:
        if token is None:
            if any(True for _ in backwards):
                raise Untold("nothing is said of a token that may be of the text")
            break
        piece = _unmarked(token.piece)
        if start <= wanted and piece:
            return
        if piece:
            start, end = _start_of(piece, sent, margin, start), start
        elif start == end:
            raise Unaligned("the prompt goes on behind the text")
        yield token, start, end
    if start > wanted:
        raise Unaligned("the prompt is shorter than the text")


def _start_of(piece: str, sent: str, margin: int, end: int) -> int:
    """Where a token begins that ends at `end`. The first one may hold the end of what is before the text."""
    start = end - len(piece)
    if start >= margin:
        if sent.startswith(piece, start):
            return start
    elif piece.endswith(sent[margin:end]):
        return margin
    if UNDECODED in piece:
        raise Undecoded("a token begins within one character and ends with another")
    raise Unaligned("a token is not what the text says")


def _unmarked(text: str) -> str:
    return text.replace(SPACE_MARK, " ")
