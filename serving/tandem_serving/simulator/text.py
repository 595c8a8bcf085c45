"""What a simulated engine says: plausible for the task, the same every time for the same prompt, and open about
being simulated. The tier does not matter, so that one tier can go on where the other left off."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import chain, cycle
from random import Random

from tandem_serving.simulator.alignment import standing
from tandem_serving.simulator.task import Kind, Task
from tandem_serving.simulator.tokens import tokens_of

NOTICE = "This answer is simulated, no model wrote it."
GARBAGE = ("\ufffd", "~17", " qx", "]]", " zzv", "\u0283", " %%", " vkj", "~3", "}{")
"""What a canvas full of noise is made of."""

_WORD = re.compile(r"[A-Za-z][A-Za-z-]{3,}")
_COMMON = frozenset(
    "about above after again also because been before being between both could does doing down each explain find "
    "following from further give have here into just list make more most only other over please same should show "
    "some such summarise summarize than that their them then there these they this those through translate under "
    "until very want were what when where which while will with word words would write your sentence sentences".split()
)
_ORDERS = 6
"""Of three subjects."""

_FILLER = ("topic", "question", "answer", "point", "case")

_CHAT = (
    "The short version is that {a} comes first and {b} follows from it.",
    "In most cases {a} matters more than {b}, and it is worth checking both.",
    "A good first step is to look at {a} on its own.",
    "After that, compare {a} with {b} and note what differs.",
    "People who work with {b} usually start from {a} as well.",
    "If {a} is not settled yet, leave {b} for later.",
    "None of this depends on {c}, although {c} can make it easier.",
    "There are exceptions, and {c} is the best known of them.",
    "Nobody notices {b} until it is missing.",
    "It helps to write down what {c} was meant to do, and by when.",
    "Some would begin at the other end, with {b}, and they have a point.",
    "What costs the most time is usually {a}, not because it is hard but because it waits.",
    "Ask twice before you change {c}.",
    "Whoever comes to {a} late tends to blame {b}.",
    "A drawing of how {b} and {c} hang together says more than a page.",
    "In the end it is {a} that people remember.",
)
_SUMMARY = (
    "The text is about {a}.",
    "It says that {a} and {b} belong together, and gives reasons.",
    "The main point concerns {b}.",
    "It also mentions {c} in passing.",
    "The part on {a} is the longest.",
    "It closes by returning to {b}.",
)
_TRANSLATION = (
    "« {a} » est traduit ici par simulation.",
    "Le texte parle de {a} et de {b}.",
    "La suite concerne {b}, puis {c}.",
    "Enfin, il revient sur {a}.",
)
_MATHS = (
    "Let x stand for {a}.",
    "From what is given, {a} and {b} are related by a linear equation.",
    "Collecting the terms with {b} on one side leaves x alone on the other.",
    "Substituting back confirms the equation for {c}.",
    "Each step can be undone, so nothing was lost on the way.",
)
_LIST = (
    "- {a}: the first thing to consider.",
    "- {b}: follows from {a}.",
    "- {c}: often forgotten, cheap to check.",
    "- {a} together with {c}: needed only in special cases.",
    "- whatever costs least, which here is {b}.",
    "- a note of what went wrong with {a} last time.",
    "- somebody to ask about {c} before it is too late.",
    "- time for {b}: an hour more than it seems to take.",
    "- nothing at all, where {c} has been dealt with already.",
    "- the opposite of {a}, if only to see why nobody does that.",
    "- {b} on its own, as it used to be done.",
    "- a second look at {c} from the other end.",
)
_CODE = (
    "def {a}_step(value: int) -> int:",
    '    """Handles {a}, then {b}."""',
    "    {b} = value + 1",
    "    if {b} > 10:",
    "        return {b} - 10",
    "    return {b}",
    "",
    "",
)


def compose(task: Task, variant: int = 0) -> str:
    """The whole answer to a task. `variant` tells choices of one request from each other."""
    chance = Random(blake2b(f"{variant}:{task.material}".encode("utf-8", "surrogatepass")).digest())  # noqa: S311
    return _COMPOSERS[task.kind](task, chance)


def go_on(whole: str, begun: str) -> str:
    """What comes after `begun` in this answer: its rest, from where `begun` stands in it; nothing once it is whole."""
    if whole.startswith(begun):
        return whole[len(begun) :]
    own = tokens_of(whole)
    rest = own[standing(own, tokens_of(begun))[-1] :]
    return "".join(rest) or f" That is all there is to say. {NOTICE}"


def garbled(tokens: Sequence[str], first: int, end: int) -> tuple[str, ...]:
    """The same tokens with those in this range turned into noise."""
    noise = cycle(GARBAGE)
    return tuple(next(noise) if first <= at < end else token for at, token in enumerate(tokens))


def reasoning_for(task: Task) -> str:
    """What a model that thinks first would think."""
    a, b, _ = _subjects(task.material, Random(len(task.material)))  # noqa: S311
    return f"Simulated thinking. The question concerns {a}. It seems best to settle {a} before {b}, then answer.\n"


def _compose_sentences(sentences: Sequence[str]) -> Callable[[Task, Random], str]:
    def compose_them(task: Task, chance: Random) -> str:
        subjects = _subjects(task.material, chance)
        return _filled(chain([NOTICE], _sentences(sentences, subjects, chance)), " ", task.tokens)

    return compose_them


def _compose_list(task: Task, chance: Random) -> str:
    subjects = _subjects(task.material, chance)
    return _filled(chain([NOTICE], _sentences(_LIST, subjects, chance)), "\n", task.tokens)


def _compose_code(task: Task, chance: Random) -> str:
    a, b, c = (subject.lower().replace("-", "_") for subject in _subjects(task.material, chance))
    lines = (line.format(a=f"{a}{number or ''}", b=b, c=c) for number in range(99) for line in _CODE)
    body = _filled(chain([f"# {NOTICE}"], lines), "\n", task.tokens).rstrip()
    return f"```python\n{body}\n```"


def _compose_maths(task: Task, chance: Random) -> str:
    steps = _compose_sentences(_MATHS)(task, chance)
    result = chance.randint(2, 97)
    return f"{steps} So x = {result}.\n\n\\boxed{{{result}}}"


def _compose_rewrite(task: Task, chance: Random) -> str:
    _, _, material = task.material.partition("\n")
    rewritten = " ".join((material or task.material).split())
    return f"{NOTICE} {rewritten}"


def _compose_short(task: Task, chance: Random) -> str:
    return f"Simulated: {_subjects(task.material, chance)[0]}."


_COMPOSERS: Mapping[Kind, Callable[[Task, Random], str]] = {
    "chat": _compose_sentences(_CHAT),
    "summary": _compose_sentences(_SUMMARY),
    "translation": _compose_sentences(_TRANSLATION),
    "rewrite": _compose_rewrite,
    "list": _compose_list,
    "code": _compose_code,
    "maths": _compose_maths,
    "short": _compose_short,
}


def _subjects(material: str, chance: Random) -> tuple[str, str, str]:
    """Three words of the prompt that an answer can speak of."""
    found = dict.fromkeys(word for word in _WORD.findall(material[:4000]) if word.lower() not in _COMMON)
    words = [*found, *_FILLER[: max(0, 3 - len(found))]]
    a, b, c = chance.sample(words[:12], 3)
    return a, b, c


def _sentences(sentences: Sequence[str], subjects: tuple[str, str, str], chance: Random) -> Iterator[str]:
    """The sentences over and over, the subjects changing their places: all of their orders before one comes again."""
    spoken_of = list(subjects)
    orders: set[tuple[str, ...]] = set()
    while True:
        chance.shuffle(spoken_of)
        if tuple(spoken_of) in orders:
            continue
        a, b, c = spoken_of
        orders = {(a, b, c)} if len(orders) == _ORDERS - 1 else {*orders, (a, b, c)}
        for sentence in sentences:
            yield sentence.format(a=a, b=b, c=c)


def _filled(parts: Iterator[str], between: str, tokens: int) -> str:
    """As many parts as come closest to so many tokens, at least one."""
    taken: list[str] = []
    length = 0
    for part in parts:
        longer = length + len(tokens_of(part)) + 1
        if taken and longer - tokens > tokens - length:
            break
        taken.append(part)
        length = longer
    return between.join(taken)
