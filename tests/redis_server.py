"""A real `redis-server` on a port of its own, which keeps nothing on disk unless told to: what can happen to one."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis, exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.bench.process import free_port
from tests.patience import until
from tests.watchdog import Watchdog

READY_WITHIN_S = 20.0
ANSWERS_WITHIN_S = 15.0


def find_program(name: str) -> str:
    """The path of a program. Where it is missing the test is skipped; where nobody is looking, it has failed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/bin")
    if found is not None:
        return found
    reason = f"{name} is missing: install it with your system's package manager"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


class RedisServer:
    """A server that is started, stopped, frozen and asked. Its files are in `folder`, its address stays the same."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.folder = folder
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._watchdog: Watchdog | None = None

    def start(self, *options: str) -> None:
        """Starts it, with these options besides; returns once it answers, be it to say that it is loading."""
        usual = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        quiet = ["--save", "", "--appendonly", "no", "--logfile", str(self.folder / "redis.log")]
        self._process = subprocess.Popen([self._program, *usual, *quiet, *options], start_new_session=True)
        self._watchdog = Watchdog(self._process.pid)
        until(self._answers, READY_WITHIN_S)

    def stop(self) -> None:
        """Ends it. What it held is lost, unless it was told to save."""
        if self._watchdog is not None:
            self._watchdog.call_off()
            self._watchdog = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It takes connections and says nothing more."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it stood."""
        self._signal(signal.SIGCONT)

    def secure(self, key: Path, certificate: Path) -> str:
        """Has it speak TLS as well; the address at which it does."""
        port = free_port()
        files = {"tls-key-file": key, "tls-cert-file": certificate, "tls-ca-cert-file": certificate}
        settings = {**files, "tls-auth-clients": "no", "tls-port": port}
        self.do("CONFIG", "SET", *(str(each) for setting in settings.items() for each in setting))
        return f"rediss://127.0.0.1:{port}/0"

    def do(self, *command: Any, password: str | None = None) -> Any:
        """The answer to a command. Raises redis' errors."""
        never = Retry(NoBackoff(), 0)
        with Redis(
            port=self.port, password=password, protocol=2, socket_timeout=ANSWERS_WITHIN_S, retry=never
        ) as client:
            return client.execute_command(*command)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "redis.log").read_text()
        try:
            self.do("PING")
        except exceptions.ConnectionError as error:
            return error.status_code in ("LOADING", "NOAUTH")
        return True

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """A running server, while the block runs."""
    server = RedisServer(find_program("redis-server"), folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def load_slowly(server: RedisServer) -> None:
    """Restarts it with ten seconds' worth of loading; it looks up after each key."""
    server.do("CONFIG", "SET", "rdbcompression", "no")
    server.do("MSET", *(part for number in range(1000) for part in (f"ballast:{number}", "x" * 2048)))
    server.do("SAVE")
    server.stop()
    server.start("--key-load-delay", "10000", "--loading-process-events-interval-bytes", "1024")


def finish_loading(server: RedisServer) -> None:
    """Has it get over that at once."""
    server.do("CONFIG", "SET", "key-load-delay", "0")
    until(lambda: server.do("INFO", "persistence")["loading"] == 0)


def ask_for_a_password(server: RedisServer) -> None:
    """It wants a password, `other`, from now on, also from those who are connected."""
    server.do("CONFIG", "SET", "requirepass", "other")
    server.do("CLIENT", "KILL", "TYPE", "normal", password="other")
