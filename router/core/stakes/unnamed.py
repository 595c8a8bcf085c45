"""Orders in short texts that name no verb that is known, or that come as a polite wish. Pure."""

from collections.abc import Mapping, Sequence

from router.core.stakes.deeds import UNNAMED
from router.core.stakes.folding import END
from router.core.stakes.grammar import NO_DEEDS, NO_VERB_ENDINGS, RUN_UP
from router.core.stakes.meeting import PLACE_REACH, deeds_at, is_done_to_a_text, meets
from router.core.stakes.polarity import clause_behind, is_commanded, is_serious
from router.core.stakes.rule import Deed, Finding, words_of

SHORT_WORDS = 60
"""A text of at most so many words is read for such orders: in a longer one a sentence may begin with anything."""

REACH = 5
"""So many words behind an unknown verb its object may stand."""

_PARTICLES = words_of("out up off down over back in away")
_DEFINITE = words_of("the all my his her our their every both everyone everybody it them")
_IF_YOU = [b"if", b"you"]


def orders_unnamed(words: Sequence[bytes], verbs: frozenset[bytes]) -> list[Finding]:
    """Whether a sentence begins with a word that is not known for anything else, done to something of the world."""
    if len(words) > SHORT_WORDS:
        return []
    starts = [0, *[at + 1 for at, word in enumerate(words) if word == END]]
    return [UNNAMED.finding] if any(_opens_unnamed(words, start, verbs) for start in starts) else []


def wishes(words: Sequence[bytes], pasts: Mapping[bytes, tuple[Deed, ...]]) -> list[Finding]:
    """What somebody would be glad of: "if you terminated the lease"."""
    if len(words) > SHORT_WORDS or b"if" not in words:
        return []
    places = [at for at in range(2, len(words)) if words[at] in pasts and words[at - 2 : at] == _IF_YOU]
    return [found for at in places for found in deeds_at(words, at, pasts[words[at]])]


def _opens_unnamed(words: Sequence[bytes], start: int, verbs: frozenset[bytes]) -> bool:
    at = start
    while at < len(words) and words[at] in RUN_UP:
        at += 1
    if at >= len(words) or words[at] in NO_DEEDS or words[at].endswith(NO_VERB_ENDINGS):
        return False
    behind = clause_behind(words, at, PLACE_REACH)
    phrase = behind[1:] if not _PARTICLES.isdisjoint(behind[:1]) else behind
    if _DEFINITE.isdisjoint(phrase[:1]) or is_done_to_a_text(behind) or not meets(UNNAMED, phrase[:REACH], ()):
        return False
    return is_commanded(words, at, verbs) and is_serious(words, at)
