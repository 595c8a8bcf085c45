"""Who asks for what, and when: the requests of a run, with what they take of both engines. Pure, the chance is given.

Assumed, for want of figures of real traffic, and the same for every contender:
- prompts, answers and difficulties are spread as the profile's workload says; a difficulty is spread evenly within its
  band, of which the ends are the shipped classifier's thresholds (`high` ends where the mean of what it calls high,
  .48, is that of its rows on dev);
- what the router thinks of the length of an answer is as far off as the answers of one kind of task are spread: the
  90% quantile of the three kinds that were measured is 2.3 times their median (`answer_length.FITTED`), and what is
  left of the profile's own spread is what the router sees;
- the score of difficulty is calibrated: what it gives as the probability that the fast tier fails is that.
"""

import math
from collections.abc import Iterator, Mapping
from random import Random
from statistics import NormalDist, fmean, geometric_mean
from typing import Final, Literal

from msgspec import Struct

from router.core.answer_length import FITTED
from router.core.odds import log_odds_of, logistic
from router.core.values import Band, Quantiles, Score, Tier
from tandem_serving.simulator.profile import Profile
from tandem_serving.simulator.profile_file import SimulatedTier, find_profile
from tandem_serving.simulator.scheduler import Job
from tandem_serving.simulator.work import draw_job

TIERS: Final[tuple[SimulatedTier, ...]] = ("fast", "strong")

Arrivals = Literal["poisson", "bursty"]

BUSY, CALM = 2.5, 0.5
"""Of the mean rate, while a burst lasts and between bursts."""

BURST_SHARE: Final = (1.0 - CALM) / (BUSY - CALM)
"""Of the time, so that the mean rate is what it is said to be."""

BURST_REQUESTS: Final = 30
"""A burst lasts, in the mean, as long as both engines take at their knees for this many requests."""

BAND_ENDS: Final[Mapping[Band, tuple[float, float]]] = {
    "low": (0.122, 0.268),
    "medium": (0.268, 0.3691),
    "high": (0.3691, 0.591),
}
"""Low begins where the mean of what the classifier calls low, .195, is that of its rows on dev."""

USUAL_GAP: Final = 0.511
"""By how much the log-odds of failing are higher on the fast tier: the mean over the benchmarks of
`policies/classifiers/default/priors.yaml`, which compare these two models."""

DOUBTABLE: Final = 0.3
"""The share of requests whose finished answers can be doubted: closed questions. Assumed."""

DOUBTED_RIGHT, DOUBTED_WRONG = 0.143, 0.33
"""The shares of right and of wrong answers among those that are doubted where the worst fifth is: what was measured of
recorded answers of which three in ten are wrong, on models and items not learned from."""

_P90 = NormalDist().inv_cdf(0.9)
_SEEN_SPREAD = math.log(geometric_mean([late.least / middle.least for middle, late in FITTED.values()])) / _P90


class Scene(Struct, frozen=True):
    """What is played: hardware, how requests come, how many for what both engines can serve, and within what time each
    is to be answered."""

    profile: str
    arrivals: Arrivals
    load: float
    budget_s: float


class Pair(Struct, frozen=True):
    """The two engines of one kind of hardware, each on a card of its own."""

    name: str
    profiles: Mapping[Tier, Profile]


class Asked(Struct, frozen=True):
    """One request: when it comes, what it takes of each engine, what the router can know of it (the score and the
    `thought` length), and whether a finished answer of the fast tier is doubted."""

    number: int
    at_s: float
    prompt_tokens: int
    difficulty: Score
    thought: Quantiles
    jobs: Mapping[Tier, Job]
    doubted: bool
    split: float

    def worth(self, tier: Tier) -> float:
        """How likely a whole answer of this tier is right, where it is known whether it is doubted."""
        wrong = self.difficulty.score
        if tier == "strong":
            return 1.0 - logistic(log_odds_of(wrong) - USUAL_GAP)
        right_so, wrong_so = (DOUBTABLE * share for share in (DOUBTED_RIGHT, DOUBTED_WRONG))
        if not self.doubted:
            right_so, wrong_so = 1.0 - right_so, 1.0 - wrong_so
        return (1.0 - wrong) * right_so / ((1.0 - wrong) * right_so + wrong * wrong_so)


def pair_of(name: str) -> Pair:
    """The engines of the shipped profiles of this name."""
    return Pair(name, {tier: find_profile(tier, name) for tier in TIERS})


def capacity_of(pair: Pair) -> float:
    """Requests a second that both engines end together when each always has as many as its knee."""
    chance = Random(0)
    work = [_draw(pair, 0.0, number, chance).jobs for number in range(2000)]
    return sum(_ended_a_second(profile, [jobs[tier] for jobs in work]) for tier, profile in pair.profiles.items())


def requests_of(pair: Pair, scene: Scene, capacity: float, until_s: float, chance: Random) -> list[Asked]:
    """Everybody who asks in a scene until then."""
    rate = scene.load * capacity
    if scene.arrivals == "poisson":
        return drawn(pair, poisson(rate, until_s, chance), chance)
    return drawn(pair, bursty(rate, until_s, BURST_REQUESTS / capacity, chance), chance)


def drawn(pair: Pair, times_s: Iterator[float], chance: Random) -> list[Asked]:
    """A request for each of these times."""
    return [_draw(pair, at_s, number, chance) for number, at_s in enumerate(times_s)]


def poisson(rate: float, until_s: float, chance: Random) -> Iterator[float]:
    """Times of arrivals that know nothing of each other."""
    at_s = chance.expovariate(rate)
    while at_s < until_s:
        yield at_s
        at_s += chance.expovariate(rate)


def bursty(rate: float, until_s: float, burst_s: float, chance: Random) -> Iterator[float]:
    """Times of a Markov-modulated Poisson process of two states: exponential stays, of `burst_s` in the mean in a
    burst, and between bursts of as much as gives bursts their share of the time."""
    began_s, busy = 0.0, chance.random() < BURST_SHARE
    while began_s < until_s:
        mean_s = burst_s if busy else burst_s * (1.0 - BURST_SHARE) / BURST_SHARE
        ends_s = min(began_s + chance.expovariate(1.0 / mean_s), until_s)
        for each in poisson(rate * (BUSY if busy else CALM), ends_s - began_s, chance):
            yield began_s + each
        began_s, busy = ends_s, not busy


def _ended_a_second(profile: Profile, jobs: list[Job]) -> float:
    knee = profile.knee.value
    alone_s = fmean(sum(job.passes) for job in jobs) * profile.step_s.at(knee)
    prefill_s = fmean(job.prompt_tokens for job in jobs) / profile.prefill_tokens_per_s.value
    return 1.0 / (alone_s / knee + prefill_s)


def _draw(pair: Pair, at_s: float, number: int, chance: Random) -> Asked:
    workload = pair.profiles["fast"].workload
    prompt_tokens = max(1, round(workload.prompt_tokens.at(chance.random())))
    thought, answer_tokens = _lengths(workload.answer_tokens.p50, workload.answer_tokens.p90, chance)
    band = workload.difficulty.at(chance.random())
    difficulty = Score(chance.uniform(*BAND_ENDS[band]), band)
    jobs = {
        tier: in_one_block(draw_job(profile, prompt_tokens, answer_tokens, band, chance))
        for tier, profile in pair.profiles.items()
    }
    wrong = chance.random() < difficulty.score
    doubted = chance.random() < DOUBTABLE * (DOUBTED_WRONG if wrong else DOUBTED_RIGHT)
    return Asked(number, at_s, prompt_tokens, difficulty, thought, jobs, doubted, chance.random())


def _lengths(p50: float, p90: float, chance: Random) -> tuple[Quantiles, int]:
    """What the router thinks of an answer's length, and how long it is."""
    spread = math.log(p90 / p50) / _P90
    seen = p50 * math.exp(math.sqrt(spread**2 - _SEEN_SPREAD**2) * chance.gauss(0.0, 1.0))
    thought = Quantiles(max(round(seen), 1), max(round(seen * math.exp(_SEEN_SPREAD * _P90)), 1), "study")
    return thought, max(round(seen * math.exp(_SEEN_SPREAD * chance.gauss(0.0, 1.0))), 1)


def in_one_block(job: Job) -> Job:
    """The same work, of which nobody sees the parts."""
    return Job(job.prompt_tokens, (sum(job.passes),))
