"""Everything the climb decides, driven with `next` and `send` alone: no event loop, no clock, no engine."""

from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.cascade import (
    Attempt,
    Block,
    Command,
    Commit,
    Due,
    Ended,
    Event,
    Failed,
    Finish,
    KeepAlive,
    Open,
    Plan,
    Release,
    WaitUntil,
    cascade,
)
from router.core.errors import BackendError, EngineFailed, Malformed, Overloaded, Refused, TimedOut, Unavailable
from router.core.values import TIERS

Machine = Generator[tuple[Command, ...], Event, None]

FAST, STRONG = Attempt(1, "fast"), Attempt(2, "strong")

GONE = Unavailable("the backend fast-1 cannot be reached")
NO = Refused("temperature must be 1.0", 400)


def plan(*ladder: Any, fallback: Any = (), commit_at_s: float | None = None) -> Plan:
    return Plan(ladder, fallback, commit_at_s, keep_alive_s=15.0)


def started(planned: Plan) -> tuple[Machine, tuple[Command, ...]]:
    machine = cascade(planned)
    return machine, next(machine)


def ended(attempt: int) -> Ended:
    return Ended(attempt, b"data: last\n\n", None, None)


def is_over(machine: Machine) -> bool:
    """Whether the machine has said its last word."""
    try:
        machine.send(Due(0.0))
    except StopIteration:
        return True
    return False


# --- an answer --------------------------------------------------------------------------------------------------


def test_the_first_tier_of_the_ladder_is_opened_first() -> None:
    _, commands = started(plan("fast", "strong"))

    assert commands == (Open(FAST),)


def test_blocks_are_released_as_they_come_and_the_end_finishes() -> None:
    machine, _ = started(plan("fast", "strong"))

    assert machine.send(Block(1, b"one")) == (WaitUntil(None), Release(FAST, b"one"))
    assert machine.send(Block(1, b"two")) == (Release(FAST, b"two"),)
    assert machine.send(ended(1)) == (Finish(FAST, None),)
    assert is_over(machine)


def test_an_answer_whose_only_event_is_its_last_is_served_all_the_same() -> None:
    machine, _ = started(plan("fast", "strong"))

    assert machine.send(ended(1)) == (Finish(FAST, None),)


# --- going up ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [GONE, NO, Overloaded("busy"), EngineFailed("500"), TimedOut("silent"), Malformed("not JSON")],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_before_the_first_block_goes_up(error: BackendError) -> None:
    machine, _ = started(plan("fast", "strong"))

    assert machine.send(Failed(1, error)) == (Open(STRONG),)


def test_the_answer_of_a_higher_tier_is_that_tiers() -> None:
    machine, _ = started(plan("fast", "strong"))
    machine.send(Failed(1, GONE))

    assert machine.send(Block(2, b"one")) == (WaitUntil(None), Release(STRONG, b"one"))
    assert machine.send(ended(2)) == (Finish(STRONG, None),)


def test_when_the_last_tier_fails_its_error_is_the_answer() -> None:
    machine, _ = started(plan("fast", "strong"))
    machine.send(Failed(1, GONE))

    assert machine.send(Failed(2, NO)) == (Finish(None, NO),)
    assert is_over(machine)


@pytest.mark.parametrize("blocks", [1, 3])
def test_a_failure_after_the_first_block_breaks_off_because_what_was_released_is_final(blocks: int) -> None:
    machine, _ = started(plan("fast", "strong"))
    for _ in range(blocks):
        machine.send(Block(1, b"some"))

    assert machine.send(Failed(1, GONE)) == (Finish(FAST, GONE),)
    assert is_over(machine)


# --- committing -------------------------------------------------------------------------------------------------


def test_a_streamed_request_sets_its_timer_when_it_opens() -> None:
    _, commands = started(plan("fast", commit_at_s=10.0))

    assert commands == (Open(FAST), WaitUntil(10.0))


def test_a_plain_request_sets_no_timer() -> None:
    _, commands = started(plan("fast", commit_at_s=None))

    assert commands == (Open(FAST),)


def test_a_caller_who_has_waited_long_enough_is_told_that_we_are_here_and_kept_alive() -> None:
    machine, _ = started(plan("fast", commit_at_s=10.0))

    assert machine.send(Due(10.0)) == (Commit(FAST), WaitUntil(25.0))
    assert machine.send(Due(25.5)) == (KeepAlive(), WaitUntil(40.5))
    assert machine.send(Due(41.0)) == (KeepAlive(), WaitUntil(56.0))


@pytest.mark.parametrize("waited", [0, 1, 2])
def test_the_first_block_switches_the_timer_off(waited: int) -> None:
    machine, _ = started(plan("fast", commit_at_s=10.0))
    for turn in range(waited):
        machine.send(Due(10.0 + 15.0 * turn))

    assert machine.send(Block(1, b"one")) == (WaitUntil(None), Release(FAST, b"one"))
    assert machine.send(Block(1, b"two")) == (Release(FAST, b"two"),)


def test_before_the_commit_the_next_attempt_keeps_to_the_same_instant() -> None:
    machine, _ = started(plan("fast", "strong", commit_at_s=10.0))

    assert machine.send(Failed(1, GONE)) == (Open(STRONG), WaitUntil(10.0))


def test_after_the_commit_a_failure_still_goes_up_and_the_caller_is_still_kept_alive() -> None:
    machine, _ = started(plan("fast", "strong", commit_at_s=10.0))
    machine.send(Due(10.0))

    assert machine.send(Failed(1, GONE)) == (Open(STRONG),)
    assert machine.send(Due(25.0)) == (KeepAlive(), WaitUntil(40.0))
    assert machine.send(Block(2, b"one")) == (WaitUntil(None), Release(STRONG, b"one"))


def test_a_caller_is_told_only_once_that_we_are_here() -> None:
    machine, _ = started(plan("fast", "strong", commit_at_s=10.0))

    told = [
        *machine.send(Due(10.0)),
        *machine.send(Failed(1, GONE)),
        *machine.send(Due(25.0)),
        *machine.send(Due(40.0)),
    ]

    assert [type(command) for command in told].count(Commit) == 1


def test_when_every_tier_fails_after_the_commit_the_last_error_is_the_end() -> None:
    machine, _ = started(plan("fast", commit_at_s=10.0))
    machine.send(Due(10.0))

    assert machine.send(Failed(1, GONE)) == (Finish(None, GONE),)


# --- falling back -----------------------------------------------------------------------------------------------

UNREACHED = [GONE, Overloaded("busy"), TimedOut("silent"), EngineFailed("500")]


@pytest.mark.parametrize("error", UNREACHED, ids=lambda error: type(error).__name__)
def test_a_tier_that_cannot_be_reached_is_answered_for_by_the_fallback(error: BackendError) -> None:
    machine, _ = started(plan("strong", fallback=("fast",)))

    assert machine.send(Failed(1, error)) == (Open(Attempt(2, "fast")),)
    assert machine.send(Block(2, b"one")) == (WaitUntil(None), Release(Attempt(2, "fast"), b"one"))


def test_a_request_that_is_refused_does_not_degrade() -> None:
    machine, _ = started(plan("strong", fallback=("fast",)))

    assert machine.send(Failed(1, NO)) == (Finish(None, NO),)


@pytest.mark.parametrize("errors", [(NO, GONE), (GONE, NO)], ids=["refused first", "refused last"])
def test_a_ladder_on_which_one_tier_refused_does_not_degrade(errors: tuple[BackendError, BackendError]) -> None:
    machine, _ = started(plan("strong", "hosted", fallback=("fast",)))
    machine.send(Failed(1, errors[0]))

    (last,) = machine.send(Failed(2, errors[1]))

    assert isinstance(last, Finish)
    assert last.served is None


def test_the_fallbacks_are_tried_in_their_order() -> None:
    machine, _ = started(plan("hosted", fallback=("strong", "fast")))

    assert machine.send(Failed(1, GONE)) == (Open(Attempt(2, "strong")),)
    assert machine.send(Failed(2, GONE)) == (Open(Attempt(3, "fast")),)
    assert machine.send(Failed(3, GONE)) == (Finish(None, GONE),)


def test_a_fallback_that_refuses_is_the_end() -> None:
    machine, _ = started(plan("hosted", fallback=("strong", "fast")))
    machine.send(Failed(1, GONE))

    assert machine.send(Failed(2, NO)) == (Finish(None, NO),)


# --- invariants -------------------------------------------------------------------------------------------------

errors = st.sampled_from([GONE, NO, Overloaded("busy"), EngineFailed("500"), TimedOut("silent"), Malformed("odd")])
tier_lists = st.lists(st.sampled_from(TIERS), max_size=3, unique=True).map(tuple)
plans = st.builds(
    Plan,
    ladder=tier_lists.filter(bool),
    fallback=tier_lists,
    commit_at_s=st.none() | st.just(10.0),
    keep_alive_s=st.just(15.0),
)


class Shell:
    """Performs commands as the shell does, on paper, and checks each against what must always hold."""

    def __init__(self, planned: Plan) -> None:
        self.plan = planned
        self.opened: list[Attempt] = []
        self.open: Attempt | None = None
        self.released: list[bytes] = []
        self.releasing: Attempt | None = None
        self.committed = False
        self.due_s: float | None = None
        self.finish: Finish | None = None

    def perform(self, commands: tuple[Command, ...]) -> None:
        assert commands
        for command in commands:
            assert self.finish is None, "nothing comes after Finish"
            getattr(self, f"on_{type(command).__name__}")(command)

    def on_Open(self, command: Open) -> None:  # noqa: N802 - named after the command
        assert self.open is None, "never two open attempts"
        assert not self.released, "what is released is final"
        self.opened.append(command.attempt)
        self.open = command.attempt

    def on_Release(self, command: Release) -> None:  # noqa: N802
        assert command.attempt == self.open
        assert self.releasing in (None, command.attempt), "one answer, one attempt"
        assert self.due_s is None, "no comment between blocks"
        self.releasing = command.attempt
        self.released.append(command.data)

    def on_Commit(self, command: Commit) -> None:  # noqa: N802
        assert command.attempt == self.open
        assert not self.committed
        assert not self.released
        self.committed = True

    def on_KeepAlive(self, _command: KeepAlive) -> None:  # noqa: N802
        assert self.committed
        assert not self.released

    def on_WaitUntil(self, command: WaitUntil) -> None:  # noqa: N802
        self.due_s = command.t_s

    def on_Finish(self, command: Finish) -> None:  # noqa: N802
        assert self.open is None, "the last attempt is over"
        assert command.served is not None or command.error is not None
        if command.served is not None:
            assert command.served == self.opened[-1]
        assert (command.served is None) <= (not self.released), "what was released was served, or broke off"
        self.finish = command


@settings(deadline=None, max_examples=300)
@given(plans, st.data())
def test_whatever_happens_the_climb_keeps_its_promises(planned: Plan, data: st.DataObject) -> None:
    machine, shell, now_s = cascade(planned), Shell(planned), 10.0
    sent: list[bytes] = []
    shell.perform(next(machine))
    while shell.finish is None:
        assert shell.open is not None, "the machine waits for something that will come"
        number = shell.open.number
        kinds = ["block", "end", "fail"] + (["due"] if shell.due_s is not None else [])
        kind = data.draw(st.sampled_from(kinds if len(sent) < 12 else ["end", "fail"]))
        event: Event
        if kind == "block":
            event = Block(number, data.draw(st.binary(min_size=1, max_size=3)))
            sent.append(event.data)
        elif kind == "due":
            now_s, event, shell.due_s = now_s + 15.0, Due(now_s + 15.0), None
            sent.append(b"")
        else:
            event = ended(number) if kind == "end" else Failed(number, data.draw(errors))
            shell.open = None
        shell.perform(machine.send(event))

    with pytest.raises(StopIteration):
        machine.send(Due(now_s))
    assert b"".join(shell.released) == b"".join(sent)
    assert [attempt.number for attempt in shell.opened] == list(range(1, len(shell.opened) + 1))
    wanted = planned.ladder + planned.fallback
    assert tuple(attempt.tier for attempt in shell.opened) == wanted[: len(shell.opened)]
