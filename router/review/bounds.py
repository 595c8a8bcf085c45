"""What a sample proves of a rate: tests of whether it exceeds one, and the rates it leaves possible. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable
from math import ceil, exp, lgamma, log, log1p
from typing import Final

import numpy as np
from msgspec import Struct

_HALVINGS: Final = 18
_NEGLIGIBLE: Final = 1e-17
_MOST: Final = 700.0
"""A wealth whose logarithm is more than this is too much for a float, and for any doubt."""

_STAKES: Final = np.concatenate([np.linspace(0.1, 1.0, 10), np.geomspace(0.0001, 0.09, 10)])
"""What shares of all it has a bettor stakes, one of as many bettors each: large ones win soonest where hardly any row
is worse, small ones where many are."""


class Evidence(Struct, frozen=True):
    """So many `rows` of which so many are `worse`, by what each of them weighs. `heaviest`: none may weigh more."""

    rows: Counter[float]
    worse: Counter[float]
    heaviest: float

    @property
    def is_even(self) -> bool:
        """Whether all weigh the same."""
        return set(self.rows) <= {self.heaviest}

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.rows.total()

    @property
    def weight(self) -> float:
        """What they weigh together."""
        return sum([weight * count for weight, count in self.rows.items()])

    @property
    def rate(self) -> float:
        """The share that is worse, by weight."""
        worse = sum([weight * count for weight, count in self.worse.items()])
        return worse / self.weight if self.rows else 0.0

    @property
    def others(self) -> "Evidence":
        """The same of those that are not worse."""
        return Evidence(self.rows, self.rows - self.worse, self.heaviest)

    def with_more(self, more: "Evidence") -> "Evidence":
        """These rows and others, of the same sample."""
        return Evidence(self.rows + more.rows, self.worse + more.worse, self.heaviest)


def evidence_of(weights: Iterable[float], worse: Iterable[float], heaviest: float) -> Evidence:
    """Rows by the weights of all and of those that are worse."""
    return Evidence(Counter(weights), Counter(worse), heaviest)


def exceeds(evidence: Evidence, rate: float) -> float:
    """The p-value of "more than this rate of the population is worse": what is at most so probable where it is true.

    Where all rows weigh the same it is exact: the binomial probability of no more worse ones (Clopper and Pearson
    1934). Else the rate is a ratio of two weighted means; it exceeds `rate` just where the mean of weight x (rate - is
    worse) is below 0. Whoever bets on these then multiplies what they have, on average, by no more than 1, whatever
    share of it they stake, so that (Markov) what bettors have together is seldom many times what they began with: the
    inverse of that is the p-value (Waudby-Smith and Ramdas 2023, arXiv 2010.09686, with a mixture of fixed stakes). It
    is valid at every size of sample and asks nothing of the weights but that none exceeds the heaviest."""
    return _test_of(evidence)(rate)


def highest(evidence: Evidence, sure: float) -> float:
    """The rate that is not exceeded with this probability. By itself: not together with `lowest`."""
    if evidence.worse == evidence.rows:
        return 1.0
    test, low, high = _test_of(evidence), evidence.rate, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if test(middle) <= 1.0 - sure else (middle, high)
    return high


def lowest(evidence: Evidence, sure: float) -> float:
    """The rate that is reached with this probability."""
    return 1.0 - highest(evidence.others, sure)


def fewest(target: float, sure: float) -> int:
    """How many rows without a worse one prove that the rate does not exceed the target."""
    return ceil(log(1.0 - sure) / log1p(-target))


def at_most(count: int, of: int, rate: float) -> float:
    """The probability of at most so many successes in so many trials."""
    if count >= of or rate <= 0.0:
        return 1.0
    if count < 0 or rate >= 1.0:
        return 0.0
    if count <= of * rate:
        return _downwards(count, of, rate)
    return max(1.0 - _downwards(of - count - 1, of, 1.0 - rate), 0.0)


def _test_of(evidence: Evidence) -> Callable[[float], float]:
    """The p-value of each rate; 1 where nothing is known."""
    if not evidence.rows:
        return lambda _rate: 1.0
    if evidence.is_even:
        worse, of = evidence.worse.total(), evidence.count
        return lambda rate: at_most(worse, of, rate)
    return _bets_on(evidence)


def _bets_on(evidence: Evidence) -> Callable[[float], float]:
    weights = np.array(list(evidence.rows)) / evidence.heaviest
    worse = np.array([evidence.worse[weight] for weight in evidence.rows])
    others = np.array(list(evidence.rows.values())) - worse
    stakes = np.outer(_STAKES, weights)
    with np.errstate(divide="ignore"):  # a bettor who staked all of it may lose all of it
        lost = np.log1p(-stakes[:, worse > 0]) @ worse[worse > 0]

    def p_value(rate: float) -> float:
        if rate >= 1.0:
            return 1.0
        won = np.log1p(stakes * (rate / (1.0 - rate))) @ others
        wealth = float(np.exp(np.minimum(won + lost, _MOST)).mean())
        return min(1.0 / wealth, 1.0) if wealth > 0.0 else 1.0

    return p_value


def _downwards(count: int, of: int, rate: float) -> float:
    """The same, by adding up from `count` down: below the mean, the terms get smaller and soon do not count."""
    combinations = lgamma(of + 1) - lgamma(count + 1) - lgamma(of - count + 1)
    term = total = exp(combinations + count * log(rate) + (of - count) * log1p(-rate))
    while count > 0 and term > _NEGLIGIBLE * total:
        term *= count * (1.0 - rate) / ((of - count + 1) * rate)
        total += term
        count -= 1
    return total
