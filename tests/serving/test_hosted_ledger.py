"""The ledger: what calls may cost is taken before they begin, what they cost stays, a window forgets."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.errors import SettingsError
from tandem_serving.hosted.ledger import CannotWrite, CapReached, Ledger, Window, open_ledger

NOON = 1_795_262_400.0
"""2026-11-21T12:00:00Z."""

HOUR_S = 3600.0


class Now:
    """Unix time as a test wants it."""

    def __init__(self) -> None:
        self.s = NOON

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def now() -> Now:
    """Noon, at first."""
    return Now()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where it is written down."""
    return tmp_path / "spent.json"


@pytest.fixture
def ledger(file: Path, now: Now) -> Iterator[Ledger]:
    """A ledger of a hundred a day."""
    with open_ledger(file, 100, "day", now) as opened:
        yield opened


def spend(ledger: Ledger, most: int, cost: int) -> None:
    """One call."""
    with ledger.taking(most) as taken:
        taken.cost_microusd = cost


def test_a_call_takes_what_it_may_cost_and_leaves_what_it_did(ledger: Ledger) -> None:
    with ledger.taking(60) as taken:
        assert (ledger.page.spent_microusd, ledger.page.held_microusd) == (0, 60)
        taken.cost_microusd = 20

    assert (ledger.page.spent_microusd, ledger.page.held_microusd) == (20, 0)


def test_what_might_go_beyond_the_cap_is_refused_before_it_begins(ledger: Ledger) -> None:
    with ledger.taking(60), pytest.raises(CapReached) as reached, ledger.taking(41):
        raise AssertionError("it may not begin")

    assert reached.value.retry_after_s == 12 * HOUR_S
    spend(ledger, 40, 40)


def test_a_call_of_which_nobody_says_what_it_cost_cost_all_it_might(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="broke"), ledger.taking(60):
        raise ValueError("broke")

    assert ledger.page.spent_microusd == 60


@pytest.mark.parametrize(
    ("window", "left_s", "name"),
    [("hour", HOUR_S, "2026-11-21T12"), ("day", 12 * HOUR_S, "2026-11-21"), ("month", 228 * HOUR_S, "2026-11")],
)
def test_windows_are_those_of_the_clock(file: Path, now: Now, window: Window, left_s: float, name: str) -> None:
    with open_ledger(file, 100, window, now) as ledger:
        spend(ledger, 100, 100)
        assert ledger.page.window == name
        with pytest.raises(CapReached) as reached, ledger.taking(1):
            pass
        now.s += left_s - 1
        with pytest.raises(CapReached), ledger.taking(1):
            pass
        now.s += 1
        spend(ledger, 100, 100)

    assert reached.value.retry_after_s == left_s


def test_a_call_that_ends_in_the_next_window_counts_there(ledger: Ledger, now: Now) -> None:
    with ledger.taking(60) as taken:
        now.s += 24 * HOUR_S
        assert (ledger.page.spent_microusd, ledger.page.held_microusd) == (0, 60)
        taken.cost_microusd = 50

    assert (ledger.page.window, ledger.page.spent_microusd) == ("2026-11-22", 50)


def test_a_restart_forgets_nothing_and_counts_what_was_under_way(file: Path, now: Now) -> None:
    with open_ledger(file, 100, "day", now) as ledger:
        spend(ledger, 30, 30)
        with ledger.taking(20):
            lost = file.read_bytes()
    file.write_bytes(lost)

    with open_ledger(file, 100, "day", now) as ledger:
        assert (ledger.page.spent_microusd, ledger.page.held_microusd) == (50, 0)


def test_only_one_keeps_a_ledger_at_a_time(ledger: Ledger, file: Path, now: Now) -> None:
    with pytest.raises(SettingsError, match="another process keeps"), open_ledger(file, 100, "day", now):
        pass


@pytest.mark.parametrize("content", ["", "{", "[]", '{"spent_microusd": "much"}', '{"spent": 3}'])
def test_a_damaged_page_is_not_taken_for_an_empty_one(file: Path, now: Now, content: str) -> None:
    file.write_text(content)

    with pytest.raises(SettingsError, match="is damaged"), open_ledger(file, 100, "day", now):
        pass


def test_what_cannot_be_written_down_is_not_spent(ledger: Ledger, file: Path) -> None:
    (file.parent / "spent.json.new").mkdir()

    with pytest.raises(CannotWrite), ledger.taking(10):
        raise AssertionError("it may not begin")

    (file.parent / "spent.json.new").rmdir()
    spend(ledger, 10, 10)
    assert json.loads(file.read_bytes())["spent_microusd"] == 10


def test_threads_spend_no_more_together_than_the_cap(ledger: Ledger) -> None:
    def one(_: int) -> int:
        try:
            spend(ledger, 7, 7)
        except CapReached:
            return 0
        return 7

    with ThreadPoolExecutor(8) as pool:
        spent = sum(pool.map(one, range(100)))

    assert spent == ledger.page.spent_microusd == 98


@given(calls=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=30))
def test_spent_and_held_never_exceed_the_cap_where_estimates_are_upper_bounds(
    calls: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with open_ledger(tmp_path_factory.mktemp("l") / "spent.json", 100, "day", Now()) as ledger:
        for most, cost in calls:
            try:
                spend(ledger, most, min(most, cost))
            except CapReached:
                continue
            assert ledger.page.spent_microusd + ledger.page.held_microusd <= 100
