"""Whether the fast tier is worth its GPU: what is saved, what it costs, and when that cannot be told."""

from collections.abc import Iterable, Sequence
from random import Random

import pytest

from router.core.errors import FileError
from router.review.value import (
    LoggedAttempt,
    LoggedReading,
    LoggedRequest,
    LoggedUsage,
    Terms,
    TooFew,
    ValueReport,
    value_of,
)

HOUR_S = 3600.0


def request(at_s: float, tokens: int, *attempts: LoggedAttempt, outcome: str = "served") -> LoggedRequest:
    took_s = sum(each.elapsed_s for each in attempts)
    return LoggedRequest(outcome, at_s, took_s, LoggedUsage(tokens), attempts)


def strong(tokens: int) -> LoggedAttempt:
    """The strong tier takes 0.1 s and 10 ms a token."""
    return LoggedAttempt("strong", 0.1 + 0.01 * tokens)


def traffic(fast: int, of_strong: int, fast_s: float = 0.5, over_s: float = HOUR_S) -> list[LoggedRequest]:
    chance = Random(3)
    lengths = [chance.randint(100, 500) for _ in range(fast + of_strong)]
    times = [over_s * at / (fast + of_strong) for at in range(fast + of_strong)]
    chance.shuffle(times)
    found = [
        request(at, tokens, LoggedAttempt("fast", fast_s)) for at, tokens in zip(times, lengths[:fast], strict=False)
    ]
    return found + [request(at, each, strong(each)) for at, each in zip(times[fast:], lengths[fast:], strict=True)]


def valued(lines: Iterable[LoggedRequest | FileError], **terms: float) -> ValueReport:
    found = value_of(lines, "log", Terms(**terms))
    assert isinstance(found, ValueReport)
    return found


def test_the_baseline_is_a_line_through_what_the_strong_tier_wrote_alone() -> None:
    line = valued(traffic(100, 100)).baseline
    assert (line.fixed_s, line.token_s, line.answers) == (pytest.approx(0.1), pytest.approx(0.01), 100)


def test_what_the_strong_tier_need_not_write_is_saved() -> None:
    lines = traffic(2000, 100)
    would_s = sum(0.1 + 0.01 * each.usage.completion_tokens for each in lines[:2000] if each.usage)
    found = valued(lines, seats=2)
    assert found.saved_gpus.value == pytest.approx(would_s / found.span_s / 2)
    assert found.saved_gpus.low < found.saved_gpus.value < found.saved_gpus.high
    assert found.break_even_seats.value == pytest.approx(would_s / found.span_s)
    assert found.sooner_s.value == pytest.approx(would_s / 2000 - 0.5)
    assert found.busy == pytest.approx(2000 * 0.5 / found.span_s)


@pytest.mark.parametrize(("seats", "verdict"), [(1, "worth"), (100, "not_worth")])
def test_it_is_worth_its_gpu_where_that_is_more_than_it_costs(seats: float, verdict: str) -> None:
    assert valued(traffic(2000, 100), seats=seats).verdict == verdict


def test_where_the_interval_holds_both_it_cannot_be_told() -> None:
    lines = traffic(40, 25, over_s=400.0)
    even = valued(lines).break_even_seats.value
    assert valued(lines, seats=even).verdict == "open"


def test_a_cheaper_gpu_is_worth_it_sooner() -> None:
    dear, cheap = (valued(traffic(500, 50), seats=4, price=price) for price in (1.0, 0.1))
    assert cheap.net_gpus.value == pytest.approx(dear.net_gpus.value + 0.9)


def test_escalations_and_reading_are_time_of_the_strong_tier_all_the_same() -> None:
    plain, read = traffic(100, 50), traffic(100, 50)
    read[0] = request(0.0, 300, LoggedAttempt("fast", 0.5, LoggedReading(0.2)))
    read[1] = request(0.0, 300, LoggedAttempt("fast", 0.5), strong(300))
    plain[:2] = [request(0.0, 300, LoggedAttempt("fast", 0.5)) for _ in range(2)]
    before, after = valued(plain, seats=1), valued(read, seats=1)
    lost_s = before.saved_gpus.value * before.span_s - after.saved_gpus.value * after.span_s
    assert lost_s == pytest.approx(0.2 + 0.1 + 0.01 * 300, rel=1e-6)
    assert after.ended_fast == 99


def test_a_tier_that_is_slower_than_the_strong_one_brings_answers_later() -> None:
    assert valued(traffic(500, 50, fast_s=20.0)).sooner_s.high < 0


def test_what_says_nothing_is_left_out_and_counted() -> None:
    lines: Sequence[LoggedRequest | FileError] = [
        *traffic(50, 30),
        request(0.0, 0, LoggedAttempt("fast", 1.0)),
        request(0.0, 9, LoggedAttempt("fast", 1.0), outcome="failed"),
        request(0.0, 9),
        FileError("log", 1, 1, "no"),
    ]
    assert sorted(each.count for each in valued(lines).left_out) == [1, 1, 1, 1]


@pytest.mark.parametrize(("fast", "of_strong"), [(100, 19), (0, 100)])
def test_too_few_answers_of_either_kind_tell_nothing(fast: int, of_strong: int) -> None:
    assert value_of(traffic(fast, of_strong), "log", Terms()) == TooFew(of_strong, fast)
