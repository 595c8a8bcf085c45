"""What both engines say of their queues, looked at as often as they answer."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.live.engines import LiveEngine
from tests.live.pages import fetch

_SAMPLE = re.compile(r"^vllm:(\w+)\{([^\n]*)\} (\S+)$", re.MULTILINE)

RUNNING = "num_requests_running"
WAITING = "num_requests_waiting"
ENDED = "request_queue_time_seconds_count"
AT_ONCE = "request_queue_time_seconds_bucket"
SHORTEST = 'le="0.3"'
"""As short a wait as vLLM tells apart."""


@dataclass(frozen=True)
class Queue:
    """Requests that an engine works on, and that wait in its queue; and how many, of those that it has ended since it
    started, had waited there for longer than 0.3 s."""

    running: int
    waiting: int
    ended: int
    kept_waiting: int


@dataclass(frozen=True)
class Look:
    """Both engines at about the same moment."""

    fast: Queue
    strong: Queue


def queue_of(engine: LiveEngine) -> Queue:
    """What the engine says of its queue now."""
    samples = _SAMPLE.findall(fetch(f"{engine.address}/metrics").text)
    told = {name: int(float(value)) for name, labels, value in samples if name != AT_ONCE or SHORTEST in labels}
    return Queue(told[RUNNING], told[WAITING], told[ENDED], told[ENDED] - told[AT_ONCE])


@contextmanager
def looking(fast: LiveEngine, strong: LiveEngine) -> Iterator[list[Look]]:
    """Looks at both engines without a pause while the block runs. Yields what was seen so far."""
    looks: list[Look] = []
    enough = threading.Event()

    def look() -> None:
        while not enough.is_set():
            looks.append(Look(queue_of(fast), queue_of(strong)))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield looks
    finally:
        enough.set()
        watcher.join()
