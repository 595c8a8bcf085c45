"""Who gets a seat, who waits, and who is told when to come again: in virtual time."""

import math
import random
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from router.core.queueing import LONGEST_AFTER_S, Queue
from router.core.values import PRIORITIES
from router.core.waiting import Bounds, Seats, Ticket
from tests.waiting_room import Arrival, WaitingRoom

NUMBERS = count(1)
USUAL = Bounds()
FULL = {"fast": Seats(1, 1), "strong": Seats(1, 1)}
FREE_FAST = {"fast": Seats(1, 0), "strong": Seats(1, 1)}


def a_ticket(tenant: str = "a", **about: Any) -> Ticket:
    number = next(NUMBERS)
    return Ticket(number, tenant, **{"lasts_s": {"fast": 1.0}, "key": str(number), **about})


def queued(*tickets: Ticket, bounds: Bounds = USUAL) -> Queue:
    queue = Queue(bounds)
    for each in tickets:
        assert queue.join(each, FULL, each.came_s) is None
    return queue


def called(queue: Queue, seats: Any = FREE_FAST) -> list[Ticket]:
    """Everybody who waits, in the order of their turns, each of whom gets up at once."""
    found = []
    while (turn := queue.call(seats, 0.0)) is not None:
        found.append(turn.ticket)
    return found


def crowd(
    tenants: dict[str, float], seconds: float, seed: int = 1, from_s: float = 0.0, **about: Any
) -> Iterator[Arrival]:
    """Poisson arrivals of each tenant, so many a second; each takes about one, predicted with an error."""
    chance = random.Random(seed)
    for tenant, rate in tenants.items():
        at_s = from_s + chance.expovariate(rate)
        while at_s < from_s + seconds:
            takes_s = chance.lognormvariate(0.0, 0.5)
            guess_s = takes_s * chance.lognormvariate(0.0, 0.4)
            yield Arrival(a_ticket(tenant, came_s=at_s, lasts_s={"fast": guess_s}), takes_s, **about)
            at_s += chance.expovariate(rate)


def jain(amounts: list[float]) -> float:
    """Jain's index of fairness: 1 where all have the same."""
    return sum(amounts) ** 2 / (len(amounts) * sum([each * each for each in amounts]))


# --- in which order ---------------------------------------------------------------------------------------------


def test_one_that_finds_a_free_seat_and_nobody_waiting_need_not_wait() -> None:
    queue = Queue(Bounds())

    assert queue.may_sit_down("fast", Seats(2, 1))
    assert queue.may_sit_down("fast", Seats(0, 900))
    assert not queue.may_sit_down("fast", Seats(2, 2))


def test_nobody_overtakes_those_who_wait_for_the_same_tier() -> None:
    queue = queued(a_ticket())

    assert not queue.may_sit_down("fast", Seats(2, 1))
    assert queue.may_sit_down("strong", Seats(2, 1))


def test_of_a_tenant_the_nearest_deadline_comes_first_then_who_came_first() -> None:
    late, none_a, soon, none_b = (a_ticket(deadline_s=at_s) for at_s in (9.0, math.inf, 3.0, math.inf))

    assert called(queued(late, none_a, soon, none_b)) == [soon, late, none_a, none_b]


def test_tenants_take_turns_however_many_one_of_them_sends() -> None:
    queue = queued(*(a_ticket("a") for _ in range(5)), a_ticket("b"), a_ticket("b"))

    assert [each.tenant for each in called(queue)][:4] in (["a", "b", "a", "b"], ["b", "a", "b", "a"])


def test_turns_are_counted_in_work_not_in_requests() -> None:
    heavy = [a_ticket("heavy", lasts_s={"fast": 4.0}) for _ in range(8)]
    light = [a_ticket("light") for _ in range(32)]

    first = Counter(each.tenant for each in called(queued(*heavy, *light))[:20])

    assert first == {"heavy": 4, "light": 16}


def test_a_tenant_of_twice_the_weight_gets_twice_the_work() -> None:
    tickets = [a_ticket(tenant, weight=weight) for tenant, weight in (("a", 2.0), ("b", 1.0)) for _ in range(20)]

    assert Counter(each.tenant for each in called(queued(*tickets))[:15]) == {"a": 10, "b": 5}


def test_the_lower_priorities_get_their_part_while_the_higher_ones_wait() -> None:
    tickets = [a_ticket(priority=priority) for priority in PRIORITIES for _ in range(50)]

    first = Counter(each.priority for each in called(queued(*tickets))[:42])

    assert first == {"priority": 32, "default": 8, "flex": 2}


def test_one_of_higher_priority_that_comes_late_is_soon_served() -> None:
    queue = queued(*(a_ticket(priority="flex") for _ in range(20)), a_ticket("b", priority="priority"))

    assert "b" in [each.tenant for each in called(queue)][:2]


# --- shares of a tier -------------------------------------------------------------------------------------------


def test_a_tenant_that_has_its_share_of_the_seats_lets_others_go_first() -> None:
    queue = queued(a_ticket("greedy", deadline_s=5.0), a_ticket("modest"))
    for _ in range(2):
        queue.sat_down("greedy", "fast")

    turn = queue.call({"fast": Seats(4, 3)}, 0.0)

    assert turn is not None
    assert turn.ticket.tenant == "modest"


def test_seats_that_nobody_else_waits_for_are_not_left_empty() -> None:
    queue = queued(a_ticket("greedy"))
    for tenant in ("greedy", "greedy", "greedy", "other"):
        queue.sat_down(tenant, "fast")

    assert queue.call({"fast": Seats(8, 4)}, 0.0) is not None


# --- which tier -------------------------------------------------------------------------------------------------


def test_the_tier_that_has_a_seat_first_serves_where_that_is_sooner() -> None:
    queue = queued(*(a_ticket(lasts_s={"fast": 1.0, "strong": 1.5}) for _ in range(3)))

    turn = queue.call({"fast": Seats(1, 1), "strong": Seats(1, 0)}, 0.0)

    assert turn is not None
    assert turn.tier == "strong"


def test_a_seat_where_it_would_take_longer_than_to_wait_is_left() -> None:
    queue = queued(a_ticket(lasts_s={"fast": 1.0, "strong": 20.0}))

    assert queue.call({"fast": Seats(1, 1), "strong": Seats(1, 0)}, 0.0) is None


def test_one_that_would_be_too_late_at_its_own_tier_takes_the_seat_where_it_is_not() -> None:
    queue = queued(a_ticket(lasts_s={"fast": 3.0, "strong": 1.0}, deadline_s=2.0))

    turn = queue.call({"fast": Seats(1, 0), "strong": Seats(1, 0)}, 0.0)

    assert turn is not None
    assert turn.tier == "strong"


# --- who is turned away -----------------------------------------------------------------------------------------


def test_one_that_would_be_too_late_even_now_is_turned_away_when_it_comes() -> None:
    refusal = Queue(Bounds()).join(a_ticket(deadline_s=0.5), FULL, 0.0)

    assert refusal is not None
    assert (refusal.reason, refusal.retry_after_s) == ("hopeless", 0)


def test_one_that_has_become_too_late_is_dropped_and_gets_no_seat() -> None:
    ticket = a_ticket(deadline_s=2.0)
    queue = queued(ticket)

    assert queue.call(FREE_FAST, 1.5) is None
    assert [(each, refusal.reason) for each, refusal in queue.drop(FULL, 1.5)] == [(ticket, "hopeless")]
    assert len(queue) == 0


def test_one_that_has_waited_for_as_long_as_it_may_is_dropped() -> None:
    queue = queued(a_ticket(), bounds=Bounds(longest_s=2.0))

    assert queue.drop(FULL, 1.9) == []
    ((_, refusal),) = queue.drop(FULL, 2.0)
    assert refusal.reason == "waited"


def test_a_tenant_fills_no_more_than_its_own_part_of_the_queue() -> None:
    queue = queued(*(a_ticket("greedy") for _ in range(3)), bounds=Bounds(in_all=10, per_tenant=3))

    refusal = queue.join(a_ticket("greedy"), FULL, 0.0)

    assert refusal is not None
    assert refusal.reason == "tenant"
    assert queue.join(a_ticket("other"), FULL, 0.0) is None


def test_a_full_queue_is_full_for_everybody_of_that_priority_only() -> None:
    queue = queued(*(a_ticket(f"t{each}") for each in range(4)), bounds=Bounds(in_all=4, per_tenant=3))

    refusal = queue.join(a_ticket("other"), FULL, 0.0)

    assert refusal is not None
    assert refusal.reason == "all"
    assert queue.join(a_ticket("other", priority="flex"), FULL, 0.0) is None


def test_each_refused_is_told_to_come_after_those_who_were_told_before() -> None:
    queue = queued(*(a_ticket(f"t{each}") for each in range(4)), bounds=Bounds(in_all=4, per_tenant=3))

    told = [queue.join(a_ticket(f"u{each}"), FULL, 0.0) for each in range(6)]

    assert [each.retry_after_s for each in told if each is not None] == [1, 2, 3, 4, 5, 6]


def test_one_that_comes_again_too_early_is_told_what_is_left() -> None:
    queue = queued(*(a_ticket(f"t{each}") for each in range(4)), bounds=Bounds(in_all=4, per_tenant=3))
    for each in range(6):
        queue.join(a_ticket(f"u{each}"), FULL, 0.0)
    eager = a_ticket("u9")
    queue.join(eager, FULL, 0.0)

    refusal = queue.join(eager, FULL, 4.0)

    assert refusal is not None
    assert (refusal.reason, refusal.retry_after_s) == ("all", 3)


def test_the_longer_no_seat_comes_free_the_later_one_is_told_to_come() -> None:
    queue = queued(a_ticket(), bounds=Bounds(in_all=1))

    told = [queue.join(a_ticket(f"t{at_s}", key=""), FULL, at_s) for at_s in (0.0, 3.0, 9.0)]

    assert [each.retry_after_s for each in told if each is not None] == [1, 4, 10]


def test_where_no_seat_ever_comes_free_nobody_is_told_to_come_soon() -> None:
    queue = queued(a_ticket(lasts_s={"fast": 1e9}), bounds=Bounds(in_all=1))

    refusal = queue.join(a_ticket("b"), FULL, 0.0)

    assert refusal is not None
    assert refusal.retry_after_s == LONGEST_AFTER_S


# --- crowds -----------------------------------------------------------------------------------------------------


def test_of_twice_what_can_be_served_greedy_tenants_get_the_same_work() -> None:
    room = WaitingRoom({"fast": 4}, Bounds(in_all=48, per_tenant=16))
    arrivals = {each.ticket.number: each for each in crowd({"a": 2.5, "b": 2.5, "c": 5.0}, 120.0)}

    room.run(arrivals.values(), until_s=120.0)

    work = Counter[str]()
    for _, _, ticket in room.served:
        work[ticket.tenant] += arrivals[ticket.number].takes_s
    assert jain(list(work.values())) >= 0.95


def let_in_as_told(room: WaitingRoom) -> float:
    """The share of those told to come again who were let in when they did."""
    times = Counter(ticket.number for _, ticket, _ in room.refused)
    return sum(1 for each in times.values() if each == 1) / len(times)


def told_beside_needed(room: WaitingRoom, arrivals: list[Arrival]) -> list[float]:
    """For each refused the seconds it was told to stay away by those that were needed: until there was a place for it,
    had all waited in the order in which they came. Rounding up to whole seconds is taken off."""
    ranks = {each.ticket.number: at for at, each in enumerate(sorted(arrivals, key=lambda each: each.ticket.came_s))}
    places = room.limits["fast"] + room.bounds.in_all
    ratios = []
    for at_s, ticket, refusal in room.refused:
        if at_s == ticket.came_s:
            needed_s = room.served[room.limits["fast"] + ranks[ticket.number] - places][0] - at_s
            ratios.append((refusal.retry_after_s - 1) / max(needed_s, 0.5))
    return sorted(ratios)


def test_who_comes_again_as_told_is_let_in_and_was_not_told_to_stay_away_for_too_long() -> None:
    ratios: list[float] = []
    for seed in range(6):
        room = WaitingRoom({"fast": 4}, Bounds(in_all=16, per_tenant=8, longest_s=math.inf))
        burst = crowd({"a": 10.0, "b": 10.0, "c": 10.0}, 5.0, seed, comes_again=True)
        after = crowd({"a": 1.0, "b": 1.0, "c": 1.0}, 50.0, seed + 100, from_s=5.0, comes_again=True)
        arrivals = [*burst, *after]
        room.run(arrivals)
        ratios += told_beside_needed(room, arrivals)
        assert let_in_as_told(room) >= 0.99

    ratios.sort()
    assert 0.8 <= ratios[len(ratios) // 2] <= 1.2
    assert ratios[int(0.95 * len(ratios))] <= 2.0


@pytest.mark.parametrize("seed", range(4))
def test_where_nobody_comes_again_no_place_is_kept_for_long(seed: int) -> None:
    room = WaitingRoom({"fast": 4}, Bounds(in_all=16, per_tenant=16, longest_s=math.inf))

    room.run(crowd({"a": 4.0, "b": 4.0}, 120.0, seed), until_s=120.0)

    late = [refusal.retry_after_s for at_s, _, refusal in room.refused if at_s > 60.0]
    assert len(room.served) >= 0.95 * 4 * 120.0 / 1.13
    assert max(late) <= 8
