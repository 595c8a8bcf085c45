"""Reads what a router sends to an engine: stands where the engine stood, and passes everything on to it."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tandem_serving.tiny.specs import HOST

TIMEOUT_S = 30.0


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


@contextmanager
def tapped(engine_port: int) -> Iterator[Tap]:
    """A tap in front of the engine at this port, for as long as the block runs."""

    class Relay(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            tap.sent.append(Sent({name.lower(): value for name, value in self.headers.items()}, json.loads(body)))
            self._pass_on(body)

        def _pass_on(self, body: bytes) -> None:
            line = http.client.HTTPConnection(HOST, engine_port, timeout=TIMEOUT_S)
            try:
                line.request("POST", self.path, body, dict(self.headers.items()))
                answer = line.getresponse()
                content = answer.read()
            finally:
                line.close()
            self.send_response(answer.status)
            self.send_header("content-type", answer.headers["content-type"])
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None:
            """Says nothing: the tests do."""

    with ThreadingHTTPServer((HOST, 0), Relay) as server:
        tap = Tap(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tap
        server.shutdown()
