"""What predictions are worth when an engine is not as was thought: a simulated one in virtual time, beside a learner.

The engine moves all that run in lockstep by the curve of its profile, and admits and prefills them one after the other;
the predictor knows a line, and nothing of what runs. Here it is also told everything wrong by a factor; the passes of
one canvas in ten, or the tokens of one answer in ten of an autoregressive engine, have a Pareto tail; and calm hours
take turns with busy ones.
"""

from collections.abc import Iterator
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from router.core.latency import Pace
from router.core.record import AttemptRecord, Record
from router.core.values import Tier, TierState, Usage
from router.stores.latencies import LocalLatencies
from tandem_serving.simulator.profile import FastProfile, Profile
from tandem_serving.simulator.scheduler import Job, Scheduler
from tandem_serving.simulator.work import draw_job, pace_of
from tests.answered import RECORD, SITUATION
from tests.doubles import HandClock
from tests.examples import signals

SEEN_FIRST = 200
"""Answers before predictions count."""

PHASE = 100
"""Requests of a calm hour, and then of a busy one."""

LOADS = (0.2, 0.7)
"""Of what the engine can do, by phase."""

LENGTHS = (0.25, 1.0, 1.0, 4.0)
"""Of the profile's usual answer: as long as this kinds of asks make likely."""

TAIL = 1.5
"""The exponent of Pareto's law: the mean is finite, the variance is not."""

LONGEST = 16_384
"""Tokens of an answer, at most."""


class Coverage(Struct, frozen=True):
    """The shares of answers that took no longer than was predicted."""

    p50: float
    p90: float


class Asked(Struct, frozen=True):
    """A request that comes at this time, with what can be known of it."""

    at_s: float
    job: Job
    prompt_tokens: int
    answer_tokens: int
    answer_tokens_p90: int


def try_out(profile: Profile, wrong_by: float, requests: int, seed: int) -> Coverage:
    """How many answers kept to the predictions, of those that came after the first `SEEN_FIRST`."""
    trial = _Trial(profile, wrong_by)
    trial.play(_draw(profile, SEEN_FIRST + requests, Random(seed)))
    counted = trial.within[SEEN_FIRST:]
    return Coverage(*(sum(each) / len(counted) for each in zip(*counted, strict=True)))


def thought_pace(profile: Profile, wrong_by: float) -> Pace:
    """What would be written down for the profile, every duration and its growth under load wrong by this factor."""
    alone_s, knee = profile.step_s.at(1), profile.knee.value
    pace = Pace(
        profile.prefill_tokens_per_s.value / wrong_by,
        1000.0 * alone_s * wrong_by,
        wrong_by * (profile.step_s.at(knee) / alone_s - 1.0) / max(knee - 1, 1),
        profile.slots.value,
    )
    if not isinstance(profile, FastProfile):
        return pace
    passes = profile.passes.medium
    return replace(pace, canvas_tokens=profile.canvas_tokens.value, passes=passes.p50, passes_p90=passes.p90)


class _Trial:
    def __init__(self, profile: Profile, wrong_by: float) -> None:
        self.within: list[tuple[bool, bool]] = []
        self._tier: Tier = profile.tier
        self._scheduler = Scheduler(pace_of(profile))
        self._clock = HandClock()
        self._latencies = LocalLatencies({f"{profile.tier}-1": thought_pace(profile, wrong_by)}, self._clock)
        self._open: dict[int, tuple[Asked, Record]] = {}

    def play(self, asked: Iterator[Asked]) -> None:
        coming = next(asked, None)
        for number in range(1_000_000_000):
            due_s = self._scheduler.due_s
            if coming is not None and (due_s is None or coming.at_s <= due_s):
                self._submit(number, coming)
                coming = next(asked, None)
            elif due_s is None:
                return
            else:
                self._end(step_ended_s=due_s)

    def _submit(self, number: int, asked: Asked) -> None:
        self._clock.pass_s(asked.at_s - self._clock.now_s())
        measured = signals(
            prompt_tokens=asked.prompt_tokens,
            answer_tokens=asked.answer_tokens,
            answer_tokens_p90=asked.answer_tokens_p90,
        )
        backend = f"{self._tier}-1"
        idle = {backend: TierState(configured=True, context_tokens=1 << 20, in_flight=len(self._open))}
        tiers = {self._tier: self._latencies.foreseen(idle, measured)[backend]}
        self._open[number] = asked, replace(RECORD, situation=replace(SITUATION, signals=measured, tiers=tiers))
        self._scheduler.submit(number, asked.job, asked.at_s)

    def _end(self, step_ended_s: float) -> None:
        for commit in self._scheduler.advance().commits:
            if not commit.last:
                continue
            self._clock.pass_s(step_ended_s - self._clock.now_s())
            asked, record = self._open.pop(commit.number)
            took_s = step_ended_s - asked.at_s
            self._note(record, took_s)
            attempt = AttemptRecord(1, self._tier, f"{self._tier}-1", "served", took_s, None, Usage())
            self._latencies.take([replace(record, attempts=(attempt,))])

    def _note(self, record: Record, took_s: float) -> None:
        assert record.situation is not None
        foreseen = record.situation.tiers[self._tier]
        took_ms = 1000.0 * took_s
        self.within.append((took_ms <= foreseen.predicted_p50_ms, took_ms <= foreseen.predicted_p90_ms))


def _draw(profile: Profile, count: int, chance: Random) -> Iterator[Asked]:
    work = [_draw_one(profile, chance) for _ in range(count)]
    usual_s = profile.step_s.at(profile.slots.value) * sum(sum(each.job.passes) for each in work) / count
    most_a_second = profile.slots.value / usual_s
    at_s = 0.0
    for number, each in enumerate(work):
        at_s += chance.expovariate(LOADS[number // PHASE % len(LOADS)] * most_a_second)
        yield replace(each, at_s=at_s)


def _draw_one(profile: Profile, chance: Random) -> Asked:
    workload, length = profile.workload, chance.choice(LENGTHS)
    prompt_tokens = round(workload.prompt_tokens.at(chance.random()))
    answer_tokens = max(1, round(length * workload.answer_tokens.at(chance.random())))
    job = draw_job(profile, prompt_tokens, answer_tokens, workload.difficulty.at(chance.random()), chance)
    thought = [max(1, round(length * each)) for each in (workload.answer_tokens.p50, workload.answer_tokens.p90)]
    return Asked(0.0, _with_tail(profile, job, chance), prompt_tokens, *thought)


def _with_tail(profile: Profile, job: Job, chance: Random) -> Job:
    if isinstance(profile, FastProfile):
        return replace(job, passes=tuple([round(each * _stretch(chance)) for each in job.passes]))
    return replace(job, passes=(1,) * min(round(len(job.passes) * _stretch(chance)), LONGEST))


def _stretch(chance: Random) -> float:
    return chance.paretovariate(TAIL) if chance.random() < 0.1 else 1.0
