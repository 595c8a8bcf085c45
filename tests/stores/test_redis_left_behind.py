"""What is left of a Redis that tests started."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.patience import until
from tests.redis_server import RedisServer, find_program

STARTS_ONE = """
import sys, threading, time
from pathlib import Path
from tests.redis_server import RedisServer

server = RedisServer(sys.argv[1], Path(sys.argv[2]))
thread = threading.Thread(target=server.start)
thread.start()
thread.join()
server.do("PING")
if sys.argv[3] == "frozen":
    server.freeze()
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", ["well", "frozen"])
def test_a_server_ends_with_the_tests_even_when_those_are_killed(tmp_path: Path, how: str) -> None:
    command = [sys.executable, "-c", STARTS_ONE, find_program("redis-server"), str(tmp_path), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        started = psutil.Process(process.pid).children()
        process.kill()

    assert len(started) == 2
    until(lambda: not any(map(runs, started)))


def test_a_server_that_is_stopped_leaves_nobody_behind(tmp_path: Path) -> None:
    before = set(psutil.Process().children())
    server = RedisServer(find_program("redis-server"), tmp_path)
    server.start()
    started = set(psutil.Process().children()) - before

    server.stop()

    assert len(started) == 2
    assert not any(map(runs, started))


def runs(process: psutil.Process) -> bool:
    """Whether it has not ended."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
