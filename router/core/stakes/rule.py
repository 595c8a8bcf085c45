"""What a rule about stakes is, and what it finds."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Polarity = Literal["asked", "begun", "particle", "passive", "told"]
"""When the words of a rule count. `asked`: as the verb of something asked for, its object behind it; `begun`: as its
gerund ("go ahead with deleting"); `particle`: as the second half of such a verb ("take down"); `passive`: as its
participle, the object before it. `told`: anywhere but in fiction and in talk about words."""


DECISIVE = 3.2
"""The weight of a finding that is high stakes by itself, in log-odds."""

DECISIVE_FROM = 2.87
"""The least weight that makes stakes high by itself; a finding of less is evidence beside other evidence."""

MENTIONED = 1.5
"""What is left of the weight of a situation told somewhere in a text that is to be summarised, translated or read."""


class Finding(Struct, frozen=True, gc=False):
    """Something with high stakes that a request holds: `name` of the rule, such as `destructive.delete_data`, its
    `domain`, and its `weight` in log-odds; of less than `DECISIVE_FROM` it is evidence only."""

    name: str
    domain: str
    weight: float


class Rule(Struct, frozen=True, gc=False):
    """A word of `leads` with a word of `partners` at most `before` words before it or `after` words after it.

    Without partners a lead is enough. A `harmless` word between a verb and its object lets the rule pass. A `mass`
    word ("all") close behind a verb is as good as an object, if nothing harmless follows. Words are folded.
    """

    finding: Finding
    leads: frozenset[bytes]
    partners: frozenset[bytes]
    before: int
    after: int
    polarity: Polarity
    harmless: frozenset[bytes] = frozenset()
    mass: frozenset[bytes] = frozenset()


def words_of(*lists: str) -> frozenset[bytes]:
    """The words of white-space separated lists."""
    return frozenset(" ".join(lists).encode().split())


def finding(name: str, weight: float) -> Finding:
    """A finding of the domain that its name begins with."""
    return Finding(name, name.partition(".")[0], weight)


def asked(name: str, verbs: str, objects: str, reach: int = 7) -> Rule:
    """Somebody asks for a verb to be done to an object that follows it."""
    return Rule(finding(name, DECISIVE), words_of(verbs), words_of(objects), 0, reach, "asked")


def passive(name: str, participles: str, objects: str, reach: int = 9) -> Rule:
    """Somebody asks that something be done to an object that stands before the participle."""
    return Rule(finding(name, DECISIVE), words_of(participles), words_of(objects), reach, 0, "passive")


def particle(name: str, particles: str, objects: str, reach: int = 5) -> Rule:
    """Somebody asks for what a verb means together with a particle right behind it, done to an object."""
    return Rule(finding(name, DECISIVE), words_of(particles), words_of(objects), 0, reach, "particle")


def begun(rule: Rule) -> Rule:
    """The same, asked for with the gerunds of its verbs."""
    return replace(rule, leads=words_of(*map(_gerunds, rule.leads)), polarity="begun")


def _gerunds(verb: bytes) -> str:
    """Both ways in which a gerund may be spelt: one of them is no word, and harms nobody."""
    word = verb.decode()
    stem = word[:-1] if word.endswith("e") and not word.endswith("ee") else word
    return f"{stem}ing {stem}{stem[-1]}ing"


def told(name: str, leads: str, partners: str = "", within: int = 6, weight: float = DECISIVE) -> Rule:
    """Words of two groups near each other, in any order, in earnest."""
    return Rule(finding(name, weight), words_of(leads), words_of(partners), within, within, "told")
