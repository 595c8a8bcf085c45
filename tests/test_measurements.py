"""What was measured of a request is not measured again; and who asks learns nothing of others from that."""

import json
from typing import Any

import pytest

from router.core.chat_request import Limits, read_request
from router.core.values import ChatRequest, Signals
from router.measurements import REMEMBERED, Measurements
from tests.usual import USUAL


class Counting:
    """Measures, and counts how often it did."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, request: ChatRequest) -> Signals:
        """What the usual measure says."""
        self.times += 1
        return USUAL.measure(request)


def request(text: str = "Hello.", **fields: Any) -> ChatRequest:
    body = {"model": "auto", "messages": [{"role": "user", "content": text}], **fields}
    return read_request(json.dumps(body).encode(), {}, Limits())[0]


def times(*asked: tuple[str, ChatRequest]) -> int:
    """How often these requests of these tenants are measured, one after the other. All are told what is so."""
    counting = Counting()
    measurements = Measurements(counting)
    for tenant, each in asked:
        assert measurements.of(tenant, each) == USUAL.measure(each)
    return counting.times


def test_who_asks_again_is_not_measured_again_in_whichever_form_it_is_asked_for() -> None:
    again = request(stream=True, stream_options={"include_usage": True})

    assert times(("acme", request()), ("acme", request()), ("acme", again)) == 1


@pytest.mark.parametrize(
    "other", [request("Hello!"), request(max_tokens=5), request(service_tier="flex"), request(tools=[])]
)
def test_another_request_is_measured(other: ChatRequest) -> None:
    assert times(("acme", request()), ("acme", other)) == 2


def test_the_same_request_of_another_tenant_is_measured() -> None:
    assert times(("acme", request()), ("other", request())) == 2


def test_the_requests_longest_unused_are_forgotten() -> None:
    many = [("acme", request(f"{number}")) for number in range(REMEMBERED)]

    assert times(("acme", request()), *many[:-1], ("acme", request())) == REMEMBERED
    assert times(("acme", request()), *many, ("acme", request())) == REMEMBERED + 2
