"""Sentences that are fluent and wrong: nothing in them shows it, only who knows what should stand there notices.

They belong to the text, not to a request: whoever goes on with a draft meets those that come later, and not again one
that was mended.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from random import Random

from msgspec import Struct, structs

from tandem_serving.simulator.alignment import standing
from tandem_serving.simulator.answer import Answer
from tandem_serving.simulator.task import Kind, Task
from tandem_serving.simulator.tokens import tokens_of

_SPOKEN: frozenset[Kind] = frozenset({"chat", "list", "maths"})
"""What is made of English sentences, and free to speak of what the prompt does not."""

_HEADS = (
    "It was settled by",
    "The work was done by",
    "Most is owed to",
    "It was refused by",
    "The plan came from",
)
_NAMES = ("Marlow", "Vesper", "Tansy", "Orrin", "Halden", "Quill", "Bexley", "Corwin", "Sable", "Thorne", "Wick")
_TAILS = ("after {} days", "in {} places", "with {} others", "for {} guineas")
_SHORTEST, _LONGEST = 12, 25
"""Tokens of a sentence in whose place one of these can stand."""


class Draft(Struct, frozen=True):
    """Whose part a choice is: the tokens of the whole answer as they should be, and those that had been said."""

    task: Task
    right: Sequence[str]
    said: Sequence[str]


class Slip(Struct, frozen=True):
    """What stands in the place of as many right tokens, from `start` of the whole answer on."""

    start: int
    tokens: Sequence[str]


def with_slips(answer: Answer, draft: Draft, amount: float, width: int) -> Answer:
    """The same choice, as wrong as `slips_of` says."""
    begins = standing(draft.right, draft.said)[-1]
    tokens = list(answer.tokens)
    for slip in slips_of(draft, amount, width):
        skipped = max(0, begins - slip.start)
        if skipped and list(draft.said[-skipped:]) != list(slip.tokens[:skipped]):
            continue
        at = answer.thought + slip.start + skipped - begins
        due = list(draft.right[slip.start + skipped : slip.start + len(slip.tokens)])[: len(tokens) - at]
        if tokens[at : at + len(due)] == due:
            tokens[at : at + len(due)] = slip.tokens[skipped : skipped + len(due)]
    return structs.replace(answer, tokens=tuple(tokens))


def slips_of(draft: Draft, amount: float, width: int) -> Iterator[Slip]:
    """One sentence in the middle of each block of `width` tokens that is to be wrong: the block of this number, or,
    below 1, this share of all blocks."""
    sentences = list(_sentences(draft.right)) if draft.task.kind in _SPOKEN else []
    for block in range(-(-len(draft.right) // width)):
        seed = blake2b(f"{block}:{draft.task.material}".encode("utf-8", "surrogatepass")).digest()
        chance = Random(seed)  # noqa: S311 - a repeatable simulation, not a secret
        if not (chance.random() < amount if amount < 1 else block + 1 == int(amount)):
            continue
        first, end = block * width, block * width + width
        within = [each for each in sentences if first < each.start and each.stop < end]
        if within:
            place = chance.choice(within)
            lead = " " if draft.right[place.start].startswith(" ") else ""
            yield Slip(place.start, tokens_of(lead + _wrong_sentence(len(place), chance)))


def _sentences(tokens: Sequence[str]) -> Iterator[range]:
    """The sentences that are neither too short nor too long to be wrong, the first one left out: it is the notice."""
    start = 0
    for at, said in enumerate(tokens):
        if "\n" in said or (at == start and said == "-"):
            start = at + 1
        elif said == ".":
            if start and _SHORTEST <= at + 1 - start <= _LONGEST:
                yield range(start, at + 1)
            start = at + 1


def _wrong_sentence(length: int, chance: Random) -> str:
    """A sentence of so many tokens, its stop counted: each name takes two, but for the first."""
    head = chance.choice(_HEADS)
    tail = chance.choice(_TAILS).format(chance.randint(11, 989))
    left = length - len(tokens_of(head)) - len(tokens_of(tail)) - 1
    *names, last = chance.sample(_NAMES, (left + 1) // 2)
    return f"{head} {', '.join(names)} and {last} {tail}{'' if left % 2 else ' too'}."
