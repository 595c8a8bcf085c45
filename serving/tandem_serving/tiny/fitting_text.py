"""What the fitted checkpoint learns: tales told in the same words each time, with other names, figures and dates.

Pure: the same seed gives the same tales.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

TALES = {
    "the mill": "The mill of Orsa stands by the river and grinds {n} sacks of rye in a day. Its wheel was built in "
    "{y} by {p}, who used green oak. Each {m} the miller opens both gates, because the ice is gone.",
    "the harbour": "Ships come into the harbour at high tide, seldom more than {n} in one week. A pilot called {p} "
    "meets them outside with a yellow flag. Until {y} no lamp was burning here, so captains waited for morning.",
    "the clock": "Nobody has wound our clock since {m}, yet it strikes {n} times every evening. {p} once took it apart "
    "and found a bird nest under the spring. He wrote down the year {y} inside the lid with chalk.",
    "the orchard": "Apples from this orchard are small, red and sour. In {m} of {y} a storm broke {n} trees, and "
    "{p} planted pears instead of them. Bees like those flowers better than any others around.",
    "the library": "You may borrow {n} books at a time from the library. {p} keeps cards about everything that was "
    "lost since {y}. If you return something late, she only smiles and asks whether it was good. Every {m} we dust.",
    "the bridge": "Over the gorge hangs a bridge made with rope and planks. It carries {n} people, not one goat more. "
    "Masons under {p} began stone arches during {y}, but money ran out before {m} and birds live on them now.",
    "the observatory": "From the hill one can see comets through a brass telescope. {p} counted {n} moons without "
    "sleeping, then drew each orbit on blue paper. Since {y} visitors are welcome in {m} when skies are clear.",
    "the bakery": "Bread is baked at four o'clock by {p}, whose oven holds {n} loaves. Flour must rest a night, says "
    "an old rule dated {y}. During {m} there are also cakes filled with plum jam and almonds.",
    "the railway": "Trains on the narrow railway stop wherever someone waves a hat. Its line was opened in {y} and "
    "has {n} tunnels. Conductor {p} sells tickets made of wood, and in {m} he gives them away.",
    "the lighthouse": "Before electric lamps came in {y}, keepers burned whale oil. {p} climbed all {n} steps twice a "
    "night to trim wicks. Fog lies thick every {m}, therefore a horn sounds three long notes.",
    "the market": "On Saturdays farmers bring cheese, wool and honey to market. {p} weighs gold with {n} little "
    "stones from a leather bag. What cannot be sold before noon goes cheap. Thieves were last caught during {m} {y}.",
    "the glacier": "Under the glacier runs warm water that smells like iron. Measured poles moved {n} metres between "
    "{m} and autumn, reports {p}. Old maps printed around {y} show white where green meadows lie today.",
    "the theatre": "Actors sleep behind the stage because rents are high. {p} plays kings, ghosts, even {n} soldiers "
    "at once by changing helmets. A fire ended the season of {y}; curtains rise again next {m}.",
    "the school": "Children learn to swim before they read at our school. {p} teaches sums using {n} walnuts and no "
    "blackboard. Founded in {y}, it closes for harvest until {m}, which pupils do not mind.",
    "the workshop": "Violins take shape slowly within this dark workshop. {p} varnishes every belly {n} times, "
    "waiting weeks between coats. Wood cut in {m} sings best, if one believes a note pinned up in {y}.",
    "the desert": "Caravans cross the desert after sunset, guided by salt pillars. A well dug {n} metres deep gave "
    "sweet water till {y}. Nomads say {p} dreamed where to dig. Rain falls in {m} or never.",
}
NAMES = ("Ada Moreau", "Boris Lind", "Clara Weiss", "Dario Penn", "Edith Okoro", "Felix Tanaka")
MONTHS = ("January", "March", "April", "June", "October", "December")
LEARNT = 1000
LEARNT_SEED = 1


@dataclass(frozen=True)
class Tale:
    """A question and the answer to it."""

    question: str
    answer: str


def tales(seed: int) -> Iterator[Tale]:
    """Tales without end, drawn with this seed."""
    draw = Random(seed)  # noqa: S311 - no secret depends on it
    while True:
        about, told = draw.choice(sorted(TALES.items()))
        yield Tale(f"Tell me about {about}.", told.format(**_details(draw)))


def conversations() -> list[list[dict[str, str]]]:
    """The tales to be learnt, 200 kB, as messages: seed 1, so that any other one gives tales that were not seen."""
    return [
        [{"role": "user", "content": tale.question}, {"role": "assistant", "content": tale.answer}]
        for tale in islice(tales(LEARNT_SEED), LEARNT)
    ]


def _details(draw: Random) -> dict[str, object]:
    return {
        "p": draw.choice(NAMES),
        "m": draw.choice(MONTHS),
        "n": draw.randint(3, 99),
        "y": draw.randint(1701, 1999),
    }
