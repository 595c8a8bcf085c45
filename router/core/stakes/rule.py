"""What a rule about stakes is, and what it finds."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Grasp = Literal["any", "pointed", "named"]
"""What a verb needs behind it to be a deed: `any` object; one that is `pointed` at ("the", "all", "his") or that the
rule knows; or one that the rule knows, as `named`."""

DECISIVE = 3.2
"""The weight of a finding that is high stakes by itself, in log-odds."""

DECISIVE_FROM = 2.87
"""The least weight that makes stakes high by itself; a finding of less is evidence beside other evidence."""

MENTIONED = 1.5
"""What is left of the weight of a situation told somewhere in a text that is to be summarised, translated or read."""


GIVEN = -3.0
"""What speaks against a topic where the ask is only to reword, correct or label words that are given."""


class Finding(Struct, frozen=True, gc=False):
    """Something with high stakes that a request holds: `name` of the rule, such as `destructive.delete_data`, its
    `domain`, and its `weight` in log-odds; of less than `DECISIVE_FROM` it is evidence only."""

    name: str
    domain: str
    weight: float


class Deed(Struct, frozen=True, gc=False):
    """A verb of `verbs` that somebody wants done, with as much of an object behind it as `grasp` says.

    With `particles` one of them follows too ("turn the pumps off"). A word of `mass` ("all") close behind the verb is
    as good as an object. Words are folded.
    """

    finding: Finding
    verbs: frozenset[bytes]
    objects: frozenset[bytes]
    grasp: Grasp
    particles: frozenset[bytes] = frozenset()
    mass: frozenset[bytes] = frozenset()


class Rule(Struct, frozen=True, gc=False):
    """A word of `leads` with a word of `partners` at most `before` words before it or `after` words after it.

    Without partners a lead is enough. A word of `harmless` as near as a partner may be makes it something else ("my
    library card"). Words are folded.
    """

    finding: Finding
    leads: frozenset[bytes]
    partners: frozenset[bytes]
    before: int
    after: int
    harmless: frozenset[bytes] = frozenset()


def words_of(*lists: str) -> frozenset[bytes]:
    """The words of white-space separated lists."""
    return frozenset(" ".join(lists).encode().split())


def finding(name: str, weight: float) -> Finding:
    """A finding of the domain that its name begins with."""
    return Finding(name, name.partition(".")[0], weight)


def told(name: str, leads: str, partners: str = "", within: int = 6, weight: float = DECISIVE) -> Rule:
    """Words of two groups near each other, in any order."""
    return Rule(finding(name, weight), words_of(leads), words_of(partners), within, within)


def unless(rule: Rule, harmless: str) -> Rule:
    """The same, where none of these words is near."""
    return replace(rule, harmless=words_of(harmless))


def typed(name: str, leads: str, partners: str, reach: int) -> Rule:
    """A word of a command with one of its arguments behind it."""
    return Rule(finding(name, DECISIVE), words_of(leads), words_of(partners), 0, reach)
