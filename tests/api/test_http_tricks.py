"""Tricks below JSON: framing, paths and header names that two readers could read in two ways."""

import json
import socket
from collections.abc import Mapping
from contextlib import ExitStack

import pytest

from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import CHAT, Response, ask, connected, post, raw_post, read_response, request_fields, send_raw

BODY = json.dumps(request_fields()).encode()
JSON = {"content-type": "application/json"}
JSON_HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"

PATHS = [
    "//v1/../admin",
    "//v1/chat/completions",
    "/v1/../metrics",
    "/v1/%2e%2e/metrics",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/v1%2fmodels",
    "/v1/models%00",
    "/v1/models;a=b",
    "/v1/models/",
    "/v1/models/..%2f..%2fmetrics",
    "/healthz/../v1/models",
    "/healthz%2f..%2fv1%2fmodels",
    "/healthz/../metrics",
    "/metrics",
    "/readyz",
    "/docs",
    "/docs/static/swagger-ui.css",
    "/openapi.json",
    "/public/openapi.json",
    "/router/v1/explain/",
    "/V1/MODELS",
    "/v1/chat/completions?x=/healthz",
    "/v1/chat%2Fcompletions",
    "http://localhost/v1/models",
    "http://127.0.0.1/metrics",
    "*",
    "/\xff\xfe",
    "/%ff%fe",
    "/%",
    "/" + "a" * 20_000,
]

HOSTS = [
    "localhost/?",
    "localhost/healthz?",
    "localhost/healthz#",
    "x@y/#@z",
    "x/healthz",
    "127.0.0.1:80:80",
    "[::1",
    "admin",
    "",
    "a" * 5000,
]

SPOOFS: list[dict[str, str]] = [
    {"x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https", "x-forwarded-host": "admin"},
    {"forwarded": "for=127.0.0.1;host=admin"},
    {"x-original-url": "/metrics", "x-rewrite-url": "/metrics"},
    {"x-http-method-override": "GET"},
    {"connection": "authorization"},
    {"te": "trailers", "trailer": "authorization"},
]


def assert_four_keys_or_broken_http(response: Response) -> None:
    """A refusal of ours has OpenAI's shape; what is no HTTP is refused by the server in plain words."""
    assert 400 <= response.status < 500
    if response.header("content-type") == "application/json":
        assert response.error["message"]
    else:
        assert (response.status, len(response.body) < 100) == (400, True)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_spelling_of_a_path_gets_past_the_key(
    keyed: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, method: str, path: str
) -> None:
    data = raw_post(BODY, JSON, path).replace(b"POST ", f"{method} ".encode(), 1)

    response = send_raw(keyed.public, data)

    assert_four_keys_or_broken_http(response)
    assert b"# HELP" not in response.body
    assert b'"paths"' not in response.body
    assert not fast.received + strong.received


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/v1/models", CHAT])
def test_no_host_gets_past_the_key(keyed: RouterProcess, fast: ScriptedEngine, host: str, path: str) -> None:
    method = "GET" if path == "/v1/models" else "POST"
    data = raw_post(BODY, {**JSON, "host": host}, path).replace(b"POST ", f"{method} ".encode(), 1)

    response = send_raw(keyed.public, data)

    assert_four_keys_or_broken_http(response)
    assert not fast.received


@pytest.mark.parametrize("headers", SPOOFS)
def test_no_header_a_proxy_might_add_changes_who_asks_for_what(
    keyed: RouterProcess, keys: Mapping[str, str], headers: dict[str, str]
) -> None:
    without = post(keyed.public, request_fields(), headers=headers)
    with_key = post(keyed.public, request_fields(), keys["ordinary"], headers)

    assert (without.status, with_key.status) == (401, 200)
    assert with_key.header("x-router-tier") == "fast"
    assert with_key.header("x-router-rule") == "otherwise"


SMUGGLED = raw_post(BODY, JSON)


@pytest.mark.parametrize(
    "framing",
    [
        b"content-length: %d\r\ntransfer-encoding: chunked\r\n" % len(BODY),
        b"transfer-encoding: chunked\r\ncontent-length: 4\r\n",
        b"content-length: %d\r\ncontent-length: 4\r\n" % len(BODY),
        b"content-length: 4, 5\r\n",
        b"content-length: +4\r\n",
        b"content-length: -1\r\n",
        b"content-length: 0x10\r\n",
        b"content-length: 4 4\r\n",
        b"content-length:\r\n",
        b"transfer-encoding: xchunked\r\n",
        b"transfer-encoding: chunked, identity\r\n",
        b"transfer-encoding : chunked\r\n",
        b"transfer-encoding:\x0bchunked\r\n",
        b"x: y\r\n folded: header\r\ncontent-length: 4\r\n",
        b"x: a\x00b\r\ncontent-length: 4\r\n",
        b"x: a\rb\r\ncontent-length: 4\r\n",
        b": no name\r\ncontent-length: 4\r\n",
        b"no colon\r\ncontent-length: 4\r\n",
    ],
)
def test_a_request_whose_end_is_in_doubt_is_refused_and_its_connection_closed(
    router: RouterProcess, fast: ScriptedEngine, framing: bytes
) -> None:
    with connected(router.public) as connection:
        connection.sendall(JSON_HEAD + framing + b"\r\n0\r\n\r\n" + SMUGGLED)
        response = read_response(connection)
        closed = ends(connection)

    assert_four_keys_or_broken_http(response)
    assert closed
    assert not fast.received


@pytest.mark.parametrize("chunks", [b"z\r\n\r\n", b"-1\r\n\r\n", b"ffffffffffffffffff\r\n", b"4\r\nabcde\r\n0\r\n\r\n"])
def test_a_broken_chunk_ends_the_connection(router: RouterProcess, fast: ScriptedEngine, chunks: bytes) -> None:
    with connected(router.public) as connection:
        connection.sendall(JSON_HEAD + b"transfer-encoding: chunked\r\n\r\n" + chunks)
        closed = ends(connection)

    assert closed
    assert not fast.received


@pytest.mark.parametrize("line", [b"POST\r\n", b"GET / HTTP/9.9\r\n", b"\x16\x03\x01\x02\x00", b"PRI * HTTP/2.0\r\n"])
def test_what_is_no_http_is_refused(router: RouterProcess, line: bytes) -> None:
    response = send_raw(router.public, line + b"host: x\r\n\r\n")

    assert response.status == 400


@pytest.mark.parametrize(
    "line",
    [
        b"CONNECT 127.0.0.1:80 HTTP/1.1\r\n",
        b"GET /metrics HTTP/1.1\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: eA==\r\n",
        b"GET /metrics HTTP/1.1\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AA\r\n",
    ],
)
def test_no_other_protocol_is_spoken(router: RouterProcess, fast: ScriptedEngine, line: bytes) -> None:
    with connected(router.public) as connection:
        connection.sendall(line + b"host: x\r\n\r\n" + SMUGGLED)
        response = read_response(connection)
        ends(connection)

    assert 400 <= response.status < 500
    assert not fast.received
    router.read_log()


def test_a_query_on_the_path_changes_nothing(router: RouterProcess) -> None:
    response = post(router.public, request_fields(), path=f"{CHAT}?api-version=2024-10-21")

    assert (response.status, response.header("x-router-tier")) == (200, "fast")


def test_headers_of_a_hundred_kilobytes_are_refused(router: RouterProcess, fast: ScriptedEngine) -> None:
    headers = {f"x-{number}": "v" * 1000 for number in range(100)}

    response = send_raw(router.public, raw_post(BODY, {**JSON, **headers}))

    assert response.status in (400, 431)
    assert not fast.received


def test_a_header_without_end_is_not_collected_for_ever(router: RouterProcess) -> None:
    with connected(router.public) as connection:
        connection.sendall(JSON_HEAD + b"x: ")
        try:
            for _ in range(256):
                connection.sendall(b"v" * 65536)
        except ConnectionError:
            return
        assert ends(connection)


@pytest.mark.parametrize(
    "headers",
    [
        {"traceparent": "not a traceparent"},
        {"traceparent": "00-" + "0" * 32 + "-" + "0" * 16 + "-00"},
        {"traceparent": "caf\xe9"},
        {"traceparent": "0" * 8000},
        {"baggage": "k=" + "v" * 8000, "tracestate": "\xff"},
        {"accept": "\xff", "user-agent": "' OR 1=1", "cookie": "a=b; a=c"},
        {"expect": "100-continue"},
        {"x-request-id": "theirs", "x-client-request-id": "theirs", "idempotency-key": "k"},
    ],
)
def test_a_header_that_means_nothing_here_does_no_harm(router: RouterProcess, headers: dict[str, str]) -> None:
    response = ask(router.public, "POST", CHAT, BODY, {**JSON, **headers})

    assert response.status == 200


def test_a_request_id_is_ours_whatever_the_caller_calls_its_request(
    router: RouterProcess, fast: ScriptedEngine
) -> None:
    theirs = {"x-request-id": "theirs", "x-client-request-id": "theirs"}

    ids = [post(router.public, request_fields(), headers=theirs).header("x-request-id") for _ in range(2)]

    assert [received.headers["x-request-id"] for received in fast.received] == ids
    assert len({*ids, "theirs"}) == 3
    assert all(each is not None and len(each) == 32 and int(each, 16) for each in ids)


def test_a_page_in_a_browser_is_given_no_leave_to_ask(router: RouterProcess, fast: ScriptedEngine) -> None:
    asking = {"origin": "https://evil.test", "access-control-request-method": "POST"}

    response = ask(router.public, "OPTIONS", CHAT, headers=asking)

    assert response.status == 405
    assert not [name for name, _ in response.headers if name.startswith("access-control")]
    assert not fast.received


def test_connections_on_which_nothing_is_said_cost_nobody_else_anything(router: RouterProcess) -> None:
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(connected(router.public)).sendall(b"POST /v1/chat/comp")
        assert post(router.public, request_fields()).status == 200


def ends(connection: socket.socket) -> bool:
    """Whether the other side closes within a second, whatever it still says first."""
    connection.settimeout(1.0)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True
