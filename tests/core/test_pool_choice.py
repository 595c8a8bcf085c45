"""Which backend of a tier an attempt gets: conversations stay, loads are bounded, the quickest of the rest is taken."""

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from router.core.pool_choice import BOUND, FIRST_SHARE, ROOMY, SLOW_START_S, Candidate, choose, preferred, share_of

CONVERSATIONS = [f"conversation-{at}" for at in range(2_000)]
EIGHT = [f"fast-{at}" for at in range(1, 9)]


def busy(candidate: Candidate) -> float:
    return candidate.in_flight


def homes(names: Sequence[str], weights: Sequence[float] = ()) -> dict[str, str]:
    """Where each conversation belongs."""
    given_weights = weights or [1.0] * len(names)
    among = [Candidate(name, weight=weight) for name, weight in zip(names, given_weights, strict=True)]
    return {each: preferred(each, among)[0].name for each in CONVERSATIONS}


def moved(before: dict[str, str], after: dict[str, str]) -> float:
    return sum(before[each] != after[each] for each in CONVERSATIONS) / len(CONVERSATIONS)


# --- where conversations belong -----------------------------------------------------------------------------------


@settings(max_examples=10, deadline=None, phases=[Phase.generate])
@given(st.lists(st.text("abcdef.-0123456789", min_size=1), min_size=8, max_size=8, unique=True), st.integers(0, 7))
def test_adding_or_losing_one_of_eight_moves_a_sixth_of_the_conversations_at_most(names: list[str], lost: int) -> None:
    fewer = names[:lost] + names[lost + 1 :]
    all_of_them, without = homes(names), homes(fewer)

    assert moved(all_of_them, without) <= 1 / 6
    assert all(without[each] == all_of_them[each] for each in CONVERSATIONS if all_of_them[each] in fewer)


@given(st.permutations(EIGHT))
def test_the_order_in_which_backends_are_listed_does_not_matter(names: Sequence[str]) -> None:
    listed, shuffled = ([Candidate(each) for each in order] for order in (EIGHT, names))

    assert preferred("c1", shuffled) == preferred("c1", listed)


def test_each_backend_is_home_to_its_part() -> None:
    found = Counter(homes(["a", "b", "c"], [1.0, 2.0, 1.0]).values())

    assert {name: round(count / len(CONVERSATIONS), 1) for name, count in found.items()} == pytest.approx(
        {"a": 0.25, "b": 0.5, "c": 0.25}, abs=0.06
    )


def test_as_the_share_of_one_that_joins_grows_conversations_move_to_it_and_nowhere_else() -> None:
    shares = [homes(EIGHT, [*[1.0] * 7, share]) for share in (FIRST_SHARE, 0.5, 1.0)]

    for less, more in pairwise(shares):
        assert {more[each] for each in CONVERSATIONS if more[each] != less[each]} == {EIGHT[-1]}


def test_one_that_joins_begins_with_a_tenth_of_its_share_and_has_all_of_it_after_half_a_minute() -> None:
    shares = [share_of(each) for each in (-5.0, 0.0, SLOW_START_S / 2, SLOW_START_S, 1e9)]

    assert shares == [FIRST_SHARE, FIRST_SHARE, 0.5, 1.0, 1.0]


# --- who gets an attempt -----------------------------------------------------------------------------------------


@pytest.fixture
def home() -> str:
    return preferred("c1", [Candidate(each) for each in EIGHT])[0].name


def loaded(home: str, in_flight: int, others: int, limit: int = 0) -> list[Candidate]:
    return [Candidate(each, in_flight if each == home else others, limit) for each in EIGHT]


def test_a_home_with_room_is_kept_though_all_others_are_idle(home: str) -> None:
    assert choose("c1", loaded(home, int(ROOMY * 20) - 1, 0, limit=20), busy).name == home
    assert choose("c1", loaded(home, int(ROOMY * 20), 0, limit=20), busy).name != home


def test_without_a_known_limit_the_bound_alone_decides(home: str) -> None:
    assert choose("c1", loaded(home, 9, 8), busy).name == home
    assert choose("c1", loaded(home, 12, 8), busy).name != home


def test_nobody_waits_at_a_home_at_its_limit_while_others_have_room(home: str) -> None:
    assert choose("c1", loaded(home, 20, 19, limit=20), busy).name != home
    assert choose("c1", loaded(home, 20, 20, limit=20), busy).name == home


def test_of_those_below_the_bound_the_one_that_is_predicted_to_be_first_is_taken(home: str) -> None:
    quickest = next(each for each in EIGHT if each != home)

    chosen = choose("c1", loaded(home, 30, 5, limit=20), lambda each: 1.0 if each.name == quickest else 2.0)

    assert chosen.name == quickest


def test_predictions_are_not_asked_for_while_the_home_is_kept(home: str) -> None:
    def asked(_candidate: Candidate) -> float:
        raise AssertionError

    assert choose("c1", loaded(home, 0, 0, limit=8), asked).name == home


LOADS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40), st.floats(0.1, 8.0)), min_size=1, max_size=9)


@given(LOADS, st.text(max_size=8))
def test_whoever_is_chosen_is_there_and_below_the_bound_or_has_room(
    loads: list[tuple[int, int, float]], conversation: str
) -> None:
    among = [Candidate(f"b{at}", *each) for at, each in enumerate(loads)]

    chosen = choose(conversation, among, busy)

    most = BOUND * (sum(each.in_flight for each in among) + 1) * chosen.weight / sum(each.weight for each in among)
    assert chosen in among
    assert chosen.in_flight < most + 1 or chosen.in_flight + 1 <= ROOMY * chosen.limit


def test_there_is_no_choice_without_a_backend() -> None:
    with pytest.raises(ValueError, match="no backend"):
        choose("c1", [], busy)


# --- in steady state ----------------------------------------------------------------------------------------------

LIMIT, TURNS, SERVED_S, THINKS_S = 32, 6, 4.0, 30.0


def turns(load: float, chance: Random, until_s: float) -> Iterator[tuple[str, str]]:
    """Conversation and backend of each turn, in virtual time: conversations come as a Poisson process that keeps the
    backends busy to `load` of their limits; each has turns until chance ends it, with pauses between."""
    between_s = SERVED_S * TURNS / (load * LIMIT * len(EIGHT))
    open_at = dict.fromkeys(EIGHT, 0)
    ahead: list[tuple[float, str, str]] = [(0.0, "conversation-0", "")]
    begun = 0
    while ahead and ahead[0][0] < until_s:
        now_s, conversation, ends_at = heapq.heappop(ahead)
        if ends_at:
            open_at[ends_at] -= 1
            if chance.random() < 1 - 1 / TURNS:
                heapq.heappush(ahead, (now_s + chance.expovariate(1 / THINKS_S), conversation, ""))
            continue
        if conversation == f"conversation-{begun}":
            begun += 1
            heapq.heappush(ahead, (now_s + chance.expovariate(1 / between_s), f"conversation-{begun}", ""))
        name = choose(conversation, [Candidate(each, open_at[each], LIMIT) for each in EIGHT], busy).name
        open_at[name] += 1
        heapq.heappush(ahead, (now_s + chance.expovariate(1 / SERVED_S), conversation, name))
        if now_s > THINKS_S:
            yield conversation, name


@pytest.mark.parametrize("load", [0.5, 0.8])
def test_nineteen_of_twenty_turns_of_a_conversation_are_on_one_backend(load: float) -> None:
    by_conversation: dict[str, Counter[str]] = {}
    for conversation, name in turns(load, Random(1), until_s=240.0):
        by_conversation.setdefault(conversation, Counter())[name] += 1

    several = [each for each in by_conversation.values() if each.total() > 1]
    assert sum(max(each.values()) for each in several) >= 0.95 * sum(each.total() for each in several)
