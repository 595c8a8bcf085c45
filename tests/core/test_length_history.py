"""What earlier answers make of an expected length."""

import math
from collections.abc import Callable, Iterable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.length_history import KEPT, PRIOR, LengthHistory, SeenLength, length_seen, new_history
from router.core.record import Record
from router.core.values import Quantiles, Usage
from tests.answered import BASE, RECORD, SITUATION


def an_answer(tokens: int, base: Quantiles = BASE, *, was_cut: bool = False) -> SeenLength:
    return SeenLength("generation", base, base, tokens, was_cut)


def heard(tokens: Iterable[int], base: Quantiles = BASE, *, was_cut: bool = False) -> LengthHistory:
    history = new_history(base)
    for each in tokens:
        history = history.after(an_answer(each, base, was_cut=was_cut))
    return history


# --- what is learned --------------------------------------------------------------------------------------------


def test_before_any_answer_the_expectation_stands() -> None:
    found = new_history(BASE).correct(BASE)

    assert found.p50 == pytest.approx(BASE.p50, rel=0.05)
    assert found.p90 == pytest.approx(BASE.p90, rel=0.05)


@pytest.mark.parametrize("tokens", [1, 10_000])
def test_a_single_odd_answer_hardly_counts(tokens: int) -> None:
    found = heard([tokens]).correct(BASE)

    assert found.p50 == pytest.approx(BASE.p50, rel=0.25)
    assert found.p90 == pytest.approx(BASE.p90, rel=0.5)


@pytest.mark.parametrize("tokens", [1, 7, 60, 250, 4_000])
def test_answers_that_are_always_as_long_are_expected_to_be_so_again(tokens: int) -> None:
    found = heard([tokens] * PRIOR).correct(BASE)

    assert tokens <= found.p50 <= found.p90 <= tokens * 1.05 + 1


def test_what_was_learned_on_short_asks_holds_for_long_ones() -> None:
    short, long = Quantiles(20, 30, "rewrite"), Quantiles(2_000, 3_000, "rewrite")

    assert heard([10] * PRIOR, short).correct(long).p90 == pytest.approx(1_000, rel=0.05)


def test_only_the_latest_answers_count() -> None:
    assert heard([2_000] * KEPT + [50] * KEPT) == heard([50] * KEPT)


def test_an_asked_for_form_beats_history_and_an_unknown_length_stays_unknown() -> None:
    history = heard([4_000] * KEPT)

    for base in (Quantiles(3, 8, "form.one_word"), Quantiles(0, 0)):
        assert history.correct(base) is base


# --- answers that were cut --------------------------------------------------------------------------------------


def test_cut_answers_among_long_ones_teach_neither_the_cap_nor_that_answers_are_short() -> None:
    history = heard([600] * PRIOR)
    for tokens in [10, 600] * KEPT:
        history = history.after(an_answer(tokens, was_cut=tokens == 10))

    assert history.correct(BASE).p50 == pytest.approx(600, rel=0.05)


def test_where_all_answers_are_cut_more_than_the_cap_is_expected() -> None:
    assert heard([2_000] * KEPT, was_cut=True).correct(BASE).p50 >= 2_000


# --- coverage ---------------------------------------------------------------------------------------------------

Length = Callable[[Random, int], float]

LENGTHS: dict[str, Length] = {
    "as expected": lambda chance, _: chance.lognormvariate(math.log(250), 0.8),
    "three times longer": lambda chance, _: chance.lognormvariate(math.log(750), 0.6),
    "four times shorter": lambda chance, _: chance.lognormvariate(math.log(60), 0.5),
    "long or short": lambda chance, _: chance.lognormvariate(math.log(20 if chance.random() < 0.7 else 900), 0.3),
    "mostly short": lambda chance, _: chance.lognormvariate(math.log(20 if chance.random() < 0.88 else 900), 0.3),
    "doubling every 500": lambda chance, at: chance.lognormvariate(math.log(100) + at * math.log(2) / 500, 0.5),
}


def coverage(length: Length, first: int, last: int, runs: int = 40) -> float:
    """The share of these answers, of so many deployments, within the 90% quantile of the answers before each."""
    within = 0
    for run in range(runs):
        history, chance = new_history(BASE), Random(run)
        for at in range(last):
            tokens = max(round(length(chance, at)), 1)
            within += at >= first and tokens <= history.correct(BASE).p90
            history = history.after(an_answer(tokens))
    return within / (runs * (last - first))


@pytest.mark.parametrize("length", LENGTHS.values(), ids=LENGTHS)
@pytest.mark.parametrize(("first", "last"), [(20, 60), (60, 300)])
def test_soon_the_90_percent_quantile_covers_85_to_95_percent(length: Length, first: int, last: int) -> None:
    assert 0.85 <= coverage(length, first, last) <= 0.95


# --- whatever comes ---------------------------------------------------------------------------------------------

ANY_BASE = st.builds(
    lambda p50, share: Quantiles(p50, round(p50 * share), "chat"),
    st.integers(1, 12_000),
    st.floats(1.0, 40.0),
)


@given(ANY_BASE, st.lists(st.tuples(st.integers(1, 10**9), st.booleans()), max_size=2 * KEPT), ANY_BASE)
def test_a_history_stays_small_its_quantiles_in_order_and_within_what_it_heard(
    base: Quantiles, answers: list[tuple[int, bool]], asked: Quantiles
) -> None:
    history = new_history(base)
    for tokens, was_cut in answers:
        history = history.after(an_answer(tokens, base, was_cut=was_cut))

    found = history.correct(asked)

    assert len(history.steps) <= KEPT
    assert 1 <= found.p50 <= found.p90 <= math.ceil(asked.p50 * 2 ** (127 / 16))
    assert found.why == asked.why


@given(ANY_BASE, st.lists(st.integers(1, 10_000), max_size=KEPT), st.data())
def test_longer_answers_never_lead_to_a_shorter_expectation(
    base: Quantiles, tokens: list[int], data: st.DataObject
) -> None:
    longer = [each + data.draw(st.integers(0, 10_000)) for each in tokens]

    before, after = heard(tokens, base).correct(base), heard(longer, base).correct(base)

    assert before.p50 <= after.p50
    assert before.p90 <= after.p90


# --- what records tell ------------------------------------------------------------------------------------------


def test_the_record_of_an_answer_tells_what_was_expected_and_what_came() -> None:
    assert length_seen(RECORD) == SeenLength("generation", BASE, Quantiles(200, 500), 300, was_cut=False)


@pytest.mark.parametrize(
    "record",
    [
        replace(RECORD, outcome="broken"),
        replace(RECORD, outcome="caller_left", tier=None),
        replace(RECORD, usage=None),
        replace(RECORD, usage=Usage(20, 0)),
        replace(RECORD, situation=None),
        replace(RECORD, situation=replace(SITUATION, choices=2)),
    ],
    ids=["broken", "left", "uncounted", "nothing", "undecided", "choices"],
)
def test_of_what_is_no_whole_and_counted_answer_nothing_is_learned(record: Record) -> None:
    assert length_seen(record) is None


@pytest.mark.parametrize(
    ("max_tokens", "usage", "was_cut"),
    [
        (300, Usage(20, 300), True),
        (301, Usage(20, 300), False),
        (0, Usage(3_796, 300), True),
        (0, Usage(3_795, 300), False),
    ],
)
def test_an_answer_that_fills_its_cap_or_the_window_was_cut(max_tokens: int, usage: Usage, was_cut: bool) -> None:
    found = length_seen(replace(RECORD, usage=usage, situation=replace(SITUATION, max_tokens=max_tokens)))

    assert found is not None
    assert found.was_cut is was_cut


@pytest.mark.parametrize(("tokens", "within"), [(200, "p50"), (201, "p90"), (500, "p90"), (501, "beyond")])
def test_an_answer_is_within_a_quantile_that_it_does_not_exceed(tokens: int, within: str) -> None:
    assert SeenLength("", BASE, Quantiles(200, 500), tokens, was_cut=False).within == within
