"""The strong engine is killed in the middle of its work. The fast tier answers for it where the policy allows that, and
where it does not, nobody is served by less than the strong tier without knowing."""

from collections.abc import Callable, Sequence
from time import monotonic

import pytest
from openai import InternalServerError, OpenAI

from tests.live.asking import RISKY_PROMPT, Reply, ask
from tests.live.crowd import crowd
from tests.live.engines import LiveEngine
from tests.patience import until

CALLERS = 8
TOKENS = 400
"""So many take the engine long enough for all callers to be waiting for their answers at once."""

CALM_S = 0.5
"""A few tokens come as quickly as this where nothing else keeps the machine busy."""

GONE = {"strong:unavailable", "strong:unavailable, strong:unavailable", "strong:not_admitted"}
"""What is said of the engine once it is dead. A connection that breaks at once is tried again."""


@pytest.fixture(scope="module")
def killed_strong(owner: OpenAI, strong_engine: LiveEngine) -> Sequence[Reply]:
    """What callers were answered while and after the engine was killed under them."""
    if strong_engine.leader is None:
        pytest.skip("the strong engine was started by somebody else and is not ours to kill")
    asked = {"model": "auto:strong-or-less", "max_tokens": TOKENS, "extra_body": {"ignore_eos": True}}
    # Engines that were killed a moment ago leave the machine busy for some seconds.
    until(lambda: takes_s(lambda: ask(owner, **asked | {"max_tokens": 10})) < CALM_S, 50.0)
    with crowd(CALLERS, lambda: ask(owner, **asked)) as callers:
        until(lambda: strong_engine.requests_running() == CALLERS, 5.0)
        strong_engine.kill()
        callers.await_more()
    return callers.replies


def takes_s(work: Callable[[], Reply]) -> float:
    """How long it takes."""
    began_s = monotonic()
    work()
    return monotonic() - began_s


def test_no_request_in_flight_is_lost_and_none_that_follows(killed_strong: Sequence[Reply]) -> None:
    attempts = [reply.headers["x-router-attempts"] for reply in killed_strong]
    before_the_kill = attempts.count("strong:served")
    assert before_the_kill < CALLERS
    assert set(attempts) - {"strong:served"} <= {f"{gone}, fast:served" for gone in GONE}
    assert sum(each.startswith("strong:unavailable") for each in attempts) >= CALLERS
    assert {reply.usage.completion_tokens for reply in killed_strong} == {TOKENS}


@pytest.mark.usefixtures("killed_strong")
def test_what_only_the_strong_tier_may_answer_is_a_503(owner: OpenAI) -> None:
    with pytest.raises(InternalServerError) as caught:
        ask(owner, RISKY_PROMPT)
    assert caught.value.status_code == 503
    assert caught.value.response.headers["x-router-attempts"] in GONE
