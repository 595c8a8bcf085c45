"""Everything the climb decides, driven with `next` and `send` alone: no event loop, no clock, no engine."""

from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.cascade import Machine, cascade
from router.core.errors import (
    BackendError,
    DeadlineExceeded,
    EngineFailed,
    EscalationsSpent,
    Malformed,
    NotAdmitted,
    Overloaded,
    Refused,
    Rejected,
    TimedOut,
    Unavailable,
    with_retry,
)
from router.core.moves import (
    Attempt,
    Block,
    Close,
    Command,
    Commit,
    Due,
    Ended,
    Event,
    Expire,
    Failed,
    Finish,
    KeepAlive,
    Open,
    Release,
    WaitUntil,
)
from router.core.plan import Plan
from router.core.succession import MOST_FALLBACKS
from router.core.values import TIERS, Tier
from tests.vllm_wire import WEATHER_CALL, call_events, opening_events, text_events

FAST, STRONG, HOSTED = Attempt(1, "fast"), Attempt(2, "strong"), Attempt(3, "hosted")

BROKE_DOWN = EngineFailed("it failed")
GONE = Unavailable("the backend fast-1 cannot be reached")
NO = Refused("temperature must be 1.0", 400)


def plan(*ladder: Any, fallback: Any = (), commit_at_s: float | None = None, **limits: Any) -> Plan:
    return Plan(ladder, fallback, commit_at_s, 15.0, **limits)


def started(
    planned: Plan, now_s: float = 0.0, continuing: frozenset[Tier] = frozenset()
) -> tuple[Machine, tuple[Command, ...]]:
    machine = cascade(replace(planned, continuing=continuing), now_s)
    return machine, next(machine)


def ended(attempt: int) -> Ended:
    return Ended(attempt, b"data: last\n\n", None, None)


def failed(attempt: int, error: BackendError, now_s: float = 1.0) -> Failed:
    return Failed(attempt, error, now_s)


def after_giving_up(attempt: Attempt, commands: tuple[Command, ...]) -> tuple[Command, ...]:
    """What is asked for once this attempt is closed because it gave nothing in time."""
    close, *others = commands
    assert isinstance(close, Close)
    assert (close.attempt, type(close.error)) == (attempt, TimedOut)
    return tuple(others)


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

    assert commands == (Open(FAST), WaitUntil(None))


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

    assert machine.send(failed(1, error)) == (Open(STRONG), WaitUntil(None))


def test_the_answer_of_a_higher_tier_is_that_tiers() -> None:
    machine, _ = started(plan("fast", "strong"))
    machine.send(failed(1, GONE))

    assert machine.send(Block(2, b"one")) == (WaitUntil(None), Release(STRONG, b"one"))
    assert machine.send(ended(2)) == (Finish(STRONG, None),)


def test_when_the_last_tier_fails_its_error_is_the_answer() -> None:
    machine, _ = started(plan("fast", "strong"))
    machine.send(failed(1, GONE))

    assert machine.send(failed(2, NO)) == (Finish(None, NO),)
    assert is_over(machine)


@pytest.mark.parametrize("blocks", [1, 3])
def test_a_failure_after_the_first_block_breaks_off_because_what_was_released_is_final(blocks: int) -> None:
    machine, _ = started(plan("fast", "strong"))
    for _ in range(blocks):
        machine.send(Block(1, b"some"))

    assert machine.send(failed(1, GONE)) == (Finish(FAST, GONE),)
    assert is_over(machine)


# --- committing -------------------------------------------------------------------------------------------------


def test_a_streamed_request_sets_its_timer_when_it_opens() -> None:
    _, commands = started(plan("fast", commit_at_s=10.0))

    assert commands == (Open(FAST), WaitUntil(10.0))


def test_a_plain_request_sets_no_timer() -> None:
    _, commands = started(plan("fast", commit_at_s=None))

    assert commands == (Open(FAST), WaitUntil(None))


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

    assert machine.send(failed(1, GONE)) == (Open(STRONG), WaitUntil(10.0))


def test_after_the_commit_a_failure_still_goes_up_and_the_caller_is_still_kept_alive() -> None:
    machine, _ = started(plan("fast", "strong", commit_at_s=10.0))
    machine.send(Due(10.0))

    assert machine.send(failed(1, GONE)) == (Open(STRONG), WaitUntil(25.0))
    assert machine.send(Due(25.0)) == (KeepAlive(), WaitUntil(40.0))
    assert machine.send(Block(2, b"one")) == (WaitUntil(None), Release(STRONG, b"one"))


def test_a_caller_is_told_only_once_that_we_are_here() -> None:
    machine, _ = started(plan("fast", "strong", commit_at_s=10.0))

    told = [
        *machine.send(Due(10.0)),
        *machine.send(failed(1, GONE)),
        *machine.send(Due(25.0)),
        *machine.send(Due(40.0)),
    ]

    assert [type(command) for command in told].count(Commit) == 1


def test_when_every_tier_fails_after_the_commit_the_last_error_is_the_end() -> None:
    machine, _ = started(plan("fast", commit_at_s=10.0))
    machine.send(Due(10.0))

    assert machine.send(failed(1, GONE)) == (Finish(None, GONE),)


# --- giving up --------------------------------------------------------------------------------------------------


def test_a_tier_that_gives_no_block_in_time_is_closed_and_the_next_one_is_opened() -> None:
    machine, commands = started(plan("fast", "strong", timeout_s=2.0), now_s=100.0)

    assert commands == (Open(FAST), WaitUntil(102.0))
    assert after_giving_up(FAST, machine.send(Due(102.0))) == (Open(STRONG), WaitUntil(None))
    assert machine.send(Block(2, b"one")) == (WaitUntil(None), Release(STRONG, b"one"))


@pytest.mark.parametrize(("timeout_s", "limit"), [(2.0, "2 s"), (0.25, "0.25 s"), (600.0, "600 s")])
def test_what_is_said_of_a_tier_that_was_given_up_names_it_and_its_limit(timeout_s: float, limit: str) -> None:
    machine, _ = started(plan("fast", "strong", timeout_s=timeout_s))

    close, *_ = machine.send(Due(timeout_s))

    assert isinstance(close, Close)
    assert str(close.error) == f"the tier fast gave no block within {limit}"


@pytest.mark.parametrize("now_s", [101.999, 102.0, 140.0], ids=["a little early", "in time", "late"])
def test_a_timer_that_goes_off_ends_the_attempt_whatever_the_clock_says(now_s: float) -> None:
    machine, _ = started(plan("fast", "strong", "hosted", timeout_s=2.0), now_s=100.0)

    assert after_giving_up(FAST, machine.send(Due(now_s))) == (Open(STRONG), WaitUntil(now_s + 2.0))


def test_each_attempt_has_the_whole_time_from_its_own_beginning() -> None:
    machine, _ = started(plan("fast", "strong", "hosted", timeout_s=2.0))

    assert machine.send(failed(1, GONE, now_s=1.5)) == (Open(STRONG), WaitUntil(3.5))
    assert after_giving_up(STRONG, machine.send(Due(3.5))) == (Open(HOSTED), WaitUntil(None))


def test_after_the_first_block_an_answer_may_take_as_long_as_it_likes() -> None:
    machine, _ = started(plan("fast", "strong", commit_at_s=10.0, timeout_s=2.0))

    assert machine.send(Block(1, b"one")) == (WaitUntil(None), Release(FAST, b"one"))
    assert machine.send(Block(1, b"two")) == (Release(FAST, b"two"),)
    assert machine.send(ended(1)) == (Finish(FAST, None),)


def test_an_attempt_may_be_given_up_after_the_caller_was_told_that_we_are_here() -> None:
    machine, commands = started(plan("fast", "strong", "hosted", commit_at_s=10.0, timeout_s=26.0))

    assert commands == (Open(FAST), WaitUntil(10.0))
    assert machine.send(Due(10.0)) == (Commit(FAST), WaitUntil(25.0))
    assert machine.send(Due(25.0)) == (KeepAlive(), WaitUntil(26.0))
    assert after_giving_up(FAST, machine.send(Due(26.0))) == (Open(STRONG), WaitUntil(40.0))
    assert machine.send(Due(40.0)) == (KeepAlive(), WaitUntil(52.0))
    assert after_giving_up(STRONG, machine.send(Due(52.0))) == (Open(HOSTED), WaitUntil(55.0))
    assert machine.send(Due(55.0)) == (KeepAlive(), WaitUntil(70.0))


def test_the_commit_comes_at_its_instant_however_many_attempts_were_given_up_before() -> None:
    machine, commands = started(plan("fast", "strong", "hosted", commit_at_s=10.0, timeout_s=4.0))

    assert commands == (Open(FAST), WaitUntil(4.0))
    assert after_giving_up(FAST, machine.send(Due(4.0))) == (Open(STRONG), WaitUntil(8.0))
    assert after_giving_up(STRONG, machine.send(Due(8.0))) == (Open(HOSTED), WaitUntil(10.0))
    assert machine.send(Due(10.0)) == (Commit(HOSTED), WaitUntil(25.0))


def test_a_tier_given_up_at_the_instant_of_the_commit_is_not_the_one_the_caller_is_told_of() -> None:
    machine, _ = started(plan("fast", "strong", "hosted", commit_at_s=10.0, timeout_s=10.0))

    assert after_giving_up(FAST, machine.send(Due(10.0))) == (Open(STRONG), WaitUntil(10.0))
    assert machine.send(Due(10.0)) == (Commit(STRONG), WaitUntil(20.0))


# --- the last tier ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tier", TIERS)
def test_the_only_tier_may_take_as_long_as_it_likes(tier: Tier) -> None:
    _, commands = started(plan(tier, timeout_s=2.0))

    assert commands == (Open(Attempt(1, tier)), WaitUntil(None))


def test_the_timer_of_a_tier_that_failed_does_not_go_off_on_the_last_one() -> None:
    machine, commands = started(plan("fast", "strong", timeout_s=2.0))

    assert commands == (Open(FAST), WaitUntil(2.0))
    assert machine.send(failed(1, GONE, now_s=0.5)) == (Open(STRONG), WaitUntil(None))


def test_whoever_waits_for_the_last_tier_is_told_that_we_are_here_and_kept_alive_for_as_long_as_it_takes() -> None:
    machine, _ = started(plan("fast", "strong", commit_at_s=10.0, timeout_s=2.0))
    machine.send(Due(2.0))

    assert machine.send(Due(10.0)) == (Commit(STRONG), WaitUntil(25.0))
    assert machine.send(Due(25.0)) == (KeepAlive(), WaitUntil(40.0))
    assert machine.send(Due(4000.0)) == (KeepAlive(), WaitUntil(4015.0))
    assert machine.send(Block(2, b"one")) == (WaitUntil(None), Release(STRONG, b"one"))


def test_when_the_last_tier_fails_after_another_was_given_up_its_error_is_the_answer() -> None:
    machine, _ = started(plan("fast", "strong", timeout_s=2.0))
    machine.send(Due(2.0))

    assert machine.send(failed(2, GONE, now_s=600.0)) == (Finish(None, GONE),)
    assert is_over(machine)


# --- falling back -----------------------------------------------------------------------------------------------

UNREACHED = [GONE, Overloaded("busy"), TimedOut("silent"), EngineFailed("500")]


@pytest.mark.parametrize("error", UNREACHED, ids=lambda error: type(error).__name__)
def test_a_tier_that_cannot_be_reached_is_answered_for_by_the_fallback(error: BackendError) -> None:
    machine, _ = started(plan("strong", fallback=("fast",)))

    assert machine.send(failed(1, error)) == (Open(Attempt(2, "fast")), WaitUntil(None))
    assert machine.send(Block(2, b"one")) == (WaitUntil(None), Release(Attempt(2, "fast"), b"one"))


def test_a_request_that_is_refused_does_not_degrade() -> None:
    machine, _ = started(plan("strong", fallback=("fast",)))

    assert machine.send(failed(1, NO)) == (Finish(None, NO),)


@pytest.mark.parametrize("errors", [(NO, GONE), (GONE, NO)], ids=["refused first", "refused last"])
def test_a_ladder_on_which_one_tier_refused_does_not_degrade(errors: tuple[BackendError, BackendError]) -> None:
    machine, _ = started(plan("strong", "hosted", fallback=("fast",)))
    machine.send(failed(1, errors[0]))

    (last,) = machine.send(failed(2, errors[1]))

    assert isinstance(last, Finish)
    assert last.served is None


@pytest.mark.parametrize(("below", "asks_the_fallback"), [(BROKE_DOWN, True), (NO, False)])
def test_escalations_that_are_spent_leave_the_fallback_as_the_tier_below_did(
    below: BackendError, asks_the_fallback: bool
) -> None:
    machine, _ = started(plan("strong", "hosted", fallback=("fast",)))
    machine.send(failed(1, below))

    last = machine.send(failed(2, EscalationsSpent("too many")))

    assert last == ((Open(Attempt(3, "fast")), WaitUntil(None)) if asks_the_fallback else (Finish(None, below),))


def test_a_ladder_that_was_given_up_is_answered_for_by_the_fallback_which_may_take_as_long_as_it_likes() -> None:
    machine, commands = started(plan("strong", fallback=("fast",), timeout_s=2.0))

    assert commands == (Open(Attempt(1, "strong")), WaitUntil(2.0))
    assert after_giving_up(Attempt(1, "strong"), machine.send(Due(2.0))) == (Open(Attempt(2, "fast")), WaitUntil(None))


def test_a_fallback_is_given_up_while_there_is_another() -> None:
    machine, _ = started(plan("hosted", fallback=("strong", "fast"), timeout_s=2.0))

    assert machine.send(failed(1, GONE, now_s=1.0)) == (Open(STRONG), WaitUntil(3.0))
    assert after_giving_up(STRONG, machine.send(Due(3.0))) == (Open(Attempt(3, "fast")), WaitUntil(None))


@pytest.mark.parametrize("error", [NO, Malformed("not JSON")], ids=["refused", "malformed"])
def test_a_ladder_that_may_not_degrade_any_more_waits_for_its_last_tier(error: BackendError) -> None:
    machine, _ = started(plan("strong", "hosted", fallback=("fast",), timeout_s=2.0))

    assert machine.send(failed(1, error)) == (Open(Attempt(2, "hosted")), WaitUntil(None))


def test_a_ladder_that_may_not_degrade_any_more_still_gives_up_the_tiers_before_its_last() -> None:
    machine, _ = started(plan("fast", "strong", "hosted", fallback=("fast",), timeout_s=2.0))

    assert machine.send(failed(1, NO, now_s=1.0)) == (Open(STRONG), WaitUntil(3.0))
    assert after_giving_up(STRONG, machine.send(Due(3.0))) == (Open(HOSTED), WaitUntil(None))
    assert machine.send(failed(3, GONE)) == (Finish(None, GONE),)


def test_the_fallbacks_are_tried_in_their_order() -> None:
    machine, _ = started(plan("hosted", fallback=("strong", "fast")))

    assert machine.send(failed(1, GONE)) == (Open(Attempt(2, "strong")), WaitUntil(None))
    assert machine.send(failed(2, GONE)) == (Open(Attempt(3, "fast")), WaitUntil(None))
    assert machine.send(failed(3, GONE)) == (Finish(None, GONE),)


def test_a_fallback_that_refuses_is_the_end() -> None:
    machine, _ = started(plan("hosted", fallback=("strong", "fast")))
    machine.send(failed(1, GONE))

    assert machine.send(failed(2, NO)) == (Finish(None, NO),)


# --- invariants -------------------------------------------------------------------------------------------------

TEXT = "some "
SAID = b"".join(text_events("tier1", TEXT, 1))

errors = st.sampled_from([GONE, NO, Overloaded("busy"), EngineFailed("500"), TimedOut("silent"), Malformed("odd")])
tier_lists = st.lists(st.sampled_from(TIERS), max_size=3, unique=True).map(tuple)
plans = st.builds(
    Plan,
    ladder=tier_lists.filter(bool),
    fallback=tier_lists,
    commit_at_s=st.none() | st.just(10.0),
    keep_alive_s=st.just(15.0),
    timeout_s=st.none() | st.sampled_from([0.5, 4.0, 10.0, 40.0]),
).map(lambda plan: replace(plan, fallback=tuple([tier for tier in plan.fallback if tier not in plan.ladder])))


class Shell:
    """Performs commands as the shell does, on paper, and checks each against what must always hold."""

    def __init__(self, planned: Plan, continuing: frozenset[Tier]) -> None:
        self.plan = planned
        self.continuing = continuing
        self.now_s = 0.0
        self.opened: list[Attempt] = []
        self.opened_s = 0.0
        self.open: Attempt | None = None
        self.closed: list[Attempt] = []
        self.errors: list[BackendError] = []
        self.released: list[bytes] = []
        self.releasing: list[Attempt] = []
        self.told_s: float | None = None
        self.due_s: float | None = None
        self.finish: Finish | None = None

    def perform(self, commands: tuple[Command, ...]) -> None:
        assert commands
        for command in commands:
            assert self.finish is None, "nothing comes after Finish"
            getattr(self, f"on_{type(command).__name__}")(command)
        if self.finish is None:
            assert self.open is not None, "the machine waits for something that will come"
            assert self.due_s == self.next_instant_s()

    def next_instant_s(self) -> float | None:
        """When the machine must be woken at the latest, by the plan alone."""
        told_s, plan = self.told_s, self.plan
        tell_at_s = plan.commit_at_s if told_s is None else told_s + plan.keep_alive_s
        give_up_at_s = None if plan.timeout_s is None or not self.may_go_on() else self.opened_s + plan.timeout_s
        instants_s = [each for each in (tell_at_s, give_up_at_s) if each is not None]
        return None if self.released else min(instants_s, default=None)

    def may_go_on(self) -> bool:
        """Whether another tier may be called after the open one, by the plan alone."""
        was_reached = any(isinstance(each, (Refused, Malformed)) for each in self.errors)
        tiers = self.plan.ladder if was_reached else self.plan.ladder + self.plan.fallback
        return len(self.opened) < len(tiers)

    def on_Open(self, command: Open) -> None:  # noqa: N802 - named after the command
        assert self.open is None, "never two open attempts"
        assert bool(self.released) == (command.begun is not None), "what is released is final"
        if command.begun is not None:
            assert command.begun.text == TEXT * len(self.released), "whoever goes on has all of it"
            assert command.attempt.tier in self.continuing
        self.opened.append(command.attempt)
        self.open, self.opened_s = command.attempt, self.now_s

    def on_Close(self, command: Close) -> None:  # noqa: N802
        assert command.attempt == self.open
        assert not self.released, "an answer that has begun is never given up"
        assert self.plan.timeout_s is not None
        assert self.now_s >= self.opened_s + self.plan.timeout_s, "nobody is given up early"
        assert self.may_go_on(), "a slow answer is better than none"
        self.open = None
        self.closed.append(command.attempt)

    def on_Release(self, command: Release) -> None:  # noqa: N802
        assert command.attempt == self.open
        assert self.due_s is None, "no comment between blocks"
        self.releasing.append(command.attempt)
        self.released.append(command.data)

    def on_Commit(self, command: Commit) -> None:  # noqa: N802
        assert command.attempt == self.open
        assert self.told_s is None, "once"
        assert not self.released
        self.told_s = self.now_s

    def on_KeepAlive(self, _command: KeepAlive) -> None:  # noqa: N802
        assert self.told_s is not None
        assert not self.released
        self.told_s = self.now_s

    def on_WaitUntil(self, command: WaitUntil) -> None:  # noqa: N802
        self.due_s = command.t_s

    def on_Finish(self, command: Finish) -> None:  # noqa: N802
        assert self.open is None, "the last attempt is over"
        assert command.served is not None or command.error is not None
        if command.served is not None:
            assert command.served == self.opened[-1] or (command.error and command.served in self.releasing)
        assert (command.served is None) <= (not self.released), "what was released was served, or broke off"
        self.finish = command


@st.composite
def happenings(draw: st.DrawFn, shell: Shell, quick: bool) -> Event:
    """What may come next, at any instant: an event of the open attempt, or the timer, which may be late."""
    assert shell.open is not None
    number, passed_s = shell.open.number, draw(st.sampled_from([0.0, 0.5, 3.0, 20.0]))
    kinds = ["end", "fail"] + ([] if quick else ["block"]) + (["due"] if shell.due_s is not None else [])
    kind = draw(st.sampled_from(kinds))
    if kind == "due" and shell.due_s is not None:
        shell.now_s, shell.due_s = max(shell.now_s, shell.due_s) + draw(st.sampled_from([0.0, 0.0, 7.0])), None
        return Due(shell.now_s)
    shell.now_s += passed_s
    if kind == "block":
        return Block(number, SAID)
    shell.open = None
    if kind == "end":
        return ended(number)
    shell.errors.append(draw(errors))
    return failed(number, shell.errors[-1], shell.now_s)


@settings(deadline=None, max_examples=300)
@given(plans, st.frozensets(st.sampled_from(TIERS)), st.data())
def test_whatever_happens_the_climb_keeps_its_promises(
    planned: Plan, continuing: frozenset[Tier], data: st.DataObject
) -> None:
    machine, shell = cascade(replace(planned, continuing=continuing), 0.0), Shell(planned, continuing)
    sent: list[bytes] = []
    shell.perform(next(machine))
    for turn in count():
        event = data.draw(happenings(shell, quick=turn > 12))
        sent += [event.data] if isinstance(event, Block) else []
        shell.perform(machine.send(event))
        if shell.finish is not None:
            break

    with pytest.raises(StopIteration):
        machine.send(Due(shell.now_s))
    assert shell.opened[-1] not in shell.closed, "the last attempt is waited for"
    assert b"".join(shell.released) == b"".join(sent)
    assert [attempt.number for attempt in shell.opened] == list(range(1, len(shell.opened) + 1))
    asked = [attempt.tier for attempt in shell.opened if not attempt.is_retry]
    wanted = [tier for tier in planned.ladder + planned.fallback if tier in asked or not shell.released]
    assert asked == wanted[: len(asked)]
    assert sum(attempt.is_retry for attempt in shell.opened) <= planned.retries


# --- asking another backend of the tier -------------------------------------------------------------------------

ONE_MORE: dict[str, Any] = {"spares": {"fast": 1}}


@pytest.mark.parametrize("error", [GONE, BROKE_DOWN, Overloaded("busy", 60.0), TimedOut("silent"), Malformed("no")])
def test_where_one_backend_fails_another_is_asked_at_once_before_the_tier_above(error: BackendError) -> None:
    machine, _ = started(plan("fast", "strong", **ONE_MORE))

    assert machine.send(failed(1, error)) == (Open(again(2, "fast")), WaitUntil(None))
    assert machine.send(failed(2, error)) == (Open(Attempt(3, "strong")), WaitUntil(None))


def test_where_the_connection_broke_asking_another_backend_is_no_retry_for_it_never_heard_of_the_request() -> None:
    machine, _ = started(plan("fast", "strong", **ONE_MORE))

    assert machine.send(failed(1, BROKE)) == (Open(Attempt(2, "fast")), WaitUntil(None))


@pytest.mark.parametrize("error", [NO, Rejected("a loop", ("loop",)), NotAdmitted("left alone")])
def test_what_another_backend_would_not_change_goes_up(error: BackendError) -> None:
    machine, _ = started(plan("fast", "strong", **ONE_MORE))

    assert machine.send(failed(1, error)) == (Open(STRONG), WaitUntil(None))


def test_a_request_is_not_taken_through_a_whole_pool() -> None:
    machine, _ = started(plan("fast", spares={"fast": 7}))
    for number in range(1, MOST_FALLBACKS + 1):
        (opening, _) = machine.send(failed(number, BROKE_DOWN))
        assert opening == Open(again(number + 1, "fast"))

    assert machine.send(failed(MOST_FALLBACKS + 1, BROKE_DOWN)) == (Finish(None, BROKE_DOWN),)


# --- asking the same backend again ------------------------------------------------------------------------------

BROKE = with_retry(Unavailable("the backend broke the connection"), "connection")
HICCUP = with_retry(EngineFailed("the engine answered with status 500"), "status")


def busy_for(retry_after_s: float | None) -> BackendError:
    return with_retry(Overloaded("the engine is overloaded", retry_after_s), "status")


def again(number: int, tier: Tier) -> Attempt:
    return Attempt(number, tier, is_retry=True)


def test_a_connection_that_broke_is_tried_once_more_before_another_tier_is() -> None:
    machine, _ = started(plan("fast", "strong"))

    assert machine.send(failed(1, BROKE)) == (Open(again(2, "fast")), WaitUntil(None))
    assert machine.send(failed(2, BROKE)) == (Open(Attempt(3, "strong")), WaitUntil(None))


def test_a_state_that_passes_is_waited_out_only_where_there_is_no_other_tier() -> None:
    machine, _ = started(plan("fast", "strong"))

    assert machine.send(failed(1, HICCUP)) == (Open(STRONG), WaitUntil(None))
    assert machine.send(failed(2, HICCUP)) == (Open(again(3, "strong")), WaitUntil(None))


def test_a_request_is_retried_once_in_all() -> None:
    machine, _ = started(plan("strong"))
    machine.send(failed(1, HICCUP))

    assert machine.send(failed(2, HICCUP)) == (Finish(None, HICCUP),)


@pytest.mark.parametrize("error", [GONE, NO, TimedOut("silent"), Malformed("not JSON")], ids=lambda e: type(e).__name__)
def test_what_will_not_pass_is_not_retried(error: BackendError) -> None:
    machine, _ = started(plan("strong"))

    assert machine.send(failed(1, error)) == (Finish(None, error),)


def test_a_backend_that_says_when_to_come_back_is_asked_then() -> None:
    machine, _ = started(plan("strong"))

    assert machine.send(failed(1, busy_for(2.0), now_s=1.0)) == (WaitUntil(3.0),)
    assert machine.send(Due(3.0)) == (Open(again(2, "strong")), WaitUntil(None))


@pytest.mark.parametrize(
    ("limits", "retry_after_s"), [({}, 3600.0), ({"deadline_s": 2.5}, 2.0), ({"commit_at_s": 2.5}, 2.0)]
)
def test_a_backend_that_says_to_come_back_too_late_is_not_waited_for(
    limits: dict[str, float], retry_after_s: float
) -> None:
    machine, _ = started(plan("strong", **limits))
    busy = busy_for(retry_after_s)

    assert machine.send(failed(1, busy, now_s=1.0)) == (Finish(None, busy),)


def test_nothing_is_retried_once_the_caller_was_told_that_we_are_here() -> None:
    machine, _ = started(plan("strong", commit_at_s=1.0))
    machine.send(Due(1.0))

    assert machine.send(failed(1, HICCUP, now_s=2.0)) == (Finish(None, HICCUP),)


def test_that_a_backend_was_not_asked_says_less_than_what_another_answered() -> None:
    machine, _ = started(plan("fast", "strong"))
    left_alone = NotAdmitted("the backend strong-1 is left alone", 3.0)
    machine.send(failed(1, NO))

    assert machine.send(failed(2, left_alone)) == (Finish(None, NO),)


# --- the deadline -----------------------------------------------------------------------------------------------


def finished_late(commands: tuple[Command, ...], open_attempt: Attempt, served: Attempt | None) -> bool:
    close, finish = commands
    assert isinstance(close, Close)
    assert isinstance(finish, Finish)
    assert close.attempt == open_attempt
    return finish.served == served and isinstance(close.error, DeadlineExceeded) and finish.error is close.error


def test_at_the_deadline_an_attempt_that_has_said_nothing_is_closed_and_no_other_opened() -> None:
    machine, commands = started(plan("fast", "strong", deadline_s=2.0))
    assert commands == (Open(FAST), Expire(2.0), WaitUntil(None))

    assert finished_late(machine.send(Due(2.0)), FAST, served=None)
    assert is_over(machine)


def test_the_next_attempt_has_what_the_one_before_it_left() -> None:
    machine, _ = started(plan("fast", "strong", commit_at_s=9.0, deadline_s=2.0))

    assert machine.send(failed(1, GONE, now_s=1.5)) == (Open(STRONG), WaitUntil(2.0))


def test_where_nothing_but_the_deadline_can_be_due_it_is_set_once_for_all_attempts() -> None:
    machine, _ = started(plan("fast", "strong", deadline_s=2.0))

    assert machine.send(failed(1, GONE, now_s=1.5)) == (Open(STRONG), WaitUntil(None))
    assert machine.send(Block(2, b"one")) == (WaitUntil(None), Release(STRONG, b"one"))


def test_the_rules_timeout_comes_first_where_it_is_shorter() -> None:
    machine, commands = started(plan("fast", "strong", deadline_s=5.0, timeout_s=1.0))
    assert commands == (Open(FAST), WaitUntil(1.0))

    assert after_giving_up(FAST, machine.send(Due(1.0))) == (Open(STRONG), Expire(5.0), WaitUntil(None))
    assert finished_late(machine.send(Due(5.0)), STRONG, served=None)


def test_an_answer_that_has_begun_is_cut_off_at_the_deadline_with_the_error() -> None:
    machine, _ = started(plan("fast", "strong", commit_at_s=9.0, deadline_s=2.0))

    assert machine.send(Block(1, b"one")) == (WaitUntil(None), Expire(2.0), Release(FAST, b"one"))
    assert finished_late(machine.send(Due(2.0)), FAST, served=FAST)


def test_a_caller_who_is_told_that_we_are_here_is_told_of_the_deadline_too() -> None:
    machine, commands = started(plan("fast", commit_at_s=1.0, deadline_s=2.0))
    assert commands == (Open(FAST), WaitUntil(1.0))

    assert machine.send(Due(1.0)) == (Commit(FAST), WaitUntil(2.0))
    assert finished_late(machine.send(Due(2.0)), FAST, served=None)


# --- going on with what was released ----------------------------------------------------------------------------

EVERY = frozenset(TIERS)
SILENT = TimedOut("the backend was silent")
CAME_APART = EngineFailed("the backend broke off its answer")


def begun(planned: Plan, *said: bytes, continuing: frozenset[Tier] = EVERY) -> Machine:
    """A climb whose first attempt has released these blocks."""
    machine, _ = started(planned, continuing=continuing)
    for block in said or (SAID,):
        machine.send(Block(1, block))
    return machine


def opened(commands: tuple[Command, ...]) -> tuple[Attempt, str]:
    """The attempt that alone is asked for, and the text it is to go on with."""
    (command,) = commands
    assert isinstance(command, Open)
    assert command.begun is not None
    return command.attempt, command.begun.text


@pytest.mark.parametrize(
    "error",
    [GONE, Overloaded("busy"), CAME_APART, SILENT, Malformed("cut short")],
    ids=lambda error: type(error).__name__,
)
def test_an_answer_that_breaks_off_is_gone_on_with_by_the_next_tier_from_its_released_text(error: BackendError) -> None:
    machine = begun(plan("fast", "strong"), SAID, SAID)

    assert opened(machine.send(failed(1, error))) == (STRONG, "some some ")
    assert machine.send(Block(2, b"more")) == (Release(STRONG, b"more"),)
    assert machine.send(ended(2)) == (Finish(STRONG, None),)
    assert is_over(machine)


def test_one_tier_after_the_other_goes_on_and_the_last_has_what_all_before_it_said() -> None:
    machine = begun(plan("fast", "strong", "hosted"))
    machine.send(failed(1, SILENT))
    machine.send(Block(2, SAID))

    assert opened(machine.send(failed(2, GONE))) == (HOSTED, "some some ")


def test_the_other_backend_of_a_tier_goes_on_before_the_tier_above_does() -> None:
    machine = begun(plan("fast", "strong", **ONE_MORE))

    assert opened(machine.send(failed(1, BROKE_DOWN))) == (again(2, "fast"), "some ")
    assert opened(machine.send(failed(2, BROKE_DOWN))) == (Attempt(3, "strong"), "some ")


def test_a_tier_that_does_not_go_on_is_passed_over_for_the_next() -> None:
    machine = begun(plan("fast", "strong", "hosted"))
    machine.send(failed(1, SILENT))

    assert opened(machine.send(failed(2, NO))) == (HOSTED, "some ")


def test_where_nobody_goes_on_the_answer_breaks_off_with_its_first_error() -> None:
    machine = begun(plan("fast", "strong"))
    machine.send(failed(1, SILENT))

    assert machine.send(failed(2, GONE)) == (Finish(FAST, SILENT),)
    assert is_over(machine)


@pytest.mark.parametrize("error", [NO, DeadlineExceeded("late")], ids=lambda error: type(error).__name__)
def test_what_no_other_engine_could_mend_breaks_off(error: BackendError) -> None:
    assert begun(plan("fast", "strong")).send(failed(1, error)) == (Finish(FAST, error),)


@pytest.mark.parametrize(
    "said",
    [b"some", b"".join(call_events("tier1", WEATHER_CALL))],
    ids=["no stream", "a call"],
)
def test_what_cannot_be_gone_on_with_breaks_off(said: bytes) -> None:
    assert begun(plan("fast", "strong"), said).send(failed(1, GONE)) == (Finish(FAST, GONE),)


def test_an_answer_of_which_no_text_is_out_is_written_afresh_in_the_same_stream() -> None:
    machine = begun(plan("fast", "strong"), b"".join(opening_events("tier1", 1)))

    assert opened(machine.send(failed(1, GONE))) == (STRONG, "")


def test_only_a_tier_that_can_goes_on() -> None:
    machine = begun(plan("fast", "strong", "hosted"), continuing=frozenset({"fast", "hosted"}))

    assert opened(machine.send(failed(1, GONE)))[0].tier == "hosted"


def test_a_tier_above_the_ladder_or_in_its_fallback_does_not_go_on() -> None:
    machine = begun(plan("strong", fallback=("fast",)))

    assert machine.send(failed(1, SILENT)) == (Finish(Attempt(1, "strong"), SILENT),)


@pytest.mark.parametrize("error", [GONE, CAME_APART], ids=lambda error: type(error).__name__)
def test_the_last_tier_goes_on_itself_once_where_it_came_apart(error: BackendError) -> None:
    machine = begun(plan("fast"))

    assert opened(machine.send(failed(1, error))) == (again(2, "fast"), "some ")
    machine.send(Block(2, SAID))
    assert machine.send(failed(2, error)) == (Finish(FAST, error),)


@pytest.mark.parametrize("error", [SILENT, Malformed("cut short"), Overloaded("busy")], ids=lambda error: error.outcome)
def test_the_last_tier_does_not_go_on_itself_where_it_would_do_the_same_again(error: BackendError) -> None:
    assert begun(plan("fast")).send(failed(1, error)) == (Finish(FAST, error),)


def test_a_climb_that_has_had_its_retry_does_not_ask_the_same_backend_to_go_on() -> None:
    machine = begun(plan("fast", retries=0))

    assert machine.send(failed(1, GONE)) == (Finish(FAST, GONE),)


def test_whoever_is_to_go_on_is_asked_once_more_where_just_the_connection_broke() -> None:
    machine = begun(plan("fast", "strong", "hosted"))
    machine.send(failed(1, SILENT))

    assert opened(machine.send(failed(2, BROKE))) == (again(3, "strong"), "some ")
    assert opened(machine.send(failed(3, BROKE)))[0].tier == "hosted"


def test_the_deadline_cuts_off_whoever_goes_on() -> None:
    machine = begun(plan("fast", "strong", deadline_s=2.0))
    machine.send(failed(1, GONE))

    assert finished_late(machine.send(Due(2.0)), STRONG, served=STRONG)
    assert is_over(machine)


def test_the_error_names_the_budget_that_the_caller_had_and_not_what_was_left_of_it() -> None:
    machine, _ = started(plan("fast", deadline_s=2.0, began_s=1.0), now_s=1.9)

    *_, finish = machine.send(Due(2.0))

    assert isinstance(finish, Finish)
    assert "within 1000 ms" in str(finish.error)
