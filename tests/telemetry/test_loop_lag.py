"""How late the event loop wakes up who sleeps is measured and shown."""

import asyncio
import time

from router.telemetry import names
from router.telemetry.loop_lag import EVERY_S, open_loop_watch
from router.telemetry.metrics import Metrics
from tests.telemetry.test_metrics import samples_of, value

BLOCKED_S = 0.3


async def blocked_once(metrics: Metrics) -> None:
    """A loop that is kept for so long, and then beats once more."""
    async with open_loop_watch(metrics):
        await asyncio.sleep(EVERY_S / 2)
        time.sleep(BLOCKED_S)  # noqa: ASYNC251 - that is what is to be seen
        await asyncio.sleep(EVERY_S * 1.5)


def test_a_loop_that_is_kept_is_seen_to_be_late() -> None:
    metrics = Metrics()
    asyncio.run(blocked_once(metrics))

    samples = samples_of(metrics)

    assert (value(samples, f"{names.LOOP_LAG}_sum") or 0) > BLOCKED_S - EVERY_S
    count = value(samples, f"{names.LOOP_LAG}_count") or 0
    assert count - (value(samples, f"{names.LOOP_LAG}_bucket", le="0.1") or 0) >= 1
