"""The engine's own clockwork: slots, a queue, and steps that everyone who runs takes together.

Pure: no I/O, no clock, no chance. Time is an argument, so that the same scheduler serves callers in real time and
plays a day of load in a second. An engine like vLLM works in lockstep: each step moves every running request by one
pass (or one token), takes the longer the more of them there are, and prefills those it has just admitted.
"""

from collections import deque
from collections.abc import Callable

from msgspec import Struct

NEVER = 1 << 60
"""Passes of a block that is never committed."""


class Job(Struct, frozen=True):
    """One choice of one request, as work: how much there is to prefill, then the passes of each block in turn.

    `share` is what one of its passes takes of the usual time (a narrow canvas takes less), `slowness` makes every
    step that it takes part in longer.
    """

    prompt_tokens: int
    passes: tuple[int, ...]
    share: float = 1.0
    slowness: float = 1.0


class Pace(Struct, frozen=True):
    """How fast an engine is. The first `cold_steps` steps of its life take `cold_factor` times as long."""

    slots: int
    step_s: Callable[[int], float]
    prefill_tokens_per_s: float
    cold_steps: int = 0
    cold_factor: float = 1.0


class Commit(Struct, frozen=True, gc=False):
    """A block that has just been finished. `last` when nothing comes after it."""

    number: int
    block: int
    last: bool


class Step(Struct, frozen=True, gc=False):
    """One step that has just ended: when it was, who took part in it and what was finished by it."""

    began_s: float
    ended_s: float
    took_part: tuple[int, ...]
    commits: tuple[Commit, ...]


class _Running(Struct):
    job: Job
    block: int
    passes_left: int


class Scheduler:
    """Give it jobs under numbers of your own; at `due_s` call `advance`.

    INVARIANT: never more than `pace.slots` jobs run, and who came first is admitted first.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._waiting: deque[tuple[int, Job]] = deque()
        self._running: dict[int, _Running] = {}
        self._steps = 0
        self._pass_s = 0.0
        self._goes_on = False
        self._began_s = 0.0
        self._ended_s = 0.0
        self.due_s: float | None = None
        """When the step that is under way ends; None while there is nothing to do."""

    @property
    def running(self) -> int:
        """How many jobs hold a slot."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """How many jobs wait for one."""
        return len(self._waiting)

    def runs(self, number: int) -> bool:
        """Whether this job holds a slot."""
        return number in self._running

    def passes_left(self) -> dict[int, int]:
        """Of each job that holds a slot, the passes to the end of its block, that of the step under way included."""
        return {number: running.passes_left for number, running in self._running.items()}

    def submit(self, number: int, job: Job, now_s: float) -> None:
        """A new job, at the end of the queue. An idle engine begins with it at once.

        A time that has passed already is taken at its word, as far as the engine was idle by then.
        """
        self._waiting.append((number, job))
        if self.due_s is None:
            self._begin_step(max(now_s, self._ended_s))
        elif len(self._running) < self._pace.slots:
            self._goes_on = False

    def leave(self, number: int) -> None:
        """Nobody waits for this job any more: its slot is free from the next step on."""
        self._goes_on = False
        if self._running.pop(number, None) is None:
            self._waiting = deque(entry for entry in self._waiting if entry[0] != number)

    @property
    def eventful_s(self) -> float | None:
        """When a step ends after which things are different, if nobody comes or leaves before: those before it only
        move everyone by one more pass. None while there is nothing to do."""
        if self.due_s is None or not self._goes_on:
            return self.due_s
        return self.due_s + (self._fewest_left() - 1) * self._pass_s

    def skip(self, until_s: float) -> None:
        """Ends the steps that end by then and before `eventful_s`, all at once: a load of thousands of tokens a second
        is played a hundred times as fast."""
        if self.due_s is None or not self._goes_on or until_s < self.due_s or self._fewest_left() == 1:
            return
        steps = min(int((until_s - self.due_s) / self._pass_s) + 1, self._fewest_left() - 1)
        for running in self._running.values():
            running.passes_left -= steps
        self._steps += steps
        self.due_s += steps * self._pass_s
        self._began_s = self._ended_s = self.due_s - self._pass_s

    def _fewest_left(self) -> int:
        return min([running.passes_left for running in self._running.values()])

    def advance(self) -> Step:
        """Ends the step that is due, and begins the next one at that very time."""
        assert self.due_s is not None, "there is no step under way"
        began_s, ended_s = self._began_s, self.due_s
        self._ended_s = ended_s
        took_part = tuple(self._running)
        commits = tuple(filter(None, map(self._take_step, took_part)))
        self._steps += 1
        self._begin_step(ended_s)
        return Step(began_s, ended_s, took_part, commits)

    def _take_step(self, number: int) -> Commit | None:
        running = self._running[number]
        running.passes_left -= 1
        if running.passes_left:
            return None
        block = running.block
        last = block + 1 == len(running.job.passes)
        if last:
            del self._running[number]
        else:
            running.block += 1
            running.passes_left = running.job.passes[running.block]
        return Commit(number, block, last)

    def _begin_step(self, now_s: float) -> None:
        prefill_tokens = self._admit()
        if not self._running:
            self.due_s = None
            return
        jobs = [running.job for running in self._running.values()]
        self._goes_on = self._steps >= self._pace.cold_steps
        pass_s = self._pace.step_s(len(jobs)) * max([job.share for job in jobs]) * max([job.slowness for job in jobs])
        if self._steps < self._pace.cold_steps:
            pass_s *= self._pace.cold_factor
        self._pass_s = pass_s
        self._began_s = now_s
        self.due_s = now_s + prefill_tokens / self._pace.prefill_tokens_per_s + pass_s

    def _admit(self) -> int:
        """Fills the free slots, and returns the tokens that this leaves to prefill."""
        prefill_tokens = 0
        while self._waiting and len(self._running) < self._pace.slots:
            number, job = self._waiting.popleft()
            self._running[number] = _Running(job, 0, job.passes[0])
            prefill_tokens += job.prompt_tokens
        return prefill_tokens
