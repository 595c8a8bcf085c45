"""What must not be seen: prompts and answers in any trace a request leaves, keys, addresses and stacks in any error."""

import http.client
import json
import random
import re
from collections.abc import Mapping

import pytest

from tests.conftest import BOTH_WAYS, Way
from tests.faults import (
    answers,
    fails,
    opens_and_then,
    refuses,
    refuses_with,
    says_it_failed,
    sends,
    sends_html,
    wants_a_key,
)
from tests.router_process import RouterProcess
from tests.scripted_engine import Reply, ScriptedEngine
from tests.wire_client import CHAT, open_stream, post, request_fields

CANARY = "c4n4ry-3v1d3nc3"
LEAKY = (
    f"Cannot connect to host http://10.11.12.13:8000/v1 ssl:default; key sk-{CANARY}; Bearer tdm-0-{CANARY}; "
    'Traceback (most recent call last): File "/usr/lib/python3/site-packages/vllm/engine.py", line 7'
)
SECRETS = re.compile(rf"{CANARY}|10\.11\.12\.13|site-packages|127\.0\.0\.1")


def test_nothing_said_by_caller_or_model_is_in_a_trace_of_the_request(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    fast.does(answers(f"the answer {CANARY}"))
    known = router.settled()
    asked = {
        "model": "auto",
        "messages": [
            {"role": "system", "content": f"system {CANARY}"},
            {"role": "user", "content": f"user {CANARY}", "name": CANARY},
            {"role": "assistant", "content": f"assistant {CANARY}"},
            {"role": "user", "content": [{"type": "text", "text": f"part {CANARY}"}]},
        ],
        "tools": [{"type": "function", "function": {"name": CANARY, "description": CANARY}}],
        "stop": [CANARY],
        "user": CANARY,
        "metadata": {CANARY: CANARY},
        "router": {"conversation": CANARY},
        "unknown": CANARY,
    }

    plain = post(router.public, asked, headers={"x-unknown": CANARY})
    with open_stream(router.public, asked) as stream:
        stream.payloads()
    for bad in ({"n": CANARY}, {"messages": CANARY}, {"response_format": CANARY}, {"functions": [CANARY]}):
        assert post(router.public, asked | bad).status == 400
    post(router.public, json.dumps(asked).encode()[:-1])
    post(router.public, asked, headers={"content-type": f"text/{CANARY}"})

    router.await_record(plain.header("x-request-id"))
    router.await_record(stream.headers["x-request-id"])
    traces = [json.dumps(router.decisions()[known:]), router.metrics_text(), router.readiness().body.decode()]
    assert CANARY not in "".join(traces)
    assert CANARY not in str(plain.headers)


FAILURES: list[Reply] = [
    fails(500, LEAKY),
    fails(503, LEAKY),
    sends(500, LEAKY.encode(), kind="text/plain"),
    refuses_with(LEAKY, param="top_p"),
    refuses(400, {"detail": LEAKY}),
    refuses(400, {"error": LEAKY}),
    refuses(400, {"error": {"message": {"nested": LEAKY}}}),
    refuses(404, {"error": {"message": LEAKY}}),
    refuses(422, {"detail": [{"loc": ["body"], "msg": LEAKY, "input": LEAKY}]}),
    wants_a_key(),
    sends_html(),
    sends(200, LEAKY.encode()),
]


@pytest.mark.parametrize("reply", FAILURES)
@BOTH_WAYS
def test_no_error_shows_an_address_a_key_or_a_stack(
    router: RouterProcess, fast: ScriptedEngine, reply: Reply, way: Way
) -> None:
    fast.does(reply)

    response = post(router.public, request_fields(**way) | {"model": "auto:fast-only"})

    assert response.status in (400, 502, 503)
    assert response.error["message"]
    assert not SECRETS.search(f"{response.headers} {response.body!r}")


def test_no_record_of_an_error_shows_them_either(router: RouterProcess, fast: ScriptedEngine) -> None:
    known = router.settled()
    fast.does(*FAILURES)

    for _ in FAILURES:
        post(router.public, request_fields() | {"model": "auto:fast-only"})

    until = router.settled()
    records = router.decisions()[known:until]
    assert len(records) == len(FAILURES) + 1
    assert not SECRETS.search(json.dumps(records))


def test_an_error_inside_a_stream_shows_no_more_than_a_plain_one(router: RouterProcess, fast: ScriptedEngine) -> None:
    for code in (400, 500):
        fast.does(opens_and_then("so far", then=says_it_failed(LEAKY, code)))
        with open_stream(router.public, request_fields(model="auto:breaks-off")) as stream:
            *_, last = stream.payloads()
        assert json.loads(last)["error"]["message"]
        assert not SECRETS.search(last)


@pytest.mark.parametrize("code", [400, 500])
@BOTH_WAYS
def test_an_error_in_place_of_a_stream_shows_no_more_than_a_plain_one(
    router: RouterProcess, fast: ScriptedEngine, code: int, way: Way
) -> None:
    fast.does(opens_and_then(then=says_it_failed(LEAKY, code)))

    response = post(router.public, request_fields(**way) | {"model": "auto:fast-only"})

    assert response.status in (400, 502)
    assert response.error["message"]
    assert not SECRETS.search(response.body.decode())


def test_a_refused_connection_does_not_tell_where_the_engine_is(router: RouterProcess, fast: ScriptedEngine) -> None:
    with fast.refusing_connections():
        response = post(router.public, request_fields() | {"model": "auto:fast-only"})

    assert response.status == 503
    assert str(fast.port) not in response.body.decode()
    assert "127.0.0.1" not in response.body.decode()


def test_a_name_that_would_write_log_lines_of_its_own_is_one_escaped_line(router: RouterProcess) -> None:
    forged = 'x\r\n{"request_id":"forged","outcome":"served"}\n\x1b[31mERROR\x1b[0m \x00'

    response = post(router.public, request_fields() | {"model": forged, "user": forged})

    record = router.await_record(response.header("x-request-id"))
    assert record["model"] == forged[:100]
    assert not set(b"\r\x1b\x00") & set(router.decision_log())
    assert all("\r" not in value and "\n" not in value for _, value in response.headers)


def test_a_thousand_made_up_names_add_no_series(keyed: RouterProcess, keys: Mapping[str, str]) -> None:
    chance = random.Random(7)

    def ask_once(connection: http.client.HTTPConnection) -> None:
        made_up = f"model-{chance.getrandbits(64):x}"
        headers = {"content-type": "application/json", "x-router-conversation": made_up, "x-api-key": keys["ordinary"]}
        fields = request_fields(user=made_up, metadata={made_up: made_up}) | {"model": made_up}
        connection.request("POST", CHAT, json.dumps(fields), headers)
        assert connection.getresponse().read()

    connection = http.client.HTTPConnection(*keyed.public, timeout=10)
    try:
        ask_once(connection)
        keyed.settled()
        before = keyed.metrics().keys()
        for _ in range(1000):
            ask_once(connection)
    finally:
        connection.close()
    keyed.settled()

    assert keyed.metrics().keys() == before
