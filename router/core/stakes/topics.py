"""Topics in which a wrong answer costs, and how much of their vocabulary makes a text one of theirs. Data and sums.

Words count once, however often a text repeats them: a word that hardly anybody uses for anything else as much as two
that also have a plain meaning, or four that only keep company with them. A longer text needs more, since any prose
comes upon a few.
"""

import math

from msgspec import Struct

from router.core.stakes import anatomy, complaints, hazards, investing, law, medicine, money, quarrels, remedies
from router.core.stakes.rule import DECISIVE_FROM, Finding, words_of

STRONG, PLAIN, FAINT = 4, 2, 1
"""The points of a word by how much it says."""

ENDING = 4
ENDING_LEAST = 8
"""Words of at least so many letters are told by their last four: hardly anybody lists every disease and medicine."""

FEWEST_POINTS = 2
BRIEF_POINTS = 3
BRIEF_WORDS = 12
POINTS_A_WORD, GROWTH = 0.22, 0.8
"""A text of at most `BRIEF_WORDS` needs `BRIEF_POINTS`, a longer one `POINTS_A_WORD` x (words beyond) ** `GROWTH` more,
near the 97th percentile of what texts of low stakes come upon. Fewer than `FEWEST_POINTS` are none at all."""

PASTED_FACTOR = 2.0
"""A text that says at either end that it is to be summarised, translated or read needs so many times the points."""

LEAST_RATIO, MOST_RATIO = -1.0, 1.2
DECISIVE_RATIO = -0.25
"""Logarithms of points to points needed: nothing, the most, and where stakes are high if heads neither raise nor lower
them. Chosen on sources of `train/` and `dev/` that the heads had not seen."""


PAIR = b"_"
"""Stands between the two words of a pair, which adds what its points exceed those of its words where they meet."""

PAIR_WORDS = 200
"""So many words at either end of a text are searched for pairs: beyond, no pair could make up for the length."""


class Topic(Struct, frozen=True, gc=False):
    """Words and pairs of one domain by their points, the endings of words that are strong unless they are `harmless`,
    and the pairs that are `harmless`: they take away what their words are worth."""

    name: str
    domain: str
    strong: frozenset[bytes]
    plain: frozenset[bytes]
    faint: frozenset[bytes]
    endings: frozenset[bytes] = frozenset()
    harmless: frozenset[bytes] = frozenset()


def points_needed(words: int) -> float:
    """The points that make a text of so many words one of a topic's."""
    return BRIEF_POINTS + POINTS_A_WORD * math.pow(max(words - BRIEF_WORDS, 0), GROWTH)


def find_topic(topic: Topic, points: int, needed: float) -> Finding | None:
    """What the points of a text say of a topic: weightier than `DECISIVE_FROM` when they are enough by themselves, and
    None when they are next to nothing."""
    if points < FEWEST_POINTS or (ratio := math.log((points + 1) / (needed + 1))) <= LEAST_RATIO:
        return None
    ratio = min(ratio, MOST_RATIO)
    return Finding(topic.name, topic.domain, DECISIVE_FROM * (ratio - LEAST_RATIO) / (DECISIVE_RATIO - LEAST_RATIO))


def both_numbers(*lists: str) -> frozenset[bytes]:
    """The words of white-space separated lists, and what would be their plurals: one that is no word harms nobody."""
    singular = words_of(*lists)
    return singular | {_plural(word) for word in singular if len(word) > 2}


def pairs_of(firsts: str, seconds: str) -> frozenset[bytes]:
    """The pairs that any word of one white-space separated list makes with any of another that follows it."""
    return frozenset(first + PAIR + second for first in words_of(firsts) for second in words_of(seconds))


def _plural(word: bytes) -> bytes:
    if word.endswith((b"s", b"x", b"ch", b"sh")):
        return word + b"es"
    if word.endswith(b"y") and word[-2:-1] not in b"aeiou":
        return word[:-1] + b"ies"
    return word + b"s"


ENGLISH = words_of(
    """
    the is are was were be what how why when if my our your you we i it this that to of for from by with about any and
    not have has does do can should could would may did who which where when than
    half effects interactions uses vs difference between without while together
"""
)
"""A text with none of these is not English, and its medicine or money is not judged by English words."""

PASTED = words_of(
    """
    passage passages article articles paragraph paragraphs headline headlines summary summaries summarize summarise
    summarizing summarising paraphrase paraphrased rephrase reword sentiment review reviewer reviewers synthesize
    distill nutshell context plot author essay character dialogue background sentence sentences story stories topic
    topics newspaper cnn bbc reuters facts extract translate proofread
"""
)
ASK_WORDS = 16
"""So many words at either end of a text say what is to be done with it; `PASTED` ones, that it is to be worked on."""

ASKS_MEANING = words_of("mean means meaning definition")
"""Talk about words, and yet what people ask about a finding, a clause or a fee ("what does a high count mean?")."""

TOPICS: tuple[Topic, ...] = (
    Topic(
        "medical.topic",
        "medical",
        both_numbers(medicine.STRONG, remedies.STRONG, anatomy.STRONG, complaints.STRONG)
        | both_numbers(medicine.STRONG_PAIRS, anatomy.STRONG_PAIRS, complaints.STRONG_PAIRS)
        | pairs_of(complaints.PARTS, complaints.TROUBLES),
        both_numbers(medicine.PLAIN, anatomy.PLAIN, complaints.PLAIN)
        | both_numbers(medicine.PLAIN_PAIRS, anatomy.PLAIN_PAIRS, complaints.PLAIN_PAIRS)
        | pairs_of("my", complaints.PARTS),
        both_numbers(medicine.FAINT, anatomy.FAINT, complaints.FAINT),
        words_of(medicine.ENDINGS),
        both_numbers(medicine.HARMLESS, anatomy.HARMLESS, complaints.HARMLESS),
    ),
    Topic(
        "legal.topic",
        "legal",
        both_numbers(law.STRONG, law.STRONG_PAIRS, quarrels.STRONG, quarrels.STRONG_PAIRS),
        both_numbers(law.PLAIN, law.PLAIN_PAIRS, quarrels.PLAIN, quarrels.PLAIN_PAIRS),
        both_numbers(law.FAINT, quarrels.FAINT),
        harmless=both_numbers(law.HARMLESS, quarrels.HARMLESS),
    ),
    Topic(
        "financial.topic",
        "financial",
        both_numbers(money.STRONG, money.STRONG_PAIRS, investing.STRONG, investing.STRONG_PAIRS),
        both_numbers(money.PLAIN, money.PLAIN_PAIRS, investing.PLAIN, investing.PLAIN_PAIRS),
        both_numbers(money.FAINT, investing.FAINT),
        harmless=both_numbers(money.HARMLESS, investing.HARMLESS),
    ),
    Topic(
        "safety.topic",
        "safety",
        both_numbers(hazards.DANGER_STRONG, hazards.DANGER_STRONG_PAIRS),
        both_numbers(hazards.DANGER_PLAIN, hazards.DANGER_PLAIN_PAIRS),
        both_numbers(hazards.DANGER_FAINT),
    ),
    Topic(
        "security.topic",
        "security",
        both_numbers(hazards.ATTACK_STRONG),
        both_numbers(hazards.ATTACK_PLAIN),
        both_numbers(hazards.ATTACK_FAINT),
    ),
)

TOPIC_NAMES = frozenset(topic.name for topic in TOPICS)
