"""What requests cost: a provider's word first, else tokens or time by the price of the backend; what is not known is
not nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.chat_chunk import usage_of
from router.core.cost import Costs, cost_of, costs_of, wasted
from router.core.gate import Assessment
from router.core.price import UNKNOWN, Price, Prices, microusd_stated
from router.core.reading.reading import ReadingNote
from router.core.record import AttemptRecord
from router.core.values import Usage
from router.core.verdict import ACCEPTED

BY_TOKENS = Price(150_000, 600_000)
"""0.15 dollars for a million tokens of prompts, 0.60 for one of answers."""

BY_HOUR = Price(engine_microusd_per_hour=3_600_000)
"""A dollar for a thousand seconds."""

USAGE = Usage(1_000, 500)
SERVED = AttemptRecord(1, "strong", "strong-1", "served", 2.0, 0.4, USAGE)
DRAFTED = AttemptRecord(1, "fast", "fast-1", "served", 2.0, 0.4, USAGE)
REJECTED = AttemptRecord(
    1, "fast", "fast-1", "rejected", 1.0, 0.3, gate=Assessment("block", 2, ACCEPTED, 400, 100, 1_200)
)
PRICES = Prices({"fast-1": BY_HOUR, "strong-1": BY_TOKENS}, BY_TOKENS)

ATTEMPTS = st.builds(
    AttemptRecord,
    st.just(1),
    st.sampled_from(["fast", "strong"]),
    st.sampled_from(["", "fast-1", "strong-1", "another"]),
    st.sampled_from(["served", "rejected", "abandoned", "unavailable"]),
    st.floats(0, 100),
    st.none() | st.floats(0, 10),
    st.none() | st.builds(Usage, st.integers(0, 10**6), st.integers(0, 10**6), st.none() | st.integers(0, 10**9)),
    st.none() | st.builds(Assessment, st.just("block"), st.just(1), st.just(ACCEPTED), st.none(), st.integers(0, 99)),
    others=st.none() | st.integers(0, 64),
)


# --- of one attempt ---------------------------------------------------------------------------------------------


def test_by_the_token_a_million_costs_the_price() -> None:
    million = replace(SERVED, usage=Usage(1_000_000, 1_000_000))

    assert cost_of(SERVED, BY_TOKENS, 0) == 450
    assert cost_of(million, BY_TOKENS, 0) == 750_000


def test_by_the_hour_an_engine_is_shared_among_those_that_are_open_there() -> None:
    assert cost_of(DRAFTED, BY_HOUR, 0) == 2_000
    assert cost_of(replace(DRAFTED, others=3), BY_HOUR, 0) == 500


def test_what_a_provider_states_comes_before_any_price() -> None:
    stated = replace(SERVED, usage=Usage(1_000, 500, 7))

    assert cost_of(stated, BY_TOKENS, 0) == cost_of(stated, None, 0) == 7


def test_who_failed_before_a_word_charges_no_tokens_but_has_taken_the_engines_time() -> None:
    failed = replace(SERVED, outcome="unavailable", usage=None, first_block_s=None)

    assert (cost_of(failed, BY_TOKENS, 1_000), cost_of(failed, BY_HOUR, 1_000)) == (0, 2_000)


def test_of_what_the_gate_broke_off_the_prompt_is_an_estimate_and_the_answer_counted() -> None:
    assert cost_of(REJECTED, BY_TOKENS, 1_000) == 150 + 240


def test_what_nobody_counted_and_what_has_no_price_is_not_known() -> None:
    assert cost_of(replace(SERVED, usage=None), BY_TOKENS, 1_000) is None
    assert cost_of(SERVED, None, 1_000) is None


# --- of a request -----------------------------------------------------------------------------------------------


def test_a_request_costs_what_its_attempts_do_by_the_tier_that_it_was_spent_at() -> None:
    costs = costs_of((REJECTED, replace(SERVED, number=2)), PRICES, 1_000, USAGE)

    assert [each.cost_microusd for each in costs.attempts] == [1_000, 450]
    assert (costs.cost_microusd, costs.tiers_microusd) == (1_450, {"fast": 1_000, "strong": 450})


def test_reading_is_charged_by_the_tier_that_reads() -> None:
    read = replace(DRAFTED, reading=ReadingNote(2, 2_000, 0.4, shared_s=0.1))

    by_tokens = costs_of((read,), PRICES, 0, USAGE)
    by_hour = costs_of((read,), Prices(PRICES.backends, BY_HOUR), 0, USAGE)

    assert by_tokens.tiers_microusd == {"fast": 2_000, "strong": 300}
    assert by_hour.tiers_microusd == {"fast": 2_000, "strong": 100}


def test_the_part_that_nobody_got_is_wasted_prompt_included() -> None:
    assert wasted(replace(REJECTED, cost_microusd=1_000)) == 250
    assert wasted(replace(SERVED, cost_microusd=1_000)) == 0
    assert wasted(replace(SERVED, outcome="timed_out", cost_microusd=1_000)) == 1_000


def test_without_prices_nothing_is_said_unless_a_provider_states_it() -> None:
    stated = replace(SERVED, number=2, usage=Usage(1_000, 500, 7))

    assert costs_of((DRAFTED,), UNKNOWN, 0, USAGE) == Costs((DRAFTED,))
    assert costs_of((DRAFTED, stated), UNKNOWN, 0, USAGE).tiers_microusd == {"strong": 7}


def test_the_strong_tier_alone_would_have_charged_for_the_same_tokens() -> None:
    assert costs_of((DRAFTED,), PRICES, 0, USAGE).strong_alone_microusd == 450


@pytest.mark.parametrize(
    ("attempt", "prices", "served"),
    [
        (DRAFTED, Prices(PRICES.backends, BY_HOUR), USAGE),
        (DRAFTED, PRICES, None),
        (DRAFTED, Prices({"strong-1": BY_TOKENS}, BY_TOKENS), USAGE),
    ],
    ids=["it is paid for by the hour", "no whole answer", "the cost to compare with is not known"],
)
def test_where_that_cannot_be_known_nothing_is_said(
    attempt: AttemptRecord, prices: Prices, served: Usage | None
) -> None:
    assert costs_of((attempt,), prices, 0, served).strong_alone_microusd is None


@given(st.lists(ATTEMPTS, max_size=4), st.sampled_from([UNKNOWN, PRICES]), st.integers(0, 10**6))
def test_a_sum_is_of_its_parts_and_no_more_is_wasted_than_spent(
    attempts: list[AttemptRecord], prices: Prices, prompt_tokens: int
) -> None:
    costs = costs_of(attempts, prices, prompt_tokens, None)

    known = [each.cost_microusd for each in costs.attempts if each.cost_microusd is not None]
    assert sum(costs.tiers_microusd.values()) == sum(known) == (costs.cost_microusd or 0)
    assert 0 <= (costs.wasted_microusd or 0) <= sum(known)
    assert [replace(each, cost_microusd=None) for each in costs.attempts] == attempts


# --- what providers state ---------------------------------------------------------------------------------------


def test_a_provider_states_dollars_beside_the_tokens() -> None:
    counted = {"prompt_tokens": 1_000, "completion_tokens": 500, "total_tokens": 1_500, "cost": 0.00045}

    assert usage_of(counted) == Usage(1_000, 500, 450)


@pytest.mark.parametrize("odd", ["0.1", True, None, -0.1, float("nan"), float("inf"), 10**30, [], {"usd": 1}])
def test_what_is_no_amount_states_nothing_and_breaks_no_answer(odd: object) -> None:
    assert microusd_stated(odd) is None
    assert usage_of({"prompt_tokens": 1, "cost": odd}) == Usage(1, 0)


def test_an_engine_cannot_write_the_records_own_field() -> None:
    assert usage_of({"prompt_tokens": 1, "cost_microusd": 5}) == Usage(1, 0)
