"""Caps on one request: what is over them is refused early, cheaply and by name."""

import json
import socket
import time
from typing import Any

import pytest

from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import Response, connected, post, raw_post, read_response, request_fields, send_raw

MEGABYTE = 1024 * 1024
JSON = {"content-type": "application/json"}
CHUNKED_HEAD = (
    b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)


def padded(size_bytes: int) -> bytes:
    """A legal body of exactly this size."""
    frame = b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"user":"%b"}'
    return frame % (b"x" * (size_bytes - len(frame) + 2))


def drip(connection: socket.socket, data: bytes, pieces: int, every_s: float) -> None:
    """Sends the data in pieces, for as long as the other side takes them."""
    step = -(-len(data) // pieces)
    for at in range(0, len(data), step):
        try:
            connection.sendall(data[at : at + step])
        except ConnectionError:
            return
        time.sleep(every_s)


def assert_too_large(response: Response) -> None:
    """The answer to a body over the cap."""
    assert response.status == 413
    assert (response.error["type"], response.error["code"]) == ("request_too_large", "request_too_large")
    assert response.header("x-should-retry") == "false"


def test_a_body_of_twenty_megabytes_and_a_byte_is_refused_by_its_announced_length(router: RouterProcess) -> None:
    head = raw_post(b"", {**JSON, "content-length": str(20 * MEGABYTE + 1)})

    assert_too_large(send_raw(router.public, head))


@pytest.mark.parametrize("length", ["1048577", "999999999999", "9999999999999999999"])
def test_an_announced_length_over_the_cap_is_refused_before_anything_is_sent(
    impatient: RouterProcess, length: str
) -> None:
    assert_too_large(send_raw(impatient.public, raw_post(b"", {**JSON, "content-length": length})))


def test_a_body_of_exactly_the_cap_is_served(impatient: RouterProcess) -> None:
    body = padded(MEGABYTE)

    assert len(body) == MEGABYTE
    assert post(impatient.public, body).status == 200


def test_a_body_one_byte_over_the_cap_is_refused(impatient: RouterProcess) -> None:
    assert_too_large(post(impatient.public, padded(MEGABYTE + 1)))


def test_a_body_of_unannounced_length_is_refused_once_it_is_over_the_cap(impatient: RouterProcess) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

    with connected(impatient.public) as connection:
        connection.sendall(CHUNKED_HEAD)
        drip(connection, chunk * 17, pieces=17, every_s=0)
        assert_too_large(read_response(connection))


def test_a_chunked_body_within_the_cap_is_served(router: RouterProcess) -> None:
    body = json.dumps(request_fields()).encode()
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"

    assert send_raw(router.public, CHUNKED_HEAD + chunks).status == 200


@pytest.mark.parametrize("pieces", [2, 40])
def test_a_body_that_does_not_arrive_in_time_is_not_waited_for(impatient: RouterProcess, pieces: int) -> None:
    head, _, body = raw_post(padded(4000), JSON).partition(b"\r\n\r\n")
    began_s = time.monotonic()

    with connected(impatient.public) as connection:
        connection.sendall(head + b"\r\n\r\n")
        drip(connection, body[: len(body) // 2], pieces, every_s=0.5 / pieces)
        response = read_response(connection)

    assert response.status == 408
    assert (response.error["type"], response.error["code"]) == ("timeout", "timeout")
    assert response.header("x-should-retry") == "false"
    assert 0.3 < time.monotonic() - began_s < 3


@pytest.mark.parametrize("before_the_cut", range(1, 5))
def test_a_head_whose_end_arrives_in_two_pieces_is_a_head_all_the_same(
    router: RouterProcess, before_the_cut: int
) -> None:
    head, blank, body = raw_post(padded(200_000), JSON).partition(b"\r\n\r\n")

    with connected(router.public) as connection:
        connection.sendall(head + blank[:before_the_cut])
        time.sleep(0.05)
        connection.sendall(blank[before_the_cut:] + body)
        response = read_response(connection)

    assert response.status == 200


def test_a_head_that_does_not_arrive_in_time_is_not_waited_for(impatient: RouterProcess) -> None:
    with connected(impatient.public) as connection:
        connection.sendall(raw_post(b"", JSON)[:40])
        connection.settimeout(3.0)
        assert b"200 OK" not in connection.recv(1000)


def test_a_connection_whose_body_was_not_read_is_not_read_as_the_next_request(
    impatient: RouterProcess, fast: ScriptedEngine
) -> None:
    smuggled = raw_post(json.dumps(request_fields()).encode(), JSON)
    head = raw_post(b"", {**JSON, "content-length": str(2 * MEGABYTE)})

    with connected(impatient.public) as connection:
        connection.sendall(head + smuggled)
        assert_too_large(read_response(connection))
        connection.settimeout(0.5)
        assert rest_of(connection) == b""
    assert not fast.received


def rest_of(connection: socket.socket) -> bytes:
    """What still comes on a connection until it closes or falls silent."""
    found = b""
    try:
        while data := connection.recv(65536):
            found += data
    except (TimeoutError, ConnectionError):
        pass
    return found


COUNTED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("messages", {"messages": [{"role": "user", "content": "x"}] * 5}, {"messages": [{"role": "user"}] * 6}),
    (
        "messages",
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}] * 3}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}] * 4}]},
    ),
    ("tools", {"tools": [{"type": "function"}] * 2}, {"tools": [{"type": "function"}] * 3}),
    ("n", {"n": 2}, {"n": 3}),
]


@pytest.mark.parametrize(("param", "at_the_cap", "over_it"), COUNTED)
def test_a_count_at_its_cap_is_served_and_one_over_it_is_refused_by_name(
    impatient: RouterProcess, param: str, at_the_cap: dict[str, Any], over_it: dict[str, Any]
) -> None:
    allowed = post(impatient.public, request_fields() | at_the_cap)
    refused = post(impatient.public, request_fields() | over_it)

    assert allowed.status == 200
    assert (refused.status, refused.error["param"]) == (400, param)


@pytest.mark.parametrize(
    ("param", "beside"),
    [
        ("messages", {"messages": [{"role": "user", "content": "x"}] * 10_000}),
        ("tools", {"tools": [{"type": "function"}] * 1000}),
        ("n", {"n": 1000}),
    ],
)
def test_the_usual_caps_hold(router: RouterProcess, param: str, beside: dict[str, Any]) -> None:
    response = post(router.public, request_fields() | beside)

    assert (response.status, response.error["param"]) == (400, param)


@pytest.mark.parametrize(
    "nested",
    [
        b'{"model":"auto","messages":%b}',
        b'{"model":"auto","messages":[{"role":"user","content":%b}]}',
        b'{"model":"auto","messages":[{"role":"user","content":"hi","extra":%b}]}',
        b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"metadata":%b}',
        b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"router":%b}',
        b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"tools":[{"parameters":%b}]}',
        b"%b",
    ],
)
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_a_body_nested_a_hundred_thousand_deep_is_refused(
    router: RouterProcess, nested: bytes, opening: bytes, closing: bytes
) -> None:
    deep = opening * 100_000 + b"1" + closing * 100_000

    response = post(router.public, nested % deep)

    assert response.status == 400
    assert len(response.body) < 1000


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON", "application/json; charset=utf-8"])
def test_json_is_taken_however_it_is_spelt(router: RouterProcess, content_type: str) -> None:
    response = post(router.public, request_fields(), headers={"content-type": content_type})

    assert response.status == 200


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx"],
)
def test_a_form_that_a_page_in_a_browser_could_send_is_refused(router: RouterProcess, content_type: str) -> None:
    response = post(router.public, request_fields(), headers={"content-type": content_type})

    assert (response.status, response.error["code"]) == (415, "unsupported_media_type")


def test_a_body_without_a_type_is_refused(router: RouterProcess) -> None:
    response = send_raw(router.public, raw_post(json.dumps(request_fields()).encode()))

    assert (response.status, response.error["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, identity", "GZIP"])
def test_a_compressed_body_is_refused_unopened(router: RouterProcess, encoding: str) -> None:
    response = post(router.public, request_fields(), headers={"content-encoding": encoding})

    assert (response.status, response.error["param"]) == (415, "content-encoding")
