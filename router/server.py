"""Two uvicorn servers in one process: the public listener and the admin listener, started and stopped together."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Callable, Generator
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from router.api.front import App
from router.bootstrap import Lifecycle, open_router
from router.config.settings import Listener, Settings
from router.core.errors import SettingsError

BACKLOG = 2048
HEAD_BYTES = 64 * 1024
"""The request line and all headers of one request together."""


async def serve(settings: Settings, announce: Callable[[str, str], None]) -> None:
    """Serves until SIGTERM or SIGINT; then no new connections, not ready, and requests in flight get their grace.
    `announce` is told both addresses once they answer. Raises FileError or SettingsError."""
    async with open_router(settings) as router:
        sockets = [_bind(settings.public), _bind(settings.admin)]
        public_url, admin_url = map(_url, sockets)
        admin = _Server(_config(router.admin, settings), lambda: None)
        public = _Server(_config(router.public, settings), lambda: announce(public_url, admin_url))
        _stop_on_signals(public, router.lifecycle)
        _spare_the_collector()
        serving_admin = asyncio.create_task(admin.serve([sockets[1]]))
        await public.serve([sockets[0]])
        admin.should_exit = True
        await serving_admin


class _Server(uvicorn.Server):
    """A server that leaves signals alone, because two of them run here, and that says when it has started."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()


class _Protocol(HttpToolsProtocol):
    """HTTP/1.1 with a limit on the head of a request: the parser itself would collect headers without end."""

    _head_bytes = 0
    _in_body = False

    def data_received(self, data: bytes) -> None:
        if not self._in_body:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and data.find(b"\r\n\r\n", 0, HEAD_BYTES) < 0:
                self.send_400_response("The headers are too large.")
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._in_body = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body, self._head_bytes = False, 0
        super().on_message_complete()


def _config(app: App, settings: Settings) -> uvicorn.Config:
    quiet: dict[str, Any] = {"log_level": "warning", "access_log": False, "server_header": False}
    return uvicorn.Config(
        app,
        loop="none",
        http=_Protocol,
        ws="none",
        lifespan="off",
        backlog=BACKLOG,
        proxy_headers=False,
        timeout_graceful_shutdown=max(1, round(settings.stop_grace_s)),
        **quiet,
    )


def _bind(listener: Listener) -> socket.socket:
    try:
        return socket.create_server((listener.host, listener.port), backlog=BACKLOG, reuse_port=False)
    except OSError as error:
        said = f"{listener.host}:{listener.port} cannot be listened on: {error.strerror}"
        raise SettingsError(f"{said}; is another router running?") from None


def _url(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://{host}:{port}"


def _stop_on_signals(server: uvicorn.Server, lifecycle: Lifecycle) -> None:
    def stop() -> None:
        lifecycle.stopping = True
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


def _spare_the_collector() -> None:
    """What start-up built stays for ever and is not searched again; requests leave next to no cycles behind, so
    looking for them seldom is enough."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
