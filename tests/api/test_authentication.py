"""Who may come in: one reading of the key, wherever it stands and whatever is sent in its place."""

from collections.abc import Mapping

import pytest

from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import Response, post, raw_post, request_fields, send_raw

BODY = b'{"model":"auto","messages":[{"role":"user","content":"hi"}]}'
JSON = {"content-type": "application/json"}


def carried(header: str, key: str) -> dict[str, str]:
    """The key in one of the two headers it may stand in."""
    return {header: f"Bearer {key}" if header == "authorization" else key}


def assert_unknown(response: Response) -> None:
    """The one answer to every key that is not known."""
    assert response.status == 401
    assert response.error["code"] == "invalid_api_key"
    assert response.error["type"] == "invalid_request_error"
    assert response.header("www-authenticate") == "Bearer"
    assert response.header("x-should-retry") == "false"
    assert response.header("x-request-id")


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_a_key_is_known_in_either_header(keyed: RouterProcess, keys: Mapping[str, str], header: str) -> None:
    assert post(keyed.public, BODY, headers=carried(header, keys["ordinary"])).status == 200


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER   "])
def test_the_scheme_is_read_in_any_case(keyed: RouterProcess, keys: Mapping[str, str], scheme: str) -> None:
    assert post(keyed.public, BODY, headers={"authorization": scheme + keys["ordinary"]}).status == 200


def test_the_same_key_in_both_headers_is_one_key(keyed: RouterProcess, keys: Mapping[str, str]) -> None:
    headers = {"authorization": f"Bearer {keys['ordinary']}", "x-api-key": keys["ordinary"]}

    assert post(keyed.public, BODY, headers=headers).status == 200


def test_two_keys_that_disagree_are_refused(keyed: RouterProcess, keys: Mapping[str, str]) -> None:
    headers = {"authorization": f"Bearer {keys['ordinary']}", "x-api-key": keys["full"]}

    response = post(keyed.public, BODY, headers=headers)

    assert (response.status, response.error["param"]) == (400, "x-api-key")


@pytest.mark.parametrize("name", ["authorization", "x-api-key"])
def test_a_header_that_carries_a_key_twice_is_refused(keyed: RouterProcess, keys: Mapping[str, str], name: str) -> None:
    ((header, value),) = carried(name, keys["ordinary"]).items()
    twice = f"{header}: {value}\r\n{header.title()}: {value}\r\n".encode()
    data = raw_post(BODY, JSON).replace(b"content-type:", twice + b"content-type:")

    response = send_raw(keyed.public, data)

    assert (response.status, response.error["param"]) == (400, name)


def test_no_key_is_told_where_to_put_one(keyed: RouterProcess, fast: ScriptedEngine) -> None:
    response = post(keyed.public, BODY)

    assert_unknown(response)
    assert "Authorization" in response.error["message"]
    assert not fast.received


@pytest.mark.parametrize(
    "key",
    [
        "",
        "-",
        "--",
        "tdm",
        "tdm-",
        "tdm--",
        "sk-1234567890",
        "tdm-0123456789ab-wrong",
        "' OR 1=1 --",
        "{{7*7}}",
        "\xff\xfe",
        "caf\xe9-\xfc-\xdf",
        "a" * 4000,
        "tdm-\x85-\x85",
    ],
)
@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_a_key_that_is_not_known_is_refused(keyed: RouterProcess, fast: ScriptedEngine, header: str, key: str) -> None:
    response = post(keyed.public, BODY, headers=carried(header, key))

    assert_unknown(response)
    assert not fast.received
    assert len(key) < 3 or key.encode() not in response.body


def test_a_known_id_with_another_secret_is_refused(keyed: RouterProcess, keys: Mapping[str, str]) -> None:
    prefix, key_id, secret = keys["ordinary"].split("-", 2)
    _, other_id, _ = keys["full"].split("-", 2)

    for forged in (
        f"{prefix}-{key_id}-{secret[:-1]}",
        f"{prefix}-{key_id}-{secret}x",
        f"{prefix}-{key_id}-",
        f"{prefix}-{key_id}",
        f"{prefix}-{other_id}-{secret}",
        f"sk-{key_id}-{secret}",
        f"-{key_id}-{secret}",
    ):
        assert_unknown(post(keyed.public, BODY, headers={"x-api-key": forged}))


@pytest.mark.parametrize("value", ["Basic {}", "{}", "Token {}", "Bearer{}", "Bearer Bearer {}"])
def test_another_scheme_is_not_a_key(keyed: RouterProcess, keys: Mapping[str, str], value: str) -> None:
    assert_unknown(post(keyed.public, BODY, headers={"authorization": value.format(keys["ordinary"])}))


def test_a_key_of_a_megabyte_is_refused_and_costs_nobody_else_anything(
    keyed: RouterProcess, keys: Mapping[str, str]
) -> None:
    response = send_raw(keyed.public, raw_post(BODY, {**JSON, "authorization": "Bearer " + "k" * 1_000_000}))

    assert response.status in (400, 401, 431)
    assert len(response.body) < 1000
    assert post(keyed.public, BODY, keys["ordinary"]).status == 200


def test_a_key_is_checked_before_a_body_is_waited_for(keyed: RouterProcess) -> None:
    head, _, _ = raw_post(b" " * 1_000_000, {**JSON, "authorization": "Bearer wrong"}).partition(b"\r\n\r\n")

    assert_unknown(send_raw(keyed.public, head + b"\r\n\r\n"))


def test_a_key_is_checked_before_anything_in_the_request_is_judged(keyed: RouterProcess) -> None:
    assert_unknown(post(keyed.public, b"not JSON", headers={"content-type": "text/plain"}))


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_what_a_key_may_not_do_does_not_depend_on_its_header(
    keyed: RouterProcess, keys: Mapping[str, str], header: str
) -> None:
    pinned = request_fields() | {"model": "strong"}

    response = post(keyed.public, pinned, headers=carried(header, keys["ordinary"]))

    assert (response.status, response.error["param"]) == (403, "pins")


def test_a_key_is_in_no_answer_and_in_no_record(keyed: RouterProcess, keys: Mapping[str, str]) -> None:
    secret = keys["ordinary"].split("-", 2)[2]

    served = post(keyed.public, request_fields(), keys["ordinary"])
    refused = post(keyed.public, request_fields() | {"model": "nope"}, keys["ordinary"])

    records = [keyed.await_record(each.header("x-request-id")) for each in (served, refused)]
    assert secret not in f"{served} {refused} {records} {keyed.metrics_text()}"
    assert records[0]["key_id"] == keys["ordinary"].split("-")[1]
    assert records[0]["tenant"] not in ("", "ordinary")
