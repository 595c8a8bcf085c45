"""Reads what a router sends to an engine: stands where the engine stood, and passes everything on to it."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tandem_serving.tiny.specs import HOST
from tests.live.engines import LiveEngine

TIMEOUT_S = 30.0

Altering = Callable[[bytes], bytes]
"""What becomes of one line of an answer."""


@dataclass(frozen=True)
class Sent:
    """One request as the engine got it."""

    headers: dict[str, str]
    fields: dict[str, Any]


@dataclass(frozen=True)
class Tap:
    """A tap on the line to one engine: the port to send to, and what was sent so far."""

    port: int
    sent: list[Sent] = field(default_factory=list)

    def last(self) -> Sent:
        """The request sent last."""
        return self.sent[-1]


def as_said(line: bytes) -> bytes:
    """Passes a line on as it is."""
    return line


def legible(line: bytes) -> bytes:
    """Puts a question mark in the place of bytes that are no character: models of random weights write some in every
    answer, others hardly ever, and no engine says what the tokens were."""
    return line.replace("\ufffd".encode(), b"?")


def behind(tap: Tap, engine: LiveEngine) -> LiveEngine:
    """The engine, as it is reached through a tap."""
    return replace(engine, launch=replace(engine.launch, port=tap.port))


@contextmanager
def tapped(engine_port: int, altering: Altering = as_said) -> Iterator[Tap]:
    """A tap in front of the engine at this port, for as long as the block runs. What the engine says is passed on line
    by line, and an end of the line on either side is one on the other."""

    class Relay(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            tap.sent.append(Sent({name.lower(): value for name, value in self.headers.items()}, json.loads(body)))
            with suppress(OSError, http.client.HTTPException):
                self._pass_on(body)

        def _pass_on(self, body: bytes) -> None:
            line = http.client.HTTPConnection(HOST, engine_port, timeout=TIMEOUT_S)
            try:
                line.request("POST", self.path, body, dict(self.headers.items()))
                answer = line.getresponse()
                self.send_response(answer.status)
                self.send_header("content-type", answer.headers["content-type"])
                self.end_headers()
                for said in answer:
                    self.wfile.write(altering(said))
            finally:
                line.close()

        def log_message(self, *_words: object) -> None:
            """Says nothing: the tests do."""

    with ThreadingHTTPServer((HOST, 0), Relay) as server:
        tap = Tap(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tap
        server.shutdown()
