"""What is measured of an engine, and what follows from it. Values and arithmetic; pure.

Every request that runs moves by one step together with the others: a pass over a canvas on a diffusion engine, a token
on an autoregressive one. So the time of a step, by how many run at once, is the pace of an engine.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from statistics import linear_regression, median
from typing import Final, Literal

from msgspec import Struct

from router.core.values import Band

SLOWER: Final = 2.0
"""At the knee of an engine a step takes so many times as long as for a request that is alone: whoever comes then halves
the pace of all, and what they get together has grown by little."""

LONGEST: Final = 4096
"""Tokens of an answer beyond which two engines are not compared."""


class Point(Struct, frozen=True, gc=False):
    """So many steps of one answer were done at this time, in seconds of one clock for all answers."""

    at_s: float
    steps: int


class Track(Struct, frozen=True):
    """One answer on its way. `began_s`: when it was asked for; `points`: at each of its blocks."""

    prompt_tokens: int
    began_s: float
    points: tuple[Point, ...]


class Reading(Struct, frozen=True):
    """What a prompt of so many tokens costs: `prefill_s` before the first step, and the time of each step after it."""

    prompt_tokens: int
    prefill_s: float
    step_s: float


class Timed(Struct, frozen=True):
    """How long an answer of so many tokens took, one request at a time: the median."""

    tokens: int
    seconds: float


class Measured(Struct, frozen=True):
    """One engine. `block_tokens`: what comes at once; `slots`: how many run at once, the others wait (None: more than
    were sent); `most`: how many were sent; `step_s`: by how many run. `passes`: of canvases that nobody capped, by how
    hard the prompt is. `lengths`: whole answers."""

    url: str
    model: str
    tier: Literal["fast", "strong"]
    context_tokens: int | None
    block_tokens: int
    slots: int | None
    most: int
    step_s: Mapping[int, float]
    readings: tuple[Reading, ...] = ()
    passes: Mapping[Band, tuple[int, ...]] = {}
    lengths: tuple[Timed, ...] = ()
    measured: str = ""

    @property
    def curve(self) -> Mapping[int, float]:
        """`step_s` without what cannot be: more at once never take less time each, and whatever disturbs a step makes
        it longer, so that of a larger figure and a later smaller one the smaller one counts for both."""
        found: dict[int, float] = {}
        for running, seconds in sorted(self.step_s.items(), reverse=True):
            found[running] = min([seconds, *found.values()])
        return dict(sorted(found.items()))

    @property
    def knee(self) -> int | None:
        """How many at once make a step take SLOWER times as long as alone, and at most as many as run; None: more than
        were measured."""
        found = crossing(self.curve, SLOWER * self.curve[1])
        if found is None:
            return self.slots
        return max(round(found), 1)

    @property
    def prefill_tokens_per_s(self) -> float | None:
        """Tokens of a prompt that it reads in a second; None where a longer prompt made no difference."""
        least: dict[int, float] = {}
        for each in self.readings:
            least[each.prompt_tokens] = min(each.prefill_s, least.get(each.prompt_tokens, each.prefill_s))
        if len(least) < 2:
            return None
        slope = linear_regression(list(map(float, least)), list(least.values())).slope
        return 1.0 / slope if slope > 0.0 else None

    @property
    def passes_p50(self) -> float:
        """Steps of a block: the median of canvases, 1 for tokens."""
        drawn = [each for passes in self.passes.values() for each in passes]
        return float(median(drawn)) if drawn else 1.0

    def at(self, running: int) -> float:
        """Seconds of a step with so many running, on straight lines between what was measured."""
        return _between(self.curve, running)

    def takes(self, tokens: int, running: int) -> float:
        """Seconds to write an answer of so many tokens, its prompt read."""
        return -(-tokens // self.block_tokens) * self.passes_p50 * self.at(running)


def pace_of(tracks: Sequence[Track]) -> float | None:
    """Seconds of a step while all of these answers were being written; None: they never were all at once for long
    enough to tell."""
    lived = [track for track in tracks if len(track.points) > 1]
    if len(lived) < len(tracks) or not lived:
        return None
    begins_s = max(track.points[0].at_s for track in lived)
    ends_s = min(track.points[-1].at_s for track in lived)
    found = []
    for track in lived:
        within = [point for point in track.points if begins_s <= point.at_s <= ends_s]
        if len(within) > 1 and within[-1].steps > within[0].steps:
            found.append((within[-1].at_s - within[0].at_s) / (within[-1].steps - within[0].steps))
    return median(found) if found else None


def reading_of(track: Track) -> Reading | None:
    """What one answer alone shows of its prompt's cost."""
    step_s = pace_of([track])
    if step_s is None:
        return None
    first = track.points[0]
    return Reading(track.prompt_tokens, max(first.at_s - track.began_s - first.steps * step_s, 0.0), step_s)


def crossing(values: Mapping[int, float], level: float) -> float | None:
    """Where straight lines between these points first reach a level; None: nowhere."""
    points = sorted(values.items())
    for (few, low), (many, high) in pairwise(points):
        if low < level <= high:
            return few + (many - few) * (level - low) / (high - low)
    return None


class Crossover(Struct, frozen=True):
    """Of answers of how many tokens on the fast engine is the quicker one, with so many at once on either. `first`: the
    shortest for which it is; `always`: from where on it is for all (None: for none, up to LONGEST)."""

    running: int
    first: int | None
    always: int | None


def crossover(fast: Measured, strong: Measured, running: int) -> Crossover:
    """Where writing takes the diffusion engine less time than the other one."""
    return _crossover(running, lambda tokens: fast.takes(tokens, running) < strong.takes(tokens, running))


def _crossover(running: int, wins: Callable[[int], bool]) -> Crossover:
    won = [wins(tokens) for tokens in range(1, LONGEST + 1)]
    first = won.index(True) + 1 if any(won) else None
    last_lost = max((at for at, each in enumerate(won, start=1) if not each), default=0)
    return Crossover(running, first, last_lost + 1 if last_lost < LONGEST else None)


def _between(values: Mapping[int, float], at: int) -> float:
    points = sorted(values.items())
    below = [point for point in points if point[0] <= at] or points[:1]
    above = [point for point in points if point[0] >= at] or points[-1:]
    (few, low), (many, high) = below[-1], above[0]
    return low if few == many else low + (high - low) * (at - few) / (many - few)
