"""Whether a verb is in a commanding position, and whether a sentence is in earnest. Pure.

A verb commands when only a run-up stands between it and the beginning of a clause that is itself no talk.
"""

from collections.abc import Sequence

from router.core.stakes.folding import COMMA, END
from router.core.stakes.grammar import (
    ADVERB,
    ASKED_ABOUT,
    BEGS,
    DO_IT,
    JOINS,
    LEAVES,
    LIGHT,
    MODALS,
    NEGATIONS,
    NO_ADVERBS,
    NOT_YOU,
    OPTIONS,
    ORDERING,
    RUN_UP,
    STRAY,
    TALK,
    TEXT_WORK,
    TEXTS,
    TURNS,
    UNTOLD,
    WANTED,
    WEIGHED,
    WILL,
    WISHED,
)

RUN_UP_REACH = 12
SENTENCE_REACH = 40
PASSIVE_REACH = 5
EARNEST_REACH = 25
NEGATION_REACH = 5
TEXT_REACH = 7
"""So many words a run-up may have, a sentence is read back, the helper of a participle stands before it, words of
fiction stand behind a verb, a denial before what it denies, and what a task changes behind its verb."""


def sentence_start(words: Sequence[bytes], at: int) -> int:
    """Where the sentence begins in which the word at this place stands, read back `SENTENCE_REACH` words at most."""
    least = max(at - SENTENCE_REACH, 0)
    for place in range(at - 1, least - 1, -1):
        if words[place] == END:
            return place + 1
    return least


def clause_behind(words: Sequence[bytes], at: int, most: int) -> Sequence[bytes]:
    """At most so many words behind a place, up to the end of the sentence."""
    behind = words[at + 1 : at + 1 + most]
    return behind[: behind.index(END)] if END in behind else behind


def is_run_up(word: bytes) -> bool:
    """Whether a word may stand before a verb that is ordered: one of `RUN_UP`, or an adverb."""
    return word in RUN_UP or (word.endswith(ADVERB) and word not in NO_ADVERBS)


def run_up_start(words: Sequence[bytes], at: int) -> int:
    """Where the run-up begins that leads to the word at this place."""
    place = at
    least = max(at - RUN_UP_REACH, 0)
    while place > least and is_run_up(words[place - 1]):
        place -= 1
    return place


def is_an_option(words: Sequence[bytes], start: int) -> bool:
    """Whether the sentence that begins at this place is an answer to choose from: "B. Remove the lid"."""
    return start > 1 and words[start - 2] in OPTIONS and (start == 2 or words[start - 3] == COMMA)


def head_of(sentence: Sequence[bytes]) -> bytes:
    """The first word of a sentence that is no run-up, or nothing."""
    for word in sentence:
        if word != COMMA and not is_run_up(word):
            return word
    return b""


def asks_about(run_up: Sequence[bytes]) -> bool:
    """Whether a run-up asks instead of asking for: "should I"."""
    return len(run_up) > 1 and run_up[0] in MODALS and run_up[1] in NOT_YOU and run_up[:2] != DO_IT


def is_commanded(words: Sequence[bytes], at: int, imperatives: frozenset[bytes]) -> bool:
    """Whether the verb at this place is in a commanding position; `imperatives` may open the clause that it goes on."""
    start = run_up_start(words, at)
    run_up = words[start:at]
    if asks_about(run_up) or _announces(run_up) or (run_up and run_up[-1] in STRAY and not _is_you_asked(run_up)):
        return False
    if _begs(words, start, run_up):
        return True
    return _opens(words, start, imperatives) and not (run_up[:1] == [b"to"] and _is_boundary(words, start))


def continues(words: Sequence[bytes], at: int, imperatives: frozenset[bytes]) -> bool:
    """Whether the verb at this place stands inside a sentence that does not open with an order itself."""
    start = sentence_start(words, at)
    return COMMA in words[start:at] and head_of(words[start:at]) not in (imperatives | {b""})


def _announces(run_up: Sequence[bytes]) -> bool:
    """Whether a run-up tells what somebody will do: "we will"."""
    return not WILL.isdisjoint(run_up) and ORDERING.isdisjoint(run_up)


def _begs(words: Sequence[bytes], start: int, run_up: Sequence[bytes]) -> bool:
    """Whether a run-up begs, in a sentence that is neither about an answer nor a denial."""
    if BEGS.isdisjoint(run_up):
        return False
    said = words[sentence_start(words, start) : start]
    head = head_of(said)
    return head not in TALK and head not in ASKED_ABOUT and not is_negated(said) and not is_work_on_a_text(said)


def _is_you_asked(run_up: Sequence[bytes]) -> bool:
    return run_up[-1] in (b"you", b"u") and len(run_up) > 1 and run_up[-2] in MODALS


def _is_boundary(words: Sequence[bytes], start: int) -> bool:
    return start == 0 or words[start - 1] in (END, COMMA)


def _opens(words: Sequence[bytes], start: int, imperatives: frozenset[bytes]) -> bool:
    """Whether a clause that somebody is in earnest about may begin at this place."""
    if start == 0 or words[start - 1] == END:
        return not is_an_option(words, start)
    before = words[start - 1]
    if before in TURNS or before in LEAVES:
        return True
    said = words[sentence_start(words, start) : start - 1]
    head = head_of(said)
    if before == COMMA:
        framed = head in TALK or head in ASKED_ABOUT or is_work_on_a_text(said)
        return not framed and not is_an_option(words, sentence_start(words, start))
    if before not in JOINS or head in TALK or head in ASKED_ABOUT:
        return False
    part = _last_part(said)
    return not head or head in imperatives or (bool(part) and head_of(part) in imperatives | {b""})


def is_work_on_a_text(said: Sequence[bytes]) -> bool:
    """Whether a sentence begins with a change to a text, which is what follows: "replace the word kill in: ..."."""
    return head_of(said) in TEXT_WORK and not TEXTS.isdisjoint(said[:TEXT_REACH])


def _last_part(said: Sequence[bytes]) -> Sequence[bytes]:
    return said[len(said) - said[::-1].index(COMMA) :] if COMMA in said else said


def is_earnest(words: Sequence[bytes], at: int) -> bool:
    """Whether no word of the sentence around a place is one of fiction."""
    said = words[sentence_start(words, at) : at]
    return LIGHT.isdisjoint(said) and LIGHT.isdisjoint(clause_behind(words, at, EARNEST_REACH))


def is_serious(words: Sequence[bytes], at: int) -> bool:
    """Whether what is ordered at this place is in earnest, and not weighed against another ("kill vs kill -9")."""
    return is_earnest(words, at) and WEIGHED.isdisjoint(words[max(at - PASSIVE_REACH, 0) : at + PASSIVE_REACH])


def is_reworded(words: Sequence[bytes], at: int) -> bool:
    """Whether the sentence of this place opens with a task that is done to words."""
    start = sentence_start(words, at)
    return not UNTOLD.isdisjoint(words[start : min(start + 7, at)])


def is_begun(words: Sequence[bytes], at: int, imperatives: frozenset[bytes]) -> bool:
    """Whether the gerund at this place is something to be done: "go ahead with deleting", "make room by deleting"."""
    said = words[sentence_start(words, at) : at]
    head = head_of(said)
    if words[at - 1] == b"by" and head not in imperatives:
        return False
    return head not in TALK and head not in ASKED_ABOUT and not is_negated(said) and not asks_about(said)


def is_wanted(words: Sequence[bytes], at: int) -> bool:
    """Whether the participle at this place is what should come about: "has to be deleted", not "was"."""
    said = words[sentence_start(words, at) : at]
    helped = not WANTED.isdisjoint(said[-PASSIVE_REACH:]) or not WISHED.isdisjoint(said)
    if not helped or said[-2:-1] == [b"will"] or is_negated(said):
        return False
    head = head_of(said)
    return head not in TALK and head not in ASKED_ABOUT and not asks_about(said)


def is_negated(said: Sequence[bytes]) -> bool:
    """Whether one of the last words denies what follows."""
    near = said[-NEGATION_REACH:]
    if NEGATIONS.isdisjoint(near):
        return False
    last = max(place for place, word in enumerate(near) if word in NEGATIONS)
    return COMMA not in near[last:]
