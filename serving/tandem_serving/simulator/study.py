"""Plays the workload of a profile on a virtual clock: what its callers would have seen, in no time at all."""

from collections.abc import Sequence
from random import Random

from msgspec import Struct

from tandem_serving.simulator.profile import Profile
from tandem_serving.simulator.scheduler import Job, Scheduler
from tandem_serving.simulator.work import draw_job, pace_of


class Seen(Struct, frozen=True, gc=False):
    """One request as its caller saw it, in seconds from when it was sent."""

    first_block_s: float
    total_s: float


class Arrival(Struct, frozen=True):
    """A request that comes at this time."""

    at_s: float
    job: Job


def draw_work(profile: Profile, requests: int, seed: int) -> tuple[Job, ...]:
    """So many requests of the profile's workload.

    Lengths and difficulties are spread evenly over their distributions rather than left to chance, so that a few
    hundred requests stand for the whole workload.
    """
    chance = Random(seed)  # noqa: S311 - a repeatable study, not a secret
    spread = [even_shares(requests, chance) for _ in range(3)]
    return tuple(_draw_one(profile, shares, chance) for shares in zip(*spread, strict=True))


def one_at_a_time(profile: Profile, jobs: Sequence[Job]) -> tuple[Seen, ...]:
    """Every job on an engine that has nothing else to do."""
    return tuple(play(profile, (Arrival(0.0, job),))[0] for job in jobs)


def play(profile: Profile, arrivals: Sequence[Arrival]) -> tuple[Seen, ...]:
    """All arrivals (in order of time) on one engine, the last one waited for."""
    scheduler = Scheduler(pace_of(profile))
    firsts: dict[int, float] = {}
    lasts: dict[int, float] = {}
    pending = list(enumerate(arrivals))[::-1]
    while pending or scheduler.due_s is not None:
        if pending and (scheduler.due_s is None or pending[-1][1].at_s <= scheduler.due_s):
            number, arrival = pending.pop()
            scheduler.submit(number, arrival.job, arrival.at_s)
            continue
        step = scheduler.advance()
        for commit in step.commits:
            firsts.setdefault(commit.number, step.ended_s)
            lasts[commit.number] = step.ended_s
    return tuple(
        Seen(firsts[number] - arrival.at_s, lasts[number] - arrival.at_s) for number, arrival in enumerate(arrivals)
    )


def even_shares(count: int, chance: Random) -> list[float]:
    """The middles of so many equal parts of 0..1, shuffled."""
    shares = [(part + 0.5) / count for part in range(count)]
    chance.shuffle(shares)
    return shares


def _draw_one(profile: Profile, shares: Sequence[float], chance: Random) -> Job:
    workload = profile.workload
    prompt_share, answer_share, band_share = shares
    prompt_tokens = round(workload.prompt_tokens.at(prompt_share))
    answer_tokens = max(1, round(workload.answer_tokens.at(answer_share)))
    return draw_job(profile, prompt_tokens, answer_tokens, workload.difficulty.at(band_share), chance)
