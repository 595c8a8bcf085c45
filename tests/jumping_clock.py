"""`tandem` on a machine whose clock is set while it runs, by `python -m tests.jumping_clock`. The variable `AHEAD_S`
names a file that says by how many seconds its time of day is ahead; its monotonic clock is the machine's."""

import os
import time
from pathlib import Path

from router.cli import app

_time_of_day = time.time


def _jumped() -> float:
    return _time_of_day() + float(Path(os.environ["AHEAD_S"]).read_text() or 0)


if __name__ == "__main__":
    time.time = _jumped
    app()
