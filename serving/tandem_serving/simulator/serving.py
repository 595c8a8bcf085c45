"""One request in the engine: from what is asked to work, from commits to tokens, to what is counted of it."""

from collections.abc import AsyncIterator, Sequence
from random import Random

from msgspec import Struct

from tandem_serving.simulator.answer import Answer, Traits, read_and_answer
from tandem_serving.simulator.ask import Ask
from tandem_serving.simulator.engine import Engine, Ticket
from tandem_serving.simulator.faults import Fault, FaultShare, deadly_block, draw_fault, spoil_answer, spoil_job
from tandem_serving.simulator.metrics import Finished, Load, Metrics
from tandem_serving.simulator.prefix_cache import PrefixCache
from tandem_serving.simulator.profile import FastProfile, Profile
from tandem_serving.simulator.sampling import kills
from tandem_serving.simulator.scheduler import Job, Step
from tandem_serving.simulator.task import Task
from tandem_serving.simulator.text import compose
from tandem_serving.simulator.tokens import tokens_of
from tandem_serving.simulator.wire import Count, accepted_by_pass, denoising_metrics
from tandem_serving.simulator.work import block_tokens, draw_job
from tandem_serving.simulator.wrong import Draft


class Piece(Struct, frozen=True, gc=False):
    """Tokens of one choice that have just been committed."""

    index: int
    tokens: range


class Order(Struct, frozen=True):
    """One request as it lies before the engine: what it will be told, `width` tokens a block, and what that costs.

    `deadly_block` is the block that takes the engine down instead of being committed.
    """

    ask: Ask
    answers: tuple[Answer, ...]
    jobs: tuple[Job, ...]
    width: int
    deadly_block: int | None

    def piece(self, index: int, block: int) -> Piece:
        """The tokens of one block."""
        start = block * self.width
        return Piece(index, range(start, min(start + self.width, len(self.answers[index].tokens))))


class Service:
    """Takes the requests of one server and serves them with one engine."""

    def __init__(self, profile: Profile, engine: Engine, traits: Traits, seed: int, cache: PrefixCache) -> None:
        self._profile = profile
        self._engine = engine
        self._traits = traits
        self._cache = cache
        self._chance = Random(seed)  # noqa: S311 - a repeatable simulation, not a secret
        self._orders: dict[Ticket, Order] = {}
        self.metrics: Metrics | None = None
        engine.observer = self

    def take(self, asks: Sequence[Ask], fault: Fault | None) -> Order:
        """What a request will be told, and the work that is."""
        drawn = [self._draw(ask, fault) for ask in asks]
        answers = tuple(answer for each, _ in drawn for answer in each)
        jobs = tuple(job for _, each in drawn for job in each)
        width = block_tokens(self._profile, asks[0].dials)
        if kills(asks[0], self._profile):
            jobs = tuple(Job(job.prompt_tokens, (1, *job.passes[1:])) for job in jobs)
            return Order(asks[0], answers, jobs, width, deadly_block=0)
        deadly = None if fault is None else deadly_block(fault, len(jobs[0].passes))
        return Order(asks[0], answers, jobs, width, deadly)

    def draw_fault(self, shares: tuple[FaultShare, ...]) -> Fault | None:
        """The script for a request that brings none."""
        return draw_fault(shares, self._chance)

    def open(self, order: Order, arrived_s: float) -> Ticket:
        """Hands an order to the engine. `arrived_s` is when the request came, by the event loop's clock."""
        ticket = Ticket(order.jobs, arrived_s, order.deadly_block)
        self._orders[ticket] = order
        self._engine.submit(ticket)
        return ticket

    def close(self, ticket: Ticket) -> None:
        """Frees what an order still holds."""
        self._engine.forget(ticket)
        del self._orders[ticket]

    async def pieces(self, ticket: Ticket) -> AsyncIterator[Piece]:
        """The tokens of an order as they are committed, until all its choices have ended.

        Raises CallerLeft and EngineDead.
        """
        order = self._orders[ticket]
        left = len(order.jobs)
        while left:
            commit = await ticket.next_commit()
            index = ticket.choice_of(commit)
            left -= commit.last
            yield order.piece(index, commit.block)
            if commit.last:
                self._count_finished(ticket, order, index)

    def count(self, order: Order) -> Count:
        """The usage of a whole order."""
        return self.count_choices(order, order.answers, [len(answer.tokens) for answer in order.answers])

    def count_choices(self, order: Order, answers: Sequence[Answer], tokens: Sequence[int]) -> Count:
        """The usage when so many tokens of these choices have come."""
        thought = sum(min(answer.thought, seen) for answer, seen in zip(answers, tokens, strict=True))
        return Count(order.ask.prompt_tokens, sum(tokens), thought if self._traits.parsers else None)

    def passes_told(self, order: Order) -> dict[str, object] | None:
        """What the step scheduler reports, which it does for a single choice only."""
        if len(order.jobs) > 1 or not isinstance(self._profile, FastProfile):
            return None
        return denoising_metrics(order.jobs[0].passes, order.width)

    def passes_so_far(self, order: Order, piece: Piece) -> dict[str, object] | None:
        """What the plug-in reports with a block, of all canvases of its choice up to it; None where there are none."""
        if not isinstance(self._profile, FastProfile):
            return None
        canvases = -(-piece.tokens.stop // order.width)
        accepted = accepted_by_pass(order.jobs[piece.index].passes[:canvases], order.width)
        return {"num_spec_steps": len(accepted), "per_step_accepted": accepted}

    def load(self) -> Load:
        """What goes on right now."""
        held = sum(order.ask.prompt_tokens + order.ask.max_tokens for order in self._orders.values())
        share = min(1.0, held / self._profile.kv_tokens.value) if self._engine.running else 0.0
        return Load(self._engine.running, self._engine.waiting, share)

    def after_step(self, step: Step) -> None:
        """Counts what a step brought."""
        if self.metrics is None:
            return
        tokens, firsts_s, gaps_s = 0, [], []
        for commit in step.commits:
            ticket = self._engine.ticket_of(commit.number)
            if ticket is None or ticket not in self._orders:
                continue
            order, times = self._orders[ticket], ticket.times[commit.number]
            tokens += len(order.piece(ticket.choice_of(commit), commit.block).tokens)
            if times.previous_s is None:
                firsts_s.append((step.ended_s - times.submitted_s) / self._engine.speed)
            else:
                gaps_s.append((step.ended_s - times.previous_s) / self._engine.speed)
        self.metrics.count_step(tokens, firsts_s, gaps_s)
        if isinstance(self._profile, FastProfile):
            self._count_denoising(self.metrics, step)

    def _count_denoising(self, metrics: Metrics, step: Step) -> None:
        widths = {number: self._width_of(number) for number in step.took_part}
        committed = sum(widths[commit.number] for commit in step.commits)
        metrics.count_denoising(len(step.took_part), sum(widths.values()), committed)

    def _width_of(self, number: int) -> int:
        ticket = self._engine.ticket_of(number)
        return self._orders[ticket].width if ticket in self._orders else 0

    def _draw(self, ask: Ask, fault: Fault | None) -> tuple[tuple[Answer, ...], tuple[Job, ...]]:
        task, answers = read_and_answer(ask, self._traits)
        jobs = tuple(self._draw_job(ask, answer, task, index) for index, answer in enumerate(answers))
        if fault is not None:
            width = block_tokens(self._profile, ask.dials)
            drafts = [_draft(ask, task, index) for index in range(len(answers))]
            answers = tuple(spoil_answer(*each, fault, width) for each in zip(answers, drafts, strict=True))
            jobs = tuple(spoil_job(job, fault, self._profile) for job in jobs)
        for answer in answers:
            self._cache.keep([*ask.prompt, *answer.tokens])
        return answers, jobs

    def _draw_job(self, ask: Ask, answer: Answer, task: Task, index: int) -> Job:
        """Choices after the first find the prompt in the cache."""
        prefill = 0 if index else ask.prompt_tokens - self._cache.served(ask.prompt, _cacheable(ask))
        return draw_job(self._profile, prefill, len(answer.tokens), task.difficulty, self._chance, ask.dials)

    def _count_finished(self, ticket: Ticket, order: Order, index: int) -> None:
        if self.metrics is None:
            return
        times = ticket.times[ticket.first_number + index]
        first_s, last_s = times.first_s or times.submitted_s, times.last_s or times.submitted_s
        began_s = times.began_s or times.submitted_s
        speed, answer = self._engine.speed, order.answers[index]
        self.metrics.count_finished(
            Finished(
                finish="stop" if answer.finish == "tool_calls" else answer.finish,
                prompt_tokens=order.ask.prompt_tokens,
                cached_tokens=0 if index else order.ask.prompt_tokens - order.jobs[0].prompt_tokens,
                completion_tokens=len(answer.tokens),
                max_tokens=order.ask.max_tokens,
                choices=len(order.jobs),
                queue_s=(began_s - times.submitted_s) / speed,
                prefill_s=order.jobs[index].prompt_tokens / self._profile.prefill_tokens_per_s.value / speed,
                first_s=(first_s - times.submitted_s) / speed,
                total_s=(last_s - times.submitted_s) / speed,
            )
        )


def _cacheable(ask: Ask) -> int:
    """The tokens of a prompt that the cache may serve: none that is to be scored."""
    if ask.prompt_logprobs is None:
        return ask.prompt_tokens
    return ask.prompt_tokens - (ask.read_last or ask.prompt_tokens)


def _draft(ask: Ask, task: Task, index: int) -> Draft:
    return Draft(task, tokens_of(compose(task, index)), tokens_of(ask.begun or ""))
