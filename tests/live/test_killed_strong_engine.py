"""The strong engine is killed in the middle of its work. The fast tier answers for it where the policy allows that, and
where it does not, nobody is served by less than the strong tier without knowing."""

from collections.abc import Sequence

import pytest
from openai import InternalServerError, OpenAI

from tests.live.asking import RISKY_PROMPT, Reply, ask
from tests.live.crowd import crowd
from tests.live.engines import LiveEngine
from tests.patience import until

CALLERS = 8
ASKED = {"model": "auto:strong-or-less", "max_tokens": 200, "extra_body": {"ignore_eos": True}}
"""Long enough for all callers to be waiting for their answers at once."""

GONE = ("strong:unavailable", "strong:not_admitted")


@pytest.fixture(scope="module")
def killed_strong(owner: OpenAI, strong_engine: LiveEngine) -> Sequence[Reply]:
    """What callers were answered before, while and after the engine was killed under them."""
    if strong_engine.leader is None:
        pytest.skip("the strong engine was started by somebody else and is not ours to kill")
    with crowd(CALLERS, lambda: ask(owner, **ASKED)) as callers:
        callers.await_more()
        until(lambda: strong_engine.requests_running() == CALLERS, 5.0)
        strong_engine.kill()
        callers.await_more()
    return callers.replies


def test_no_request_in_flight_is_lost_and_none_that_follows(killed_strong: Sequence[Reply]) -> None:
    attempts = [reply.headers["x-router-attempts"] for reply in killed_strong]
    before = attempts.index(f"{GONE[0]}, fast:served")
    assert set(attempts[:before]) == {"strong:served"}
    assert attempts.count("strong:served") + sum(each.endswith("fast:served") for each in attempts) == len(attempts)
    assert len(attempts) - before >= 2 * CALLERS
    assert {reply.usage.completion_tokens for reply in killed_strong} == {200}


@pytest.mark.usefixtures("killed_strong")
def test_what_only_the_strong_tier_may_answer_is_a_503(owner: OpenAI) -> None:
    with pytest.raises(InternalServerError) as caught:
        ask(owner, RISKY_PROMPT)
    assert caught.value.status_code == 503
    assert caught.value.response.headers["x-router-attempts"] in {*GONE, "strong:unavailable, strong:unavailable"}
