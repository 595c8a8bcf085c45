"""What judging costs: all checks of the standard set, over blocks of 256 tokens, long ones and hostile ones; and doubt.

python -m tests.bench.gate

On one core. Every block is judged many times, others between, and counts with its fastest. Long and hostile blocks
are judged at 10 KB and at 100 KB, in every place where checks look; the ratio of the two says whether anything grows
faster than the text.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import quantiles
from time import perf_counter
from typing import Final

from msgspec.structs import replace

from router.config.doubt_file import read_doubt
from router.config.shipped import SHIPPED_POLICIES, doubt_folder
from router.core.checks.table import CheckSet, check_set, judge
from router.core.checks.written import LOOK_BACK, Brief, Call, Written
from router.core.doubt.estimate import Scorers, doubt_of
from router.core.doubt.question import read_question
from tests.bench.figure import Figure, Goal, Series, make_figure, print_figure, say
from tests.bench.process import pinned
from tests.gate_corpus.rows import GOOD, Row, read_rows, written_of

TOKENS: Final = 256
CHARS_PER_TOKEN: Final[Mapping[str, float]] = {"zh": 1.5, "ja": 1.5, "ko": 2, "th": 2, "hi": 2.5, "ar": 2.5, "ru": 3}
USUAL_CHARS_PER_TOKEN: Final = 4.0
BLOCKS_OF_A_KIND: Final = 8
ROUNDS: Final = 15
LONG_ROUNDS: Final = 7

SHORT, LONG = 10 * 1024, 100 * 1024
"""Characters of the two sizes that are compared."""

MEDIAN_GOAL_US = Goal("value", 300.0)
GROWTH_GOAL = Goal("ratio", 20.0)
"""Ten times the text in ten times the time, and as much again for noise: what grows with the square takes a hundred."""

HOSTILE: Final[Mapping[str, str]] = {
    "one letter": "a",
    "opening brackets": "[",
    "opening braces": "{",
    "brackets in turn": "([{",
    "closing brackets": ")",
    "quotes": '"',
    "backslashes": "\\",
    "backslashes and quotes": '\\"',
    "digits": "7",
    "sums": "1 + 1 = ",
    "sums in words": "5 is ",
    "numbers in words": "twenty ",
    "numbers in Han": "三千",
    "dates": "3 May ",
    "options": "A) x B) y ",
    "escaped quotes": "'\\",
    "blanks": " ",
    "blank lines": "\n",
    "fences": "```\n",
    "angle brackets": "<|",
    "two letters in turn": "ab",
    "letter and blank": "a ",
    "stops": "a. ",
    "commas": "1,",
    "table bars": "|-",
    "dollars": "$",
    "at signs": "a@a.",
    "han": "文",
}
"""What is repeated to the full length."""

ASK: Final = Brief("Write a long text about what you like.")
SCHEMA: Final = {"type": "object", "properties": {"a": {"type": "array"}}, "required": ["a"]}
PLACES: Final[Mapping[str, Callable[[str], Written]]] = {
    "a block in the middle": lambda text: Written(ASK, text, before=text, is_last=False),
    "a block after its like": lambda text: Written(ASK, text, before=text),
    "JSON that was asked for": lambda text: Written(Brief("As JSON.", wants_json=True, json_schema=SCHEMA), text),
    "JSON within": lambda text: Written(Brief("As JSON.", wants_json=True), '{"a": ["' + text + '"]}'),
    "Python": lambda text: Written(ASK, f"```python\n{text}\n```"),
    "SQL": lambda text: Written(ASK, f"```sql\nSELECT {text}\n```"),
    "YAML": lambda text: Written(ASK, f"```yaml\na: {text}\n```"),
    "an extraction": lambda text: Written(Brief(f"Extract all names and numbers: {text}", task="extraction"), text),
    "a choice": lambda text: Written(Brief("Which one? A) this B) that C) both"), f"{text}\nAnswer: B"),
    "arguments of a tool": lambda text: Written(Brief("Call it.", tools={"f": SCHEMA}), "", calls=(Call("f", text),)),
    "a thought": lambda text: Written(Brief("Think.", thinks=True), "Done.", reasoning=text),
}
"""Where a text may stand but as an answer: each lets other checks have a look at it."""


def main() -> int:
    """Runs all benchmarks; 0 whatever they find."""
    checks = check_set("standard")
    with pinned(min(os.sched_getaffinity(0))):
        for figure in (*_block_figures(checks), *_doubt_figures(), *_growth_figures(checks)):
            print_figure(figure)
    return 0


def _block_figures(checks: CheckSet) -> Iterator[Figure]:
    """Blocks of 256 tokens made of each kind of good text, in the middle of an answer and at its end."""
    rows = read_rows(GOOD)
    for place, is_last in (("middle", False), ("last", True)):
        blocks = [replace(block, is_last=is_last) for block in _blocks(rows)]
        say(f"judging {len(blocks)} blocks of {TOKENS} tokens {ROUNDS} times")
        costs = _fastest_us(blocks, checks, ROUNDS)
        yield make_figure(f"all checks, {place} block, median", "us", Series(costs), None, MEDIAN_GOAL_US)
        p95 = quantiles(costs, n=20)[-1]
        yield make_figure(f"all checks, {place} block, 95th percentile", "us", Series([p95]), None, None)


def _doubt_figures() -> Iterator[Figure]:
    """Doubt, once for each whole answer to a closed question; and to one of 100 KB, against one of 10 KB."""
    scorers = read_doubt(doubt_folder(SHIPPED_POLICIES)).scorers
    closed = [row for row in read_rows(GOOD) if read_question(row["prompt"]).kind != "open" and row["is_last"]]
    costs = [_doubt_us(scorers, row["prompt"], row["text"]) for row in closed]
    say(f"doubting {len(closed)} answers {ROUNDS} times")
    yield make_figure("doubt of a closed answer, median", "us", Series(costs), None, Goal("value", 500.0))
    asked = "How many pens are 12 boxes of 7 pens?"
    short, long = (_doubt_us(scorers, asked, ("We count 7 more. " * size)[:size]) for size in (SHORT, LONG))
    yield make_figure("doubt of 100 KB, against 10 KB", "us", Series([long]), Series([short]), GROWTH_GOAL)


def _doubt_us(scorers: Scorers, prompt: str, answer: str) -> float:
    took = []
    for _ in range(ROUNDS):
        began_s = perf_counter()
        doubt_of(scorers, prompt, answer)
        took.append(perf_counter() - began_s)
    return min(took) * 1e6


def _growth_figures(checks: CheckSet) -> Iterator[Figure]:
    """100 KB of every kind as an answer, against 10 KB of it; in other places, the hostile text that grows most."""
    say(f"judging texts of {SHORT} and {LONG} characters {LONG_ROUNDS} times")
    kinds = {kind: _text_of(rows) for kind, rows in _by_kind(read_rows(GOOD)).items()}
    for name, unit in (*kinds.items(), *HOSTILE.items()):
        yield _growth_figure(f"{name} as an answer", unit, _as_answer, checks)
    for place, put in PLACES.items():
        figures = [_growth_figure(f"{name} as {place}", unit, put, checks) for name, unit in HOSTILE.items()]
        yield max(figures, key=lambda figure: figure.ratio or 0.0)


def _growth_figure(name: str, unit: str, put: Callable[[str], Written], checks: CheckSet) -> Figure:
    blocks = [put((unit * (1 + size // len(unit)))[:size]) for size in (SHORT, LONG)]
    short, long = _fastest_us(blocks, checks, LONG_ROUNDS)
    return make_figure(f"100 KB of {name}, against 10 KB", "us", Series([long]), Series([short]), GROWTH_GOAL)


def _as_answer(text: str) -> Written:
    return Written(ASK, text)


def _blocks(rows: Sequence[Row]) -> list[Written]:
    """Blocks of 256 tokens with as much before them as a check may look at, under the brief of one of their rows."""
    blocks = []
    for some in _by_kind(rows).values():
        text = _text_of(some)
        for number, row in enumerate(some[:BLOCKS_OF_A_KIND]):
            chars = int(TOKENS * CHARS_PER_TOKEN.get(row["language"], USUAL_CHARS_PER_TOKEN))
            whole = (row["text"] + "\n" + text * (1 + (LOOK_BACK + chars) // len(text)))[: LOOK_BACK + chars]
            before, block = (whole[chars:], whole[:chars]) if number % 2 else ("", whole[:chars])
            blocks.append(replace(written_of(row), before=before, text=block))
    return blocks


def _by_kind(rows: Sequence[Row]) -> dict[str, list[Row]]:
    kinds: dict[str, list[Row]] = {}
    for row in rows:
        if row["text"]:
            kinds.setdefault(row["kind"], []).append(row)
    return kinds


def _text_of(rows: Sequence[Row]) -> str:
    return "\n\n".join(row["text"] for row in rows) + "\n\n"


def _fastest_us(blocks: Sequence[Written], checks: CheckSet, rounds: int) -> list[float]:
    """Microseconds of judging each block: the fastest of all rounds, in which blocks alternate."""
    best = [float("inf")] * len(blocks)
    for _ in range(rounds):
        for at, block in enumerate(blocks):
            best[at] = min(best[at], _timed_us(block, checks))
    return best


def _timed_us(block: Written, checks: CheckSet) -> float:
    started_s = perf_counter()
    judge(block, checks)
    return (perf_counter() - started_s) * 1e6


if __name__ == "__main__":
    sys.exit(main())
