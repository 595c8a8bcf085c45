"""Runs the hosted process until it is stopped: where it listens, and what it is put together of."""

import os
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import uvicorn
import uvloop

from router.core.errors import SettingsError
from tandem_serving.hosted.app import Hosted
from tandem_serving.hosted.environment import leave_only, read_keys
from tandem_serving.hosted.ledger import open_ledger
from tandem_serving.hosted.releases import installed_litellm
from tandem_serving.hosted.settings import MICROUSD, HostedSettings, ListenSpec
from tandem_serving.hosted.terms import Terms

STOP_GRACE_S: Final = 30
_BACKLOG: Final = 256
_ONLY_US_AND_OUR_GROUP: Final = 0o117


def serve(settings: HostedSettings, say: Callable[[str], None]) -> None:
    """Serves until SIGTERM or SIGINT; calls under way then get their grace. `say` is told what is being done, and at
    last where. Raises SettingsError."""
    keys = read_keys(settings, os.environ)
    say(f"loading litellm {installed_litellm()}: some seconds")
    leave_only(frozenset(settings.environment), os.environ)
    from tandem_serving.hosted.litellm_provider import LitellmProvider, models_of

    models, spending = models_of(settings), settings.spending
    terms = Terms(keys.of_callers, settings.body_mb * 1024 * 1024, settings.timeout_s)
    with open_ledger(spending.file, spending.cap_microusd, spending.window, time.time) as ledger:
        listening = _bind(settings.listen)
        listening.listen(_BACKLOG)
        app = Hosted(LitellmProvider(settings, keys), models, ledger, terms)
        say(f"tandem hosted is ready: {_address(listening)}, models {', '.join(models)}, up to {_cap(settings)}")
        uvloop.run(uvicorn.Server(_config(app)).serve(sockets=[listening]))


def _config(app: Hosted) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        server_header=False,
        log_level="warning",
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_GRACE_S,
    )


def _bind(listen: ListenSpec) -> socket.socket:
    try:
        if listen.socket is not None:
            return _bind_path(listen.socket)
        family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
        return socket.create_server((listen.host, listen.port), family=family)
    except OSError as error:
        where = listen.socket or f"{listen.host}:{listen.port}"
        raise SettingsError(f"listen: {where} cannot be listened on: {error.strerror or error}") from None


def _bind_path(path: Path) -> socket.socket:
    """A socket in the file system, in place of one that another run has left there."""
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        _refuse_in_use(path)
        path.unlink()
    bound = socket.socket(socket.AF_UNIX)
    former = os.umask(_ONLY_US_AND_OUR_GROUP)
    try:
        bound.bind(str(path))
    finally:
        os.umask(former)
    return bound


def _refuse_in_use(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as looking:
        try:
            looking.connect(str(path))
        except ConnectionError:
            return
    raise SettingsError(f"listen: somebody listens on {path}; is `tandem hosted` running?")


def _address(bound: socket.socket) -> str:
    name = bound.getsockname()
    if isinstance(name, str):
        return f"unix://{name}"
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"http://{host}:{name[1]}"


def _cap(settings: HostedSettings) -> str:
    spending = settings.spending
    return f"${spending.cap_microusd / MICROUSD:.2f} {'an' if spending.window == 'hour' else 'a'} {spending.window}"
