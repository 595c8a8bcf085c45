"""Two uvicorn servers in one process: the public listener and the admin listener, started and stopped together."""

import asyncio
import contextlib
import functools
import gc
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from router.api.front import App
from router.bootstrap import Lifecycle, open_router
from router.config.settings import Listener, Settings
from router.core.checks.data_code import load_parsers
from router.core.errors import SettingsError

BACKLOG = 2048
HEAD_BYTES = 64 * 1024
"""The request line and all headers of one request together."""

SWITCH_S = 0.0005
"""How long the event loop waits for another thread that computes: one that reads policies again, or writes the log.
CPython's own 5 ms are paid at every step of every request meanwhile; when nothing else computes it makes no
difference."""


async def serve(settings: Settings, announce: Callable[[str, str], None]) -> None:
    """Serves until SIGTERM or SIGINT; then no new connections, not ready, and requests in flight get their grace.
    SIGHUP has policies read again. `announce` is told both addresses once they answer. Raises FileError, FilesRefused
    or SettingsError."""
    async with open_router(settings) as router:
        sockets = [_bind(settings.public), _bind(settings.admin)]
        public_url, admin_url = map(_url, sockets)
        admin = _Server(_config(router.admin, settings), lambda: None)
        public = _Server(_config(router.public, settings), lambda: announce(public_url, admin_url))
        _stop_on_signals(public, router.lifecycle)
        _reload_on_signal(router.reload)
        _spare_the_collector()
        sys.setswitchinterval(SWITCH_S)
        loading = asyncio.create_task(asyncio.to_thread(load_parsers))
        serving_admin = asyncio.create_task(admin.serve([sockets[1]]))
        await public.serve([sockets[0]])
        admin.should_exit = True
        await serving_admin
        await loading


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
    """HTTP/1.1 whose heads have an end, in size and in time: neither the parser nor uvicorn asks for one. A head
    that arrives in one read, as nearly all do, costs no timer and no counting."""

    def __init__(self, *args: Any, head_s: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_s = head_s
        self._head_bytes = 0
        self._read_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._in_head = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._read_bytes = len(data)
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            self._start_timer()
            self._refuse_above_limit(self._head_bytes)

    def on_message_begin(self) -> None:
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_timer()
        if self._head_bytes + self._read_bytes > HEAD_BYTES:
            self._refuse_above_limit(sum(len(name) + len(value) for name, value in self.headers))
        if not self.transport.is_closing():
            super().on_headers_complete()

    def _refuse_above_limit(self, head_bytes: int) -> None:
        if head_bytes > HEAD_BYTES:
            self._refuse("The head is too large.")

    def _refuse(self, why: str) -> None:
        if not self.transport.is_closing():
            self.send_400_response(why)

    def _start_timer(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self._head_s, self._refuse, "The head did not arrive in time.")

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


def _config(app: App, settings: Settings) -> uvicorn.Config:
    quiet: dict[str, Any] = {"log_level": "warning", "access_log": False, "server_header": False}
    return uvicorn.Config(
        app,
        loop="none",
        http=functools.partial(_Protocol, head_s=settings.limits.body_s),  # type: ignore[arg-type]
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


def _reload_on_signal(reload: Callable[[], Coroutine[Any, Any, object]]) -> None:
    loop = asyncio.get_running_loop()
    under_way: set[asyncio.Task[object]] = set()

    def begin() -> None:
        task = loop.create_task(reload())
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    loop.add_signal_handler(signal.SIGHUP, begin)


def _spare_the_collector() -> None:
    """What start-up built stays for ever and is not searched again; requests leave next to no cycles behind, so
    looking for them seldom is enough."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()
