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

from msgspec import Struct

from router.core.reading.reading import Excerpt, ReadToken

UNDECODED = "\ufffd"
"""What stands for bytes that are no character."""


SPACE_MARK = "\u2581"
"""What SentencePiece writes a space as, so that this character itself decodes to a space."""


class Unaligned(ValueError):
    """The tokens do not spell the text."""


class Undecoded(Unaligned):
    """An engine cannot say what a token of this text is: it would be the same with every engine of its vocabulary."""


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


def align(backwards: Iterable[ScoredToken | None], excerpt: Excerpt) -> tuple[ReadToken, ...]:
    """The tokens of the excerpt's text, given those of a prompt that ends with what was sent of it, the last one first.
    No more of them are taken than it needs. A token that begins before the text is given as beginning with it.
    Raises Unaligned."""
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
    ends. Nothing is known of the blanks before `margin`."""
    start = end = len(sent)
    for token in backwards:
        if token is None:
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
