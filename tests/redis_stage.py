"""Two routers that share what they keep in one Redis, one of them under a steady load: what callers notice of what
befalls Redis. The engines behind them answer at once."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from math import inf
from pathlib import Path
from random import Random
from statistics import median
from threading import Event, Thread
from typing import Any, NamedTuple

from tests.patience import until
from tests.redis_server import RedisServer
from tests.router_process import RouterProcess
from tests.steady_load import Load, steady_load
from tests.wire_client import Fields, ask, post, request_fields

PER_SECOND = 250
WINDOW_S = 0.4
TOGETHER = 3
"""Windows whose median counts: on a machine that others use too, one is often disturbed."""

MOST_WINDOWS = 9
"""So many are looked at before it is said that no `TOGETHER` of them in a row were good. What costs one request in a
hundred, or more, costs that in every one of them."""

CALM_MS = 10.0
"""What is usual while all is well: on a machine that is slower than that for a moment, more windows are looked at."""

WARM_UP_S = 0.3
KNOWN_WITHIN_S = 0.3
"""How soon a router must know that Redis fails it: two calls' worth of patience, and time to spare."""

MORE_AT_P99_MS, MORE_AT_P99 = 5.0, 0.5
"""What passes for nothing beside what is usual at the moment: milliseconds, and the share of it on a busy machine."""

BACK_WITHIN_S = 30.0
"""Seconds after which it has not come back at all, on however busy a machine; how soon it should be is for those to
judge who are told."""

KEPT_WITHIN_S = (0.03, 0.2)
"""When what was answered is in Redis, for which callers do not wait: usually, and on a busy machine."""

_numbers = count()


class Stage(NamedTuple):
    """`one` is asked; `other` shares its Redis, and its clock is ahead by what the file `ahead` says."""

    one: RouterProcess
    other: RouterProcess
    redis: RedisServer
    ahead: Path

    def lost(self, kind: str) -> int:
        """What the cache of `one` has lost so far."""
        number: int = self.cache_of(self.one)["lost"][kind]
        return number

    def is_degraded(self) -> bool:
        """Whether `one` says that its cache is alone, or may not write."""
        return bool(self.cache_of(self.one)["degraded"])

    def cache_of(self, router: RouterProcess) -> Mapping[str, Any]:
        """What a router says of its cache."""
        told: Mapping[str, Any] = ask(router.admin, "GET", "/cache").json
        return told

    def await_back(self) -> float:
        """The seconds until what each router keeps is given by the other one, and neither is degraded any more."""
        began_s = time.monotonic()
        until(self._is_back, BACK_WITHIN_S)
        return time.monotonic() - began_s

    def _is_back(self) -> bool:
        pair = (self.one, self.other)
        shares = _is_given(self.one, self.other) and _is_given(self.other, self.one)
        return shares and not any(self.cache_of(each)["degraded"] for each in pair)


Befalls = Callable[[Stage], AbstractContextManager[None]]
"""What befalls Redis while a block runs."""


class Noticed(NamedTuple):
    """What callers noticed: the 99th percentile, in milliseconds, while all was well and once the router knew of what
    befell Redis; the longest that one waited when that began; how long until all was well again."""

    well_ms: float
    ill_ms: float
    longest_ms: float
    back_s: float

    def __str__(self) -> str:
        return (
            f"p99 {self.well_ms:.1f} ms well, {self.ill_ms:.1f} ms ill ({self.ill_ms - self.well_ms:+.1f}); "
            f"longest at first {self.longest_ms:.0f} ms; back after {self.back_s:.2f} s"
        )


def fields_of(question: str) -> Fields:
    """A request whose answer is kept."""
    return request_fields(question, model="auto:kept")


def answer_to(question: str) -> str:
    """What the engines answer."""
    return f"What there is to say of: {question}"


@contextmanager
def under_load(stage: Stage) -> Iterator[Load]:
    """A steady load on `one`; each second question was asked before. When the block has ended, everyone has been
    answered, and has got the answer to their own question."""
    with steady_load(stage.one.public, PER_SECOND, new_and_old()) as load:
        time.sleep(WARM_UP_S)
        yield load
    assert_well_answered(load)


def new_and_old() -> Iterator[Fields]:
    """Questions, in turn one that nobody has asked yet and one of those before."""
    mine, dice = next(_numbers), Random(7)
    for number in count():
        yield fields_of(f"{mine}: {number}")
        yield fields_of(f"{mine}: {dice.randrange(number + 1)}")


def assert_well_answered(load: Load) -> None:
    """Nobody failed, and nobody got an answer to what they had not asked."""
    assert load.failures == [], load.failures[:3]
    failed = [each for each in load.answered if each.status != 200]
    assert failed == [], failed[:3]
    wrong = [each for each in load.answered if each.text != answer_to(each.asked["messages"][0]["content"])]
    assert wrong == [], wrong[:3]


def p99_ms(load: Load, good_ms: float = 0.0, most: int = TOGETHER) -> float:
    """The median of the 99th percentiles of `TOGETHER` windows that follow one another: the first that is good, or
    else the best of so many."""
    found: list[float] = []
    while True:
        since = len(load.answered)
        time.sleep(WINDOW_S)
        found += load.quantiles_ms(0.99, since=since) if len(load.answered) > since else [inf]
        medians = [median(found[at : at + TOGETHER]) for at in range(len(found) - TOGETHER + 1)]
        if medians and (min(medians) <= good_ms or len(found) >= most):
            return min(medians)


def as_good_ms(well_ms: float) -> float:
    """Up to which 99th percentile nobody would notice that anything had changed."""
    return well_ms + max(MORE_AT_P99_MS, MORE_AT_P99 * well_ms)


def endure(stage: Stage, befalls: Befalls) -> Noticed:
    """What callers notice when this befalls Redis for a while, and passes. Raises AssertionError when anyone gets
    anything but their answer, or all is not well again in time."""
    with under_load(stage) as load:
        well_ms = p99_ms(load, CALM_MS, MOST_WINDOWS)
        began = len(load.answered)
        with befalls(stage):
            time.sleep(KNOWN_WITHIN_S)
            known = len(load.answered)
            ill_ms = p99_ms(load, as_good_ms(well_ms), MOST_WINDOWS)
        back_s = stage.await_back()
        if ill_ms > as_good_ms(well_ms):  # or the machine has become busier
            well_ms = max(well_ms, p99_ms(load))
    met = [each.cache for each in load.answered[known:]]
    assert met.count("hit") > len(met) / 20
    (longest_ms,) = load.quantiles_ms(1.0, since=began, until=known)
    return Noticed(well_ms, ill_ms, longest_ms, back_s)


@contextmanager
def again_and_again(work: Callable[[], object], pause_s: float) -> Iterator[None]:
    """Does this while the block runs, beside it."""
    over = Event()

    def do_until_over() -> None:
        while not over.wait(pause_s):
            work()

    thread = Thread(target=do_until_over)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _is_given(keeper: RouterProcess, giver: RouterProcess) -> bool:
    """Whether what one of them has kept now is given by the other, which has never been asked for it."""
    return any(_is_given_after(each_s, keeper, giver) for each_s in KEPT_WITHIN_S)


def _is_given_after(wait_s: float, keeper: RouterProcess, giver: RouterProcess) -> bool:
    fields = fields_of(f"from one to the other: {next(_numbers)}")
    post(keeper.public, fields)
    time.sleep(wait_s)
    return post(giver.public, fields).header("x-router-cache") == "hit"
