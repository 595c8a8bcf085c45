"""What an ask means in its conversation: what it says yes to, and whether it may lead to the use of a tool. Pure."""

from collections.abc import Container, Iterator, Sequence
from itertools import compress, pairwise

from router.core.stakes.deeds import AGREED
from router.core.stakes.folding import COMMA, END, fold
from router.core.stakes.grammar import TALK
from router.core.stakes.meeting import deeds_at
from router.core.stakes.polarity import head_of
from router.core.stakes.reading import DEEDS_BY_PAST, DEEDS_BY_VERB, VERBS, wants_words
from router.core.stakes.rule import Finding, words_of
from router.core.stakes.speech import READS, agrees, repeats

AGREEING, PROPOSING, ASKING = 200, 800, 2_000
"""So many characters are read at the beginning of an ask for a yes, at the end of the message before it for what is
agreed to, and of an ask for what it is after."""

ECHO_WORDS, VERB_REACH = 5, 6
"""An ask of so many words may do no more than name a deed; so close behind the asking for leave stands its verb."""

_OFFERING = words_of("i ill will to and or can would then now also me") | {END, COMMA}
_BY_ME = words_of("i ive we have has done been was were")
_ASKING_LEAVE = {(b"shall", b"i"), (b"should", b"i"), (b"me", b"to"), (b"may", b"i"), (b"can", b"i")}
"""What an assistant says before a deed that it offers, before one that it did, and what it asks leave with."""


def agreed_findings(ask: str, proposal: str) -> tuple[Finding, ...]:
    """What an assistant proposed to do that an ask says yes to, or did and is to do again; each name once."""
    if not proposal:
        return ()
    words = fold(ask[:AGREEING]).split()
    if repeats(words):
        return _each_once(_accomplished(_last_words(proposal)))
    proposed = _last_words(proposal) if _may_agree(words) else []
    return _each_once(_proposed(proposed)) if _agrees(words, proposed) else ()


def leads_to_a_deed(ask: str, proposal: str) -> bool:
    """Whether an ask may lead to the use of tools that act: not when it, or what it says yes to, only wants words."""
    words = fold(ask[:ASKING]).split()
    proposed = _last_words(proposal) if proposal and _may_agree(words) else []
    if proposed and _agrees(words, proposed):
        return not _proposes_words(proposed)
    return not wants_words(words)


def _last_words(proposal: str) -> list[bytes]:
    return fold(proposal[-PROPOSING:]).split()


def _may_agree(words: Sequence[bytes]) -> bool:
    """Whether an ask says yes or is so short that it may name a deed: only then what was proposed has to be read."""
    return len(words) <= ECHO_WORDS or agrees(words)


def _agrees(words: Sequence[bytes], proposed: Sequence[bytes]) -> bool:
    """Whether an ask says yes, or only names the deed that was proposed: "drop it"."""
    return agrees(words) or (len(words) <= ECHO_WORDS and words[:1] != [] and words[0] in VERBS.intersection(proposed))


def _each_once(found: Iterator[Finding]) -> tuple[Finding, ...]:
    return tuple({finding.name: finding for finding in found}.values())


def _proposed(words: Sequence[bytes]) -> Iterator[Finding]:
    """The deeds that are offered: "shall I drop it?", "this will transfer 500 euros"."""
    for at in _places(DEEDS_BY_VERB, words):
        if at == 0 or words[at - 1] in _OFFERING:
            yield from deeds_at(words, at, DEEDS_BY_VERB[words[at]])
    if _asked_leave_for(words) in VERBS - TALK - READS:
        yield AGREED


def _accomplished(words: Sequence[bytes]) -> Iterator[Finding]:
    """The deeds that were done: "I have deleted the first 50 records"."""
    for at in _places(DEEDS_BY_PAST, words):
        if not _BY_ME.isdisjoint(words[max(at - 3, 0) : at]):
            yield from deeds_at(words, at, DEEDS_BY_PAST[words[at]])


def _places(wanted: Container[bytes], words: Sequence[bytes]) -> Iterator[int]:
    """Where words stand that are wanted."""
    return compress(range(len(words)), map(wanted.__contains__, words))


def _proposes_words(words: Sequence[bytes]) -> bool:
    """Whether the last proposal is to say or to show something."""
    return _asked_leave_for(words) in TALK | READS


def _asked_leave_for(words: Sequence[bytes]) -> bytes:
    """The verb that leave was asked for last, or nothing."""
    offers = [at for at, pair in enumerate(pairwise(words)) if pair in _ASKING_LEAVE]
    return head_of(words[offers[-1] + 2 : offers[-1] + 2 + VERB_REACH]) if offers else b""
