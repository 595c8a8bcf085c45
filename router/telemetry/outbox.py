"""What is sent to a collector behind the answers: a queue, and a thread that empties it.

Requests never wait for it, and a collector that is dead or slow costs a bounded queue and a line in the log now and
then.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from time import monotonic, sleep
from typing import Final, Generic, TypeVar

from router.telemetry.otlp_senders import NotTaken, Sender

Item = TypeVar("Item")

EXPORT_EVERY_S: Final = 1.0
"""A request that is sent alone costs several times what one among others does."""

MOST_AT_ONCE: Final = 128
"""Requests that are told of together."""

REST_S: Final = 0.0002
"""How long is rested after each request that is encoded: two threads that compute take turns of half a millisecond,
which whoever is served meanwhile waits for again and again; so each turn is as short as encoding one."""

LEAST_PAUSE_S, MOST_PAUSE_S = 1.0, 30.0
"""How long a collector that fails is left alone, at first and at last."""

COMPLAIN_EVERY_S: Final = 60.0
STOP_S: Final = 3.0
"""What is still to be sent when the router stops gets so long."""

_log = logging.getLogger(__name__)


class Outbox(Generic[Item]):
    """What waits for the collector, of `most` requests at most; `encode` makes an export request of several, and `what`
    it is called. `lost`: those of how many found no room, or were not taken."""

    def __init__(
        self, encode: Callable[[Iterable[Item]], bytes], sender: Sender, most: int, what: str = "traces"
    ) -> None:
        self.lost = 0
        self._encode = encode
        self._sender = sender
        self._most = most
        self._what = what
        self._waiting: deque[Item] = deque()
        self._stopping = threading.Event()
        self._complained_s: float | None = None
        self._told_lost = 0
        self._thread = threading.Thread(target=self._run, name=what, daemon=True)

    def start(self) -> None:
        """Begins to send."""
        self._thread.start()

    def post(self, item: Item) -> None:
        """Takes what is to be sent of a request. Never blocks and never fails."""
        if len(self._waiting) < self._most:
            self._waiting.append(item)
        else:
            self.lost += 1

    def stop(self) -> None:
        """Has what is waiting sent, as far as the collector takes it within `STOP_S`. Blocks until then."""
        self._stopping.set()
        self._thread.join(STOP_S)

    def _run(self) -> None:
        pause_s = EXPORT_EVERY_S
        while not self._stopping.wait(pause_s):
            pause_s = EXPORT_EVERY_S if self._send_all() else min(max(2 * pause_s, LEAST_PAUSE_S), MOST_PAUSE_S)
        self._send_all()
        self._sender.close()

    def _send_all(self) -> bool:
        """Sends what is waiting; whether the collector took it."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
            try:
                self._sender.send(self._encode(self._unhurried(batch)))
            except NotTaken as error:
                self.lost += len(batch)
                self._complain(str(error))
                return False
            except Exception:  # noqa: BLE001 - the thread would end here, and with it all that is sent
                self.lost += len(batch)
                _log.exception("the %s of %d requests met a bug", self._what, len(batch))
        return True

    def _unhurried(self, batch: Sequence[Item]) -> Iterator[Item]:
        for item in batch:
            yield item
            if not self._stopping.is_set():
                sleep(REST_S)

    def _complain(self, why: str) -> None:
        now_s = monotonic()
        if self._complained_s is not None and now_s - self._complained_s < COMPLAIN_EVERY_S:
            return
        self._complained_s = now_s
        lost, self._told_lost = self.lost - self._told_lost, self.lost
        _log.warning("the collector does not take %s: %s; those of %d requests are lost", self._what, why, lost)
