"""A caller that shows every byte: what SDKs smooth over, tests have to see."""

import http.client
import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from typing import Any, NamedTuple

CHAT = "/v1/chat/completions"
EXPLAIN = "/router/v1/explain"
TIMEOUT_S = 30.0

Fields = Mapping[str, Any]
Headers = Mapping[str, str]
NO_HEADERS: Headers = {}


class Address(NamedTuple):
    """Where something listens."""

    host: str
    port: int


@dataclass(frozen=True)
class Response:
    """A whole answer."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The one value of a header."""
        found = [value for key, value in self.headers if key.lower() == name]
        assert len(found) <= 1, f"{name} came {len(found)} times"
        return found[0] if found else None

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        """OpenAI's error object. It has all four keys, and nothing stands beside it."""
        assert list(self.json) == ["error"]
        error: dict[str, Any] = self.json["error"]
        assert error.keys() == {"message", "type", "param", "code"}
        return error

    @property
    def text(self) -> str:
        """What the first choice of an answer says, plain or streamed; a stream must have come to its end."""
        if self.header("content-type") == "application/json":
            content: str = self.json["choices"][0]["message"]["content"]
            return content
        *chunks, done = filter(None, map(payload, self.body.decode().split("\n\n")))
        assert done == "[DONE]"
        choices = [choice for chunk in chunks for choice in json.loads(chunk)["choices"]]
        return "".join(choice["delta"].get("content") or "" for choice in choices if choice["index"] == 0)


def request_fields(content: str = "Say hi.", /, **beside: Any) -> dict[str, Any]:
    """A small legal request."""
    return {"model": "auto", "messages": [{"role": "user", "content": content}], **beside}


def ask(
    to: Address,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Headers = NO_HEADERS,
    source: str = "127.0.0.1",
) -> Response:
    """One request on a connection of its own, from this of the machine's addresses."""
    connection = http.client.HTTPConnection(*to, timeout=TIMEOUT_S, source_address=(source, 0))
    try:
        connection.request(method, path, body, dict(headers))
        return _read(connection.getresponse())
    finally:
        connection.close()


def post(
    to: Address, fields: Fields | bytes, key: str | None = None, headers: Headers = NO_HEADERS, path: str = CHAT
) -> Response:
    """A POST of JSON, with a virtual key if there is one."""
    body = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
    return ask(to, "POST", path, body, {**_with_key(key), **headers})


class Stream:
    """A streamed answer while it comes in."""

    def __init__(self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self._connection = connection
        self._response = response

    def events(self) -> Iterator[str]:
        """Each event or comment as its lines, until the stream ends."""
        lines: list[str] = []
        while line := self._response.readline():
            if line != b"\n":
                lines.append(line.decode().removesuffix("\n"))
                continue
            yield "\n".join(lines)
            lines.clear()
        assert not lines, "the last event was not closed"

    def next_event(self) -> str:
        """The next event or comment."""
        return next(self.events())

    def payloads(self) -> list[str]:
        """The data of all events that are left, comments not counted."""
        return [data for each in self.events() if (data := payload(each))]

    def whole(self) -> Response:
        """Everything that is left, when the answer turned out not to be a stream."""
        return Response(self.status, self._response.getheaders(), self._response.read())

    def leave(self) -> None:
        """Hangs up, in the middle or not."""
        self._response.close()
        self._connection.close()


def payload(one_event: str) -> str:
    """The data of one event, or nothing."""
    lines = one_event.split("\n")
    return "\n".join(line.removeprefix("data:").removeprefix(" ") for line in lines if line.startswith("data:"))


@contextmanager
def open_stream(to: Address, fields: Fields, key: str | None = None, headers: Headers = NO_HEADERS) -> Iterator[Stream]:
    """A streamed request, from its headers on."""
    connection = http.client.HTTPConnection(*to, timeout=TIMEOUT_S)
    body = json.dumps({**fields, "stream": True})
    connection.request("POST", CHAT, body, {**_with_key(key), **headers})
    stream = Stream(connection, connection.getresponse())
    try:
        yield stream
    finally:
        stream.leave()


@contextmanager
def connected(to: Address) -> Iterator[socket.socket]:
    """A bare connection."""
    with socket.create_connection(to, timeout=TIMEOUT_S) as connection:
        yield connection


@contextmanager
def asked(to: Address, fields: Fields, key: str | None = None) -> Iterator[socket.socket]:
    """A bare connection on which a chat completion has been asked, nothing of its answer read."""
    with connected(to) as connection:
        connection.sendall(raw_post(json.dumps(fields).encode(), _with_key(key)))
        yield connection


def raw_post(body: bytes, headers: Headers = NO_HEADERS, path: str = CHAT) -> bytes:
    """The bytes of a POST, headers as given and no others but `host` and `content-length`."""
    said = {"host": "router.test", "content-length": str(len(body)), **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def send_raw(to: Address, data: bytes) -> Response:
    """Sends these bytes and reads one answer."""
    with connected(to) as connection:
        connection.sendall(data)
        return read_response(connection)


def read_response(connection: socket.socket) -> Response:
    """The next answer on a bare connection, and not a byte more."""
    with connection.makefile("rb", buffering=0) as file:
        status = int(file.readline().split()[1])
        headers = http.client.parse_headers(file)
        return Response(status, headers.items(), _read_body(file, headers))


def _read_body(file: socket.SocketIO, headers: Message) -> bytes:
    if headers["transfer-encoding"] == "chunked":
        body = b""
        while size := int(file.readline(), 16):
            body += _read_exactly(file, size)
            file.readline()
        file.readline()
        return body
    return _read_exactly(file, int(headers["content-length"]))


def _read_exactly(file: socket.SocketIO, size: int) -> bytes:
    found = b""
    while len(found) < size:
        part = file.read(size - len(found))
        assert part, "the connection closed in the middle of an answer"
        found += part
    return found


def _read(response: http.client.HTTPResponse) -> Response:
    with response:
        return Response(response.status, response.getheaders(), response.read())


def _with_key(key: str | None) -> dict[str, str]:
    headers = {"content-type": "application/json"}
    return headers if key is None else headers | {"authorization": f"Bearer {key}"}
