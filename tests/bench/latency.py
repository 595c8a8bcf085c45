"""Whether predictions of how long answers take hold for engines that are not as was thought.

`python -m tests.bench.latency` plays both tiers of every profile in virtual time (see `tests/latency_trial.py`), with
what is assumed of them wrong by a factor and with it right, and prints for each how far the share of answers within the
predicted 90% quantile is from 90%, once `SEEN_FIRST` answers were seen, as lines of JSON; what looking ahead costs a
request comes last.
"""

import argparse
import time

from router.core.values import TierState
from router.stores.latencies import LocalLatencies
from tandem_serving.simulator.profile import Profile
from tandem_serving.simulator.profile_file import SimulatedTier, find_profile, profile_names
from tests.bench.figure import Goal, Series, make_figure, print_figure, say
from tests.doubles import HandClock
from tests.examples import signals
from tests.latency_trial import SEEN_FIRST, thought_pace, try_out

WRONG_BY = (0.5, 1.0, 2.0)
GOAL = 0.9
MOST_OFF = 0.03
TIERS: tuple[SimulatedTier, ...] = ("fast", "strong")
ROUNDS, CALLS = 7, 20_000
MOST_US = 15.0


def main() -> None:
    """Measures and prints."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--requests", type=int, default=1_000)
    reader.add_argument("--seeds", type=int, default=10)
    told = reader.parse_args()
    for name in (each for each in profile_names() if not each.endswith("-strong")):
        for tier in TIERS:
            for wrong_by in WRONG_BY:
                cover(find_profile(tier, name), wrong_by, told.requests, told.seeds)
    print_figure(make_figure("foreseeing_two_tiers", "us", foreseeing(), None, Goal("value", MOST_US)))


def cover(profile: Profile, wrong_by: float, requests: int, seeds: int) -> None:
    """One profile and one error."""
    found = [try_out(profile, wrong_by, requests, seed) for seed in range(100, 100 + seeds)]
    within = [sum(shares) / seeds for shares in zip(*((each.p50, each.p90) for each in found), strict=True)]
    worst, best = min(each.p90 for each in found), max(each.p90 for each in found)
    say(
        f"{profile.name} x{wrong_by:g}: after {SEEN_FIRST} answers {within[0]:.1%} within p50, {within[1]:.1%} within "
        f"p90 ({worst:.1%} to {best:.1%} in runs of {requests})"
    )
    title = f"p90_coverage_off.{profile.name}.x{wrong_by:g}"
    print_figure(make_figure(title, "share", Series([abs(within[1] - GOAL)]), None, Goal("value", MOST_OFF)))


def foreseeing() -> Series:
    """Microseconds for what a request asks of the learner."""
    paces = {tier: thought_pace(find_profile(tier, "h200-fp8"), 1.0) for tier in TIERS}
    latencies, measured = LocalLatencies(paces, HandClock()), signals()
    states = {tier: TierState(configured=True, context_tokens=4_096, in_flight=3) for tier in TIERS}
    took_us = []
    for _ in range(ROUNDS):
        began_s = time.perf_counter()
        for _ in range(CALLS):
            latencies.foreseen(states, measured)
        took_us.append((time.perf_counter() - began_s) / CALLS * 1e6)
    return Series(took_us)


if __name__ == "__main__":
    main()
