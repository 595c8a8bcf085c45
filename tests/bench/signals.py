"""What the signals of a request cost, rules and learned heads apart, and what a process pays to have the heads.

python -m tests.bench.signals

On one core. Every prompt is measured many times, others between, and counts with its fastest: what other programs take
is not its cost. A figure's value is the median over prompts.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from time import perf_counter

from router.config.classifier_file import read_classifier
from router.config.shipped import SHIPPED_POLICIES, classifier_folder
from router.core.chat_request import Limits, read_request
from router.core.heads import Heads, score_text
from router.core.prompt_reader import read_prompt
from router.core.signals import measure
from router.core.values import ChatRequest
from tests.bench.figure import Figure, Goal, Series, make_figure, print_figure, say
from tests.bench.process import ROOT, pinned
from tests.examples import chat_body

KIB = 1024
SIZES: Mapping[str, int] = {"100 B": 100, "1 KB": KIB, "16 KB": 16 * KIB, "100 KB": 100 * KIB}
PROMPTS: Mapping[str, int] = {"100 B": 60, "1 KB": 60, "16 KB": 12, "100 KB": 6}
ROUNDS = 15
GOALS_US: Mapping[str, Goal] = {"1 KB": Goal("value", 120.0), "100 KB": Goal("value", 2000.0)}
LOAD_GOAL_S = Goal("value", 0.15)
MEMORY_GOAL_MIB = Goal("value", 30.0)
LOADS = 7
"""Processes that load the classifier, each measured once."""

SENTENCES = tuple(
    """
    The {} committee met on Tuesday, and most of its {} members asked for a longer report.
    How does a {} {} compare with the older kind when both are used every day?
    In {number} the harbour was rebuilt; its {} walls still keep the {} dry.
    Please explain why the {} rises while the {} stays where it is (see figure {number}).
    She wrote: "Nobody had told us about the {} until the {} arrived", which settled it.
    Let f(x) = {number}x + {number}; show that the {} of f is never below the {}.
    Three of the {} were sold, two were kept, and one {} went missing on the way home.
    I would like a {} summary of this, with the {} first and the {} last.
    def count_{}(items): return sum(item.{} for item in items)
    Our {} invoice for {number} euros was paid late because the {} had moved offices.
    The doctor said that the {} would heal in {number} weeks, if the {} was left alone.
    Rain fell on the {}, so everybody stayed in the {} and read about {} engines.
    """.strip().splitlines()
)
WORDS = """
    window garden engine teacher paper river question market copper lantern bridge kitchen orbit pattern winter
    budget needle gravity village pigment contract theorem marble sensor fever harvest anchor protein mirror ticket
    database velvet glacier server melody tariff muscle canal enzyme ladder voltage pension harbour beetle archive
    curtain reactor mortgage symptom painter integer vessel statute cabin signal fossil invoice timber lecture
""".split()


Part = Callable[[ChatRequest], object]
WHOLE = "all signals"


def main() -> int:
    """Runs all benchmarks; 0 whatever they find."""
    folder = classifier_folder(SHIPPED_POLICIES)
    core = min(os.sched_getaffinity(0))
    with pinned(core):
        say(f"loading the classifier in {LOADS} processes")
        loads = [_load(str(folder)) for _ in range(LOADS)]
        heads = read_classifier(folder).heads
        for figure in (*_load_figures(loads), *_cost_figures(heads)):
            print_figure(figure)
    return 0


def draw_prompt(size: int, seed: int) -> str:
    """Prose of so many characters, with some code, figures and quotes in it: the same for the same seed."""
    draw = random.Random(seed)
    text = ""
    while len(text) < size:
        words = draw.choices(WORDS, k=3)
        number = draw.randint(2, 1999)
        text += draw.choice(SENTENCES).strip().format(*words, number=number) + draw.choice((" ", " ", " ", "\n\n"))
    return text[:size]


def _cost_figures(heads: Heads) -> Iterator[Figure]:
    parts: Mapping[str, Part] = {
        WHOLE: partial(measure, heads),
        "rules": read_prompt,
        "heads": lambda request: score_text(heads, request.messages[-1].parts[0].text),
    }
    for name, size in SIZES.items():
        say(f"measuring {PROMPTS[name]} prompts of {name} {ROUNDS} times")
        requests = [_ask(draw_prompt(size, seed)) for seed in range(PROMPTS[name])]
        costs = _fastest_us(parts, requests)
        whole = Series(costs.pop(WHOLE))
        yield make_figure(f"{WHOLE} of {name}", "us", whole, None, GOALS_US.get(name))
        for part, values in costs.items():
            yield make_figure(f"{part} of {name}", "us", Series(values), whole, None)


def _fastest_us(parts: Mapping[str, Part], requests: Sequence[ChatRequest]) -> dict[str, list[float]]:
    """Microseconds of each part for each request: the fastest of all rounds, in which parts and requests alternate."""
    best = {name: [float("inf")] * len(requests) for name in parts}
    for _ in range(ROUNDS):
        for at, request in enumerate(requests):
            for name, part in parts.items():
                best[name][at] = min(best[name][at], _timed_us(part, request))
    return best


def _timed_us(part: Part, request: ChatRequest) -> float:
    started_s = perf_counter()
    part(request)
    return (perf_counter() - started_s) * 1e6


def _ask(prompt: str) -> ChatRequest:
    request, _ = read_request(chat_body(prompt), {}, Limits())
    return request


def _load(folder: str) -> dict[str, dict[str, float]]:
    command = (sys.executable, "-m", "tests.bench.loading", folder)
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paid: dict[str, dict[str, float]] = json.loads(told)
    return paid


def _load_figures(loads: Sequence[Mapping[str, Mapping[str, float]]]) -> Iterator[Figure]:
    for unit, kind, goal in (("s", "load", LOAD_GOAL_S), ("mib", "memory", MEMORY_GOAL_MIB)):
        whole = [load["numpy"][unit] + load["weights"][unit] for load in loads]
        yield make_figure(f"{kind} of numpy and the classifier", unit, Series(whole), None, goal)
        for step in loads[0]:
            yield make_figure(f"{kind} of {step}", unit, Series([load[step][unit] for load in loads]), None, None)


if __name__ == "__main__":
    sys.exit(main())
