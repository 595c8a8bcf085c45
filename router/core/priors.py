"""What published benchmarks say about the two tiers: in which kinds of work the fast one is relatively worse. Pure.

Calibration learns how often models like these fail; no public row says how often these two do. All that is published is
their scores on benchmarks. Of those only the differences between kinds of work are used: the usual gap moves nothing.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from router.core.odds import log_odds_of

CIRCUMSTANCES: Final = ("images", "long_context", "other_language")
"""What a request may have besides a task, and benchmarks measure."""


class Benchmark(Struct, frozen=True, gc=False):
    """The shares of right answers of both tiers on one benchmark, in 0..1 exclusive."""

    fast: float
    strong: float


class Priors(Struct, frozen=True):
    """Shifts of the log-odds that the fast tier fails, by task and by circumstance; 0 for what is not named."""

    tasks: Mapping[str, float]
    circumstances: Mapping[str, float]


NO_PRIORS: Final = Priors({}, {})


def derive_priors(
    benchmarks: Mapping[str, Benchmark], tasks: Mapping[str, str], circumstances: Mapping[str, str]
) -> Priors:
    """The shifts that follow from benchmarks, by name, and from which of them stands for which task or circumstance.

    A shift is how far the gap of its benchmark lies from the mean gap of all. A circumstance comes on top of a task, so
    that a gap smaller than the usual one is nothing in its favour: it never shifts down.
    """
    if not benchmarks:
        return NO_PRIORS
    gaps = {name: log_odds_gap(each) for name, each in benchmarks.items()}
    usual = sum(gaps.values()) / len(gaps)
    return Priors(
        tasks={task: gaps[name] - usual for task, name in tasks.items()},
        circumstances={each: max(gaps[name] - usual, 0.0) for each, name in circumstances.items()},
    )


def log_odds_gap(benchmark: Benchmark) -> float:
    """By how much the log-odds of failing are higher on the fast tier."""
    return log_odds_of(1.0 - benchmark.fast) - log_odds_of(1.0 - benchmark.strong)
