"""Where the lines of the decision log go: appended to one file, or to the segments of a folder. Off the event loop."""

import logging
import os
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from router.core.audit import Audit
from router.core.errors import TandemError
from router.core.record import Record
from router.core.upgrade import Upgrade
from router.log.open_segment import OpenSegment, begin_segment
from router.log.segments import Folder, Rotation
from router.log.tidying import make_room, tidy
from router.telemetry import names
from router.telemetry.decision_log import BatchedLog, Sink, open_batched_log
from router.telemetry.metrics import Metrics

Line = Record | Audit | Upgrade

_log = logging.getLogger(__name__)


class JsonLines:
    """Appends records, audits and upgrades to a file, one JSON object a line: a `Sink` and an `AuditSink`. The file
    grows without bounds; it may be renamed at any time, and a new one is begun."""

    def __init__(self, path: Path) -> None:
        self.dropped = 0
        self._path = path
        self._encode = msgspec.json.Encoder().encode_lines

    def take(self, records: Sequence[Line]) -> None:
        """See `Sink`."""
        try:
            with self._path.open("ab+") as file:
                file.write(_line_break(file) + self._encode(records))
        except OSError as error:
            self.dropped += len(records)
            _log.error("the decision log cannot be written: %s", error.strerror)

    def close(self) -> None:
        """Nothing is open between batches."""


class SegmentedLines:
    """The same, to segments of a folder: see `log.segments`. Segments that this process, or one before it, has left
    are closed in a thread of its own, so that records do not wait."""

    def __init__(self, folder: Path, rotation: Rotation, now_s: Callable[[], float] = time.time) -> None:
        self.dropped = 0
        self._folder = folder
        self._rotation = rotation
        self._now_s = now_s
        self._segment: OpenSegment | None = None
        self._encode = msgspec.json.Encoder().encode_lines
        self._tidying = ThreadPoolExecutor(1, "tidying")
        self._tidying.submit(self._tidy)

    def take(self, records: Sequence[Line]) -> None:
        """See `Sink`."""
        try:
            self._current().append(self._encode(records))
        except OSError as error:
            self.dropped += len(records)
            _log.error("the decision log cannot be written: %s", error.strerror)

    def close(self) -> None:
        """Leaves the last segment to whoever tidies up next: stopping is not to wait for it."""
        self._leave()
        self._tidying.shutdown(cancel_futures=True)

    def _current(self) -> OpenSegment:
        """The segment for the next lines. Raises OSError."""
        if self._segment is not None and self._is_over(self._segment):
            self._leave()
            self._make_room()
            self._tidying.submit(self._tidy)
        if self._segment is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._segment = begin_segment(self._folder, self._now_s())
        return self._segment

    def _is_over(self, segment: OpenSegment) -> bool:
        is_full = segment.size >= self._rotation.segment_bytes
        return is_full or self._now_s() - segment.opened_s >= self._rotation.segment_s or segment.is_gone

    def _leave(self) -> None:
        segment, self._segment = self._segment, None
        if segment is not None:
            segment.close()

    def _make_room(self) -> None:
        """At once, so that the bounds hold however slowly segments are compressed."""
        with _told():
            make_room(self._folder, self._rotation)

    def _tidy(self) -> None:
        with _told():
            if self._folder.exists():
                tidy(self._folder, self._rotation)


@contextmanager
def _told() -> Iterator[None]:
    """Trouble with segments of the past is told, and keeps nobody from writing."""
    try:
        yield
    except OSError as error:
        _log.error("the decision log cannot be tidied up: %s", error.strerror)
    except TandemError as error:
        _log.error("the decision log cannot be tidied up: %s", error.message)


def write_to(place: Path | Folder) -> JsonLines | SegmentedLines:
    """What writes the log to a file, or to the segments of a folder."""
    return JsonLines(place) if isinstance(place, Path) else SegmentedLines(place.path, place.rotation)


@asynccontextmanager
async def open_decision_log(
    place: Path | Folder | None, metrics: Metrics, watching: Sequence[Sink]
) -> AsyncGenerator[BatchedLog, None]:
    """The log that metrics and others watch, and that is written to this place, if any."""
    sinks: list[Sink] = [metrics, *watching]
    with ExitStack() as stack:
        files = [] if place is None else [stack.enter_context(closing(write_to(place)))]
        if files:
            metrics.watch(names.LOG_UNWRITTEN, "Records that the disk did not take.", lambda: files[0].dropped)
        async with open_batched_log([*sinks, *files], files) as log:
            metrics.watch(names.LOG_DROPPED, "Records dropped because too many were waiting.", lambda: log.dropped)
            yield log


def _line_break(file: BinaryIO) -> bytes:
    """What ends a line that a crash, or a full disk, has torn."""
    if file.seek(0, os.SEEK_END) == 0:
        return b""
    file.seek(-1, os.SEEK_END)
    return b"" if file.read(1) == b"\n" else b"\n"
