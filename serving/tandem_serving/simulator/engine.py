"""Plays a scheduler in real time: jobs go in, commits come out when they are due. It dies when it is told to."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from msgspec import Struct

from tandem_serving.simulator.scheduler import Commit, Job, Pace, Scheduler, Step


class CallerLeft(Exception):
    """Nobody waits for this answer any more."""


class EngineDead(Exception):
    """The engine ended while this request was in flight."""


class Observer(Protocol):
    """Told of every step, and of how long everything took."""

    def after_step(self, step: Step) -> None:
        """One step has ended; its times are the engine's, not the caller's."""


class Times(Struct):
    """When things happened to one job, in the engine's seconds."""

    submitted_s: float
    began_s: float | None = None
    previous_s: float | None = None
    first_s: float | None = None
    last_s: float | None = None


@dataclass(eq=False)
class Ticket:
    """One request in the engine: a job for each of its choices, and the commits that have not been fetched yet.

    `arrived_s` is when it came, by the event loop's clock: what the simulator itself did since then does not count.
    `deadly_block` is the block that takes the engine down instead of being committed.
    """

    jobs: Sequence[Job]
    arrived_s: float
    deadly_block: int | None = None
    first_number: int = 0
    times: dict[int, Times] = field(default_factory=dict)
    _inbox: "asyncio.Queue[Commit | type[Exception]]" = field(default_factory=asyncio.Queue)

    def choice_of(self, commit: Commit) -> int:
        """The index of the choice that a commit belongs to."""
        return commit.number - self.first_number

    def put(self, item: Commit | type[Exception]) -> None:
        """Something has happened to this request."""
        self._inbox.put_nowait(item)

    def leave(self) -> None:
        """Its caller has gone."""
        self.put(CallerLeft)

    async def next_commit(self) -> Commit:
        """The next block of any of its choices. Raises CallerLeft and EngineDead."""
        item = await self._inbox.get()
        if isinstance(item, Commit):
            return item
        raise item


class Engine:
    """One engine. Its seconds are the caller's times `speed`.

    `died` is set when it has died; nothing that comes later is served.
    """

    def __init__(self, pace: Pace, speed: float) -> None:
        self.speed = speed
        self.died = asyncio.Event()
        self.observer: Observer | None = None
        self._scheduler = Scheduler(pace)
        self._tickets: dict[int, Ticket] = {}
        self._next_number = 0
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()

    @property
    def running(self) -> int:
        """Jobs that hold a slot."""
        return self._scheduler.running

    @property
    def waiting(self) -> int:
        """Jobs that wait for one."""
        return self._scheduler.waiting

    def ticket_of(self, number: int) -> Ticket | None:
        """The request that a job belongs to, while it is in flight."""
        return self._tickets.get(number)

    def tickets(self) -> set[Ticket]:
        """Every request in flight."""
        return set(self._tickets.values())

    def submit(self, ticket: Ticket) -> None:
        """Takes on a request."""
        now_s = ticket.arrived_s * self.speed
        ticket.first_number = self._next_number
        self._next_number += len(ticket.jobs)
        for number, job in enumerate(ticket.jobs, ticket.first_number):
            self._tickets[number] = ticket
            ticket.times[number] = Times(now_s)
            self._scheduler.submit(number, job, now_s)
        self._wind()

    def forget(self, ticket: Ticket) -> None:
        """Frees what a request still holds."""
        for number in ticket.times:
            if self._tickets.pop(number, None) is not None:
                self._scheduler.leave(number)

    def die(self) -> None:
        """Ends at once, and tells everyone in flight."""
        for ticket in self.tickets():
            ticket.put(EngineDead)
            self.forget(ticket)
        self.died.set()

    def _wind(self) -> None:
        """INVARIANT: while the scheduler has a step under way, a timer is set for its end."""
        due_s = self._scheduler.due_s
        if due_s is not None and self._timer is None:
            self._timer = self._loop.call_at(due_s / self.speed, self._tick)

    def _tick(self) -> None:
        """One step and no more: whoever can be served meanwhile must not wait for a clock that is catching up."""
        self._timer = None
        if self.died.is_set() or self._scheduler.due_s is None:
            return
        step = self._scheduler.advance()
        self._note_times(step)
        if self._is_deadly(step):
            self.die()
            return
        if self.observer is not None:
            self.observer.after_step(step)
        for commit in step.commits:
            ticket = self._tickets.get(commit.number)
            if ticket is not None:
                ticket.put(commit)
            if commit.last:
                self._tickets.pop(commit.number, None)
        self._wind()

    def _note_times(self, step: Step) -> None:
        for number in step.took_part:
            times = self._tickets[number].times[number]
            if times.began_s is None:
                times.began_s = max(step.began_s, times.submitted_s)
        for commit in step.commits:
            times = self._tickets[commit.number].times[commit.number]
            if times.first_s is None:
                times.first_s = step.ended_s
            times.previous_s, times.last_s = times.last_s, step.ended_s

    def _is_deadly(self, step: Step) -> bool:
        return any(self._tickets[commit.number].deadly_block == commit.block for commit in step.commits)
