"""Whether `tandem engine measure` finds what simulated engines play: steps by how many run, slots, knee and reading.

`python -m tests.bench.measure [PROFILE...]` measures both tiers of each profile and prints by how much each figure is
off, as lines of JSON. Engines run at a speed that makes a step of one request take about `ALONE_S`. The knee is set
against that of the profile's own curve by the same definition, and against the one that the profile states.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from tandem_serving.measure.course import Plan, Wanted, measure
from tandem_serving.measure.figures import SLOWER, Measured, crossing
from tandem_serving.simulator.profile import Profile
from tandem_serving.simulator.profile_file import SimulatedTier, find_profile, profile_names
from tests.bench.figure import Goal, Series, make_figure, print_figure, say
from tests.serving.simulated_engine import simulated

ALONE_S = {"fast": 0.02, "strong": 0.005}
WITHIN = 0.1
PLAN = Plan(most=16, rounds=2, answers=1)
TIERS: tuple[SimulatedTier, ...] = ("fast", "strong")


def main() -> None:
    """Measures and prints."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("profiles", nargs="*", default=[name for name in profile_names() if "-strong" not in name])
    for name in reader.parse_args().profiles:
        for tier in TIERS:
            compare(find_profile(tier, name))


def compare(profile: Profile) -> None:
    """A figure for each thing that is to be found."""
    speed = max(profile.step_s.at(1) / ALONE_S[profile.tier], 1.0)
    say(f"{profile.name}: at {speed:.1f} times its speed")
    found = measured(profile, speed)
    for running, step_s in sorted(found.step_s.items()):
        off(f"step_{running}_off.{profile.name}", step_s * speed, profile.step_s.at(running))
    if found.slots is not None:
        off(f"slots_off.{profile.name}", found.slots, profile.slots.value)
    if found.prefill_tokens_per_s is not None:
        off(f"reading_off.{profile.name}", found.prefill_tokens_per_s / speed, profile.prefill_tokens_per_s.value)
    compare_knee(profile, found)


def compare_knee(profile: Profile, found: Measured) -> None:
    """Only where it lies within what was sent."""
    if found.knee is None:
        say(f"{profile.name}: knee beyond {found.most} at once; it states {profile.knee.value}")
        return
    curve = {running: profile.step_s.at(running) for running in range(1, profile.slots.value + 1)}
    crossed = crossing(curve, SLOWER * curve[1])
    off(f"knee_off.{profile.name}", found.knee, profile.slots.value if crossed is None else round(crossed))
    off(f"stated_knee_off.{profile.name}", found.knee, profile.knee.value)


def measured(profile: Profile, speed: float) -> Measured:
    """What the command measures of an engine that plays the profile."""
    told = ("--tells-passes",) if profile.tier == "fast" else ()
    arguments = (profile.tier, "--profile", profile.name, "--speed", str(speed), *told)
    with tempfile.TemporaryDirectory() as folder, simulated(Path(folder), *arguments) as engine:
        wanted = Wanted(f"http://{engine.address.host}:{engine.address.port}")
        return asyncio.run(measure(wanted, PLAN, lambda what, _of: say(what)))


def off(title: str, found: float, played: float) -> None:
    """By which share the one is off the other."""
    print_figure(make_figure(title, "share", Series([abs(found / played - 1)]), None, Goal("value", WITHIN)))


if __name__ == "__main__":
    main()
